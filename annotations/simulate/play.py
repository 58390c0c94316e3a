"""One report asked to its end: its tasks one after the other, each answered before the next is chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from annotations.select.settings import AnnotateSettings
from annotations.select.sketch import STRATEGIES, Sketch, rank, sketch
from annotations.select.suspects import lost_tables
from annotations.select.zeros import ZeroShares
from annotations.selection import AskedCell
from annotations.simulate.gold_answers import Errors, errors_of, gold_answer, gold_overview
from annotations.simulate.held_out import HeldOut
from pipeline.answered import answered
from pipeline.answers import STILL_OPEN, ReportAnswers
from pipeline.record import Report

Way = Literal["worth", "uncertainty", "committee", "diverse", "random", "anything"]
WAYS: dict[Way, str] = {
    "worth": STRATEGIES["worth"],
    "uncertainty": STRATEGIES["uncertainty"],
    "committee": STRATEGIES["committee"],
    "diverse": STRATEGIES["diverse"],
    "random": "随机（待看的格）",
    "anything": "随机（所有的格）",
}
"""The strategies of `select`, and cells drawn from all cells of all reports, looked for or not."""
DRAWN: frozenset[Way] = frozenset({"random", "anything"})
"""Ways in which the seed decides about the cells of a report, too."""


@dataclass(frozen=True, slots=True)
class Step:
    """One task and what is wrong when it is answered."""

    sketch: Sketch
    after: Errors
    answers: int
    """Keys pressed and numbers typed: one a cell; of an overview one a row chosen, and what the others hold."""
    seconds: float
    numbers: int
    """Answers about single cells that are a number other than 0: nobody else knows it, unless an equality does."""


@dataclass(frozen=True, slots=True)
class Play:
    """All tasks of one report, in their order."""

    before: Errors
    steps: tuple[Step, ...]


def play(one: HeldOut, way: Way, seed: int, settings: AnnotateSettings, zeros: ZeroShares) -> Play:
    """Asks until nothing is left to ask; the same for the same arguments."""
    report, answers = one.report, ReportAnswers(sha256=one.report.sha256)
    asked: set[str] = set()
    seen: set[str] = set()
    steps: list[Step] = []
    while (found := _next(one, report, asked, way, seed, len(steps), settings, zeros, seen)) is not None:
        if found.overview is None:
            given = [gold_answer(one.gold, cell.field, report.fields[cell.field]) for cell in found.cells]
            count, seconds = len(given), found.seconds
            numbers = sum(bool(answer.printed) for answer in given)
        else:
            seen.add(found.overview.table)
            numbers = 0
            looking = settings.seconds_an_overview
            if found.overview.table in lost_tables(one.report):
                looking = settings.seconds_a_lost_overview
            given, count = gold_overview(one.gold, found.overview, report)
            seconds = settings.seconds_a_report + looking + settings.seconds_a_tick * (count - 1)
        asked.update(answer.field for answer in given if answer.verdict not in STILL_OPEN)
        answers = answers.with_answers(given)
        # As the store does: all answers into what the program had read.
        report = answered(one.report, answers)
        steps.append(Step(found, errors_of(report, one.gold), count, seconds, numbers))
    return Play(errors_of(one.report, one.gold), tuple(steps))


def _next(
    one: HeldOut, report: Report, asked: Collection[str], way: Way, seed: int, task: int,
    settings: AnnotateSettings, zeros: ZeroShares, seen: Collection[str],
) -> Sketch | None:  # fmt: skip
    if way == "anything":
        return _of_all_cells(one, report, asked, seed, task, settings)
    return sketch(report, one.name, one.agency, "", asked, way, seed, settings, zeros, task, seen)


def _of_all_cells(
    one: HeldOut, report: Report, asked: Collection[str], seed: int, task: int, settings: AnnotateSettings
) -> Sketch | None:
    left = sorted(
        (field_id for field_id in report.fields if field_id not in asked),
        key=lambda field_id: rank(seed, report.sha256, field_id),
    )
    if not left:
        return None
    drawn, lost = left[: settings.cells_a_task], lost_tables(one.report)
    seconds = [
        settings.seconds_a_lost_cell if field_id.split(".")[0] in lost else settings.seconds_a_cell
        for field_id in drawn
    ]
    return Sketch(
        sha256=report.sha256, file=one.name, agency=report.agency, agency_key=one.agency, year=report.year,
        status=report.status, program="", form=(),
        cells=tuple(AskedCell(field=field_id, worth=0.0) for field_id in drawn), overview=None,
        seconds=settings.seconds_a_report + sum(seconds), worth=0.0, confidence=0.0, entropy=0.0, features=(),
        left=len(left), left_lost=0, task=task,
    )  # fmt: skip
