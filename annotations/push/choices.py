"""What a person can answer about one cell with one key: numbers that it could be, and what else a cell can show."""

from __future__ import annotations

from typing import TypedDict

from pipeline.reconcile.rules import number_text
from pipeline.record import Field, Number
from pipeline.recover.numbers import read_number

MOST_NUMBERS = 4
"""More are hardly ever in question; another one is typed."""
KEYS = ("1234567890", "qwertyuiop", "asdfghjkl;", "zxcvbnm,./")
"""A row of the keyboard a cell: its first keys are the numbers, the others, from the sixth on, always mean the same."""
NUMBER, BLANK, DASH, UNREADABLE, SOURCE, OTHER = "is:", "blank", "dash", "unreadable", "source", "other"
MENDED = "mended"
"""The page prints what the program read, and means what the program made of it."""
WORDS = {BLANK: "空白", DASH: "横线", UNREADABLE: "看不清", SOURCE: "原文印错", OTHER: "其他（填写）"}
_FIRST_WORD = 5
"""Place in a row of keys."""


class Choice(TypedDict, total=False):
    """One answer, as Label Studio's dynamic choices take it."""

    value: str
    """What is shown."""
    alias: str
    """What comes back."""
    hotkey: str


def choices(field: Field, place: int) -> list[Choice]:
    """All answers about a cell, the program's own first.

    Args:
        place: of the cell in its task, from 0; those beyond the rows of the keyboard have no keys.
    """
    keys = KEYS[place] if place < len(KEYS) else ""
    printed = number_on_page(field)
    found: list[Choice] = []
    if field.status == "repaired" and printed is not None and field.value is not None and printed != field.value:
        found.append(_choice(f"印 {number_text(printed)}，应为 {number_text(field.value)}", MENDED, keys, 0))
    for number in numbers(field)[: MOST_NUMBERS - len(found)]:
        found.append(_choice(number_text(number), f"{NUMBER}{number_text(number)}", keys, len(found)))
    for at, (alias, word) in enumerate(WORDS.items(), start=_FIRST_WORD):
        # Nothing that is not printed can be printed wrong.
        if alias != SOURCE or printed is not None:
            found.append(_choice(word, alias, keys, at))
    return found


def numbers(field: Field) -> list[Number]:
    """What the cell could show: the program's value, its candidates, what was printed and what each look gave."""
    seen = field.source.looks if field.source is not None else ()
    offered: list[Number | None] = [
        field.value if field.kind != "blank" or field.value else None,
        *(candidate.value for candidate in field.candidates),
        number_on_page(field),
        *(read_number(look.text) for look in seen),
    ]
    distinct: dict[Number, None] = {}
    for number in offered:
        if number is not None:
            distinct[number] = None
    return list(distinct)[:MOST_NUMBERS]


def number_on_page(field: Field) -> Number | None:
    """The number that the reader took the print for."""
    return read_number(field.printed) if field.kind == "number" else None


def _choice(shown: str, alias: str, keys: str, at: int) -> Choice:
    return Choice(value=shown, alias=alias, hotkey=keys[at]) if keys else Choice(value=shown, alias=alias)
