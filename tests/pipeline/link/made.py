"""Index rows of invented reports."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.link.rows import IndexRow, evidence_fields, index_row
from pipeline.outcome import Outcome
from pipeline.record import Field, Number, Report

NUMBERS: Mapping[str, Number] = {
    "t3.new.natural": 58, "t3.new.commercial": 12, "t3.new.total": 70, "t3.granted.natural": 40,
    "t3.granted.commercial": 9, "t3.granted.total": 49, "t3.partial.natural": 7, "t3.partial.total": 7,
}  # fmt: skip
"""What most versions of a report here have in common."""


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def number(value: Number | None, printed: str | None = None, status: str = "read") -> Field:
    """A cell with a number, printed as the value is where nothing else is told; blank where there is neither."""
    text = printed if printed is not None or value is None else str(value)
    return _cell(value, text, "blank" if text is None else "number", status)


def blank(value: Number | None, status: str = "inferred") -> Field:
    return _cell(value, None, "blank", status)


def _cell(value: Number | None, printed: str | None, kind: str, status: str) -> Field:
    return Field.model_validate(
        {"printed": printed, "kind": kind, "value": value, "status": status, "confidence": 1.0}
    )


@dataclass
class Shelf:
    """Invented reports by the name given to each, as linking gets to see them."""

    fields: dict[str, dict[str, Field]] = field(default_factory=dict)
    rows: dict[str, IndexRow] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(
        self, name: str, agency: str | None, year: int | None, values: Mapping[str, Number | Field | None] = NUMBERS,
        published: str | None = None, files: tuple[str, ...] = (), status: str = "clean",
    ) -> IndexRow:  # fmt: skip
        made = {key: value if isinstance(value, Field) else number(value) for key, value in values.items()}
        report = Report(
            schema="gouji-record/1", file=f"{name}.html", sha256=sha(name), agency=agency, year=year,
            published=published, templates={}, status=status, fields=made,  # type: ignore[arg-type]
        )  # fmt: skip
        found = index_row(Outcome(sha256=sha(name), size=1, program="p", report=report), files)
        assert found is not None
        self.fields[sha(name)], self.rows[name] = made, found
        return found

    def read(self, sha256: str) -> Mapping[str, Field]:
        self.asked.append(sha256)
        return self.fields[sha256]


def named(agency: str | None, year: int | None = 2022, name: str = "", files: tuple[str, ...] = ()) -> IndexRow:
    """A report of which only the agency's name and the year matter."""
    return Shelf().add(name or f"{agency} {year}", agency, year, files=files)


def with_values(
    row: IndexRow, values: Mapping[str, Number | None], unsettled: frozenset[str] = frozenset()
) -> IndexRow:
    """The row with these values in evidence and no others."""
    assert values.keys() <= evidence_fields().keys()
    return replace(row, values=tuple(values.get(name) for name in evidence_fields()), unsettled=unsettled)
