"""Reports of held-out agencies with their records and gold. Each is read once; its record stays in DIR/records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import E101, E304, GoujiError
from pipeline.isolation import run_limited
from pipeline.outcome import SUFFIX, Outcome
from pipeline.program import program_mark
from pipeline.reading import read_report
from pipeline.record import Report
from training.evaluation.cases import Case, find_cases
from training.evaluation.run import MEGABYTES, SECONDS
from training.gold import Gold

FOLDER = "heldout"
"""Of what `gouji evaluate --synthetic --out` writes."""
RECORDS = "records"
Done = Callable[[int, int], None]
"""Told how many reports of how many are read."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One report: what the program made of it, and the truth."""

    name: str
    agency: str
    """Its name where the gold tells none."""
    report: Report
    gold: Gold
    program: str = ""
    """Mark of the program that made the record."""


def held_out(folder: Path, out: Path, workers: int = 1, done: Done | None = None) -> list[HeldOut]:
    """All reports below the folder that could be read, by name; what could not be is nothing to ask about.

    A record that lies in DIR/records already is taken as it is, whichever program wrote it.

    Args:
        folder: with gold and documents, as `gouji evaluate` leaves them in OUT/heldout.
        out: DIR; records are written below it.

    Raises:
        GoujiError: E101 where there is no such folder, E303 where it has no gold, E304 where records cannot be written.
    """
    if not folder.is_dir():
        raise GoujiError(E101, reason=f"没有文件夹 {folder}")
    cases = find_cases(folder)
    found: list[HeldOut] = []
    try:
        for number, (case, outcome) in enumerate(_outcomes(cases, out / RECORDS, workers), 1):
            if outcome.report is not None:
                found.append(HeldOut(case.name, case.agency or case.name, outcome.report, case.gold, outcome.program))
            if done is not None:
                done(number, len(cases))
    except OSError as error:
        raise GoujiError(E304, reason=f"{out}（{error.strerror}）") from None
    return found


def _outcomes(cases: Sequence[Case], folder: Path, workers: int) -> Iterator[tuple[Case, Outcome]]:
    """In the order of the cases."""
    with ProcessPoolExecutor(workers) as pool:
        try:
            yield from zip(cases, pool.map(_kept_or_read, cases, [folder] * len(cases)), strict=True)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _kept_or_read(case: Case, folder: Path) -> Outcome:
    path = folder / f"{case.name}{SUFFIX}"
    if path.exists() and (kept := Outcome.from_bytes(path.read_bytes())) is not None:
        return kept
    data = case.gold.document.read_bytes()
    sha256, mark = hashlib.sha256(data).hexdigest(), program_mark()
    try:
        report = run_limited(read_report, case.gold.document, SECONDS, MEGABYTES)
        made = Outcome(sha256=sha256, size=len(data), program=mark, report=report)
    except GoujiError as error:
        made = Outcome(sha256=sha256, size=len(data), program=mark, code=error.kind.code, message=str(error))
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.half")
    half.write_bytes(made.to_bytes())
    half.replace(path)
    return made
