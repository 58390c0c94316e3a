from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.scan.streaks import without_streaks

from .drawn import paper, ruled

ROWS, COLUMNS = [200, 260, 320, 380, 1440], [100, 400, 600, 800, 1000]


def table() -> NDArray[np.uint8]:
    return np.repeat(ruled(paper(), ROWS, COLUMNS)[:, :, None], 3, axis=2)


def test_a_streak_from_edge_to_edge_goes_and_the_table_stays() -> None:
    page = table()
    page[:, 500] = 40
    made = without_streaks(page)
    across = [y for y in range(1600) if y not in {r + d for r in ROWS for d in (-1, 0, 1)}]
    assert made[across, 500].min() == 255
    assert all(made[y, 500].max() < 100 for y in ROWS), "rules that it crosses are still there"
    made[:, 498:503] = page[:, 498:503]
    assert (made == page).all(), "nothing else has changed"


def test_a_streak_that_begins_on_the_sheet() -> None:
    page = table()
    page[700:, 500] = 40
    assert without_streaks(page)[1500:, 500].min() == 255


def test_a_level_streak_of_a_page_that_was_fed_sideways() -> None:
    page = table()
    page[100] = 40
    assert without_streaks(page)[100].min() == 255


def test_rules_of_a_tall_table_are_no_streaks() -> None:
    page = table()
    assert without_streaks(page) is page


def cut_to_the_table(margin: int) -> NDArray[np.uint8]:
    """A picture of table 3, as web pages show it, with so many pixels of paper around it."""
    columns = [margin + 60 * column for column in range(9)]
    image = ruled(
        np.full((900 + 2 * margin, 480 + 2 * margin), 255, np.uint8), [margin, margin + 900], columns, thickness=1
    )
    return np.repeat(image[:, :, None], 3, axis=2)


@pytest.mark.parametrize("margin", [0, 3, 8])
def test_the_rules_of_a_picture_cut_to_its_table_stay(margin: int) -> None:
    page = cut_to_the_table(margin)
    assert without_streaks(page) is page


def test_nor_are_they_streaks_where_the_picture_cuts_through_the_table() -> None:
    page = np.ascontiguousarray(cut_to_the_table(0)[20:-20])
    assert without_streaks(page) is page


def test_two_columns_cut_to_their_border() -> None:
    image = ruled(np.full((900, 480), 255, np.uint8), [1, 450, 898], [1, 200, 478])
    page = np.repeat(image[:, :, None], 3, axis=2)
    assert without_streaks(page) is page
