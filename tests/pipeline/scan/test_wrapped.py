from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.ocr.engine import NumberReading, TextReading
from pipeline.scan.wrapped import inked_rows, joined, lines_of_number
from tests.pipeline.ocr.drawn import cell


def broken(first: str, second: str, size: float = 22, width: int = 60) -> NDArray[np.uint8]:
    """A cell with a number in two lines, one channel."""
    return np.vstack([cell(first, size=size, width=width, height=32), cell(second, size=size, width=width, height=32)])[
        :, :, 0
    ]


def test_a_number_that_goes_on_in_a_second_line() -> None:
    lines = lines_of_number(broken("1532", "0"), 128)
    assert [line.shape[1] for line in lines] == [60, 60]
    assert all(len(inked_rows(line, 128)) == 1 for line in lines)


@pytest.mark.parametrize(("first", "second"), [("15", "0"), ("1", "1"), ("0", "1532")])
def test_what_does_not_fill_its_cell_has_not_been_broken(first: str, second: str) -> None:
    assert lines_of_number(broken(first, second), 128) == []


def test_a_line_and_dirt() -> None:
    crop = broken("1532", "")
    crop[50:54, 30:34] = 20
    assert lines_of_number(crop, 128) == []


@pytest.mark.parametrize("side", [slice(0, 2), slice(-2, None)])
def test_a_rule_aslant_at_the_side_is_no_ink(side: slice) -> None:
    crop = broken("1532", "0", width=62)
    crop[10:40, side] = 20
    assert len(lines_of_number(crop, 128)) == 2


def test_the_lines_are_put_together_with_their_rivals() -> None:
    first = NumberReading((("1532", 0.9), ("1582", 0.1)), TextReading("1532", 0.9))
    second = NumberReading((("0", 0.8), ("", 0.1)), TextReading("0", 0.8))
    whole = joined([first, second])
    assert whole is not None
    assert [(text, round(share, 3)) for text, share in whole.rivals] == [("15320", 0.72), ("15820", 0.08)]
    assert joined([first, NumberReading((("", 1.0),), TextReading("", 1.0))]) is None
    assert joined([NumberReading((("7", 0.001),), TextReading("了", 0.9))] * 2) is None, "a shaded head read as digits"
