"""Every way to see the tokens of a row as its cells."""

from __future__ import annotations

from itertools import combinations
from time import thread_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.costs import load_costs
from pipeline.document import Reading, Source
from pipeline.recover.cell_readings import RowShape
from pipeline.recover.digit_runs import MOST_READINGS
from pipeline.recover.readings import RowReading, pieces, read_row
from pipeline.recover.strips import Token
from tests.pipeline.invented import tokens

SEVEN = RowShape(7, (((0, 1, 2, 3, 4, 5), 6),))
THREE = RowShape(3)
FIFTEEN = RowShape(15, tuple((tuple(range(first, first + 4)), first + 4) for first in (0, 5, 10)))

SMALL = st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 400))
SHORT_RUN = 17
"""Digits that are cut in any case; longer runs as far as `MOST_STEPS` goes."""
SUMMED = st.lists(SMALL, min_size=6, max_size=6).map(lambda parts: (*parts, sum(parts)))


def values(reading: RowReading) -> tuple[object, ...]:
    return tuple(cell.value for cell in reading.cells)


def kinds(reading: RowReading) -> str:
    return "".join(cell.kind[0] for cell in reading.cells)


def glued(text: str, line: int = 1) -> list[Token]:
    return [Token(text, "value", Source(line=line, chars=(0, len(text))), soft=True)]


# --- as it stands --------------------------------------------------------------------------------


def test_as_many_tokens_as_cells_is_one_reading() -> None:
    (reading,) = read_row(tokens("3", "", "/", "1,200", None, "2件", "0"), SEVEN)
    assert values(reading) == (3, None, None, 1200, None, 2, 0)
    assert kinds(reading) == "nbdnunn"
    assert (reading.cost, reading.note) == (0, "")
    assert reading.cells[5].unit == "件"


def test_no_tokens_are_absent_cells() -> None:
    (reading,) = read_row([], THREE)
    assert kinds(reading) == "aaa"


def test_only_blanks_are_blank_cells() -> None:
    (reading,) = read_row(tokens("", ""), THREE)
    assert kinds(reading) == "bbb"


def test_rival_readings_of_a_cell_are_kept() -> None:
    cell = Token(
        "8", "value", Source(), (Reading("8", "ocr", 0.6), Reading("3", "ocr", 0.3), Reading("件", "ocr", 0.1))
    )
    (reading,) = read_row([*tokens("1", "2"), cell], THREE)
    assert (reading.cells[2].reader, reading.cells[2].score, reading.cells[2].rivals) == ("ocr", 0.6, ((3, 0.3),))


def test_signs_and_fractions_by_column() -> None:
    (reading,) = read_row(tokens("-3", "-3", "2.5"), RowShape(3, signed=frozenset({1}), decimal=frozenset({2})))
    assert values(reading) == (None, -3, 2.5)


# --- too few, too many ---------------------------------------------------------------------------


@given(SUMMED, st.integers(0, 6))
def test_a_lost_cell_is_among_the_readings(row: tuple[int, ...], lost: int) -> None:
    kept = [str(number) for i, number in enumerate(row) if i != lost]
    wanted = (*row[:lost], None, *row[lost + 1 :])
    found = read_row(tokens(*kept), SEVEN)
    assert wanted in [values(reading) for reading in found if reading.cells[lost].kind == "absent"]


@given(SUMMED, st.sets(st.integers(0, 6), min_size=1, max_size=3))
def test_dropped_blanks_are_among_the_readings(row: tuple[int, ...], lost: set[int]) -> None:
    kept = [str(number) for i, number in enumerate(row) if i not in lost]
    wanted = tuple(None if i in lost else number for i, number in enumerate(row))
    found = read_row(tokens(*kept), SEVEN, drops_blanks=True)
    assert any(values(r) == wanted and all(r.cells[i].kind == "blank" for i in lost) for r in found)


@given(SUMMED, st.integers(1, 3), st.integers(0, 3))
def test_blanks_at_the_ends_are_no_cells(row: tuple[int, ...], before: int, behind: int) -> None:
    found = read_row(tokens(*[""] * before, *map(str, row), *[""] * behind), SEVEN, trim=behind)
    assert values(found[0]) == row
    assert found[0].cost == 0


def test_where_most_rows_have_their_blanks_decides() -> None:
    cells = tokens("", "4", "0", "0", "0", "0", "4", "")
    cheapest = {trim: read_row(cells, SEVEN, trim=trim)[0] for trim in (0, 1)}
    assert values(cheapest[1]) == (None, 4, 0, 0, 0, 0, 4)
    assert values(cheapest[0]) == (4, 0, 0, 0, 0, 4, None)


def test_a_number_too_many_is_left_out_at_a_cost() -> None:
    found = read_row(tokens("5", "1", "0", "0", "0", "0", "0", "1"), SEVEN)
    assert (1, 0, 0, 0, 0, 0, 1) in [values(reading) for reading in found]
    assert all(reading.cost > 0 for reading in found)


