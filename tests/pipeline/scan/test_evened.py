"""A block of numbers has a cell in each of its rows and columns."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.scan.evened import evened, number_block, with_rows_between
from pipeline.scan.lattice import Lattice, Place, with_places


def test_the_block_of_numbers_is_evened_out() -> None:
    """A label column with a merged cell, seven number columns with one edge lost and a stroke too many."""
    level, upright = np.ones((6, 8)), np.ones((5, 9))
    level[2, 0] = 0.0
    level[3, 4] = 0.0
    upright[2, 6] = 0.0
    lattice = Lattice(tuple(range(0, 60, 10)), tuple(range(0, 90, 10)), level, upright, ())
    made = evened(lattice)
    assert len(made.places) == 5 * 7 + 4 and Place(1, 0, 2, 1) in made.places


def test_a_small_table_is_left_as_it_is() -> None:
    level, upright = np.ones((6, 3)), np.ones((5, 4))
    upright[2, 2] = 0.0
    lattice = Lattice(tuple(range(0, 60, 10)), tuple(range(0, 40, 10)), level, upright, ())
    assert evened(lattice) is lattice


def test_a_row_of_the_block_that_lost_most_of_its_edges_is_filled_in() -> None:
    level, upright = np.ones((5, 7)), np.ones((4, 8))
    upright[3, 2:6] = 0.1
    lattice = Lattice(tuple(range(0, 50, 10)), tuple(range(0, 80, 10)), level, upright, ())
    assert len(evened(lattice).places) == 28


def table_four(lost: int, shift: float = 0.0) -> Lattice:
    """Fifteen columns 40 wide, and a border of which the network saw next to nothing."""
    level, upright = np.ones((4, 15)), np.ones((3, 16))
    upright[:, lost] = 0.1
    columns = [40.0 * border for border in range(16)]
    columns[lost] += shift
    return with_places(Lattice((0.0, 30.0, 60.0, 90.0), tuple(columns), level, upright, ()))


@pytest.mark.parametrize("lost", [1, 7, 14])
def test_a_block_with_all_columns_of_the_form_lost_none_of_its_borders(lost: int) -> None:
    """Beside two blank cells; taken for one, the table had no place for its numbers."""
    assert len(evened(table_four(lost)).places) == 45
    assert len(evened(table_four(lost, shift=25.0)).places) == 42, "no border of numbers: the columns are not alike"


def numbers(lost: tuple[int, ...]) -> Lattice:
    """Six rows of eight columns 100 wide; those named have no upright rule behind the second column."""
    upright = np.ones((6, 9))
    upright[list(lost), 2:8] = 0.0
    rows, columns = tuple(float(y) for y in range(0, 301, 50)), tuple(float(x) for x in range(0, 801, 100))
    return with_places(Lattice(rows, columns, np.ones((7, 8)), upright, ()))


def test_blank_rows_between_others_of_numbers_have_their_cells() -> None:
    """Two rows at a page's end had faint rules and one number: the cells were taken for one."""
    made = with_rows_between(numbers((2, 3)), [(140.0, 110.0, 160.0, 140.0)])
    assert [sum(place.row == row for place in made.places) for row in range(6)] == [8] * 6


def test_a_row_of_heads_between_rows_of_numbers_stays_as_it_is() -> None:
    lattice = numbers((2,))
    assert with_rows_between(lattice, [(430.0, 110.0, 570.0, 140.0)]) is lattice


def test_a_label_that_reaches_into_the_next_column_stays_whole() -> None:
    made = with_rows_between(numbers((2,)), [(120.0, 110.0, 280.0, 140.0)])
    assert [place.column_span for place in made.places if place.row == 2] == [1, 2, 1, 1, 1, 1, 1]


def test_rows_at_the_ends_are_not_between_others() -> None:
    lattice = numbers((0, 5))
    assert with_rows_between(lattice, []) is lattice


@pytest.mark.parametrize(("first", "left"), [(100.0, 0), (400.0, 4)])
def test_table_4_has_no_labels_at_its_side(first: float, left: int) -> None:
    """Its first four columns have a border less than the others; of another table so wide they hold labels."""
    upright, level = np.ones((5, 16)), np.ones((6, 15))
    level[2, :4] = 0.0
    columns = tuple(float(x) for x in np.cumsum([0.0, first, *[100.0] * 14]))
    rows = tuple(float(y) for y in range(0, 251, 50))
    block = number_block(with_places(Lattice(rows, columns, level, upright, ())))
    assert block == (0, 5, left, 15)


@pytest.mark.parametrize(("first", "left"), [(100.0, 1), (250.0, 2)])
def test_seven_columns_of_numbers_although_the_first_lacks_borders(first: float, left: int) -> None:
    """What lacks them is a column of labels only if it is as wide as one."""
    upright, level = np.ones((9, 9)), np.ones((10, 8))
    level[3:5, 1] = level[2:8, 0] = 0.0
    columns = tuple(float(x) for x in np.cumsum([0.0, 300.0, first, *[100.0] * 6]))
    rows = tuple(float(y) for y in range(0, 451, 50))
    assert number_block(with_places(Lattice(rows, columns, level, upright, ()))) == (0, 9, left, 8)


def test_the_last_rows_of_a_table_without_rules_are_parted_as_those_above() -> None:
    """Nothing was printed in most columns from some row on, down to a line of text below the table."""
    lattice = numbers((4, 5))
    assert with_rows_between(lattice, []) is lattice, "a table with rules shows its last rows"
    made = with_rows_between(lattice, [], implied=True)
    assert [sum(place.row == row for place in made.places) for row in range(6)] == [8] * 6
    text = (40.0, 255.0, 760.0, 295.0)
    above = with_rows_between(lattice, [text], implied=True)
    assert [sum(place.row == row for place in above.places) for row in range(6)] == [8] * 5 + [2]


def test_a_border_that_a_bent_page_brought_into_the_next_row_is_none() -> None:
    """At its right end the rule below one row stood in the middle of the next, where a number runs over it."""
    level, upright = np.ones((6, 10)), np.ones((5, 11))
    level[3, :5] = 0.0
    rows, columns = tuple(50.0 * row for row in range(6)), tuple(100.0 * column for column in range(11))
    lattice = with_places(Lattice(rows, columns, level, upright, ()))
    number = (330.0, 138.0, 350.0, 162.0)
    assert not evened(lattice, [number]).level[3, 3:].any()
    assert evened(lattice, [(330.0, 160.0, 350.0, 184.0)]).level[3, 3:].all(), "it runs over no border"


def test_a_column_that_looks_merged_in_one_row_belongs_to_the_seven() -> None:
    level, upright = np.ones((8, 10)), np.ones((7, 11))
    level[3, 3:5] = level[1:, :3] = 0.0
    upright[:4, 1:3] = 0.0
    columns = (0.0, 60.0, 170.0, *(380.0 + 68 * column for column in range(8)))
    lattice = with_places(Lattice(tuple(50.0 * row for row in range(8)), columns, level, upright, ()))
    assert number_block(lattice) == (0, 7, 3, 10)
