"""The store: everything that was found, as Parquet tables, made anew from the outcomes and put in place at once.

Contents are written in shards by the first digits of their SHA-256, each by one process and each into files of its own.
So the bytes depend on the contents alone: not on how many processes there were, nor on what had been there before.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa

from pipeline.errors import E118, E304, E901, GoujiError
from pipeline.isolation import die_with_parent
from pipeline.link.rows import Linked, Links
from pipeline.store.outcomes import Listed, find_outcome, listed_files
from pipeline.store.parts import ROWS, PartWriter, sync, why
from pipeline.store.rows import PARTITIONED_ROWS, Entry, batch, difference_rows, link_rows
from pipeline.store.schema import DIFFERENCES, FILES, LINKS, NO_YEAR, PARTITIONED, TIMINGS, TableSchema
from pipeline.store.swap import replaced
from pipeline.store.views import VIEWS_FILE, views_sql

TWO_DIGITS_ABOVE = 200_000
"""Contents from which on shards are of two digits, 256 of them, in place of 16."""
CHUNK = 64
"""Reports that become rows at once."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What reading a content took; nothing else in the store depends on the run."""

    seconds: float
    attempts: int


@dataclass(frozen=True, slots=True)
class _Content:
    """What the list of files says of a content."""

    status: str
    code: str
    message: str
    agency: str | None
    year: int | None
    program: str | None


_PENDING = _Content("pending", "", "", None, None, None)


@dataclass(frozen=True, slots=True)
class _Shard:
    out: Path
    folder: Path
    """Where the store is being written."""
    prefix: str
    contents: tuple[str, ...]
    """SHA-256, in order."""
    linked: Mapping[str, Linked]


