from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.scan.drawn import drawn_edges, drawn_shares, without_imagined
from pipeline.scan.lattice import Lattice, with_places

from .drawn import paper, ruled

ROWS, COLUMNS = [200, 260, 320, 380, 440], [100, 400, 600, 800, 1000]
LATTICE = with_places(Lattice(tuple(ROWS), tuple(COLUMNS), np.ones((5, 4)), np.ones((4, 5)), ()))


def shares(image: NDArray[np.uint8]) -> tuple[float, float]:
    return drawn_shares(drawn_edges(image, LATTICE), LATTICE)


@pytest.mark.parametrize("contrast", [255, 60, 20])
def test_printed_rules_are_seen_however_faint(contrast: int) -> None:
    image = paper()
    faint = np.where(ruled(paper(), ROWS, COLUMNS) < 128, 255 - contrast, image).astype(np.uint8)
    noisy = np.clip(faint + np.random.default_rng(1).normal(0, 6, faint.shape), 0, 255).astype(np.uint8)
    level, upright = shares(noisy)
    assert level > 0.9 and upright > 0.9


def test_borders_that_only_the_text_implies_are_not_printed() -> None:
    noisy = np.clip(paper() - 10 + np.random.default_rng(1).normal(0, 6, (1600, 1200)), 0, 255).astype(np.uint8)
    assert shares(noisy) == (0.0, 0.0)


def test_a_table_with_level_rules_alone() -> None:
    without = [("upright", row, border) for row in range(4) for border in range(5)]
    level, upright = shares(ruled(paper(), ROWS, COLUMNS, without))
    assert level > 0.9 and upright == 0.0


def test_a_border_of_which_nothing_is_printed_is_none_in_a_table_with_rules_all_over() -> None:
    """The labels' column looked parted in two rows; a rule that is broken off in one of its rows stays whole."""
    without = [("upright", row, 1) for row in (1, 2)] + [("upright", 3, 2)]
    image = ruled(paper(), ROWS, COLUMNS, without)
    level, upright = np.ones((5, 4)), np.ones((4, 5))
    upright[[0, 3], 1] = 0.0
    image[200:260, 398:403], image[380:440, 398:403] = 255, 255
    lattice = with_places(Lattice(tuple(ROWS), tuple(COLUMNS), level, upright, ()))
    labels = [(120.0, 275.0, 380.0, 305.0), (120.0, 335.0, 380.0, 365.0)]
    made = without_imagined(drawn_edges(image, lattice), lattice, labels)
    assert not made.upright[:, 1].any()
    assert made.upright[:, 2].all()
    numbers = [(450.0, 275.0, 480.0, 305.0)]
    kept = without_imagined(drawn_edges(image, lattice), lattice, labels + numbers)
    assert kept.upright[1:3, 1].all(), "what parts two texts may be a rule that has faded"


def test_what_shows_through_from_the_back_is_no_rule() -> None:
    """A rule of the back of the sheet runs through a row, whose label goes on below it and whose number does not."""
    rows = [200, 260, 320, 380, 440, 500, 560, 620]
    image = ruled(paper(), [y for y in rows if y != 380], COLUMNS)
    image[379:382, 100:1000] = 245
    lattice = with_places(Lattice(tuple(rows), tuple(COLUMNS), np.ones((8, 4)), np.ones((7, 5)), ()))
    drawn = drawn_edges(image, lattice)
    assert drawn.level[[0, 1, 2, 4, 5, 6, 7]].all() and not drawn.level[3].any()
    texts = [(120.0, 335.0, 380.0, 365.0), (120.0, 395.0, 380.0, 425.0), (480.0, 365.0, 510.0, 379.0)]
    made = without_imagined(drawn, lattice, texts)
    assert not made.level[3].any() and made.level[[2, 4]].all()
    assert not drawn_edges(np.full_like(image, 255), lattice).level.any()


def test_a_table_with_few_printed_rules_keeps_what_its_text_implies() -> None:
    lattice = with_places(Lattice(tuple(ROWS), tuple(COLUMNS), np.ones((5, 4)), np.ones((4, 5)), ()))
    assert without_imagined(drawn_edges(paper(), lattice), lattice, []) is lattice


def test_a_rule_between_a_shaded_row_and_a_white_one_is_seen() -> None:
    shaded = paper()
    shaded[260:320, 100:1000] = 205
    made = drawn_edges(ruled(shaded, ROWS, COLUMNS), LATTICE)
    assert made.level.all() and made.upright.all()
    shaded = paper()
    shaded[260:320, 100:1000] = 205
    assert not drawn_edges(shaded, LATTICE).level.any()


def test_a_border_between_the_lines_of_a_label_beside_another_label_is_none() -> None:
    """The last line of a label looked like a row of blank cells; to its left a label of several rows stood by it."""
    columns = [100, 200, 300, 400, *range(460, 881, 60)]
    rows = [200, 260, 320, 380, 440, 500, 560]
    lattice = with_places(Lattice(tuple(rows), tuple(columns), np.ones((7, 10)), np.ones((6, 11)), ()))
    image = ruled(paper(), rows, columns, [("level", 3, column) for column in range(10)])
    numbers = [(x + 20.0, 335.0, x + 40.0, 365.0) for x in columns[3:10]]
    labels = [(210.0, 335.0, 290.0, 365.0), (310.0, 345.0, 390.0, 375.0), (310.0, 385.0, 390.0, 415.0)]
    made = without_imagined(drawn_edges(image, lattice), lattice, [*numbers, *labels])
    assert not made.level[3].any()
    other = [(310.0, 385.0, 390.0, 415.0), (x := columns[5], 395.0, x + 20.0, 425.0)]
    kept = without_imagined(drawn_edges(image, lattice), lattice, [*numbers, *labels[:2], *other])
    assert kept.level[3].all(), "numbers on both sides: a rule that has faded"


def test_borders_that_nobody_drew_go_however_many_where_the_others_are_rules() -> None:
    """Between the lines of long labels the network saw more borders than there are rules; with them a faint table with
    rules all over seemed to have few."""
    rows = [100 + 40 * row for row in range(16)]
    columns = [100, 300, 400, 500, 600, 700, 800, 900, 1000]
    printed = [*rows[::2], rows[-1]]
    image = ruled(paper(), printed, columns)
    lattice = with_places(Lattice(tuple(rows), tuple(columns), np.ones((16, 8)), np.ones((15, 9)), ()))
    label = [(120.0, y + 5.0, 280.0, y + 35.0) for y in rows[:-1]]
    numbers = [(x + 20.0, y + 5.0, x + 60.0, y + 35.0) for y in rows[:-1:2] for x in columns[1:-1]]
    made = without_imagined(drawn_edges(image, lattice), lattice, label + numbers)
    assert [row for row in range(1, 15) if made.level[row].any()] == list(range(2, 15, 2))
    both = [(x + 20.0, rows[1] + 5.0, x + 60.0, rows[1] + 35.0) for x in columns[1:3]]
    kept = without_imagined(drawn_edges(image, lattice), lattice, label + numbers + both)
    assert kept.level[1].all(), "what parts two numbers may be a rule that has faded"
