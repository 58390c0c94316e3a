"""A table without rules, its lattice from its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.scan.aligned import aligned, unseen_tables
from pipeline.scan.carried import NumberColumns
from pipeline.scan.lattice import Lattice, with_places

if TYPE_CHECKING:
    from pipeline.document import Box

ENDS = (560, 618, 674, 737, 790, 850, 905)


def drawn(boxes: list[Box]) -> np.ndarray:
    grey = np.full((600, 1000), 240, np.uint8)
    for left, top, right, bottom in boxes:
        for x in range(int(left), int(right), 10):
            grey[int(top) + 2 : int(bottom) - 2, x + 1 : x + 9] = 20
    return grey


def table() -> list[Box]:
    rows = [100 + 40 * row for row in range(8)]
    labels: list[Box] = [(200.0, float(y), 400.0, y + 20.0) for y in rows]
    labels.append((80.0, 170.0, 150.0, 190.0))
    numbers: list[Box] = [
        (float(end - 10 * (1 + (row + column) % 3)), float(y), float(end), y + 20.0)
        for row, y in enumerate(rows)
        for column, end in enumerate(ENDS)
        if (row + column) % 4
    ]
    return labels + numbers


def seen(columns: tuple[float, ...], rows: tuple[float, ...]) -> Lattice:
    level, upright = np.ones((len(rows), len(columns) - 1)), np.ones((len(rows) - 1, len(columns)))
    level[1:-1, 0] = 0.0
    return with_places(Lattice(rows, columns, level, upright, ()))


def test_columns_that_were_not_seen_are_there() -> None:
    boxes = table()
    [made] = aligned(drawn(boxes), seen((70.0, 180.0, 450.0), tuple(90.0 + 40 * row for row in range(9))), boxes)
    assert (made.n_rows, made.n_columns) == (8, 2 + 7)
    assert sum(place.column >= 2 for place in made.places) == 8 * 7
    assert [place.row_span for place in made.places if place.column == 0] == [8], "the label of all rows"
    for box in boxes:
        middle = (box[0] + box[2]) / 2
        column = next(i for i in range(9) if made.columns[i] < middle < made.columns[i + 1])
        assert made.columns[column] < box[0] and box[2] < made.columns[column + 1]


def test_a_border_through_numbers_and_one_through_rows_are_mended() -> None:
    boxes = table()
    wrong = (70.0, 180.0, 450.0, 545.0, 580.0, 700.0, 780.0, 800.0, 860.0, 905.0)
    [made] = aligned(drawn(boxes), seen(wrong, (90.0, 110.0, 130.0, 250.0, 420.0)), boxes)
    assert (made.n_rows, made.n_columns) == (8, 9)


def test_running_text_and_table_4_stay_as_they_are() -> None:
    text: list[Box] = [(80.0, 100.0 + 40 * row, 900.0, 120.0 + 40 * row) for row in range(8)]
    lattice = seen((70.0, 450.0, 910.0), (90.0, 250.0, 420.0))
    assert aligned(drawn(text), lattice, text) == [lattice]
    fifteen = seen(tuple(70.0 + 56 * column for column in range(16)), (90.0, 250.0, 420.0))
    assert aligned(drawn(table()), fifteen, table()) == [fifteen]
    assert aligned(drawn([]), lattice, []) == [lattice]


def test_a_table_of_which_no_border_was_seen_is_found_by_its_texts() -> None:
    text: list[Box] = [(80.0, 20.0, 900.0, 40.0), (80.0, 500.0, 905.0, 520.0)]
    [made] = unseen_tables(drawn([*text, *table()]), [*text, *table()], [])
    assert (made.n_rows, made.n_columns) == (8, 1 + 7)
    assert 40 < made.rows[0] < 100 and 400 < made.rows[-1] < 500
    assert unseen_tables(drawn(text), text, []) == []
    assert unseen_tables(drawn(table()), table(), [made]) == [], "it was found before"


def test_a_row_of_table_2_alone_at_the_head_of_a_page() -> None:
    row: list[Box] = [(80.0, 20.0, 250.0, 40.0), (840.0, 20.0, 905.0, 40.0)]
    heading: Box = (80.0, 60.0, 400.0, 80.0)
    first, second = unseen_tables(drawn([*row, heading, *table()]), [*row, heading, *table()], [])
    assert (first.n_rows, first.n_columns, second.n_columns) == (1, 2, 1 + 7)
    assert first.rows[-1] < 60 and 250 < first.columns[1] < 840
    near: list[Box] = [row[0], (300.0, 20.0, 340.0, 40.0)]
    assert len(unseen_tables(drawn([*near, heading, *table()]), [*near, heading, *table()], [])) == 1, "a sentence"
    below: list[Box] = [(x0, y0 + 90, x1, y1 + 90) for x0, y0, x1, y1 in row]
    assert unseen_tables(drawn([heading, *below]), [heading, *below], []) == [], "below other text"


def test_what_stands_above_table_4_is_no_part_of_table_3() -> None:
    """The network took both tables of a page, and the heading between them, for one with fifteen columns."""
    heading: Box = (70.0, 440.0, 300.0, 460.0)
    heads: list[Box] = [(80.0 + 75 * head, 520.0, 145.0 + 75 * head, 540.0) for head in range(11)]
    boxes = [*table(), heading, (100.0, 475.0, 400.0, 495.0), *heads]
    lattice = seen(tuple(70.0 + 56 * column for column in range(16)), tuple(90.0 + 45 * row for row in range(11)))
    [made] = aligned(drawn(boxes), lattice, boxes)
    assert made.n_rows == 8 and made.rows[-1] < 440
    assert sum(place.column >= made.n_columns - 7 for place in made.places) == 8 * 7


def test_columns_that_suit_as_well_as_those_of_the_page_before_are_kept() -> None:
    boxes, lattice = table(), seen((70.0, 180.0, 450.0), tuple(90.0 + 40 * row for row in range(9)))
    before = NumberColumns(tuple(x / 1000 for x in (505, 565, 622, 680, 742, 795, 855, 911)), 0.07)
    [alone], [carried] = aligned(drawn(boxes), lattice, boxes), aligned(drawn(boxes), lattice, boxes, before)
    assert carried.columns == alone.columns


def test_where_its_own_columns_cut_texts_those_of_the_page_before_hold() -> None:
    """The last column is blank, and labels that reach far would do for a first one."""
    boxes = [box for box in table() if box[2] != ENDS[-1]]
    boxes = [(x0, y0, 470.0 if x0 == 200.0 and y0 > 200 else x1, y1) for x0, y0, x1, y1 in boxes]
    borders = (505.0, 565.0, 622.0, 680.0, 742.0, 795.0, 855.0, 911.0)
    before = NumberColumns(tuple(x / 1000 for x in borders), 0.07)
    lattice = seen((70.0, 180.0, 450.0), tuple(90.0 + 40 * row for row in range(9)))
    [made] = aligned(drawn(boxes), lattice, boxes, before)
    assert np.abs(np.array(made.columns[-8:-1]) - borders[:-1]).max() < 20


def test_a_number_of_table_4_that_the_detector_overlooked() -> None:
    heads: list[Box] = [(80.0 + 56 * head, 100.0, 120.0 + 56 * head, 120.0) for head in range(5, 15)]
    numbers: list[Box] = [(110.0 + 56 * column, 140.0, 118.0 + 56 * column, 156.0) for column in range(15)]
    image = drawn(heads)
    for x0, y0, x1, y1 in numbers:
        image[int(y0) : int(y1), int(x0) : int(x1)] = 20
    boxes = [*heads, *numbers[1:], (70.0, 300.0, 900.0, 320.0)]
    [made] = aligned(image, seen((300.0, 500.0, 920.0), (95.0, 130.0, 160.0)), boxes)
    assert (made.n_rows, made.n_columns) == (2, 15)
    for column, (x0, _, x1, _) in enumerate(numbers):
        assert made.columns[column] < x0 and x1 < made.columns[column + 1]


def test_labels_of_two_columns_in_one_box_are_parted() -> None:
    boxes = [box for box in table() if box[0] != 80.0]
    boxes.remove((200.0, 180.0, 400.0, 200.0))
    image = drawn([*boxes, (80.0, 180.0, 150.0, 200.0), (200.0, 180.0, 400.0, 200.0)])
    joined: list[Box] = [*boxes, (80.0, 180.0, 400.0, 200.0)]
    [made] = aligned(image, seen((70.0, 190.0, 450.0), tuple(90.0 + 40 * row for row in range(9))), joined)
    row = next(i for i in range(made.n_rows) if made.rows[i] < 190 < made.rows[i + 1])
    assert sorted(place.column for place in made.places if place.row == row and place.column < 2) in ([0, 1], [1])


def test_a_pen_over_two_numbers_does_not_make_them_one_cell() -> None:
    boxes = table()
    y = 100.0 + 40 * 5
    over: Box = (ENDS[1] - 60.0, y - 4, ENDS[2] + 5.0, y + 24)
    kept = [box for box in boxes if not (box[1] == y and over[0] < box[2] <= over[2])]
    image = drawn(boxes)
    image[int(y) + 10 : int(y) + 13, int(over[0]) : int(over[2])] = 20
    [made] = aligned(image, seen((70.0, 180.0, 450.0), tuple(90.0 + 40 * row for row in range(9))), [*kept, over])
    assert sum(place.column >= 2 for place in made.places) == 8 * 7


def test_a_stroke_over_two_rows_does_not_make_them_one() -> None:
    """What the detector took for one text goes from a number to the one below."""
    boxes = table()
    stroke: Box = (ENDS[2] - 30.0, 302.0, ENDS[2] + 2.0, 358.0)
    boxes = [box for box in boxes if not (box[2] == ENDS[2] and 290 < box[1] < 350)]
    image = drawn(boxes)
    image[302:358, int(ENDS[2]) - 20 : int(ENDS[2]) - 17] = 20
    [made] = aligned(image, seen((70.0, 180.0, 450.0), tuple(90.0 + 40 * row for row in range(9))), [*boxes, stroke])
    assert made.n_rows == 8
    assert sum(place.column >= 2 for place in made.places) == 8 * 7


def test_a_page_that_is_still_bent_is_not_laid_out_by_its_texts() -> None:
    """Labels and numbers of one row stand at other heights: rows over the texts would mix them up."""
    bent: list[Box] = [
        (x0, y0 + 0.09 * (x0 - 200) + 0.1 * y0 * (x0 > 450), x1, y1 + 0.09 * (x0 - 200) + 0.1 * y0 * (x0 > 450))
        for x0, y0, x1, y1 in table()
    ]
    close = [(x0, 0.55 * y0, x1, 0.55 * y0 + 20) for x0, y0, x1, _ in bent]
    lattice = seen((70.0, 180.0, 450.0, 910.0), tuple(50.0 + 25 * row for row in range(11)))
    assert aligned(drawn(close), lattice, close) == [lattice]


texts = st.builds(
    lambda left, top, wide, high: (float(left), float(top), float(left + wide), float(top + high)),
    st.integers(0, 900), st.integers(0, 560), st.integers(3, 500), st.integers(4, 70),
)  # fmt: skip
rows_of_texts = st.lists(
    st.tuples(st.integers(0, 28), st.lists(st.integers(0, 15), min_size=1, max_size=15, unique=True)), max_size=14
)
places = st.lists(st.floats(0, 1000), min_size=2, max_size=12, unique=True).map(sorted)


@settings(max_examples=30, deadline=None)
@given(rows_of_texts, st.lists(texts, max_size=12), places, places, st.booleans())
def test_no_texts_defeat_it(rows, others, columns, heights, carried) -> None:
    """Texts in columns with others strewn between them: whatever comes of it is a lattice."""
    stand = [(62.0 * at + 20, 20.0 * row, 62.0 * at + 50, 20.0 * row + 18) for row, each in rows for at in each]
    boxes = [*stand, *others]
    lattice = seen(tuple(columns), tuple(600 * y / 1000 for y in heights))
    before = NumberColumns(tuple(0.3 + 0.09 * column for column in range(8)), 0.05) if carried else None
    grey = drawn(boxes)
    for made in [*aligned(grey, lattice, boxes, before), *unseen_tables(grey, boxes, [], before)]:
        assert list(made.rows) == sorted(made.rows) and list(made.columns) == sorted(made.columns)
        assert made.level.shape == (made.n_rows + 1, made.n_columns)
        assert made.upright.shape == (made.n_rows, made.n_columns + 1)
        covered = np.zeros((made.n_rows, made.n_columns), int)
        for place in made.places:
            covered[place.row : place.row + place.row_span, place.column : place.column + place.column_span] += 1
        assert (covered == 1).all()
