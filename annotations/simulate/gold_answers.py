"""Gold in a person's place: what somebody who makes no mistake would answer, and what is still wrong."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.acceptance import needs_look
from pipeline.answers import CellAnswer
from pipeline.record import Field, Report
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
