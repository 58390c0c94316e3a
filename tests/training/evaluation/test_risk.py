from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from pipeline.record import Kind, ReportStatus, Status
from tests.training.evaluation.made import field, report
from training.evaluation.intervals import drawn_agencies
from training.evaluation.risk import (
    BINS,
    Graded,
    Statistic,
    bin_of_level,
    brier_score,
    calibration_error,
    coverage_at,
    curve,
    estimate,
    excess_area,
    grade,
    grade_cells,
    grade_reports,
    is_untouched,
    needs_look,
    oracle_area,
    oracle_points,
    reliability,
    report_confidence,
    risk_area,
    times_drawn,
    value_of,
)

TIED = [("甲", 0.9, True), ("甲", 0.8, False), ("乙", 0.8, True), ("乙", 0.5, False)]


def drawn_cells(n: int, seed: int, digits: int = 4, agencies: int = 1) -> list[tuple[str, float, bool]]:
    """Cells that are right a little less often than they claim."""
    generator = np.random.default_rng(seed)
    sure = generator.uniform(0.5, 1.0, n).round(digits)
    right = generator.uniform(size=n) < sure - 0.05
    return [(f"{at % agencies}", float(sure[at]), bool(right[at])) for at in range(n)]


def test_the_curve_takes_a_level_as_a_whole() -> None:
    found = curve(grade(TIED))

    assert found.thresholds.tolist() == [0.9, 0.8, 0.5]
    assert found.coverage.tolist() == [0.25, 0.75, 1.0]
    assert found.risk.tolist() == pytest.approx([0, 1 / 3, 1 / 2])


def test_areas_by_hand() -> None:
    """Within the level of two, either order: risk 1/2 or 0 at the second cell, 1/3 at the third."""
    graded = grade(TIED)

    assert value_of(graded, risk_area) == pytest.approx((0 + 1 / 4 + 1 / 3 + 1 / 2) / 4)
    assert value_of(graded, oracle_area) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert value_of(graded, excess_area) == pytest.approx(1 / 16)


def test_the_area_without_ties_is_the_mean_of_the_risks() -> None:
    cells = [(agency, (at + 1) / 1000, right) for at, (agency, _, right) in enumerate(drawn_cells(500, seed=1))]
    wrong = np.array([not right for _, _, right in reversed(cells)])

    expected = (wrong.cumsum() / np.arange(1, 501)).mean()

    assert value_of(grade(cells), risk_area) == pytest.approx(expected)
    assert value_of(grade(cells), oracle_area) == pytest.approx((np.sort(wrong).cumsum() / np.arange(1, 501)).mean())


def test_an_order_that_puts_all_errors_last_has_no_excess() -> None:
    graded = grade([("甲", 0.9, True)] * 8 + [("甲", 0.4, False), ("甲", 0.3, False)])

    assert value_of(graded, excess_area) == pytest.approx(0, abs=1e-12)
    assert oracle_points(graded)[:2] == ((0.0, 0.0), (0.8, 0.0))
    assert oracle_points(graded)[-1] == pytest.approx((1.0, 0.2))


def test_coverage_is_the_largest_that_keeps_to_the_risk_even_behind_one_that_does_not() -> None:
    graded = grade([("甲", 0.9, False), ("甲", 0.8, True), ("甲", 0.7, True), ("甲", 0.6, True)])

    assert value_of(graded, coverage_at(0.25)) == 1.0
    assert value_of(graded, coverage_at(0.2)) == 0.0
    assert value_of(grade(TIED), coverage_at(1 / 3)) == 0.75
    assert value_of(grade(TIED), coverage_at(0.3)) == 0.25


def test_what_is_refused_counts_below_the_line_of_a_coverage_only() -> None:
    graded = grade([*TIED, ("丙", None, True)])

    assert graded.n == 5
    assert value_of(graded, coverage_at(1 / 3)) == pytest.approx(3 / 5)
    assert value_of(graded, risk_area) == value_of(grade(TIED), risk_area)
    assert value_of(graded, brier_score) == value_of(grade(TIED), brier_score)


