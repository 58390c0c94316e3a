"""The real pipeline over reports laid out and damaged at random: `python -m training.fuzz_report --reports N --seed S`.

Prints counts by layout and by damage, and keeps the files of the worst cells. A value is accepted where its status
is read, repaired or inferred; an accepted value that is not the true one is what must not happen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from pipeline.errors import GoujiError
from pipeline.reading import read_report
from pipeline.record import Report
from training.evaluate import same_number
from training.evaluation.results import ACCEPTED
from training.mangle import DAMAGES, LAYOUTS, Mangled, mangled

SLOW = 0.5
"""Seconds from which a file is named as slow."""


@dataclass(slots=True)
class Tally:
    reports: int = 0
    scored: int = 0
    right: int = 0
    unsettled: int = 0
    wrong_accepted: int = 0
    reports_wrong: int = 0
    failed: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Trial:
    seed: int
    made: Mangled
    wrong: list[str] = field(default_factory=list)
    """Cells accepted and wrong: field, what was got, what is true."""
    unsettled: list[str] = field(default_factory=list)
    right: int = 0
    error: str = ""
    crash: str = ""
    seconds: float = 0.0


def trial(seed: int, folder: Path, layout: str | None = None, damages: list[str] | None = None) -> Trial:
    """Makes the report of this seed, reads it and compares."""
    made = mangled(Random(seed), layout, damages)
    done = Trial(seed, made)
    path = folder / f"report{made.suffix}"
    path.write_bytes(made.data)
    start = time.perf_counter()
    try:
        compare(read_report(path), done)
    except GoujiError as error:
        done.error = str(error)
    except Exception:
        # The harness looks for exactly these.
        done.crash = traceback.format_exc()
    done.seconds = time.perf_counter() - start
    return done


def compare(report: Report, done: Trial) -> None:
    for name, truth in done.made.truth.items():
        if truth is None:
            continue
        found = report.fields.get(name)
        if found is None:
            done.unsettled.append(f"{name} none")
        elif found.value is not None and same_number(found.value, truth):
            done.right += 1
        elif found.status in ACCEPTED:
            done.wrong.append(f"{name} {found.status} {found.value} printed {found.printed!r} true {truth}")
        else:
            done.unsettled.append(f"{name} {found.status}")


def main() -> int:
    parser = argparse.ArgumentParser(description="随机损坏的报告，逐格对照真值。")
    parser.add_argument("--reports", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    parser.add_argument("--show", type=int, default=10, metavar="K")
    parser.add_argument("--layout", choices=list(LAYOUTS), metavar="版式")
    parser.add_argument("--damage", nargs="*", choices=list(DAMAGES), metavar="损坏")
    parser.add_argument("--seeds", action="store_true", help="nothing but the seeds of the reports gone wrong")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="fuzz_report_"))
    trials = [
        trial(seed, folder, arguments.layout, arguments.damage)
        for seed in range(arguments.seed, arguments.seed + arguments.reports)
    ]
    if arguments.seeds:
        print(*(done.seed for done in trials if done.wrong or done.crash))
        return 0
    _print_counts(trials)
    _print_worst(trials, arguments.show, folder)
    return int(any(done.wrong or done.crash for done in trials))


def _print_counts(trials: list[Trial]) -> None:
    tallies: dict[str, Tally] = defaultdict(Tally)
    for done in trials:
        damages = done.made.damages or ("none",)
        for name in ("all", f"layout {done.made.layout}", *(f"damage {damage}" for damage in damages)):
            _add(tallies[name], done)
    heads = ("", "reports", "scored", "right", "unsettled", "WRONG", "in", "failed", "ms each")
    print(f"{heads[0]:32}" + "".join(f"{head:>10}" for head in heads[1:]))
    for name in sorted(tallies):
        tally = tallies[name]
        numbers = (tally.reports, tally.scored, tally.right, tally.unsettled, tally.wrong_accepted, tally.reports_wrong,
                   tally.failed, round(1000 * tally.seconds / tally.reports))  # fmt: skip
        print(f"{name:32}" + "".join(f"{number:>10}" for number in numbers))


def _add(tally: Tally, done: Trial) -> None:
    scored = sum(value is not None for value in done.made.truth.values())
    tally.reports += 1
    tally.scored += scored
    tally.right += done.right
    tally.unsettled += scored - done.right - len(done.wrong)
    tally.wrong_accepted += len(done.wrong)
    tally.reports_wrong += bool(done.wrong)
    tally.failed += bool(done.error or done.crash)
    tally.seconds += done.seconds


def _print_worst(trials: list[Trial], number: int, folder: Path) -> None:
    rank = sorted(trials, key=lambda done: (not done.crash, not done.wrong, len(done.made.damages), len(done.wrong)))
    for done in [done for done in rank if done.crash or done.wrong][:number]:
        path = folder / f"{done.seed}{done.made.suffix}"
        path.write_bytes(done.made.data)
        print(f"\nseed {done.seed}  {done.made.layout}  {' + '.join(done.made.damages) or 'none'}  {path}")
        for line in [*done.wrong[:6], done.crash]:
            if line:
                print("   ", line)
    for done in sorted(trials, key=lambda done: -done.seconds)[:number]:
        if done.seconds > SLOW:
            print(f"slow {done.seconds:.1f} s: seed {done.seed}  {done.made.layout}  {' + '.join(done.made.damages)}")
    refused = sorted({(done.made.layout, done.error) for done in trials if done.error})
    for layout, error in refused[:number]:
        print(f"refused: {layout}  {error}")


if __name__ == "__main__":
    sys.exit(main())