def test_a_number_that_a_border_cuts_is_joined() -> None:
    found = read_row(tokens("1", "2", "0", "0", "0", "0", "0", "12"), SEVEN)
    assert (12, 0, 0, 0, 0, 0, 12) in [values(reading) for reading in found]


# --- digits run together -------------------------------------------------------------------------


@settings(deadline=None)
@given(SUMMED.filter(lambda row: len("".join(map(str, row))) <= SHORT_RUN))
def test_a_row_run_together_is_among_the_readings(row: tuple[int, ...]) -> None:
    found = read_row(glued("".join(map(str, row))), SEVEN)
    assert row in [values(reading) for reading in found]


@settings(deadline=None)
@given(SUMMED.filter(lambda row: len("".join(map(str, row))) <= SHORT_RUN), st.sets(st.integers(1, 6)))
def test_a_row_run_together_in_pieces_is_among_the_readings(row: tuple[int, ...], spaces: set[int]) -> None:
    text = "".join((" " if i in spaces else "") + str(number) for i, number in enumerate(row))
    assert row in [values(reading) for reading in read_row(glued(text), SEVEN)]


def test_three_sums_in_one_line() -> None:
    row = (6, 5, 0, 0, 11, 0, 0, 0, 0, 0, 2, 0, 0, 1, 3)
    assert [values(reading) for reading in read_row(glued("".join(map(str, row))), FIFTEEN)] == [row]


def test_the_next_labels_number_is_cut_off() -> None:
    cell = Token("10000012", "value", Source(line=1, chars=(0, 8)), soft=True, swallowed="2")
    found = read_row([cell], SEVEN)
    assert values(found[0]) == (1, 0, 0, 0, 0, 0, 1)
    assert (found[0].cost, found[0].cells[6].text) == (0, "1000001")


def test_cut_cells_say_where_they_stand() -> None:
    (reading,) = [r for r in read_row(glued("1200000 12"), SEVEN) if values(r) == (12, 0, 0, 0, 0, 0, 12)]
    assert [cell.source.chars for cell in reading.cells][:2] == [(0, 2), (2, 3)]
    assert reading.cells[6].source.chars == (8, 10)
    assert reading.cut


def test_a_row_parted_by_spaces_is_not_cut() -> None:
    (reading,) = read_row(glued("12 0 0 0 0 0 12"), SEVEN)
    assert values(reading) == (12, 0, 0, 0, 0, 0, 12)
    assert (reading.cut, reading.note) == (False, "")


def test_too_few_numbers_between_spaces_are_not_only_cut() -> None:
    """`12 5` may be 1, 2, 5; or a blank cell has left no trace."""
    found = {values(reading) for reading in read_row(glued("12 5"), THREE)}
    assert {(1, 2, 5), (None, 12, 5), (12, None, 5), (12, 5, None)} <= found


@pytest.mark.parametrize("length", [15, 28, 44, 80, 400, 5000])
@pytest.mark.parametrize("shape", [SEVEN, FIFTEEN, THREE], ids=["7", "15", "3"])
def test_no_run_takes_long(length: int, shape: RowShape) -> None:
    """Without bounds, 44 digits took a minute and a half."""
    begun = thread_time()
    digits = "".join(str(3 + i * i % 7) for i in range(length))
    found = read_row(glued(digits), shape)
    assert thread_time() - begun < 10
    assert 0 < len(found) <= MOST_READINGS
    assert all(cell.value is None or cell.value < 10**15 for reading in found for cell in reading.cells)


def test_more_readings_than_can_be_weighed_are_none() -> None:
    found = read_row(tokens(*map(str, range(1, 7))), FIFTEEN)
    assert len(found) == 1
    assert set(kinds(found[0])) == {"u"}


# --- always --------------------------------------------------------------------------------------

CELL = st.one_of(st.sampled_from(["", "0", "/", "12", "1 2", "无", "规章", None]), st.integers(0, 999).map(str))


@given(st.lists(CELL, max_size=10), st.booleans(), st.booleans(), st.sampled_from([SEVEN, THREE]))
def test_readings_are_whole_ordered_and_distinct(
    cells: list[str | None], soft: bool, drops_blanks: bool, shape: RowShape
) -> None:
    found = read_row(tokens(*cells, soft=soft), shape, drops_blanks=drops_blanks)
    assert 1 <= len(found) <= MOST_READINGS
    assert {len(reading.cells) for reading in found} == {shape.width}
    assert [reading.cost for reading in found] == sorted(reading.cost for reading in found)
    contents = [tuple((cell.kind, cell.value) for cell in reading.cells) for reading in found]
    assert len(set(contents)) == len(contents)


@given(SUMMED, st.integers(0, 6))
def test_a_lost_cell_costs_more_than_none(row: tuple[int, ...], lost: int) -> None:
    whole = read_row(tokens(*map(str, row)), SEVEN)
    short = read_row(tokens(*(str(number) for i, number in enumerate(row) if i != lost)), SEVEN)
    assert whole[0].cost == 0
    assert {r.cost for r in short if "absent" in [cell.kind for cell in r.cells]} == {load_costs().structure.lost_cell}