def test_calibration_error_by_hand() -> None:
    """Three levels of ten cells, each with a bin of its own, off by .1, 0 and .01."""
    cells = [("甲", 0.9, at < 8) for at in range(10)]
    cells += [("甲", 0.6, at < 6) for at in range(10)]
    cells += [("乙", 0.99, True) for _ in range(10)]

    assert value_of(grade(cells), calibration_error) == pytest.approx((10 * 0.1 + 10 * 0 + 10 * 0.01) / 30)


def test_brier_score_is_that_of_scikit_learn() -> None:
    cells = drawn_cells(700, seed=2, digits=2, agencies=7)

    expected = brier_score_loss([right for _, _, right in cells], [sure for _, sure, _ in cells])

    assert value_of(grade(cells), brier_score) == pytest.approx(expected)


def test_bins_are_those_of_scikit_learn_where_no_level_holds_many_cells() -> None:
    cells = [(agency, 0.5 + at / 1000, right) for at, (agency, _, right) in enumerate(drawn_cells(450, seed=3))]
    right, claimed = calibration_curve(
        [right for _, _, right in cells], [sure for _, sure, _ in cells], n_bins=BINS, strategy="quantile"
    )

    found = reliability(grade(cells))

    assert [one.n for one in found] == [30] * BINS
    assert [one.right for one in found] == pytest.approx(right.tolist())
    assert [one.confidence for one in found] == pytest.approx(claimed.tolist())
    gaps = sum(one.n * abs(one.right - one.confidence) for one in found)
    assert value_of(grade(cells), calibration_error) == pytest.approx(gaps / 450)


def test_a_level_with_many_cells_has_a_bin_of_its_own_and_the_others_share_the_rest() -> None:
    """28 cells that are all different, 19 below and 9 above 100 of one level: fourteen bins of two would hold them, but
    none goes over the level between."""
    lower = [("甲", 0.5 + at / 100, True) for at in range(19)]
    upper = [("甲", 0.91 + at / 100, True) for at in range(9)]

    found = reliability(grade([*lower, *[("甲", 0.9, True)] * 100, *upper]))

    assert [one.n for one in found] == [2] * 9 + [1] + [100] + [2] * 4 + [1]
    assert [one.confidence for one in found] == sorted(one.confidence for one in found)


def test_levels_are_never_divided() -> None:
    graded = grade(drawn_cells(1000, seed=4, digits=2))

    places = bin_of_level(graded)

    assert len(places) == len(graded.levels)
    assert (np.diff(places) <= 0).all()
    assert set(places.tolist()) == set(range(places.max() + 1))


@pytest.mark.parametrize(
    "statistic", [risk_area, oracle_area, excess_area, coverage_at(0.2), brier_score], ids=lambda one: one.__name__
)
def test_drawing_agencies_is_the_same_as_writing_their_cells_down_again(statistic: Statistic) -> None:
    cells = drawn_cells(120, seed=5, digits=2, agencies=6)
    graded, names = grade(cells), sorted({agency for agency, _, _ in cells})
    values = statistic(graded, times_drawn(6)[:5])

    for value, picked in zip(values, drawn_agencies(6)[:5], strict=True):
        again = [cell for at in picked for cell in cells if cell[0] == names[at]]
        assert value == pytest.approx(value_of(grade(again), statistic))


def test_an_interval_holds_its_value_and_is_the_same_again() -> None:
    cells = drawn_cells(400, seed=6, digits=2, agencies=20)

    for statistic in (calibration_error, risk_area, brier_score):
        found = estimate(grade(cells), statistic)
        assert found.low is not None and found.high is not None and found.value is not None
        assert found.low <= found.value <= found.high
        assert found.low < found.high
        assert (found.n, found.agencies) == (400, 20)
        assert found == estimate(grade(list(reversed(cells))), statistic)


