"""What the program is measured against: as few cells changed as make every equality hold, a tie settled by chance.

This is what whoever "fixes the sums" does, by hand or by script: a blank is 0, every cell is as likely wrong as any
other, and of several ways to mend a table one is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random

from pipeline.reconcile.problem import CellCost, Group, Hypothesis, Problem
from pipeline.reconcile.search import solve
from pipeline.record import Number
from pipeline.template import Table

MOST_STEPS = 4_000


def smallest_change(table: Table, read: Mapping[str, Number | None], seed: str) -> dict[str, Number | None]:
    """The fields that some equality binds, changed as little as makes all of them hold.

    Args:
        read: field id -> the number read; None for a blank or where nothing was read, which counts as 0.
        seed: decides between equally small changes.

    Returns:
        A value for each field of `read` that belongs to an equality of the table; the values as read where nothing
        was found within `MOST_STEPS`.
    """
    fields = _bound(table)
    values = {field: read.get(field) or 0 for field in fields}
    if any(value < 0 or value != int(value) for value in values.values()):
        return dict(values)
    place = {field: number for number, field in enumerate(fields)}
    cells = tuple(CellCost(((int(values[field]), 0),), 1) for field in fields)
    equations = tuple(
        tuple((place[field], sign) for side, sign in ((rule.left, 1), (rule.right, -1)) for field in side)
        for rule in table.rules
    )
    problem = Problem(len(fields), (Group(tuple(range(len(fields))), (Hypothesis(0, cells),)),), equations)
    found = solve(problem, 0, MOST_STEPS).solutions
    if not found:
        return dict(values)
    chosen = Random(seed).choice(found)
    return {
        field: values[field] if value is None else value for field, value in zip(fields, chosen.values, strict=True)
    }


@cache
def _bound(table: Table) -> tuple[str, ...]:
    bound = {field for rule in table.rules for field in rule.fields}
    return tuple(field for field in table.field_ids() if field in bound)
