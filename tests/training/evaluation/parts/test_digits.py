"""In what two numbers differ."""

from __future__ import annotations

import pytest

from pipeline.record import Number
from training.evaluation.parts.digits import Misreading, digits, misreading, one_digit_off, replaced_digit


def test_digits_have_no_sign_and_no_point() -> None:
    assert [digits(one) for one in (120, -120.5, 5.0, 0, 39573802895.9)] == ["120", "1205", "5", "0", "395738028959"]


@pytest.mark.parametrize(
    ("true", "found", "off"),
    [
        (123, 123, False),
        (123, 128, True),
        (123, 13, True),
        (123, 1203, True),
        (123, 321, False),
        (12, 21, False),
        (5, -5, False),
        (12.5, 125, False),
        (5, None, False),
        (None, 5, False),
        (0, 10, True),
    ],
)
def test_one_digit_off(true: Number | None, found: Number | None, off: bool) -> None:
    assert one_digit_off(true, found) is off


def test_the_digit_that_was_replaced() -> None:
    assert replaced_digit(1834, 1334) == ("8", "3")
    assert replaced_digit(1834, 1384) is None
    assert replaced_digit(1834, 134) is None
    assert replaced_digit(18, 18) is None


@pytest.mark.parametrize(
    ("printed", "read", "what"),
    [
        (1834, 1834, "right"),
        (5, 5.0, "right"),
        (1834, 1334, "replaced"),
        (1834, 14, "lost"),
        (1834, 41, "other"),
        (14, 1834, "added"),
        (14, 4183, "other"),
        (1834, None, "nothing"),
        (14, 41, "other"),
        (14, -14, "other"),
    ],
)
def test_what_became_of_a_number(printed: Number, read: Number | None, what: Misreading) -> None:
    assert misreading(printed, read) == what
