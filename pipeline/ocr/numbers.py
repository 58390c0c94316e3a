"""From the output of a recogniser to rival numbers with probabilities that can be relied on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ocr.calibration import Calibration, Confusions, Printed, Seen
from pipeline.ocr.ctc import BLANK, probable_texts
from pipeline.ocr.engine import NumberReading, TextReading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ocr.minus import Minus

NUMBER_SYMBOLS = "0123456789.,-—/+%"
DASH = "—"
_RIVALS = 5
_SMALLEST = 1e-6
"""A rival less probable than this is not listed."""
WIDEST, WIDER, SIGN = 0.28, 0.72, 2.0
"""Times its height that a number of n digits is wide at most: the first, and n times the second. A sign or point counts
as so many digits, with the space around it."""
TOO_WIDE = 0.6
"""Part of its probability that a number keeps whose ink is wider: something stands beside it, or is joined to it."""
OVERLOOKED: Mapping[Minus, float] = {"none": 0.0, "apart": 1.0, "joined": 0.99}
"""By what the pixels show of a minus sign, part of the probability of a number without it that belongs to the one with
it."""
TRACE = 0.003
"""Of the probability of a number, that of the same with a minus sign, from which on a recogniser may have seen one."""
SURE_DIGITS = 0.8
"""Mean score of the characters from which on several digits are no dash."""


class NumberAlphabet:
    """The columns of a recogniser that say something in a number cell.

    Args:
        characters: of the recogniser, column by column; column 0 is the blank.
        look_alikes: symbol of a number -> characters that the recogniser reads in its place.
    """

    def __init__(self, characters: Sequence[str], look_alikes: Mapping[str, str]) -> None:
        place = {character: column for column, character in enumerate(characters)}
        self._groups = [[BLANK]] + [
            [place[one] for one in dict.fromkeys(symbol + look_alikes.get(symbol, "")) if one in place]
            for symbol in NUMBER_SYMBOLS
        ]

    def grouped(self, output: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of the blank and of each symbol: T x 18 from T x characters, or N x T x 18 from N x T x ..."""
        return np.stack([output[..., group].sum(axis=-1) for group in self._groups], axis=-1).astype(np.float64)


NO_OUTPUT: NDArray[np.float64] = np.zeros((0, 1 + len(NUMBER_SYMBOLS)))


@dataclass(frozen=True, slots=True, eq=False)
class CellLook:
    """What is known of a number cell before any calibration."""

    seen: Seen
    """What the pixels show."""
    posterior: NDArray[np.float64]
    """T x 18, from `NumberAlphabet.grouped`; no rows where the pixels show nothing."""
    general: TextReading
    """Without the restriction to numbers."""
    wide: float = 0.0
    """Times its height that the ink is wide; 0 where that says nothing."""
    minus: Minus = "none"
    """Whether the pixels show a minus sign."""
    extent: tuple[float, float] | None = None
    """See `NumberReading`."""


def number_reading(look: CellLook, confusions: Confusions, measured: Calibration) -> NumberReading:
    """What may be printed in a cell, most probable first.

    Args:
        look: at the cell.
        confusions: of the recogniser.
        measured: how far what the pixels show can be trusted.
    """
    if look.seen == "nothing":
        printed = measured.printed("nothing")
        general = TextReading("", printed["blank"])
        return NumberReading(_ranked({"": printed["blank"], DASH: printed["dash"]}), general)
    found: dict[str, float] = {}
    for columns, share in probable_texts(_tempered(look.posterior, confusions.temperature), _RIVALS):
        # A point or comma at an end is a speck: no number has one there.
        text = "".join(NUMBER_SYMBOLS[column - 1] for column in columns).strip(".,")
        found[text] = found.get(text, 0.0) + share
    if look.minus == "apart" or (look.minus == "joined" and _may_have_sign(found)):
        found = _with_minus(found, OVERLOOKED[look.minus])
    words = look.general.text
    if words and not is_number(words):
        rest = max(0.0, 1.0 - sum(found.values()))
        found[words] = found.get(words, 0.0) + min(look.general.score ** len(words), rest)
    seen = seen_with_reading(look, max(found, key=lambda text: (found[text], text)))
    weighed = _with_pixels(_confused(found, confusions), measured.printed(seen), seen)
    weighed = {text: share * _fits(text, look.wide) for text, share in weighed.items()}
    return NumberReading(_ranked(weighed), look.general, look.extent)


