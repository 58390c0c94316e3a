"""Reports as rows of the store's tables: each function makes the columns of one table out of some reports.

Columns, not rows, are built: a report has some 230 fields of 24 columns, and a hundred thousand of them are written in
one go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import chain
from typing import Any

import pyarrow as pa

from pipeline.acceptance import is_accepted, is_taken
from pipeline.link.rows import Difference, Linked
from pipeline.record import Field, Report
from pipeline.store.schema import (
    DIFFERENCES,
    FIELDS,
    FINDINGS,
    FORM_TABLES,
    LEVELS,
    LINKS,
    REPORTS,
    SECTIONS,
    STATUSES,
    WIDE,
    form_fields,
)
from pipeline.template import load_templates

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Entry:
    """One report with what is known of it besides its record."""

    report: Report
    program: str
    last_year: str
    """SHA-256 of the report that was evidence; empty where none was."""
    linked: Linked | None

    @cached_property
    def accepted(self) -> bool:
        return is_accepted(self.report)

    @property
    def agency_key(self) -> str | None:
        return (self.linked.agency_key if self.linked else None) or None

    @property
    def preferred(self) -> bool:
        return self.linked is None or self.linked.preferred


def batch(schema: pa.Schema, columns: Columns) -> pa.RecordBatch:
    """Columns by name, in the types of the schema."""
    return pa.record_batch([pa.array(columns[column.name], column.type) for column in schema], schema=schema)


def report_rows(entries: Sequence[Entry]) -> pa.RecordBatch:
    reports = [entry.report for entry in entries]
    statuses = [Counter(field.status for field in report.fields.values()) for report in reports]
    levels = [Counter(finding.level for finding in report.findings) for report in reports]
    return batch(
        REPORTS.files,
        {
            "sha256": [report.sha256 for report in reports],
            "file": [report.file for report in reports],
            "agency": [report.agency for report in reports],
            "agency_key": [entry.agency_key for entry in entries],
            "period_from": [_day(report.period and report.period[0]) for report in reports],
            "period_to": [_day(report.period and report.period[1]) for report in reports],
            "published": [_day(report.published) for report in reports],
            "status": [report.status for report in reports],
            **{f"template_{table}": [report.templates.get(table) for report in reports] for table in FORM_TABLES},
            **{f"fields_{status}": [count[status] for count in statuses] for status in STATUSES},
            **{f"findings_{level}": [count[level] for count in levels] for level in LEVELS},
            "warnings": [report.warnings for report in reports],
            "preferred": [entry.preferred for entry in entries],
            "accepted": [entry.accepted for entry in entries],
            "last_year": [entry.last_year or None for entry in entries],
            "program": [entry.program for entry in entries],
        },
    )


def wide_rows(entries: Sequence[Entry]) -> pa.RecordBatch:
    reports = [entry.report for entry in entries]
    return batch(
        WIDE.files,
        {
            "sha256": [report.sha256 for report in reports],
            "agency": [report.agency for report in reports],
            "agency_key": [entry.agency_key for entry in entries],
            "status": [report.status for report in reports],
            "preferred": [entry.preferred for entry in entries],
            "accepted": [entry.accepted for entry in entries],
            **{id_: [_taken_value(report.fields.get(id_)) for report in reports] for id_ in form_fields()},
        },
    )


def _taken_value(field: Field | None) -> float | None:
    return field.value if field is not None and is_taken(field) else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def field_rows(entries: Sequence[Entry]) -> pa.RecordBatch:
    reports = [entry.report for entry in entries]
    fields = list(chain.from_iterable(report.fields.values() for report in reports))
    places = list(chain.from_iterable(_places(report) for report in reports))
    sources = [field.source for field in fields]
    return batch(
        FIELDS.files,
        {
            **_repeated(reports, [len(report.fields) for report in reports]),
            "position": list(chain.from_iterable(range(len(report.fields)) for report in reports)),
            **{
                name: [place[index] for place in places]
                for index, name in enumerate(("field", "table_id", "row_id", "column_id", "label"))
            },
            "printed": [field.printed for field in fields],
            "kind": [field.kind for field in fields],
            "value": [field.value for field in fields],
            "status": [field.status for field in fields],
            "taken": [is_taken(field) for field in fields],
            "confidence": [field.confidence for field in fields],
            "support": [field.support for field in fields],
            "candidates": [_candidates(field) for field in fields],
            "unit": [field.unit for field in fields],
            "page": [source and source.page for source in sources],
            "box": [source and source.box for source in sources],
            "line": [source and source.line for source in sources],
            "chars": [source and source.chars for source in sources],
            "place": [source and source.place for source in sources],
            "reader": [source and source.reader for source in sources],
            "score": [source and source.score for source in sources],
            "sentence": [
                entry.sentence if (entry := report.ledger.get(id_)) else None
                for report in reports
                for id_ in report.fields
            ],
        },
    )


def _candidates(field: Field) -> Sequence[Mapping[str, float | None]]:
    return [{"value": one.value, "cost": one.cost} for one in field.candidates] if field.candidates else ()


Place = tuple[str, str, str, str, str]
"""Field id, table, row, column and label."""


def _places(report: Report) -> list[Place]:
    known = _places_of(tuple(sorted(report.templates.items())))
    return [known.get(id_) or _unknown(id_) for id_ in report.fields]


@cache
def _places_of(templates: tuple[tuple[str, str], ...]) -> dict[str, Place]:
    forms = load_templates()
    return {
        id_: _unknown(id_, table.describe(id_))
        for table_id, template in templates
        if template in forms and (table := forms[template].tables.get(table_id)) is not None
        for id_ in table.field_ids()
    }


def _unknown(id_: str, label: str = "") -> Place:
    """A field of a form that this program does not know is called by its id."""
    table_id, row_id, column_id = [*id_.split(".", 2), "", ""][:3]
    return id_, table_id, row_id, column_id, label or id_


def finding_rows(entries: Sequence[Entry]) -> pa.RecordBatch:
    reports = [entry.report for entry in entries]
    findings = list(chain.from_iterable(report.findings for report in reports))
    return batch(
        FINDINGS.files,
        {
            **_repeated(reports, [len(report.findings) for report in reports]),
            "position": list(chain.from_iterable(range(len(report.findings)) for report in reports)),
            "level": [finding.level for finding in findings],
            "code": [finding.code for finding in findings],
            "message": [finding.message for finding in findings],
            "left_value": [finding.left for finding in findings],
            "right_value": [finding.right for finding in findings],
            "difference": [finding.difference for finding in findings],
            "fields": [finding.fields for finding in findings],
            "clause": [finding.clause for finding in findings],
            "quotes": [finding.quotes for finding in findings],
        },
    )


def section_rows(entries: Sequence[Entry]) -> pa.RecordBatch:
    reports = [entry.report for entry in entries]
    sections = list(chain.from_iterable(report.sections.items() for report in reports))
    return batch(
        SECTIONS.files,
        {
            **_repeated(reports, [len(report.sections) for report in reports]),
            "section": [number for number, _ in sections],
            "title": [section.title for _, section in sections],
            "text": [section.text for _, section in sections],
        },
    )


def _repeated(reports: Sequence[Report], times: Sequence[int]) -> Columns:
    """What each row of a report says of the whole."""
    pairs = list(zip(reports, times, strict=True))
    return {
        "sha256": list(chain.from_iterable([report.sha256] * number for report, number in pairs)),
        "agency": list(chain.from_iterable([report.agency] * number for report, number in pairs)),
    }


PARTITIONED_ROWS: Mapping[str, Callable[[Sequence[Entry]], pa.RecordBatch]] = {
    REPORTS.name: report_rows,
    WIDE.name: wide_rows,
    FIELDS.name: field_rows,
    FINDINGS.name: finding_rows,
    SECTIONS.name: section_rows,
}


def difference_rows(differences: Sequence[Difference]) -> pa.RecordBatch:
    return batch(
        DIFFERENCES.files,
        {column.name: [getattr(one, column.name) for one in differences] for column in DIFFERENCES.files},
    )


def link_rows(links: Sequence[tuple[Linked, int | None]]) -> pa.RecordBatch:
    """Each with the year of its report."""
    return batch(
        LINKS.files,
        {
            "sha256": [linked.sha256 for linked, _ in links],
            "agency_key": [linked.agency_key or None for linked, _ in links],
            "year": [year for _, year in links],
            "preferred": [linked.preferred for linked, _ in links],
            "before": [linked.before or None for linked, _ in links],
            "version_of": [linked.version_of or None for linked, _ in links],
            "certain": [linked.certain for linked, _ in links],
            "note": [linked.note or None for linked, _ in links],
        },
    )
