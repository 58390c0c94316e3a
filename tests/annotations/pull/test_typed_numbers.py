from __future__ import annotations

import pytest

from annotations.pull.typed_numbers import allowed, typed_number

COUNT, AMOUNT, CHANGE = "t3.new.total", "t2.fees.amount", "t2.licensing.change"


@pytest.mark.parametrize(
    ("text", "field", "number"),
    [
        ("12", COUNT, 12),
        (" 12\n", COUNT, 12),
        ("１２", COUNT, 12),
        ("1,234,567", COUNT, 1234567),
        ("1，234", COUNT, 1234),
        ("1, 234", COUNT, 1234),
        ("1 234", COUNT, 1234),
        ("007", COUNT, 7),
        ("0", COUNT, 0),
        ("12.5", AMOUNT, 12.5),
        ("１２．５０", AMOUNT, 12.5),
        ("12.0", AMOUNT, 12),
        ("-3", CHANGE, -3),
        ("－3", CHANGE, -3),
        ("− 3", CHANGE, -3),
        ("+3", CHANGE, 3),
        ("-0", CHANGE, 0),
    ],
)
def test_numbers_that_can_mean_one_thing(text, field, number):
    found = typed_number(text, field)
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", COUNT),
        ("abc", COUNT),
        ("12万", AMOUNT),
        ("12元", AMOUNT),
        ("3件", COUNT),
        ("十二", COUNT),
        ("1,23", COUNT),
        ("1,2345", COUNT),
        ("1,234 567", COUNT),
        ("12 5", COUNT),
        ("12/5", COUNT),
        ("1e5", COUNT),
        (".5", AMOUNT),
        ("5.", AMOUNT),
        ("12.5", COUNT),
        ("12.0", COUNT),
        ("-3", COUNT),
        ("+3", COUNT),
        ("1²", COUNT),
        ("①", COUNT),
        ("٣", COUNT),
        ("1234567890123456", COUNT),
        ("nan", AMOUNT),
    ],
)
def test_numbers_that_are_refused(text, field):
    with pytest.raises(ValueError, match=r"[位数号]"):
        typed_number(text, field)


def test_what_a_column_may_have_is_the_forms():
    assert allowed(COUNT) == (False, False)
    assert allowed(AMOUNT) == (False, True)
    assert allowed(CHANGE) == (True, False)
    with pytest.raises(ValueError, match=r"t3\.new\.nobody"):
        allowed("t3.new.nobody")
