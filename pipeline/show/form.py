"""The tables laid out as the official form prints them: heads over several lines, merged group cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from math import lcm
from typing import Literal

from pipeline.template import Row, Table, load_templates, table

_APPLICANTS = ("commercial", "research", "social", "legal", "other_org")
"""The columns of table 3 that stand under 法人或其他组织."""


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell of the printed form: a label or the place of one field."""

    kind: Literal["head", "group", "label", "value"]
    text: str = ""
    field: str | None = None
    row_span: int = 1
    column_span: int = 1


FormRow = tuple[FormCell, ...]


@dataclass(frozen=True, slots=True)
class FormTable:
    table: Table
    head: tuple[FormRow, ...]
    body: tuple[FormRow, ...]


def tables_used(templates: dict[str, str]) -> list[Table]:
    """The tables of a record in the order of the form; tables and templates that are unknown are left out."""
    known = load_templates()
    return [
        table(templates[table_id], table_id)
        for table_id in ("t2", "t3", "t4")
        if templates.get(table_id) in known and table_id in known[templates[table_id]].tables
    ]


def lay_out(form: Table) -> FormTable:
    """One table as on paper.

    A table whose rows have different columns (table 2) repeats its heads group by group; one marked as
    a line (table 4) puts its rows side by side; the others (table 3) are a grid with group labels at the side.
    """
    if form.line:
        return _line(form)
    if all(len(row.columns) == len(form.columns) for row in form.rows):
        return _grid(form)
    return _blocks(form)


def is_outer_group(label: str) -> bool:
    """Whether a group label stands above others: `三、本年度办理结果` does, `（三）不予公开` does not."""
    return re.match(r"[一二三四五六七八九十]+、", label) is not None


def column_label(form: Table, column_id: str) -> str:
    column = form.column(column_id)
    return column.label + column.note


def row_label(row: Row) -> str:
    return row.full_label + row.note


def _value(form: Table, row: Row, column_id: str, column_span: int = 1) -> FormCell:
    return FormCell("value", field=f"{form.id}.{row.id}.{column_id}", column_span=column_span)


def _blocks(form: Table) -> FormTable:
    widths = {len(row.columns) for row in form.rows}
    grid = lcm(*widths)
    body: list[FormRow] = []
    for group, members in groupby(form.rows, key=lambda row: row.group):
        if group:
            body.append((FormCell("group", group, column_span=grid + 1),))
        for columns, rows in groupby(members, key=lambda row: row.columns):
            span = grid // len(columns)
            heads = (FormCell("head", column_label(form, column), column_span=span) for column in columns)
            body.append((FormCell("head", "信息内容"), *heads))
            for row in rows:
                body.append((FormCell("label", row_label(row)), *(_value(form, row, id_, span) for id_ in columns)))
    return FormTable(form, (), tuple(body))


def _grid(form: Table) -> FormTable:
    first = FormCell(
        "head",
        "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）",
        row_span=3,
        column_span=3,
    )
    legal = [column for column in form.columns if column.id in _APPLICANTS]
    second: list[FormCell] = []
    for column in form.columns:
        if column not in legal:
            second.append(FormCell("head", column.label, row_span=2))
        elif column is legal[0]:
            second.append(FormCell("head", "法人或其他组织", column_span=len(legal)))
    head = (
        (first, FormCell("head", "申请人情况", column_span=len(form.columns))),
        tuple(second),
        tuple(FormCell("head", column.label) for column in legal),
    )
    return FormTable(form, head, tuple(_grid_rows(form)))


def _grid_rows(form: Table) -> list[FormRow]:
    outer = next((row.group for row in form.rows if is_outer_group(row.group)), "")
    n_outer = sum(1 for row in form.rows if row.group)
    rows: list[FormRow] = []
    seen: set[str] = set()
    for row in form.rows:
        cells: list[FormCell] = []
        if row.group and outer and outer not in seen:
            seen.add(outer)
            cells.append(FormCell("group", outer, row_span=n_outer))
        if not row.group:
            cells.append(FormCell("label", row_label(row), column_span=3))
        elif is_outer_group(row.group):
            cells.append(FormCell("label", row_label(row), column_span=2))
        else:
            if row.group not in seen:
                seen.add(row.group)
                members = sum(1 for other in form.rows if other.group == row.group)
                cells.append(FormCell("group", row.group, row_span=members))
            cells.append(FormCell("label", row_label(row)))
        rows.append((*cells, *(_value(form, row, column) for column in row.columns)))
    return rows


def _line(form: Table) -> FormTable:
    n_columns = len(form.columns)
    first: list[FormCell] = []
    second: list[FormCell] = []
    for group, members in groupby(form.rows, key=lambda row: row.group):
        rows = list(members)
        if group:
            first.append(FormCell("head", group, column_span=n_columns * len(rows)))
            second.extend(FormCell("head", row.full_label, column_span=n_columns) for row in rows)
        else:
            first.extend(FormCell("head", row.full_label, row_span=2, column_span=n_columns) for row in rows)
    third = tuple(FormCell("head", column_label(form, column)) for row in form.rows for column in row.columns)
    body = tuple(_value(form, row, column) for row in form.rows for column in row.columns)
    return FormTable(form, (tuple(first), tuple(second), third), (body,))
