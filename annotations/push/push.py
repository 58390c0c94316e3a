"""Tasks brought to the server, in small portions, each noted before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from annotations.connect import Server, client, upload_files
from annotations.push.bringing import bring, read_original
from annotations.push.cell_tasks import CellTask, cell_task, task_key
from annotations.push.journal import Journal
from annotations.push.overview_tasks import overview_task
from annotations.push.projects import Screen, image_project, keys_of, project, title_of
from annotations.screens.configuration import cell_instructions, cell_screen
from annotations.selection import AskedReport, Selection
from pipeline.errors import E304, E305, GoujiError
from pipeline.ingest.contents import Content, find_contents
from pipeline.store.outcomes import find_outcome

PORTION = 25
"""Tasks with images that are brought at once: the server has a minute for each request."""
PORTION_OF_TEXT = 250
"""Tasks without."""


@dataclass(slots=True)
class Tally:
    """How far it is."""

    total: int = 0
    pushed: int = 0
    known: int = 0
    """That were there already."""
    left_out: list[str] = field(default_factory=list)
    """A line each: what could not be made into a task, and why."""
    projects: dict[str, int] = field(default_factory=dict)
    """By title, ids on the server."""


Watch = Callable[[Tally], None]


def push_cells(
    out: Path, selection: Selection, server: Server, watch: Watch, adjudicates: bool = False
) -> Tally:
    """Tasks of the kind *check these cells*. What is there already is not brought again; a kill loses nothing.

    Args:
        out: the output folder of ingestion.
        selection: which reports and cells.
        adjudicates: whether they are asked because people disagreed.
        watch: told how far it is.

    Raises:
        GoujiError: E304 where the journal cannot be written; E305 where it is malformed; E401 to E403 where the server
            does not take part.
    """
    tally = Tally(total=len(selection.reports))
    try:
        journal = Journal(out)
        with TemporaryDirectory(prefix="gouji-") as spool:
            _push(out, selection, server, journal, Path(spool), adjudicates, tally, watch)
    except OSError as error:
        raise GoujiError(E304, reason=f"{out}（{error.strerror}）") from None
    return tally


def _push(
    out: Path, selection: Selection, server: Server, journal: Journal, spool: Path, adjudicates: bool, tally: Tally,
    watch: Watch,
) -> None:  # fmt: skip
    kind = "adjudication" if adjudicates else "cells"
    keys = {one: task_key(selection.name, one, adjudicates) for one in selection.reports}
    left = [one for one, key in keys.items() if (server.url, key) not in journal.known]
    tally.known = tally.total - len(left)
    watch(tally)
    if not left:
        return
    studio = client(server)
    images = image_project(studio)
    where = find_contents(out, [one.sha256 for one in left], spool)
    uses = Counter(one.sha256 for one in left)
    for annotators in sorted({one.annotators for one in left}):
        title = title_of(selection.name, kind, annotators)
        target = project(studio, title, Screen(cell_screen(), cell_instructions(), annotators))
        tally.projects[title] = target
        unsure = journal.unsure.get((server.url, target))
        arrived = keys_of(studio, target) if unsure else {}
        asked = [one for one in left if one.annotators == annotators]
        made = _made(out, asked, where, uses, selection, adjudicates, tally)
        while portion := list(islice(made, PORTION)):
            fresh = [one for one in portion if one.data["key"] not in arrived]
            there = {one.data["key"]: arrived[one.data["key"]] for one in portion if one.data["key"] in arrived}
            # The same image may belong to several tasks.
            files = [(image.name, image.data, image.mime) for one in fresh for image in one.images]
            addresses = dict(zip((file[0] for file in files), upload_files(server, images, files), strict=True))
            bodies = [
                {"data": one.data if one.data["key"] in there else one.with_addresses(addresses)} for one in portion
            ]
            bring(studio, server, journal, target, selection.name, kind, bodies, there)
            tally.pushed += len(fresh)
            tally.known += len(portion) - len(fresh)
            watch(tally)


def _made(
    out: Path, asked: Sequence[AskedReport], where: dict[str, Content], uses: Counter[str], selection: Selection,
    adjudicates: bool, tally: Tally,
) -> Iterator[CellTask]:  # fmt: skip
    """The tasks, one after the other; images are large.

    Args:
        uses: by SHA-256, in how many tasks its file is still needed, counted down here.
    """
    for one in asked:
        content = where.get(one.sha256)
        try:
            yield _task(out, one, content, selection, adjudicates)
        except GoujiError as error:
            tally.left_out.append(f"{one.file}: {error}")
        uses[one.sha256] -= 1
        if content is not None and content.spooled and not uses[one.sha256]:
            content.path.unlink(missing_ok=True)


def _task(
    out: Path, asked: AskedReport, content: Content | None, selection: Selection, adjudicates: bool
) -> CellTask:
    """Raises GoujiError: E305 where the record or one of its cells is not there, E1xx where the file cannot be read."""
    outcome = find_outcome(out, asked.sha256)
    if outcome is None or outcome.report is None or any(one not in outcome.report.fields for one in asked.fields):
        raise GoujiError(E305, reason="没有这份报告的记录或其中的字段，重新运行 gouji ingest 和 gouji annotate select")
    document = read_original(content, asked.sha256)
    assert content is not None
    if asked.overview is not None:
        return overview_task(selection.name, outcome.program, asked, outcome.report, document, content.path)
    return cell_task(
        selection.name, outcome.program, asked, outcome.report, document, content.path, adjudicates
    )
