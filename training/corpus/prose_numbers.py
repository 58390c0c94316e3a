"""Numbers as reports write them in running text: 12, 1,203, １２, 十二, 一百零五, and 未 or 无 for none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from pipeline.record import Number
from training.corpus.marked import unmark

DIGITS = "零一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
NONE = ("未", "无", "没有", "零")
"""Words that say a number is 0."""
LARGEST_HAN = 99_999
_PLACES = ((10_000, "万"), (1000, "千"), (100, "百"), (10, "十"), (1, ""))


def han(number: int, *, liang: bool = False, counted: bool = False) -> str:
    """A number from 0 to 99,999 in Han numerals.

    Args:
        number: what to write.
        liang: 两百, 两千, 两万 instead of 二百 and so on.
        counted: a unit follows, so a lone 2 is 两.
    """
    if not 0 <= number <= LARGEST_HAN:
        raise ValueError(number)
    if number == 2 and counted:
        return "两"
    if number < 10:
        return DIGITS[number]
    if number < 20:
        return "十" + (DIGITS[number - 10] if number > 10 else "")
    written, gap = "", False
    for size, name in _PLACES:
        digit, number = divmod(number, size)
        if not digit:
            gap = gap or bool(written)
            continue
        written += ("零" if gap else "") + ("两" if liang and digit == 2 and size >= 100 else DIGITS[digit]) + name
        gap = False
    return written


def read_number(text: str) -> Number:
    """The number that a text of Arabic digits, Han numerals or a word for none says.

    Raises:
        ValueError: where it says no number.
    """
    if text in NONE:
        return 0
    plain = text.replace(",", "")
    if plain[:1].isdigit():
        return float(plain) if "." in plain else int(plain)
    total = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS.index(char)
        elif char == "两":
            digit = 2
        else:
            size = next((size for size, name in _PLACES if name == char), 0)
            if not size:
                raise ValueError(text)
            total += (digit or 1) * size
            digit = 0
    return total + digit


@dataclass(frozen=True, slots=True)
class Style:
    script: Literal["arabic", "han", "full"] = "arabic"
    thousands: bool = False
    """1,203"""
    padded: bool = False
    """收到 12 件"""
    liang: bool = False
    """两百, not 二百"""

    def write(self, value: Number, *, counted: bool = True) -> str:
        if isinstance(value, float) and not value.is_integer():
            return self._digits(str(value))
        value = int(value)
        if self.script == "han" and 0 <= value <= LARGEST_HAN:
            return han(value, liang=self.liang, counted=counted)
        return self._digits(f"{value:,}" if self.thousands and self.script != "full" else str(value))

    def _digits(self, text: str) -> str:
        return text.translate(FULL_WIDTH) if self.script == "full" else text


def draw_style(random: Random) -> Style:
    script: Literal["arabic", "han", "full"] = random.choices(("arabic", "han", "full"), (80, 13, 7))[0]
    return Style(script, random.random() < 0.25, script != "han" and random.random() < 0.2, random.random() < 0.5)


@dataclass(frozen=True, slots=True)
class Stated:
    field: str
    text: str
    start: int
    """Place in the unmarked text."""

    @property
    def value(self) -> Number:
        return read_number(self.text)


def stated(text: str) -> Iterator[Stated]:
    """The numbers of fields in a marked text, as they stand."""
    labelled = unmark(text)
    start = 0
    for place, field in enumerate((*labelled.fields, None)):
        before = labelled.fields[place - 1] if place else None
        if before != field:
            if before is not None:
                yield Stated(before, labelled.text[start:place], start)
            start = place
