"""How much can be taken without looking, at what risk, and whether a confidence is the probability that it claims.

Risk and coverage: Geifman and El-Yaniv, Selective Classification for Deep Neural Networks (NeurIPS 2017). The area
under the curve and its excess over an oracle's: Geifman, Uziel and El-Yaniv, Bias-Reduced Uncertainty Estimation
(ICLR 2019). Calibration error: Naeini, Cooper and Hauskrecht, Obtaining Well Calibrated Probabilities Using Bayesian
Binning (AAAI 2015), here with bins of equal mass.

Confidences come in levels, on which many cells stand; so everything is counted by agency and level. Cells of one level
are taken together or not at all; where an order within a level would matter, the mean over all orders counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.intervals import TAIL, Estimate, Floats, drawn_agencies, interval_of_alike
from training.evaluation.results import FieldResult, ReportResult
from training.evaluation.splits import agency_of

BINS = 15
LEVEL_DIGITS = 4
"""Of confidences, as in a record."""
DECIDING_ANEW = frozenset({"no-reconcile", "smallest-change"})
"""Arms whose reports carry the status that the arm `both` gave them."""
_ORACLE_POINTS = 21
_AT_ONCE = 100
"""Resamples that are counted together; more would only take more memory."""


@dataclass(frozen=True, slots=True)
class Graded:
    """Cells, or reports, that are right or wrong, counted by agency and level of confidence."""

    levels: Floats
    """(levels,), descending."""
    right: Floats
    """(agencies, levels), whole numbers; agencies in the order of their names."""
    wrong: Floats
    """(agencies, levels), whole numbers."""
    refused: Floats
    """(agencies,): those that no threshold takes. They count only in what a coverage is a share of."""

    @property
    def n(self) -> int:
        return int(self.right.sum() + self.wrong.sum() + self.refused.sum())


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk over coverage, one point a level, the surest first. Arrays of one length."""

    thresholds: Floats
    coverage: Floats
    """Share that stands at the threshold or above it."""
    risk: Floats
    """Share of these that is wrong."""


@dataclass(frozen=True, slots=True)
class Bin:
    confidence: float
    """Mean."""
    right: float
    """Share."""
    n: int


Statistic = Callable[[Graded, Floats], Floats]
"""From how often each agency is drawn, (resamples, agencies), to a number a resample; NaN where nothing is drawn."""


def needs_look(field: FieldResult) -> bool:
    """Whether a person must look at the field before the report can be used.

    What is ambiguous or inconsistent, and what is missing because no cell was found or none could be read. Not what
    is missing because the agency left blank a cell that no equality gives: there is nothing more to be seen there.
    Not what was repaired or inferred either: that is taken as it is, and the rate of wrong and accepted answers for it.
    """
    if field.status in ("ambiguous", "inconsistent"):
        return True
    return field.status == "missing" and field.kind in ("absent", "unread")


def is_untouched(result: ReportResult) -> bool:
    """Whether the report is taken as a whole, nobody looking: status `clean` or `repaired`, and no field that needs a
    look. Arms that only decide anew have no status of their own; of theirs it is asked that the report is complete."""
    anew = result.arm in DECIDING_ANEW
    whole = result.status not in ("partial", "failed") if anew else result.status in ("clean", "repaired")
    return whole and not result.error and not any(needs_look(field) for field in result.fields)


def report_confidence(result: ReportResult) -> float | None:
    """The least confidence of the fields that are accepted; None where the report is not taken as a whole."""
    accepted = [field.confidence for field in result.fields if field.accepted]
    return min(accepted) if accepted and is_untouched(result) else None


def grade(rows: Iterable[tuple[str, float | None, bool]]) -> Graded:
    """Counts (agency, confidence, right); a confidence of None is refused."""
    listed = list(rows)
    agencies = sorted({agency for agency, _, _ in listed})
    values = sorted({round(sure, LEVEL_DIGITS) for _, sure, _ in listed if sure is not None}, reverse=True)
    row = {agency: number for number, agency in enumerate(agencies)}
    column = {value: number for number, value in enumerate(values)}
    counts = np.zeros((2, len(agencies), len(values)))
    refused = np.zeros(len(agencies))
    for agency, sure, right in listed:
        if sure is None:
            refused[row[agency]] += 1
        else:
            counts[int(right), row[agency], column[round(sure, LEVEL_DIGITS)]] += 1
    return Graded(np.array(values, dtype=np.float64), counts[1], counts[0], refused)


