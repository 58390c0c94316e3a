from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.training.evaluation.made import report_of_cells as report
from training.evaluation.intervals import (
    RESAMPLES,
    Estimate,
    counts_by_agency,
    difference,
    drawn_agencies,
    exact_upper_bound,
    figure,
    interval_of_alike,
    rare_agencies_figure,
    rare_figure,
    share,
    upper_bound,
)

THREE = {"a": (1, 2), "b": (10, 10), "c": (0, 8), "nothing": (0, 0)}


def many(agencies: int = 30) -> dict[str, tuple[int, int]]:
    random = np.random.default_rng(5)
    of = random.integers(1, 40, agencies)
    return {f"{at:02}": (int(random.binomial(n, 0.8)), int(n)) for at, n in enumerate(of)}


def test_macro_and_pooled_by_hand() -> None:
    macro, pooled = share(THREE), share(THREE, macro=False)
    assert macro.value == pytest.approx((0.5 + 1 + 0) / 3)
    assert pooled.value == pytest.approx(11 / 20)
    assert (macro.n, macro.agencies) == (pooled.n, pooled.agencies) == (20, 3)


def test_the_interval_is_that_of_the_27_ways_of_drawing_three_agencies() -> None:
    ways = [(one + two + three) / 3 for one in (0.5, 1, 0) for two in (0.5, 1, 0) for three in (0.5, 1, 0)]
    # All three times the worst or the best is 1 way in 27, which is more than 2.5 %.
    found = share(THREE)
    assert (found.low, found.high) == (min(ways), max(ways)) == (0.0, 1.0)


def test_intervals_agree_with_scipy() -> None:
    counts = many()
    right, of = np.array(list(counts.values()), dtype=float).T
    macro = stats.bootstrap((right / of,), np.mean, n_resamples=20_000, method="percentile", rng=1)
    pooled = stats.bootstrap(
        (right, of), lambda top, bottom, axis: top.sum(axis) / bottom.sum(axis), n_resamples=20_000, paired=True,
        vectorized=True, method="percentile", rng=1,
    )  # fmt: skip
    for theirs, ours in ((macro, share(counts)), (pooled, share(counts, macro=False))):
        assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.006)
        assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.006)


def test_the_same_counts_give_the_same_interval_in_any_order() -> None:
    counts = many()
    assert share(counts) == share(dict(reversed(counts.items())))
    assert share(counts) != share(counts, seed=1)
    assert share(counts).value == share(counts, seed=1).value


def test_cells_that_hang_together_do_not_narrow_the_interval() -> None:
    hundredfold = {agency: (100 * right, 100 * of) for agency, (right, of) in THREE.items()}
    few, lots = share(THREE), share(hundredfold)
    assert (few.low, few.high) == (lots.low, lots.high)


@pytest.mark.parametrize("macro", [True, False])
def test_nothing_and_one_agency(macro: bool) -> None:
    assert share({}, macro) == share({"a": (0, 0)}, macro) == Estimate(None, None, None, 0, 0)
    assert share({"a": (3, 4), "b": (0, 0)}, macro) == Estimate(0.75, None, None, 4, 1)


@pytest.mark.parametrize("macro", [True, False])
@pytest.mark.parametrize("agencies", [2, 5, 40])
def test_shares_of_0_and_1_have_the_exact_interval_over_agencies(macro: bool, agencies: int) -> None:
    for right in (0, 1):
        found = share({str(at): (right * 90, 90) for at in range(agencies)}, macro)
        exact = stats.binomtest(right * agencies, agencies).proportion_ci(0.95, "exact")
        assert found.value == right
        assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_agencies_alike_at_another_share_are_not_sure_either() -> None:
    found = share({"a": (1, 2), "b": (10, 20)})
    # Both have just .5: at least sqrt(.025) = .158 of all agencies do, and the others lie anywhere.
    assert (found.low, found.high) == pytest.approx((0.158 / 2, 1 - 0.158 / 2), abs=1e-3)
    assert interval_of_alike(0.0, 2, -1.0, 1.0) == pytest.approx((-0.842, 0.842), abs=1e-3)


def test_the_interval_covers() -> None:
    """Over 400 made-up samples of 25 agencies whose mean share is .8: a percentile interval of that few covers a little
    less than 95 %; one over cells would cover far less."""
    random = np.random.default_rng(3)
    covered = cells_covered = 0
    for _ in range(400):
        rates = random.beta(4, 1, 25)
        counts = {str(at): (int(random.binomial(50, rate)), 50) for at, rate in enumerate(rates)}
        found = share(counts, resamples=500)
        assert found.low is not None and found.high is not None
        covered += found.low <= 0.8 <= found.high
        of_cells = stats.binomtest(sum(right for right, _ in counts.values()), 25 * 50).proportion_ci()
        cells_covered += of_cells.low <= 0.8 <= of_cells.high
    assert 0.90 <= covered / 400 <= 0.98
    assert cells_covered / 400 < 0.6


def test_drawn_agencies() -> None:
    drawn = drawn_agencies(4)
    assert drawn.shape == (RESAMPLES, 4)
    assert set(np.unique(drawn)) == {0, 1, 2, 3}
    # With replacement there are 35 ways to have four of four.
    assert len(np.unique(np.sort(drawn, axis=1), axis=0)) == 35


