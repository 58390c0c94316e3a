"""The recovered form, small enough to stand beside the page, with the cells in question marked."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from pipeline.record import Field, Report
from pipeline.show import words
from pipeline.show.form import FormCell, FormRow, lay_out, tables_used

NUMBERS = {"t2": "二", "t3": "三", "t4": "四"}


def form_html(report: Report, marks: Mapping[str, str]) -> str:
    """The tables in which a marked field stands, as HTML.

    Args:
        marks: by field id, `①` and the like.
    """
    parts = []
    for table in tables_used(report.templates):
        if not any(field.startswith(f"{table.id}.") for field in marks):
            continue
        layout = lay_out(table)
        rows = "".join(_row(report, row, marks) for row in (*layout.head, *layout.body))
        parts.append(f"<h4>{NUMBERS[table.id]}、{escape(table.title)}（程序恢复的表）</h4><table>{rows}</table>")
    return "".join(parts)


def _row(report: Report, row: FormRow, marks: Mapping[str, str]) -> str:
    return f"<tr>{''.join(_cell(report, cell, marks) for cell in row)}</tr>"


def _cell(report: Report, cell: FormCell, marks: Mapping[str, str]) -> str:
    spans = (f' rowspan="{cell.row_span}"' if cell.row_span > 1 else "") + (
        f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    )
    if cell.field is None:
        return f"<th{spans}>{escape(cell.text)}</th>"
    field = report.fields.get(cell.field)
    text = "" if field is None else escape(_shown(field))
    if cell.field in marks:
        return f"<td{spans}><mark>{marks[cell.field]}{text}</mark></td>"
    return f"<td{spans}>{text}</td>"


def _shown(field: Field) -> str:
    if field.status == "ambiguous":
        return words.candidates_text(field) or "?"
    if field.value is None:
        return field.printed or ""
    return words.number_text(field.value)
