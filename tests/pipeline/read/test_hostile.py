"""What a file must not be able to do: every one of these ends with its error code, soon and in one line."""

from __future__ import annotations

import base64
import io
import os
import quopri
import socket
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msoffcrypto
import pytest

from pipeline.document import Document, Grid, Line
from pipeline.errors import GoujiError
from pipeline.limits import default_limits, load_limits
from pipeline.read.open import read_document
from tests.pipeline.read.office_files import (
    docx,
    needs_office,
    office_convert,
    package,
    paragraph,
    report_body,
    workbook,
)

SMALL = replace(
    default_limits(), max_part_bytes=200_000, max_inflated_bytes=300_000, min_ratio_bytes=50_000, max_members=50
)


def code_of(path: Path, data: bytes | None = None, limits: object = None) -> str:
    """The code that reading the file ends with; fails where reading succeeds."""
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(GoujiError) as caught:
        read_document(path, limits)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)
    return caught.value.kind.code


def read(tmp_path: Path, name: str, data: bytes) -> Document:
    file = tmp_path / name
    file.write_bytes(data)
    return read_document(file)


# Not a file


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "folder.docx").mkdir()
    (tmp_path / "real.txt").write_text("文", encoding="utf-8")
    (tmp_path / "dangling.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    names = ("pipe.pdf", "folder.docx", "dangling.txt", "loop.txt", "missing.txt", "real.txt/x", "a\0b")
    for name in names:
        assert code_of(tmp_path / name) == "E101", name
    assert code_of(Path("/dev/zero")) == "E101"


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("一份报告", encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    assert read_document(tmp_path / "link.txt").text() == "一份报告"


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Socket addresses are short; the temporary folder's full name may not fit.
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert code_of(Path("s")) == "E101"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(b"x")
    file.chmod(0)
    assert code_of(file) == "E101"


def test_a_name_that_is_no_utf_8_is_no_obstacle(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb1\xa8\xb8\xe6.html"))
    file.write_bytes("<p>文</p>".encode())
    document = read_document(file)
    document.name.encode("utf-8")
    assert document.name.endswith(".html")


# Size


@pytest.mark.parametrize("data", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\0" * 5000, b"\xff\xfe"])
def test_empty_files(tmp_path: Path, data: bytes) -> None:
    assert code_of(tmp_path / "x.html", data) == "E102"


def test_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    file = tmp_path / "x.pdf"
    with file.open("wb") as handle:
        handle.truncate(500_000_000)
    before = os.times()
    assert code_of(file) == "E103"
    assert os.times().user - before.user < 0.1


# Kinds that are not read


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "E105"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "E105"),
        (b"II*\0" + bytes(50), "E105"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "E105"),
        (b"BM" + struct.pack("<IHHIIIIHH", 100, 0, 0, 54, 40, 1, 1, 1, 24), "E105"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "E104"),
        (b"\0\0\x01\0" + bytes(50), "E104"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "E104"),
        (b"\x7fELF\x02\x01\x01" + bytes(50), "E104"),
        (b"MZ\x90\0" + bytes(range(256)), "E104"),
        (b"Rar!\x1a\x07\0" + bytes(50), "E104"),
        (b"\x1f\x8b\x08" + bytes(50), "E104"),
        (bytes(range(256)) * 20, "E104"),
        (b"\0\1\2\3\4" * 100 + b"x", "E104"),
        (b'<?xml version="1.0"?><feed/>', "E104"),
    ],
)
@pytest.mark.parametrize("name", ["x", "x.txt", "x.docx", "x.pdf", "x.html"])
def test_what_is_no_document(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    assert code_of(tmp_path / name, data) == code


@pytest.mark.parametrize("name", ["x", "x.doc", "x.html"])
def test_a_page_of_nothing_but_images(tmp_path: Path, name: str) -> None:
    assert code_of(tmp_path / name, b'<img src="scan1.jpg"><img src="scan2.jpg">') == "E112"


def test_archives_and_other_packages(tmp_path: Path) -> None:
    assert code_of(tmp_path / "x.zip", package({"a.txt": "x"})) == "E104"
    assert code_of(tmp_path / "x.zip", package({})) == "E104"
    assert code_of(tmp_path / "x.pptx", package({"[Content_Types].xml": "", "ppt/presentation.xml": ""})) == "E104"
    assert code_of(tmp_path / "x.ofd", package({"OFD.xml": "<x/>"})) == "E104"
    inner = docx(report_body())
    assert code_of(tmp_path / "x.docx", package({"report.docx": inner})) == "E104"


# Another kind than the name says

PAGE = "<html><body><p>年度报告</p><table><tr><td>规章<td>5</table></body></html>"


@pytest.mark.parametrize("name", ["x.doc", "x.xls", "x.docx", "x.pdf", "x.txt", "x"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_page_saved_under_any_name_is_a_page(tmp_path: Path, name: str, encoding: str) -> None:
    document = read(tmp_path, name, PAGE.encode(encoding))
    assert document.format == "html"
    assert [cell.text for block in document.blocks if isinstance(block, Grid) for cell in block.cells] == ["规章", "5"]


@pytest.mark.parametrize("transfer", ["8bit", "quoted-printable", "base64"])
def test_a_single_file_web_page(tmp_path: Path, transfer: str) -> None:
    encoders: dict[str, Callable[[bytes], bytes]] = {
        "8bit": bytes,
        "quoted-printable": quopri.encodestring,
        "base64": base64.encodebytes,
    }
    body = encoders[transfer](PAGE.encode("gbk"))
    data = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Location: a.htm\r\n"
        b"Content-Transfer-Encoding: " + transfer.encode() + b"\r\nContent-Type: text/html; charset=\"gb2312\"\r\n\r\n"
        + body + b"\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBOR\r\n--b--\r\n"
    )  # fmt: skip
    document = read(tmp_path, "x.doc", data)
    assert document.format == "html"
    assert [block.text for block in document.blocks if isinstance(block, Line)] == ["年度报告"]


def test_a_single_file_web_page_without_a_page(tmp_path: Path) -> None:
    data = (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: image/png\n\nx\n--b--\n"
    )
    assert code_of(tmp_path / "x.mht", data) == "E105"
    nested = b"".join(
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000)
    )
    assert code_of(tmp_path / "x.mht", nested) == "E105"


def test_office_packages_under_another_name(tmp_path: Path) -> None:
    assert read(tmp_path, "x.doc", docx(report_body())).format == "docx"
    assert read(tmp_path, "x.csv", workbook([["a", 1]])).format == "xlsx"
    assert read(tmp_path, "x.csv", "a,1\nb,2\n".encode("utf-16")).format == "csv"


# Damage


def test_truncated_packages(tmp_path: Path) -> None:
    for data in (docx(report_body()), workbook([["a", 1]])):
        for cut in (4, 30, len(data) // 2, len(data) - 1):
            assert code_of(tmp_path / "x", data[:cut]) == "E105", cut


def test_a_member_with_wrong_content(tmp_path: Path) -> None:
    data = bytearray(docx(report_body()))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        entry = archive.getinfo("word/document.xml")
    at = entry.header_offset + 30 + len(entry.filename) + 20
    data[at : at + 10] = b"\xff" * 10
    assert code_of(tmp_path / "x.docx", bytes(data)) == "E105"


@pytest.mark.parametrize(
    "parts",
    [
        {"word/document.xml": "<w:document"},
        {"word/document.xml": ""},
        {"word/document.xml": "<x/>"},
        {"word/styles.xml": "<x/>"},
        {"xl/workbook.xml": "nonsense"},
        {"xl/worksheets/sheet1.xml": "<x/>"},
    ],
)
def test_packages_without_their_parts(tmp_path: Path, parts: dict[str, str | bytes]) -> None:
    assert code_of(tmp_path / "x", package(parts)) == "E105"


def test_names_that_lead_out_of_the_package(tmp_path: Path) -> None:
    assert code_of(tmp_path / "x.docx", docx(report_body(), more={"../../evil.xml": "x"})) == "E105"
    assert code_of(tmp_path / "x.docx", docx(report_body(), more={"word\\..\\..\\evil": "x"})) == "E105"
    assert not (tmp_path.parent / "evil.xml").exists()


def test_deeply_nested_xml(tmp_path: Path) -> None:
    deep = "<w:sdt>" * 20_000 + "</w:sdt>" * 20_000
    assert code_of(tmp_path / "x.docx", docx(deep)) == "E105"
    nested = paragraph("深")
    for _ in range(70):
        nested = f"<w:tbl><w:tr><w:tc>{nested}</w:tc></w:tr></w:tbl>"
    document = read(tmp_path, "x.docx", docx(nested))
    assert [block.text for block in document.blocks if isinstance(block, Line)] == ["深"]


@needs_office
def test_truncated_binary_documents(tmp_path: Path) -> None:
    for data, ending in ((docx(report_body()), "doc"), (workbook([["a", 1]]), "xls")):
        whole = office_convert(data, "docx" if ending == "doc" else "xlsx", ending, tmp_path)
        assert code_of(tmp_path / "x", whole[:600]) in ("E105", "E113")
        assert code_of(tmp_path / "x", whole[: len(whole) // 3]) in ("E105", "E113")


def test_a_truncated_rtf(tmp_path: Path) -> None:
    assert code_of(tmp_path / "x.doc", b"{\\rtf1\\ansi half of a") == "E105"


# Bombs


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    assert code_of(tmp_path / "x.docx", docx(report_body(), more={"word/media/a": bytes(100_000)}), SMALL) == "E107"
    assert (
        code_of(tmp_path / "x.docx", docx(report_body(), more={"word/media/a": os.urandom(400_000)}), SMALL) == "E107"
    )
    many: dict[str, str | bytes] = {f"word/{n}.xml": "" for n in range(60)}
    assert code_of(tmp_path / "x.docx", docx(report_body(), more=many), SMALL) == "E107"


def test_a_zip_bomb_at_the_shipped_limits(tmp_path: Path) -> None:
    assert code_of(tmp_path / "x.xlsx", docx("", more={"word/media/a": bytes(30_000_000)})) == "E107"


def test_a_zip_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    data = bytearray(docx(paragraph("长" * 50_000)))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo("word/document.xml").file_size
    honest, lying = struct.pack("<I", size), struct.pack("<I", 1000)
    assert data.count(honest) >= 2
    assert code_of(tmp_path / "x.docx", bytes(data).replace(honest, lying)) == "E105"


def test_a_part_larger_than_the_limit(tmp_path: Path) -> None:
    body = "".join(paragraph(os.urandom(30).hex()) for _ in range(2000))
    assert code_of(tmp_path / "x.docx", docx(body), SMALL) == "E107"


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "prolog",
    [LAUGHS, '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
     "<!DOCTYPE x>"],
)  # fmt: skip
def test_entities_and_document_types_in_packages(tmp_path: Path, prolog: str) -> None:
    assert code_of(tmp_path / "x.docx", docx(paragraph("&a;" if "ENTITY" in prolog else "x"), prolog=prolog)) == "E108"
    part = f"{prolog}<styleSheet/>"
    sheets = {"xl/workbook.xml": part, "xl/worksheets/sheet1.xml": "<x/>"}
    assert code_of(tmp_path / "x.xlsx", package(dict(sheets))) == "E108"
    sheets["xl/workbook.xml"] = part.encode("utf-16")  # type: ignore[assignment]
    assert code_of(tmp_path / "x.xlsx", package(dict(sheets))) == "E108"


def test_entities_in_bare_xml(tmp_path: Path) -> None:
    assert code_of(tmp_path / "x.xml", f'<?xml version="1.0"?>{LAUGHS}<x>&i;</x>'.encode()) == "E108"
    book = '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    assert code_of(tmp_path / "x.xls", f'<?xml version="1.0"?><!DOCTYPE x>{book}'.encode()) == "E108"


def test_entities_in_a_page_are_not_expanded(tmp_path: Path) -> None:
    document = read(tmp_path, "x.html", f"{LAUGHS}<html><body><p>前&i;后</p></body></html>".encode())
    assert len(document.text()) < 1000


# Passwords


def test_password_protected_office_packages(tmp_path: Path) -> None:
    for data in (docx(report_body()), workbook([["a", 1]])):
        locked = io.BytesIO()
        msoffcrypto.OfficeFile(io.BytesIO(data)).encrypt("secret", locked)
        assert code_of(tmp_path / "x.docx", locked.getvalue()) == "E106"


def test_an_encrypted_zip_member(tmp_path: Path) -> None:
    data = bytearray(docx(report_body()))
    # Bit 0 of the flags, in every local header and in every entry of the directory.
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    assert code_of(tmp_path / "x.docx", bytes(data)) == "E106"


@needs_office
def test_an_encrypted_word_document(tmp_path: Path) -> None:
    data = bytearray(office_convert(docx(report_body()), "docx", "doc", tmp_path))
    at = data.find(b"\xec\xa5")
    data[at + 11] |= 0x01
    assert code_of(tmp_path / "x.doc", bytes(data)) == "E106"


# Limits


def test_limits_can_be_set_and_are_checked(tmp_path: Path) -> None:
    file = tmp_path / "limits.yaml"
    file.write_text("max_bytes: 10\n", encoding="utf-8")
    limits = load_limits(file)
    assert limits == replace(default_limits(), max_bytes=10)
    assert code_of(tmp_path / "x.txt", b"more than ten", limits) == "E103"


@pytest.mark.parametrize(
    "text", ["max_byte: 1", "max_bytes: -1", "max_bytes: many", "max_bytes: true", "- 1", "a: [", "\0"]
)
def test_wrong_limits_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "limits.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(GoujiError, match="E302"):
        load_limits(file)
