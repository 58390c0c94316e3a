"""One content read within its limits: what a worker does, on this machine or another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import E304, GoujiError
from pipeline.ingest.outcomes import write_outcome
from pipeline.ingest.sources import check_unchanged
from pipeline.ingest.workers import Ended
from pipeline.isolation import run_limited
from pipeline.outcome import Outcome
from pipeline.program import program_mark
from pipeline.reading import Scanning, read_report
from pipeline.record import Report

SCANNING_SHARE = 0.8
"""Of a report's time, until which its pages may be begun; the rest is for deciding."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one report."""

    seconds: float = 300.0
    megabytes: int = 2048


@dataclass(frozen=True, slots=True)
class Job:
    """One content to be read."""

    sha256: str
    size: int
    """In bytes."""
    path: Path
    """Where it lies now."""
    file_name: str
    """Its own name, without folders."""
    limits: Limits
    folder: Path
    """Where the outcome goes: OUT/outcomes or OUT/linked."""
    spooled: bool = False
    """Whether `path` is a copy made for this job."""
    alone: bool = False
    """Whether nothing else may be at work."""
    last_year: Report | None = None
    """The record of the year before, as evidence."""
    last_year_sha256: str = ""
    """Of the content that it is of."""
    evidence: str = ""
    """Mark of the outcome that it is from."""
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What the supervisor has to know of an outcome that was written."""

    sha256: str
    status: str
    code: str
    seconds: float


Engine = Callable[
    [Iterable[Job], Callable[[Job], Done], int, float, Callable[[Job], None]], Iterator[Ended[Job, Done]]
]
"""What does many jobs: `workers.work_through`, or the same on other machines."""


def do(job: Job) -> Done:
    """Reads and writes the outcome. What fails only with the year before beside it stays as it was read first.

    Raises:
        GoujiError: E304 where the outcome cannot be written; nothing is wrong with the file then.
    """
    started = time.monotonic()
    outcome = outcome_of(job)
    try:
        if outcome.report is not None or job.last_year is None:
            write_outcome(job.folder, outcome)
    except OSError as error:
        raise GoujiError(E304, reason=f"{job.folder}（{error.strerror}）") from None
    return Done(job.sha256, outcome.status, outcome.code, time.monotonic() - started)


def outcome_of(job: Job) -> Outcome:
    """The record of the content, or why there is none."""
    try:
        report = run_limited(_read, job, job.limits.seconds, job.limits.megabytes)
    except GoujiError as error:
        return failed(job, error)
    return Outcome(
        sha256=job.sha256, size=job.size, program=program_mark(), report=report,
        last_year=job.last_year_sha256, evidence=job.evidence,
    )  # fmt: skip


def failed(job: Job, error: GoujiError) -> Outcome:
    return Outcome(
        sha256=job.sha256, size=job.size, program=program_mark(), code=error.kind.code, message=str(error),
        last_year=job.last_year_sha256, evidence=job.evidence,
    )  # fmt: skip


def _read(job: Job) -> Report:
    check_unchanged(job.path, job.sha256)
    scanning = Scanning(device=job.device, seconds=job.limits.seconds * SCANNING_SHARE)
    # What lies beside a copy does not belong to it.
    name = job.file_name if job.spooled else None
    return read_report(job.path, job.last_year, scanning, name=name)