def test_agencies_that_are_all_alike_do_not_make_a_figure_certain() -> None:
    """Four agencies, all taken: a share of .025^(1/4) of all agencies may be so (intervals.interval_of_alike)."""
    found = estimate(grade([(agency, 0.9, True) for agency in "甲乙丙丁"]), coverage_at(0.0))

    assert found.value == found.high == 1.0
    assert found.low == pytest.approx(0.025**0.25)


def test_a_single_agency_has_no_interval_and_nothing_has_no_value() -> None:
    alone = estimate(grade([("甲", 0.9, True)]), brier_score)

    assert alone.value == pytest.approx(0.01)
    assert (alone.low, alone.high) == (None, None)
    for statistic in (risk_area, calibration_error, brier_score, coverage_at(0.01)):
        assert estimate(grade([]), statistic).value is None
    assert curve(grade([])).coverage.tolist() == []
    assert reliability(grade([])) == ()
    assert oracle_points(grade([])) == ()


@pytest.mark.parametrize(
    ("status", "kind", "looked_at"),
    [
        ("read", "number", False),
        ("repaired", "number", False),
        ("inferred", "absent", False),
        ("ambiguous", "number", True),
        ("inconsistent", "number", True),
        ("missing", "absent", True),
        ("missing", "unread", True),
        ("missing", "blank", False),
        ("missing", "dash", False),
    ],
)
def test_what_a_person_must_look_at(status: Status, kind: Kind, looked_at: bool) -> None:
    assert needs_look(field(3, status=status, kind=kind)) is looked_at


@pytest.mark.parametrize(
    ("status", "untouched"),
    [("clean", True), ("repaired", True), ("inconsistent", False), ("review", False), ("partial", False)],
)
def test_only_clean_and_repaired_reports_go_unseen(status: ReportStatus, untouched: bool) -> None:
    assert is_untouched(report(field(3), status=status)) is untouched


def test_a_field_left_open_keeps_the_report_for_a_person() -> None:
    assert not is_untouched(report(field(3), field(4, status="ambiguous")))


def test_arms_that_decide_anew_are_not_held_to_the_status_of_another() -> None:
    for arm in ("no-reconcile", "smallest-change"):
        assert is_untouched(report(field(3), arm=arm, status="inconsistent"))
        assert not is_untouched(report(field(3), arm=arm, status="partial"))


def test_a_report_is_as_sure_as_its_least_sure_accepted_field() -> None:
    fields = (field(3, confidence=0.9), field(4, confidence=0.7), field(None, known=False, status="missing"))

    assert report_confidence(report(*fields)) == 0.7
    assert report_confidence(report(*fields, field(5, status="ambiguous", confidence=0.0))) is None
    assert report_confidence(report(field(None, known=False, status="missing"))) is None


def levels_of(graded: Graded) -> list[tuple[float, int, int]]:
    right, wrong = graded.right.sum(axis=0), graded.wrong.sum(axis=0)
    return [(float(at), int(yes), int(no)) for at, yes, no in zip(graded.levels, right, wrong, strict=True)]


def test_cells_that_the_gold_does_not_know_are_not_graded_and_those_without_value_only_where_asked() -> None:
    result = report(
        field(3, confidence=0.9),
        field(3, value=4, confidence=0.9),
        field(3, value=None, status="ambiguous", confidence=0.0),
        field(None, known=False, confidence=0.8),
    )

    assert levels_of(grade_cells([result])) == [(0.9, 1, 1), (0.0, 0, 1)]
    assert levels_of(grade_cells([result], valued=True)) == [(0.9, 1, 1)]


def test_reports_are_graded_by_whether_they_are_exact() -> None:
    results = [
        report(field(3, confidence=0.9), name="一", agency="甲"),
        report(field(3, value=4, confidence=0.8), name="二", agency="乙"),
        report(field(3, status="inconsistent", confidence=0.5), name="三", agency="丙", status="inconsistent"),
    ]

    graded = grade_reports(results)

    assert levels_of(graded) == [(0.9, 1, 0), (0.8, 0, 1)]
    assert graded.n == 3
    assert value_of(graded, coverage_at(0.01)) == pytest.approx(1 / 3)
