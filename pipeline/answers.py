"""What people answered about the cells of a report, kept beside the outcomes and never overwritten by a later run.

    OUT/answers/ab/ab12….json     all answers about one content, everybody's

Everything that was ever answered stays; `final` says what counts of it. `pipeline.answered` puts it into the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import E305, GoujiError
from pipeline.record import Number

FOLDER = "answers"
"""Of OUT."""
SUFFIX = ".json"

Verdict = Literal["ok", "corrected", "unreadable", "source_wrong", "left_open", "number_seen"]
STILL_OPEN: frozenset[Verdict] = frozenset({"left_open", "number_seen"})
"""Of cells that have still to be asked about one by one."""
PrintKind = Literal["number", "blank", "dash"]


class CellAnswer(BaseModel):
    """What one person said of one cell after looking at the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: str
    verdict: Verdict
    """`ok`: as the program proposed. `source_wrong`: the page prints something that the agency cannot have meant.
    Of the overview of a table: `number_seen`, where a number other than 0 is printed in its row and one in its column;
    `left_open`, where the overview told nothing."""
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
    overview: bool = False
    """Whether it was said of the table as a whole."""
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
    by_field, against = _by_field(answers), disputed(answers)
    return {
        field: telling[-1] for field, given in by_field.items() if field not in against and (telling := _telling(given))
    }


def disputed(answers: ReportAnswers) -> dict[str, tuple[CellAnswer, ...]]:
    """Fields about which people say different things and nobody has adjudicated, with what each says last."""
    by_field = _by_field(answers)
    denied = _denied(answers, by_field)
    return {field: tuple(given) for field, given in by_field.items() if field in denied or _is_disputed(given)}


def numbers_seen(answers: ReportAnswers) -> list[tuple[str, frozenset[str]]]:
    """For each row, and each column, of which somebody said in an overview that a number other than 0 is printed in it:
    who, and the fields in which it may stand."""
    found: dict[tuple[str, str, int, str], set[str]] = {}
    for one in answers.answers:
        if one.verdict == "number_seen":
            for part in (1, 2):
                found.setdefault((one.annotator, one.task, part, one.field.split(".")[part]), set()).add(one.field)
    return [(key[0], frozenset(fields)) for key, fields in sorted(found.items())]


def _by_field(answers: ReportAnswers) -> dict[str, list[CellAnswer]]:
    """Each person's last answer by field; where somebody adjudicated, the last adjudication alone."""
    last: dict[str, dict[str, CellAnswer]] = {}
    # What somebody left open and answered elsewhere is answered.
    for one in sorted(answers.answers, key=lambda one: (one.verdict not in STILL_OPEN, one.at)):
        last.setdefault(one.field, {})[one.annotator] = one
    settled: dict[str, CellAnswer] = {}
    for one in answers.answers:
        if one.adjudicates and (one.field not in settled or settled[one.field].at <= one.at):
            settled[one.field] = one
    return {field: [settled[field]] if field in settled else list(people.values()) for field, people in last.items()}


def _telling(given: list[CellAnswer]) -> list[CellAnswer]:
    """Those that say something of the cell. One who could read it knows more than one who could not."""
    settling = [one for one in given if one.verdict not in STILL_OPEN]
    return [one for one in settling if one.verdict != "unreadable"] or settling


def _is_disputed(given: list[CellAnswer]) -> bool:
    telling = _telling(given)
    # In one overview one saw a number where another saw none.
    seen = {one.task for one in given if one.verdict == "number_seen"}
    return len({one.said for one in telling}) > 1 or any(one.task in seen for one in telling)


def _denied(answers: ReportAnswers, by_field: Mapping[str, list[CellAnswer]]) -> set[str]:
    """Fields in one of which somebody saw a number, and all of which others say hold none."""
    found: set[str] = set()
    for who, fields in numbers_seen(answers):
        said = [telling for field in fields if (telling := _telling(by_field[field]))]
        open_ = [field for field in fields if not any(one.adjudicates for one in by_field[field])]
        nothing = all(not one.printed and one.verdict != "unreadable" for telling in said for one in telling)
        others = any(one.annotator != who for telling in said for one in telling)
        if len(said) == len(fields) and nothing and others:
            found.update(open_)
    return found


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
