"""Word documents, from the XML inside: what a reader of the final version would see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TypeVar

from lxml import etree

from pipeline.document import Block, Cell, Document, Grid, Line, Picture, Reading, Source
from pipeline.errors import E105, GoujiError
from pipeline.limits import Limits, default_limits
from pipeline.read.docx_styles import Styles, list_of, part_of_kind, read_styles
from pipeline.read.html import blocks_of_html, page_text
from pipeline.read.html_text import OUTER_SPACE
from pipeline.read.layout import holds_data
from pipeline.read.mhtml import is_mhtml, mhtml_parts
from pipeline.read.numbering import Numbering, W, integer, read_numbering, value
from pipeline.read.package import Package, open_package
from pipeline.read.package_pictures import package_picture
from pipeline.read.pictures import Pictures
from pipeline.read.references import find_nothing

_READER = "docx"
_MOST_COLUMNS = 1000

T = TypeVar("T")

# Properties, deletions, and marks whose text is not part of the running text.
_SILENT = frozenset(
    f"{W}{name}"
    for name in (
        "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr", "del", "moveFrom", "delText",
        "instrText", "delInstrText", "rt", "footnoteReference", "endnoteReference",
    )
)  # fmt: skip
_OFF = ("0", "false", "off", "none")

# Signs of the Wingdings fonts that lists of the form use; Word stores them as codes of the font.
_WINGDINGS = {
    **{0x81 + n: chr(0x2460 + n) for n in range(10)}, **{0x8C + n: chr(0x2776 + n) for n in range(10)},
    0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0x52: "☑",
}  # fmt: skip


def read_docx(data: bytes, name: str, sha256: str, limits: Limits | None = None) -> Document:
    """A Word document as lines, grids and pictures in reading order.

    Insertions are kept and deletions dropped; hidden text, notes, headers and footers are left out;
    automatic numbers are written out. Line breaks in a paragraph make lines, those in a cell newlines. Each picture
    that may hold a table has a page of its own, in pixels; one in a cell of a table stands after the table.

    Raises:
        GoujiError: E105 damaged, E106 encrypted, E107 inflates beyond the limits, E108 declares entities.
    """
    limits = limits or default_limits()
    package = open_package(data, limits)
    main = next((target for kind, target in package.relations("").values() if kind == "officeDocument"), "")
    if main not in package.names:
        main = "word/document.xml"
    if main not in package.names:
        raise GoujiError(E105, reason="没有正文（word/document.xml）")
    root = package.xml(main)
    body = root.find(f"{W}body")
    if body is None:
        raise GoujiError(E105, reason="正文没有内容（w:body）")
    relations = package.relations(main)
    pictures = Pictures(limits)
    reader = _Reader(read_styles(package, relations), package, relations, limits.max_cells, pictures)
    reader.numbering = read_numbering(part_of_kind(package, relations, "numbering"), reader.styles.lists())
    blocks = tuple(_placed(reader.blocks(body)))
    warnings = (*reader.warnings, *pictures.warnings(blocks))
    return Document(PurePath(name).name, sha256, "docx", blocks, tuple(pictures.pages), warnings)


@dataclass(slots=True)
class _Paragraph:
    """What is gathered while walking a paragraph: its text, and what floats beside it."""

    text: list[str] = field(default_factory=list)
    beside: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Cell:
    column: int
    column_span: int
    blocks: list[Block]
    row_span: int = 1


@dataclass(slots=True)
class _Reader:
    styles: Styles
    package: Package
    relations: dict[str, tuple[str, str]]
    cells_left: int
    pictures: Pictures
    numbering: Numbering = field(default_factory=Numbering)
    warnings: list[str] = field(default_factory=list)
    paragraphs: int = 0

    def blocks(self, parent: etree._Element) -> list[Block]:
        found: list[Block] = []
        for child in parent:
            tag = child.tag
            if tag == f"{W}p":
                found.extend(self.paragraph(child))
            elif tag == f"{W}tbl":
                found.extend(self.table(child))
            elif tag == f"{W}altChunk":
                found.extend(self.chunk(child))
            elif tag.endswith("}AlternateContent"):
                found.extend(self._alternative(child, self.blocks, bool))
            elif tag not in _SILENT:
                found.extend(self.blocks(child))
        return found

    def paragraph(self, element: etree._Element) -> list[Block]:
        self.paragraphs += 1
        source = Source(place=f"段{self.paragraphs}")
        properties = element.find(f"{W}pPr")
        gathered = _Paragraph()
        self._inline(element, gathered)
        text = "".join(gathered.text).strip(OUTER_SPACE)
        style = value(properties, "pStyle") if properties is not None else None
        style = style if style is not None else self.styles.default
        # An empty paragraph of a list counts too.
        number = self._number(properties, style)
        text = number + text if text else ""
        heading = self.styles.heading(style)
        outline = value(properties, "outlineLvl") if properties is not None else None
        if outline is not None:
            level = integer(outline, 9)
            heading = level + 1 if 0 <= level < 9 else 0
        lines = (line.strip(OUTER_SPACE) for line in text.split("\n"))
        return [*(Line(line, source, heading) for line in lines if line), *gathered.beside]

    def _number(self, properties: etree._Element | None, style: str | None) -> str:
        list_id, level = list_of(properties)
        from_style = self.styles.list(style)
        if from_style is not None and list_id is None:
            styled, list_id, styled_level = from_style
            if level is None:
                level = styled_level if styled_level is not None else self.numbering.level_of_style(list_id, styled)
        if list_id is None or list_id == "0":
            return ""
        return self.numbering.next(list_id, level or 0)

    def _inline(self, parent: etree._Element, into: _Paragraph) -> None:
        for child in parent:
            tag = child.tag
            if tag in _SILENT:
                continue
            word = tag.rpartition("}")[2]
            if word == "r":
                properties = child.find(f"{W}rPr")
                if properties is None or not _is_on(properties, "vanish"):
                    self._inline(child, into)
            elif word == "t":
                into.text.append(child.text or "")
            elif word in ("tab", "ptab"):
                into.text.append("\t")
            elif word in ("br", "cr"):
                into.text.append("\n")
            elif word == "noBreakHyphen":
                into.text.append("-")
            elif word == "sym":
                into.text.append(_symbol(child))
            elif word == "AlternateContent":
                shown = self._alternative(child, self._gathered, lambda found: bool(found.text or found.beside))
                into.text.extend(shown.text)
                into.beside.extend(shown.beside)
            elif word == "txbxContent":
                into.beside.extend(self.blocks(child))
            elif word in ("blip", "imagedata"):
                picture = package_picture(child, self.package, self.relations, self.pictures)
                into.beside.extend([picture] if picture is not None else [])
            else:
                self._inline(child, into)

    def _gathered(self, element: etree._Element) -> _Paragraph:
        gathered = _Paragraph()
        self._inline(element, gathered)
        return gathered

    def _alternative(
        self, element: etree._Element, read: Callable[[etree._Element], T], shows: Callable[[T], bool]
    ) -> T:
        """The first choice that shows anything: all say the same, in the words of different programs."""
        counted = self.paragraphs
        shown = None
        for branch in element:
            self.paragraphs = counted
            shown = read(branch)
            if shows(shown):
                break
        return shown if shown is not None else read(element)

    def chunk(self, element: etree._Element) -> list[Block]:
        """A web page that some exporter put in whole instead of turning it into paragraphs."""
        relation = next((str(text) for key, text in element.attrib.items() if str(key).endswith("}id")), "")
        _, target = self.relations.get(relation, ("", ""))
        if target not in self.package.names:
            return []
        data = self.package.read(target)
        page, find = mhtml_parts(data) if is_mhtml(data) else (page_text(data), find_nothing)
        blocks, warnings = blocks_of_html(page, self.cells_left, self.pictures, find)
        self.warnings.extend(warnings)
        return blocks

    def table(self, element: etree._Element) -> list[Block]:
        rows = self._rows(element)
        cells = [cell for row in rows for cell in row]
        self.cells_left -= len(cells)
        if self.cells_left < 0:
            if _TOO_MANY not in self.warnings:
                self.warnings.append(_TOO_MANY)
            return []
        inner = sum(len(block.cells) for cell in cells for block in cell.blocks if isinstance(block, Grid))
        longest = max((sum(len(b.text) for b in cell.blocks if isinstance(b, Line)) for cell in cells), default=0)
        headed = any(isinstance(block, Line) and block.heading for cell in cells for block in cell.blocks)
        if not holds_data([len(row) for row in rows], longest, headed, inner):
            return [block for cell in cells for block in cell.blocks]
        n_columns = max(cell.column + cell.column_span for cell in cells)
        placed = (
            Cell(number, cell.column, _readings(cell.blocks), cell.row_span, cell.column_span)
            for number, row in enumerate(rows)
            for cell in row
        )
        pictures = (block for cell in cells for block in cell.blocks if isinstance(block, Picture) and block.pixels)
        return [Grid(len(rows), n_columns, tuple(placed)), *pictures]

    def _rows(self, table: etree._Element) -> list[list[_Cell]]:
        rows: list[list[_Cell]] = []
        above: dict[int, _Cell] = {}
        for element in _children(table, "tr"):
            properties = element.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                continue
            column = _count(value(properties, "gridBefore"), 0) if properties is not None else 0
            row: list[_Cell] = []
            merged: dict[int, _Cell] = {}
            for part in _children(element, "tc"):
                cell_properties = part.find(f"{W}tcPr")
                span, across, down = _merging(cell_properties)
                upper = above.get(column)
                if across == "continue" and row and row[-1].column + row[-1].column_span == column:
                    row[-1].column_span += span
                elif down == "continue" and upper is not None and upper.column_span == span:
                    upper.row_span += 1
                    merged[column] = upper
                else:
                    row.append(_Cell(column, span, self.blocks(part)))
                    if down is not None:
                        merged[column] = row[-1]
                column += span
            rows.append(row)
            above = merged
        return rows


_TOO_MANY = "表格单元格过多，其余表格未读取。"


def _children(parent: etree._Element, word: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, also where content controls or revisions wrap them."""
    for child in parent:
        if child.tag == W + word:
            yield child
        elif child.tag not in _SILENT:
            yield from _children(child, word)


