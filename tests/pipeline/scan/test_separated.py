"""Tables of a long page that were taken for one."""

from __future__ import annotations

import numpy as np

from pipeline.scan.lattice import Lattice, with_places
from pipeline.scan.separated import MOST_ROWS, separated


def lattice(n_rows: int) -> Lattice:
    """A title and rows of two columns, then another title and rows of three with borders elsewhere."""
    upright = np.ones((n_rows, 6))
    upright[:, 1:-1] = 0.0
    upright[1 : n_rows // 2, 1] = 1.0
    upright[n_rows // 2 + 1 :, 2:4] = 1.0
    rows, columns = tuple(30.0 * row for row in range(n_rows + 1)), (0.0, 100.0, 200.0, 300.0, 400.0, 500.0)
    return with_places(Lattice(rows, columns, np.ones((n_rows + 1, 5)), upright, ()))


def test_each_table_has_its_own_columns_and_its_title() -> None:
    made = lattice(MOST_ROWS + 10)
    first, second = separated(made)
    assert first.columns == (0.0, 100.0, 500.0) and second.columns == (0.0, 200.0, 300.0, 500.0)
    assert first.rows[-1] == second.rows[0] == 30.0 * (MOST_ROWS + 10) / 2
    assert [sum(place.row == row for place in second.places) for row in (0, 1)] == [1, 3]


def test_a_table_of_the_forms_length_is_one() -> None:
    made = lattice(MOST_ROWS)
    assert separated(made) == [made]
