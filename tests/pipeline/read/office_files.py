"""Builds the files that the reader tests read, from nothing."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    f'xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)

needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None and shutil.which("libreoffice") is None, reason="LibreOffice is not installed"
)


def package(parts: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(
    body: str, styles: str = "", numbering: str = "", more: dict[str, str | bytes] | None = None,
    relations: str = "", namespace: str = W, prolog: str = "",
) -> bytes:  # fmt: skip
    """A Word document from the XML between `<w:body>` and `</w:body>`, and of its other parts likewise."""
    kind = f"{R}/"
    return package(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/>'
            '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.styles+xml"/>'
            '<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.numbering+xml"/></Types>',
            "_rels/.rels": _relationships(f'<Relationship Id="rId1" Type="{kind}officeDocument" '
                                          'Target="word/document.xml"/>'),
            "word/_rels/document.xml.rels": _relationships(
                f'<Relationship Id="rId1" Type="{kind}styles" Target="styles.xml"/>'
                f'<Relationship Id="rId2" Type="{kind}numbering" Target="numbering.xml"/>{relations}'
            ),
            "word/document.xml": f'{prolog}<w:document xmlns:w="{namespace}" {_NAMESPACES}><w:body>{body}</w:body>'
            "</w:document>",
            "word/styles.xml": f'<w:styles xmlns:w="{namespace}">{styles}</w:styles>',
            "word/numbering.xml": f'<w:numbering xmlns:w="{namespace}">{numbering}</w:numbering>',
            **(more or {}),
        }
    )  # fmt: skip


def with_types(data: bytes, more: str) -> bytes:
    """The package with more content types, put before the first `<Override`; LibreOffice goes by them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    types = parts["[Content_Types].xml"]
    assert isinstance(types, bytes)
    parts["[Content_Types].xml"] = types.replace(b"<Override", more.encode() + b"<Override", 1)
    return package(parts)


def _relationships(inner: str) -> str:
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{inner}</Relationships>'


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


_COLUMN = 1500
"""Twips. Word's binary format keeps widths instead of spans, so the widths must fit the spans."""


def cell(text: str, properties: str = "") -> str:
    return wide_cell(paragraph(text), properties)


def wide_cell(content: str, properties: str = "") -> str:
    """A cell that holds the given blocks."""
    span = re.search(r'gridSpan w:val="(\d+)"', properties)
    width = _COLUMN * (int(span.group(1)) if span else 1)
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>{content}</w:tc>'


def table(*rows: str, columns: int = 4) -> str:
    grid = f'<w:gridCol w:w="{_COLUMN}"/>' * columns
    inner = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{inner}</w:tbl>"


def report_body() -> str:
    """A short report of an invented agency with merged cells across and down."""
    span = '<w:gridSpan w:val="2"/>'
    return (
        paragraph("云溪县水务局2021年政府信息公开工作年度报告")
        + paragraph("三、收到和处理政府信息公开申请情况")
        + table(
            cell("申请人情况", span) + cell("自然人") + cell("总计"),
            cell("一、本年新收政府信息公开申请数量", span) + cell("12") + cell("12"),
            cell("三、本年度办理结果", '<w:vMerge w:val="restart"/>') + cell("（一）予以公开") + cell("7") + cell("7"),
            cell("", "<w:vMerge/>") + cell("（七）总计") + cell("") + cell("12"),
        )
        + paragraph("四、政府信息公开行政复议、行政诉讼情况")
    )


def workbook(rows: list[list[object]], merges: tuple[str, ...] = (), title: str = "年报") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def office_convert(data: bytes, ending: str, to: str, folder: Path) -> bytes:
    """The file in another format, by LibreOffice itself."""
    source = folder / f"source.{ending}"
    source.write_bytes(data)
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program is not None
    subprocess.run(
        [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", to,
         "--outdir", str(folder / "out"), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "out" / f"source.{to.partition(':')[0]}").read_bytes()
