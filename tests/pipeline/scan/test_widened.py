"""The rest of a table without rules of which only the labels were made out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.scan.lattice import Lattice, with_places
from pipeline.scan.parts import TextPart
from pipeline.scan.widened import beside, side_by_side, widened, without_covered


def text(row: int, left: float, right: float) -> TextPart:
    return TextPart((left, 50.0 * row + 10, right, 50.0 * row + 40))


def lattice(left: float, right: float, n_rows: int = 4, top: int = 0) -> Lattice:
    """One column."""
    rows = tuple(50.0 * (top + i) for i in range(n_rows + 1))
    return with_places(Lattice(rows, (left, right), np.ones((n_rows + 1, 1)), np.ones((n_rows, 2)), ()))


TITLE = text(0, 350, 650)
LABELS = [text(row, 50, 190) for row in (1, 2, 3)]
NUMBERS = [text(row, x, x + 20) for row in (1, 2, 3) for x in (400, 600, 800)]


def spans(made: Lattice, row: int) -> list[int]:
    return [place.column_span for place in made.places if place.row == row]


def test_numbers_beside_labels_become_cells() -> None:
    """The title above both keeps a row of its own; the pieces of the table that were found among the numbers go."""
    piece = lattice(390, 430, 1, top=2)
    [(made, implied)] = widened([(lattice(0, 360), True), (piece, True)], [TITLE, *LABELS, *NUMBERS])
    assert implied and [spans(made, row) for row in (1, 2, 3)] == [[1, 1, 1, 1]] * 3
    assert spans(made, 0) in ([4], [1, 3])
    assert not beside(made, [TITLE, *LABELS, *NUMBERS])


def test_labels_beside_numbers_too() -> None:
    [(made, _)] = widened([(lattice(380, 900), True)], [*LABELS, *NUMBERS])
    assert [spans(made, row) for row in (1, 2, 3)] == [[1, 1, 1, 1]] * 3


def test_a_table_with_rules_is_what_it_is() -> None:
    found = [(lattice(0, 360), False)]
    assert widened(found, [*LABELS, *NUMBERS]) == found


def test_a_single_text_beside_a_table_is_none_of_its_cells() -> None:
    found = [(lattice(0, 360), True)]
    assert widened(found, [*LABELS, text(2, 400, 420)]) == found


def test_text_far_off_is_not_beside_a_table() -> None:
    assert not beside(lattice(0, 360), [text(1, 800, 820)])


def test_seals_are_not_beside_a_table() -> None:
    assert not beside(lattice(0, 360), [replace(text(1, 400, 420), mark=True)])


def test_a_table_with_rules_beside_it_is_not_swallowed() -> None:
    wide = replace(lattice(390, 900), columns=(390.0, 600.0, 900.0), level=np.ones((5, 2)), upright=np.ones((4, 3)))
    ruled = with_places(wide)
    found = [(lattice(0, 360), True), (ruled, False)]
    assert widened(found, [*LABELS, *NUMBERS]) == found


def test_tables_at_the_same_height_are_pieces_of_one() -> None:
    """Strokes over a table without rules made a ruled table of two of its rows, one short, with another row's label."""
    labels = lattice(0, 360)
    assert side_by_side(labels, lattice(390, 900, 2, top=1)) and side_by_side(lattice(390, 900, 2, top=1), labels)
    assert not side_by_side(labels, lattice(0, 900, 2, top=4))
    assert not side_by_side(labels, labels)


def test_a_piece_that_the_texts_of_another_table_cover_is_gone() -> None:
    whole, piece, below = lattice(100, 900), lattice(300, 500, 2), lattice(100, 900, top=800)
    found = [(piece, False), (whole, True), (below, True)]
    assert without_covered(found) == [(whole, True), (below, True)]
    printed = lattice(100, 500)
    assert len(without_covered([(printed, False), (whole, True)])) == 2, "a table with rules is no piece"
