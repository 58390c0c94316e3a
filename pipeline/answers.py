"""What people answered about the cells of a report, kept beside the outcomes and never overwritten by a later run.

    OUT/answers/ab/ab12….json     all answers about one content, everybody's

Everything that was ever answered stays; `final` says what counts of it. `pipeline.answered` puts it into the record.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import E305, GoujiError
from pipeline.record import Number

FOLDER = "answers"
"""Of OUT."""
SUFFIX = ".json"

Verdict = Literal["ok", "corrected", "unreadable", "source_wrong", "left_open"]
PrintKind = Literal["number", "blank", "dash"]


class CellAnswer(BaseModel):
    """What one person said of one cell after looking at the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    verdict: Verdict
    """`ok`: as the program proposed. `source_wrong`: the page prints something that the agency cannot have meant.
    `left_open`: of the overview of a table, in whose row and column a number other than 0 is printed, or of which the
    overview told nothing; the cell has still to be asked about."""
    kind: PrintKind | None = None
    """What the page shows; None where it is unreadable."""
    printed: Number | None = None
    """The number on the page."""
    value: Number | None = None
    """What the agency reports; None where nobody can know."""
    proposed: Number | None = None
    """The program's value when it was asked; None where it had none."""
    program: str = ""
    """Mark of the program that had proposed it."""
    annotator: str
    at: str
    """When, ISO 8601 in UTC."""
    seconds: float | None = None
    """That the whole task took."""
    task: str = ""
    """Key of the task."""
    adjudicates: bool = False
    """Whether it was asked because others disagreed; it settles what they said."""

    @property
    def said(self) -> tuple[PrintKind | None, Number | None, Number | None]:
        """What two answers must share to agree."""
        return self.kind, self.printed, self.value


class ReportAnswers(BaseModel):
    """All answers about one content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Literal["gouji-answers/1"] = "gouji-answers/1"
    sha256: str
    answers: tuple[CellAnswer, ...] = ()
    """By field, then in the order in which they were given."""

    def to_bytes(self) -> bytes:
        """The same bytes for the same answers."""
        return (self.model_dump_json(indent=1) + "\n").encode()

    def with_answers(self, more: Iterable[CellAnswer]) -> ReportAnswers:
        """What is known already is not added twice; of one person's answers to one task, the last one stays."""
        kept = {(one.task, one.annotator, one.field): one for one in self.answers}
        for one in more:
            before = kept.get((one.task, one.annotator, one.field))
            if before is None or before.at <= one.at:
                kept[one.task, one.annotator, one.field] = one
        ordered = sorted(kept.values(), key=lambda one: (one.field, one.at, one.annotator, one.task))
        return self.model_copy(update={"answers": tuple(ordered)})


def final(answers: ReportAnswers) -> dict[str, CellAnswer]:
    """What counts, by field: the last adjudication, or what all agree on. Where they disagree nothing counts."""
    return {
        field: telling[-1] for field, given in _by_field(answers).items()
        if not _is_disputed(given) and (telling := _telling(given))
    }  # fmt: skip


def disputed(answers: ReportAnswers) -> dict[str, tuple[CellAnswer, ...]]:
    """Fields about which people say different things and nobody has adjudicated, with what each says last."""
    return {field: tuple(given) for field, given in _by_field(answers).items() if _is_disputed(given)}


def _by_field(answers: ReportAnswers) -> dict[str, list[CellAnswer]]:
    """Each person's last answer by field; where somebody adjudicated, the last adjudication alone."""
    last: dict[str, dict[str, CellAnswer]] = {}
    for one in sorted(answers.answers, key=lambda one: (one.verdict != "left_open", one.at)):
        # What somebody left open and answered elsewhere is answered.
        last.setdefault(one.field, {})[one.annotator] = one
    found = {}
    for field, people in last.items():
        given = list(people.values())
        settled = [one for one in answers.answers if one.field == field and one.adjudicates]
        found[field] = [max(settled, key=lambda one: one.at)] if settled else given
    return found


def _telling(given: list[CellAnswer]) -> list[CellAnswer]:
    """Those that say something of the cell. One who could read it knows more than one who could not."""
    settling = [one for one in given if one.verdict != "left_open"]
    return [one for one in settling if one.verdict != "unreadable"] or settling


def _is_disputed(given: list[CellAnswer]) -> bool:
    telling = _telling(given)
    # In one overview one saw a number where another saw none.
    left_open = {one.task for one in given if one.verdict == "left_open"}
    return len({one.said for one in telling}) > 1 or any(one.task in left_open for one in telling)


def path_of(out: Path, sha256: str) -> Path:
    """Where the answers about a content lie."""
    return out / FOLDER / sha256[:2] / f"{sha256}{SUFFIX}"


def load_answers(out: Path, sha256: str) -> ReportAnswers:
    """The answers about a content; none where nobody was asked.

    Raises:
        GoujiError: E305 where the file is not what it should be: answers of people are never passed over in silence.
        OSError: where it is there and cannot be read.
    """
    path = path_of(out, sha256)
    try:
        return ReportAnswers.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return ReportAnswers(sha256=sha256)
    except ValidationError as error:
        raise GoujiError(E305, reason=f"{path}（{error.errors()[0]['msg']}）") from None


def all_answers(out: Path) -> list[ReportAnswers]:
    """All that was ever answered in the output folder, ordered by SHA-256. Raises as `load_answers` does."""
    paths = sorted((out / FOLDER).glob(f"*/*{SUFFIX}"))
    return [load_answers(out, path.name.removesuffix(SUFFIX)) for path in paths]