def test_the_exact_upper_bound_agrees_with_scipy() -> None:
    for events, trials in ((0, 1), (0, 12), (1, 12), (3, 2400), (11, 12), (12, 12)):
        theirs = stats.binomtest(events, trials, alternative="less").proportion_ci(0.95, "exact").high
        assert exact_upper_bound(events, trials) == pytest.approx(theirs)
    assert exact_upper_bound(0, 0) is None


def test_the_exact_upper_bound_by_hand() -> None:
    assert exact_upper_bound(0, 2400) == pytest.approx(3 / 2400, rel=0.01)
    assert exact_upper_bound(0, 12) == pytest.approx(1 - 0.05 ** (1 / 12))


def test_upper_bounds_without_an_event() -> None:
    found = upper_bound({str(at): (0, 200) for at in range(12)})
    assert (found.events, found.trials, found.agencies_hit, found.agencies) == (0, 2400, 0, 12)
    assert found.independent == found.rate == exact_upper_bound(0, 2400)
    assert found.resampled == 0
    assert found.of_agencies == exact_upper_bound(0, 12)


def test_events_of_one_agency_raise_the_bound_above_that_of_independent_cells() -> None:
    together = upper_bound({str(at): (10 if at == 0 else 0, 200) for at in range(12)})
    apart = upper_bound({str(at): (1 if at < 10 else 0, 200) for at in range(12)})
    assert together.independent == apart.independent == exact_upper_bound(10, 2400)
    # Drawn anew, the agency with the ten comes up three times or more in 7 of 100 cases, four times in less than 2.
    assert together.resampled == together.rate == 30 / 2400
    assert apart.resampled is not None and apart.independent is not None
    assert apart.rate == apart.independent > apart.resampled
    assert (together.agencies_hit, apart.agencies_hit) == (1, 10)


def test_the_resampled_bound_is_one_sided() -> None:
    # Of three agencies drawn, the one with events is there twice or more in 26 % of cases, three times in 3.7 %.
    assert upper_bound({"a": (10, 100), "b": (0, 100), "c": (0, 100)}).resampled == pytest.approx(20 / 300)


def test_upper_bounds_of_little() -> None:
    nothing = upper_bound({"a": (0, 0)})
    assert (nothing.trials, nothing.agencies, nothing.rate, nothing.of_agencies) == (0, 0, None, None)
    one = upper_bound({"a": (0, 3)})
    assert one.resampled is None
    assert one.rate == one.independent == pytest.approx(1 - 0.05 ** (1 / 3))


def test_the_difference_is_paired() -> None:
    """Each agency gains a tenth, more or less, whatever it had: far less than the agencies differ among themselves."""
    old = {str(at): (5 * at, 100) for at in range(16)}
    new = {str(at): (5 * at + 10 + at % 2, 100) for at in range(16)}
    for macro in (True, False):
        found = difference(old, new, macro)
        assert found.value == pytest.approx(0.105)
        assert found.low is not None and found.high is not None
        assert 0.10 <= found.low < 0.105 < found.high <= 0.11
    before, after = share(old), share(new)
    assert before.high is not None and after.low is not None and before.high > after.low


def test_the_difference_over_what_both_have() -> None:
    found = difference({"a": (1, 2), "b": (0, 0), "c": (1, 1)}, {"a": (2, 2), "b": (1, 1)})
    assert found == Estimate(0.5, None, None, 2, 1)
    assert difference({"a": (1, 2)}, {}) == Estimate(None, None, None, 0, 0)


def test_a_difference_that_all_agencies_share_needs_six_of_them() -> None:
    for agencies in (5, 6):
        counts = [{str(at): (right, 1) for at in range(agencies)} for right in (0, 1)]
        found = difference(counts[0], counts[1])
        assert found.value == 1
        assert found.low is not None and (found.low > 0) == (agencies == 6)
        assert found.high == 1


def test_counts_by_agency_add_up() -> None:
    results = [report("r1", "甲局", wrong=1), report("r2", "甲局"), report("r3"), report("r4", wrong=4)]
    counts = counts_by_agency(results, lambda one: (int(one.exact), 1))
    assert counts == {"甲局": (1, 2), "r3": (1, 1), "r4": (0, 1)}


def test_figures() -> None:
    macro = figure("exact.reports", "全对的报告", "both", THREE, of="份报告", group="省份 浙江")
    assert macro.model_dump() == {
        "id": "exact.reports", "label": "全对的报告", "arm": "both", "group": "省份 浙江", "value": 0.5, "low": 0.0,
        "high": 1.0, "n": 20, "of": "份报告", "unit": "share", "better": "high",
    }  # fmt: skip
    assert figure("x", "x", "both", THREE, of="格", macro=False, better="low").value == 0.55
    nothing = figure("x", "x", "both", {}, of="格")
    assert (nothing.value, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)


def test_figures_of_what_must_not_happen_have_upper_bounds() -> None:
    counts = {str(at): (0, 200) for at in range(12)}
    cells = rare_figure("w", "错而采用", "both", counts, of="格")
    agencies = rare_agencies_figure("a", "a", "both", counts)
    assert (cells.value, cells.low, cells.high, cells.n) == (0, 0, exact_upper_bound(0, 2400), 2400)
    assert (agencies.value, agencies.low, agencies.high, agencies.n) == (0, 0, exact_upper_bound(0, 12), 12)
    assert (cells.better, agencies.better, agencies.of) == ("low", "low", "个机关")
    nothing = rare_figure("w", "错而采用", "both", {}, of="格")
    assert (nothing.value, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)
