"""The task *overview*: of a table of which most is open, in which rows and columns a number other than 0 is printed,
and what all the other cells hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotations.push.cell_tasks import CellTask, whose
from annotations.push.choices import Choice, number_on_page
from annotations.push.evidence import evidence_of_table
from annotations.push.form import form_html
from annotations.selection import AskedReport
from pipeline.document import Document
from pipeline.record import Report
from pipeline.template import Row, table

ZERO, BLANK, DASH, MIXED, ABSENT = "zero", "blank", "dash", "mixed", "absent"
"""What the cells hold in whose row or column there is no other number; or that the file does not have the table."""
_REST = {ZERO: "都印 0", BLANK: "都空白", DASH: "都是横线", MIXED: "不一律", ABSENT: "文件里没有这张表，或整张看不清"}
_ROW_KEYS, _REST_KEYS = "1234567890qwertyuiopasdfg", "hjkl;"
_COLUMN_KEYS, _ZERO_KEYS = "zxcvbnm", ",./[]-="


def overview_task(
    batch: str, program: str, asked: AskedReport, report: Report, document: Document, path: Path
) -> CellTask:
    """One task; the arguments are those of `cell_task`, of a report of which an overview is asked."""
    overview = asked.overview
    assert overview is not None
    of = table(report.templates[overview.table], overview.table)
    sources = {
        field: source for field in of.field_ids() if (source := report.fields[field].source) is not None
    }  # fmt: skip
    rows_asked = [row.fields for row in overview.rows]
    seen = evidence_of_table(document, path, sources, rows_asked, asked.file)
    rows = {row.id: _row_label(row) for row in of.rows if any(row.id == one.row for one in overview.rows)}
    columns = {column.id: column.label for column in of.columns}
    data = {
        **whose(batch, program, asked, report, adjudicates=False),
        "kind": "overview",
        "evidence": seen.html,
        "form": form_html(report, dict.fromkeys(asked.fields, "?")),
        "cells": [],
        "overview": [
            {
                "template": of.template,
                "label": f"总览：{of.section}、{of.title}",
                "rows": _choices(rows, _ROW_KEYS),
                "rows_asked": "这些行里，哪几行印有 0 以外的数字？（都没有就不选）",
                "columns": _choices(columns, _COLUMN_KEYS),
                "columns_asked": "这些数字在哪几栏？（选了行才选）",
                "rest": _choices(_REST, _REST_KEYS),
                "rest_asked": "其余的格（不在所选的行与栏相交处的）",
                "zeros": _choices(columns, _ZERO_KEYS),
                "zeros_asked": "其余的格大多空白或横线、只有某几栏印着 0 时，选出这几栏",
                "cells": [_cell(report, field) for field in asked.fields],
            }
        ],
    }
    return CellTask(data, tuple(seen.images.values()))


def _row_label(row: Row) -> str:
    return f"{row.group} {row.full_label}" if row.group else row.full_label


def _choices(names: dict[str, str], keys: str) -> Sequence[Choice]:
    found = []
    for place, (alias, shown) in enumerate(names.items()):
        one = Choice(value=shown, alias=alias)
        if place < len(keys):
            one["hotkey"] = keys[place]
        found.append(one)
    return found


def _cell(report: Report, field_id: str) -> dict[str, Any]:
    field = report.fields[field_id]
    return {"field": field_id, "kind": field.kind, "proposed": field.value, "printed": number_on_page(field)}
