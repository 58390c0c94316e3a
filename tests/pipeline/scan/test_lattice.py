from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Box
from pipeline.scan.lattice import Lattice, Place, edges, find_lattices, with_places, without_slivers
from pipeline.scan.parted import parted
from pipeline.scan.parts import TextPart, by_cell
from pipeline.scan.rules import find_rules, without_letters

from .drawn import paper, ruled

ROWS, COLUMNS = [200, 260, 320, 380, 440], [100, 400, 600, 800, 1000]


def lattice_of(image: np.ndarray) -> Lattice:
    found = find_lattices(find_rules(image))
    assert len(found) == 1
    return found[0]


def test_a_full_grid() -> None:
    lattice = lattice_of(ruled(paper(), ROWS, COLUMNS))
    assert (lattice.n_rows, lattice.n_columns, len(lattice.places)) == (4, 4, 16)
    assert np.allclose(lattice.rows, ROWS, atol=1.5) and np.allclose(lattice.columns, COLUMNS, atol=1.5)


def test_merged_cells() -> None:
    without = [("level", 1, 0), ("level", 2, 0), ("upright", 0, 2), ("upright", 0, 3)]
    lattice = lattice_of(ruled(paper(), ROWS, COLUMNS, without))
    assert Place(0, 0, 3, 1) in lattice.places and Place(0, 1, 1, 3) in lattice.places
    assert len(lattice.places) == 16 - 2 - 2


def test_two_tables_on_a_page_from_top_to_bottom() -> None:
    image = ruled(ruled(paper(), ROWS, COLUMNS), [800, 860, 920], [100, 500, 1000])
    found = find_lattices(find_rules(image))
    assert [(one.n_rows, one.n_columns) for one in found] == [(4, 4), (2, 2)]


def test_a_table_cut_off_at_the_page_end_keeps_its_last_row() -> None:
    image = ruled(paper(), ROWS, COLUMNS)
    for x in COLUMNS:
        image[440:500, x - 1 : x + 1] = 0
    lattice = lattice_of(image)
    assert lattice.n_rows in (4, 5)
    assert np.allclose(lattice.rows[:5], ROWS, atol=1.5)


def test_broken_rules_still_part_cells() -> None:
    image = ruled(paper(), ROWS, COLUMNS)
    image[:, 300::60] = 255
    image[:, 301::60] = 255
    assert len(lattice_of(image).places) == 16


def test_doubled_rules_are_one() -> None:
    image = ruled(paper(), ROWS, COLUMNS)
    ruled(image, [y + 4 for y in ROWS], [x + 4 for x in COLUMNS], thickness=1)
    lattice = lattice_of(image)
    assert (lattice.n_rows, lattice.n_columns) == (4, 4)


def test_strokes_inside_lines_of_text_are_letters() -> None:
    image = paper()
    image[300:303, 200:300] = 0
    masks = find_rules(image)
    assert masks.level.any()
    assert not without_letters(masks, [(190.0, 285.0, 320.0, 318.0)]).level.any()
    assert without_letters(masks, [(190.0, 305.0, 320.0, 338.0)]).level.any()


@pytest.mark.parametrize(
    ("evidence", "there"),
    [
        ([0.9, 0.3, 0.9], [True, True, True]),
        ([0.9, 0.1, 0.9], [True, False, True]),
        ([0.9, 0.3, 0.1], [True, False, False]),
    ],
)
def test_a_weak_edge_is_there_between_two_that_are(evidence: list[float], there: list[bool]) -> None:
    assert edges(np.array([evidence])).tolist() == [there]


def test_numbers_that_stand_far_apart_are_of_two_cells() -> None:
    level, upright = np.ones((3, 3)), np.ones((2, 4))
    upright[1, 2] = 0.0
    lattice = with_places(Lattice((0, 30, 60), (0, 200, 300, 400), level, upright, ()))
    numbers = [TextPart((245, 36, 255, 54)), TextPart((345, 36, 355, 54))]
    assert Place(1, 1, 1, 2) in lattice.places
    made = parted(lattice, numbers)
    assert made.columns == lattice.columns and {Place(1, 1), Place(1, 2)} <= set(made.places)


def test_a_gap_where_no_other_row_has_a_border_makes_one() -> None:
    lattice = with_places(Lattice((0, 30, 60), (0, 200, 400), np.ones((3, 2)), np.ones((2, 3)), ()))
    made = parted(lattice, [TextPart((245, 36, 255, 54)), TextPart((345, 36, 355, 54))])
    assert made.columns == (0, 200, 300, 400)
    assert {Place(0, 1, 1, 2), Place(1, 1), Place(1, 2)} <= set(made.places)


def test_words_of_a_label_stay_together() -> None:
    lattice = with_places(Lattice((0, 30, 60), (0, 200, 400), np.ones((3, 2)), np.ones((2, 3)), ()))
    label = [TextPart((5, 36, 95, 54)), TextPart((110, 36, 190, 54))]
    assert parted(lattice, label) is lattice


def test_a_column_in_which_no_digit_has_room_goes() -> None:
    level, upright = np.ones((3, 4)), np.ones((2, 5))
    upright[0, 2] = 0.0
    lattice = with_places(Lattice((0, 30, 60), (0, 100, 112, 200, 300), level, upright, ()))
    texts: list[Box] = [(20, 5, 60, 25), (130, 5, 160, 25), (230, 5, 260, 25), (20, 35, 60, 55)]
    made = without_slivers(lattice, texts)
    assert made.columns == (0, 100, 200, 300) and len(made.places) == 6


