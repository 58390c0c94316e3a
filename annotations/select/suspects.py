"""The cells of a record to ask a person about: how likely each is wrong, and what it may turn out to be."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from annotations.select.settings import AnnotateSettings
from annotations.select.zeros import ZeroShares
from pipeline.acceptance import needs_look
from pipeline.record import Field, Number, Report

SOME_NUMBER = 1
"""Stands for whatever is not 0, where nothing tells which number it could be."""
_OPEN = ("ambiguous", "missing")


@dataclass(frozen=True, slots=True)
class Suspect:
    """One cell and what asking about it costs."""

    field: str
    wrong: float
    """Probability that the value is not what the agency reported, or that there is none yet; 0..1."""
    confidence: float
    seconds: float
    must: bool
    """Whether a person has to look at it before the report can be used."""
    answerable: float
    """Chance that a person finds anything to answer with."""


def lost_tables(report: Report) -> frozenset[str]:
    """Tables of which not one cell was found, by id: somebody would have to type them as a whole."""
    found = {field_id.split(".")[0] for field_id, field in report.fields.items() if field.kind != "absent"}
    return frozenset(report.templates) - found


def suspects(
    report: Report, answered: Collection[str], settings: AnnotateSettings
) -> Iterator[Suspect]:
    """In the order of the record: what needs a look, and what is accepted but promises enough.

    Args:
        answered: ids of fields that somebody was asked about already; they are left out.
    """
    lost = lost_tables(report)
    for field_id, field in report.fields.items():
        must = needs_look(field)
        if field_id in answered or "annotator" in field.support or (field.status == "missing" and not must):
            continue
        is_lost = field_id.split(".")[0] in lost
        seconds = settings.seconds_a_lost_cell if is_lost else settings.seconds_a_cell
        wrong = wrongness(field)
        if must or wrong / seconds * 60 >= settings.least_a_minute:
            yield Suspect(field_id, wrong, field.confidence, seconds, must, settings.lost_is_there if is_lost else 1.0)


def wrongness(field: Field) -> float:
    """Probability that the field is wrong or not settled, 0..1."""
    return 1.0 if field.status in _OPEN else 1.0 - field.confidence


def likely_values(field_id: str, field: Field, zeros: ZeroShares) -> list[tuple[Number, float]]:
    """What the cell may turn out to be, each with its probability, the likeliest first; they add up to 1.

    Candidates count by what they cost and by how often the field is 0. A blank counts as 0.
    """
    zero = zeros.of(field_id)
    weights: dict[Number, float] = {}
    for one in field.candidates:
        value = one.value if one.value is not None else 0
        weights[value] = weights.get(value, 0.0) + math.exp(-one.cost) * (zero if value == 0 else 1 - zero)
    if field.value is not None:
        weights[field.value] = weights.get(field.value, 0.0) + 1.0
    if not weights:
        weights = {0: zero, SOME_NUMBER: 1 - zero}
    whole = sum(weights.values())
    return sorted(((value, weight / whole) for value, weight in weights.items()), key=lambda one: (-one[1], one[0]))
