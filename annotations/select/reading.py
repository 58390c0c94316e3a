"""All reports of an output folder, one after the other, as sketches: each content once, and of several versions of one
report the one that counts.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from annotations.push.journal import pushed_tasks
from annotations.select.settings import AnnotateSettings
from annotations.select.sketch import Sketch, Strategy, sketch
from annotations.select.suspects import suspects
from annotations.select.zeros import ZeroShares, zeros_of_store
from pipeline.answers import STILL_OPEN, ReportAnswers, load_answers
from pipeline.errors import E101, GoujiError
from pipeline.isolation import die_with_parent
from pipeline.store.outcomes import find_outcome, listed_files
from pipeline.store.swap import store_folder

AT_ONCE = 64
"""Contents that a process looks at before it hands back what it found."""
Done = Callable[[int], None]
"""Told how many contents were looked at."""


@dataclass(slots=True)
class Read:
    """What an output folder has to ask about."""

    sketches: list[Sketch] = field(default_factory=list)
    asked_before: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """Agency key and form of each report of which cells were asked about already."""
    counts: Counter[str] = field(default_factory=Counter)
    """`contents`, `versions` left out, contents `without` a report, `open` reports, their `cells`, of these `lost`;
    and cells left out that are `waiting`: pushed, and nobody has answered."""


@dataclass(frozen=True, slots=True)
class _How:
    out: Path
    strategy: Strategy
    seed: int
    settings: AnnotateSettings
    zeros: ZeroShares


@dataclass(frozen=True, slots=True)
class _Task:
    """That was pushed."""

    key: str
    fields: tuple[str, ...]
    overview: bool


@dataclass(frozen=True, slots=True)
class _Content:
    sha256: str
    name: str
    agency_key: str
    pushed: tuple[_Task, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    has_report: bool
    next: Sketch | None = None
    before: tuple[str, tuple[str, ...]] | None = None
    waiting: int = 0


def read_out(
    out: Path, strategy: Strategy, seed: int, settings: AnnotateSettings, workers: int = 1, done: Done | None = None,
    again: bool = False,
) -> Read:  # fmt: skip
    """Sketches of all reports that have something to ask, in the order of files.jsonl, whatever the number of workers.

    Args:
        again: whether what was pushed and not answered yet may be asked once more.

    Raises:
        GoujiError: E101 where there is no files.jsonl or an outcome cannot be read, E305 where something is malformed.
    """
    read = Read()
    how = _How(out, strategy, seed, settings, zeros_of_store(out, settings))
    keys, passed_over = _linked(out)
    pushed = {} if again else _pushed(out)
    jobs = _jobs(_contents(out, keys, passed_over, pushed, read.counts))
    looked_at = 0
    for found in _looked(how, jobs, workers):
        for one in found:
            read.counts["without"] += not one.has_report
            read.counts["waiting"] += one.waiting
            if one.before is not None:
                read.asked_before.append(one.before)
            if one.next is not None:
                read.sketches.append(one.next)
                read.counts["open"] += 1
                read.counts["cells"] += one.next.left
                read.counts["lost"] += one.next.left_lost
        looked_at += len(found)
        if done is not None:
            done(looked_at)
    return read


def is_waiting(out: Path, server: str | None = None) -> bool:
    """Whether something was pushed about cells, to that server or to any, that nobody has answered yet.

    Raises:
        GoujiError: E101 where something cannot be read, E305 where it is malformed.
    """
    try:
        return any(_waiting(tasks, load_answers(out, sha256)) for sha256, tasks in _pushed(out, server).items())
    except OSError as error:
        raise GoujiError(E101, reason=f"{out}（{error.strerror}）") from None


def _linked(out: Path) -> tuple[Mapping[str, str], frozenset[str]]:
    """Agency key by SHA-256, and the versions that another one is preferred to; nothing where there is no store."""
    if store_folder(out) is None:
        return {}, frozenset()
    from pipeline.store.database import open_store

    keys: dict[str, str] = {}
    passed_over = set()
    with open_store(out) as store:
        rows = store.execute("SELECT sha256, agency_key, preferred FROM reports")
        while some := rows.fetchmany(10_000):
            for sha256, key, preferred in some:
                if not preferred:
                    passed_over.add(sha256)
                elif key:
                    keys[sha256] = key
    return keys, frozenset(passed_over)


def _pushed(out: Path, server: str | None = None) -> dict[str, list[_Task]]:
    """By SHA-256, the tasks about cells that were pushed to the server, or to any; all in memory. Many of them ask
    about the same cells, which are kept once."""
    found: dict[str, list[_Task]] = {}
    same: dict[tuple[str, ...], tuple[str, ...]] = {}
    try:
        for one in pushed_tasks(out):
            if one.fields and server in (None, one.server):
                fields = same.setdefault(one.fields, one.fields)
                found.setdefault(one.sha256, []).append(_Task(one.key, fields, one.overview))
    except OSError as error:
        raise GoujiError(E101, reason=f"{out}（{error.strerror}）") from None
    return found


def _contents(
    out: Path, keys: Mapping[str, str], passed_over: frozenset[str], pushed: Mapping[str, Sequence[_Task]],
    counts: Counter[str],
) -> Iterator[_Content]:  # fmt: skip
    seen: set[bytes] = set()
    for one in listed_files(out):
        mark = bytes.fromhex(one.sha256)
        if not one.sha256 or mark in seen:
            continue
        seen.add(mark)
        if one.sha256 in passed_over:
            counts["versions"] += 1
            continue
        counts["contents"] += 1
        yield _Content(one.sha256, one.name, keys.get(one.sha256, ""), tuple(pushed.get(one.sha256, ())))


def _jobs(contents: Iterator[_Content]) -> Iterator[list[_Content]]:
    while some := list(islice(contents, AT_ONCE)):
        yield some


def _looked(how: _How, jobs: Iterator[list[_Content]], workers: int) -> Iterator[list[_Found]]:
    """In the order of the jobs; few of them are under way at a time."""
    if workers < 2:
        yield from (_look(how, job) for job in jobs)
        return
    # Arrow's threads do not live through a fork.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), die_with_parent)
    under_way: deque[Future[list[_Found]]] = deque()
    try:
        while True:
            while len(under_way) < 2 * workers and (job := next(jobs, None)) is not None:
                under_way.append(pool.submit(_look, how, job))
            if not under_way:
                return
            yield under_way.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _look(how: _How, contents: Sequence[_Content]) -> list[_Found]:
    return [_look_at(how, one) for one in contents]


def _look_at(how: _How, one: _Content) -> _Found:
    try:
        outcome = find_outcome(how.out, one.sha256)
        answers = load_answers(how.out, one.sha256)
    except OSError as error:
        raise GoujiError(E101, reason=f"{one.sha256}（{error.strerror}）") from None
    if outcome is None or outcome.report is None:
        return _Found(has_report=False)
    report = outcome.report
    asked = {given.field for given in answers.answers if given.verdict not in STILL_OPEN}
    seen = {given.field.split(".")[0] for given in answers.answers if given.verdict in STILL_OPEN}
    waiting = 0
    if tasks := _waiting(one.pushed, answers):
        fields = {field for task in tasks for field in task.fields}
        waiting = sum(suspect.field in fields for suspect in suspects(report, asked, how.settings))
        asked |= fields
        seen |= {task.fields[0].split(".")[0] for task in tasks if task.overview}
    found = sketch(
        report, one.name, one.agency_key, outcome.program, asked, how.strategy, how.seed, how.settings, how.zeros,
        seen=seen,
    )
    before = None
    if asked or seen:
        before = one.agency_key or report.agency or report.sha256, found.form if found else ()
    return _Found(True, found, before, waiting)


def _waiting(pushed: Sequence[_Task], answers: ReportAnswers) -> list[_Task]:
    """Those to which nobody has answered anything. A cell that was passed over in an answer may be asked again."""
    answered = {given.task for given in answers.answers} if pushed else set()
    return [task for task in pushed if task.key not in answered]
