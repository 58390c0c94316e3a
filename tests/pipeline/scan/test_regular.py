from __future__ import annotations

import numpy as np
import pytest

from pipeline.scan.lattice import Lattice, Place, with_places
from pipeline.scan.regular import (
    with_blank_columns,
    with_clear_borders,
    with_label_borders,
    with_likely_borders,
    with_lost_border,
    with_whole_rows,
    with_wide_cells,
    without_text_below,
)


def lattice(widths: list[float], labels: list[float] | None = None) -> Lattice:
    columns = tuple(float(x) for x in np.cumsum([0.0, *(labels or []), *widths]))
    rows = tuple(float(y) for y in range(0, 70, 10))
    level = np.ones((len(rows), len(columns) - 1))
    if labels:
        # The labels' rows are merged.
        level[2:4, 0] = 0.0
    return with_places(Lattice(rows, columns, level, np.ones((len(rows) - 1, len(columns))), ()))


@pytest.mark.parametrize(("count", "at"), [(15, 9), (15, 0), (15, 13)])
def test_a_column_as_wide_as_two_is_two(count: int, at: int) -> None:
    widths = [40.0] * (count - 1)
    widths[at] = 80.0
    made = with_lost_border(lattice(widths))
    assert np.allclose(np.diff(made.columns), 40.0)
    assert len(made.places) == 6 * count


def test_beside_labels() -> None:
    made = with_lost_border(lattice([40, 42, 80, 38, 40, 41], [200]))
    assert made.n_columns == 8
    assert made.columns[4] == 200 + 40 + 42 + 40


@pytest.mark.parametrize(
    "widths", [[40.0] * 15, [40.0] * 14, [40.0] * 12 + [80.0, 80.0], [40.0] * 11 + [80.0], [40.0] * 12 + [70.0, 20.0]]
)
def test_what_is_whole_or_not_clear_is_left_alone(widths: list[float]) -> None:
    made = lattice(widths)
    assert with_lost_border(made) is made


def test_each_row_of_numbers_has_its_label() -> None:
    """Six rows, the labels of the third and fourth seen as one; beside it a label of two lines that crosses."""
    made = lattice([40.0] * 7, [200])
    assert Place(1, 0, 3, 1) in made.places
    labels = [(10.0, 10.0 * row + 2, 150.0, 10.0 * row + 8) for row in range(6)]
    assert len(with_label_borders(made, labels).places) == 6 * 8
    across = [labels[0], (10.0, 12.0, 150.0, 38.0), *labels[4:]]
    assert with_label_borders(made, across) is made


def test_a_border_that_a_row_half_shows_and_others_show_whole_is_there() -> None:
    upright = np.ones((4, 3))
    upright[:, 1] = (1.0, 0.9, 0.4, 0.1)
    rows = (0.0, 20.0, 40.0, 60.0, 80.0)
    made = with_likely_borders(with_places(Lattice(rows, (0.0, 50.0, 100.0), np.ones((5, 2)), upright, ())))
    assert [sum(place.row == row for place in made.places) for row in range(4)] == [2, 2, 2, 1]


def test_a_border_that_one_row_alone_shows_whole_is_no_measure() -> None:
    upright = np.ones((4, 3))
    upright[:, 1] = (1.0, 0.4, 0.4, 0.1)
    rows = (0.0, 20.0, 40.0, 60.0, 80.0)
    lattice = with_places(Lattice(rows, (0.0, 50.0, 100.0), np.ones((5, 2)), upright, ()))
    assert with_likely_borders(lattice) is lattice


def half_bordered(share: float) -> Lattice:
    """Four rows of seven numbers; of the border between the second and the third this much is seen."""
    level = np.ones((5, 7))
    level[2, :3] = 3 * [1.0]
    level[2, 3:] = 4 * [(7 * share - 3) / 4]
    rows, columns = tuple(float(y) for y in range(0, 201, 50)), tuple(float(x) for x in range(0, 701, 100))
    return with_places(Lattice(rows, columns, level, np.ones((4, 8)), ()))


def test_half_a_border_between_rows_is_whole_where_no_number_runs_through_it() -> None:
    """Else one row of numbers would be in two: those in the merged cells, and those in the others."""
    made = with_whole_rows(half_bordered(0.5), [(420.0, 110.0, 450.0, 140.0)])
    assert len(made.places) == 4 * 7


def test_and_is_none_where_one_does() -> None:
    made = with_whole_rows(half_bordered(0.5), [(420.0, 85.0, 450.0, 115.0)])
    assert len(made.places) == 3 * 7


def test_a_border_that_is_seen_nearly_throughout_stays_though_a_number_runs_through_it() -> None:
    lattice = half_bordered(0.9)
    assert with_whole_rows(lattice, [(420.0, 85.0, 450.0, 115.0)]) is lattice


def test_rows_of_numbers_part_a_label_that_goes_over_several_columns() -> None:
    """The labels' columns have borders in other rows."""
    made = lattice([40.0] * 7, [60.0, 140.0])
    upright, level = made.upright.copy(), made.level.copy()
    upright[1:3, 1] = 0.0
    level[2, :2], level[3] = 0.0, 1.0
    merged = with_places(Lattice(made.rows, made.columns, level, upright, ()))
    assert Place(1, 0, 2, 2) in merged.places
    parted = with_label_borders(merged, [(10.0, 10.0 * row + 2, 190.0, 10.0 * row + 8) for row in range(6)])
    assert {Place(1, 0, 1, 2), Place(2, 0, 1, 2)} <= set(parted.places)


