"""What a number cell says."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.record import Number
from pipeline.recover.numbers import MOST_DIGITS, han_number, read_cell, read_number

COUNTS = st.integers(0, 10**MOST_DIGITS - 1)
FULL_WIDTH = str.maketrans("0123456789,", "０１２３４５６７８９，")


def styled(number: int, style: str) -> str:
    digits = str(number)
    return {
        "bare": digits,
        "thousands": f"{number:,}",
        "full-width": f"{number:,}".translate(FULL_WIDTH),
        "inner spaces": " ".join(digits),
        "outer spaces": f"\u3000{digits}\u00a0\n",
        "invisible": f"\u200b{digits}\ufeff",
        "pipe behind": f"{digits}|",
        "unit": f"{digits}件",
        "unit apart": f"{digits} 件次",
        "note": f"{digits}（其中修订 16 件）",
    }[style]


STYLES = (
    "bare", "thousands", "full-width", "inner spaces", "outer spaces",
    "invisible", "pipe behind", "unit", "unit apart", "note",
)  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
@given(number=COUNTS)
def test_a_printed_number_is_read(style: str, number: int) -> None:
    text = styled(number, style)
    found = read_cell(text)
    assert (found.kind, found.value) == ("number", number)
    assert found.sure is (style != "inner spaces" or number < 10)


@pytest.mark.parametrize("style", STYLES)
@given(number=COUNTS)
def test_what_is_shown_as_printed_reads_the_same(style: str, number: int) -> None:
    printed = read_cell(styled(number, style)).printed
    assert printed is not None
    assert printed in styled(number, style)
    assert read_cell(printed).value == number
    assert printed == printed.strip().strip("\u200b\ufeff")


@given(number=COUNTS)
def test_letters_taken_for_digits_are_not_sure(number: int) -> None:
    text = str(number).replace("0", "O").replace("1", "l")
    assume(text != str(number))
    found = read_cell(text)
    assert (found.value, found.sure) == (number, False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-11", -11),
        ("－11", -11),
        ("- 11", -11),
        ("+5", 5),
        ("增98", 98),
        ("减 3", -3),
        ("减少3", -3),
        ("增加4", 4),
        ("-0", 0),
    ],
)
def test_signs_count_in_signed_columns(text: str, value: int) -> None:
    assert read_cell(text, signed=True).value == value


@pytest.mark.parametrize("text", ["-11", "减3", "下降7"])
def test_no_count_is_negative(text: str) -> None:
    assert read_cell(text).kind == "unread"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [("712.187895万元", 712.187895, "万元"), ("1,234.50元", 1234.5, "元"), ("3 亿元", 3, "亿元"), ("0.5", 0.5, None)],
)
def test_amounts_keep_their_unit(text: str, value: Number, unit: str | None) -> None:
    found = read_cell(text, decimal=True)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(("text", "kind", "value"), [("5.0", "number", 5), ("5.5", "unread", None)])
def test_a_count_has_no_fraction(text: str, kind: str, value: int | None) -> None:
    found = read_cell(text)
    assert (found.kind, found.value) == (kind, value)
    assert not isinstance(found.value, float)


@pytest.mark.parametrize("text", ["", " ", "\u3000", "|", "||", "\t", "\u200b"])
def test_blank(text: str) -> None:
    assert read_cell(text).kind == "blank"


@pytest.mark.parametrize("text", ["/", "-", "—", "——", "－", "无", "没有", "*"])
def test_dash_keeps_its_print(text: str) -> None:
    found = read_cell(text)
    assert (found.kind, found.printed, found.value) == ("dash", text, None)


@pytest.mark.parametrize(
    "text", ["规章", "3/4", "12-13", "2|3", "1,2,3", "12,34", "5%", "5.", "(5)", "共12件", "1e5", "…"]
)
def test_no_number_is_made_up(text: str) -> None:
    assert read_cell(text).kind == "unread"


@pytest.mark.parametrize("text", ["1" * (MOST_DIGITS + 1), "9" * 5000, "1" * 4000 + ".5"])
def test_endless_digits_are_no_number(text: str) -> None:
    assert read_cell(text, signed=True, decimal=True).kind == "unread"


@pytest.mark.parametrize("text", ["007", "00", "0 12"])
def test_zeros_in_front_are_of_another_cell(text: str) -> None:
    assert read_cell(text).kind == "unread"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0), ("十", 10), ("十二", 12), ("二十", 20), ("一百零五", 105), ("二百三十", 230), ("两千", 2000),
        ("一万二千", 12000), ("九十九万", 990000), ("二〇二一", 2021), ("", None), ("十二件", None), ("规章", None),
    ],
)  # fmt: skip
def test_chinese_numerals(text: str, value: int | None) -> None:
    assert han_number(text) == value


def in_han(number: int) -> str:
    """1 to 9999, written out."""
    digits, text, gap = "零一二三四五六七八九", "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + unit
            gap = False
        else:
            gap = True
    return text


@given(st.integers(1, 9999))
def test_chinese_numerals_as_written_out(number: int) -> None:
    assert han_number(in_han(number)) == number


@given(st.text(max_size=30), st.booleans(), st.booleans())
def test_any_text_gives_an_answer(text: str, signed: bool, decimal: bool) -> None:
    found = read_cell(text, signed=signed, decimal=decimal)
    assert (found.value is not None) == (found.kind == "number")
    if not signed and found.value is not None:
        assert found.value >= 0


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234", 1234), ("186.98", 186.98), ("-3", -3), ("１２", 12), ("无", None), ("", None), (None, None)],
)
def test_numbers_of_records(text: str | None, number: float | None) -> None:
    assert read_number(text) == number
