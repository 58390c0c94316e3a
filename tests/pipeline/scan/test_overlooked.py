"""Lone digits that show where a border is lost."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.scan.lattice import Lattice, with_places
from pipeline.scan.overlooked import overlooked_numbers
from pipeline.scan.parted import parted
from pipeline.scan.parts import TextPart

HEIGHT = 60


def lattice(lost: tuple[int, ...]) -> Lattice:
    """Three rows of a label and two numbers; those named have no border between the numbers."""
    upright = np.ones((3, 4))
    upright[list(lost), 2] = 0.0
    rows = tuple(float(HEIGHT * i) for i in range(4))
    return with_places(Lattice(rows, (0.0, 300.0, 600.0, 900.0), np.ones((4, 3)), upright, ()))


def page(*texts: tuple[int, int, str]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Args: texts: row, left side, what."""
    image = np.full((3 * HEIGHT, 900), 255, np.uint8)
    for row, x, text in texts:
        cv2.putText(image, text, (x, HEIGHT * row + 42), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)
    return image


SEEN = TextPart((440.0, 75.0, 465.0, 110.0))
"""The number of the second row's first cell."""


def test_a_digit_in_the_other_column_shows_the_border() -> None:
    bare = lattice((1,))
    found = overlooked_numbers(page((1, 445, "3"), (1, 745, "2")), bare, [SEEN])
    assert [(round(part.box[0], -1), part.box[1] > 60) for part in found] == [(750.0, True)]
    assert len(parted(bare, [SEEN, *found]).places) == 9


@pytest.mark.parametrize("what", ["one", "dust", "words", "through"])
def test_what_is_no_lone_digit_shows_none(what: str) -> None:
    image = page((1, 445, "3"), *{"words": ((1, 700, "no number"),), "through": ((1, 592, "8"),)}.get(what, ()))
    if what == "dust":
        image[90:95, 750:755] = 0
    bare = lattice((1,))
    assert len(parted(bare, [SEEN, *overlooked_numbers(image, bare, [SEEN])]).places) == 8


@pytest.mark.parametrize(("seen", "n_digits"), [(SEEN, 1), (TextPart((580.0, 75.0, 620.0, 110.0)), 0)])
def test_where_a_row_further_off_has_the_border_the_number_seen_must_keep_to_a_column(
    seen: TextPart, n_digits: int
) -> None:
    """Two rows had lost it, where the detector overlooked -1; a number in the middle is that of a wide cell."""
    bare = lattice((1, 2))
    wide = with_places(Lattice(bare.rows, bare.columns, bare.level, bare.upright[[0, 1, 1]], ()))
    image = page((2, 445, "3"), (2, 745, "2"))
    low = TextPart((seen.box[0], seen.box[1] + HEIGHT, seen.box[2], seen.box[3] + HEIGHT))
    assert len(overlooked_numbers(image, wide, [low])) == n_digits


def test_a_cell_that_is_as_wide_in_the_rows_beside_it_is_left_alone() -> None:
    bare = lattice((0, 1, 2))
    assert overlooked_numbers(page((1, 445, "3"), (1, 745, "2")), bare, [SEEN]) == []


def test_a_digit_close_to_the_border_is_no_piece_of_it_if_it_is_stout() -> None:
    """Numbers set to the right stand within a pixel or two of their border."""
    bare = lattice((1,))
    image = page((1, 445, "3"))
    cv2.putText(image, "4", (877, HEIGHT + 42), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)
    assert len(overlooked_numbers(image, bare, [SEEN])) == 1
    image[HEIGHT + 22 : HEIGHT + 42, 870:] = 255
    image[HEIGHT + 22 : HEIGHT + 42, 893:896] = 0
    assert overlooked_numbers(image, bare, [SEEN]) == []