def test_a_narrow_column_that_holds_a_digit_stays() -> None:
    lattice = with_places(Lattice((0, 30, 60), (0, 100, 125, 200, 300), np.ones((3, 4)), np.ones((2, 5)), ()))
    texts: list[Box] = [(20, 5, 60, 25), (130, 5, 160, 25), (20, 35, 60, 55)]
    assert without_slivers(lattice, texts).columns == (0, 100, 200, 300)
    assert without_slivers(lattice, [*texts, (107, 5, 117, 25)]).columns == lattice.columns


def test_a_row_in_which_no_digit_has_room_goes_and_the_outermost_rules_stay() -> None:
    lattice = with_places(Lattice((0, 5, 40, 80), (0, 100, 200), np.ones((4, 2)), np.ones((3, 3)), ()))
    assert without_slivers(lattice, [(20, 12, 60, 32), (120, 50, 160, 70)]).rows == (0, 40, 80)


def test_one_lost_edge_does_not_swallow_its_neighbours() -> None:
    """An L of three unit cells: the edge for which a little speaks comes back, the one for which nothing speaks not."""
    level, upright = np.ones((3, 3)), np.ones((2, 4))
    level[1, 0] = 0.0
    upright[0, 1] = 0.15
    made = with_places(Lattice((0, 30, 60), (0, 100, 200, 300), level, upright, ()))
    assert Place(0, 0, 2, 1) in made.places and Place(0, 1) in made.places and len(made.places) == 5


@given(st.integers(0, 2**32 - 1))
def test_cells_tile_the_table_whatever_is_missing(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, columns = int(random.integers(1, 6)), int(random.integers(1, 6))
    level, upright = random.random((rows + 1, columns)), random.random((rows, columns + 1))
    made = with_places(Lattice(tuple(range(rows + 1)), tuple(range(columns + 1)), level, upright, ()))
    covered = np.zeros((rows, columns), dtype=int)
    for place in made.places:
        covered[place.row : place.row + place.row_span, place.column : place.column + place.column_span] += 1
    assert (covered == 1).all()


def test_a_text_through_which_a_border_runs_is_cut_and_says_so() -> None:
    lattice = with_places(Lattice((0, 30), (0, 100, 200), np.ones((2, 2)), np.ones((1, 3)), ()))
    found = by_cell(lattice, [TextPart((70, 6, 130, 24)), TextPart((150, 6, 180, 24))])
    assert [(part.box[0], part.box[2], part.cut) for part in found[Place(0, 0)]] == [(70, 100, True)]
    assert [part.cut for part in found[Place(0, 1)]] == [True, False]


def narrow_and_wide(blank: tuple[int, ...]) -> tuple[Lattice, list[Box]]:
    """Seven columns, 57 wide, each seen as one of 38 with its number and one of 19 beside it; some hold nothing."""
    columns = [0.0]
    for _ in range(7):
        columns += [columns[-1] + 38, columns[-1] + 57]
    rows = tuple(float(y) for y in range(0, 320, 40))
    boxes = [
        (57.0 * column + 12, y + 10, 57.0 * column + 26, y + 26)
        for column in range(7)
        if column not in blank
        for y in rows[:-1]
    ]
    ones = np.ones((len(rows), len(columns) - 1)), np.ones((len(rows) - 1, len(columns)))
    return with_places(Lattice(rows, tuple(columns), *ones, ())), boxes


def test_columns_that_were_seen_as_two_are_one() -> None:
    lattice, boxes = narrow_and_wide(())
    assert without_slivers(lattice, boxes).n_columns == 7


def test_columns_without_a_number_stay() -> None:
    columns = tuple(57.0 * column for column in range(9))
    rows = tuple(float(y) for y in range(0, 320, 40))
    boxes = [(57.0 * c + 20, y + 10, 57.0 * c + 34, y + 26) for c in (0, 1, 3, 4, 6, 7) for y in rows[:-1]]
    lattice = with_places(Lattice(rows, columns, np.ones((8, 8)), np.ones((7, 9)), ()))
    assert without_slivers(lattice, boxes).n_columns == 8


def test_blank_columns_between_those_with_numbers_stay() -> None:
    """The end of table 3 behind a page break: three columns of labels, of the others only some hold a number."""
    columns = (0.0, 75.0, 240.0, *[515.0 + 93.0 * column for column in range(8)])
    rows = tuple(float(y) for y in range(0, 361, 40))
    held = [(90, 230), (250, 500), (555, 570), (742, 757), (928, 943), (1114, 1129)]
    boxes = [(float(left), y + 10, float(right), y + 26) for left, right in held for y in rows[:-1]]
    ones = np.ones((len(rows), len(columns) - 1)), np.ones((len(rows) - 1, len(columns)))
    assert without_slivers(with_places(Lattice(rows, columns, *ones, ())), boxes).columns[1:] == columns[1:]


def test_columns_of_heads_set_upright_are_no_slivers() -> None:
    """Of a table on a page of its own most texts were heads of four letters one below the other: their columns were
    narrower than these are high, and half of them went."""
    columns = tuple(float(x) for x in range(0, 1351, 90))
    made = with_places(Lattice((0.0, 240.0, 320.0), columns, np.ones((3, 15)), np.ones((2, 16)), ()))
    heads = [(x + 28.0, 30.0, x + 62.0, 200.0) for x in columns[:-1]]
    assert without_slivers(made, [*heads, (30.0, 270.0, 55.0, 300.0)]).columns == columns
