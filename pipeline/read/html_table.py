"""Tables of an HTML page: which hold data and which only lay out the page, and where each cell stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from lxml import etree

from pipeline.document import Cell, Grid, Reading, Source
from pipeline.read.html_text import element_text, is_removed
from pipeline.read.layout import LONG, holds_data

_READER = "html"
_DEEPEST = 12
"""Tables that hold tables this deep lay out a page."""
_ABSURD_SPAN = 100


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[etree._Element, ...]
    section_end: int
    """Number of the first row after this row's section; no cell reaches beyond."""


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[Row, ...]
    strays: tuple[str, ...]
    """Caption, and text that stands between the rows instead of in a cell; browsers show it above the table."""
    is_data: bool


def find_tables(root: etree._Element) -> dict[etree._Element, Table]:
    """Every table of the page. One that contains a table of data lays out the page, unless it is clearly the larger."""
    found = list(root.iter("table"))
    result: dict[etree._Element, Table] = {}
    inner_cells: dict[etree._Element, int] = {}
    height: dict[etree._Element, int] = {}
    # A table stands before those inside it, so backwards is from the inside out.
    for element in reversed(found):
        rows, strays = _rows(element)
        deep = height.get(element, 0)
        inner = inner_cells.get(element, 0)
        is_data = deep <= _DEEPEST and _is_data(rows, inner)
        result[element] = Table(rows, strays, is_data)
        outer = next(element.iterancestors("table"), None)
        if outer is not None:
            height[outer] = max(height.get(outer, 0), deep + 1)
            own = sum(len(row.cells) for row in rows) if is_data else 0
            inner_cells[outer] = inner_cells.get(outer, 0) + max(own, inner)
    return result


def _is_data(rows: tuple[Row, ...], inner_cells: int) -> bool:
    longest = 0
    headed = False
    for row in rows:
        for cell in row.cells:
            longest = max(longest, _length(cell))
            headed = headed or next(cell.iter("h1", "h2", "h3"), None) is not None
    if not longest and any(next(cell.iter("img"), None) is not None for row in rows for cell in row.cells):
        # It only says where the pictures stand.
        return False
    return holds_data([len(row.cells) for row in rows], longest, headed, inner_cells)


def _length(cell: etree._Element) -> int:
    count = 0
    for text in cell.itertext():
        count += len(text.strip())
        if count > LONG:
            break
    return count


def _rows(table: etree._Element) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    sections: list[list[list[etree._Element]]] = [[]]
    footers: list[list[list[etree._Element]]] = []
    strays: list[str] = []
    current: list[etree._Element] | None = None
    walker = etree.iterwalk(table, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if tag in ("td", "th"):
                if not is_removed(element):
                    if current is None:
                        current = []
                        sections[-1].append(current)
                    current.append(element)
                walker.skip_subtree()
            elif tag == "caption" or (tag == "table" and element is not table):
                # A table between rows is a parser's view of broken markup; its words must not be lost.
                strays.extend(element_text(element)[0])
                walker.skip_subtree()
            elif tag in ("script", "style", "template", "colgroup") or is_removed(element):
                walker.skip_subtree()
            else:
                if tag in ("thead", "tbody", "tfoot"):
                    sections.append([])
                    current = None
                    if tag == "tfoot":
                        footers.append(sections[-1])
                elif tag == "tr":
                    current = []
                    sections[-1].append(current)
                strays.extend(_words(element.text))
            continue
        if event == "end":
            if tag == "tr":
                current = None
            elif tag in ("thead", "tbody", "tfoot"):
                sections.append([])
                current = None
        if element is not table:
            strays.extend(_words(element.tail))
    ordered = [section for section in sections if not any(section is footer for footer in footers)] + footers
    rows: list[Row] = []
    for section in ordered:
        end = len(rows) + len(section)
        rows.extend(Row(tuple(cells), end) for cells in section)
    return tuple(rows), tuple(strays)


def _words(text: str | None) -> Iterator[str]:
    if text and not text.isspace():
        shown = " ".join(text.split())
        if shown:
            yield shown


def table_grid(table: Table, number: int, line: int | None) -> Grid:
    """The grid of a table, cells placed as the HTML standard says.

    Spans never overlap: one that would run into a cell reaching down from above ends before it. Absurd spans
    are cut to the width of the other rows.

    Args:
        number: of the table in the document, from 1, for the cells' `Source.place`.
        line: where the table begins in the file.
    """
    width = _width(table.rows)
    taken: dict[int, int] = {}
    cells: list[Cell] = []
    n_columns = 0
    for row_number, row in enumerate(table.rows):
        column = 0
        for element in row.cells:
            while taken.get(column, 0) > row_number:
                column += 1
            wanted = _span(element.get("colspan"), 1)
            if wanted > _ABSURD_SPAN:
                wanted = max(1, min(wanted, width - column))
            span = 1
            while span < wanted and taken.get(column + span, 0) <= row_number:
                span += 1
            left = row.section_end - row_number
            rows_down = _span(element.get("rowspan"), 0)
            rows_down = left if rows_down == 0 else min(rows_down, left)
            for covered in range(column, column + span):
                taken[covered] = row_number + rows_down
            cells.append(_cell(element, row_number, column, rows_down, span, number))
            column += span
            n_columns = max(n_columns, column)
    return Grid(len(table.rows), n_columns, tuple(cells), True, Source(line=line, place=f"表{number}"))


def _cell(element: etree._Element, row: int, column: int, row_span: int, column_span: int, number: int) -> Cell:
    lines, pictured = element_text(element)
    text = "\n".join(lines)
    # An image in place of the number: something stands there that this reader cannot read.
    readings = () if pictured and not text else (Reading(text, _READER),)
    place = f"表{number} 行{row + 1} 列{column + 1}"
    return Cell(
        row, column, readings, row_span, column_span, Source(line=cast(int | None, element.sourceline), place=place)
    )


def _width(rows: Iterable[Row]) -> int:
    widest = 1
    for row in rows:
        spans = (_span(cell.get("colspan"), 1) for cell in row.cells)
        widest = max(widest, sum(span if span <= _ABSURD_SPAN else 1 for span in spans))
    return widest


def _span(value: str | None, least: int) -> int:
    """A span attribute as browsers read it: leading digits, 1 where there are none or too few."""
    if value is None:
        return 1
    found = re.match(r"\s*\+?(\d{1,9})", value)
    if not found:
        return 1
    count = int(found.group(1))
    return count if count >= least else 1
