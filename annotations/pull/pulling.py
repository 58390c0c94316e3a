"""All that `gouji annotate pull` does, from the server to gold.

What was answered is kept page by page as it comes; everything else is made anew from all that was ever kept. So a pull
that was stopped goes on by being asked for again, and one that finds nothing new leaves the same bytes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from annotations.pull.answered_reports import AnsweredReport, Flag, answered_reports, file_stem
from annotations.pull.cell_answers import answers_of, cells_of
from annotations.pull.disputes import disputes
from annotations.pull.examples import examples
from annotations.pull.fetched import Annotation, Task, names_of_people, tasks_of
from annotations.pull.gold_files import Written, write_gold
from annotations.pull.kept import keep_answers, write
from annotations.pull.overview_answers import overview_answers, overview_cells
from annotations.pull.people import agreement_of
from annotations.pull.tag_disputes import (
    TagAgreement,
    asked_again,
    count_agreement,
    counting,
    disputed_text,
    tag_disputes,
)
from annotations.pull.tag_spans import spans_of, tag_file
from annotations.pull.tagged_texts import Tagged, keep_tags, seen_text, tagged_texts
from annotations.push.asked import digest_of
from annotations.push.cell_tasks import task_key
from annotations.push.journal import FOLDER, Journal, Pushed
from annotations.push.tag_adjudication import DISPUTED_TAGS, path_of_disputed
from annotations.push.tag_adjudication import KIND as TAG_ADJUDICATION
from annotations.push.tag_tasks import tag_key
from annotations.selection import AskedCell, AskedOverview, AskedReport, AskedRow
from pipeline.answers import STILL_OPEN, CellAnswer
from pipeline.errors import E101, E304, E403, E405, GoujiError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

    from training.evaluation.agreement import Agreement

DISPUTED, EXAMPLES, FLAGGED, PROBLEMS = "disputed.json", "examples.jsonl", "flagged.jsonl", "problems.jsonl"
TAGS = "tags"
"""Of OUT/annotate."""
CELLS, OVERVIEW, TEXT = "cells", "overview", "tags"
"""Kinds of task."""
ADJUDICATION = "adjudication"
"""Kind of a project with such of the first kind; `TAG_ADJUDICATION` with such of the last."""
SUPPLIED = "supplied"
"""Of an answer, beside verdicts: a value where the program had proposed none."""
CHANGED = "任务数据在服务器上被改动过，与推送时的不符"
Say = Callable[[str], None]
"""Told a line in Chinese."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something on the server that could not be taken over. The rest of the same task was."""

    project: int
    task: int | None
    """None where it is about the whole project."""
    annotator: str
    field: str
    message: str


