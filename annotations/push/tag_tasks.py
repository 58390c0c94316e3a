"""The task *tag this text*: the text of a report as the classifier sees it, with what the current model says of it.

    data = {"key", "kind": "tags", "batch", "sha256", "file", "agency", "year", "program", "heading", "text",
            "plain_lines": lines that hold tabs and are no rows of cells}

The text is whole, tables and all: what people tag is gold in the form of annotations/tags/*.yaml, where a number that
nobody was shown would count as one that is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from annotations.connect import Server, client, told
from annotations.push.bringing import bring, read_original
from annotations.push.journal import Journal
from annotations.push.projects import Screen, keys_of, project, title_of
from annotations.push.tag_predictions import model_of, plain_lines, prediction_of_tags, shipped_folder, version_of
from annotations.screens.tags import names_of_labels, tag_instructions, tag_screen
from annotations.selection import AskedReport, Selection
from pipeline.errors import E304, E305, GoujiError
from pipeline.ingest.contents import Content, find_contents
from pipeline.tag.linear import Linear, linear

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

    from pipeline.tag.model import Model

__all__ = ["TagTally", "names_of_labels", "push_tags", "tag_key", "tag_tasks"]

KIND = "tags"
PORTION = 250
"""Tasks that are brought at once: the server has a minute for each request."""
PORTION_BYTES = 8 << 20
"""Of text and regions in one request, unless one task alone has more."""
BYTES_A_REGION = 260
SAMPLING = "Uncertainty sampling"
VIEW = {
    "title": "最没把握的在前", "type": "list", "target": "tasks", "ordering": ["tasks:predictions_score"],
    "filters": {"conjunction": "and", "items": []},
}  # fmt: skip


@dataclass(slots=True)
class TagTally:
    """How far it is."""

    total: int = 0
    pushed: int = 0
    known: int = 0
    """That were there already."""
    left_out: tuple[str, ...] = ()
    """A line each: what could not be made into a task, and why."""
    projects: dict[str, int] = field(default_factory=dict)
    """By title, ids on the server."""


def tag_key(batch: str, sha256: str, adjudicates: bool = False) -> str:
    """The same text in the same batch has the same key, whatever the model; another where it is to be settled."""
    told = (batch, sha256, KIND, "裁定") if adjudicates else (batch, sha256, KIND)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:24]


def tag_tasks(
    asked: AskedReport, seen: Linear, program: str, batch: str, model: Model, version: str
) -> list[dict[str, Any]]:
    """The task of one report, with `data` and `predictions`; none where its file holds no text.

    Args:
        seen: the report's text.
        program: mark of the program that had read the report.
        model: the current one, and its version.

    Raises:
        GoujiError: E405 where the screen would not take what the model says.
    """
    if not seen.text.strip():
        return []
    data = {
        "key": tag_key(batch, asked.sha256), "kind": KIND, "batch": batch, "sha256": asked.sha256, "file": asked.file,
        "agency": asked.agency, "year": asked.year, "program": program, "adjudicates": False,
        "heading": heading(asked), "text": seen.text, "plain_lines": plain_lines(seen),
    }  # fmt: skip
    return [{"data": data, "predictions": [prediction_of_tags(model.tag(seen), version)]}]


def heading(asked: AskedReport) -> str:
    """Whose report it is, of which year, and in which file."""
    year = f"{asked.year} 年度" if asked.year is not None else "年度未写明"
    return f"{asked.agency or '（未写明机关）'}　{year}　{Path(asked.file).name}"


def push_tags(
    out: Path, selection: Selection, server: Server, watch: Callable[[TagTally], None], folder: Path | None = None
) -> TagTally:
    """Texts of the reports of a selection, to be tagged, those for two people in a project of their own. What is there
    already is not brought again.

    Args:
        out: the output folder of ingestion.
        selection: which reports, and by how many people; its cells do not matter.
        folder: of the model; None for the one that comes with the program.

    Raises:
        GoujiError: E115 where there is no model; E304 where the journal cannot be written; E305 where it is malformed;
            E401 to E403 where the server does not take part.
    """
    where = folder or shipped_folder()
    version = version_of(where)
    # Of a report of which a batch asks twice, a text is one text.
    texts = list({one.sha256: one for one in reversed(selection.reports)}.values())[::-1]
    tally = TagTally(total=len(texts))
    try:
        journal = Journal(out)
        left = [one for one in texts if (server.url, tag_key(selection.name, one.sha256)) not in journal.known]
        tally.known = tally.total - len(left)
        watch(tally)
        if not left:
            return tally
        studio = client(server)
        with TemporaryDirectory(prefix="gouji-") as spool:
            contents = find_contents(out, [one.sha256 for one in left], Path(spool))
            for annotators in sorted({one.annotators for one in left}):
                title = title_of(selection.name, KIND, annotators)
                screen = Screen(tag_screen(), tag_instructions(), annotators, SAMPLING)
                target = tally.projects[title] = project(studio, title, screen)
                arrived = keys_of(studio, target) if journal.unsure.get((server.url, target)) else {}
                asked = [one for one in left if one.annotators == annotators]
                made = _made(asked, contents, selection, model_of(where, version), version, tally)
                if bring_texts(studio, server, journal, target, selection.name, KIND, made, arrived, tally, watch):
                    follow(studio, target, version)
    except OSError as error:
        raise GoujiError(E304, reason=f"{out}（{error.strerror}）") from None
    return tally


def portions(tasks: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Of at most `PORTION` tasks and about `PORTION_BYTES`."""
    found: list[dict[str, Any]] = []
    size = 0
    for one in tasks:
        regions = sum(len(each["result"]) for each in one["predictions"])
        own = 3 * len(one["data"]["text"]) + BYTES_A_REGION * regions
        if found and (len(found) == PORTION or size + own > PORTION_BYTES):
            yield found
            found, size = [], 0
        found.append(one)
        size += own
    if found:
        yield found


