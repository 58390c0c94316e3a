"""Tables as the engines get them: every cell with its place, its spans, its field and what kind of cell it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from training.examples.drawn import Drawn
from training.examples.report import InventedReport, Paragraph
from training.synth.content import fields_of

Kind: TypeAlias = Literal["head", "group", "label", "number"]


@dataclass(frozen=True, slots=True)
class SheetCell:
    key: int
    """Counts from 1 over the whole report: the colour of the cell in the second rendering."""
    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    field: str | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class SheetRow:
    head: bool
    last_head: bool
    total: bool
    cells: tuple[SheetCell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    index: int
    """Of the table in the report."""
    table_id: str
    n_columns: int
    rows: tuple[SheetRow, ...]
    n_head: int
    """Rows of the head that may be repeated on every page; 0 for table 2, which has a head for every part."""


Content: TypeAlias = tuple["Paragraph | Sheet", ...]


def sheets_of(report: InventedReport, found: list[Paragraph | Drawn]) -> Content:
    """The blocks with their tables' cells numbered through."""
    content: list[Paragraph | Sheet] = []
    key = 1
    tables = 0
    for block in found:
        if isinstance(block, Paragraph):
            content.append(block)
            continue
        sheet = _sheet(report, block, tables, key)
        content.append(sheet)
        key += sum(len(row.cells) for row in sheet.rows)
        tables += 1
    return tuple(content)


def _sheet(report: InventedReport, drawn: Drawn, index: int, key: int) -> Sheet:
    taken: set[tuple[int, int]] = set()
    rows = []
    n_head = next(number for number, row in enumerate(drawn.rows) if row.row_id)
    for number, row in enumerate(drawn.rows):
        cells = []
        column = 0
        for slot, field in zip(row.slots, fields_of(report, drawn, row), strict=True):
            while (number, column) in taken:
                column += 1
            span = range(slot.columns)
            taken.update((number + down, column + right) for down in range(slot.rows) for right in span)
            kind: Kind = "number" if field else "label" if row.row_id else "head"
            if drawn.table_id == "t2" and not row.row_id and len(row.slots) == 1:
                kind = "group"
            cells.append(SheetCell(key, number, column, slot.rows, slot.columns, slot.text, field, kind))
            column += slot.columns
            key += 1
        following = drawn.rows[number + 1 : number + 2]
        last = not row.row_id and bool(following and following[0].row_id)
        rows.append(SheetRow(not row.row_id, last, row.row_id == "total", tuple(cells)))
    return Sheet(index, drawn.table_id, drawn.n_columns, tuple(rows), 0 if drawn.table_id == "t2" else n_head)