def write_store(
    out: Path,
    timings: Mapping[str, Timing],
    workers: int,
    links: Links | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes `OUT/store` anew: the contents named in `OUT/files.jsonl`, from their outcomes.

    Args:
        out: the output folder, with `files.jsonl`, `outcomes/` and perhaps `linked/`.
        timings: by SHA-256.
        workers: processes; with 1 all is done in this one.
        links: what linking says of the contents; without it every report stands alone.
        progress: told how many contents of how many are written.

    Raises:
        GoujiError: E101, E305 where the list of files is not there or malformed; E304 where the store cannot be
            written. The store is as it was then.
    """
    links = links or Links()
    contents = sorted({listed.sha256 for listed in listed_files(out) if listed.sha256})
    try:
        with replaced(out) as folder:
            known: dict[str, _Content] = {}
            for part in _written(_shards(out, folder, contents, links.linked), workers):
                known |= part
                if progress is not None:
                    progress(len(known), len(contents))
            _write_empty(folder)
            _write_files(folder, listed_files(out), known)
            _write_links(folder, links, known)
            _write_timings(folder, {sha256: timings[sha256] for sha256 in contents if sha256 in timings})
            _write_text(folder / VIEWS_FILE, views_sql())
    except OSError as error:
        raise GoujiError(E304, reason=f"{out}（{why(error)}）") from None


def _shards(out: Path, folder: Path, contents: Sequence[str], linked: Mapping[str, Linked]) -> list[_Shard]:
    digits = 2 if len(contents) > TWO_DIGITS_ABOVE else 1
    by_prefix: dict[str, list[str]] = {}
    for sha256 in contents:
        by_prefix.setdefault(sha256[:digits], []).append(sha256)
    return [
        _Shard(out, folder, prefix, tuple(members), {one: linked[one] for one in members if one in linked})
        for prefix, members in by_prefix.items()
    ]


def _written(shards: Sequence[_Shard], workers: int) -> Iterator[dict[str, _Content]]:
    """Writes the shards, in no order, and tells of the contents of each."""
    if workers < 2 or len(shards) < 2:
        yield from map(_write_shard, shards)
        return
    # Arrow's threads do not live through a fork.
    pool = ProcessPoolExecutor(min(workers, len(shards)), get_context("spawn"), die_with_parent)
    try:
        for done in as_completed([pool.submit(_write_shard, shard) for shard in shards]):
            yield done.result()
    except BrokenProcessPool:
        raise GoujiError(E901, reason="写数据表的进程被系统终止，多半是内存不足") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _write_shard(shard: _Shard) -> dict[str, _Content]:
    """The partitioned tables of one shard.

    Raises:
        OSError: where they cannot be written.
    """
    known: dict[str, _Content] = {}
    waiting: dict[str, list[Entry]] = {}
    with ExitStack() as opened, _uncollected():
        writers: dict[tuple[str, str], PartWriter] = {}

        def write(year: str) -> None:
            for table in PARTITIONED:
                if (rows := PARTITIONED_ROWS[table.name](waiting[year])).num_rows:
                    if (table.name, year) not in writers:
                        path = _part(shard.folder, table, year, shard.prefix)
                        writers[table.name, year] = opened.enter_context(PartWriter(path, table.files))
                    writers[table.name, year].add(rows)
            waiting[year] = []

        for sha256 in shard.contents:
            outcome = find_outcome(shard.out, sha256)
            if outcome is None:
                known[sha256] = _PENDING
                continue
            report = outcome.report
            if report is None:
                known[sha256] = _Content("failed", outcome.code, outcome.message, None, None, outcome.program)
                continue
            known[sha256] = _Content(report.status, "", "", report.agency, report.year, outcome.program)
            year = NO_YEAR if report.year is None else str(report.year)
            entry = Entry(report, outcome.program, outcome.last_year, shard.linked.get(sha256))
            waiting.setdefault(year, []).append(entry)
            if len(waiting[year]) == CHUNK:
                write(year)
        for year in sorted(year for year, entries in waiting.items() if entries):
            write(year)
    return known


@contextmanager
def _uncollected() -> Iterator[None]:
    """Records hold no cycles; the collector would look through them again and again, which doubles the time."""
    usual = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if usual:
            gc.enable()


def _part(folder: Path, table: TableSchema, year: str, prefix: str) -> Path:
    return folder / table.name / f"year={year}" / f"part-{prefix}.parquet"


def _write_empty(folder: Path) -> None:
    """A table without rows is there all the same, so that nobody who reads it has to ask."""
    for table in PARTITIONED:
        if not (folder / table.name).exists():
            PartWriter(_part(folder, table, NO_YEAR, "0"), table.files).close()


def _write_files(folder: Path, listed: Iterator[Listed], known: Mapping[str, _Content]) -> None:
    seen: set[str] = set()
    with PartWriter(folder / FILES.pattern, FILES.files) as part:
        for some in _chunks(listed):
            part.add(_file_rows(some, known, seen))


def _chunks(listed: Iterator[Listed]) -> Iterator[list[Listed]]:
    some: list[Listed] = []
    for one in listed:
        some.append(one)
        if len(some) == ROWS:
            yield some
            some = []
    yield some


def _file_rows(listed: Sequence[Listed], known: Mapping[str, _Content], seen: set[str]) -> pa.RecordBatch:
    contents = [
        known[one.sha256] if one.sha256 else _Content(_unopened(one), one.code, one.message, None, None, None)
        for one in listed
    ]
    first = []
    for one in listed:
        first.append(one.sha256 not in seen)
        if one.sha256:
            seen.add(one.sha256)
    return batch(
        FILES.files,
        {
            "name": [_encodable(one.name) for one in listed],
            "sha256": [one.sha256 or None for one in listed],
            "bytes": [one.size for one in listed],
            "status": [content.status for content in contents],
            "code": [content.code or None for content in contents],
            "message": [_encodable(content.message) or None for content in contents],
            "agency": [content.agency for content in contents],
            "year": [content.year for content in contents],
            "first": first,
            "program": [content.program for content in contents],
        },
    )


def _unopened(listed: Listed) -> str:
    return "skipped" if listed.code == E118.code else "failed"


def _encodable(text: str) -> str:
    """Names that are no UTF-8 on the disk have characters that stand for their bytes, which Parquet cannot hold."""
    return text.encode("utf-8", "backslashreplace").decode()


def _write_links(folder: Path, links: Links, known: Mapping[str, _Content]) -> None:
    with PartWriter(folder / LINKS.pattern, LINKS.files) as part:
        listed = [(linked, known[sha256].year) for sha256, linked in sorted(links.linked.items()) if sha256 in known]
        part.add(link_rows(listed))
    with PartWriter(folder / DIFFERENCES.pattern, DIFFERENCES.files) as part:
        order = sorted(links.differences, key=lambda one: (one.agency_key, one.year, one.sha256_a, one.sha256_b))
        part.add(difference_rows(order))


def _write_timings(folder: Path, timings: Mapping[str, Timing]) -> None:
    with PartWriter(folder / TIMINGS.pattern, TIMINGS.files) as part:
        part.add(
            batch(
                TIMINGS.files,
                {
                    "sha256": list(timings),
                    "seconds": [timing.seconds for timing in timings.values()],
                    "attempts": [timing.attempts for timing in timings.values()],
                },
            )
        )


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    sync(path)
