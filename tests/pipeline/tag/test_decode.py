"""What a network says of tokens as numbers and lines. Here each character is a token."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.document import Line
from pipeline.tag.decode import MOST_FIELDS, Shares, Tags, line_sections, numbers
from pipeline.tag.labels import FIRST, INSIDE, OUTSIDE, SECTIONS, column_of, columns, fields, row_of, rows
from pipeline.tag.linear import Linear, linear
from tests.pipeline.tag.made import document, tagged

NEW, TOTAL = "t3.new.natural", "t3.new.total"
KINDS = {"o": OUTSIDE, "B": FIRST, "I": INSIDE}


def begins(kinds: str, share: float = 0.9) -> Shares:
    made = np.full((len(kinds), 3), (1 - share) / 2, np.float32)
    for place, kind in enumerate(kinds):
        made[place, KINDS[kind]] = share
    return made


def of(length: int, shares: dict[int, dict[str, float]]) -> Shares:
    """Probabilities of fields by the place of the token; even where none are given."""
    made = np.full((length, len(fields())), 1 / len(fields()), np.float32)
    for place, named in shares.items():
        made[place] = 1e-6
        for field, share in named.items():
            made[place, fields().index(field)] = share
    return made


def places(text: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    starts = np.arange(len(text), dtype=np.int64)
    return starts, starts + 1


def spans(text: str, kinds: str) -> list[str]:
    found = numbers(text, *places(text), begins(kinds), of(len(text), {}))
    return [text[one.start : one.end] for one in found]


@pytest.mark.parametrize(
    ("text", "kinds", "found"),
    [
        ("共12件", "oBIo", ["12"]),
        ("123", "BBI", ["1", "23"]),
        ("12", "II", ["12"]),
        ("1\t2", "BII", ["1\t2"]),
        ("1 2", "BII", ["1 2"]),
        ("共件", "oo", []),
        ("1", "B", ["1"]),
        # Digits side by side are one number or none, unless one of them begins another.
        ("2284", "BoII", ["2284"]),
        ("2284", "oBII", ["2", "284"]),
        ("2284", "ooIo", []),
        ("640", "BBB", ["6", "4", "0"]),
        ("三十三", "BoI", ["三十三"]),
        ("减-29", "oBII", ["-29"]),
        ("减-29", "ooBI", ["29"]),
        # But for the ordinal of the next row that ran together with them.
        ("0102.其", "BBBooo", ["0", "1", "0"]),
        ("0102件", "BBBooo", ["0", "1", "02"]),
    ],
)
def test_numbers_by_hand(text: str, kinds: str, found: list[str]) -> None:
    assert spans(text, kinds) == found


def test_two_numbers_side_by_side_are_told_by_their_first() -> None:
    text = "123"
    shares = of(3, {0: {NEW: 0.9}, 1: {TOTAL: 0.9}, 2: {TOTAL: 0.9}})
    first, second = numbers(text, *places(text), begins("BBI"), shares)
    assert (first.start, first.end, first.field) == (0, 1, NEW)
    assert (second.start, second.end, second.field) == (1, 3, TOTAL)


@pytest.mark.parametrize("border", ["\t", "\n", " \t"])
def test_a_border_ends_a_number(border: str) -> None:
    """A border that no token stands for parts as well."""
    text = f"1{border}2"
    starts, ends = np.array([0, len(text) - 1]), np.array([1, len(text)])
    found = numbers(text, starts, ends, begins("BI"), of(2, {}))
    assert [text[one.start : one.end] for one in found] == ["1", "2"]
    (whole,) = numbers("1 2", np.array([0, 2]), np.array([1, 3]), begins("BI"), of(2, {}))
    assert (whole.start, whole.end) == (0, 3)


def test_the_fields_of_a_number_are_those_of_its_tokens_together() -> None:
    """One token for one field, one for the other: the geometric mean, which the surer of them wins."""
    shares = of(2, {0: {NEW: 0.9, TOTAL: 0.1}, 1: {NEW: 0.4, TOTAL: 0.6}})
    (number,) = numbers("12", *places("12"), begins("BI"), shares)
    both = (0.9 * 0.4) ** 0.5, (0.1 * 0.6) ** 0.5
    assert [field for field, _ in number.fields] == [NEW, TOTAL]
    assert number.fields[0][1] == pytest.approx(both[0] / sum(both), abs=1e-3)


def test_a_number_is_as_sure_as_its_tokens_are_on_the_whole() -> None:
    made = np.concatenate([begins("B", 0.98), begins("I", 0.6)])
    (number,) = numbers("12", *places("12"), made, of(2, {0: {NEW: 1.0}, 1: {NEW: 1.0}}))
    assert number.sure == pytest.approx((0.99 + 0.8) / 2)
    assert number.share == pytest.approx(0.895, abs=1e-3)


def test_few_fields_are_named_and_one_always() -> None:
    (even,) = numbers("1", *places("1"), begins("B"), of(1, {}))
    assert len(even.fields) == 1, "all are below the least that is named"
    named = dict.fromkeys(fields()[:8], 0.1)
    (many,) = numbers("1", *places("1"), begins("B"), of(1, {0: named}))
    assert len(many.fields) == MOST_FIELDS
    assert [field for field, _ in many.fields] == list(fields()[:MOST_FIELDS])


@given(st.text("oBI", max_size=12), st.data())
def test_numbers_stand_in_order_and_cover_what_is_inside(kinds: str, data: st.DataObject) -> None:
    text = "".join(data.draw(st.sampled_from("甲乙\t\n")) for _ in kinds)
    found = numbers(text, *places(text), begins(kinds), of(len(text), {}))
    assert [place for one in found for place in range(one.start, one.end)] == [
        place for place, kind in enumerate(kinds) if kind != "o"
    ]
    assert all(kind != "B" for one in found for kind in kinds[one.start + 1 : one.end])


def sections(shares: Sequence[str], sure: float = 0.8) -> Shares:
    made = np.full((len(shares), len(SECTIONS)), (1 - sure) / (len(SECTIONS) - 1), np.float32)
    for place, section in enumerate(shares):
        made[place, SECTIONS.index(section)] = sure
    return made


def seen(*lines: str) -> Linear:
    return linear(document(*map(Line, lines)))


def test_the_section_of_a_line_is_that_of_its_tokens() -> None:
    text = seen("甲乙", "丙")
    found = line_sections(text, np.array([0, 1, 3]), sections(["二", "二", "三"]))
    assert [section for section, _ in found] == ["二", "三"]
    assert found[0][1] == pytest.approx(0.8)


def test_tokens_of_a_line_are_asked_together() -> None:
    """Two rather sure of one section, one of another."""
    found = line_sections(seen("甲乙丙"), np.array([0, 1, 2]), sections(["三", "四", "三"]))
    assert found[0][0] == "三"
    assert found[0][1] == pytest.approx((0.8 + 0.2 / 6 + 0.8) / 3, abs=1e-4)


def test_a_line_without_tokens_goes_with_the_one_before() -> None:
    found = line_sections(seen("", "甲", "", "乙"), np.array([1, 4]), sections(["二", "三"]))
    assert [section for section, _ in found] == ["", "二", "二", "三"]
    assert found[0][1] == 1.0 and found[2] == found[1]


def test_a_text_without_tokens() -> None:
    found = line_sections(seen("", ""), np.array([], np.int64), sections([]))
    assert found == [("", 1.0), ("", 1.0)]


def test_what_is_said_first_is_the_field() -> None:
    number = tagged(0, 1, (NEW, 0.7), (TOTAL, 0.3), sure=0.5)
    assert number.field == NEW and number.share == pytest.approx(0.35)
    assert Tags(seen("1"), (number,), (("三", 1.0),)).numbers == (number,)


def test_each_field_is_a_row_and_a_column() -> None:
    assert len(set(fields())) == len(fields())
    for field in fields():
        assert f"{row_of(field)}.{column_of(field)}" == field
        assert row_of(field) in rows() and column_of(field) in columns()


@pytest.mark.parametrize(
    ("text", "kinds", "found"),
    [
        # A dash is a cell where cells ran together, and none in an address.
        ("38---38", "BIBBBBI", ["38", "-", "-", "-", "38"]),
        ("2-3", "oBo", []),
        ("/////", "BBBBB", ["/", "/", "/", "/", "/"]),
        ("---", "BBB", []),
        # Thousands are no border between two numbers.
        ("3,138件", "BIBIIo", ["3,138"]),
        ("3,138件", "BIooBo", ["3,138"]),
        ("3,138件", "oooBoo", []),
        # Nor do digits with their unit behind them fall into several.
        ("废止11件", "ooBBo", ["11"]),
        ("答覆11條", "ooBBo", ["11"]),
        ("0件0件", "BoBo", ["0", "0"]),
        # A numeral may be part of a word.
        ("逐一登记", "oBoo", []),
        ("办结一件", "ooBo", ["一"]),
    ],
)
def test_rows_that_ran_together_and_thousands(text: str, kinds: str, found: list[str]) -> None:
    assert spans(text, kinds) == found
