"""Shares with a 95 % interval, and upper bounds of what must not happen, from counts by agency.

Reports of one agency resemble each other: the same people, the same layout, the same habits. So what is drawn anew is
an agency with all that is its own, never a report or a cell (the cluster bootstrap: Davison and Hinkley, Bootstrap
Methods and their Application, 1997, section 3.8; Field and Welsh, Journal of the Royal Statistical Society B 69, 2007).
With few agencies such intervals are too narrow all the same, with two or three much so: a figure should be read
together with how many agencies there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from training.evaluation.figures import Figure
from training.evaluation.results import ReportResult
from training.evaluation.splits import agency_of

Counts = Mapping[str, tuple[int, int]]
"""By agency: how many are so, of how many. Agencies with none of the latter are left out everywhere."""
Floats = NDArray[np.float64]

LEVEL = 0.95
TAIL = (1 - LEVEL) / 2
SEED = 0
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share, 0..1, or the difference of two, -1..1."""

    value: float | None
    """None where there is nothing to count."""
    low: float | None
    high: float | None
    """Two-sided 95 %; None with fewer than two agencies, for one alone says nothing of others."""
    n: int
    """What was counted over: the denominators added up, whether or not the mean is over agencies."""
    agencies: int


@dataclass(frozen=True, slots=True)
class UpperBound:
    """How often what was hardly ever seen may happen. Each bound is None where nothing was tried."""

    events: int
    trials: int
    agencies_hit: int
    """Agencies with at least one event."""
    agencies: int
    independent: float | None
    """Exact one-sided 95 % bound on the rate a trial, were all trials independent: the least that one has to reckon
    with. The errors of one agency come together, so it is too low where there are any."""
    resampled: float | None
    """The 95th percentile of the pooled rate over agencies drawn anew; None with fewer than two, 0 without an event."""
    of_agencies: float | None
    """Exact one-sided 95 % bound on the share of agencies that have any event. An agency like those seen has one with
    at most this probability; true however its cells hang together, and wide: 0 of 12 agencies still allows .22."""

    @property
    def rate(self) -> float | None:
        """The bound on the rate a trial to go by, the larger of the two: the first knows that no event seen does not
        mean none, the second that events come together."""
        known = [one for one in (self.independent, self.resampled) if one is not None]
        return max(known, default=None)


