"""What last year's report of the same agency leads to expect: weak evidence, never more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.reconcile.decision import Decision, TableDecision
from pipeline.reconcile.rules import number_text
from pipeline.record import Finding, Number, Report
from pipeline.template import Table

SURE = 0.9
"""Confidence at the most in what rests on last year's report: agencies do not always carry in what they carried out."""
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


def settled(
    first: TableDecision, weighed: TableDecision, expected: Mapping[str, Number]
) -> dict[str, Decision]:
    """What last year's report settles of that which the table leaves open: what was carried in, and with it what is new
    in the same column.

    Args:
        first: decided without it.
        weighed: decided with it.
        expected: what it leads to expect, by field id.

    Returns:
        New decisions by field id, none where the evidence would change anything that was not open.
    """
    open_ = {field for field, decision in first.decisions.items() if _is_open(decision)}
    for field, decision in first.decisions.items():
        other = weighed.decisions[field]
        if field not in open_ and (decision.value, decision.status) != (other.value, other.status):
            return {}
    found: dict[str, Number] = {}
    for field in sorted(open_ & expected.keys()):
        if _answer(weighed.decisions[field]) != expected[field]:
            continue
        found[field] = expected[field]
        new = f"t3.new.{field.rpartition('.')[2]}"
        value = _answer(weighed.decisions[new]) if field.startswith("t3.carried_in.") and new in open_ else None
        if value is not None:
            found[new] = value
    return {
        field: replace(
            weighed.decisions[field],
            value=value,
            status="inferred",
            confidence=SURE,
            candidates=(),
            support=("last_year",),
            because="上一年报告的结转下年度与勾稽合起来只有这一个答案",
        )
        for field, value in found.items()
    }


def _answer(decision: Decision) -> Number | None:
    """The one value that last year's report leaves to a field that shows none."""
    if decision.cell.kind == "number":
        return None
    if decision.status in {"inferred", "repaired"}:
        return decision.value
    # Taken back because nothing on the page confirms it (pipeline/reconcile/withhold.py): last year does.
    alone = decision.status == "ambiguous" and len(decision.candidates) == 1
    return decision.candidates[0].value if alone else None


def _is_open(decision: Decision) -> bool:
    nothing = decision.status == "missing" and decision.cell.kind in {"absent", "unread"}
    return decision.status == "ambiguous" or nothing


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
