"""Pictures of the report in web pages, Word documents and workbooks."""

from __future__ import annotations

import base64
import io
import os
import pickle
import quopri
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import numpy as np
import openpyxl
import pytest
from openpyxl.drawing.image import Image as SheetImage

from pipeline.document import Document, Grid, Line, Page, Picture
from pipeline.errors import E112, GoujiError
from pipeline.limits import default_limits
from pipeline.read.html import read_html
from pipeline.read.open import read_document
from tests.pipeline.read import office_files as office
from tests.pipeline.read.picture_files import HEIGHT, WIDTH, page_image, saved

PNG, JPEG = saved(page_image(1)), saved(page_image(2), "JPEG")
DATA = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
ICON = saved(page_image(size=(64, 64)))


def read(folder: Path, name: str, data: bytes | str) -> Document:
    file = folder / name
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_document(file)


def pictures(document: Document) -> list[Picture]:
    return [block for block in document.blocks if isinstance(block, Picture) and block.pixels is not None]


def squares(picture: Picture) -> int:
    """The number that `page_image` was given."""
    assert picture.pixels is not None
    image = picture.pixels()
    assert image.shape == (picture.height, picture.width, 3)
    row = image[image.shape[0] // 2 + 10, :, 0] < 100
    return int(np.count_nonzero(np.diff(row.astype(int)) == 1))


def check_pages(document: Document, *expected: int) -> None:
    """One page a picture, in order, each showing as many squares as expected."""
    found = pictures(document)
    assert [squares(picture) for picture in found] == list(expected)
    assert document.pages == tuple(Page(number, WIDTH, HEIGHT) for number in range(1, len(expected) + 1))
    for number, picture in enumerate(found, 1):
        assert (picture.source.page, picture.source.place) == (number, f"图{number}")
        assert picture.source.box == (0, 0, WIDTH, HEIGHT)


# Web pages


def test_pictures_within_the_page_itself(tmp_path: Path) -> None:
    document = read(tmp_path, "x.html", f"<p>前<img src='{DATA}'>中<img src='data:image/png,{quote(PNG)}'>后</p>")
    assert [type(block) for block in document.blocks] == [Line, Picture, Line, Picture, Line]
    check_pages(document, 1, 1)
    assert document.warnings == ()


def test_pictures_saved_beside_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "年报 2023_files"
    folder.mkdir()
    (folder / "图 1.png").write_bytes(PNG)
    (folder / "image002.jpg").write_bytes(JPEG)
    page = (
        f"<p>年报<img src='{quote('年报 2023_files/图 1.png')}'>"
        r"<img src='年报 2023_files\image002.jpg?v=3#top'>"
        "<img src='./年报 2023_files/图 1.png'><img src='gone.png' data-original='年报 2023_files/image002.jpg'>"
    )
    document = read(tmp_path, "年报 2023.html", page)
    check_pages(document, 1, 2, 1, 2)
    assert document.warnings == ()


def test_a_page_of_nothing_but_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    rows = "<tr><td><img src=a.png></td></tr>" * 2
    document = read(tmp_path, "x.html", f"<html><table>{rows}</table><img src=a.png></html>")
    assert {type(block) for block in document.blocks} == {Picture}
    check_pages(document, 1, 1, 1)


def test_a_picture_within_a_table_stands_after_it(tmp_path: Path) -> None:
    page = f"<html><table><tr><td>规章<td><img src='{DATA}'><tr><td>办件<td>3</table><p>完"
    document = read(tmp_path, "x.html", page)
    assert [type(block) for block in document.blocks] == [Grid, Picture, Line]
    grid = document.blocks[0]
    assert isinstance(grid, Grid)
    assert [cell.unread for cell in grid.cells] == [False, True, False, False]
    check_pages(document, 1)


def test_only_files_within_the_folder_are_opened(tmp_path: Path) -> None:
    inside = tmp_path / "saved"
    inside.mkdir()
    (tmp_path / "outside.png").write_bytes(PNG)
    (inside / "real.png").write_bytes(PNG)
    (inside / "out.png").symlink_to(tmp_path / "outside.png")
    (inside / "up").symlink_to(tmp_path)
    (inside / "in.png").symlink_to(inside / "real.png")
    (inside / "loop.png").symlink_to(inside / "loop.png")
    os.mkfifo(inside / "pipe.png")
    refused = [
        "../outside.png", "out.png", "up/outside.png", str(tmp_path / "outside.png"), "loop.png", "pipe.png", ".",
        (tmp_path / "outside.png").as_uri(), "..%2Foutside.png", "..\\outside.png", "%00", "x" * 5000, "//a/b.png",
        "C:\\real.png", "saved/../../outside.png",
    ]  # fmt: skip
    page = "<p>年报</p>" + "".join(f'<img src="{address}">' for address in [*refused, "in.png", "a/../real.png"])
    document = read(inside, "x.html", page)
    check_pages(document, 1, 1)
    assert len([block for block in document.blocks if isinstance(block, Picture)]) == len(refused) + 2


def test_bytes_alone_have_nothing_beside_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    monkeypatch.chdir(tmp_path)
    document = read_html(b"<p>x<img src=a.png>", "x.html", "")
    assert pictures(document) == []


def test_links_to_pictures_are_told_and_what_to_do(tmp_path: Path) -> None:
    page = (
        "<p>年报<img src='https://a.gov.cn/1.png'><img src='/2.png'><img src='http://a/i.gif' width=16><img src=3.png>"
    )
    document = read(tmp_path, "x.html", page)
    assert document.pages == ()
    assert [warning.split("，")[0] for warning in document.warnings] == [
        "有 2 张图片只是指向网站的链接", "有 1 张图片没有随文件保存",
    ]  # fmt: skip


def test_a_page_with_its_tables_as_text_misses_no_picture(tmp_path: Path) -> None:
    table = "<table>" + "<tr>" + "<td>1" * 10 + "</tr>" + ("<tr>" + "<td>2" * 10) * 29 + "</table>"
    assert read(tmp_path, "x.html", f"<p>年报{table}<img src='https://a.gov.cn/logo.png'>").warnings == ()


def test_nothing_but_links_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GoujiError) as caught:
        read(tmp_path, "x.html", "<html><img src='https://a.gov.cn/1.png'></html>")
    assert caught.value.kind is E112


