"""Texts that stand apart, where the detector of text saw them as one.

Numbers side by side in columns without rules often come in one box, a whole row of them, or a head of three lines with
its neighbours. The ink in the box says where each begins and ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.ocr.runs import runs
from pipeline.scan.boxes import SHORT, height_of, width_of
from pipeline.scan.ink import threshold
from pipeline.scan.parts import sliced
from pipeline.spans import joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Box
    from pipeline.scan.ink import Grey

APART = 0.42
"""Times the height of a line of text that two texts stand apart at least; digits of one number, and letters, stand
closer."""
TALL = 1.6
"""Likewise, height of a box from which on it holds several lines."""
SPECK, STROKE = 0.3, 3.0
"""Likewise: larger side of a stain at most; width of a stroke of a pen, or of a rule, at least."""
FILLED = 0.25
"""Share of its box that ink so wide fills at least where it is letters that touch."""
LABEL, LEAST_NUMBERS = 5.0, 4
"""Likewise, width from which on a text is the label of a row; numbers behind labels from which on they say where others
stand."""
ALIGNED, NEAR = 0.4, 0.18
"""Likewise: by which numbers stand off such a place at most; from a label to the number close behind it at least."""
LEAST_LINE = 0.5
"""Likewise, height of a line of a box of several."""


def pieces(grey: Grey, boxes: Sequence[Box], height: float) -> list[Box]:
    """The boxes, those that hold texts that stand apart cut into one for each, close to its ink at the sides. A box in
    which no ink is found stays as it is.

    Args:
        boxes: of lines of text, in pixels of the image.
        height: of a line of text, pixels.
    """
    level = threshold(grey)
    return [piece for box in boxes for piece in _pieces(grey, box, height, level)]


def numbers_apart(grey: Grey, lines: Sequence[Sequence[Box]], height: float) -> list[list[Box]]:
    """The lines of texts, their labels without a number that stands close behind them: where the first numbers of other
    lines begin, or end, or have their middle, the ink leaves room there.

    Args:
        lines: of texts, in pixels of the image, from top to bottom.
        height: of a line of text, pixels.
    """
    first = [
        [number[0], number[2], (number[0] + number[2]) / 2]
        for line in lines
        for label, number in pairwise(sorted(line))
        if width_of(label) > LABEL * height and width_of(number) < SHORT * height
    ]
    if len(first) < LEAST_NUMBERS:
        return [list(line) for line in lines]
    usual = np.median(first, axis=0)
    off = np.median(np.abs(np.array(first) - usual), axis=0)
    side = int(off.argmin())
    if off[side] > ALIGNED * height / 2:
        return [list(line) for line in lines]
    level = threshold(grey)
    made = []
    for line in lines:
        texts = list(line)
        for box in line:
            if width_of(box) > LABEL * height and box[0] < usual[0] < box[2] + height:
                texts.remove(box)
                texts += _without_number(grey, box, height, level, (side, float(usual[side])))
        made.append(texts)
    return made


def _without_number(grey: Grey, box: Box, height: float, level: int, place: tuple[int, float]) -> list[Box]:
    """A label and the number behind it, if its ink has one at a place: start, end or middle (0, 1, 2) and where."""
    stretches = runs(np.asarray(_inked(sliced(grey, box, 0) < level, height).any(axis=0)))
    side, x = place
    left = max(0, round(box[0]))
    for before, behind in pairwise(joined(stretches, NEAR * height)):
        start, end = left + behind[0], left + stretches[-1][1]
        off = abs((start, end, (start + end) / 2)[side] - x)
        if end - start < SHORT * height and off < ALIGNED * height:
            return [(box[0], box[1], left + before[1], box[3]), (start, box[1], end, box[3])]
    return [box]


def _pieces(grey: Grey, box: Box, height: float, level: int) -> list[Box]:
    inked = _inked(sliced(grey, box, 0) < level, height)
    if not inked.any():
        return [box]
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    tall = height_of(box) > TALL * height
    found: list[Box] = []
    for first, last in _rows(inked, height) if tall else [(0, inked.shape[0])]:
        for start, end in joined(runs(np.asarray(inked[first:last].any(axis=0))), APART * height):
            y0, y1 = (top + first, top + last) if tall else (box[1], box[3])
            found.append((float(left + start), float(y0), float(left + end), float(y1)))
    return found


def _inked(dark: NDArray[np.bool_], height: float) -> NDArray[np.bool_]:
    """The ink of letters alone."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    width, high = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    thin = (high < SPECK * height) | (stats[:, cv2.CC_STAT_AREA] < FILLED * width * high)
    kept = (np.maximum(width, high) >= SPECK * height) & ~((width >= STROKE * height) & thin)
    kept[0] = False
    return np.asarray(kept[labels])


def _rows(inked: NDArray[np.bool_], height: float) -> list[tuple[int, int]]:
    """Where the lines of a box of several stand; pieces of letters go with the line that is nearer."""
    lines: list[tuple[int, int]] = []
    for first, last in runs(np.asarray(inked.any(axis=1))):
        if lines and (last - first < LEAST_LINE * height or lines[-1][1] - lines[-1][0] < LEAST_LINE * height):
            lines[-1] = (lines[-1][0], last)
        else:
            lines.append((first, last))
    return lines
