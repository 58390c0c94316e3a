"""What a number cell says: a number, nothing, a dash, or text that holds no number that we could vouch for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.record import Kind, Number
from pipeline.recover.normalise import plain

_UNIT = r"(?P<unit>亿元|万元|元|件次|人次|件|条|个|项|宗|次|份|起|篇|部)?"
_NUMBER = re.compile(
    r"^(?P<sign>[-+]|增加?|减少?|新增|下降)?\s*[:]?\s*(?P<digits>\d{1,3}(?:[,'’]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*"
    + _UNIT
    + r"\s*(?P<note>[(\[].*)?$",
    re.DOTALL,
)
_DASH = re.compile(r"^(?:[-/\\*~_]+|无|没有|—+|\.|、)$")
_ZERO_LIKE = str.maketrans({"O": "0", "o": "0", "〇": "0", "○": "0", "О": "0", "о": "0", "零": "0", "Ｏ": "0"})
_ONE_LIKE = str.maketrans({"l": "1", "I": "1"})
_HAN_DIGITS = {"零": 0, "两": 2} | {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_SHOWN = re.compile(r"(?:(?:[-+]|增加?|减少?|新增|下降)\s*)?[\dOo〇○零lI][\dOo〇○零lI\s,.'’]*")
_HAN = re.compile(r"^[零〇一二两三四五六七八九十百千万]+$")

MOST_DIGITS = 15
"""Digits of a number at most; more are no count and no amount, and would not survive as a JSON number."""


@dataclass(frozen=True, slots=True)
class CellText:
    """A cell's text made out."""

    kind: Kind
    printed: str | None
    value: Number | None
    unit: str | None = None
    sure: bool = True
    """False where a letter had to be taken for a digit, or digits stand apart."""


BLANK = CellText("blank", None, None)
UNREAD = CellText("unread", None, None)


@lru_cache(maxsize=50_000)
def read_cell(text: str, *, signed: bool = False, decimal: bool = False) -> CellText:
    """Makes out a number cell.

    A sign counts only in a signed column, a fraction only in a decimal one (`5.0` is 5 anywhere).
    Text that holds no number, more than one, one behind zeros, or one of more than `MOST_DIGITS` digits, is `unread`.
    """
    bare = plain(text).strip().strip("|").strip()
    if not bare:
        return BLANK
    if _DASH.match(bare):
        return CellText("dash", text.strip(), None)
    found = _NUMBER.match(_tight(bare))
    sure = True
    if not found:
        found = _NUMBER.match(_tight(bare.translate(_ZERO_LIKE).translate(_ONE_LIKE)))
        sure = found is None or set(bare) <= set("零〇 ")
    if not found:
        han = han_number(bare) if len(bare) > 1 or bare in "一二三四五六七八九十" else None
        return UNREAD if han is None else CellText("number", text.strip(), han, sure=False)
    digits = re.sub(r"[,'’]", "", found["digits"])
    if re.match(r"0\d", digits):
        # Two cells that share a text, more likely than a number written so.
        return UNREAD
    sure = sure and not re.search(r"\d\s+\d", bare)
    if len(digits) > MOST_DIGITS + ("." in digits):
        return UNREAD
    negative = (found["sign"] or "") in {"-", "减", "减少", "下降"}
    value: Number = float(digits) if "." in digits else int(digits)
    if isinstance(value, float) and value.is_integer() and not decimal:
        value = int(value)
    if (isinstance(value, float) and not decimal) or (negative and not signed):
        return UNREAD
    start, end = _printed_span(plain(text))
    shown = text[start:end].strip().rstrip(",.")
    return CellText("number", shown, -value if negative and value else value, found["unit"], sure)


def _printed_span(text: str) -> tuple[int, int]:
    """Where the number stands in a text that is known to hold one: without unit, note and space around it."""
    found = _SHOWN.search(text)
    start, end = found.span() if found else (0, len(text))
    return start, start + len(text[start:end].rstrip())


def _tight(text: str) -> str:
    """Without the spaces inside a number: `1 2` is 12 once we know that it is one cell."""
    return re.sub(r"(?<=[\d.,])\s+(?=[\d.,])", "", text)


def read_number(text: str | None) -> Number | None:
    """The number that a text of a number cell, as the record has it, stands for; None where it is none."""
    return None if text is None else read_cell(text, signed=True, decimal=True).value


def han_number(text: str) -> int | None:
    """Chinese numerals up to 99,999,999: `十二` is 12, `二〇二一` is 2021; None where they make no number."""
    if not _HAN.match(text):
        return None
    if all(char in _HAN_DIGITS for char in text):
        return int("".join(str(_HAN_DIGITS[char]) for char in text))
    total = section = digit = 0
    for char in text:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        elif char == "万":
            total = (total + section + digit) * 10_000
            section = digit = 0
        else:
            section += (digit or 1) * _HAN_UNITS[char]
            digit = 0
    return total + section + digit
