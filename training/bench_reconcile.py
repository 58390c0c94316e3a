"""Times the search against CP-SAT on the same damaged tables and counts where their costs differ."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from random import Random
from statistics import median
from time import perf_counter

from rich.console import Console
from rich.table import Table as Shown

from pipeline.reconcile.search import LIMIT, solve
from training.oracle import optimal_cost
from training.tables import Costs, Fault, consistent, damage

FAULTS: tuple[Fault, ...] = ("wrong", "missing", "shift", "mixed")


@dataclass(slots=True)
class Row:
    """What came of the tables with one kind and number of faults. Times in seconds."""

    fault: Fault
    errors: int
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    mismatches: int = 0
    unfinished: int = 0
    """Tables on which the search met its limit; not compared."""
    undecided: int = 0
    """Tables on which CP-SAT met its own; its time counts, its cost does not."""
    unique: int = 0
    right: int = 0
    """Tables with one solution, and with one solution that is the table as it was."""


def measure(
    tables: int,
    errors: tuple[int, ...] = (0, 1, 2, 3, 4, 5),
    faults: tuple[Fault, ...] = FAULTS,
    seed: int = 0,
    costs: Costs | None = None,
    limit: int = LIMIT,
    compare: bool = True,
    seconds: float = 20.0,
) -> list[Row]:
    """So many tables, spread evenly over faults and numbers of errors; the same ones for the same seed.

    CP-SAT gets `seconds` for each.
    """
    rows = [Row(fault, count) for fault in faults for count in errors if count or fault == faults[0]]
    for number in range(tables):
        row = rows[number % len(rows)]
        random = Random(f"{seed} {number}")
        case = damage(random, consistent(random), row.errors, row.fault, costs)
        start = perf_counter()
        answer = solve(case.problem, limit=limit)
        ours = perf_counter() - start
        row.ours.append(ours)
        if len(answer.solutions) == 1 and answer.complete:
            row.unique += 1
            row.right += answer.solutions[0].values == tuple(value for line in case.table for value in line)
        row.unfinished += not answer.complete
        if compare:
            start = perf_counter()
            try:
                least = optimal_cost(case.problem, seconds)
                row.mismatches += answer.complete and least != answer.cost
            except TimeoutError:
                row.undecided += 1
            theirs = perf_counter() - start
            row.theirs.append(theirs)
            row.ratios.append(theirs / ours)
    return rows


def show(rows: list[Row], console: Console) -> None:
    shown = Shown("faults", "number", "tables", "median ms", "p95 ms", "max ms", title="search and CP-SAT, one core")
    for heading in ("CP-SAT median ms", "CP-SAT p95 ms", "times faster", "mismatches", "unfinished"):
        shown.add_column(heading)
    for heading in ("CP-SAT unfinished", "unique", "right"):
        shown.add_column(heading)
    for column in shown.columns:
        column.justify = "right"
    for row in [*rows, _together(rows)]:
        if not row.ours:
            continue
        theirs = [_milliseconds(median(row.theirs)), _milliseconds(_p95(row.theirs))] if row.theirs else ["", ""]
        shown.add_row(
            row.fault if row.errors >= 0 else "all",
            str(row.errors) if row.errors >= 0 else "",
            str(len(row.ours)),
            _milliseconds(median(row.ours)),
            _milliseconds(_p95(row.ours)),
            _milliseconds(max(row.ours)),
            *theirs,
            f"{median(row.ratios):.0f}" if row.ratios else "",
            str(row.mismatches),
            str(row.unfinished),
            str(row.undecided),
            str(row.unique),
            str(row.right),
        )
    console.print(shown)


def _together(rows: list[Row]) -> Row:
    total = Row("mixed", -1)
    for row in rows:
        total.ours += row.ours
        total.theirs += row.theirs
        total.ratios += row.ratios
        total.mismatches += row.mismatches
        total.unfinished += row.unfinished
        total.undecided += row.undecided
        total.unique += row.unique
        total.right += row.right
    return total


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f}"


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


def command(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 where a cost differs from CP-SAT's."""
    parser = argparse.ArgumentParser(prog="bench_reconcile", description=__doc__)
    parser.add_argument("--tables", type=int, default=420, help="how many tables in all")
    parser.add_argument("--errors", type=int, nargs="+", default=[0, 1, 2, 3, 4, 5])
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=list(FAULTS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=int, default=LIMIT, help="steps after which the search gives up")
    parser.add_argument("--jitter", type=int, default=0, help="cell costs differ by up to so many thousandths of a nat")
    parser.add_argument("--blank", type=int, default=Costs().blank, help="cost of a blank that is no zero")
    parser.add_argument("--alone", action="store_true", help="without CP-SAT")
    asked = parser.parse_args(arguments)
    rows = measure(
        asked.tables,
        tuple(asked.errors),
        tuple(asked.faults),
        asked.seed,
        Costs(blank=asked.blank, jitter=asked.jitter),
        asked.limit,
        not asked.alone,
    )
    show(rows, Console(width=150))
    return int(any(row.mismatches for row in rows))


if __name__ == "__main__":
    sys.exit(command())
