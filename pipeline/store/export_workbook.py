"""Tables as one Excel workbook, written a row at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.record import Status
from pipeline.show import words
from pipeline.store.export_cells import shown
from pipeline.store.export_files import Tick
from pipeline.store.export_tables import Kind, Marks, Table

MOST_ROWS = 1_048_576
"""Of a sheet, heads included."""
MOST_TEXT = 32_767
"""Characters of a cell."""
HEADS, FROZEN = 2, 2
"""Rows of heads, and columns that stay in sight."""
_FILLS: Mapping[Status, tuple[str, str]] = {
    "inferred": ("#1F55A5", "#EDF3FC"),
    "repaired": ("#0A6A4B", "#E4F4EC"),
    "ambiguous": ("#6A3AAE", "#F3EDFC"),
    "inconsistent": ("#B1241C", "#FDEBE9"),
    "missing": ("#7D5200", "#FFF3D8"),
}
"""Ink and ground by status, those of the page of a report."""


def write_workbook(tables: Sequence[Table], path: Path, facts: Mapping[str, str], tick: Tick) -> None:
    """One sheet of explanations, then one for each table, and more where one does not hold all its rows.

    Args:
        facts: what the first sheet says of the whole, name and value.

    Raises:
        OSError: where it cannot be written.
    """
    # The writer's own temporary files would stay where it fails.
    with TemporaryDirectory(prefix="gouji-export-") as temporary:
        _write(xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": temporary}), tables, facts, tick)


def _write(book: Workbook, tables: Sequence[Table], facts: Mapping[str, str], tick: Tick) -> None:
    # A day of its own would make each export another file.
    book.set_properties({"created": datetime(2000, 1, 1)})
    try:
        styles = _Styles(book)
        _write_explanation(book, styles, tables, facts)
        for table in tables:
            _write_table(book, styles, table, tick)
    except BaseException:
        _abandon(book)
        raise
    try:
        book.close()
    except XlsxWriterException as error:
        cause = error.args[0] if error.args else error
        raise cause if isinstance(cause, OSError) else OSError(0, str(error)) from None


def _abandon(book: Workbook) -> None:
    """Lets go of its files; after a failed write there is nothing more to tell."""
    try:
        book.close()
    except (OSError, XlsxWriterException):
        return


class _Styles:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self.head: Format = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#F0EDE3", "border": 1}
        )
        self.id: Format = book.add_format({"font_color": "#59616D", "font_size": 8, "bg_color": "#F0EDE3", "border": 1})
        self.title: Format = book.add_format({"bold": True, "font_size": 14})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.wrapped: Format = book.add_format({"text_wrap": True, "valign": "top"})
        self.status: dict[Status, Format] = {
            status: book.add_format({"font_color": ink, "bg_color": ground}) for status, (ink, ground) in _FILLS.items()
        }


def _write_explanation(book: Workbook, styles: _Styles, tables: Sequence[Table], facts: Mapping[str, str]) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 100)
    lines: list[tuple[str, str, Format | None]] = [("政府信息公开工作年度报告：数据导出", "", styles.title)]
    lines += [("", "", None), *((name, value, None) for name, value in facts.items())]
    lines += [("", "", None), *((table.title, table.about, None) for table in tables)]
    lines += [("", "", None), ("颜色", "字段的状态；照印的没有颜色", None)]
    lines += [(words.STATUS_WORDS[status], words.STATUS_MEANINGS[status], styles.status[status]) for status in _FILLS]
    for row, (name, value, style) in enumerate(lines):
        sheet.write_string(row, 0, name, style)
        if value:
            sheet.write_string(row, 1, value, styles.wrapped)


def _write_table(book: Workbook, styles: _Styles, table: Table, tick: Tick) -> None:
    """All rows, on as many sheets as they need."""
    writers = [(column.id, _writer(column.kind, styles)) for column in table.columns]
    sheet, at, number = _new_sheet(book, styles, table, 1), HEADS, 1
    for values, marks in table.rows(True):
        if at == MOST_ROWS:
            _end_sheet(sheet, table, at)
            number += 1
            sheet, at = _new_sheet(book, styles, table, number), HEADS
        _write_row(sheet, at, writers, values, marks, styles)
        at += 1
        tick(1)
    _end_sheet(sheet, table, at)


def _new_sheet(book: Workbook, styles: _Styles, table: Table, number: int) -> Worksheet:
    sheet = book.add_worksheet(table.title if number == 1 else f"{table.title}{number}")
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
    sheet.set_row(0, 75 if any("." in column.id for column in table.columns) else 30)
    for index, column in enumerate(table.columns):
        sheet.write_string(0, index, column.label, styles.head)
    for index, column in enumerate(table.columns):
        sheet.write_string(1, index, column.id, styles.id)
    sheet.freeze_panes(HEADS, FROZEN)
    return sheet


def _end_sheet(sheet: Worksheet, table: Table, rows: int) -> None:
    last = len(table.columns) - 1
    sheet.autofilter(HEADS - 1, 0, rows - 1, last)
    # Prints are kept as they are; Excel need not offer to make numbers of them.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{xlsxwriter.utility.xl_rowcol_to_cell(rows - 1, last)}"})


Writer = Callable[[Worksheet, int, int, Any, Format | None], object]


def _write_row(
    sheet: Worksheet, at: int, writers: Sequence[tuple[str, Writer]], values: Sequence[Any], marks: Marks,
    styles: _Styles,
) -> None:  # fmt: skip
    for index, ((id_, write), value) in enumerate(zip(writers, values, strict=True)):
        style = styles.status[marks[id_]] if id_ in marks else None
        if value is not None:
            write(sheet, at, index, value, style)
        elif style is not None:
            sheet.write_blank(at, index, None, style)


def _writer(kind: Kind, styles: _Styles) -> Writer:
    """How a value of that kind gets into its cell: never by guessing what a text could be."""
    if kind == "number":
        return lambda sheet, row, column, value, style: sheet.write_number(row, column, value, style)
    if kind == "day":
        return partial(_write_day, styles.day)
    return lambda sheet, row, column, value, style: sheet.write_string(row, column, _cut(shown(value, kind)), style)


def _write_day(day: Format, sheet: Worksheet, row: int, column: int, value: date, style: Format | None) -> None:
    # Excel knows no day before 1900.
    if value.year < 1900:
        sheet.write_string(row, column, value.isoformat(), style)
    else:
        sheet.write_datetime(row, column, value, style or day)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"
