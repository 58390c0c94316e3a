"""After all reports are read: which agency's they are, and those that gain by it read again with the report of the year
before as evidence. The same outcomes give the same links and the same second outcomes.

    OUT/linked/ab/ab12….json.gz     takes the place of OUT/outcomes/ab/ab12….json.gz
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path

from pipeline.errors import GoujiError
from pipeline.ingest.contents import Content, find_contents
from pipeline.ingest.listing import listed
from pipeline.ingest.outcomes import first_below, read_outcome
from pipeline.ingest.reading import Done, Engine, Job, Limits, do
from pipeline.ingest.sources import check_unchanged
from pipeline.isolation import die_with_parent
from pipeline.link.contradictions import evidence, reread
from pipeline.link.linking import link_reports
from pipeline.link.rows import IndexRow, Links, index_row
from pipeline.outcome import SUFFIX, Outcome
from pipeline.program import program_mark
from pipeline.record import Field
from pipeline.store.outcomes import FIRST, LINKED, path_of

PREFIXES = "0123456789abcdef"
Progress = Callable[[int, int], None]
"""Told how many reports of how many are read again."""


def link(out: Path, workers: int) -> tuple[list[IndexRow], Links]:
    """What all reports that were read say of each other. Outcomes of the second pass have no part in it, so that it
    does not depend on whether there are any."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for entry in listed(out):
        names[entry.sha256].append(entry.name)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), die_with_parent) as pool:
        parts = pool.map(partial(_rows, out), PREFIXES)
        rows = [row for part in parts for row in part if row.sha256 in names]
    rows = [_named(row, names[row.sha256]) for row in rows]
    return rows, link_reports(rows, partial(_fields, out))


def read_again(
    out: Path, spool: Path, rows: list[IndexRow], links: Links, limits: Limits, engine: Engine, workers: int,
    begun: Callable[[Job], None], ended: Callable[[Done], None], progress: Progress,
) -> None:  # fmt: skip
    """Reads again what gains by it and has not been; an outcome of the second pass that no longer holds is removed.

    Args:
        spool: for copies of what lies in archives.
        begun, ended: told of every report.

    Raises:
        GoujiError: E304 where an outcome cannot be written.
    """
    before = dict(reread(rows, links.linked))
    years = {row.sha256: row.year or 0 for row in rows}
    _remove_others(out, before)
    stale = _stale(out, before)
    where = find_contents(out, stale, spool)
    done = 0
    for _, same_year in groupby(stale, key=lambda sha256: years[sha256]):
        # A year's evidence is the year before, which is settled by now.
        jobs = (_job(sha256, before[sha256], where[sha256], out, limits) for sha256 in same_year if sha256 in where)
        for one in engine(filter(None, jobs), do, workers, limits.seconds, begun):
            if one.error is not None:
                raise one.error
            if one.result is not None:
                ended(one.result)
            if one.job.spooled:
                one.job.path.unlink(missing_ok=True)
            done += 1
            progress(done, len(stale))


def _rows(out: Path, prefix: str) -> list[IndexRow]:
    return [row for outcome in first_below(out, prefix) if (row := index_row(outcome)) is not None]


def _named(row: IndexRow, names: list[str]) -> IndexRow:
    return replace(row, files=tuple(sorted(names)))


def _fields(out: Path, sha256: str) -> Mapping[str, Field]:
    outcome = read_outcome(out / FIRST, sha256)
    return outcome.report.fields if outcome and outcome.report else {}


def _stale(out: Path, before: Mapping[str, str]) -> list[str]:
    """Those of the reports to read again that have not been, or on other evidence, in the order of their years."""
    stale: dict[str, None] = {}
    for sha256, earlier in before.items():
        outcome = read_outcome(out / LINKED, sha256)
        holds = (
            outcome is not None
            and earlier not in stale
            and (outcome.program, outcome.last_year) == (program_mark(), earlier)
            and outcome.evidence == _evidence(out, earlier)[1]
        )
        if not holds:
            stale[sha256] = None
    return list(stale)


def _evidence(out: Path, sha256: str) -> tuple[Outcome | None, str]:
    """The final outcome of a content, and a mark of its bytes."""
    for folder in (LINKED, FIRST):
        try:
            data = path_of(out / folder, sha256).read_bytes()
        except OSError:
            continue
        if (outcome := Outcome.from_bytes(data)) is not None:
            return outcome, hashlib.sha256(data).hexdigest()
    return None, ""


def _job(sha256: str, before: str, content: Content, out: Path, limits: Limits) -> Job | None:
    """None where the content is no longer what it was: what was read first stays."""
    earlier, mark = _evidence(out, before)
    if earlier is None or earlier.report is None:
        return None
    try:
        check_unchanged(content.path, sha256)
    except GoujiError:
        return None
    return Job(
        sha256=sha256, size=content.size, path=content.path, file_name=content.file_name, limits=limits,
        folder=out / LINKED, spooled=content.spooled, last_year=evidence(earlier.report), last_year_sha256=before,
        evidence=mark,
    )  # fmt: skip


def _remove_others(out: Path, kept: Mapping[str, str]) -> None:
    for path in (out / LINKED).glob(f"*/*{SUFFIX}"):
        if path.name.removesuffix(SUFFIX) not in kept:
            path.unlink()
