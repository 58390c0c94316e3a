from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.scan.lattice import Lattice, find_lattices
from pipeline.scan.rules import Masks, find_rules
from tests.training.segmenter.test_flat import STILL, flat
from training.segmenter.flat import draw_targets
from training.segmenter.scoring import Borders, border_scores, exact_tables, found_cells, overlap


def true_masks(level_shift: int = 0) -> Masks:
    targets = draw_targets(flat(), STILL, 1600, 1132).repeat(2, axis=1).repeat(2, axis=2) * np.uint8(255)
    return Masks(np.roll(targets[0], level_shift, axis=0), targets[1], 1.0)


def test_true_borders_score_full_and_shifted_ones_do_not() -> None:
    page = flat()
    scores = border_scores(true_masks(), page, 1.0)
    assert scores.precision > 0.98 and scores.recall == 1.0
    assert scores.f1 > 0.99
    shifted = border_scores(true_masks(12), page, 1.0)
    assert 0.3 < shifted.precision < 0.7 and 0.3 < shifted.recall < 0.7
    nothing = Masks(np.zeros((1600, 1132), np.uint8), np.zeros((1600, 1132), np.uint8), 1.0)
    assert border_scores(nothing, page, 1.0).f1 == 0.0


def test_borders_add_up() -> None:
    total = Borders(1, 2, 3, 4) + Borders(1, 2, 3, 4)
    assert total == Borders(2, 4, 6, 8)
    assert (total.precision, total.recall) == (0.5, 0.75)


def test_the_drawn_table_is_exact_both_ways() -> None:
    page = flat()
    for masks in (true_masks(), find_rules(page.image)):
        assert exact_tables(find_lattices(masks), page, 1.0) == [True]


def test_one_cell_too_few_or_too_many_is_not_exact() -> None:
    page = flat()
    (lattice,) = find_lattices(true_masks())

    def verdict(other: Lattice) -> bool:
        (only,) = exact_tables([other], page, 1.0)
        return only

    assert verdict(lattice)
    assert not verdict(replace(lattice, places=lattice.places[:-1]))
    assert not verdict(replace(lattice, places=(*lattice.places, lattice.places[0])))
    assert not verdict(replace(lattice, places=(*lattice.places[:-1], lattice.places[0])))
    assert exact_tables([], page, 1.0) == [False]
    assert found_cells([lattice], page, 1.0) == (24, 24)
    assert found_cells([replace(lattice, places=lattice.places[:-2])], page, 1.0) == (22, 24)
    assert found_cells([], page, 1.0) == (0, 24)


def test_overlap() -> None:
    assert overlap((0, 0, 2, 2), (0, 0, 2, 2)) == 1
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == 1 / 3
    assert overlap((0, 0, 2, 2), (2, 0, 3, 2)) == 0
