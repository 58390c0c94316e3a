"""Weak evidence for rows of table 2, which no equality binds: how such rows look in other reports.

Only used to rank readings of digits that have run together; it never touches a number with borders.
The parameters in configs/table2_prior.yaml are fitted by `python -m training.table2_prior`, which also
prints how often the cheapest reading is right, by its lead over the next.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import E302, GoujiError
from pipeline.record import Number
from pipeline.recover.readings import RowReading
from pipeline.template import Table

IMPOSSIBLE = 1e-15


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Count(_Model):
    """A count: 0 with some probability, else log-normal."""

    zero: float
    mean: float
    deviation: float

    def probability(self, n: int) -> float:
        if n == 0:
            return self.zero
        return (1 - self.zero) * self.above_zero(n)

    def above_zero(self, n: int) -> float:
        spread = (math.log(n) - self.mean) ** 2 / (2 * self.deviation**2)
        return math.exp(-spread) / (n * self.deviation * math.sqrt(2 * math.pi))


class Activity(_Model):
    """Previous, change, decisions. Some agencies leave the change at 0 in every row ("still" reports), the others
    seldom do; a change leads from the first number to the last, or it does not."""

    still: float
    """Share of still reports."""
    unchanged_if_still: float
    unchanged_if_not: float
    leading: float
    """Of the rows that change, the share in which previous + change = decisions."""
    growing: float
    previous: Count
    change: Count
    decisions: Count

    def unchanged(self, still: float) -> float:
        """Probability of a change of 0 where the report is still with the probability `still`."""
        return still * self.unchanged_if_still + (1 - still) * self.unchanged_if_not

    def probability(self, previous: int, change: int, decisions: int | None, still: float | None = None) -> float:
        """Args:
        decisions: None for a row that has no such column (fees).
        still: how probable it is that the report is still; by default the share of such reports.
        """
        unchanged = self.unchanged(self.still if still is None else still)
        last = 1.0 if decisions is None else self.decisions.probability(decisions)
        if previous < 0:
            return IMPOSSIBLE
        if change == 0:
            return unchanged * self.previous.probability(previous) * last
        sign = self.growing if change > 0 else 1 - self.growing
        step = (1 - unchanged) * self.previous.probability(previous) * sign * self.change.above_zero(abs(change))
        if decisions is None:
            return step
        return step * ((self.leading if previous + change == decisions else 0.0) + (1 - self.leading) * last)

    def still_by_row(self, rows: Mapping[str, Sequence[tuple[int, int, int | None]]]) -> dict[str, float]:
        """For each row, how probable a still report is by what the other rows can be.

        Args:
            rows: for each row, all its readings.
        """
        odds = {
            name: math.log(max(sum(self.probability(*row, still=1.0) for row in readings), IMPOSSIBLE))
            - math.log(max(sum(self.probability(*row, still=0.0) for row in readings), IMPOSSIBLE))
            for name, readings in rows.items()
        }
        usual = math.log(self.still / (1 - self.still))
        return {name: 1 / (1 + math.exp(-usual - sum(odds.values()) + odds[name])) for name in rows}


class DocumentsMade(_Model):
    """Made, published, published in all: often the same number twice or three times."""

    all_equal: float
    first_equal: float
    free: float
    made: Count
    total: Count

    def probability(self, made: int, published: int, total: int) -> float:
        if total < published:
            return IMPOSSIBLE
        apart = self.made.probability(made) * self.made.probability(published) * self.total.probability(total)
        chance = self.free * apart
        if made == published:
            chance += self.first_equal * self.made.probability(made) * self.total.probability(total)
            if total == made:
                chance += self.all_equal * self.made.probability(made)
        return chance


class DocumentsInForce(_Model):
    """Issued, repealed, in force: seldom more repealed than issued, seldom fewer in force than issued."""

    repealed_within_issued: float
    issued_within_force: float
    issued: Count
    repealed: Count
    in_force: Count

    def probability(self, issued: int, repealed: int, in_force: int) -> float:
        usual = self.repealed_within_issued if repealed <= issued else 1 - self.repealed_within_issued
        held = self.issued_within_force if issued <= in_force else 1 - self.issued_within_force
        counts = self.issued.probability(issued) * self.repealed.probability(repealed)
        return usual * held * counts * self.in_force.probability(in_force)


class Prior(_Model):
    activity_margin: int
    """Thousandths of a nat by which the best reading of a row of activities must lead to be taken."""
    documents_margin: int
    """The same for a row of documents."""
    activity: Activity
    documents_made: DocumentsMade
    documents_in_force: DocumentsInForce


@cache
def load_prior() -> Prior:
    """Raises GoujiError E302 where configs/table2_prior.yaml has not the parameters."""
    raw: Any = yaml.safe_load((resources.files("configs") / "table2_prior.yaml").read_text(encoding="utf-8"))
    try:
        return Prior.model_validate(raw)
    except ValidationError as error:
        raise GoujiError(E302, reason=f"table2_prior.yaml: {error.errors()[0]['loc']}") from error


def margin(table: Table, row: str) -> int:
    """By how much the best reading of the row must lead to be taken, in thousandths of a nat."""
    prior = load_prior()
    return prior.activity_margin if _columns(table, row)[:2] == _ACTIVITY else prior.documents_margin


def still_by_row(table: Table, readings: Mapping[str, Sequence[RowReading]]) -> dict[str, float]:
    """For each row of table 2, how probable it is by the other rows that the report leaves all changes at 0."""
    rows: dict[str, list[tuple[int, int, int | None]]] = {}
    for row, rivals in readings.items():
        found = []
        for reading in rivals:
            values = [cell.value for cell in reading.cells]
            whole = [value for value in values if isinstance(value, int)]
            if _columns(table, row)[:2] == _ACTIVITY and len(whole) == len(values) and any(whole):
                found.append((whole[0], whole[1], whole[2] if len(whole) > 2 else None))
        if found:
            rows[row] = found
    return load_prior().activity.still_by_row(rows)


_ACTIVITY = ("previous", "change")


def _columns(table: Table, row: str) -> tuple[str, ...]:
    return next(r.columns for r in table.rows if r.id == row)


def row_cost(
    table: Table, row: str, reading: RowReading, expected: Mapping[str, Number], still: float | None = None
) -> int:
    """Cost of a reading of a row of table 2, in thousandths of a nat; 0 where nothing is known of such rows.

    Args:
        expected: values that last year's report makes probable, by field id.
        still: how probable it is that the report leaves all changes at 0.
    """
    prior = load_prior()
    values = [cell.value for cell in reading.cells]
    if not all(isinstance(value, int) for value in values):
        return 0
    whole = [value for value in values if isinstance(value, int)]
    columns = _columns(table, row)
    cost = 0
    if columns[:2] == _ACTIVITY:
        cost = _cost(prior.activity.probability(whole[0], whole[1], whole[2] if len(whole) > 2 else None, still))
    elif columns == ("made", "published", "total_published"):
        cost = _cost(prior.documents_made.probability(whole[0], whole[1], whole[2]))
    elif columns == ("issued", "repealed", "in_force"):
        cost = _cost(prior.documents_in_force.probability(whole[0], whole[1], whole[2]))
    for column, value in zip(columns, whole, strict=True):
        if expected.get(f"{table.id}.{row}.{column}", value) != value:
            cost += LAST_YEAR
    return cost


LAST_YEAR = 4000
"""Cost of a value that differs from what last year's report leads to expect."""


def _cost(probability: float) -> int:
    return round(-1000 * math.log(max(probability, IMPOSSIBLE)))
