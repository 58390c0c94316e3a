"""Counts become probabilities; what the pixels show weighs with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ocr.calibration import Calibration, Confusions, load_calibration
from pipeline.ocr.engine import TextReading
from pipeline.ocr.numbers import NUMBER_SYMBOLS, CellLook, number_reading
from pipeline.ocr.settings import default_settings

SIX_FOR_NOUGHT = Confusions(weight=0.2, characters={"0": {"0": 90, "6": 10}})


def look(text: str, share: float) -> CellLook:
    """A recogniser that is this sure of each character, and of nothing else."""
    rows = np.zeros((2 * len(text) + 1, 1 + len(NUMBER_SYMBOLS)))
    rows[::2, 0] = 1.0
    for place, symbol in enumerate(text):
        rows[2 * place + 1, 1 + NUMBER_SYMBOLS.index(symbol)] = share
    return CellLook("ink", rows, TextReading(text, share))


def test_counted_confusions_come_in() -> None:
    rivals = dict(number_reading(look("305", 1.0), SIX_FOR_NOUGHT, Calibration()).rivals)
    assert rivals["365"] == pytest.approx(0.2 * 10.5 / 105.5, rel=0.01)
    assert rivals["305"] > 0.95


@given(st.text("0123456789.-", min_size=1, max_size=9))
def test_what_may_be_printed_is_a_distribution(text: str) -> None:
    for confusions in (SIX_FOR_NOUGHT, *load_calibration().recognisers.values()):
        shares = confusions.neighbours(text)
        assert shares[0][0] == text
        assert sum(share for _, share in shares) == pytest.approx(1.0)
        assert all(share >= 0 for _, share in shares)
        assert shares[0][1] >= 0.5


def test_a_higher_temperature_makes_less_sure() -> None:
    sure = [
        number_reading(look("17", 0.95), Confusions(temperature=temperature), Calibration()).rivals[0][1]
        for temperature in (0.5, 1.0, 2.0)
    ]
    assert sure == sorted(sure, reverse=True)
    assert sure[0] > sure[2] + 0.1


def test_doubtful_ink_may_be_dirt() -> None:
    clear = look("1", 0.9)
    dirty = CellLook("doubtful", clear.posterior, clear.general)
    measured = Calibration(seen={"ink": {"number": 999, "blank": 1}, "doubtful": {"number": 1, "blank": 1}})
    blank = [dict(number_reading(one, Confusions(), measured).rivals)[""] for one in (clear, dirty)]
    assert blank[0] < 0.01
    assert blank[1] > 0.3


def test_every_packaged_recogniser_was_measured() -> None:
    measured = load_calibration()
    assert measured.command.startswith("python -m training.confusions ")
    for name in ("small", "tiny"):
        confusions = measured.recognisers[default_settings().sets[name].recogniser.model]
        for digit in "0123456789":
            counts = confusions.characters[digit]
            assert max(counts, key=lambda printed: counts[printed]) == digit
    assert measured.printed("ink")["number"] > 0.95
    assert measured.printed("nothing")["blank"] > 0.95


@pytest.mark.parametrize(
    ("text", "wide", "kept"),
    [
        ("4", 0.86, True),
        ("4", 1.12, False),
        ("210.64", 4.6, True),
        ("67", 1.68, True),
        ("67", 2.1, False),
        ("-4", 1.6, True),
    ],
)
def test_ink_that_is_too_wide_for_the_number_makes_it_doubtful(text: str, wide: float, kept: bool) -> None:
    """A minus sign that has run into a 4 leaves a 4 that is wider than any; figures from drawn pages."""
    seen = replace(look(text, 1.0), wide=wide)
    best, share = number_reading(seen, Confusions(), Calibration()).rivals[0]
    assert best == text
    assert (share > 0.9) is kept and (share < 0.7) is not kept