def columns_of_numbers(xs: tuple[float, ...]) -> Lattice:
    rows = (0.0, 40.0, 80.0, 120.0)
    return with_places(Lattice(rows, xs, np.ones((4, len(xs) - 1)), np.ones((3, len(xs))), ()))


def test_a_border_that_nobody_drew_stands_clear_of_the_numbers() -> None:
    """It cut the last digit off each number of a column that is set flush right."""
    made = columns_of_numbers((0.0, 100.0, 200.0, 300.0))
    numbers = [(70.0, 40.0 * row + 5, 105.0, 40.0 * row + 35) for row in range(3)]
    others = [(170.0, 40.0 * row + 5, 190.0, 40.0 * row + 35) for row in range(3)]
    assert with_clear_borders(made, [*numbers, *others]).columns == (0.0, 109.5, 200.0, 300.0)
    assert with_clear_borders(made, others) is made


def test_a_border_is_not_moved_over_other_texts_nor_far() -> None:
    made = columns_of_numbers((0.0, 100.0, 200.0, 300.0))
    close = [(70.0, 5.0, 105.0, 35.0), (95.0, 45.0, 140.0, 75.0)]
    assert with_clear_borders(made, close) is made
    assert with_clear_borders(made, [(20.0, 5.0, 180.0, 35.0)]) is made


@pytest.mark.filterwarnings("error")
def test_a_label_over_the_whole_width_has_no_numbers_beside_it() -> None:
    """A title between rows: the mean of nothing was asked for."""
    made = lattice([40.0] * 7, [200])
    upright, level = made.upright.copy(), made.level.copy()
    upright[2:4, 1:-1], level[2], level[3] = 0.4, 1.0, 0.0
    # The labels' rows are merged, so that the block of numbers begins beside them.
    level[[1, 5], 0] = 0.0
    titled = with_places(Lattice(made.rows, made.columns, level, upright, ()))
    assert Place(2, 0, 2, 8) in titled.places
    with_label_borders(titled, [(10.0, 22.0, 300.0, 28.0), (10.0, 32.0, 300.0, 38.0)])


def sparse(columns: list[float]) -> Lattice:
    """Eight rows without rules, a row of heads above."""
    rows = tuple(30.0 * row for row in range(10))
    return with_places(Lattice(rows, tuple(columns), np.ones((10, len(columns) - 1)), np.ones((9, len(columns))), ()))


def test_columns_in_which_nothing_is_printed_stand_where_seven_have_their_place() -> None:
    """Of a report with hardly any numbers 自然人, 其他 and 总计 were seen, and of the four between them a gap."""
    head = (410.0, 5.0, 690.0, 25.0)
    made = with_blank_columns(sparse([0.0, 60.0, 300.0, 402.0, 797.0, 905.0, 1000.0]), [head])
    assert made.columns == (0.0, 60.0, 300.0, 402.0, 500.0, 600.0, 700.0, 797.0, 905.0, 1000.0)
    assert [place.column_span for place in made.places if place.row == 0] == [1, 1, 1, 3, 1, 1, 1], "heads as one"
    assert [place.column_span for place in made.places if place.row == 5] == [1] * 9


@pytest.mark.parametrize(
    "columns",
    [
        [0.0, 60.0, 300.0, 402.0, 750.0, 905.0, 1000.0],
        [0.0, 60.0, 300.0, 402.0, 1000.0],
        [0.0, 100.0, 200.0, 300.0, 400.0, 700.0, 800.0],
    ],
    ids=["one off its place", "too few seen", "no labels as wide as two columns"],
)
def test_columns_that_have_no_place_among_seven_stay(columns: list[float]) -> None:
    made = sparse(columns)
    assert with_blank_columns(made, []) is made


def test_lines_of_text_below_a_table_are_none_of_its_rows() -> None:
    made = lattice([40.0] * 7, [200])
    text = (5.0, 52.0, 330.0, 58.0)
    assert without_text_below(made, [text]).rows == made.rows[:-1]
    assert without_text_below(made, [(5.0, 52.0, 215.0, 58.0), (245.0, 52.0, 275.0, 58.0)]) is made, "a label"


def test_where_columns_stand_aslant_a_border_keeps_to_the_margins_of_the_boxes() -> None:
    """No place was clear of all numbers, so the border stayed in the first digit of one."""
    made = columns_of_numbers((0.0, 113.0, 200.0, 300.0))
    aslant = [(60.0, 5.0, 101.0, 35.0), (60.0, 45.0, 96.0, 75.0), (100.0, 85.0, 160.0, 115.0)]
    assert 100.0 <= with_clear_borders(made, aslant).columns[1] <= 101.0


def test_a_head_and_its_number_in_the_middle_of_a_wide_cell_have_no_border_in_them() -> None:
    table = lattice([100.0, 100.0, 100.0, 100.0])
    head, number, other = (260.0, 20.0, 340.0, 30.0), (285.0, 30.0, 315.0, 40.0), (220.0, 50.0, 240.0, 60.0)
    made = with_wide_cells(table, [head, number, other])
    assert np.argwhere(made.upright == 0.0).tolist() == [[2, 3], [3, 3]]
    assert with_wide_cells(table, [head, other]) is table, "in one row alone it may be two texts taken for one"
    long_head = (150.0, 30.0, 250.0, 36.0)
    joined = (180.0, 20.0, 230.0, 30.0)
    assert with_wide_cells(table, [joined, long_head]) is table, "below two numbers taken for one stands the next head"
    seven = lattice([100.0] * 7)
    assert with_wide_cells(seven, [head, number]) is seven
