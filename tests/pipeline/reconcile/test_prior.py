"""How rows of table 2 usually look: a ranking, no more."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reconcile.prior import IMPOSSIBLE, LAST_YEAR, Count, load_prior, row_cost
from pipeline.recover.cell_readings import CellReading
from pipeline.recover.readings import RowReading
from pipeline.template import load_templates, table

OLD, NEW = table("2019", "t2"), table("2021", "t2")
PRIOR = load_prior()
COUNTS = st.integers(0, 10**9)


def reading(*values: int | float | None) -> RowReading:
    return RowReading(tuple(CellReading("blank" if v is None else "number", str(v), v) for v in values))


def test_a_count_is_a_distribution() -> None:
    count = Count(zero=0.3, mean=1.0, deviation=1.0)
    assert count.probability(0) == 0.3
    assert sum(count.probability(n) for n in range(500)) == pytest.approx(1.0, abs=0.15)


@given(COUNTS, COUNTS, COUNTS, st.integers(-(10**6), 10**6))
def test_probabilities_are_probabilities(a: int, b: int, c: int, change: int) -> None:
    for chance in (
        PRIOR.activity.probability(a, change, c),
        PRIOR.activity.probability(a, change, None),
        PRIOR.documents_made.probability(a, b, c),
        PRIOR.documents_in_force.probability(a, b, c),
    ):
        assert 0 <= chance <= 1


@pytest.mark.parametrize(
    ("row", "likelier", "less"),
    [
        ("licensing", (112, 2, 114), (11, 22, 114)),
        ("licensing", (112, 0, 30), (1120, 3, 0)),
        ("penalty", (100, -4, 96), (100, -49, 6)),
        ("normative", (3, 3, 3), (3, 3, 30)),
        ("normative", (8, 8, 98), (88, 9, 8)),
        ("fees", (12, 0), (1, 20)),
    ],
)
def test_usual_rows_cost_less(row: str, likelier: tuple[int, ...], less: tuple[int, ...]) -> None:
    assert row_cost(OLD, row, reading(*likelier), {}) < row_cost(OLD, row, reading(*less), {})


def test_fewer_in_force_than_issued_is_unusual() -> None:
    assert row_cost(NEW, "normative", reading(2, 0, 12), {}) < row_cost(NEW, "normative", reading(20, 1, 2), {})


def test_what_cannot_be_is_as_dear_as_can_be() -> None:
    dearest = round(-1000 * math.log(IMPOSSIBLE))
    assert row_cost(OLD, "normative", reading(3, 5, 4), {}) == dearest
    assert row_cost(OLD, "licensing", reading(-3, 5, 4), {}) == dearest


@pytest.mark.parametrize(
    ("form", "row", "values"),
    [
        (NEW, "licensing", (80,)),
        (OLD, "procurement", (3, 4)),
        (OLD, "licensing", (3, None, 4)),
        (OLD, "licensing", (3, 2.5, 4)),
    ],
)
def test_where_nothing_is_known_it_costs_nothing(form: object, row: str, values: tuple[int | None, ...]) -> None:
    assert row_cost(form, row, reading(*values), {}) == 0  # type: ignore[arg-type]


def test_last_year_is_weak_evidence() -> None:
    cells = reading(112, 2, 114)
    alone = row_cost(OLD, "licensing", cells, {})
    assert row_cost(OLD, "licensing", cells, {"t2.licensing.previous": 112}) == alone
    assert row_cost(OLD, "licensing", cells, {"t2.licensing.previous": 11}) == alone + LAST_YEAR


@pytest.mark.parametrize("template", list(load_templates()))
def test_every_row_of_the_form_can_be_asked_about(template: str) -> None:
    form = table(template, "t2")
    for row in form.rows:
        assert row_cost(form, row.id, reading(*range(1, len(row.columns) + 1)), {}) >= 0
