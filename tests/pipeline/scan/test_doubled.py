from __future__ import annotations

import numpy as np

from pipeline.scan.doubled import without_doubles
from pipeline.scan.lattice import Lattice, with_places

NUMBERS = [(800.0, 20.0, 830.0, 40.0), (1200.0, 20.0, 1230.0, 40.0), (1600.0, 20.0, 1630.0, 40.0)]


def lattice(seen: str) -> Lattice:
    """Columns 0-40, 40-80, 80-95, 95-120 and 120-160; the letters tell which of the borders at 80 and 95 a row has."""
    columns = (0.0, 40.0, 80.0, 95.0, 120.0, 160.0)
    upright = np.ones((len(seen), 6))
    for row, which in enumerate(seen):
        upright[row, 2] = which in "lb"
        upright[row, 3] = which in "rb"
    rows = tuple(float(y) for y in range(0, 20 * len(seen) + 1, 20))
    return with_places(Lattice(rows, columns, np.ones((len(seen) + 1, 5)), upright, ()))


def test_two_borders_that_rows_take_in_turns_are_one() -> None:
    made = without_doubles(lattice("llllllrrr"), [])
    assert made.columns == (0.0, 40.0, 80.0, 120.0, 160.0)
    assert len(made.places) == 9 * 4


def test_the_border_that_more_rows_have_stays() -> None:
    assert without_doubles(lattice("lrrrrrrrr"), []).columns == (0.0, 40.0, 95.0, 120.0, 160.0)


def test_a_narrow_column_of_its_own_stays() -> None:
    made = lattice("bbbbbbbbb")
    assert without_doubles(made, NUMBERS) is made


def test_few_rows_prove_nothing() -> None:
    made = lattice("lr")
    assert without_doubles(made, NUMBERS) is made


def test_columns_that_one_row_alone_has_stay() -> None:
    """Table 2 behind a page break: one row with three numbers, then rows with one."""
    upright = np.ones((9, 5))
    upright[1:, 2:4] = 0.0
    rows = tuple(float(y) for y in range(0, 600, 60))
    made = with_places(Lattice(rows, (0.0, 640.0, 1050.0, 1460.0, 1870.0), np.ones((10, 4)), upright, ()))
    assert without_doubles(made, NUMBERS) is made
