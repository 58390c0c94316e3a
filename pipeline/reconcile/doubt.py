"""How far the reader of a page itself held a value possible."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.record import Number
from pipeline.recover.cell_readings import CellReading
from pipeline.template import Rule

LEAST_RIVAL = 0.02
"""Probability from which on a rival reading of a cell is no surprise."""
HARDLY_READ, WITHOUT_DOUBT = 0.5, 0.98
"""Probability below which a reading is hardly one; from which on it is as good as certain."""


def held_possible(cell: CellReading, value: Number | None) -> bool:
    """Whether the reader of the cell listed the value, with some weight, as what it may say."""
    return any(rival == value and chance >= LEAST_RIVAL for rival, chance in cell.rivals)


def is_the_doubtful_one(field: str, rule: Rule, cells: Mapping[str, CellReading]) -> bool:
    """Whether the reader took this print for something else with more than even odds, and is sure of all the others of
    the rule: then it is known which of them is wrong."""
    others = [cells[one] for one in rule.fields if one != field]
    return cells[field].score < HARDLY_READ and all(
        cell.kind in {"number", "blank", "dash"} and cell.score >= WITHOUT_DOUBT for cell in others
    )
