"""Work done in processes that may die: whoever does it is watched, and what it was at is told.

A process that parses files can be taken by the system's own memory guard, by a crash or by somebody's `kill`. Here that
costs the one job it was at. Each process is forked once and reads one job after the other; jobs themselves are limited
in time and memory by `pipeline.isolation`, so that a process which does not answer at all is a process gone wrong.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Literal, TypeVar

from pipeline.ingest.stopping import Check, noted_interrupts
from pipeline.isolation import die_with_parent

J = TypeVar("J")
R = TypeVar("R")

How = Literal["done", "raised", "died", "silent"]
GRACE = 60.0
"""Seconds beyond the limit of a job until its process counts as gone wrong."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[J, R]):
    """One job that came to an end."""

    job: J
    how: How
    result: R | None = None
    error: Exception | None = None


class Worker(Generic[J, R]):
    """One process that does one job after the other. A new one takes its place where it dies."""

    def __init__(self, function: Callable[[J], R], start: Literal["fork", "spawn"] = "fork") -> None:
        self._function, self._start = function, start
        self._hire()
        self.job: J | None = None
        self.since = 0.0
        """Monotonic time at which the job was handed over."""

    def begin(self, job: J) -> None:
        self.job, self.since = job, time.monotonic()
        # A process that has died in the meantime is found by its pipe.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(job)

    def end(self, seconds: float) -> Ended[J, R]:
        """Waits until the job has come to an end, `seconds` from its beginning at the most; None of it is left then."""
        assert self.job is not None
        job, self.job = self.job, None
        if not self.pipe.poll(max(0.0, self.since + seconds - time.monotonic())):
            self._replace()
            return Ended(job, "silent")
        try:
            result, error = self.pipe.recv()
        except (EOFError, OSError):
            self._replace()
            return Ended(job, "died")
        return Ended(job, "raised" if error is not None else "done", result, error)

    def dismiss(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def _replace(self) -> None:
        self.dismiss()
        self._hire()

    def _hire(self) -> None:
        context = multiprocessing.get_context(self._start)
        self.pipe, theirs = context.Pipe()
        ours = self.pipe if self._start == "fork" else None
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs, ours, self._function))  # type: ignore[attr-defined]
        self.process.start()
        theirs.close()


def work_through(
    jobs: Iterable[J], function: Callable[[J], R], workers: int, seconds: float, begun: Callable[[J], None]
) -> Iterator[Ended[J, R]]:
    """Does all jobs, `workers` at a time, and gives each as it ends, in no order.

    Args:
        jobs: taken one by one as processes become free.
        function: runs in another process; job and result must be picklable.
        seconds: how long a job may take by its own limits; `GRACE` later its process is killed.
        begun: told in this process before a job is handed over.

    Left early, by an exception, Ctrl-C or `close`, all processes are killed.
    """
    left = iter(jobs)
    free: list[Worker[J, R]] = []
    busy: list[Worker[J, R]] = []
    with noted_interrupts() as check:
        try:
            free += [Worker(function) for _ in range(workers)]
            while True:
                while free and (job := next(left, None)) is not None:
                    check()
                    begun(job)
                    worker = free.pop()
                    busy.append(worker)
                    worker.begin(job)
                check()
                if not busy:
                    return
                for worker in _answered(busy, seconds + GRACE, check):
                    ended = worker.end(seconds + GRACE)
                    busy.remove(worker)
                    free.append(worker)
                    yield ended
        finally:
            for worker in (*free, *busy):
                worker.dismiss()


def _answered(busy: Sequence[Worker[J, R]], seconds: float, check: Check) -> list[Worker[J, R]]:
    """Those that have said something, have died, or have been silent for too long; at least one."""
    while True:
        check()
        first = min(worker.since for worker in busy) + seconds
        patience = min(LOOK_UP, max(0.0, first - time.monotonic()))
        ready = set(wait([worker.pipe for worker in busy], patience))
        late = time.monotonic() - seconds
        found = [worker for worker in busy if worker.pipe in ready or worker.since <= late]
        if found:
            return found


def _serve(pipe: Connection, others: Connection | None, function: Callable[[Any], Any]) -> None:
    """One job after the other, until whoever gives them is gone."""
    if others is not None:
        others.close()
    die_with_parent()
    # Ctrl-C reaches the whole group; whoever gives the jobs decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[Any, Exception | None] = (function(job), None)
        except Exception as error:
            answer = (None, error)
        try:
            pipe.send(answer)
        except (BrokenPipeError, ConnectionResetError):
            return
LOOK_UP = 0.25
"""Seconds between two looks for Ctrl-C while processes work."""
