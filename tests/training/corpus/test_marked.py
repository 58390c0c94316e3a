"""Marks: each character of a number says whose it is, whatever text it stands in."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tag.labels import SECTIONS
from pipeline.tag.labels import fields as field_ids
from training.corpus.marked import (
    ALPHABET,
    FIRST,
    ROOM,
    TABLES,
    is_number,
    mark,
    same_marks,
    section_mark,
    section_of,
    shown,
    unmark,
)

NEW, TOTAL = "t3.new.natural", "t3.new.total"
FIELDS = st.sampled_from(field_ids())
NUMBERS = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=12)
PLAIN = st.text(st.sampled_from("收到申请12件，其中（）\n\t 3.５"), max_size=12)


def test_no_character_of_the_alphabet_stands_twice() -> None:
    """A mark is a place in the alphabet: of a second one nothing would ever come back."""
    assert Counter(ALPHABET).most_common(1)[0][1] == 1


def test_marks_of_prose_tables_and_sections_have_planes_of_their_own() -> None:
    size = len(field_ids()) * ROOM
    assert FIRST + size <= TABLES
    assert TABLES + size <= ord(section_mark("")) <= ord(section_mark(SECTIONS[-1])) <= 0x10FFFD


@pytest.mark.parametrize("table", [False, True])
@pytest.mark.parametrize("field", field_ids())
def test_every_character_of_every_field_comes_back(field: str, table: bool) -> None:
    marked = mark(field, ALPHABET, table)
    assert len(set(marked)) == len(ALPHABET) and not set(marked) & set(ALPHABET)
    back = unmark(marked)
    assert back.text == ALPHABET
    assert set(back.fields) == {field} and set(back.tables) == {table}


def test_no_two_fields_share_a_mark() -> None:
    made = [mark(field, ALPHABET, table) for field in field_ids() for table in (False, True)]
    assert len(set("".join(made))) == 2 * len(field_ids()) * len(ALPHABET)


@given(st.lists(st.tuples(PLAIN, FIELDS, NUMBERS, st.booleans()), max_size=6))
def test_a_text_with_marks_is_read_off_character_by_character(
    parts: list[tuple[str, str, str, bool]],
) -> None:
    marked = "".join(plain + mark(field, number, table) for plain, field, number, table in parts)
    back = unmark(marked)
    assert back.text == shown(marked) == "".join(plain + number for plain, _, number, _ in parts)
    told = [whose for plain, field, number, _ in parts for whose in (*[None] * len(plain), *[field] * len(number))]
    assert list(back.fields) == told
    in_table = [one for plain, _, number, table in parts for one in (*[False] * len(plain), *[table] * len(number))]
    assert list(back.tables) == in_table


def test_what_is_no_character_of_a_number_stays_as_it_is() -> None:
    """Units and spaces are nobody's: a damage that adds them must not make a number longer."""
    back = unmark(mark(NEW, "1 2件"))
    assert back.text == "1 2件"
    assert back.fields == (NEW, None, NEW, None)


def test_a_field_that_no_form_has_is_refused() -> None:
    with pytest.raises(KeyError):
        mark("t3.new.nobody", "1")


def test_sections_hold_until_the_next_mark_and_leave_nothing_behind() -> None:
    back = unmark("甲" + section_mark("二") + "乙" + mark(NEW, "1") + section_mark("") + "丙")
    assert back.text == "甲乙1丙"
    assert back.sections == ("", "二", "二", "")
    assert back.fields == (None, None, NEW, None)


@pytest.mark.parametrize("section", SECTIONS)
def test_the_section_of_a_text_is_that_of_its_first_mark(section: str) -> None:
    text = "三、" + mark(NEW, "1", table=True) + section_mark(section) + section_mark("五")
    assert section_of(text) == section
    assert section_of("三、收到" + mark(NEW, "1", table=True)) is None


@pytest.mark.parametrize(("text", "digits"), [("12", True), ("0", True), ("", False), ("1.5", False), ("１２", False),
                                              ("-1", False), ("/", False), ("十", False), ("1 2", False)])  # fmt: skip
def test_is_number(text: str, digits: bool) -> None:
    """Marks are no digits to Python: what a damage asks of a cell it must ask of what is shown."""
    assert is_number(text) is is_number(mark(NEW, text, table=True)) is digits
    assert is_number(section_mark("三") + text) is digits


def test_same_marks() -> None:
    assert same_marks("/", mark(NEW, "0", table=True)) == mark(NEW, "/", table=True)
    assert same_marks("34", "共" + mark(TOTAL, "1") + mark(NEW, "2", table=True)) == mark(TOTAL, "34")
    assert same_marks("34", "0") == "34"


@given(PLAIN)
def test_text_without_marks_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text
    assert unmark(text).fields == (None,) * len(text)


@pytest.mark.parametrize("char", ["\ue000", "\U000ffffd", "𠮷", chr(TABLES - 1)])
def test_private_characters_that_are_no_marks_stay(char: str) -> None:
    assert unmark(char).text == char
    assert unmark(char).fields == (None,)