@dataclass(slots=True)
class Pulled:
    """What a pull found and made."""

    batch: str = ""
    tasks: int = 0
    answered: int = 0
    """Tasks with at least one answer."""
    open_tasks: int = 0
    """Tasks that still wait for somebody."""
    verdicts: Counter[str] = field(default_factory=Counter)
    """Answers on the server to tasks about single cells, by verdict; `SUPPLIED` for those that correct nothing."""
    overviews: int = 0
    """Overviews of tables that were taken: each person's."""
    overview_cells: int = 0
    """Cells that they settled, each person's."""
    overview_left: int = 0
    """Cells of theirs that have still to be asked about one by one."""
    changed: int = 0
    """Reports to which an answer came that was not known before."""
    tags: int = 0
    """Texts whose tags were written."""
    tagged: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By SHA-256 of these texts, project and task; those of the adjudication where there is one."""
    pending_texts: set[str] = field(default_factory=set)
    """SHA-256 of texts that lie before somebody to adjudicate."""
    disputed_texts: set[str] = field(default_factory=set)
    """SHA-256 of texts that people tag differently, all batches together."""
    tag_agreement: list[TagAgreement] = field(default_factory=list)
    """Each two annotators who tagged a text in common."""
    asked: set[tuple[str, str]] = field(default_factory=set)
    """(SHA-256, field) of all cells of the tasks."""
    pending: set[tuple[str, str]] = field(default_factory=set)
    """Of them, those that lie before somebody to adjudicate."""
    open_cells: int = 0
    """Of `asked`, those of which nothing counts yet."""
    alone: int = 0
    """Cells in which one person alone breaks an equality that held, all batches together."""
    disputed: int = 0
    """Cells about which people disagree, all batches together."""
    reports: int = 0
    """Of which a cell was ever answered, all batches together."""
    unsettled: int = 0
    """Of these, those of which something still needs a look."""
    flags: list[Flag] = field(default_factory=list)
    agreement: list[Agreement] | None = None
    """None where the packages of evaluation are not installed."""
    gold: Written | None = None
    problems: list[Problem] = field(default_factory=list)


def pull(
    client: LabelStudio, server: str, out: Path, batch: str | None, gold: Path | None, names: dict[str, str], say: Say
) -> Pulled:
    """Answers of one batch, or of all, into the output folder; the store is not written.

    Args:
        server: its address, as in OUT/annotate/pushed.jsonl.
        gold: folder for gold; None for none.
        names: by label of the screen for tagging, the id of a field or a section.
        say: told how far it is, and what was left out.

    Raises:
        GoujiError: E101 where nothing was pushed; E304 where nothing can be written; E305 where what is there is
            malformed; E401 and E402 as the server answers. A project that is gone is a problem beside others.
    """
    pushed = _pushed(out, server, batch)
    found = Pulled(batch=batch or list(dict.fromkeys(one.batch for one in pushed.values()))[-1])
    people = names_of_people(client)
    for project in dict.fromkeys(one.project for one in pushed.values()):
        try:
            for task in tasks_of(client, project, people):
                _take(task, project, pushed.get((project, task.id)), batch, out, names, found)
        except GoujiError as error:
            if error.kind not in (E403, E405):
                raise
            found.problems.append(Problem(project, None, "", "", str(error.details["reason"])))
        say(f"项目 {project}：至此 {found.tasks} 个任务，{found.answered} 个有答案")
    reports = list(answered_reports(out))
    _count(found, reports)
    selection = disputes(reports, found.batch, found.pending)
    write(out / FOLDER / DISPUTED, selection.to_bytes())
    _settle_tags(out, found)
    write(out / FOLDER / EXAMPLES, examples(reports))
    write(out / FOLDER / FLAGGED, _lines(found.flags))
    write(out / FOLDER / PROBLEMS, _lines(found.problems))
    if gold is not None:
        found.gold = write_gold(reports, gold, out, say)
    try:
        found.agreement = agreement_of(reports)
    except ModuleNotFoundError:
        found.agreement = None
    return found


def _lines(entries: Iterable[Flag | Problem]) -> bytes:
    return "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in entries).encode()


def _pushed(out: Path, server: str, batch: str | None) -> dict[tuple[int, int], Pushed]:
    """By project and task. What is adjudicated counts whatever the batch: nobody is to be asked for it twice."""
    if not (out / FOLDER).is_dir():
        raise GoujiError(E101, reason=f"{out / FOLDER}（还没有推送过，先运行 gouji annotate push）")
    try:
        known = Journal(out).known.values()
    except OSError as error:
        raise GoujiError(E304, reason=f"{out / FOLDER}（{error.strerror}）") from None
    here = [one for one in known if one.server == server]
    if not any(batch in (None, one.batch) for one in here):
        batches = "、".join(dict.fromkeys(f"{one.batch}（{one.server}）" for one in known)) or "没有"
        raise GoujiError(E101, reason=f"没有推送到 {server} 的批次 {batch or ''}；推送过的：{batches}")
    always = (ADJUDICATION, TAG_ADJUDICATION)
    return {(one.project, one.task): one for one in here if batch in (None, one.batch) or one.kind in always}


def _take(
    task: Task, project: int, pushed: Pushed | None, batch: str | None, out: Path, names: dict[str, str], found: Pulled
) -> None:  # fmt: skip
    """One task, kept; what is wrong with it is noted."""
    of_batch = task.data.get("batch") if pushed is None else pushed.batch
    if batch not in (None, of_batch) and task.data.get("adjudicates") is not True:
        return
    found.tasks += 1
    found.answered += bool(task.annotations)
    found.open_tasks += not task.whole
    try:
        if pushed is not None and task.data.get("key") != pushed.key:
            raise GoujiError(E405, reason=CHANGED)
        if task.data.get("kind") in (CELLS, OVERVIEW):
            _take_cells(task, project, pushed, out, found)
        elif task.data.get("kind") == TEXT:
            _take_tags(task, project, out, names, found)
        else:
            raise GoujiError(E405, reason=f"任务的 kind 是 {task.data.get('kind')}")
    except GoujiError as error:
        if error.kind is not E405:
            raise
        found.problems.append(Problem(project, task.id, "", "", str(error.details["reason"])))


def _take_cells(task: Task, project: int, pushed: Pushed | None, out: Path, found: Pulled) -> None:
    data, overview = task.data, task.data["kind"] == OVERVIEW
    fields = [cell.field for cell in (overview_cells(data) if overview else cells_of(data))]
    adjudicates = data.get("adjudicates") is True
    if task_key(str(data.get("batch")), _asked(data["sha256"], fields, overview), adjudicates) != data["key"]:
        raise GoujiError(E405, reason=CHANGED)
    # The key tells which cells, not what was proposed and offered. Older versions noted no digest.
    if pushed is not None and pushed.digest not in ("", digest_of(data)):
        raise GoujiError(E405, reason=CHANGED)
    cells = {(data["sha256"], one) for one in fields}
    found.asked |= cells
    if adjudicates and not task.annotations:
        found.pending |= cells
    kept: list[CellAnswer] = []
    for one in task.annotations:
        tell = _note(found, project, task.id, one.annotator)
        answers = overview_answers if overview else answers_of
        kept += answers(data, one.result, one.annotator, one.at, one.seconds, tell)
    last = {(one.annotator, one.field): one for one in kept}
    if overview:
        found.overviews += len({who for who, _ in last})
        found.overview_cells += sum(one.verdict not in STILL_OPEN for one in last.values())
        found.overview_left += sum(one.verdict in STILL_OPEN for one in last.values())
    else:
        found.verdicts.update(_word(one) for one in last.values())
    if kept:
        found.changed += keep_answers(out, data["sha256"], kept)


def _word(given: CellAnswer) -> str:
    """What the answer is counted as."""
    return SUPPLIED if given.verdict == "corrected" and given.proposed is None else given.verdict


def _asked(sha256: str, fields: Sequence[str], overview: bool) -> AskedReport:
    """So much of it as its key depends on."""
    cells = tuple(AskedCell(field=one, worth=0) for one in fields)
    rows = AskedOverview(table="", rows=(AskedRow(row="", fields=tuple(fields)),), worth=0) if overview else None
    return AskedReport(
        sha256=sha256, file="", agency=None, year=None, cells=() if overview else cells, overview=rows, seconds=0,
        score=0,
    )  # fmt: skip


def _take_tags(task: Task, project: int, out: Path, names: dict[str, str], found: Pulled) -> None:
    data, seen = task.data, seen_text(task.data)
    sha256, adjudicates = data["sha256"], data.get("adjudicates") is True
    if tag_key(str(data.get("batch")), sha256, adjudicates) != data["key"]:
        raise GoujiError(E405, reason=CHANGED)
    if not task.annotations:
        if adjudicates:
            found.pending_texts.add(sha256)
        return
    last: dict[str, Annotation] = {one.annotator: one for one in task.annotations}
    tags = []
    for who, one in last.items():
        spans = tuple(spans_of(seen.text, one.result, names, _note(found, project, task.id, who)))
        tags.append(
            Tagged(
                task=data["key"], annotator=who, at=one.at, seconds=one.seconds, adjudicates=adjudicates,
                text=seen.mark, spans=spans,
            )
        )  # fmt: skip
    keep_tags(out, sha256, seen, tags)
    if adjudicates or sha256 not in found.tagged:
        found.tagged[sha256] = (project, task.id)


def _settle_tags(out: Path, found: Pulled) -> None:
    """Files of the texts that were pulled; what people disagree about and how far they agree, of all that was kept.

    Raises:
        GoujiError: E304 where something cannot be written, E305 where what was kept is malformed.
    """
    agreement: dict[tuple[str, str], TagAgreement] = {}
    asked, program = {}, ""
    for one in tagged_texts(out):
        count_agreement(agreement, one)
        now = counting(one)
        if one.sha256 in found.tagged:
            given = [frozenset(tagged.spans) for tagged in now.said]
            tell = _note(found, *found.tagged[one.sha256], "")
            text = tag_file(one.sha256, now.seen.text, now.seen.plain_lines, given, tell)
            write(out / FOLDER / TAGS / f"{file_stem(now.seen.file, one.sha256)}.yaml", text.encode())
            found.tags += 1
        if now.differing:
            asked[one.sha256], program = asked_again(now), program or now.seen.program
            write(path_of_disputed(out, one.sha256), disputed_text(now).to_bytes())
    found.tag_agreement = [agreement[pair] for pair in sorted(agreement)]
    found.disputed_texts = set(asked)
    selection = tag_disputes(asked, program, found.batch, found.pending_texts)
    write(out / FOLDER / f"{DISPUTED_TAGS}.json", selection.to_bytes())
    _remove_settled(out / FOLDER / DISPUTED_TAGS, found.disputed_texts)


def _remove_settled(folder: Path, disputed: Set[str]) -> None:
    for path in sorted(folder.glob("*.json")):
        if path.stem not in disputed:
            try:
                path.unlink()
            except OSError as error:
                raise GoujiError(E304, reason=f"{path}（{error.strerror}）") from None


def _note(found: Pulled, project: int, task: int, annotator: str) -> Callable[[str, str], None]:
    return lambda field, message: found.problems.append(Problem(project, task, annotator, field, message))


def _count(found: Pulled, reports: Iterable[AnsweredReport]) -> None:
    settled: set[tuple[str, str]] = set()
    for one in reports:
        found.reports += 1
        found.unsettled += bool(one.open or one.disputed or one.alone)
        found.disputed += len(one.disputed)
        found.alone += len(one.alone)
        found.flags += one.flags
        settled.update((one.sha256, field) for field in one.final)
    found.open_cells = len(found.asked - settled)
