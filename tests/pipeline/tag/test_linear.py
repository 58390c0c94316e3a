"""A document as one text, and where each of its characters comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Block, Cell, Grid, Line, Picture, Reading
from pipeline.tag.linear import BORDER, END, MOST_BLANK_LINES, linear
from tests.pipeline.tag.made import document, grid

TEXT = st.text(st.sampled_from("收到申请12 \n\t\r3"), max_size=6)
ROWS = st.lists(st.lists(TEXT, min_size=1, max_size=4), min_size=1, max_size=3)
BLOCKS: st.SearchStrategy[list[Block]] = st.lists(
    st.one_of(st.builds(Line, TEXT), st.builds(grid, ROWS)), max_size=5
)


@given(BLOCKS)
def test_pieces_tile_the_text(blocks: list[Block]) -> None:
    """Every character but one border or line end behind each piece lies in exactly one."""
    seen = linear(document(*blocks))
    at = 0
    for piece in seen.pieces:
        assert piece.start == at <= piece.end
        assert seen.text[piece.end] == (BORDER if piece.place + 1 < piece.of else END)
        at = piece.end + 1
    assert at == len(seen.text)


@given(BLOCKS)
def test_each_character_knows_its_piece(blocks: list[Block]) -> None:
    """A border or line end is the piece's before it."""
    seen = linear(document(*blocks))
    for piece in seen.pieces:
        assert all(seen.piece_at(place) == piece for place in range(piece.start, piece.end + 1))


@given(BLOCKS)
def test_lines_are_those_of_the_text(blocks: list[Block]) -> None:
    seen = linear(document(*blocks))
    assert [seen.text[start:end] for start, end in seen.lines] == seen.text.split(END)[:-1]


def test_rows_of_a_grid() -> None:
    seen = linear(document(Line("三、收到"), grid([["", "自然人", "总计"], ["新收", "1", "2"]]), Line("四、行政复议")))
    assert seen.text == "三、收到\n\t自然人\t总计\n新收\t1\t2\n四、行政复议\n"
    assert [(piece.block, piece.place, piece.of) for piece in seen.pieces] == [
        (0, 0, 1), (1, 0, 3), (1, 1, 3), (1, 2, 3), (1, 0, 3), (1, 1, 3), (1, 2, 3), (2, 0, 1),
    ]  # fmt: skip
    one = seen.piece_at(seen.text.index("1"))
    assert one.cell is not None and (one.cell.row, one.cell.column) == (1, 1)
    assert seen.piece_at(0).cell is None


@pytest.mark.parametrize("text", ["1.属于\n国家秘密", "1.属于\t国家秘密", "1.属于\r\n国家秘密"])
def test_a_line_end_in_a_cell_ends_no_row(text: str) -> None:
    assert linear(document(grid([[text, "3"]]))).text == "1.属于 国家秘密\t3\n"


def test_a_merged_cell_stands_once() -> None:
    """Its row has fewer cells than the grid has columns: what is counted are cells."""
    cells = (Cell(0, 0, (Reading("申请人情况", "t"),), 1, 3), Cell(1, 0, (Reading("1", "t"),)),
             Cell(1, 2, (Reading("2", "t"),)))  # fmt: skip
    seen = linear(document(Grid(2, 3, cells)))
    assert seen.text == "申请人情况\n1\t2\n"
    assert [(piece.place, piece.of) for piece in seen.pieces] == [(0, 1), (0, 2), (1, 2)]


def test_a_cell_that_nobody_could_read_is_blank() -> None:
    assert linear(document(Grid(1, 2, (Cell(0, 0, ()), Cell(0, 1, (Reading("2", "t"),)))))).text == "\t2\n"


@pytest.mark.parametrize("blank", ["", "  ", "\u3000", "\r\n"])
@pytest.mark.parametrize("count", range(6))
def test_only_so_many_blank_lines_are_told(count: int, blank: str) -> None:
    seen = linear(document(Line("甲"), *[Line(blank)] * count, Line("乙")))
    assert len(seen.lines) == 2 + min(count, MOST_BLANK_LINES)
    assert seen.text.split() == ["甲", "乙"]
    assert seen.pieces[-1].block == count + 1


def test_blank_lines_are_counted_anew_behind_a_grid_and_a_line_of_borders_is_none() -> None:
    blanks = [Line("")] * 3
    seen = linear(document(*blanks, grid([["1"]]), *blanks, Line("\t"), *blanks))
    assert seen.text == "\n\n" + "1\n" + "\n\n" + "\t\n" + "\n\n"


def test_pictures_leave_nothing_behind() -> None:
    seen = linear(document(Line("甲"), Picture(10, 10), Line("乙")))
    assert seen.text == "甲\n乙\n"
    assert [piece.block for piece in seen.pieces] == [0, 2]


def test_nothing_to_read() -> None:
    seen = linear(document())
    assert (seen.text, seen.pieces, seen.lines) == ("", (), ())