def test_icons_and_drawings_are_not_missed(tmp_path: Path) -> None:
    (tmp_path / "icon.png").write_bytes(ICON)
    page = "<p>年报<img src=icon.png><img src='data:image/svg+xml;utf8,<svg/>'>"
    document = read(tmp_path, "x.html", page)
    assert (pictures(document), document.pages, document.warnings) == ([], (), ())


def test_a_damaged_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"not found")
    document = read(tmp_path, "x.html", "<p>年报<img src=a.png><img src='data:image/png;base64,AAA'>")
    assert pictures(document) == []
    assert "有 2 张图片已损坏" in document.warnings[0]


def test_more_pictures_than_the_limit() -> None:
    limits = replace(default_limits(), max_pictures=2)
    document = read_html(f"<p>x{f'<img src={DATA}>' * 5}".encode(), "x", "", limits)
    check_pages(document, 1, 1)
    assert "3 张" in document.warnings[0]


def part(kind: str, head: str, content: bytes) -> bytes:
    lines = f"--b\r\nContent-Type: {kind}\r\n{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return lines.encode() + base64.encodebytes(content) + b"\r\n"


def single_file(page: str, location: str, *images: tuple[str, bytes]) -> bytes:
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"; type="text/html"\r\n\r\n'
    body = b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    body += f"Content-Location: {location}\r\n\r\n".encode() + quopri.encodestring(page.encode()) + b"\r\n"
    return head + body + b"".join(part("image/png", named, image) for named, image in images) + b"--b--\r\n"


