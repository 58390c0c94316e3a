"""Grids on page images: each cell is a place, which nothing that its neighbours lost can move."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.document import Cell, Document, Grid, Reading, Source
from pipeline.recover.cell_readings import RowShape
from pipeline.recover.readings import PLACED, read_row
from pipeline.recover.strips import AMONG_WORDS, Token, strips

WHERE = Source(1, (0.0, 0.0, 10.0, 10.0))


def row(texts: list[str], pictured: bool) -> list[Token]:
    return [
        Token(text, "value" if text else "blank", WHERE, (Reading(text, "ocr", 0.9),), column, pictured=pictured)
        for column, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    "texts", [["0", "0", "0", "04", "0", "10", ""], ["", "3", "0", "0", "1", "0", "0"], ["1", "", "", "", "", "", ""]]
)
def test_a_whole_row_on_an_image_has_one_reading(texts: list[str]) -> None:
    shape = RowShape(7, (((0, 1, 2, 3, 4, 5), 6),))
    seen = read_row(row(texts, True), shape, prints_zeros=True)
    assert len(seen) == 1
    assert [cell.kind == "blank" for cell in seen[0].cells] == [not text for text in texts]
    said = [
        [(cell.kind, cell.value) for cell in one.cells] for one in read_row(row(texts, False), shape, prints_zeros=True)
    ]
    assert said != [[(cell.kind, cell.value) for cell in seen[0].cells]], "in a file a blank may have moved"


def test_a_row_that_lacks_a_place_may_have_lost_any() -> None:
    shape = RowShape(7)
    assert len(read_row(row(["1", "2", "3", "4", "5", "6"], True), shape)) > 1


def test_a_number_among_words_is_not_sure() -> None:
    cells = (
        Cell(0, 0, (Reading("行政事业性收费392.11", "ocr", 0.99),), 1, 1, WHERE),
        Cell(0, 1, (Reading("7", "ocr", 0.97),), 1, 1, WHERE),
    )
    (found,) = strips(Document("x", "0" * 64, "image", (Grid(1, 2, cells, True, WHERE, pictured=True),)))
    scores = {token.text: token.readings[0].score for token in found.tokens if token.kind == "value"}
    assert scores == {"392.11": AMONG_WORDS, "7": 0.97}
    (plain,) = strips(Document("x", "0" * 64, "html", (Grid(1, 2, cells),)))
    assert not any(token.pictured for token in plain.tokens)


def test_two_numbers_in_one_cell_are_as_sure_as_their_row_is_full() -> None:
    """A row without rules whose cells are all accounted for, two of them in one place."""
    seen = [replace(token, implied=True) for token in row(["73", "-4 233"], True)]
    (found,) = read_row(seen, RowShape(3, signed=frozenset({1})))
    assert [cell.value for cell in found.cells] == [73, -4, 233]
    assert {cell.score for cell in found.cells} == {0.9}
    short = read_row([replace(token, implied=True) for token in row(["73", ""], True)], RowShape(3))
    assert {cell.score for one in short for cell in one.cells if cell.value == 73} == {PLACED * 0.9}


def test_a_number_with_dirt_on_it_keeps_its_place() -> None:
    """0U was a word, and the numbers behind it moved up."""
    cells = tuple(Cell(0, c, (Reading(text, "ocr", 0.7),), 1, 1, WHERE) for c, text in enumerate(["0U", "4", "1"]))
    (found,) = strips(Document("x", "0" * 64, "image", (Grid(1, 3, cells, True, WHERE, pictured=True),)))
    assert [token.kind for token in found.tokens] == ["value"] * 3
    (made,) = read_row(list(found.tokens), RowShape(3))
    assert [(cell.kind, cell.value) for cell in made.cells] == [("unread", None), ("number", 4), ("number", 1)]


@pytest.mark.parametrize("label", ["3.其他", "1.", "（2）", "第2项"])
def test_a_label_with_a_number_in_it_is_a_word(label: str) -> None:
    cells = tuple(Cell(0, c, (Reading(text, "ocr", 0.9),), 1, 1, WHERE) for c, text in enumerate([label, "7"]))
    (found,) = strips(Document("x", "0" * 64, "image", (Grid(1, 2, cells, True, WHERE, pictured=True),)))
    assert [token.kind for token in found.tokens] == ["word", "value"]


def test_two_numbers_in_one_cell_of_a_full_row_are_none() -> None:
    """A piece of a rule was read as a 1 beside the 8: not 81."""
    (found,) = read_row(row(["21", "8 1", "19"], True), RowShape(3))
    assert [(cell.kind, cell.value) for cell in found.cells] == [("number", 21), ("unread", None), ("number", 19)]
