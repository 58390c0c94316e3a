"""A report as the office files that the suite prints: once to be seen, once with every cell in a colour of its own.

The two files differ in the shading of cells alone; `sheet_html` says how a colour names its cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from training.examples.drawn import RESULTS
from training.examples.office import package
from training.examples.report import Paragraph
from training.synth.layouts import OfficeLook
from training.synth.sheet import Content, Sheet, SheetCell
from training.synth.sheet_html import KEYED

A4 = (595.3, 841.9)
"""Points."""
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def docx(content: Content, look: OfficeLook, keyed: bool) -> bytes:
    """A Word file; `keyed` for the second rendering."""
    width, height = _paper(look)
    body = []
    for block in content:
        body.append(_word_table(block, look, keyed) if isinstance(block, Sheet) else _word_text(block, look))
    twips = [round(20 * length) for length in (width, height, *look.margins)]
    turned = ' w:orient="landscape"' if look.landscape else ""
    section = (
        ('<w:footerReference w:type="default" r:id="r2"/>' if look.footer else "")
        + f'<w:pgSz w:w="{twips[0]}" w:h="{twips[1]}"{turned}/>'
        f'<w:pgMar w:top="{twips[2]}" w:bottom="{twips[2]}" w:left="{twips[3]}" w:right="{twips[3]}" '
        'w:header="500" w:footer="500"/>'
    )
    fonts = f'<w:rFonts w:ascii="{look.latin}" w:hAnsi="{look.latin}" w:eastAsia="{look.font}"/>'
    return package(
        {
            "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
            f'<Override PartName="/word/footer1.xml" ContentType="{_TYPE}.footer+xml"/>'
            f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
            "_rels/.rels": _relations(officeDocument="word/document.xml"),
            "word/_rels/document.xml.rels": _relations(styles="styles.xml", footer="footer1.xml"),
            "word/document.xml": f'{_XML}<w:document xmlns:w="{_WORD}" xmlns:r="{_RELATIONS}"><w:body>'
            f"{''.join(body)}<w:sectPr>{section}</w:sectPr></w:body></w:document>",
            "word/footer1.xml": f'{_XML}<w:ftr xmlns:w="{_WORD}"><w:p><w:pPr><w:jc w:val="center"/></w:pPr>'
            f'{_run("— ", 10)}<w:fldSimple w:instr="PAGE">{_run("1", 10)}</w:fldSimple>{_run(" —", 10)}</w:p></w:ftr>',
            "word/styles.xml": f'{_XML}<w:styles xmlns:w="{_WORD}"><w:docDefaults><w:rPrDefault><w:rPr>{fonts}'
            '<w:lang w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>',
        }
    )


def flat_odt(content: Content, look: OfficeLook, keyed: bool) -> bytes:
    """A text document of the suite itself, in one XML file; `keyed` for the second rendering."""
    styles: list[str] = []
    body = []
    for block in content:
        if isinstance(block, Sheet):
            body.append(_flat_table(block, look, keyed, styles))
        else:
            body.append(f'<text:p text:style-name="P{block.level}">{escape(block.text)}</text:p>')
    width, height = _paper(look)
    names = {
        "office": "office:1.0", "style": "style:1.0", "text": "text:1.0", "table": "table:1.0",
        "fo": "xsl-fo-compatible:1.0", "svg": "svg-compatible:1.0",
    }  # fmt: skip
    spaces = " ".join(f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{name}"' for key, name in names.items())
    fonts = "".join(
        f'<style:font-face style:name="{name}" svg:font-family="\'{name}\'"/>' for name in (look.font, look.latin)
    )
    text = "".join(
        f'<style:style style:name="P{level}" style:family="paragraph"><style:paragraph-properties {shape}/>'
        f"<style:text-properties {_letters(look, size, bold)}/></style:style>"
        for level, size, bold, shape in (
            (0, look.size, False, f'fo:text-indent="{2 * look.size:.1f}pt" fo:line-height="150%"'),
            (1, look.size + 7, True, 'fo:text-align="center" fo:margin-bottom="10pt"'),
            (2, look.size + 2, True, 'fo:margin-top="8pt" fo:margin-bottom="4pt" fo:keep-with-next="always"'),
            (3, look.size, True, f'fo:text-indent="{2 * look.size:.1f}pt" fo:line-height="150%"'),
        )
    )
    cells = "".join(
        f'<style:style style:name="C{kind}" style:family="paragraph"><style:paragraph-properties '
        f'fo:text-align="{align}"/><style:text-properties {_letters(look, look.table_size, kind == "group")}/>'
        "</style:style>"
        for kind, align in (("head", "center"), ("group", "center"), ("label", "start"), ("number", _flat_align(look)))
    )
    page = (
        f'<style:page-layout style:name="page"><style:page-layout-properties fo:page-width="{width}pt" '
        f'fo:page-height="{height}pt" '
        f'fo:margin-top="{look.margins[0]:.1f}pt" fo:margin-bottom="{look.margins[0]:.1f}pt" '
        f'fo:margin-left="{look.margins[1]:.1f}pt" fo:margin-right="{look.margins[1]:.1f}pt"/></style:page-layout>'
    )
    return (
        f'{_XML}<office:document {spaces} office:version="1.3" '
        'office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<office:font-face-decls>{fonts}</office:font-face-decls>"
        f"<office:automatic-styles>{text}{cells}{''.join(styles)}{page}</office:automatic-styles>"
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="page"/>'
        f"</office:master-styles><office:body><office:text>{''.join(body)}</office:text></office:body></office:document>"
    ).encode()


def _paper(look: OfficeLook) -> tuple[float, float]:
    return (A4[1], A4[0]) if look.landscape else A4


def _widths(sheet: Sheet, look: OfficeLook) -> list[float]:
    """Of the columns, in points."""
    room = _paper(look)[0] - 2 * look.margins[1]
    if sheet.table_id == "t3":
        labels = [0.055, 0.13, 0.27]
        shares = [*labels, *[(1 - sum(labels)) / (sheet.n_columns - 3)] * (sheet.n_columns - 3)]
    elif sheet.table_id == "t2":
        shares = [0.36, *[0.64 / (sheet.n_columns - 1)] * (sheet.n_columns - 1)]
    else:
        shares = [1 / sheet.n_columns] * sheet.n_columns
    return [share * room for share in shares]


def _fill(cell: SheetCell, look: OfficeLook, keyed: bool) -> str | None:
    if keyed:
        return f"{KEYED:02X}{cell.key:04X}"
    return look.shade if cell.kind in ("head", "group") else None


def _places(sheet: Sheet) -> Iterator[tuple[int, list[tuple[SheetCell, bool]]]]:
    """Every row with the cells that stand in it from left to right, and whether each began in a row above."""
    held: dict[int, SheetCell] = {}
    for number, row in enumerate(sheet.rows):
        begun = {cell.column: cell for cell in row.cells}
        places: list[tuple[SheetCell, bool]] = []
        column = 0
        while column < sheet.n_columns:
            above = held.get(column)
            if above is not None and above.row + above.row_span > number:
                cell, below = above, True
            else:
                cell, below = begun[column], False
                held[column] = cell
            places.append((cell, below))
            column += cell.column_span
        yield number, places


def _word_table(sheet: Sheet, look: OfficeLook, keyed: bool) -> str:
    widths = [round(20 * width) for width in _widths(sheet, look)]
    outer, inner = round(8 * look.outer), round(8 * look.rule)
    sides = dict.fromkeys(("top", "left", "bottom", "right"), outer) | {"insideH": inner, "insideV": inner}
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="{eighths}" w:space="0" w:color="000000"/>' for side, eighths in sides.items()
    )
    padding = round(20 * look.padding)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = []
    for number, places in _places(sheet):
        marks = f'<w:trHeight w:val="{round(20 * look.row_height)}" w:hRule="atLeast"/>'
        marks += "" if look.cut_rows and not sheet.rows[number].head else "<w:cantSplit/>"
        marks += "<w:tblHeader/>" if look.repeat_head and number < sheet.n_head else ""
        cells = "".join(_word_cell(cell, below, widths, look, keyed) for cell, below in places)
        rows.append(f"<w:tr><w:trPr>{marks}</w:trPr>{cells}</w:tr>")
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="{padding}" w:type="dxa"/>'
        f'<w:right w:w="{padding}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
        '<w:p><w:pPr><w:spacing w:line="120" w:lineRule="exact"/></w:pPr></w:p>'
    )


def _word_cell(cell: SheetCell, below: bool, widths: list[int], look: OfficeLook, keyed: bool) -> str:
    width = sum(widths[cell.column : cell.column + cell.column_span])
    marks = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    marks += f'<w:gridSpan w:val="{cell.column_span}"/>' if cell.column_span > 1 else ""
    if cell.row_span > 1:
        marks += "<w:vMerge/>" if below else '<w:vMerge w:val="restart"/>'
    fill = _fill(cell, look, keyed)
    marks += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    marks += '<w:textDirection w:val="tbRlV"/>' if cell.text == RESULTS else ""
    marks += '<w:vAlign w:val="center"/>'
    align = {"label": "left", "number": look.number_align}.get(cell.kind, "center")
    text = "" if below else _run(cell.text, look.table_size, cell.kind == "group")
    return f'<w:tc><w:tcPr>{marks}</w:tcPr><w:p><w:pPr><w:jc w:val="{align}"/></w:pPr>{text}</w:p></w:tc>'


def _word_text(block: Paragraph, look: OfficeLook) -> str:
    size = {1: look.size + 7, 2: look.size + 1}.get(block.level, look.size)
    indent = "" if block.level == 1 else f'<w:ind w:firstLine="{round(40 * look.size)}"/>'
    align = "center" if block.level == 1 else "both"
    keep = "<w:keepNext/>" if block.level == 2 else ""
    return (
        f'<w:p><w:pPr>{keep}<w:spacing w:line="{round(20 * look.size * 1.75)}" '
        f'w:lineRule="atLeast"/>{indent}<w:jc w:val="{align}"/></w:pPr>{_run(block.text, size, block.level > 0)}</w:p>'
    )


def _run(text: str, size: float, bold: bool = False) -> str:
    half = round(2 * size)
    marks = ("<w:b/>" if bold else "") + f'<w:sz w:val="{half}"/>'
    return f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def _relations(**targets: str) -> str:
    found = "".join(
        f'<Relationship Id="r{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _flat_table(sheet: Sheet, look: OfficeLook, keyed: bool, styles: list[str]) -> str:
    name = f"T{sheet.index}"
    widths = _widths(sheet, look)
    styles.append(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties '
        f'style:width="{sum(widths):.2f}pt" table:align="center" table:border-model="collapsing"/></style:style>'
    )
    keep = "auto" if look.cut_rows else "always"
    styles.append(
        f'<style:style style:name="{name}R" style:family="table-row"><style:table-row-properties '
        f'style:min-row-height="{look.row_height:.1f}pt" fo:keep-together="{keep}"/></style:style>'
    )
    columns = []
    for number, width in enumerate(widths):
        styles.append(
            f'<style:style style:name="{name}W{number}" style:family="table-column"><style:table-column-properties '
            f'style:column-width="{width:.2f}pt"/></style:style>'
        )
        columns.append(f'<table:table-column table:style-name="{name}W{number}"/>')
    rows = []
    for _, places in _places(sheet):
        cells = "".join(_flat_cell(sheet, cell, below, look, keyed, styles) for cell, below in places)
        rows.append(f'<table:table-row table:style-name="{name}R">{cells}</table:table-row>')
    split = sheet.n_head if look.repeat_head else 0
    head = f"<table:table-header-rows>{''.join(rows[:split])}</table:table-header-rows>" if split else ""
    return (
        f'<table:table table:name="{name}" table:style-name="{name}">{"".join(columns)}{head}{"".join(rows[split:])}'
        "</table:table>"
    )


def _flat_cell(sheet: Sheet, cell: SheetCell, below: bool, look: OfficeLook, keyed: bool, styles: list[str]) -> str:
    covered = "<table:covered-table-cell/>"
    if below:
        return covered * cell.column_span
    name = f"K{cell.key}"
    edges = {
        "top": cell.row == 0, "bottom": cell.row + cell.row_span == len(sheet.rows),
        "left": cell.column == 0, "right": cell.column + cell.column_span == sheet.n_columns,
    }  # fmt: skip
    widths = {side: look.outer if outer else look.rule for side, outer in edges.items()}
    borders = " ".join(
        f'fo:border-{side}="{f"{width:.2f}pt solid #000000" if width else "none"}"' for side, width in widths.items()
    )
    fill = _fill(cell, look, keyed)
    ground = f"#{fill}" if fill else "transparent"
    styles.append(
        f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties {borders} '
        f'fo:background-color="{ground}" fo:padding="{look.padding:.1f}pt" '
        'style:vertical-align="middle"/></style:style>'
    )
    spans = f' table:number-columns-spanned="{cell.column_span}" table:number-rows-spanned="{cell.row_span}"'
    spans = spans if cell.column_span * cell.row_span > 1 else ""
    return (
        f'<table:table-cell table:style-name="{name}"{spans}><text:p text:style-name="C{cell.kind}">'
        f"{escape(cell.text)}</text:p></table:table-cell>{covered * (cell.column_span - 1)}"
    )


def _letters(look: OfficeLook, size: float, bold: bool) -> str:
    weight = "bold" if bold else "normal"
    return (
        f'style:font-name="{look.latin}" style:font-name-asian="{look.font}" fo:font-size="{size:.1f}pt" '
        f'style:font-size-asian="{size:.1f}pt" fo:font-weight="{weight}" style:font-weight-asian="{weight}" '
        'fo:language="en" fo:country="US" style:language-asian="zh" style:country-asian="CN"'
    )


def _flat_align(look: OfficeLook) -> str:
    return {"left": "start", "center": "center", "right": "end"}[look.number_align]
