"""What last year's report leads to expect."""

from __future__ import annotations

import pytest

from pipeline.reconcile.last_year import carried_forward, last_year_findings
from pipeline.record import Field, Number, Report, Status
from pipeline.template import load_templates


def record(values: dict[str, Number], status: Status = "read", year: int = 2020) -> Report:
    fields = {
        field: Field(printed=str(value), kind="number", value=value, status=status, confidence=0.9)
        for field, value in values.items()
    }
    return Report(
        schema="gouji-record/1", file="x", sha256="0" * 64, agency="云泽县水务局", year=year,
        templates={}, status="clean", fields=fields,
    )  # fmt: skip


def test_what_was_carried_out_is_carried_in() -> None:
    before = record({"t3.carried_out.natural": 3, "t3.carried_out.total": 4, "t3.total.total": 9})
    expected = carried_forward(before, load_templates()["2021"].tables)
    assert expected == {"t3.carried_in.natural": 3, "t3.carried_in.total": 4}


def test_previous_and_change_make_this_years_previous() -> None:
    before = record({"t2.licensing.previous": 10, "t2.licensing.change": -2, "t2.penalty.previous": 5})
    assert carried_forward(before, load_templates()["2019"].tables) == {"t2.licensing.previous": 8}
    assert carried_forward(before, load_templates()["2021"].tables) == {}


@pytest.mark.parametrize(
    ("status", "counts"),
    [("read", True), ("repaired", True), ("inferred", True), ("inconsistent", False), ("ambiguous", False)],
)
def test_only_what_is_known_is_carried(status: Status, counts: bool) -> None:
    before = record({"t3.carried_out.natural": 3}, status)
    assert bool(carried_forward(before, load_templates()["2021"].tables)) is counts


def test_a_contradiction_is_found() -> None:
    expected: dict[str, Number] = {"t3.carried_in.natural": 3, "t3.carried_in.total": 4}
    (finding,) = last_year_findings(record({}), {"t3.carried_in.natural": 5, "t3.carried_in.total": 4}, expected)
    assert (finding.code, finding.left, finding.right, finding.difference) == ("LAST_YEAR", 3, 5, -2)
    assert finding.fields == ("t3.carried_in.natural",)


def test_what_is_not_known_contradicts_nothing() -> None:
    assert last_year_findings(record({}), {"t3.carried_in.natural": None}, {"t3.carried_in.natural": 3}) == []


@pytest.mark.parametrize(("in_force", "findings"), [(1234572, 0), (1234570, 1)])
def test_documents_in_force_roll_forward(in_force: int, findings: int) -> None:
    now: dict[str, Number | None] = {
        "t2.rules.issued": 8, "t2.rules.repealed": 3, "t2.rules.in_force": in_force,
        "t2.normative.issued": None, "t2.normative.repealed": 1, "t2.normative.in_force": 2,
    }  # fmt: skip
    found = last_year_findings(record({"t2.rules.in_force": 1234567, "t2.normative.in_force": 9}), now, {})
    assert len(found) == findings
    assert all("1234567 + 8 - 3 ≠ 1234570" in finding.message and finding.level == "info" for finding in found)