def test_pieces_cuts_only_what_has_no_borders() -> None:
    assert [piece.text for piece in pieces([*tokens("1 2"), *tokens("3 4", soft=True)])] == ["1 2", "3", "4"]


def test_every_place_of_one_lost_cell_is_tried() -> None:
    found = [r for r in read_row(tokens("1", "2", "3", "4", "5", "15"), SEVEN) if "a" in kinds(r)]
    assert {kinds(reading) for reading in found} == {
        "".join("a" if i in lost else "n" for i in range(7)) for lost in combinations(range(7), 1)
    }


# --- tables without rules ------------------------------------------------------------------------


def unruled(*texts: str) -> list[Token]:
    """A row of a page image in which borders are only concluded, each cell read with a probability of 0.99."""
    return [
        Token(text, "value" if text else "blank", Source(), (Reading(text, "ocr", 0.99),), pictured=True, implied=True)
        for text in texts
    ]


@pytest.mark.parametrize("row", [("90", ""), ("", "90"), ("", "90", "")])
def test_one_number_in_a_row_of_one_cell_is_as_sure_as_it_was_read(row: tuple[str, ...]) -> None:
    found = read_row(unruled(*row), RowShape(1))
    assert [values(reading) for reading in found] == [(90,)]
    assert found[0].cells[0].score == 0.99


def test_a_number_for_each_cell_leaves_no_doubt_whose_it_is() -> None:
    assert [cell.score for cell in read_row(unruled("3", "", "2", "7"), THREE)[0].cells] == [0.99] * 3


def test_beside_a_blank_cell_a_number_may_be_its_neighbours() -> None:
    for cell in read_row(unruled("3", "", "7"), THREE)[0].cells:
        assert cell.score == pytest.approx(0.75 * 0.99)


def test_digits_of_a_cell_on_a_page_image_are_not_cut_for_the_cells_beside_it_that_nobody_could_read() -> None:
    unread = Token("", "value", Source(), (), pictured=True, implied=True)
    for reading in read_row([unread, *unruled("288")], THREE):
        assert {cell.value for cell in reading.cells} <= {288, None}


def test_a_number_that_a_space_cut_is_as_sure_as_its_worse_half() -> None:
    halves = [
        Token(text, "value", Source(), (Reading(text, "ocr", score),), pictured=True)
        for text, score in (("12", 0.99), ("5", 0.4))
    ]
    joined = [reading.cells[0] for reading in read_row(halves, RowShape(1)) if values(reading) == (125,)]
    assert [cell.score for cell in joined] == [0.4]


def seen(**rivals: float) -> Token:
    readings = tuple(Reading(text.replace("minus", "-"), "ocr", score) for text, score in rivals.items())
    return Token(readings[0].text, "value", Source(), readings, pictured=True)


def test_a_minus_sign_where_the_form_counts_things_is_dirt() -> None:
    token = seen(minus3=0.5, **{"3": 0.4, "8": 0.1})
    (cell,) = read_row([token], RowShape(1))[0].cells
    assert (cell.value, cell.printed, cell.rivals) == (3, "3", ((8, pytest.approx(0.2)),))
    assert cell.score == pytest.approx(0.8)
    (cell,) = read_row([token], RowShape(1, signed=frozenset({0})))[0].cells
    assert (cell.value, cell.score) == (-3, 0.5)


ONE = RowShape(1)


@pytest.mark.parametrize("beside", [[], [("—", 0.94), ("", 0.03), ("24", 0.03)], [("", 0.8), ("2", 0.08)]])
def test_in_a_row_of_one_cell_a_stroke_beside_the_number_is_none(beside: list[tuple[str, float]]) -> None:
    number = seen(**{"638": 0.99})
    readings = tuple(Reading(text, "ocr", score) for text, score in beside)
    stroke = Token(readings[0].text if readings else "", "value", Source(), readings, pictured=True)
    for row in ([stroke, number], [number, stroke], [stroke, number, stroke]):
        (reading,) = read_row(row, ONE)
        assert values(reading) == (638,) and (reading.cost, reading.note) == (0, "")


@pytest.mark.parametrize(
    "row",
    [
        [seen(**{"638": 0.99}), seen(**{"2": 0.6, "—": 0.4})],
        [seen(**{"638": 0.99}), seen(**{"—": 0.8, "2": 0.2})],
        [seen(**{"638": 0.9, "63": 0.1}), seen(**{"—": 1.0})],
        [Token("638", "value", Source()), Token("—", "value", Source())],
    ],
    ids=["two numbers", "perhaps two", "unsure", "no page image"],
)
def test_what_may_be_a_second_number_is_left_open(row: list[Token]) -> None:
    assert all(reading.note for reading in read_row(row, ONE))


def test_what_is_possible_nowhere_stays_what_it_is() -> None:
    (cell,) = read_row([seen(minus3=0.6, minus8=0.3)], RowShape(1))[0].cells
    assert cell.kind == "unread" and cell.value is None
