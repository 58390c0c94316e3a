"""All reports under all arms, in several processes; what is done stays done.

    OUT/run.json                  the program and the gold that the results are of
    OUT/results/ARM/NAME.json     a `ReportResult` each
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import E304, GoujiError
from pipeline.isolation import run_limited
from pipeline.program import NO_PART
from training.evaluation.arms import failed, results_of
from training.evaluation.cases import CASE_SUFFIX, Case
from training.evaluation.results import Arm, ReportResult

SECONDS, MEGABYTES = 300.0, 4096
"""Limits for one report under all its arms."""
ROOT = Path(__file__).parents[2]
DECIDES = ("pipeline/**/*.py", "configs/**/*.yaml", "models/**/*.onnx", "training/evaluation/arms.py",
           "training/evaluation/places.py", "training/evaluation/results.py",
           "training/evaluation/smallest_change.py")  # fmt: skip
"""Files that a result depends on."""
Done = Callable[[int, int], None]
"""Told how many reports of how many are done."""


@dataclass(frozen=True, slots=True)
class _Job:
    case: Case
    arms: tuple[Arm, ...]


def run(cases: Sequence[Case], arms: Sequence[Arm], out: Path, workers: int = 1, done: Done | None = None) -> None:
    """Reads what is not yet read and writes its results.

    Results of another program, or of a report whose document or gold has changed, are made anew.

    Raises:
        GoujiError: E304 where the folder cannot be written to.
        KeyboardInterrupt: after the results at hand are written; the next run goes on from there.
    """
    try:
        _keep_what_holds(cases, out)
        jobs = [_Job(case, missing) for case in cases if (missing := _missing(case, arms, out))]
        finished = len(cases) - len(jobs)
        for results in _made(jobs, workers):
            for result in results:
                _write(result_path(out, result.arm, result.name), result.model_dump_json() + "\n")
            finished += 1
            if done is not None:
                done(finished, len(cases))
    except OSError as error:
        raise GoujiError(E304, reason=f"{out}（{error.strerror}）") from None


def load(cases: Sequence[Case], arms: Sequence[Arm], out: Path) -> list[ReportResult]:
    """The results of a finished run, arm by arm and in the order of the cases."""
    paths = [result_path(out, arm, case.name) for arm in arms for case in cases]
    return [ReportResult.model_validate_json(path.read_bytes()) for path in paths]


def result_path(out: Path, arm: Arm, name: str) -> Path:
    return out / "results" / arm / f"{name}.json"


def program_mark() -> str:
    """A mark of everything that a result depends on besides its report."""
    mark = hashlib.sha256()
    for path in sorted({path for pattern in DECIDES for path in ROOT.glob(pattern)}):
        name = path.relative_to(ROOT).as_posix()
        if name not in NO_PART:
            mark.update(name.encode() + b"\0" + path.read_bytes())
    return mark.hexdigest()


def _keep_what_holds(cases: Sequence[Case], out: Path) -> None:
    """Removes results that no longer hold, and notes what those to come are of."""
    path, program = out / "run.json", program_mark()
    golds = {case.name: _gold_mark(case) for case in cases}
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = {}
    if before.get("program") != program:
        shutil.rmtree(out / "results", ignore_errors=True)
        before = {}
    known = before.get("golds", {})
    for name, mark in golds.items():
        if known.get(name) not in (None, mark):
            for result in (out / "results").glob(f"*/{name}.json"):
                result.unlink()
    _write(path, json.dumps({"program": program, "golds": {**known, **golds}}, ensure_ascii=False, indent=1) + "\n")


def _gold_mark(case: Case) -> str:
    beside = case.gold.path.with_name(case.gold.name + CASE_SUFFIX)
    parts = [case.gold.document, case.gold.path, *([beside] if beside.exists() else [])]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in parts)).hexdigest()


def _missing(case: Case, arms: Sequence[Arm], out: Path) -> tuple[Arm, ...]:
    """The arms without a readable result of this report."""
    lacking = []
    for arm in arms:
        try:
            ReportResult.model_validate_json(result_path(out, arm, case.name).read_bytes())
        except (OSError, ValidationError):
            lacking.append(arm)
    return tuple(lacking)


def _made(jobs: Sequence[_Job], workers: int) -> Iterator[list[ReportResult]]:
    """Results as they are finished; few jobs are under way at a time, so that an interrupt loses little."""
    left = iter(jobs)
    under_way: set[Future[list[ReportResult]]] = set()
    with ProcessPoolExecutor(workers) as pool:
        try:
            while True:
                while len(under_way) < 2 * workers and (job := next(left, None)) is not None:
                    under_way.add(pool.submit(_limited, job))
                if not under_way:
                    return
                finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for one in finished:
                    yield one.result()
        finally:
            # Left early, by Ctrl-C or by whoever takes the results, what was not begun is not begun any more.
            pool.shutdown(wait=False, cancel_futures=True)


def _limited(job: _Job) -> list[ReportResult]:
    """The results, or failures where the report ran out of time or memory, or crashed what reads it."""
    try:
        return run_limited(_results, job, SECONDS, MEGABYTES)
    except GoujiError as error:
        return failed(job.case, job.arms, str(error))


def _results(job: _Job) -> list[ReportResult]:
    return results_of(job.case, job.arms)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".half")
    half.write_text(text, encoding="utf-8")
    half.replace(path)