def test_pictures_packed_with_a_single_file_page(tmp_path: Path) -> None:
    page = (
        "<html><p>年报<img src='https://a.gov.cn/x/1.png'><img src='cid:two@a'><img src='x/1.png'>"
        "<img src='https://a.gov.cn/gone.png'></html>"
    )
    first = ("Content-Location: https://a.gov.cn/x/1.png", PNG)
    document = read(
        tmp_path, "x.mht", single_file(page, "https://a.gov.cn/index.html", first, ("Content-ID: <two@a>", JPEG))
    )
    check_pages(document, 1, 2, 1)
    assert "有 1 张图片只是指向网站的链接" in document.warnings[0]


def test_pictures_of_words_own_single_file_page(tmp_path: Path) -> None:
    page = "<html><p>年报<img width=600 src='report.files/image001.png'></html>"
    image = ("Content-Location: file:///C:/8A3B/report.files/image001.png", PNG)
    check_pages(read(tmp_path, "x.doc", single_file(page, "file:///C:/8A3B/report.htm", image)), 1)


# Word documents

INLINE = '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="{}" cy="{}"/>{}</wp:inline></w:drawing></w:r></w:p>'
BLIP = '<a:graphic><a:graphicData><a:blip r:embed="{}"/></a:graphicData></a:graphic>'
ANCHOR = '<w:p><w:r><w:drawing><wp:anchor><wp:extent cx="5715000" cy="3810000"/>{}</wp:anchor></w:drawing></w:r></w:p>'
VML = '<w:p><w:r><w:pict><v:shape><v:imagedata r:id="{}"/></v:shape></w:pict></w:r></w:p>'
RELATION = '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" {}/>'
RELATIONS = (
    RELATION.format("rId9", 'Target="media/image1.png"')
    + RELATION.format("rId10", 'Target="/word/media/image2.jpeg"')
    + RELATION.format("rId11", 'Target="media/image3.emf"')
    + RELATION.format("rId12", 'Target="https://a.gov.cn/1.png" TargetMode="External"')
    + RELATION.format("rId13", 'Target="media/icon.png"')
)
MEDIA: dict[str, str | bytes] = {
    "word/media/image1.png": PNG,
    "word/media/image2.jpeg": JPEG,
    "word/media/image3.emf": b"\x01\0\0\0\x58\0\0\0" + bytes(100),
    "word/media/icon.png": ICON,
}
INLINE_1 = INLINE.format(5715000, 3810000, BLIP.format("rId9"))


def word(body: str, more: dict[str, str | bytes] = MEDIA) -> bytes:
    return office.docx(body, relations=RELATIONS, more=more)


def test_pictures_of_a_word_document(tmp_path: Path) -> None:
    body = office.paragraph("年报") + INLINE_1 + ANCHOR.format(BLIP.format("rId10")) + VML.format("rId9") + INLINE_1
    document = read(tmp_path, "x.docx", word(body))
    check_pages(document, 1, 2, 1, 1)
    assert [type(block) for block in document.blocks] == [Line] + [Picture] * 4
    assert document.warnings == ()


def test_a_word_document_of_nothing_but_pictures(tmp_path: Path) -> None:
    check_pages(read(tmp_path, "x.docx", word(INLINE_1 * 2)), 1, 1)


def test_both_versions_of_a_picture_are_one(tmp_path: Path) -> None:
    choice = f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{INLINE_1[10:-12]}</mc:Choice>'
    body = f"<w:p>{choice}<mc:Fallback>{VML.format('rId10')[10:-12]}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    check_pages(read(tmp_path, "x.docx", word(office.paragraph("年报") + body)), 1)


def test_a_picture_in_a_cell_stands_after_the_table(tmp_path: Path) -> None:
    icon = INLINE.format(95250, 95250, BLIP.format("rId13"))
    body = office.table(office.cell("规章") + office.wide_cell(INLINE_1) + office.wide_cell(icon) + office.cell("3"))
    document = read(tmp_path, "x.docx", word(body))
    assert [type(block) for block in document.blocks] == [Grid, Picture]
    grid = document.blocks[0]
    assert isinstance(grid, Grid)
    assert [cell.unread for cell in grid.cells] == [False, True, True, False]
    check_pages(document, 1)


