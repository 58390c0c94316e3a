"""Columns laid over texts where no rules are printed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.scan.boxes import runs_across
from pipeline.scan.carried import NumberColumns
from pipeline.scan.text_columns import block_columns, carried_columns, fifteen_columns, seven_columns

if TYPE_CHECKING:
    from pipeline.document import Box

H = 20.0
ENDS = (560.0, 618.0, 674.0, 737.0, 790.0, 850.0, 905.0)
"""Where numbers of seven columns of uneven width end: they stand to the right."""


def number(column: int, row: int, digits: int) -> Box:
    return (ENDS[column] - 10 * digits, 100.0 + 40 * row, ENDS[column], 120.0 + 40 * row)


def label(row: int, width: float = 250.0) -> Box:
    return (80.0, 100.0 + 40 * row, 80.0 + width, 120.0 + 40 * row)


def table(digits: list[list[int]]) -> list[Box]:
    """Digits of each number, a list a row; 0 for a blank cell."""
    return [label(row) for row in range(len(digits))] + [
        number(column, row, n) for row, line in enumerate(digits) for column, n in enumerate(line) if n
    ]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(1, 4), min_size=7, max_size=7), min_size=3, max_size=12))
def test_each_number_is_in_its_column(digits: list[list[int]]) -> None:
    boxes = table(digits)
    fit = seven_columns(boxes, H)
    assert fit is not None
    for row, line in enumerate(digits):
        for column, n in enumerate(line):
            left, _, right, _ = number(column, row, n)
            assert fit.borders[column] < left and right < fit.borders[column + 1]
    assert all(box[2] < fit.borders[0] for box in boxes if box[0] == 80.0)


def test_heads_of_several_columns_are_no_columns() -> None:
    heads: list[Box] = [(700.0, 20.0, 840.0, 40.0), (620.0, 45.0, 760.0, 65.0)]
    boxes = table([[3] * 7, [1, 0, 2, 0, 0, 4, 4], [1] * 7])
    fit = seven_columns([*heads, *boxes], H)
    assert fit is not None and fit.borders == pytest.approx(seven_columns(boxes, H).borders)  # type: ignore[union-attr]


def test_what_stands_in_no_seven_columns_is_left_alone() -> None:
    assert seven_columns([], H) is None
    assert seven_columns([label(row, 800.0) for row in range(20)], H) is None, "running text"
    six = [box for box in table([[3] * 7] * 5) if not ENDS[2] - 40 < box[0] < ENDS[2]]
    found = seven_columns(six, H)
    assert found is None or found.borders == pytest.approx(seven_columns(table([[3] * 7] * 5), H).borders, abs=30)  # type: ignore[union-attr]
    fifteen: list[Box] = [
        (60.0 + 58 * column, 100.0 + 40 * row, 75.0 + 58 * column, 120.0 + 40 * row)
        for row in range(3)
        for column in range(15)
    ]
    assert seven_columns(fifteen, H) is None, "table 4 has no labels"


def test_columns_of_the_page_before_hold_where_most_are_blank() -> None:
    whole = table([[3] * 7] * 3)
    before = seven_columns(whole, H)
    assert before is not None
    carried = NumberColumns(tuple(x / 1000 for x in before.borders), 70 / 1000)
    # The sheet lay 25 pixels further to the right.
    sparse: list[Box] = [
        (x0 + 25, y0, x1 + 25, y1) for x0, y0, x1, y1 in table([[2, 0, 0, 0, 0, 0, 2], [0] * 7, [1, 0, 0, 0, 0, 0, 1]])
    ]
    assert seven_columns(sparse, H) is None
    fit = carried_columns(sparse, H, carried, 1000)
    assert fit is not None
    assert fit.borders[0] < number(0, 0, 2)[0] + 25 and number(0, 0, 2)[2] + 25 < fit.borders[1]
    assert fit.borders[6] < number(6, 0, 2)[0] + 25
    assert carried_columns([(x0 - 300, y0, x1, y1) for x0, y0, x1, y1 in sparse], H, carried, 1000) is None
    across: Box = (600.0, 180.0, 800.0, 200.0)
    crossed = carried_columns([*sparse, across, across, across], H, carried, 1000)
    assert crossed is None or not any(runs_across(across, x) for x in crossed.borders)


def test_the_three_columns_of_table_2() -> None:
    lines = [
        [(150.0, 240.0), (350.0, 450.0), (500.0, 600.0), (650.0, 750.0)],
        [(80.0, 120.0), (395.0, 405.0), (545.0, 555.0), (695.0, 705.0)],
        [(80.0, 200.0), (395.0, 405.0), (545.0, 555.0), (695.0, 705.0)],
        [(80.0, 160.0), (530.0, 570.0)],
    ]
    boxes: list[Box] = [(x0, 40.0 * y, x1, 40.0 * y + H) for y, line in enumerate(lines) for x0, x1 in line]
    fit = block_columns(boxes, H)
    assert fit is not None and len(fit.borders) == 4
    assert 240 < fit.borders[0] < 350 and 450 < fit.borders[1] < 500 and 600 < fit.borders[2] < 650
    assert all(a < b for a, b in pairwise(fit.borders))
    assert block_columns(boxes[:4] + boxes[12:], H) is None, "one line alone"


def test_the_fifteen_columns_of_table_4_whose_heads_stand_as_close_as_letters() -> None:
    heads: list[Box] = [(100.0 + 60 * column, 100.0, 156.0 + 60 * column, 120.0) for column in range(15)]
    numbers: list[Box] = [(102.0 + 60 * column, 140.0, 112.0 + 60 * column, 160.0) for column in range(0, 15, 2)]
    grey = np.full((200, 1100), 240, np.uint8)
    for left, top, right, bottom in [*heads, *numbers]:
        for x in range(int(left), int(right), 6):
            grey[int(top) + 2 : int(bottom) - 2, x : min(x + 5, int(right))] = 20
    # The detector saw a line of heads as three.
    seen: list[Box] = [(heads[k][0], 100.0, heads[k + 4][2], 120.0) for k in (0, 5, 10)]
    fit = fifteen_columns(grey, [*seen, *numbers], H)
    assert fit is not None and len(fit.borders) == 16
    for column, (left, _, right, _) in enumerate(heads):
        assert fit.borders[column] < left + 1 and right - 1 < fit.borders[column + 1]
    assert fifteen_columns(np.full_like(grey, 240), table([[3] * 7] * 5), H) is None


def test_a_column_that_is_blank_on_a_page_without_heads_is_not_guessed() -> None:
    """Six columns and no total: counted off from the right they would all be one column too far."""
    six = table([[3] * 6 + [0]] * 5)
    fit = seven_columns(six, H)
    assert fit is None or fit.borders[1] > ENDS[0]


def test_numbers_close_behind_full_labels_are_no_part_of_them() -> None:
    """Labels reached up to the numbers, and nobody printed totals: all columns seemed to stand one further right."""
    labels: list[Box] = [(80.0, 100.0 + 40 * row, 497.0, 120.0 + 40 * row) for row in range(12)]
    starts = [502.0 + 60 * column for column in range(7)]
    rows = [100.0 + 40 * row for row in range(12)]
    numbers: list[Box] = [(x, y, x + 10, y + 20) for y in rows for x in starts[:6]]
    heads: list[Box] = [(x, 40.0, x + 52, 60.0) for x in starts]
    heads += [(80.0, 15.0, 400.0, 35.0), (590.0, 15.0, 690.0, 35.0)]
    fit = seven_columns([*heads, *labels, *numbers], H)
    assert fit is not None and 497 <= fit.borders[0] <= 502 and fit.borders[6] > starts[5] + 10