def grade_cells(results: Sequence[ReportResult], valued: bool = False) -> Graded:
    """The cells whose value the gold knows.

    Args:
        valued: only those that have a value. Of a cell without one, a confidence of 0 claims nothing: such cells would
            be perfectly calibrated and hide how the others are.
    """
    return grade(
        (agency_of(result), field.confidence, field.right)
        for result in results
        for field in result.fields
        if field.known and (field.value is not None or not valued)
    )


def grade_reports(results: Sequence[ReportResult]) -> Graded:
    """The reports; those that are not taken as a whole are refused."""
    return grade((agency_of(result), report_confidence(result), result.exact) for result in results)


def curve(graded: Graded) -> Curve:
    right, wrong = graded.right.sum(axis=0).cumsum(), graded.wrong.sum(axis=0).cumsum()
    taken = right + wrong
    return Curve(graded.levels, taken / max(graded.n, 1), wrong / np.maximum(taken, 1.0))


def oracle_points(graded: Graded) -> tuple[tuple[float, float], ...]:
    """Coverage and risk of whoever takes all that are right before the first that is wrong; x ascending."""
    right, wrong = float(graded.right.sum()), float(graded.wrong.sum())
    if not right + wrong:
        return ()
    taken = np.unique(np.linspace(max(right, 1.0), right + wrong, _ORACLE_POINTS))
    risks = np.minimum((taken - right) / taken, 1.0)
    bend = [(float(one / graded.n), float(risk)) for one, risk in zip(taken, risks, strict=True)]
    return ((0.0, bend[0][1]), *bend)


def risk_area(graded: Graded, drawn: Floats) -> Floats:
    """AURC: the mean risk over all coverages 1/n, 2/n, ... 1. Within a level the errors are spread evenly, which is the
    mean over all orders of its cells. Refused ones are left out."""
    right, wrong = drawn @ graded.right, drawn @ graded.wrong
    here = right + wrong
    behind = here.cumsum(axis=1)
    before, errors_before = behind - here, wrong.cumsum(axis=1) - wrong
    harmonic = _harmonic(behind[:, -1:])
    rate = wrong / np.maximum(here, 1.0)
    steps = harmonic[behind.astype(np.int64)] - harmonic[before.astype(np.int64)]
    # Of the k-th cell taken, the risk is (errors_before + (k - before) * rate) / k.
    return _over((here * rate + (errors_before - before * rate) * steps).sum(axis=1), here.sum(axis=1))


def oracle_area(graded: Graded, drawn: Floats) -> Floats:
    """The same area where all that are right are taken first: what no order of confidence can go below."""
    right, wrong = (drawn @ graded.right).sum(axis=1), (drawn @ graded.wrong).sum(axis=1)
    harmonic = _harmonic(right + wrong)
    steps = harmonic[(right + wrong).astype(np.int64)] - harmonic[right.astype(np.int64)]
    return _over(wrong - right * steps, right + wrong)


def excess_area(graded: Graded, drawn: Floats) -> Floats:
    """E-AURC: how much of the area is the fault of the order, not of the errors."""
    return np.maximum(risk_area(graded, drawn) - oracle_area(graded, drawn), 0.0)


def coverage_at(most_risk: float) -> Statistic:
    """The largest coverage at which at most this share is wrong; 0 where no threshold gives that.

    Counted on the same cells on which the threshold is chosen: it describes them, it promises nothing
    (training/evaluation/find_threshold.py does).
    """

    def statistic(graded: Graded, drawn: Floats) -> Floats:
        right, wrong = (drawn @ graded.right).cumsum(axis=1), (drawn @ graded.wrong).cumsum(axis=1)
        taken = right + wrong
        kept = np.where(wrong <= most_risk * taken + 1e-9, taken, 0.0)
        there = (drawn @ (graded.right + graded.wrong)).sum(axis=1) + drawn @ graded.refused
        return _over(kept.max(axis=1, initial=0.0), there)

    return statistic


