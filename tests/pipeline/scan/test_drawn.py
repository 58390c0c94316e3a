from __future__ import annotations

import numpy as np
import pytest

from pipeline.scan.drawn import drawn_shares
from pipeline.scan.lattice import Lattice, with_places

from .drawn import paper, ruled

ROWS, COLUMNS = [200, 260, 320, 380, 440], [100, 400, 600, 800, 1000]
LATTICE = with_places(Lattice(tuple(ROWS), tuple(COLUMNS), np.ones((5, 4)), np.ones((4, 5)), ()))


@pytest.mark.parametrize("contrast", [255, 60, 20])
def test_printed_rules_are_seen_however_faint(contrast: int) -> None:
    image = paper()
    faint = np.where(ruled(paper(), ROWS, COLUMNS) < 128, 255 - contrast, image).astype(np.uint8)
    noisy = np.clip(faint + np.random.default_rng(1).normal(0, 6, faint.shape), 0, 255).astype(np.uint8)
    level, upright = drawn_shares(noisy, LATTICE)
    assert level > 0.9 and upright > 0.9


def test_borders_that_only_the_text_implies_are_not_printed() -> None:
    noisy = np.clip(paper() - 10 + np.random.default_rng(1).normal(0, 6, (1600, 1200)), 0, 255).astype(np.uint8)
    assert drawn_shares(noisy, LATTICE) == (0.0, 0.0)


def test_a_table_with_level_rules_alone() -> None:
    without = [("upright", row, border) for row in range(4) for border in range(5)]
    level, upright = drawn_shares(ruled(paper(), ROWS, COLUMNS, without), LATTICE)
    assert level > 0.9 and upright == 0.0
