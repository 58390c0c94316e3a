"""In what two numbers differ, digit by digit."""

from __future__ import annotations

from typing import Literal

from rapidfuzz.distance import Levenshtein

from pipeline.reconcile.rules import number_text
from pipeline.record import Number
from training.evaluation.results import same

Misreading = Literal["right", "replaced", "lost", "added", "nothing", "other"]


def digits(number: Number) -> str:
    """The digits of a number, without sign and point: `1205` for -120.5, `5` for 5.0."""
    return "".join(char for char in number_text(number) if char.isdigit())


def one_digit_off(true: Number | None, found: Number | None) -> bool:
    """Whether exactly one digit is another one, lost or added; False where either is nothing."""
    return true is not None and found is not None and Levenshtein.distance(digits(true), digits(found)) == 1


def replaced_digit(true: Number, found: Number) -> tuple[str, str] | None:
    """(true digit, digit found) of numbers of as many digits that differ in one place; None of all others."""
    left, right = digits(true), digits(found)
    if len(left) != len(right):
        return None
    apart = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return apart[0] if len(apart) == 1 else None


def misreading(printed: Number, read: Number | None) -> Misreading:
    """What became of a printed number.

    `replaced`: one digit is another one. `lost`: some digits left out, the others in their order. `added`: the other
    way round. `nothing`: no number was read. `other`: the rest, such as a sign or a point lost.
    """
    if read is None:
        return "nothing"
    if same(printed, read):
        return "right"
    if replaced_digit(printed, read):
        return "replaced"
    left, right = digits(printed), digits(read)
    if len(left) > len(right) and _is_within(right, left):
        return "lost"
    return "added" if len(left) < len(right) and _is_within(left, right) else "other"


def _is_within(short: str, long: str) -> bool:
    """Whether the characters of `short` stand in `long` in their order, others between them."""
    rest = iter(long)
    return all(char in rest for char in short)