def bin_of_level(graded: Graded, bins: int = BINS) -> NDArray[np.int64]:
    """(levels,): the bin of each level, 0 for the least sure.

    Each bin holds as many cells as the next, as far as that goes when no level is divided: one that alone holds a bin's
    share has a bin of its own, and the others share the rest of the bins. So there are about as many as asked for.
    """
    here = (graded.right + graded.wrong).sum(axis=0)
    full = here >= here.sum() / bins
    share = here[~full].sum() / max(bins - full.sum(), 1)
    places = np.zeros(len(here), dtype=np.int64)
    place, held = 0, 0.0
    for level in reversed(range(len(here))):
        if held and (full[level] or held >= share - 1e-9):
            place, held = place + 1, 0.0
        places[level] = place
        held = math.inf if full[level] else held + here[level]
    return places


def reliability(graded: Graded, bins: int = BINS) -> tuple[Bin, ...]:
    """Claim and truth, bin by bin, the least sure first; see `bin_of_level`."""
    right, here = graded.right.sum(axis=0), (graded.right + graded.wrong).sum(axis=0)
    places = bin_of_level(graded, bins)
    found = []
    for place in np.unique(places):
        inside = places == place
        n = float(here[inside].sum())
        found.append(Bin(float((here * graded.levels)[inside].sum() / n), float(right[inside].sum() / n), int(n)))
    return tuple(found)


def calibration_error(graded: Graded, drawn: Floats) -> Floats:
    """ECE: mean distance of claim and truth over some `BINS` bins of equal mass, each weighing what it holds. Resamples
    keep the bins of the whole."""
    here = graded.right + graded.wrong
    places = bin_of_level(graded)
    gaps = (here * graded.levels - graded.right) @ np.eye(places.max(initial=0) + 1)[places]
    return _over(np.abs(drawn @ gaps).sum(axis=1), (drawn @ here).sum(axis=1))


def brier_score(graded: Graded, drawn: Floats) -> Floats:
    """Mean square of the distance between the confidence and 1 for what is right, 0 for what is wrong."""
    squares = graded.right * (1 - graded.levels) ** 2 + graded.wrong * graded.levels**2
    return _over(drawn @ squares.sum(axis=1), drawn @ (graded.right + graded.wrong).sum(axis=1))


def value_of(graded: Graded, statistic: Statistic) -> float | None:
    """The statistic with every agency once; None where nothing is there to count."""
    value = float(statistic(graded, np.ones((1, len(graded.refused))))[0])
    return None if np.isnan(value) else value


def estimate(graded: Graded, statistic: Statistic) -> Estimate:
    """A statistic within 0..1 over all cells, with its percentile interval, agencies resampled.

    Some statistics are not in resamples what they are in the whole: chance adds to an ECE, it never takes away. Where
    the interval would leave the value out for that, it is stretched to hold it.
    """
    agencies, value = len(graded.refused), value_of(graded, statistic)
    if value is None or agencies < 2:
        return Estimate(value, None, None, graded.n, agencies)
    drawn = times_drawn(agencies)
    values = np.concatenate([statistic(graded, drawn[at : at + _AT_ONCE]) for at in range(0, len(drawn), _AT_ONCE)])
    values = values[~np.isnan(values)]
    if np.ptp(values) == 0:
        low, high = interval_of_alike(value, agencies, 0.0, 1.0)
    else:
        low, high = (float(end) for end in np.quantile(values, (TAIL, 1 - TAIL)))
    return Estimate(value, min(low, value), max(high, value), graded.n, agencies)


def times_drawn(agencies: int) -> Floats:
    """(resamples, agencies): how often each resample has each agency."""
    picked = drawn_agencies(agencies)
    places = picked + agencies * np.arange(len(picked))[:, None]
    return np.bincount(places.ravel(), minlength=picked.size).reshape(picked.shape).astype(np.float64)


def _harmonic(most: Floats) -> Floats:
    """The harmonic numbers from the 0th to the greatest that is asked for."""
    return np.concatenate(([0.0], np.cumsum(1.0 / np.arange(1, int(most.max(initial=0.0)) + 1))))


def _over(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
