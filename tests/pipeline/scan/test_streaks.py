from __future__ import annotations

import numpy as np
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
