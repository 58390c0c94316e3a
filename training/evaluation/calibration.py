"""Fits what confidences are worth: `python -m training.evaluation.calibration --results OUT --write FILE`.

OUT is the folder of a run (OUT/results/both/NAME.json) over agencies that nothing else was fitted on, made while
configs/confidence.yaml held no groups: results keep only the confidence that came out, and what was calibrated once
must not be calibrated again.

For each kind of evidence, isotonic regression: of all functions that never descend, the one nearest to what was seen
(Zadrozny and Elkan, Transforming Classifier Scores into Accurate Multiclass Probability Estimates, KDD 2002). It is
constant over blocks, and a block without any error claims certainty. No block may claim that: if none of n cells is
wrong, the share of right ones is still only at least 0.05^(1/n) with 95 %, near 1 - 3/n (the rule of three). That is
the most that a block of n cells may say, unless a block below it, with more cells, already says more. Cells of one
agency err together, so that even this may be too much.

How good it is, is measured across agencies: those that a fold is tested on had no part in its fit, and intervals
resample agencies.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import yaml

from pipeline.confidence import POOLED, VALUED, Confidence, Group, Knot, group_of, load_confidence
from pipeline.errors import E101, GoujiError
from training.evaluation.compare import read_results
from training.evaluation.intervals import Estimate, Floats
from training.evaluation.results import FieldResult, ReportResult
from training.evaluation.risk import LEVEL_DIGITS, brier_score, calibration_error, estimate, grade
from training.evaluation.splits import agency_of, by_agency

LEAST_CELLS = 300
"""Kinds of evidence with fewer are answered for by all kinds together."""
TOLD_APART = 1.0
"""Nats of likelihood that two neighbouring blocks lose when taken as one; with less to lose they are one, for chance
makes blocks too. One nat is what a further number must be worth by Akaike's criterion (IEEE Transactions on Automatic
Control 19, 1974)."""
DOUBT = 0.05
"""Probability with which a block without error may claim too much, were its cells independent."""
FOLDS = 5
COMMAND = "python -m training.evaluation.calibration --results OUT --write configs/confidence.yaml"
HEAD = (
    "# What the confidences of decisions were worth on reports with gold; the meaning is in pipeline/confidence.py.\n"
    f"# Written by `{COMMAND}` over\n"
)


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring confidences that are worth the same."""

    low: float
    high: float
    """The least and the greatest of them."""
    right: float
    """Whole number."""
    cells: int

    def __add__(self, above: Block) -> Block:
        return Block(self.low, above.high, self.right + above.right, self.cells + above.cells)

    @property
    def likelihood(self) -> float:
        """Of its right and wrong ones at their own share, in nats."""
        parts = (part for part in (self.right, self.cells - self.right) if part)
        return sum(part * math.log(part / self.cells) for part in parts)

    @property
    def most(self) -> float:
        """What the block may claim."""
        return min(self.right / self.cells, math.pow(DOUBT, 1 / self.cells))


def is_fitted_on(field: FieldResult) -> bool:
    """Whether the field tells something: it has a value, and the gold has one."""
    return field.known and field.value is not None and field.status in VALUED


def fit(results: Sequence[ReportResult]) -> Confidence:
    """The table of configs/confidence.yaml. Without groups, which changes nothing, where there are fewer than
    `LEAST_CELLS` cells in all."""
    seen: dict[str, list[FieldResult]] = {POOLED: []}
    for result in results:
        for field in filter(is_fitted_on, result.fields):
            seen[POOLED].append(field)
            seen.setdefault(group_of(field.status, field.support), []).append(field)
    return Confidence(
        command=COMMAND,
        cells=len(seen[POOLED]),
        reports=len(results),
        agencies=len({agency_of(result) for result in results}),
        groups={
            name: Group(cells=len(fields), knots=_knots_of(fields))
            for name, fields in sorted(seen.items())
            if len(fields) >= LEAST_CELLS
        },
    )


def knots(raw: Floats, right: Floats) -> tuple[Knot, ...]:
    """The two ends of each block, rounded down to four digits, none claiming more than its cells can support.

    Args:
        raw: (cells,) confidences before.
        right: (cells,) 1 where the value is right, else 0.
    """
    found: dict[float, float] = {}
    claimed = 0.0
    for block in _together(_isotonic(raw, right)):
        claimed = max(claimed, block.most)
        found[block.low] = found[block.high] = math.floor(claimed * 10**LEVEL_DIGITS + 1e-6) / 10**LEVEL_DIGITS
    return _needed(list(found.items()))