def bring_texts(
    studio: LabelStudio, server: Server, journal: Journal, target: int, batch: str, kind: str,
    made: Iterator[dict[str, Any]], arrived: Mapping[str, int], tally: TagTally, watch: Callable[[TagTally], None],
) -> int:  # fmt: skip
    """Brings tasks portion by portion; how many of them the project has now.

    Args:
        kind: of the project, for the journal.
        arrived: by key, ids of tasks that the project has already, where a push was killed.

    Raises:
        GoujiError: E401 to E403.
        OSError: where the journal cannot be written.
    """
    count = 0
    for portion in portions(made):
        there = {key: arrived[key] for one in portion if (key := one["data"]["key"]) in arrived}
        fresh = [one for one in portion if one["data"]["key"] not in arrived]
        bring(studio, server, journal, target, batch, kind, portion, there)
        tally.pushed += len(fresh)
        tally.known += len(portion) - len(fresh)
        count += len(portion)
        watch(tally)
    return count


def follow(studio: LabelStudio, target: int, version: str) -> None:
    """Has the server ask the texts first of which this version of the model is least sure, and show what it says.

    The server takes a version only once there are predictions of it. Who follows a link to the project is given tasks
    in the order of its first view, whatever its sampling says: so there is a view in that order.
    """
    with told():
        if not any((one.data or {}).get("title") == VIEW["title"] for one in studio.views.list(project=target)):
            order: Any = VIEW
            studio.views.create(project=target, data=order)
    show_version(studio, target, version)


def show_version(studio: LabelStudio, target: int, version: str) -> None:
    """Has the server show predictions of this version to whoever opens a task. There have to be some."""
    with told():
        if studio.projects.get(id=target).model_version != version:
            studio.projects.update(id=target, model_version=version)


def _made(
    asked: Sequence[AskedReport], contents: Mapping[str, Content], selection: Selection, model: Model, version: str,
    tally: TagTally,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    for one in asked:
        content = contents.get(one.sha256)
        try:
            seen = linear(read_original(content, one.sha256))
            made = tag_tasks(one, seen, selection.program, selection.name, model, version)
            if not made:
                raise GoujiError(E305, reason="文件里没有文字（扫描件不能标文字）")
            yield from made
        except GoujiError as error:
            tally.left_out = (*tally.left_out, f"{one.file}: {error}")
        if content is not None and content.spooled:
            content.path.unlink(missing_ok=True)
