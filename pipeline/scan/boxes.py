"""What is asked of the upright box of a text everywhere: how large it is, and whether a border runs through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.document import Box

OVER = 0.3
"""Times its height by which a text reaches over a border at least, on both sides, to run through it: detectors draw
wide."""
SHORT = 4.0
"""Times the height of a line of text that a number, or the head of one column, is wide at most."""
STACK = 2.2
"""Times its width that a text is high, from which on it is a stack of letters; lone digits are less."""

THIN, ON = 0.72, 0.25
"""Times its height that a piece of a rule is wide at most; from its middle to the border that it is a piece of. Three
of ten lone digits stand in boxes as narrow, but beside a border, not on it."""


def height_of(box: Box) -> float:
    return box[3] - box[1]


def width_of(box: Box) -> float:
    return box[2] - box[0]


def letter_height(box: Box) -> float:
    """Height of a letter of the text: where several stand one below the other, they are as high as the text is wide."""
    return width_of(box) if height_of(box) > STACK * width_of(box) else height_of(box)


def middle_of(box: Box) -> float:
    """Between its top and its bottom."""
    return (box[1] + box[3]) / 2


def runs_across(box: Box, x: float) -> bool:
    """Whether the text runs through an upright border at x."""
    room = OVER * height_of(box)
    return box[0] + room < x < box[2] - room


def runs_down(box: Box, y: float) -> bool:
    """Whether the text runs through a level border at y."""
    room = OVER * height_of(box)
    return box[1] + room < y < box[3] - room


def is_piece_of_rule(box: Box, borders: Sequence[float], thin: float = THIN) -> bool:
    """Whether what was taken for a text is a piece of one of the upright borders itself.

    Args:
        thin: times its height that it is wide at most.
    """
    height, middle = height_of(box), (box[0] + box[2]) / 2
    return width_of(box) < thin * height and any(abs(middle - x) < ON * height for x in borders)
