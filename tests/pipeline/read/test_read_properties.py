"""No content whatever makes a reader fail in any way but with a numbered error."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Grid, Picture
from pipeline.errors import E105, GoujiError
from pipeline.limits import default_limits
from pipeline.read.csv import read_csv
from pipeline.read.docx import read_docx
from pipeline.read.html import read_html
from pipeline.read.mhtml import read_mhtml
from pipeline.read.open import READERS
from pipeline.read.sniff import sniff
from pipeline.read.spreadsheet import read_xls, read_xlsx
from tests.pipeline.read.office_files import docx, package, report_body, workbook
from tests.pipeline.read.picture_files import page_image, saved

# LibreOffice takes seconds a file; its formats are mutated elsewhere.
CONVERTED = ("doc", "rtf", "odt", "ods", "xlsb", "wordml", "sheetml", "pdf")
PAGE = (
    "<html><head><meta charset=gbk><title>年报</title></head><body><div style='float:left'>a</div><table><caption>c"
    "</caption><tr><td rowspan=2>甲<td colspan=3>乙<br>丙<tr><td><p>1</p><td>&nbsp;<td><table><tr><td>x<td>y</table>"
    "</table><pre>z</pre></body></html>"
)
MIXTURE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_whatever(data: bytes, ending: str = "") -> Document | None:
    """As `read_document` does with what it read, short of LibreOffice."""
    limits = replace(default_limits(), max_cells=20_000, max_image_pixels=1_000_000)
    try:
        found = sniff(data, ending, limits)
        return None if found in CONVERTED else READERS[found](data, "x", "0" * 64, limits)
    except GoujiError as error:
        assert "\n" not in str(error)
        return None


def check(document: Document | None) -> None:
    """Grids keep the promises of `Grid`: cells ordered, inside, and no two in one place. Pictures have their page."""
    pages = {page.number: page for page in document.pages} if document is not None else {}
    for block in document.blocks if document is not None else ():
        if isinstance(block, Picture) and block.pixels is not None:
            assert block.source.page in pages
            try:
                assert block.pixels().shape == (block.height, block.width, 3)
            except GoujiError as error:
                assert error.kind is E105
    for block in document.blocks if document is not None else ():
        if not isinstance(block, Grid):
            continue
        assert list(block.cells) == sorted(block.cells, key=lambda cell: (cell.row, cell.column))
        taken: set[tuple[int, int]] = set()
        for cell in block.cells:
            assert cell.row_span >= 1 and cell.column_span >= 1
            assert cell.row + cell.row_span <= block.n_rows
            assert cell.column + cell.column_span <= block.n_columns
            area = {
                (cell.row + down, cell.column + across)
                for down in range(cell.row_span)
                for across in range(cell.column_span)
            }
            assert taken.isdisjoint(area)
            taken |= area


@MIXTURE
@given(st.binary(max_size=2000), st.sampled_from(["", "html", "csv", "txt", "docx", "xls"]))
@example(b"PK\x03\x04", "")
@example(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "")
@example(b"\x09\x04\x06\x00" + bytes(10), "")
@example(b"MIME-Version: 1.0\nContent-Type: multipart/mixed\n", "")
def test_random_bytes(data: bytes, ending: str) -> None:
    check(read_whatever(data, ending))


@MIXTURE
@given(st.binary(max_size=600))
def test_random_bytes_given_to_each_reader(data: bytes) -> None:
    readers: tuple[Callable[[bytes, str, str], Document], ...] = (
        read_html, read_mhtml, read_csv, read_docx, read_xlsx, read_xls,
    )  # fmt: skip
    for reader in readers:
        try:
            check(reader(data, "x", ""))
        except GoujiError:
            continue


def _mutated(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    result = bytearray(data)
    for where, removed, put in edits:
        at = int(where * len(result))
        result[at : at + removed] = put
    return bytes(result)


EDITS = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 30), st.binary(max_size=30)), min_size=1, max_size=5
)
SNIPPETS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 20),
        st.sampled_from(
            ["<table>", "</table>", "<tr>", "</tr>", "<td rowspan=0>", "<td rowspan=9 colspan=9>", "</td>",
             "<tbody>", "<!--", "<p>", "</div>", "<td style='display:none'>", "<tfoot>", "\0", "<br>", "<pre>",
             "<td colspan=1001>"]
        ).map(str.encode),
    ),
    max_size=12,
)  # fmt: skip


def _with_picture() -> bytes:
    blip = '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="9" cy="9"/><a:blip r:embed="rId9"/></wp:inline></w:drawing>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    relation = f'<Relationship Id="rId9" Type="{kind}" Target="media/a.png"/>'
    image: dict[str, str | bytes] = {"word/media/a.png": saved(page_image(size=(320, 80)))}
    return docx(blip.replace('"9"', '"9525000"') + "</w:r></w:p>" + report_body(), relations=relation, more=image)


@cache
def _files() -> tuple[bytes, ...]:
    return (docx(report_body()), workbook([["a", 1, None], [None, 2.5, "b"]], ("A1:A2",)), _with_picture())


@MIXTURE
@given(st.integers(0, 2), EDITS)
def test_mutated_packages(which: int, edits: list[tuple[float, int, bytes]]) -> None:
    check(read_whatever(_mutated(_files()[which], edits)))


@MIXTURE
@given(st.integers(0, 2), st.data(), EDITS)
def test_packages_with_a_mutated_part(which: int, data: st.DataObject, edits: list[tuple[float, int, bytes]]) -> None:
    with zipfile.ZipFile(io.BytesIO(_files()[which])) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    content = parts[name]
    assert isinstance(content, bytes)
    parts[name] = _mutated(content, edits)
    check(read_whatever(package(parts)))


@MIXTURE
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["w:gridSpan", "w:vMerge", "w:hMerge", "w:gridBefore", "w:ilvl", "w:numId"]),
            st.sampled_from(["-1", "0", "2", "7", "99999999999", "restart", "continue", "x", ""]),
            st.floats(0, 1, exclude_max=True),
        ),
        max_size=8,
    )
)
def test_word_tables_with_any_spans(changes: list[tuple[str, str, float]]) -> None:
    body = report_body()
    for name, value, where in changes:
        ends = [at for at in range(len(body)) if body.startswith("</w:tcPr>", at)]
        at = ends[int(where * len(ends))]
        body = f'{body[:at]}<{name} w:val="{value}"/>{body[at:]}'
    check(read_whatever(docx(body)))


@MIXTURE
@given(st.one_of(EDITS, SNIPPETS), st.sampled_from(["utf-8", "gbk", "utf-16"]))
def test_mutated_pages(edits: list[tuple[float, int, bytes]], encoding: str) -> None:
    data = _mutated(PAGE.encode(encoding), edits)
    check(read_html(data, "x", ""))
    check(read_whatever(data, "html"))


@MIXTURE
@given(st.text(alphabet="data:imge/png;bs64,.%0Ac\\ #?h", max_size=60), st.binary(max_size=40))
@example("data:image/png;base64,", b"iVBORw0KGgo=")
@example("http://[", b"")
def test_pages_with_any_address_of_a_picture(address: str, more: bytes) -> None:
    image = b'<img src="' + address.encode() + more.replace(b'"', b"") + b'">'
    check(read_html(b"<p>x" + image, "x", ""))
    page = b"MIME-Version: 1.0\nContent-Type: text/html\nContent-Location: http://[a\n\n<p>x" + image
    check(read_whatever(page))


@MIXTURE
@given(SNIPPETS)
def test_tables_of_nothing_but_mistakes(pieces: list[tuple[float, int, bytes]]) -> None:
    check(read_html(b"<table>" + b"x".join(piece for _, _, piece in pieces), "x", ""))


@MIXTURE
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6)), max_size=5
    )
)  # fmt: skip
def test_sheets_with_any_merges(merges: list[tuple[int, int, int, int]]) -> None:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(io.BytesIO(workbook([[None, "a", 1], ["b", 2, None]]))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    refs = "".join(
        f'<mergeCell ref="{chr(65 + left)}{top + 1}:{chr(65 + right)}{bottom + 1}"/>'
        for top, left, bottom, right in merges
    )
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert isinstance(sheet, bytes) and namespace.encode() in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        b"</sheetData>", f"</sheetData><mergeCells>{refs}</mergeCells>".encode()
    )
    check(read_whatever(package(parts)))