def counts_by_agency(
    results: Iterable[ReportResult], count: Callable[[ReportResult], tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Adds up what `count` says of each report: (how many are so, of how many)."""
    sums: dict[str, tuple[int, int]] = {}
    for result in results:
        right, of = count(result)
        before = sums.get(agency_of(result), (0, 0))
        sums[agency_of(result)] = (before[0] + right, before[1] + of)
    return sums


def share(counts: Counts, macro: bool = True, seed: int = SEED, resamples: int = RESAMPLES) -> Estimate:
    """The share with its percentile interval; the same for the same counts in any order.

    Args:
        macro: the mean over agencies of their own shares, every agency weighing the same; else the pooled share, where
            an agency weighs by what it has.
    """
    kept = _kept(counts)
    if not kept:
        return Estimate(None, None, None, 0, 0)
    right, of = np.array([counts[agency] for agency in kept], dtype=np.float64).T
    shares = right / of
    value = float(shares.mean() if macro else right.sum() / of.sum())
    n = int(of.sum())
    if len(kept) == 1:
        return Estimate(value, None, None, n, 1)
    if np.ptp(shares) == 0:
        low, high = interval_of_alike(value, len(kept), 0.0, 1.0)
    else:
        picked = drawn_agencies(len(kept), seed, resamples)
        means = shares[picked].mean(axis=1) if macro else right[picked].sum(axis=1) / of[picked].sum(axis=1)
        low, high = _percentiles(means, value)
    return Estimate(value, low, high, n, len(kept))


def difference(
    old: Counts, new: Counts, macro: bool = True, seed: int = SEED, resamples: int = RESAMPLES
) -> Estimate:
    """New share less old one over the same reports: both are taken from the same agencies in every resample, so that
    what is hard for both cancels out. Agencies that have nothing to count on a side are left out; `n` is of the new."""
    kept = [agency for agency in _kept(old) if new.get(agency, (0, 0))[1]]
    if not kept:
        return Estimate(None, None, None, 0, 0)
    right_old, of_old = np.array([old[agency] for agency in kept], dtype=np.float64).T
    right_new, of_new = np.array([new[agency] for agency in kept], dtype=np.float64).T
    each = right_new / of_new - right_old / of_old
    value = float(each.mean() if macro else right_new.sum() / of_new.sum() - right_old.sum() / of_old.sum())
    n = int(of_new.sum())
    if len(kept) == 1:
        return Estimate(value, None, None, n, 1)
    if np.ptp(each) == 0:
        low, high = interval_of_alike(value, len(kept), -1.0, 1.0)
    elif macro:
        low, high = _percentiles(each[drawn_agencies(len(kept), seed, resamples)].mean(axis=1), value)
    else:
        picked = drawn_agencies(len(kept), seed, resamples)
        pooled = [
            right[picked].sum(axis=1) / of[picked].sum(axis=1)
            for right, of in ((right_old, of_old), (right_new, of_new))
        ]
        low, high = _percentiles(pooled[1] - pooled[0], value)
    return Estimate(value, low, high, n, len(kept))


def drawn_agencies(agencies: int, seed: int = SEED, resamples: int = RESAMPLES) -> NDArray[np.int64]:
    """Which agencies each resample has: (resamples, agencies) positions, with replacement."""
    return np.random.default_rng(seed).integers(agencies, size=(resamples, agencies))


def interval_of_alike(value: float, agencies: int, least: float, most: float) -> tuple[float, float]:
    """The interval where every agency gave the same value, so that drawing anew would give a point, as if it were sure.

    If a share q of all agencies have just this value, all of the n seen have it with probability q^n; so q is at least
    TAIL^(1/n), and what the other agencies have lies between `least` and `most`. At a share of 0 or 1 this is the
    interval of Clopper and Pearson (Biometrika 26, 1934) with agencies counted, each all right or not. Counting reports
    or cells instead would give a narrower one, but only by taking those of one agency as independent, which is what the
    bootstrap is there not to do. The price is a step: twelve agencies without any fault get a wider interval than
    twelve of which one has a single fault. It is the bootstrap of the latter that hopes for more than it can know.
    """
    surely = TAIL ** (1 / agencies)
    return surely * value + (1 - surely) * least, surely * value + (1 - surely) * most


def upper_bound(counts: Counts, seed: int = SEED, resamples: int = RESAMPLES) -> UpperBound:
    """One-sided 95 % bounds for events that should not happen, from (events, trials) by agency."""
    kept = _kept(counts)
    if not kept:
        return UpperBound(0, 0, 0, 0, None, None, None)
    events, trials = np.array([counts[agency] for agency in kept], dtype=np.int64).T
    picked = drawn_agencies(len(kept), seed, resamples)
    rates = events[picked].sum(axis=1) / trials[picked].sum(axis=1)
    hit = int((events > 0).sum())
    return UpperBound(
        events=int(events.sum()),
        trials=int(trials.sum()),
        agencies_hit=hit,
        agencies=len(kept),
        independent=exact_upper_bound(int(events.sum()), int(trials.sum())),
        resampled=float(np.quantile(rates, LEVEL)) if len(kept) > 1 else None,
        of_agencies=exact_upper_bound(hit, len(kept)),
    )


def exact_upper_bound(events: int, trials: int, level: float = LEVEL) -> float | None:
    """The one-sided bound of Clopper and Pearson (Biometrika 26, 1934): the rate at which so few events, or fewer, have
    probability 1 - level. None without trials; without events near 3 / trials (Hanley and Lippman-Hand, JAMA 249,
    1983)."""
    from scipy.stats import beta

    if not trials:
        return None
    return 1.0 if events == trials else float(beta.ppf(level, events + 1, trials - events))


def figure(
    id: str,
    label: str,
    arm: str,
    counts: Counts,
    *,
    of: str,
    group: str = "全部",
    macro: bool = True,
    better: Literal["high", "low", ""] = "high",
) -> Figure:
    """A share as a figure of the evaluation; `of` says in Chinese what the denominators count."""
    found = share(counts, macro)
    return Figure(
        id=id, label=label, arm=arm, group=group, value=found.value, low=found.low, high=found.high,
        n=found.n, of=of, unit="share", better=better,
    )  # fmt: skip


def rare_figure(id: str, label: str, arm: str, counts: Counts, *, of: str, group: str = "全部") -> Figure:
    """The pooled rate of what must not happen. `high` is `UpperBound.rate`, and `low` 0: the interval is one-sided."""
    found = upper_bound(counts)
    return _one_sided(id, label, arm, group, found.events, found.trials, of, found.rate)


def rare_agencies_figure(id: str, label: str, arm: str, counts: Counts, *, group: str = "全部") -> Figure:
    """The share of agencies in which it happened at all. `high` is `UpperBound.of_agencies`, and `low` 0."""
    found = upper_bound(counts)
    return _one_sided(id, label, arm, group, found.agencies_hit, found.agencies, "个机关", found.of_agencies)


def _one_sided(
    id: str, label: str, arm: str, group: str, events: int, trials: int, of: str, high: float | None
) -> Figure:
    return Figure(
        id=id, label=label, arm=arm, group=group, value=events / trials if trials else None,
        low=0.0 if trials else None, high=high, n=trials, of=of, unit="share", better="low",
    )  # fmt: skip


def _kept(counts: Counts) -> list[str]:
    return sorted(agency for agency, (_, of) in counts.items() if of)


def _percentiles(statistics: Floats, value: float) -> tuple[float, float]:
    """Few agencies may leave the value itself outside by a rounding; an interval always holds it."""
    low, high = np.quantile(statistics, (TAIL, 1 - TAIL))
    return min(float(low), value), max(float(high), value)
