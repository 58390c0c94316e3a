"""What a reader says of a number cell, as rival readings with what the form knows of numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.document import Reading

if TYPE_CHECKING:
    from pipeline.ocr.engine import NumberReading

LEAST_BLANK = 0.6
"""Probability that a cell is blank, below which it is not taken for blank."""
PARTED = 0.75
"""Probability that a text through which a border runs is of two cells."""
SEEN_BLANK = 0.02
"""Probability that a cell in which the detector saw text is blank all the same: a rest of a rule, a stain."""
LEAST_SEEN = 0.02
"""Probability of all numbers together from which on they are what the detector saw."""
LEAST_RIVAL = 1e-3
"""Probability of a rival that is kept."""
_NUMERIC = re.compile(r"[-+增减]?[\d.,]+$|[-/—无]+$")
_MINUS = re.compile(r"^[—–−－一](?=\d)")
_LEADING_ZERO = re.compile(r"0\d+$")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDS = re.compile(r"[^\W\d_]")


def is_numeric(text: str) -> bool:
    """Whether a text is a number, with a sign or not, or a dash."""
    return bool(_NUMERIC.match(text))


def number_readings(found: NumberReading, reader: str, seen: bool = False) -> tuple[Reading, ...]:
    """The rivals of a number cell; what it says in words where it holds words.

    A lone sign, or Latin letters, are a number that was read badly, not a word: of such a cell the numbers stay,
    however improbable. Empty where not even a number was made out.

    Args:
        seen: the detector found text in the cell: that it is blank is then no more than a rival.
    """
    numbers = _numbers_of(found)
    numbers = _not_blank(numbers) if seen else numbers
    if says_words(found) and len(_HAN.findall(found.general.text)) > 1:
        return (Reading(found.general.text, reader, found.general.score),)
    if numbers and not numbers[0][0] and numbers[0][1] < LEAST_BLANK:
        # Something may stand there that nobody can read: that is no blank cell.
        return ()
    return tuple(Reading(text, reader, min(1.0, score)) for text, score in numbers if score >= LEAST_RIVAL)


def number_alone(found: NumberReading, reader: str) -> tuple[Reading, ...]:
    """The rivals of a cell in which something stands that is no word: a number with dirt or a stroke of a pen on it,
    or what nobody can read. Empty for that, so that the cell keeps its place and says nothing."""
    numbers = _not_blank(_numbers_of(found))
    if not numbers or not numbers[0][0]:
        return ()
    return tuple(Reading(text, reader, min(1.0, score)) for text, score in numbers if score >= LEAST_RIVAL)


def _numbers_of(found: NumberReading) -> list[tuple[str, float]]:
    """The rivals that are numbers, or blank, most probable first. No number of the form begins with a 0 that another
    digit follows: one of the two is a stroke beside the number, and either may be."""
    chances: dict[str, float] = {}
    for rival, score in found.rivals:
        # Before a digit, a long dash is a minus sign.
        text = _MINUS.sub("-", rival)
        if text and not _NUMERIC.match(text):
            continue
        parts = ("0", text[1:]) if _LEADING_ZERO.match(text) else (text,)
        for part in parts:
            chances[part] = chances.get(part, 0.0) + score / len(parts)
    return sorted(chances.items(), key=lambda one: (-one[1], one[0]))


def as_part(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Readings of a part of a text, no surer than that the text is parted there. The arithmetic may confirm it; where
    no rule does, it is not believed."""
    return tuple(replace(reading, score=reading.score * PARTED) for reading in readings)


def says_words(found: NumberReading) -> bool:
    """Whether the cell holds words rather than any number."""
    numbers = sum(score for _, score in _numbers_of(found))
    return found.general.score > numbers and bool(_WORDS.search(found.general.text))


def _not_blank(numbers: list[tuple[str, float]]) -> list[tuple[str, float]]:
    blank = sum(score for text, score in numbers if not text)
    others = [(text, score) for text, score in numbers if text]
    rest = sum(score for _, score in others)
    if blank <= SEEN_BLANK:
        return numbers
    if rest < LEAST_SEEN:
        # The detector saw what the reader did not: neither is believed.
        return []
    grown = [(text, score * (1 + (blank - SEEN_BLANK) / rest)) for text, score in others]
    return sorted([*grown, ("", SEEN_BLANK)], key=lambda one: (-one[1], one[0]))