def _merging(properties: etree._Element | None) -> tuple[int, str | None, str | None]:
    """Columns that a cell spans, and whether it begins (`restart`) or continues a merge across and down."""
    if properties is None:
        return 1, None, None
    merges: list[str | None] = []
    for name in ("hMerge", "vMerge"):
        found = properties.find(W + name)
        merges.append(None if found is None else found.get(f"{W}val") or "continue")
    return max(1, _count(value(properties, "gridSpan"), 1)), merges[0], merges[1]


def _count(text: str | None, default: int) -> int:
    return min(max(integer(text, default), 0), _MOST_COLUMNS)


def _readings(blocks: list[Block]) -> tuple[Reading, ...]:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Line):
            lines.append(block.text)
        elif isinstance(block, Grid):
            rows = ("\t".join(cell.text for cell in cells).strip() for _, cells in block.rows())
            lines.extend(row for row in rows if row)
    # An image in place of the number: something stands there that this reader cannot read.
    if not lines and any(isinstance(block, Picture) for block in blocks):
        return ()
    return (Reading("\n".join(lines), _READER),)


def _placed(blocks: list[Block]) -> Iterator[Block]:
    """The blocks with the tables counted and every cell told where it stands."""
    tables = 0
    for block in blocks:
        if isinstance(block, Grid):
            tables += 1
            cells = tuple(
                replace(cell, source=Source(place=f"表{tables} 行{cell.row + 1} 列{cell.column + 1}"))
                for cell in block.cells
            )
            yield replace(block, cells=cells, source=Source(place=f"表{tables}"))
        else:
            yield block


def _symbol(element: etree._Element) -> str:
    try:
        code = int(element.get(f"{W}char") or "", 16)
    except ValueError:
        return ""
    # Fonts of signs occupy U+F000 to U+F0FF; elsewhere the code is an ordinary character.
    if not 0xF000 <= code <= 0xF0FF:
        return chr(code) if 0x20 <= code < 0xD800 else ""
    font = (element.get(f"{W}font") or "").lower()
    if font.startswith("wingdings"):
        return _WINGDINGS.get(code - 0xF000, chr(code))
    return chr(code - 0xF000) if 0x20 <= code - 0xF000 < 0x7F else chr(code)


def _is_on(properties: etree._Element, name: str) -> bool:
    found = properties.find(W + name)
    return found is not None and (found.get(f"{W}val") or "1") not in _OFF
