from __future__ import annotations

import numpy as np

from pipeline.scan.doubled import without_doubles
from pipeline.scan.lattice import Lattice, with_places


def lattice(seen: str) -> Lattice:
    """Columns 0-40, 40-80, 80-95, 95-120 and 120-160; the letters tell which of the borders at 80 and 95 a row has."""
    columns = (0.0, 40.0, 80.0, 95.0, 120.0, 160.0)
    upright = np.ones((len(seen), 6))
    for row, which in enumerate(seen):
        upright[row, 2] = which in "lb"
        upright[row, 3] = which in "rb"
    rows = tuple(float(y) for y in range(0, 10 * len(seen) + 1, 10))
    return with_places(Lattice(rows, columns, np.ones((len(seen) + 1, 5)), upright, ()))


def test_two_borders_that_rows_take_in_turns_are_one() -> None:
    made = without_doubles(lattice("llllllrrr"))
    assert made.columns == (0.0, 40.0, 80.0, 120.0, 160.0)
    assert len(made.places) == 9 * 4


def test_the_border_that_more_rows_have_stays() -> None:
    assert without_doubles(lattice("lrrrrrrrr")).columns == (0.0, 40.0, 95.0, 120.0, 160.0)


def test_a_narrow_column_of_its_own_stays() -> None:
    made = lattice("bbbbbbbbb")
    assert without_doubles(made) is made


def test_few_rows_prove_nothing() -> None:
    made = lattice("lr")
    assert without_doubles(made) is made
