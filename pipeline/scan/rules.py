"""The rules of tables on an image: a mask of the level ones and one of the upright ones.

Line finding by morphology; where a segmenter is at hand, `pipeline.scan.segmenter` does the same from learnt shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from pipeline.scan.ink import threshold

if TYPE_CHECKING:
    from pipeline.document import Box
    from pipeline.scan.ink import Grey

LETTER_MARGIN = 0.12
"""Of the height of a line of text: rules run closer to its edge than this."""
IN_TEXT = 0.75
"""Share of a stroke inside lines of text from which on it is a part of a letter."""
RULE_SIDE = 1600
"""Pixels of the long side of the image on which rules are looked for, for a page of usual proportions."""
RULE_WIDTH = 1131
"""Pixels of its width where it is a web page in one tall picture."""
USUAL = 1.6
"""Times its width that a page is high at most."""
MOST_ENLARGED = 2.0
GAP = 4
"""Pixels of a break that is bridged; letters that nearly touch would become rules beyond."""
SHORTEST = 0.018
"""Of the long side: strokes shorter than this are letters."""


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """What looks like a rule, at a scale of its own; 0 to 255."""

    level: Grey
    upright: Grey
    scale: float
    """Pixels of the mask for one of the image."""


def rule_scale(height: int, width: int) -> float:
    """Pixels for one of an image of this size, at the size at which rules are looked for."""
    if height > USUAL * width:
        return min(MOST_ENLARGED, RULE_WIDTH / width)
    return min(MOST_ENLARGED, RULE_SIDE / max(height, width))


def scaled(grey: Grey) -> tuple[Grey, float]:
    """The image at the size at which rules are looked for, and the scale."""
    scale = rule_scale(*grey.shape)
    if scale == 1:
        return grey, 1.0
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way), dtype=np.uint8), scale


def find_rules(grey: Grey) -> Masks:
    """Rules by opening the ink with long thin shapes, after bridging what broke them."""
    small, scale = scaled(grey)
    local = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12)
    dark = np.where(small < max(threshold(small), 200), 255, 0).astype(np.uint8)
    inked = cast("Grey", cv2.bitwise_and(local, dark))
    length = round(SHORTEST * RULE_SIDE)
    upright = _level_strokes(np.ascontiguousarray(inked.T), length)
    return Masks(_level_strokes(inked, length), np.ascontiguousarray(upright.T), scale)


def without_letters(masks: Masks, boxes: Sequence[Box]) -> Masks:
    """The masks without the strokes that lie in lines of text and go no further.

    Args:
        boxes: of text, in pixels of the image.
    """
    text = np.zeros(masks.level.shape, dtype=np.uint8)
    for left, top, right, bottom in boxes:
        margin = LETTER_MARGIN * min(bottom - top, right - left)
        low = (round((left + margin) * masks.scale), round((top + margin) * masks.scale))
        high = (round((right - margin) * masks.scale), round((bottom - margin) * masks.scale))
        cv2.rectangle(text, low, high, 255, -1)
    return replace(masks, level=_outside(masks.level, text), upright=_outside(masks.upright, text))


def _outside(mask: Grey, text: Grey) -> Grey:
    count, labels = cv2.connectedComponents((mask > 127).astype(np.uint8), connectivity=8)
    sizes = np.bincount(labels.ravel(), minlength=count)
    within = np.bincount(labels[text > 0], minlength=count)
    letters = within > IN_TEXT * sizes
    letters[0] = False
    return np.where(letters[labels], 0, mask).astype(np.uint8)


def _level_strokes(inked: Grey, length: int) -> Grey:
    """Strokes that run level over at least `length` pixels, with small gaps and a slight slope."""
    thick = cv2.dilate(inked, np.ones((3, 1), np.uint8))
    joined = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, GAP), np.uint8))
    return cast("Grey", cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)))
