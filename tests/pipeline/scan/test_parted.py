"""Cells that lost the border between two texts."""

from __future__ import annotations

import numpy as np

from pipeline.scan.lattice import Lattice, with_places
from pipeline.scan.parted import parted
from pipeline.scan.parts import TextPart

COLUMNS = (0.0, 400.0, 700.0, 1000.0)


def lattice(lost: tuple[int, ...], columns: tuple[float, ...] = COLUMNS) -> Lattice:
    """Six rows; those named lack the border behind the labels."""
    upright = np.ones((6, len(columns)))
    upright[list(lost), 1] = 0.0
    rows = tuple(float(y) for y in range(0, 301, 50))
    return with_places(Lattice(rows, columns, np.ones((7, len(columns) - 1)), upright, ()))


def text(row: int, left: float, right: float) -> TextPart:
    return TextPart((left, 50.0 * row + 10, right, 50.0 * row + 40))


def spans(made: Lattice, row: int) -> list[int]:
    return [place.column_span for place in made.places if place.row == row]


def test_a_short_label_and_its_number_are_parted_at_the_border_of_the_other_rows() -> None:
    """Not in the middle between them, which is nowhere near it."""
    made = parted(lattice((3,)), [text(3, 10, 120), text(3, 540, 560), text(3, 840, 860)])
    assert made.columns == COLUMNS
    assert spans(made, 3) == [1, 1, 1]


def test_a_long_label_and_its_number_too() -> None:
    made = parted(lattice((3,)), [text(3, 10, 330), text(3, 540, 560), text(3, 840, 860)])
    assert spans(made, 3) == [1, 1, 1]


def test_where_several_borders_stand_between_two_numbers_none_is_chosen() -> None:
    made = lattice((3,), (0.0, 200.0, 400.0, 600.0, 1000.0))
    upright = made.upright.copy()
    upright[3, 1:4] = (1.0, 0.0, 0.0)
    bare = with_places(Lattice(made.rows, made.columns, made.level, upright, ()))
    assert spans(parted(bare, [text(3, 250, 270), text(3, 780, 800)]), 3) == spans(bare, 3) == [1, 3]


def test_of_several_borders_between_two_numbers_that_of_most_rows_is_chosen() -> None:
    """The other one is a phantom that one row shows."""
    made = lattice((3,), (0.0, 200.0, 400.0, 600.0, 1000.0))
    upright = made.upright.copy()
    upright[:, 3] = 0.0
    upright[0, 3] = 1.0
    upright[3, 1:4] = (1.0, 0.0, 0.0)
    bare = with_places(Lattice(made.rows, made.columns, made.level, upright, ()))
    assert spans(parted(bare, [text(3, 250, 270), text(3, 780, 800)]), 3) == [1, 1, 2]


def test_behind_a_label_it_is_that_of_the_labels() -> None:
    """Even where the label is as short as a number."""
    made = lattice((3,), (0.0, 250.0, 450.0, 1000.0))
    upright = made.upright.copy()
    upright[3, 2] = 0.0
    bare = with_places(Lattice(made.rows, made.columns, made.level, upright, ()))
    assert spans(parted(bare, [text(3, 100, 120), text(3, 580, 600)]), 3) == [1, 2]


def test_two_numbers_a_space_apart_are_parted_where_other_rows_have_a_border() -> None:
    made = lattice((3,))
    texts = [text(3, 320, 385), text(3, 425, 470)]
    assert spans(parted(made, texts), 3) == [1, 1, 1]
    bare = lattice((), (0.0, 1000.0))
    assert parted(bare, texts) is bare


def test_a_line_a_little_aslant_is_one_line() -> None:
    made = lattice((), (0.0, 1000.0))
    texts = [
        TextPart((left, y - 15, right, y + 15))
        for row in (1, 2)
        for left, right, y in ((200.0, 330.0, 50.0 * row + 15), (640.0, 690.0, 50.0 * row + 34))
    ]
    assert [spans(parted(made, texts), row) for row in range(3)] == [[2], [1, 1], [1, 1]]


def test_texts_that_stand_close_stay_together() -> None:
    made = lattice((3,))
    assert spans(parted(made, [text(3, 340, 390), text(3, 405, 450)]), 3) == spans(made, 3) == [2, 1]


def test_labels_and_numbers_of_several_rows_show_a_border_that_all_have_lost() -> None:
    made = lattice((), (0.0, 1000.0))
    texts = [text(1, 10, 70), text(1, 540, 560), text(2, 10, 330), text(2, 545, 565)]
    found = parted(made, texts)
    assert [spans(found, row) for row in range(4)] == [[2], [1, 1], [1, 1], [2]]
    assert found.columns == (0.0, 435.0, 1000.0)
    assert spans(parted(made, texts[2:]), 2) == [1]


def test_the_heads_of_a_column_bear_out_the_border_before_its_only_number() -> None:
    """A label and a number, and above them heads as long as sentences: 信息内容, 本年收费金额（单位：万元）."""
    made = lattice((), (0.0, 1000.0))
    texts = [text(1, 200, 330), text(1, 600, 900), text(2, 180, 360), text(2, 740, 760)]
    assert [spans(parted(made, texts), row) for row in range(4)] == [[2], [1, 1], [1, 1], [2]]


def test_parts_of_sentences_that_stand_apart_are_no_cells() -> None:
    made = lattice((), (0.0, 1000.0))
    texts = [text(1, 100, 330), text(1, 600, 900), text(2, 100, 360), text(2, 600, 860)]
    assert parted(made, texts) is made


def test_a_piece_of_the_border_taken_for_a_text_is_none() -> None:
    """It stood between two numbers, nearer to either than two cells' numbers are."""
    made = lattice((3,))
    texts = [text(3, 340, 360), text(3, 394, 408), text(3, 445, 470)]
    assert spans(parted(made, texts), 3) == [1, 1, 1]


def test_a_narrow_digit_beside_the_border_is_a_text() -> None:
    """Set flush right, as lone digits are in many tables."""
    made = lattice((3,))
    assert spans(parted(made, [text(3, 340, 360), text(3, 372, 390), text(3, 540, 560)]), 3) == [1, 1, 1]
    assert spans(parted(made, [text(3, 372, 390), text(3, 440, 460)]), 3) == [1, 1, 1]