def test_drawings_and_links_of_a_word_document_are_told(tmp_path: Path) -> None:
    large = "".join(INLINE.format(5715000, 3810000, BLIP.format(name)) for name in ("rId11", "rId12", "rId99"))
    document = read(tmp_path, "x.docx", word(office.paragraph("年报") + large))
    assert pictures(document) == []
    assert ["2 张" in document.warnings[0], "EMF" in document.warnings[1]] == [True, True]


def test_a_damaged_picture_costs_no_text(tmp_path: Path) -> None:
    data = word(office.paragraph("年报") + INLINE_1)
    at = data.index(b"\x89PNG") if b"\x89PNG" in data else data.index(b"word/media/image1.png") + 60
    damaged = data[:at] + bytes(40) + data[at + 40 :]
    document = read(tmp_path, "x.docx", damaged)
    assert document.text() == "年报"
    assert "已损坏" in document.warnings[0]


def test_a_page_within_a_word_document_keeps_its_pictures(tmp_path: Path) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
    page = single_file("<html><p>年报<img src='cid:one'></html>", "a.htm", ("Content-ID: <one>", JPEG))
    data = office.docx(
        INLINE_1 + '<w:altChunk r:id="rId20"/>',
        relations=RELATIONS + f'<Relationship Id="rId20" Type="{kind}" Target="chunk.mht"/>',
        more={**MEDIA, "word/chunk.mht": page},
    )
    check_pages(read(tmp_path, "x.docx", data), 1, 2)


@office.needs_office
@pytest.mark.parametrize("to", ["doc", "rtf", "odt"])
def test_pictures_of_older_documents(tmp_path: Path, to: str) -> None:
    picture = (
        '<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr>'
        '<pic:cNvPr id="1" name="a"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId9"/><a:stretch>'
        '<a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5715000" '
        'cy="4286250"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic>'
    )
    graphic = (
        '<wp:docPr id="1" name="a"/><a:graphic><a:graphicData '
        f'uri="http://schemas.openxmlformats.org/drawingml/2006/picture">{picture}</a:graphicData></a:graphic>'
    )
    types = '<Default Extension="png" ContentType="image/png"/>'
    body = office.paragraph("年报") + INLINE.format(5715000, 4286250, graphic)
    data = office.docx(
        body, relations=RELATION.format("rId9", 'Target="media/image1.png"'), more={"word/media/image1.png": PNG}
    )
    data = office.with_types(data, types)
    converted = office.office_convert(data, "docx", to, tmp_path)
    document = read(tmp_path, f"x.{to}", converted)
    assert document.format == "legacy"
    assert [squares(picture) for picture in pictures(document)] == [1]


# Workbooks


def sheets(*images: bytes, text: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if text is not None:
        sheet["A1"] = text
    for row, image in enumerate(images):
        sheet.add_image(SheetImage(io.BytesIO(image)), f"B{2 + 30 * row}")
    second = book.create_sheet("其他")
    second["A1"] = "后"
    return office.saved(book)


def test_pictures_of_a_workbook_follow_the_cells_of_their_sheet(tmp_path: Path) -> None:
    document = read(tmp_path, "x.xlsx", sheets(PNG, JPEG, ICON, text="年报"))
    assert [type(block) for block in document.blocks if not (isinstance(block, Picture) and not block.pixels)] == [
        Grid, Picture, Picture, Grid,
    ]  # fmt: skip
    check_pages(document, 1, 2)


def test_a_sheet_of_nothing_but_pictures(tmp_path: Path) -> None:
    check_pages(read(tmp_path, "x.xlsx", sheets(PNG)), 1)


@office.needs_office
def test_a_binary_workbook_of_nothing_but_pictures(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.add_image(SheetImage(io.BytesIO(PNG)), "A1")
    data = office.office_convert(office.saved(book), "xlsx", "xls", tmp_path)
    assert [squares(picture) for picture in pictures(read(tmp_path, "x.xls", data))] == [1]


# All


def test_documents_with_pictures_can_be_sent_to_another_process(tmp_path: Path) -> None:
    sent = pickle.loads(pickle.dumps(read(tmp_path, "x.docx", word(INLINE_1))))
    check_pages(sent, 1)
