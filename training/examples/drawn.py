"""The tables of an invented report as an office would draw them, with merged cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias

from pipeline.template import Row, Table
from training.examples.report import InventedReport, Paragraph

NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
RESULTS = "三、本年度办理结果"


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell, merged over so many columns and rows."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class DrawnRow:
    row_id: str
    """Of the row of the form; empty for a row of heads."""
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table; the slots of a row are those that begin in it."""

    table_id: str
    rows: tuple[DrawnRow, ...]
    n_columns: int


Block: TypeAlias = Paragraph | Drawn


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A row with every place filled: where a merged cell covers a place it is empty text."""

    row_id: str
    cells: tuple[str, ...]


Matrix: TypeAlias = tuple[MatrixRow, ...]


def blocks(report: InventedReport) -> list[Block]:
    """The whole report in reading order, title first."""
    found: list[Block] = [Paragraph(report.title, 1), Paragraph(f"发布日期：{report.published}")]
    for number in "一二三四五六":
        found += [Paragraph(report.heading(number), 2), *report.sections[number]]
        found += [draw(report, table) for table in report.tables.values() if table.section == number]
    return found


def draw(report: InventedReport, table: Table) -> Drawn:
    return {"t2": _draw2, "t3": _draw3, "t4": _draw4}[table.id](report, table)


def matrix(drawn: Drawn) -> Matrix:
    cells = [[""] * drawn.n_columns for _ in drawn.rows]
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(drawn.rows):
        column = 0
        for slot in row.slots:
            while (number, column) in taken:
                column += 1
            cells[number][column] = slot.text
            taken.update((number + down, column + right) for down in range(slot.rows) for right in range(slot.columns))
    return tuple(MatrixRow(row.row_id, tuple(texts)) for row, texts in zip(drawn.rows, cells, strict=True))


def edit(rows: Iterable[MatrixRow], changes: dict[str, Callable[[tuple[str, ...]], tuple[str, ...]]]) -> Matrix:
    """The matrix with the cells of some rows (by row id) changed."""
    return tuple(replace(row, cells=changes.get(row.row_id, tuple)(row.cells)) for row in rows)


def _draw2(report: InventedReport, table: Table) -> Drawn:
    widest = 1 + max(len(row.columns) for row in table.rows)
    rows: list[DrawnRow] = []
    for group, members in groupby(table.rows, key=lambda row: row.group):
        of_group = list(members)
        rows.append(DrawnRow("", (Slot(group, widest),)))
        names = [table.column(column).label + table.column(column).note for column in of_group[0].columns]
        rows.append(DrawnRow("", _spread(["信息内容", *names], widest)))
        for row in of_group:
            texts = [row.label, *(report.printed[f"t2.{row.id}.{column}"] for column in row.columns)]
            rows.append(DrawnRow(row.id, _spread(texts, widest)))
    return Drawn("t2", tuple(rows), widest)


def _spread(texts: Sequence[str], widest: int) -> tuple[Slot, ...]:
    """Cells of equal width but for the last, which takes what is left."""
    return (*(Slot(text) for text in texts[:-1]), Slot(texts[-1], widest - len(texts) + 1))


def _draw3(report: InventedReport, table: Table) -> Drawn:
    middle = table.columns[1:-1]
    rows = [
        DrawnRow("", (Slot(NOTE, 3, 3), Slot("申请人情况", len(table.columns)))),
        DrawnRow("", (Slot("自然人", 1, 2), Slot("法人或其他组织", len(middle)), Slot("总计", 1, 2))),
        DrawnRow("", tuple(Slot(column.label) for column in middle)),
    ]
    results = [row for row in table.rows if row.group]
    seen: set[str] = set()
    for row in table.rows:
        slots: list[Slot] = []
        if row is results[0]:
            slots.append(Slot(RESULTS, 1, len(results)))
        if row.group in ("", RESULTS):
            slots.append(Slot(row.full_label + row.note, 2 if row.group else 3))
        else:
            if row.group not in seen:
                seen.add(row.group)
                slots.append(Slot(row.group, 1, sum(other.group == row.group for other in results)))
            slots.append(Slot(row.full_label))
        slots += _numbers(report, row, "t3")
        rows.append(DrawnRow(row.id, tuple(slots)))
    return Drawn("t3", tuple(rows), 3 + len(table.columns))


def _draw4(report: InventedReport, table: Table) -> Drawn:
    width = len(table.columns)
    names = [column.label for column in table.columns]
    groups = (Slot("未经复议直接起诉", width), Slot("复议后起诉", width))
    rows = (
        DrawnRow("", (Slot("行政复议", width), Slot("行政诉讼", 2 * width))),
        DrawnRow("", (*(Slot(name, 1, 2) for name in names), *groups)),
        DrawnRow("", tuple(Slot(name) for name in names * 2)),
        DrawnRow("line", tuple(slot for row in table.rows for slot in _numbers(report, row, "t4"))),
    )
    return Drawn("t4", rows, 3 * width)


def _numbers(report: InventedReport, row: Row, table_id: str) -> tuple[Slot, ...]:
    return tuple(Slot(report.printed[f"{table_id}.{row.id}.{column}"]) for column in row.columns)
