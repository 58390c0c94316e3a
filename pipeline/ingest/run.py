"""From files to a store: every content is read once, whatever happens on the way.

    1. all files are found, and those whose content has no outcome yet are read     files.jsonl, outcomes/
    2. reports are linked over the years, and those that gain by it read again      linked/
    3. everything is written as tables                                              store/

What is done is found again by its content, so that a run that was stopped goes on where it was, and ends with the same
bytes as one that was not. A process that dies over a file costs that one file a second attempt, alone; when it dies
again, that is the file's outcome.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from pipeline.errors import E117, E304, E306, GoujiError
from pipeline.ingest.journal import Journal
from pipeline.ingest.listing import Listing
from pipeline.ingest.outcomes import read_outcome, remove_halves, write_outcome
from pipeline.ingest.reading import Done, Engine, Job, Limits, do, failed
from pipeline.ingest.second_pass import link, read_again
from pipeline.ingest.sources import Found, count_files, find_files
from pipeline.ingest.workers import Ended, work_through
from pipeline.link.rows import IndexRow, Links
from pipeline.program import program_mark
from pipeline.store.outcomes import FIRST, path_of
from pipeline.store.write import Timing, write_store

MOST_DEATHS_ALONE = 2
"""So often may the whole program end over one file that is read alone until that file is given up."""
PATIENCE = 5.0
"""Seconds for which the folder is asked for."""
LEAST_FREE = 64 * 1024 * 1024
"""Bytes that must be free for work to begin."""


@dataclass(frozen=True, slots=True)
class Options:
    workers: int = 1
    limits: Limits = field(default_factory=Limits)
    only_new: bool = False
    """Contents that have an outcome are left as they are, though an older program made it."""
    retry_failed: bool = False
    """Contents that failed are read again."""
    dry_run: bool = False
    """Nothing is read or written; what would be is counted."""
    device: str | None = None


@dataclass(slots=True)
class Tally:
    """How far it is, for whoever watches."""

    stage: str = ""
    total: int | None = None
    """Of files, where it can be known."""
    files: int = 0
    """That were looked at."""
    kept: int = 0
    """Contents whose outcome was there already."""
    read: int = 0
    """Contents read in this run."""
    to_read: int = 0
    """Contents that a dry run would read."""
    statuses: Counter[str] = field(default_factory=Counter)


Watch = Callable[[Tally], None]


def ingest(
    paths: Sequence[str], out: Path, options: Options, watch: Watch, engine: Engine = work_through
) -> Tally:
    """Does all that is left to do.

    Args:
        watch: told how far it is.
        engine: what reads; on this machine where none is given.

    Raises:
        GoujiError: E101 where one of the paths is not there; E304 where nothing can be written; E306 where another
            run is at work in the same folder.
        KeyboardInterrupt: after it, the same call goes on.
    """
    tally = Tally()
    if options.dry_run:
        return _look(paths, out, options, tally, watch)
    # Before anything is written, so that a wrong path leaves nothing behind.
    tally.total = count_files(paths, out)
    with _ours(out), _spool(out) as spool:
        journal = Journal(out / "work" / "journal.jsonl")
        try:
            _read_all(paths, out, spool, options, journal, tally, watch, engine)
            tally.stage = "核对各年"
            watch(tally)
            rows, links = link(out, options.workers)
            _read_again(out, spool, rows, links, options, engine, journal, tally, watch)
            tally.stage = "写出数据表"
            watch(tally)
            timings = {sha256: Timing(known.seconds, known.attempts) for sha256, known in journal.known.items()}
            write_store(out, timings, options.workers, links)
        except OSError as error:
            raise GoujiError(E304, reason=f"{out}（{error.strerror}）") from None
        finally:
            journal.close()
    return tally


def rewrite_store(out: Path, workers: int) -> None:
    """Writes the store anew from the outcomes that are there, with what people answered since.

    Raises:
        GoujiError: E101, E305 where `files.jsonl` or an answer is not there or malformed; E304 where the store cannot
            be written; E306 where ingestion is at work in the folder.
    """
    with _ours(out):
        known = _known_before(out).known
        _, links = link(out, workers)
        write_store(out, {sha256: Timing(one.seconds, one.attempts) for sha256, one in known.items()}, workers, links)


def _read_again(
    out: Path, spool: Path, rows: list[IndexRow], links: Links, options: Options, engine: Engine, journal: Journal,
    tally: Tally, watch: Watch,
) -> None:  # fmt: skip
    """The second pass, noted in the journal like the first."""

    def ended(done: Done) -> None:
        # What fails only with the year before beside it stays as it was read first.
        if not done.code:
            journal.end(done.sha256, done.seconds, done.status, done.code, program_mark())

    def progress(done: int, total: int) -> None:
        tally.files, tally.total = done, total
        watch(tally)

    read_again(
        out, spool, rows, links, options.limits, engine, options.workers, lambda job: journal.begin(job.sha256), ended,
        progress,
    )  # fmt: skip


def _look(paths: Sequence[str], out: Path, options: Options, tally: Tally, watch: Watch) -> Tally:
    """What there is to do; writes nothing but copies of what lies in archives, one at a time."""
    with tempfile.TemporaryDirectory(prefix="gouji-") as spool:
        journal = _known_before(out)
        seen: set[str] = set()
        for found in find_files(paths, Path(spool), out):
            tally.files += 1
            found.release()
            if found.sha256 and found.sha256 not in seen:
                seen.add(found.sha256)
                done = _is_done(found.sha256, out, options, journal)
                tally.kept, tally.to_read = tally.kept + done, tally.to_read + (not done)
            watch(tally)
    return tally


def _known_before(out: Path) -> Journal:
    """What another run knew, read from a copy so that nothing is written there."""
    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        copy = Path(folder) / "journal.jsonl"
        if (out / "work" / "journal.jsonl").exists():
            shutil.copyfile(out / "work" / "journal.jsonl", copy)
        journal = Journal(copy)
        journal.close()
        return journal


def _read_all(
    paths: Sequence[str], out: Path, spool: Path, options: Options, journal: Journal, tally: Tally, watch: Watch,
    engine: Engine,
) -> None:  # fmt: skip
    """Reads what has no outcome yet, and lists all files in their order."""
    tally.stage = "读取"
    again: list[Job] = []
    with closing(Listing(out)) as listing:
        jobs = _jobs(paths, out, spool, options, journal, tally, watch, listing, again)
        _work(jobs, out, options, journal, tally, watch, again, engine)
        while again:
            # One by one: what takes others with it must not have others beside it.
            alone, again = [replace(job, alone=True) for job in again], []
            _work(alone, out, replace(options, workers=1), journal, tally, watch, again, engine)
        listing.finish()


def _jobs(
    paths: Sequence[str], out: Path, spool: Path, options: Options, journal: Journal, tally: Tally, watch: Watch,
    listing: Listing, later: list[Job],
) -> Iterator[Job]:  # fmt: skip
    """Contents to read, while all files are listed; those over which the program has ended before are put off."""
    seen: set[str] = set()
    for found in find_files(paths, spool, out):
        tally.files += 1
        listing.add(found)
        if not found.sha256:
            tally.statuses["failed"] += not found.left_out
            continue
        if found.sha256 in seen:
            found.release()
            continue
        seen.add(found.sha256)
        if _is_done(found.sha256, out, options, journal):
            tally.kept += 1
            tally.statuses[journal.of(found.sha256).status] += 1
            found.release()
            watch(tally)
            continue
        job = _job(found, out, options)
        history = journal.of(found.sha256)
        if history.unfinished_alone >= MOST_DEATHS_ALONE:
            _give_up(job, out, journal, tally)
        elif history.unfinished_alone or (history.status == "" and history.attempts > 1):
            later.append(job)
        else:
            yield job


def _job(found: Found, out: Path, options: Options) -> Job:
    return Job(
        sha256=found.sha256, size=found.size, path=found.path, file_name=found.file_name, limits=options.limits,
        folder=out / FIRST, spooled=found.spooled, device=options.device,
    )  # fmt: skip


def _is_done(sha256: str, out: Path, options: Options, journal: Journal) -> bool:
    """Whether the content has an outcome that is to stay."""
    if not path_of(out / FIRST, sha256).exists():
        return False
    history = journal.of(sha256)
    if not history.status:
        # The program ended between writing the outcome and noting it.
        outcome = read_outcome(out / FIRST, sha256)
        if outcome is None:
            return False
        history.status, history.code, history.program = outcome.status, outcome.code, outcome.program
    if options.retry_failed and history.status == "failed":
        return False
    return options.only_new or history.program == program_mark()


def _work(
    jobs: Iterable[Job], out: Path, options: Options, journal: Journal, tally: Tally, watch: Watch, again: list[Job],
    engine: Engine,
) -> None:  # fmt: skip
    """Reads contents; those whose process died go to `again`, or are given up where they were alone already."""
    for ended in engine(
        jobs, do, options.workers, options.limits.seconds, lambda job: journal.begin(job.sha256, job.alone)
    ):
        done = _noted(ended, out, journal)
        if done is None:
            again.append(ended.job)
            continue
        tally.read += 1
        tally.statuses[done.status] += 1
        if ended.job.spooled:
            ended.job.path.unlink(missing_ok=True)
        watch(tally)


def _noted(ended: Ended[Job, Done], out: Path, journal: Journal) -> Done | None:
    """What came of it, noted; None where it has to be tried again.

    Raises:
        GoujiError: E304 where its outcome could not be written.
    """
    if ended.error is not None:
        raise ended.error
    done = ended.result
    if done is None:
        if not ended.job.alone:
            return None
        write_outcome(out / FIRST, failed(ended.job, GoujiError(E117)))
        done = Done(ended.job.sha256, "failed", E117.code, 0.0)
    journal.end(done.sha256, done.seconds, done.status, done.code, program_mark())
    return done


def _give_up(job: Job, out: Path, journal: Journal, tally: Tally) -> None:
    write_outcome(out / FIRST, failed(job, GoujiError(E117)))
    journal.end(job.sha256, 0.0, "failed", E117.code, program_mark())
    tally.read += 1
    tally.statuses["failed"] += 1
    if job.spooled:
        job.path.unlink(missing_ok=True)


def _lock(lock: IO[str], out: Path) -> None:
    """Takes the folder. The workers of a run that was killed hold it until they notice, so it is asked for a while.

    Raises:
        GoujiError: E306 where another run has it.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise GoujiError(E306, reason=str(out)) from None
            time.sleep(0.1)
        else:
            return


@contextmanager
def _ours(out: Path) -> Iterator[None]:
    """The folder is ours alone, and nothing half-written lies in it.

    Raises:
        GoujiError: E304 where it cannot be written to; E306 where another run has it.
    """
    try:
        (out / "work").mkdir(parents=True, exist_ok=True)
        with (out / "work" / "lock").open("w") as lock:
            _lock(lock, out)
            if shutil.disk_usage(out).free < LEAST_FREE:
                raise GoujiError(E304, reason=f"{out}（磁盘已满）")
            remove_halves(out)
            yield
    except OSError as error:
        raise GoujiError(E304, reason=f"{out}（{error.strerror}）") from None


@contextmanager
def _spool(out: Path) -> Iterator[Path]:
    """A folder for copies of what lies in archives, and for what workers leave behind when they are killed; emptied
    before and after."""
    spool = out / "work" / "spool"
    mark = hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:12]
    temporary = Path(tempfile.gettempdir()) / f"gouji-ingest-{mark}"
    before = tempfile.tempdir
    for folder in (spool, temporary):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    tempfile.tempdir = str(temporary)
    try:
        yield spool
    finally:
        tempfile.tempdir = before
        for folder in (spool, temporary):
            shutil.rmtree(folder, ignore_errors=True)
