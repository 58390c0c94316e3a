"""The fit of what is usual for table 2."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reconcile.prior import load_prior
from training.table2_prior import (
    ACTIVITY_MARGIN,
    DOCUMENTS_MARGIN,
    FITS,
    LEAST_DEVIATION,
    PARAMETERS,
    cuts,
    fit_activity,
    fit_documents_in_force,
    fit_documents_made,
    leave_one_out,
    load_rows,
)

ROWS = st.tuples(st.integers(0, 500), st.integers(-99, 99), st.integers(0, 500))


@pytest.mark.parametrize(
    ("digits", "found"),
    [
        ("123", {(1, 2, 3)}),
        ("1003", {(10, 0, 3)}),
        ("12-34", {(12, -3, 4)}),
        ("1234", {(1, 2, 34), (1, 23, 4), (12, 3, 4)}),
        ("000", {(0, 0, 0)}),
        ("12", set()),
    ],
)
def test_cuts(digits: str, found: set[tuple[int, int, int]]) -> None:
    assert set(cuts(digits)) == found


@given(ROWS)
def test_a_row_is_among_its_cuts(row: tuple[int, int, int]) -> None:
    assert row in set(cuts("".join(map(str, row))))


def test_shares_of_activity() -> None:
    still, moving, alone = [(10, 0, 5), (7, 0, 2)], [(10, 2, 12), (10, -3, 7), (3, 4, 90)], [(8, 1, 9)]
    fit = fit_activity([still, moving, alone])
    assert fit.still == pytest.approx(1.5 / 3)
    assert (fit.unchanged_if_still, fit.unchanged_if_not) == pytest.approx((2.5 / 3, 0.5 / 4), abs=1e-4)
    assert fit.leading == pytest.approx(3.5 / 5)
    assert fit.growing == pytest.approx(3.5 / 5)


def test_rows_of_a_report_speak_for_each_other() -> None:
    fit = fit_activity(load_rows()["activity_2019"])
    unsure = [(12, 60, 25), (126, 0, 25)]
    among_still = fit.still_by_row({"a": unsure, "b": [(30, 0, 7)], "c": [(5, 0, 11)]})["a"]
    among_moving = fit.still_by_row({"a": unsure, "b": [(30, 4, 34)], "c": [(5, 6, 11)]})["a"]
    assert among_moving < fit.still < among_still


def test_shares_of_documents_made() -> None:
    fit = fit_documents_made([[(3, 3, 3)], [(3, 3, 9)], [(1, 2, 9)], [(0, 0, 0)]])
    assert fit.all_equal > fit.first_equal == fit.free > 0
    assert fit.all_equal + fit.first_equal + fit.free == pytest.approx(1, abs=1e-3)


def test_what_was_never_seen_is_not_impossible() -> None:
    fit = fit_documents_in_force([[(1, 0, 5)], [(2, 1, 9)]])
    assert 0 < fit.repealed_within_issued < 1
    assert 0 < fit.issued.zero < 1
    assert fit.issued.deviation >= LEAST_DEVIATION


@pytest.mark.parametrize("name", list(FITS))
def test_the_sample_is_there(name: str) -> None:
    rows = [row for report in load_rows()[name] for row in report]
    assert len(rows) >= 9
    assert all(len(row) == 3 for row in rows)


def test_the_parameters_are_those_of_the_sample() -> None:
    """configs/table2_prior.yaml is what the fit writes."""
    rows = load_rows()
    written = yaml.safe_load(PARAMETERS.read_text(encoding="utf-8"))
    assert written == {
        "activity_margin": ACTIVITY_MARGIN,
        "documents_margin": DOCUMENTS_MARGIN,
        "activity": fit_activity(rows["activity_2019"]).model_dump(),
        "documents_made": fit_documents_made(rows["documents_2019"]).model_dump(),
        "documents_in_force": fit_documents_in_force(rows["documents_2021"]).model_dump(),
    }
    assert load_prior().model_dump() == written


@pytest.mark.parametrize(
    ("name", "margin", "decided"),
    [
        ("activity_2019", ACTIVITY_MARGIN, 23),
        ("documents_2019", DOCUMENTS_MARGIN, 8),
        ("documents_2021", DOCUMENTS_MARGIN, 3),
    ],
)
def test_leads_above_the_margin_are_right_in_the_sample(name: str, margin: int, decided: int) -> None:
    results = leave_one_out(load_rows()[name], FITS[name])
    assert [right for lead, right in results if lead > margin / 1000] == [True] * decided