def seen_with_reading(look: CellLook, best: str) -> Seen:
    """What the pixels show, corrected by what the recogniser makes of it."""
    if look.seen == "bar" and len(best) > 1 and best.isdigit() and look.general.score >= SURE_DIGITS:
        # Faint digits that run into one another look like one stroke.
        return "ink"
    return "strange" if look.seen in ("ink", "doubtful") and not is_number(best) else look.seen


def _may_have_sign(read: Mapping[str, float]) -> bool:
    """Whether the recogniser sees at least a trace of a minus sign: a stroke of a pen that ends in a digit is none."""
    best = max(read, key=lambda text: (read[text], text), default="")
    return best.startswith("-") or read.get("-" + best, 0.0) >= TRACE * read.get(best, 0.0)


def _with_minus(read: Mapping[str, float], overlooked: float) -> dict[str, float]:
    """A recogniser may overlook the sign; the pixels do not.

    Args:
        overlooked: part of the probability of a number without the sign that belongs to the one with it.
    """
    found: dict[str, float] = {}
    for text, share in read.items():
        signed = "-" + text.lstrip("-" + DASH) if text.strip("-" + DASH).isdigit() else text
        for one, part in ((signed, overlooked), (text, 1.0 - overlooked)):
            if part:
                found[one] = found.get(one, 0.0) + part * share
    return found


def _fits(text: str, wide: float) -> float:
    """1, or `TOO_WIDE` where the ink is wider than such a number is in any font."""
    if not text or text == DASH or not is_number(text):
        return 1.0
    digits = sum(1.0 if character.isdigit() else SIGN for character in text)
    return TOO_WIDE if wide > WIDEST + WIDER * digits else 1.0


def is_number(text: str) -> bool:
    """Whether a text has only the symbols of numbers and dashes; the empty text does."""
    return set(text) <= set(NUMBER_SYMBOLS)


def _tempered(posterior: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """The same with another temperature; all other characters count as one symbol more."""
    if temperature == 1.0:
        return posterior
    rest = np.clip(1.0 - posterior.sum(axis=1, keepdims=True), 0.0, 1.0)
    powers = np.concatenate([posterior, rest], axis=1) ** (1.0 / temperature)
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares[:, :-1]


def _confused(read: Mapping[str, float], confusions: Confusions) -> dict[str, float]:
    """Part of the probability of the leading texts goes to those that they are confused with."""
    found = {text: share * (1.0 - confusions.weight) for text, share in read.items()}
    for text, share in read.items():
        if confusions.weight * share < _SMALLEST:
            continue
        for other, part in confusions.neighbours(text):
            found[other] = found.get(other, 0.0) + confusions.weight * share * part
    return found


def _with_pixels(read: Mapping[str, float], printed: Mapping[Printed, float], seen: Seen) -> dict[str, float]:
    """The reading weighed against what the pixels show."""
    if seen == "bar":
        found = {text: share * printed["number"] for text, share in read.items() if text and text not in ("-", DASH)}
        return {**found, "": printed["blank"], DASH: printed["dash"]}
    blank = printed["blank"]
    found = {text: share * (1.0 - blank) for text, share in read.items()}
    found[""] = found.get("", 0.0) + blank
    return found


def _ranked(found: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple((text, share) for text, share in ranked[:_RIVALS] if share >= _SMALLEST)
