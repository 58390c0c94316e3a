"""A minus sign that has run into the digit behind it: on coarse pages it becomes one with the bar of a 4.

Of the digits none begins with a flat stroke as long as half of its height, but for what is joined to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Minus = Literal["none", "apart", "joined"]
"""No sign before a number; one by itself; one that has run into the first digit."""
LONG = (0.46, 1.2)
"""Of the digits' height: such a stroke, with the bar of a 4 behind it; the bar alone is less."""
LOWEST = 7
"""Pixels of height of digits whose parts can be told apart, at least."""
INK = 0.4
"""Of the darkest ink, share from which on a pixel is ink."""
THIN = 0.35
"""Of the digits' height: its thickness at most."""
MIDDLE = (0.35, 0.85)
"""Of the digits' height, from above: where it lies."""
OPEN = 0.35
"""Of the digits' height, without ink between sign and digit, at most."""
LEVEL, SIGN = 0.13, 0.6
"""Of the digits' height: by which the sign rises or falls at most; of the stroke's length, how much of it is the sign:
behind that a 4 may begin."""


def begins_with_bar(dark: NDArray[np.floating]) -> bool:
    """Whether a number begins with a flat stroke too long for any digit.

    Args:
        dark: height x width of the box around its ink; by how much each pixel is darker than paper.
    """
    height = dark.shape[0]
    if height < LOWEST:
        return False
    middles: list[float] = []
    length = 0
    for column in (dark > INK * float(dark.max())).T:
        inked = np.flatnonzero(column)
        if len(inked):
            top, bottom = int(inked[0]), int(inked[-1]) + 1
            middle = (top + bottom) / 2 / height
            if bottom - top > THIN * height or not MIDDLE[0] < middle < MIDDLE[1]:
                break
            middles.append(middle)
        length += 1
    if not LONG[0] <= length / height <= LONG[1] or length - len(middles) > OPEN * height:
        return False
    sign = middles[: max(1, round(SIGN * len(middles)))]
    return max(sign) - min(sign) <= LEVEL
