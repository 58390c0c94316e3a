"""The confidence from which on a value may be taken unseen: `gouji find-threshold --risk 0.001`.

A threshold that is chosen for how it did on the very cells it is judged by looks better than it is. So it is tested, as
Angelopoulos, Bates, Candès, Jordan and Lei have it (Learn then Test, 2021): a few thresholds that are fixed beforehand,
the strictest first, each by whether the exact one-sided 95 % bound of its risk (Clopper and Pearson 1934) keeps to what
was asked for; at the first that does not, the rest is not looked at. Because a test is only reached over tests that
were passed, no correction is due: the chance that the threshold named has a greater risk is at most 5 %. What this
costs: a lower threshold that would pass, behind a stricter one that does not, is not found.

Thresholds with too few cells to pass even without an error are passed over, which looks at confidences only and not at
what was right. The bound takes cells as independent; those of one agency are not. So beside it stands in how many
agencies any were wrong, and the 95th percentile of the rate over agencies drawn anew, which is not tested. Confidences
must not have been calibrated on the same reports.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import E101, E304, GoujiError
from training.evaluation.command import INSTALL
from training.evaluation.compare import read_results
from training.evaluation.intervals import LEVEL, UpperBound, counts_by_agency, exact_upper_bound, upper_bound
from training.evaluation.results import ReportResult

GRID = (0.9999, 0.9995, 0.999, 0.998, 0.995, 0.99, 0.98, 0.97, 0.95, 0.9, 0.8, 0.5, 0.0)
"""Thresholds in the order in which they are tested; never to be changed after a look at the results."""
DEFAULT_RESULTS = Path("out/evaluation")


@dataclass(frozen=True, slots=True)
class Step:
    """One threshold, and how many of the cells at or above it are wrong."""

    threshold: float
    wrong: UpperBound
    """Trials are cells that the gold knows and that are accepted, events those of them that are wrong."""

    @property
    def cells(self) -> int:
        return self.wrong.trials

    @property
    def bound(self) -> float:
        """What is tested: the exact one-sided 95 % upper bound of the share that is wrong; 1 without cells."""
        return 1.0 if self.wrong.independent is None else self.wrong.independent


def steps(results: Sequence[ReportResult]) -> tuple[Step, ...]:
    """What is at or above each threshold of `GRID`, whether or not it would be tested."""
    counts = (counts_by_agency(results, partial(wrong_at_least, threshold)) for threshold in GRID)
    return tuple(Step(threshold, upper_bound(count)) for threshold, count in zip(GRID, counts, strict=True))


def steps_tested(found: Sequence[Step], risk: float) -> tuple[Step, ...]:
    """The steps that are tested, in their order: all that pass, and the one that does not, if there is one."""
    reached, fewest = [], cells_needed(0, risk)
    for step in found:
        if step.cells < fewest:
            continue
        reached.append(step)
        if step.bound > risk:
            break
    return tuple(reached)


def find_threshold(found: Sequence[Step], risk: float) -> Step | None:
    """The lowest threshold whose risk is proved to be at most `risk` (0..1); None where there is none."""
    return next((step for step in reversed(steps_tested(found, risk)) if step.bound <= risk), None)


def cells_needed(wrong: int, risk: float) -> int:
    """The least number of cells of which so many may be wrong for the bound to be at most `risk`, 0 < risk < 1."""
    enough = wrong + 1
    while _bound(wrong, enough) > risk:
        enough *= 2
    too_few = wrong
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if _bound(wrong, middle) > risk:
            too_few = middle
        else:
            enough = middle
    return enough


def command(subparsers: Any) -> None:
    """Registers `gouji find-threshold`."""
    parser = subparsers.add_parser(
        "find-threshold",
        help="求可以不经复核而采用的最低把握",
        description="由评测结果求一个把握的下限：不低于它的取值，错的占比以 95 % 的把握不超过所要求的。",
    )
    parser.add_argument("--risk", required=True, type=_risk, metavar="比例", help="允许错的占比，如 0.001")
    parser.add_argument(
        "--results", type=Path, default=DEFAULT_RESULTS, metavar="文件夹", help=f"评测的输出，默认 {DEFAULT_RESULTS}"
    )
    parser.add_argument("--write", type=Path, metavar="输出", help="另写成 YAML")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    try:
        return _find(arguments)
    except ModuleNotFoundError as error:
        print(f"缺少评测用的包（{error.name}）：{INSTALL}", file=sys.stderr)
        return 1


def _find(arguments: argparse.Namespace) -> int:
    risk: float = arguments.risk
    results = [result for result in read_results(arguments.results) if result.arm == "both"]
    if not results:
        raise GoujiError(E101, reason=f"{arguments.results} 下没有 results/both/*.json")
    found = steps(results)
    chosen = find_threshold(found, risk)
    if chosen is None:
        print(why_none(found, risk))
        return 1
    print(describe(chosen, risk))
    if arguments.write:
        try:
            arguments.write.write_text(as_yaml(chosen, risk), encoding="utf-8")
        except OSError as error:
            raise GoujiError(E304, reason=f"{arguments.write}（{error.strerror}）") from None
    return 0


def describe(chosen: Step, risk: float) -> str:
    """One line for a person: what is taken, how much of it is wrong, and how that spreads over agencies."""
    wrong = chosen.wrong
    resampled = "" if wrong.resampled is None else f"，按机关重抽为 {wrong.resampled:.6f}"
    return (
        f"把握 ≥ {chosen.threshold:g}：{chosen.cells} 格中错 {wrong.events} 格，错的占比 95 % 上限 {chosen.bound:.6f}，"
        f"不超过 {risk:g}；{wrong.agencies} 个机关中 {wrong.agencies_hit} 个有错格{resampled}"
    )


def why_none(found: Sequence[Step], risk: float) -> str:
    """One line: what was seen at the strictest threshold that could be tested, and how many cells it would take."""
    none = f"没有把握的下限能保证错的占比不超过 {risk:g}："
    reached = steps_tested(found, risk)
    if not reached:
        most = max(step.cells for step in found)
        return f"{none}只有 {most} 格，即使一格不错也要 {cells_needed(0, risk)} 格"
    strictest = reached[0]
    return (
        f"{none}把握 ≥ {strictest.threshold:g} 的 {strictest.cells} 格中错 {strictest.wrong.events} 格，"
        f"95 % 上限 {strictest.bound:.6f}；错这么多，要有 {cells_needed(strictest.wrong.events, risk)} 格才够"
    )


def as_yaml(chosen: Step, risk: float) -> str:
    """The threshold with what it rests on; the same bytes for the same results."""
    head = "# From which confidence on a value may be taken unseen; see training/evaluation/find_threshold.py.\n"
    raw = {
        "command": f"gouji find-threshold --risk {risk:g}",
        "threshold": chosen.threshold,
        "risk": risk,
        "level": LEVEL,
        "bound": round(chosen.bound, 6),
        "cells": chosen.cells,
        "wrong": chosen.wrong.events,
        "agencies": chosen.wrong.agencies,
        "agencies_wrong": chosen.wrong.agencies_hit,
    }
    return head + yaml.safe_dump(raw, sort_keys=False)


def wrong_at_least(threshold: float, result: ReportResult) -> tuple[int, int]:
    """Of the accepted cells that are at least so sure: how many are wrong, and how many there are."""
    taken = [one for one in result.fields if one.known and one.accepted and one.confidence >= threshold]
    return sum(not one.right for one in taken), len(taken)


def _bound(wrong: int, cells: int) -> float:
    bound = exact_upper_bound(wrong, cells)
    return 1.0 if bound is None else bound


def _risk(text: str) -> float:
    risk = float(text)
    if not 1e-6 <= risk < 1:
        raise ValueError(text)
    return risk
