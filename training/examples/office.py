"""Reports as office files, written by hand where the tools would put the time of day into them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from openpyxl import Workbook

from training.examples.drawn import Block, Drawn, matrix
from training.examples.report import Paragraph

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_STAMP = "2024-01-01T00:00:00Z"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def package(parts: Mapping[str, str]) -> bytes:
    """A zip file that depends on its parts alone: stored, as compressors differ from machine to machine."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            archive.writestr(entry, text)
    return buffer.getvalue()


def docx(found: Iterable[Block]) -> bytes:
    """Merged cells, heading styles, and the title in a text box."""
    body = []
    for block in found:
        if isinstance(block, Paragraph):
            body.append(_text_box(block.text) if block.level == 1 else _paragraph(block.text, block.level))
        else:
            body.append(_word_table(block))
    document = (
        f'{_XML}<w:document xmlns:w="{_WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml">'
        f"<w:body>{''.join(body)}<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/></w:sectPr></w:body></w:document>"
    )
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{level}"><w:name w:val="heading {level}"/>'
        f'<w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr></w:style>'
        for level in (1, 2, 3)
    )
    return package(
        {
            "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
            f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
            "_rels/.rels": _relation("officeDocument", "word/document.xml"),
            "word/_rels/document.xml.rels": _relation("styles", "styles.xml"),
            "word/document.xml": document,
            "word/styles.xml": f'{_XML}<w:styles xmlns:w="{_WORD}">{styles}</w:styles>',
        }
    )


def xlsx(found: Iterable[Block]) -> bytes:
    """The form in one sheet: running text in the first column, tables below each other with merged cells."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "年报"
    line = 1
    for block in found:
        if isinstance(block, Paragraph):
            sheet.cell(line, 1, block.text)
            line += 1
            continue
        taken: set[tuple[int, int]] = set()
        for down, row in enumerate(block.rows):
            column = 0
            for slot in row.slots:
                while (down, column) in taken:
                    column += 1
                number = re.fullmatch(r"-?\d+", slot.text)
                sheet.cell(line + down, column + 1, int(slot.text) if number else slot.text or None)
                last = (line + down + slot.rows - 1, column + slot.columns)
                if slot.rows * slot.columns > 1:
                    sheet.merge_cells(None, line + down, column + 1, *last)
                taken.update((down + i, column + j) for i in range(slot.rows) for j in range(slot.columns))
        line += len(block.rows) + 1
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _STAMP, core)
    return package(parts)


def comma_separated(found: Iterable[Block]) -> str:
    """As a sheet program saves it: every line padded to the widest."""
    lines: list[list[str]] = []
    for block in found:
        lines += [[block.text]] if isinstance(block, Paragraph) else [list(row.cells) for row in matrix(block)]
    widest = max(len(line) for line in lines)
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([*line, *[""] * (widest - len(line))] for line in lines)
    return buffer.getvalue()


def rtf(found: Iterable[Block]) -> str:
    parts = ["{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 SimSun;}}\n"]
    for block in found:
        parts.append(f"\\pard {_escaped(block.text)}\\par\n" if isinstance(block, Paragraph) else _rtf_table(block))
    return "".join([*parts, "}\n"])


def _relation(kind: str, target: str) -> str:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{base}/{kind}" Target="{target}"/></Relationships>'
    )


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(text: str, level: int = 0) -> str:
    style = f'<w:pPr><w:pStyle w:val="{level}"/></w:pPr>' if level else ""
    return f"<w:p>{style}{_run(text) if text else ''}</w:p>"


def _text_box(text: str) -> str:
    """A box as Word writes it: drawn for new programs, and once more for old ones."""
    content = f"<w:txbxContent>{_paragraph(text, 1)}</w:txbxContent>"
    return (
        '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>'
        '<wp:extent cx="5000000" cy="600000"/><wp:docPr id="1" name="标题"/><a:graphic><a:graphicData '
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:spPr/>'
        f"<wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
        f"</mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )


def _word_table(drawn: Drawn) -> str:
    grid = "<w:gridCol/>" * drawn.n_columns
    rows = []
    covered: dict[tuple[int, int], int] = {}
    for number, row in enumerate(drawn.rows):
        cells, column, slots = [], 0, list(row.slots)
        while column < drawn.n_columns:
            if (number, column) in covered:
                width = covered[number, column]
                cells.append(_word_cell("", width, "<w:vMerge/>"))
                column += width
                continue
            slot = slots.pop(0)
            covered.update({(number + down, column): slot.columns for down in range(1, slot.rows)})
            cells.append(_word_cell(slot.text, slot.columns, '<w:vMerge w:val="restart"/>' if slot.rows > 1 else ""))
            column += slot.columns
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl><w:p/>"


def _word_cell(text: str, columns: int, merge: str) -> str:
    span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_paragraph(text)}</w:tc>"


def _rtf_table(drawn: Drawn) -> str:
    width = 9000 // drawn.n_columns
    lines = []
    covered: dict[tuple[int, int], int] = {}
    for number, row in enumerate(drawn.rows):
        borders, cells, column, slots = [], [], 0, list(row.slots)
        while column < drawn.n_columns:
            if (number, column) in covered:
                columns, merge, text = covered[number, column], "\\clvmrg", ""
            else:
                slot = slots.pop(0)
                covered.update({(number + down, column): slot.columns for down in range(1, slot.rows)})
                columns, merge, text = slot.columns, "\\clvmgf" if slot.rows > 1 else "", slot.text
            column += columns
            borders.append(f"{merge}\\cellx{column * width}")
            cells.append(f"\\intbl {_escaped(text)}\\cell")
        lines.append(f"\\trowd{''.join(borders)}\n{''.join(cells)}\\row\n")
    return "".join([*lines, "\\pard\\par\n"])


def _escaped(text: str) -> str:
    """RTF's own letters, and signed 16-bit code units for the rest."""
    parts = []
    for character in text:
        code = ord(character)
        if character in "\\{}":
            parts.append("\\" + character)
        elif code < 128:
            parts.append(character)
        else:
            parts.append(f"\\u{code - 65536 if code > 32767 else code}?")
    return "".join(parts)
