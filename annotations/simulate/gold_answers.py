"""Gold in a person's place: what somebody who makes no mistake would answer, and what is still wrong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from annotations.pull.overview_answers import can_hold
from annotations.selection import AskedOverview
from pipeline.acceptance import needs_look
from pipeline.answers import CellAnswer
from pipeline.record import Field, Number, Report
from pipeline.template import table
from training.evaluation.results import same
from training.gold import Gold

WHO = "gold"


@dataclass(frozen=True, slots=True)
class Errors:
    """Fields of which the gold knows the value."""

    open: int
    """Somebody has to look at them yet."""
    accepted: int
    """Wrong, and nobody will look."""

    @property
    def all(self) -> int:
        return self.open + self.accepted


def gold_answer(gold: Gold, field_id: str, before: Field) -> CellAnswer:
    """What is printed is what is told: that a blank means 0 nobody sees, it may follow. Gold of reports that were made
    does not tell a blank from a dash, and the one is taken for the other. A field that the agency's form does not have
    is blank on its page."""
    if field_id not in gold.printed:
        return _answer(field_id, before, kind="blank", printed=None, value=None)
    printed, value = gold.printed[field_id], gold.reconciled[field_id]
    kind = gold.kind_of(field_id) or "blank"
    return _answer(field_id, before, kind=kind, printed=printed, value=value if kind == "number" else None)


def gold_overview(gold: Gold, asked: AskedOverview, before: Report) -> tuple[list[CellAnswer], int]:
    """What somebody says of the cells in whose row or column nothing but 0 or nothing is printed, and how many answers
    that takes: one a row and a column with other numbers, one for what the others hold, one a column where some of
    theirs hold 0 and some nothing. Where they have no such columns either, or the sums of the form cannot hold,
    nothing is said at all."""
    fields = [field for row in asked.rows for field in before.fields if field.startswith(f"{asked.table}.{row.row}.")]
    numbers = [field for field in fields if gold.printed.get(field)]
    rows, columns = ({field.split(".")[part] for field in numbers} for part in (1, 2))
    count = 1 + len(rows) + len(columns)
    held: dict[str, set[Number | None]] = {}
    for field in fields:
        if _is_told(field, rows, columns):
            held.setdefault(field.split(".")[2], set()).add(gold.printed.get(field))
    of = table(before.templates[asked.table], asked.table)
    seen = [field for field in asked.fields if not _is_told(field, rows, columns)]
    zero = [field for field in asked.fields if _is_told(field, rows, columns) and gold.printed.get(field) == 0]
    if any(len(kinds) > 1 for kinds in held.values()) or not can_hold(of, seen, zero):
        return [], count
    zeros = sum(0 in kinds for kinds in held.values())
    given = [
        gold_answer(gold, field, before.fields[field]).model_copy(update={"task": asked.table})
        if _is_told(field, rows, columns)
        else CellAnswer(field=field, verdict="number_seen", annotator=WHO, at="", task=asked.table)
        for field in asked.fields
    ]
    return given, count + (zeros if zeros < len(held) else 0)


def _is_told(field: str, rows: Collection[str], columns: Collection[str]) -> bool:
    _, row, column = field.split(".")
    return row not in rows or column not in columns


def _answer(field_id: str, before: Field, **said: object) -> CellAnswer:
    wrong = said["kind"] == "number" and said["printed"] != said["value"]
    proposed = before.value == said["value"] and before.kind == said["kind"]
    verdict = "source_wrong" if wrong else "ok" if proposed else "corrected"
    return CellAnswer.model_validate(
        {"field": field_id, "verdict": verdict, "proposed": before.value, "annotator": WHO, "at": "", **said}
    )


def scored(gold: Gold) -> int:
    """Fields whose value the gold knows."""
    return sum(value is not None for value in gold.reconciled.values())


def errors_of(report: Report, gold: Gold) -> Errors:
    """A field that the record's form does not have is as good as open: nobody takes a wrong number from it."""
    left, accepted = 0, 0
    for field_id, value in gold.reconciled.items():
        if value is None:
            continue
        field = report.fields.get(field_id)
        if field is None or needs_look(field):
            left += 1
        elif not same(field.value, value):
            accepted += 1
    return Errors(left, accepted)
