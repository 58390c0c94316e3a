"""A table without rules that goes on from the page before."""

from __future__ import annotations

import numpy as np

from pipeline.scan.carried import NumberColumns, number_columns
from pipeline.scan.lattice import Lattice, with_places

WIDTH = 1000
HEADED = (80.0, *(float(x) for x in range(500, 921, 60)))
"""Labels, and seven columns of numbers."""


def lattice(*columns: float) -> Lattice:
    rows = tuple(float(100 + 50 * row) for row in range(5))
    return with_places(Lattice(rows, columns, np.ones((5, len(columns) - 1)), np.ones((4, len(columns))), ()))


def test_the_columns_of_a_table_with_heads() -> None:
    expected = NumberColumns(tuple(x / WIDTH for x in HEADED[1:]), 0.08)
    assert number_columns([lattice(*HEADED)], WIDTH) == expected
    assert number_columns([lattice(80.0, 500.0, 920.0)], WIDTH) is None, "too few"
    uneven = (80.0, 500.0, 520.0, 540.0, 560.0, 580.0, 600.0, 620.0, 920.0)
    assert number_columns([lattice(*uneven)], WIDTH) is None, "a total is no wider than the rest"
    assert number_columns([], WIDTH) is None


def test_a_last_column_without_numbers_is_as_wide_as_the_others() -> None:
    """Its head alone stands in it, and the table seems to end there."""
    found = number_columns([lattice(*HEADED[:-1], HEADED[-2] + 30)], WIDTH)
    assert found == NumberColumns(tuple(x / WIDTH for x in HEADED[1:]), 0.08)
