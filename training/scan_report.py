"""How well page images are read, level by level: `python -m training.scan_report`.

Reports with known numbers are drawn, degraded and read by the real pipeline. Failing reports are kept with their
faults and overlays, to be looked at.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.errors import GoujiError
from pipeline.record import Report
from training.evaluate import Scores, same_print, score
from training.gold import Gold, load_gold

LEVELS = ("clean", "mild", "heavy", "fax", "photo", "web", "sealed")
COUNTED = ("read", "repaired")
"""Statuses with which a wrong number is what must not happen."""


@dataclass(frozen=True, slots=True)
class Case:
    layout: str
    seed: int
    level: str

    @property
    def name(self) -> str:
        return f"{self.layout}_{self.seed:04d}_{self.level}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one report came to."""

    case: Case
    scores: Scores
    pages: int
    exact: bool
    """Every scored field has the gold's value."""
    wrong_read: int
    """Wrong with status `read` or `repaired`."""
    lost_singles: int
    """Cells that print one digit and were found blank, unread or absent."""
    status: str
    faults: tuple[str, ...]
    error: str = ""


def read_case(case: Case, folder: Path, keep: Path | None) -> Outcome | None:
    """Draws, degrades and reads one report; None where the level does not suit the layout."""
    from pipeline.reading import Scanning, read_report

    gold_path = folder / f"{case.name}.gold.json"
    if not gold_path.exists() and not _written(case, folder):
        return None
    gold = load_gold(gold_path)
    pages = len(json.loads((folder / f"{case.name}.truth.json").read_text(encoding="utf-8"))["pages"])
    overlay = folder / "overlays" / case.name
    started = time.perf_counter()
    try:
        report = read_report(gold.document, None, Scanning(overlay=overlay))
    except GoujiError as error:
        return _kept(_failed(case, gold, pages, str(error), time.perf_counter() - started), gold, overlay, keep)
    seconds = time.perf_counter() - started
    return _kept(_outcome(case, gold, report, pages, seconds), gold, overlay, keep)


def _written(case: Case, folder: Path) -> bool:
    from training.synth.extract import LayoutFault
    from training.synth.levels import suits
    from training.synth.pages import write_report
    from training.synth.render import draw_many

    try:
        report = draw_many([case.seed], case.layout)[0]
    except LayoutFault as fault:
        print(f"{case.name} could not be drawn: {fault}", file=sys.stderr, flush=True)
        return False
    if not suits(report.pages, case.level):
        return False
    write_report(folder, report, case.level, case.seed, "pdf")
    return True


def _outcome(case: Case, gold: Gold, report: Report, pages: int, seconds: float) -> Outcome:
    from dataclasses import replace

    scores, faults = score(report, gold)
    wrong_read = sum(1 for fault in faults if fault.fault == "wrong and accepted" and fault.status in COUNTED)
    lost = 0
    for field, printed in gold.printed.items():
        found = report.fields.get(field)
        if printed is None or len(str(printed)) != 1 or (found is not None and same_print(found, printed)):
            continue
        lost += found is None or found.kind in ("blank", "unread", "absent")
    return Outcome(
        case,
        replace(scores, seconds=seconds),
        pages,
        scores.right == scores.scored,
        wrong_read,
        lost,
        report.status,
        tuple(
            f"{fault.field} {fault.fault}: gold {fault.gold} printed {fault.printed} value {fault.value} {fault.status}"
            for fault in faults
        ),
    )


def _failed(case: Case, gold: Gold, pages: int, error: str, seconds: float) -> Outcome:
    scored = sum(value is not None for value in gold.reconciled.values())
    scores = Scores(scored=scored, printed=len(gold.printed), missing=len(gold.printed), seconds=seconds)
    return Outcome(case, scores, pages, False, 0, 0, "failed", (), error)


def _kept(outcome: Outcome, gold: Gold, overlay: Path, keep: Path | None) -> Outcome:
    """Puts a failing report where it can be looked at."""
    if keep is not None and (not outcome.exact or outcome.wrong_read or outcome.error):
        target = keep / outcome.case.name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        shutil.copy(gold.document, target)
        for picture in sorted(overlay.glob("*.png")) if overlay.exists() else ():
            shutil.copy(picture, target)
        (target / "faults.txt").write_text("\n".join([outcome.error, *outcome.faults]) + "\n", encoding="utf-8")
    shutil.rmtree(overlay, ignore_errors=True)
    return outcome


def show(outcomes: Sequence[Outcome]) -> str:
    """A table in Markdown, a line a level."""
    lines = [
        "| level | reports | pages | cells | before, % | after, % | exact reports, % | wrong read/repaired | "
        "wrong inferred | single digits lost | s a page |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for level in [level for level in LEVELS if any(one.case.level == level for one in outcomes)]:
        of_level = [one for one in outcomes if one.case.level == level]
        total = sum((one.scores for one in of_level), Scores())
        pages = sum(one.pages for one in of_level)
        wrong = sum(one.wrong_read for one in of_level)
        lines.append(
            f"| {level} | {len(of_level)} | {pages} | {total.printed} | {_share(total.printed_right, total.printed)} "
            f"| {_share(total.right, total.scored)} | {_share(sum(one.exact for one in of_level), len(of_level))} "
            f"| {wrong} | {total.wrong_accepted - wrong} | {sum(one.lost_singles for one in of_level)} "
            f"| {total.seconds / max(1, pages):.2f} |"
        )
    return "\n".join(lines) + "\n"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.2f}"


def cases(layouts: Iterable[str], seeds: Iterable[int], levels: Iterable[str]) -> list[Case]:
    return [Case(layout, seed, level) for seed in seeds for layout in layouts for level in levels]


def main(arguments: Sequence[str] | None = None) -> int:
    from training.synth.layouts import HELDOUT_LAYOUTS, LAYOUTS, TUNING_LAYOUTS

    parser = argparse.ArgumentParser(prog="python -m training.scan_report", description=__doc__)
    parser.add_argument("--reports", type=int, default=2, help="for each layout and level")
    parser.add_argument("--seed", type=int, default=9000)
    parser.add_argument("--layouts", default="heldout", help="heldout, tuning, all, or names with commas")
    parser.add_argument("--levels", default=",".join(LEVELS))
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("out/scan_report"))
    parser.add_argument("--keep", type=Path, help="where failing reports go")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    named = {"heldout": HELDOUT_LAYOUTS, "tuning": TUNING_LAYOUTS, "all": tuple(LAYOUTS)}
    layouts = named.get(given.layouts) or tuple(given.layouts.split(","))
    wanted = cases(layouts, range(given.seed, given.seed + given.reports), given.levels.split(","))
    given.folder.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(given.workers) as pool:
        runs = [pool.submit(read_case, case, given.folder, given.keep) for case in wanted]
        for done, run in enumerate(runs, start=1):
            outcome = run.result()
            if outcome is None:
                continue
            outcomes.append(outcome)
            right = f"{outcome.scores.right}/{outcome.scores.scored}"
            print(
                f"{done}/{len(runs)} {outcome.case.name} {right} before {outcome.scores.printed_right} "
                f"{outcome.status} wrong {outcome.scores.wrong_accepted} {outcome.scores.seconds:.1f}s {outcome.error}",
                file=sys.stderr, flush=True,
            )  # fmt: skip
    print(show(outcomes))
    if given.json:
        given.json.write_text(
            json.dumps([asdict(outcome) for outcome in outcomes], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
