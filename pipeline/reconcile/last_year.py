"""What last year's report of the same agency leads to expect: weak evidence, never more."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.reconcile.rules import number_text
from pipeline.record import Finding, Number, Report
from pipeline.template import Table

_STOCK = ("issued", "repealed", "in_force")


def carried_forward(before: Report, tables: Mapping[str, Table]) -> dict[str, Number]:
    """Values of this year that follow from last year's, by field id.

    `carried_in` is last year's `carried_out`, column by column; in table 2 of 2019, `previous` is last year's
    `previous + change`.
    """

    def value(field: str) -> Number | None:
        known = before.fields.get(field)
        return known.value if known and known.status in {"read", "repaired", "inferred"} else None

    expected: dict[str, Number] = {}
    for column in tables["t3"].columns:
        carried = value(f"t3.carried_out.{column.id}")
        if carried is not None:
            expected[f"t3.carried_in.{column.id}"] = carried
    for row in tables["t2"].rows:
        if "previous" in row.columns:
            previous, change = value(f"t2.{row.id}.previous"), value(f"t2.{row.id}.change")
            if previous is not None and change is not None:
                expected[f"t2.{row.id}.previous"] = previous + change
    return expected


def last_year_findings(
    before: Report, values: Mapping[str, Number | None], expected: Mapping[str, Number]
) -> list[Finding]:
    """Where the two reports contradict each other."""
    findings = []
    for field, number in expected.items():
        now = values.get(field)
        if now is not None and now != number and field.startswith("t3."):
            findings.append(
                Finding(
                    level="warning",
                    code="LAST_YEAR",
                    message=f"上年结转与上一年报告的结转下年度不符：上一年（{before.year}）为 {number_text(number)}，"
                    f"本年为 {number_text(now)}",
                    left=number,
                    right=now,
                    difference=number - now,
                    fields=(field,),
                )
            )
    for row in ("rules", "normative"):
        then = before.fields.get(f"t2.{row}.in_force")
        parts = [values.get(f"t2.{row}.{column}") for column in _STOCK]
        if then and then.value is not None and all(part is not None for part in parts):
            issued, repealed, in_force = (part or 0 for part in parts)
            if then.value + issued - repealed != in_force:
                findings.append(
                    Finding(
                        level="info",
                        code="LAST_YEAR",
                        message=f"现行有效件数与上一年接不上：{number_text(then.value)} + {number_text(issued)} - "
                        f"{number_text(repealed)} ≠ {number_text(in_force)}",
                        left=then.value + issued - repealed,
                        right=in_force,
                        difference=then.value + issued - repealed - in_force,
                        fields=tuple(f"t2.{row}.{column}" for column in _STOCK),
                    )
                )
    return findings
