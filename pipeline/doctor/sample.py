"""A tiny invented report, made from its numbers and the form's own labels, and read back through everything."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from pipeline.doctor.check import Check
from pipeline.record import Number, Report
from pipeline.template import Table, Template, load_templates, template_for_year

YEAR = 2023
AGENCY = "试读县档案局"
"""Of no place there is."""
APPLICATIONS = {
    "carried_in": (2, 1, 0, 0, 0, 0),
    "granted": (11, 4, 1, 0, 2, 0),
    "partial": (3, 0, 0, 1, 0, 0),
    "denied_third_party": (1, 2, 0, 0, 0, 0),
    "unavailable_not_held": (6, 0, 0, 0, 1, 3),
    "carried_out": (1, 0, 0, 0, 1, 0),
}
"""Rows of table 3 that are not all 0, without their totals; what came in new follows."""
DECISIONS = (2, 0, 1, 4)
"""Of each row of table 4, without the total."""


def sample_values() -> dict[str, Number]:
    """Every number of the report by field id; all equalities of the form hold."""
    form = _form()
    values: dict[str, Number] = {field: 7 + place for place, field in enumerate(form.tables["t2"].field_ids())}
    table = form.tables["t3"]
    rows = {row.id: list(APPLICATIONS.get(row.id, (0,) * (len(table.columns) - 1))) for row in table.rows}
    results = [rows[row.id] for row in table.rows if row.group and row.id != "total"]
    rows["total"] = [sum(column) for column in zip(*results, strict=True)]
    rows["new"] = [
        done + left - came
        for done, left, came in zip(rows["total"], rows["carried_out"], rows["carried_in"], strict=True)
    ]
    for row_id, numbers in rows.items():
        values |= _row("t3", row_id, table, [*numbers, sum(numbers)])
    for row in form.tables["t4"].rows:
        values |= _row("t4", row.id, form.tables["t4"], [*DECISIONS, sum(DECISIONS)])
    return values


def _row(table_id: str, row_id: str, table: Table, numbers: Sequence[int]) -> dict[str, Number]:
    fields = (f"{table_id}.{row_id}.{column.id}" for column in table.columns)
    return dict(zip(fields, numbers, strict=True))


def _form() -> Template:
    return load_templates()[template_for_year(YEAR)]


def sample_page() -> str:
    """The report as a web page."""
    form, values = _form(), sample_values()
    parts = [f"<h1>{AGENCY}{YEAR}年政府信息公开工作年度报告</h1>"]
    for section in form.sections:
        parts.append(f"<h2>{section.number}、{section.title}</h2><p>本机关依法公开政府信息。</p>")
        parts += [_drawn(table, values) for table in form.tables.values() if table.section == section.number]
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{"".join(parts)}</body></html>'


def _drawn(table: Table, values: dict[str, Number]) -> str:
    names = [column.label for column in table.columns]
    lines: list[Sequence[object]] = []
    if table.line:
        heads = [row.group or row.label for row in table.rows for _ in names]
        lines = [heads, names * len(table.rows), [values[field] for field in table.field_ids()]]
    else:
        for columns, rows in groupby(table.rows, key=lambda row: row.columns):
            lines.append(["信息内容", *(table.column(column).label for column in columns)])
            for row in rows:
                lines.append([row.full_label, *(values[f"{table.id}.{row.id}.{column}"] for column in columns)])
    cells = ("".join(f"<td>{text}</td>" for text in line) for line in lines)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in cells) + "</table>"


def read_sample() -> list[Check]:
    """Reads the report from a file, in a process of its own, as `gouji read` does, and compares every number."""
    from pipeline.isolation import run_limited
    from pipeline.reading import read_report

    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        path = Path(folder) / "sample.html"
        path.write_text(sample_page(), encoding="utf-8")
        report = run_limited(read_report, path, 60, 1024)
    return [compared(report)]


def compared(report: Report) -> Check:
    """Whether the record says of the report what it says."""
    expected = sample_values()
    got = {field: report.fields[field].value if field in report.fields else None for field in expected}
    wrong = [f"{field} 应为 {value}，得到 {got[field]}" for field, value in expected.items() if got[field] != value]
    if (report.agency, report.year) != (AGENCY, YEAR):
        wrong.append(f"机关和年度应为 {AGENCY} {YEAR}，得到 {report.agency} {report.year}")
    if wrong:
        found = f"{len(wrong)} 处不符：{'；'.join(wrong[:3])}"
        return Check("试读一份报告", "broken", found, "读出的数字不可信", "重新安装 gouji；仍不符请报告此问题")
    return Check("试读一份报告", "ok", f"{len(expected)} 个数字全部相符")
