"""Minus signs that have run into the digit behind them, in cells drawn coarsely in several fonts."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from pipeline.ocr.calibration import Calibration, Confusions
from pipeline.ocr.ink import Ink, find_ink
from pipeline.ocr.numbers import NUMBER_SYMBOLS, number_reading

from .drawn import FONTS, cell
from .test_calibration import look


def printed(text: str, font: int, blur: float = 0.8) -> Ink:
    """A cell as a coarse scan shows it, digits some 10 pixels high."""
    small = cv2.resize(cell(text, font, 88, 480, 180), None, fx=0.16, fy=0.16, interpolation=cv2.INTER_AREA)
    ink = find_ink(np.asarray(cv2.GaussianBlur(small, (0, 0), blur), np.uint8))
    assert ink is not None
    return ink


@pytest.mark.parametrize("font", range(len(FONTS)))
def test_no_digit_begins_with_a_minus_sign(font: int) -> None:
    for first in "0123456789":
        for text in (first, first + "0", first + "4", first + "17"):
            assert printed(text, font).minus == "none", text


@pytest.mark.parametrize("font", range(len(FONTS)))
def test_a_minus_sign_that_touches_a_four_is_seen(font: int) -> None:
    for text in ("-4", "-417"):
        assert printed(text, font, 0.5).minus == "joined", text


def test_a_joined_sign_counts_where_the_recogniser_saw_a_trace_of_it() -> None:
    four = look("4", 1.0)
    rows = np.zeros((3, four.posterior.shape[1]))
    rows[0, [0, 1 + NUMBER_SYMBOLS.index("-")]] = 0.97, 0.03
    rows[1, 1 + NUMBER_SYMBOLS.index("4")] = 1.0
    rows[2, 0] = 1.0
    trace = replace(four, posterior=rows)
    for seen, best in ((four, "4"), (trace, "-4")):
        reading = number_reading(replace(seen, minus="joined"), Confusions(), Calibration())
        assert reading.rivals[0][0] == best and reading.rivals[0][1] > 0.9
    assert number_reading(trace, Confusions(), Calibration()).rivals[0][0] == "4"
    assert number_reading(replace(four, minus="apart"), Confusions(), Calibration()).rivals[0][0] == "-4"