def cross_fitted(results: Sequence[ReportResult], folds: int = FOLDS) -> list[tuple[FieldResult, str, float]]:
    """Every field that could be fitted on, with its agency and with its probability by a fit on other agencies; none
    where there are fewer than two agencies."""
    found = []
    for split in by_agency(results, folds):
        fitted = fit([results[at] for at in split.train])
        for result in (results[at] for at in split.test):
            for field in filter(is_fitted_on, result.fields):
                after = fitted.calibrated(field.confidence, field.status, field.support)
                found.append((field, agency_of(result), after))
    return found


def as_yaml(table: Confidence, results: Sequence[ReportResult]) -> str:
    """configs/confidence.yaml: the same bytes for the same results."""
    real = sum(result.origin == "real" for result in results)
    years = sorted({result.year for result in results if result.year is not None})
    covered = f", years {years[0]} to {years[-1]}" if years else ""
    about = (
        f"# {table.cells} cells of {real} real and {len(results) - real} synthetic reports, {table.agencies} agencies"
        f"{covered}.\n"
    )
    raw = table.model_dump(mode="json")
    return HEAD + about + yaml.safe_dump(raw, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)


def describe(results: Sequence[ReportResult]) -> str:
    """ECE and Brier score before and after, across agencies, in all and for each kind of evidence."""
    cells = cross_fitted(results)
    if not cells:
        return "fewer than two agencies: nothing to fit on the one and to measure on the other"
    lines = [
        f"across agencies, {FOLDS} folds; 95 % interval over agencies",
        f"{'evidence':30}{'cells':>8}{'wrong':>7}  {'ECE before':27}{'after':27}{'Brier before':27}after",
    ]
    kinds = [group_of(field.status, field.support) for field, _, _ in cells]
    for kind in (POOLED, *sorted(set(kinds))):
        own = [cell for cell, name in zip(cells, kinds, strict=True) if kind in (POOLED, name)]
        before = grade((agency, field.confidence, field.right) for field, agency, _ in own)
        after = grade((agency, sure, field.right) for field, agency, sure in own)
        figures = [
            _shown(estimate(graded, statistic))
            for statistic in (calibration_error, brier_score)
            for graded in (before, after)
        ]
        wrong = sum(not field.right for field, _, _ in own)
        lines.append(f"{kind:30}{len(own):8}{wrong:7}  {''.join(f'{one:27}' for one in figures)}".rstrip())
    return "\n".join(lines)


def _knots_of(fields: Sequence[FieldResult]) -> tuple[Knot, ...]:
    raw = np.array([round(field.confidence, LEVEL_DIGITS) for field in fields])
    return knots(raw, np.array([float(field.right) for field in fields]))


def _isotonic(raw: Floats, right: Floats) -> list[Block]:
    """Blocks of equal value, ascending."""
    from sklearn.isotonic import IsotonicRegression

    regression = IsotonicRegression(increasing=True, y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(raw, right)
    fitted = regression.predict(raw)
    blocks = []
    for value in np.unique(fitted):
        inside = fitted == value
        own = raw[inside]
        blocks.append(Block(float(own.min()), float(own.max()), float(right[inside].sum()), len(own)))
    return blocks


def _together(blocks: Sequence[Block]) -> list[Block]:
    """The same with neighbours put together that the cells do not tell apart, the most alike first.

    What ascended still does: each share lies between those that it is of. A few cells that are often wrong beside many
    that are not stay by themselves, which would not be so if it were asked how many cells a block has.
    """
    found = list(blocks)
    while len(found) > 1:
        lost, at = min((_lost(left, right), at) for at, (left, right) in enumerate(pairwise(found)))
        if lost >= TOLD_APART:
            break
        found[at : at + 2] = [found[at] + found[at + 1]]
    return found


def _lost(left: Block, right: Block) -> float:
    return left.likelihood + right.likelihood - (left + right).likelihood


def _needed(ends: Sequence[Knot]) -> tuple[Knot, ...]:
    """Without those in the midst of a run of equal values: the line between its ends says the same."""
    inner = {at for at in range(1, len(ends) - 1) if ends[at - 1][1] == ends[at][1] == ends[at + 1][1]}
    return tuple(end for at, end in enumerate(ends) if at not in inner)


def _shown(found: Estimate) -> str:
    value = f"{found.value:.5f}"
    return value if found.low is None else f"{value} [{found.low:.5f} {found.high:.5f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits what the confidences of decisions are worth.")
    parser.add_argument("--results", required=True, type=Path, help="folder of a run, which holds results/both")
    parser.add_argument("--write", type=Path, help="where the table goes; printed where it is left out")
    given = parser.parse_args()
    results = [result for result in read_results(given.results) if result.arm == "both"]
    if not results:
        raise GoujiError(E101, reason=f"{given.results} 下没有 results/both/*.json")
    if load_confidence().groups:
        print("configs/confidence.yaml holds groups: were these results made with an empty one?")
    print(describe(results))
    text = as_yaml(fit(results), results)
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
