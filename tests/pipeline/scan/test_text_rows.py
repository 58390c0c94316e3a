"""Rows laid over texts where no rules are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.scan.text_rows import lines_of_texts, row_spans, texts_of_table, with_rows_around

if TYPE_CHECKING:
    from pipeline.document import Box

H = 20.0
BORDERS = (500.0, 560.0, 620.0)


def at(left: float, top: float, right: float) -> Box:
    return (left, top, right, top + H)


def rows(boxes: list[Box]) -> list[tuple[float, float]]:
    return row_spans(boxes, BORDERS[0], H)


def test_a_row_for_each_label_and_its_numbers() -> None:
    boxes = [at(80, 100, 300), at(520, 100, 540), at(80, 140, 250), at(80, 180, 260), at(520, 182, 540)]
    spans = rows(boxes)
    assert len(spans) == 3
    assert all(top < 110 + 40 * row < bottom for row, (top, bottom) in enumerate(spans))


def test_a_label_of_three_lines_is_one_row_beside_its_numbers() -> None:
    before = [at(200, 100 + 40 * row, 330) for row in range(4)]
    three = [at(200, 260, 450), at(200, 285, 455), at(200, 310, 300), at(520, 285, 540)]
    after = [at(200, 350, 260), at(520, 350, 540)]
    spans = rows([*before, *three, *after])
    assert len(spans) == 6
    assert spans[4][0] < 270 and spans[4][1] > 320


def test_lines_as_near_with_numbers_of_their_own_are_two_rows() -> None:
    tight = [at(200, 100 + 22 * row, 450) for row in range(4)] + [at(520, 100 + 22 * row, 540) for row in range(4)]
    assert len(rows(tight)) == 4


def test_a_label_of_several_rows_is_no_row() -> None:
    group = at(80, 155, 160)
    boxes = [at(200, 100 + 40 * row, 330) for row in range(4)] + [at(520, 100 + 40 * row, 540) for row in range(4)]
    assert len(rows([group, *boxes])) == 4


def test_heads_of_several_lines_are_one_row() -> None:
    heads = [at(520, 100, 550), at(520, 122, 550), at(580, 90, 610), at(580, 111, 610), at(580, 132, 610)]
    assert len(rows([at(80, 110, 160), *heads, at(80, 200, 300), at(520, 200, 540)])) == 2


def test_lines_around_what_was_seen_of_a_table_are_found() -> None:
    line = [at(80, 0, 300), at(510, 0, 550), at(570, 0, 610), at(630, 0, 670)]
    table = [[(x0, y, x1, y + H) for x0, _, x1, _ in line] for y in (100.0, 140.0, 180.0, 220.0)]
    text = [[at(80, 300, 900)], [at(80, 20, 900)]]
    lines = lines_of_texts([box for one in [*table, *text] for box in one], H)
    assert texts_of_table(lines, 135, 205, H) == (1, 5)
    assert texts_of_table(lines, 900, 950, H) == (0, 0)


def test_blank_rows_around_a_table_are_its_own_but_no_heading() -> None:
    seen = [[at(80, 100 + 40 * row, 300), at(515, 100 + 40 * row, 540)] for row in range(4)]
    blank, heading, head = [at(80, 260, 280)], [at(80, 340, 400)], [at(515, 60, 545)]
    lines = [head, *seen, blank, heading]
    assert with_rows_around(lines, 1, 5, BORDERS) == (1, 6)
    # A heading stands above heads, which have no label.
    assert with_rows_around([[at(80, 20, 400)], head, *seen], 1, 6, BORDERS) == (1, 6)
