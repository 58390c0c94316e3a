"""An example: the bytes of a file, and the gold that stands beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.record import Number
from pipeline.recover.numbers import read_cell
from training.examples.report import InventedReport
from training.gold import PrintKind


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    """File name."""
    data: bytes | None
    """None where the file needs a program that does not write the same bytes twice."""
    report: InventedReport
    note: str
    """The damage, for whoever reads the gold."""
    gone: frozenset[str] = frozenset()
    """Fields whose print did not survive the damage."""
    unknown: frozenset[str] = frozenset()
    """Fields whose value cannot be known from the page."""
    source_findings: tuple[str, ...] = ()
    """Where the report contradicts itself, a sentence for each equality."""

    @property
    def stem(self) -> str:
        return self.name.rsplit(".", 1)[0]

    def gold(self) -> str:
        report = self.report
        content: dict[str, object] = {
            "agency": report.agency,
            "year": report.year,
            "templates": {table_id: table.template for table_id, table in report.tables.items()},
            "printed": {field: self._printed(field) for field in report.values},
            "reconciled": {field: None if field in self.unknown else value for field, value in report.values.items()},
        }
        # That a number is one `printed` tells.
        if kinds := {field: kind for field in report.values if (kind := self._kind(field)) in ("blank", "dash")}:
            content["kinds"] = kinds
        if self.source_findings:
            content["source_findings"] = self.source_findings
        content["note"] = self.note
        return json.dumps(content, ensure_ascii=False, indent=0) + "\n"

    def _kind(self, field: str) -> PrintKind | None:
        """What stands in the field; None where the damage took it, and maybe its cell with it."""
        if field in self.gone:
            return None
        kind = read_cell(self.report.printed[field], signed=True, decimal=True).kind
        return kind if kind in ("blank", "dash") else "number"

    def _printed(self, field: str) -> Number | None:
        text = self.report.printed[field]
        if self._kind(field) != "number":
            return None
        if text.lstrip("-").isascii() and text.lstrip("-").isdigit():
            return int(text)
        # Printed with a unit, a comma, or in wide digits: the same number all the same.
        return self.report.values[field]


def of_text(name: str, text: str, report: InventedReport, note: str, gone: Iterable[str] = ()) -> Example:
    return Example(name, text.encode("utf-8"), report, note, frozenset(gone))


def column_fields(report: InventedReport, column_id: str) -> list[str]:
    """Field ids of a column of table 3, in the order of the rows."""
    return [f"t3.{row.id}.{column_id}" for row in report.tables["t3"].rows]


def table_fields(report: InventedReport, table_id: str) -> list[str]:
    return report.tables[table_id].field_ids()
