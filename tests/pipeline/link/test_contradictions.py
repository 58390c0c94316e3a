"""Which reports are read again, with what beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.link.contradictions import evidence, reread
from pipeline.link.rows import IndexRow, Linked
from pipeline.record import Number, Report
from tests.pipeline.invented import LAYOUTS, read
from tests.pipeline.link.made import named, with_values
from training.examples.report import invent

BEFORE = with_values(named("云泽县水务局", 2021), {"t3.carried_out.natural": 3, "t2.rules.in_force": 10})


def again(*rows: IndexRow) -> list[tuple[int | None, int | None]]:
    """Years read again and the years beside them, for reports of years running."""
    by_year = {row.year: row for row in rows}
    linked = {}
    for row in rows:
        before = by_year.get((row.year or 0) - 1)
        linked[row.sha256] = Linked(row.sha256, "云泽县水务局", True, before.sha256 if before else "")
    year = {row.sha256: row.year for row in rows}
    return [(year[sha256], year[before]) for sha256, before in reread(rows, linked)]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"t3.carried_in.natural": 3}, False),
        ({"t3.carried_in.natural": 4}, True),
        ({"t3.carried_in.legal": 4}, False),  # last year's is not known
        ({"t2.rules.issued": 2, "t2.rules.repealed": 1, "t2.rules.in_force": 11}, False),
        ({"t2.rules.issued": 2, "t2.rules.repealed": 1, "t2.rules.in_force": 12}, True),
        ({"t2.rules.issued": 2, "t2.rules.in_force": 12}, False),
        ({}, False),
    ],
)
def test_what_contradicts_the_year_before(values: Mapping[str, Number], wanted: bool) -> None:
    now = with_values(named("云泽县水务局", 2022), values)
    assert again(BEFORE, now) == [(2022, 2021)] * wanted
    assert again(now) == []


@pytest.mark.parametrize(
    ("open_", "wanted"),
    [
        ("t3.carried_in.natural", True),
        ("t2.licensing.previous", True),
        # Of these last year says nothing.
        ("t3.carried_out.natural", False),
        ("t2.rules.in_force", False),
    ],
)
def test_what_left_open_what_last_year_could_tell(open_: str, wanted: bool) -> None:
    now = with_values(named("云泽县水务局", 2022), {}, frozenset({open_}))
    assert again(BEFORE, now) == [(2022, 2021)] * wanted
    assert again(with_values(BEFORE, {}), now) == []


def test_what_is_open_elsewhere_would_be_open_again() -> None:
    now = replace(named("云泽县水务局", 2022), ambiguous=3, inconsistent=1, lost=2)
    assert again(BEFORE, now) == []


def test_a_number_of_last_year_that_is_not_decided_contradicts_nothing() -> None:
    before = with_values(BEFORE, {"t3.carried_out.natural": 3}, frozenset({"t3.carried_out.natural"}))
    assert again(before, with_values(named("云泽县水务局", 2022), {"t3.carried_in.natural": 4})) == []


def test_what_is_settled_by_a_second_reading_is_evidence_for_the_year_after() -> None:
    """2022 may be settled by 2021, and only then be seen to contradict 2023."""
    carried = frozenset({"t3.carried_in.natural", "t3.carried_out.natural"})
    middle = replace(with_values(named("云泽县水务局", 2022), {}, carried), ambiguous=2)
    last = with_values(named("云泽县水务局", 2023), {"t3.carried_in.natural": 9})
    assert again(last, middle, BEFORE) == [(2022, 2021), (2023, 2022)]
    assert again(last, replace(middle, unsettled=frozenset()), BEFORE) == []


def test_without_a_link_nothing_is_read_again() -> None:
    now = replace(named("云泽县水务局", 2022), ambiguous=3)
    assert reread([BEFORE, now], {row.sha256: Linked(row.sha256, "", True) for row in (BEFORE, now)}) == []


def test_evidence_is_taken_though_the_agency_is_written_otherwise() -> None:
    text = LAYOUTS["tabs"]
    before = read(text(invent("云泽县卫健委", 2020, 5)))
    now = text(invent("云泽县卫生健康局", 2021, 21))
    assert read(now, before) == read(now)
    found = read(now, evidence(before))
    assert found != read(now)
    assert _of_last_year(found)
    assert not _of_last_year(read(now, evidence(before.model_copy(update={"year": 2019}))))


def _of_last_year(report: Report) -> bool:
    """Whether last year's record said anything of it."""
    supports = any("last_year" in field.support for field in report.fields.values())
    return supports or any(finding.code == "LAST_YEAR" for finding in report.findings)
