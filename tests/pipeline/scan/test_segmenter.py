from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pipeline.scan.lattice import find_lattices
from pipeline.scan.rules import scaled
from pipeline.scan.segmenter import MULTIPLE, probabilities, segment
from tests.pipeline.scan.drawn import paper, ruled

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS = tuple(range(300, 901, 60))
COLUMNS = (150, 430, 530, 630, 730, 830, 930)


def digits(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A number in the middle of each cell, which is what a table of the form looks like."""
    for row in range(len(ROWS) - 1):
        for column in range(len(COLUMNS) - 1):
            text = "NEW REQUESTS" if column == 0 else str((row * 5 + column * 3) % 17)
            (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 0.8, 2)
            x = (COLUMNS[column] + COLUMNS[column + 1] - width) // 2
            y = (ROWS[row] + ROWS[row + 1] + height) // 2
            cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, 0.8, (30,), 2, cv2.LINE_AA)
    return image


def shape_of(grey: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    found = find_lattices(segment(grey).masks)
    return [(one.n_rows, one.n_columns, len(one.places)) for one in found]


def test_a_ruled_table_gives_its_cells() -> None:
    image = digits(ruled(paper(), ROWS, COLUMNS))
    (lattice,) = find_lattices(segment(image).masks)
    assert (lattice.n_rows, lattice.n_columns, len(lattice.places)) == (10, 6, 60)
    assert lattice.rows == pytest.approx(ROWS, abs=3)
    assert lattice.columns == pytest.approx(COLUMNS, abs=3)


def test_merged_cells_are_not_parted() -> None:
    without = [("level", 3, 0), ("upright", 0, 3), ("upright", 0, 4)]
    image = ruled(paper(), ROWS, COLUMNS, without)
    assert shape_of(image) == [(10, 6, 57)]


def test_faint_and_broken_rules_are_found() -> None:
    image = ruled(paper(), ROWS, COLUMNS, thickness=1)
    image = np.asarray(255 - (255 - image.astype(np.float32)) * 0.3, dtype=np.uint8)
    for x in (200, 300, 380, 480, 580, 680, 780, 880):
        image[:, x : x + 12] = 255
    assert shape_of(digits(image)) == [(10, 6, 60)]


def test_the_maps_have_the_size_at_which_rules_are_looked_for() -> None:
    image = digits(ruled(paper(900, 1301), ROWS, COLUMNS[:5]))
    segments = segment(image)
    small, scale = scaled(image)
    maps = (segments.masks.level, segments.masks.upright, segments.table, segments.text, segments.foreign)
    assert {one.shape for one in maps} == {small.shape}
    assert {one.dtype for one in maps} == {np.dtype(np.uint8)}
    assert segments.masks.scale == scale


def test_tables_and_text_are_told_from_paper() -> None:
    segments = segment(digits(ruled(paper(), ROWS, COLUMNS)))
    middle = slice(320, 880), slice(170, 910)
    assert (segments.table[middle] > 127).mean() > 0.95
    assert (segments.table[1100:] > 127).mean() < 0.02
    assert (segments.text[1100:] > 127).mean() < 0.02
    assert (segments.text[middle] > 127).mean() > 0.05


def test_blank_paper_has_nothing() -> None:
    segments = segment(paper())
    assert segments.masks.level.max() < 128 and segments.masks.upright.max() < 128
    assert shape_of(paper()) == []


def test_any_size_is_taken_and_what_is_added_is_paper() -> None:
    image = ruled(paper(), ROWS, COLUMNS)
    odd = image[: 1600 - 5, : 1200 - 7]
    maps = probabilities(np.ascontiguousarray(odd))
    assert maps.shape == (5, 1600 // 2, 1216 // 2)
    assert 1600 % MULTIPLE == 0 and 1216 % MULTIPLE == 0
    whole = probabilities(image)
    assert np.abs(maps[:, :600, :500] - whole[:, :600, :500]).max() < 0.05
    assert probabilities(paper(20, 30)).shape == (5, MULTIPLE, MULTIPLE)


def test_twice_the_same_and_with_any_number_of_threads() -> None:
    image = digits(ruled(paper(), ROWS, COLUMNS))
    one, again, alone = probabilities(image), probabilities(image), probabilities(image, threads=1)
    assert np.array_equal(one, again)
    assert np.array_equal(one, alone)
