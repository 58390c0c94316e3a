"""A table without rules that goes on from the page before."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.scan.carried import NumberColumns, carried_over, number_columns
from pipeline.scan.lattice import Lattice, with_places

WIDTH = 1000
HEADED = (80.0, *(float(x) for x in range(500, 921, 60)))
"""Labels, and seven columns of numbers."""
BEFORE = NumberColumns(tuple(x / WIDTH for x in HEADED[1:]))
LABEL = (90.0, 110.0, 300.0, 140.0)


def lattice(*columns: float) -> Lattice:
    rows = tuple(float(100 + 50 * row) for row in range(5))
    return with_places(
        Lattice(rows, columns, np.ones((5, len(columns) - 1)), np.ones((4, len(columns))), ())
    )


def test_the_columns_of_a_table_with_heads() -> None:
    assert number_columns([lattice(*HEADED)], WIDTH) == BEFORE
    assert number_columns([lattice(80.0, 500.0, 920.0)], WIDTH) is None, "too few"
    uneven = (80.0, 500.0, 520.0, 540.0, 560.0, 580.0, 600.0, 620.0, 920.0)
    assert number_columns([lattice(*uneven)], WIDTH) is None, "a total is no wider than the rest"
    assert number_columns([], WIDTH) is None


@pytest.mark.parametrize("shift", [0.0, 25.0])
def test_below_a_page_break_the_columns_are_those_above_it(shift: float) -> None:
    """Of seven columns two held numbers: there seemed to be three."""
    piece = lattice(*(x + shift for x in (80.0, 250.0, 505.0, 590.0, 850.0, 925.0)))
    made = carried_over(piece, BEFORE, WIDTH, [LABEL, (520.0 + shift, 110.0, 545.0, 140.0)])
    assert made.n_columns == 2 + 7 and made.columns[:3] == piece.columns[:3] and made.columns[-1] == piece.columns[-1]
    assert np.allclose(np.diff(made.columns[2:]), 60.0)
    assert sum(place.column >= 2 for place in made.places) == 7 * 4


def test_where_it_stands_elsewhere_or_a_text_runs_through_it_is_another_table() -> None:
    crossing = (600.0, 110.0, 760.0, 140.0)
    piece = lattice(80.0, 500.0, 740.0, 920.0)
    assert carried_over(piece, BEFORE, WIDTH, [LABEL, crossing]) is piece
    for other in (lattice(80.0, 300.0, 920.0), lattice(80.0, 500.0, 700.0), lattice(*HEADED)):
        assert carried_over(other, BEFORE, WIDTH, [LABEL]) is other
