"""Shaded areas of a black and white page made light again.

A fax machine, or a scanner set to black and white, has no grey: shading becomes a scatter of dots, which drowns the
words printed on it and looks like a wall of short rules. Between dots that lie so close nothing is told by a single
pixel; the mean around it tells ink from shade.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.scan.ink import PAPER

if TYPE_CHECKING:
    from pipeline.document import Pixels
    from pipeline.scan.ink import Grey

BETWEEN = 0.25
"""Grey pixels to black ones, up to which a page is black and white; the edges of print on a page with greys alone are
half as many as its strokes and more."""
NEAR = 40
"""Grey levels from black, or from white, that are not grey."""
PART = 66
"""Of the shorter side of the page, as its parts: side of the window in which changes are counted."""
CHANGES, FEWER = 0.42, 0.3
"""Changes from black to white a pixel, level and upright together, from which on a window is scattered with dots: these
have 0.5 to 0.9, print has 0.2, thin small print here and there as much as this. Beside such windows fewer do."""
MOSTLY = 0.5
"""Share of windows with many changes in a shaded area; the rest is words."""
LEAST_AREA = 6
"""Windows that a shaded area is large at least."""
SOFT = 830
"""Of the shorter side: the spread of the mean that is taken."""
SOFTEN = 1650
"""Of the shorter side of a page: what its strokes are softened by, one pixel at 200 dpi."""
LEAST = 3e-4
"""Share of the page that is scattered with dots; less is left alone."""
DARKEST, LIGHTEST = 40, 165
"""Of the evened shade: what becomes black, what becomes paper. Between them lie the edges of letters; the scatter of
the mean over dots lies above."""


def unscreened(page: Pixels) -> Pixels:
    """The page with the dots of its shaded areas smoothed and the shade taken out; the very page where it has none.

    Args:
        page: as it was scanned; its short side is taken for about 210 mm.
    """
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    if not _has_no_greys(grey):
        return page
    side = min(grey.shape)
    zone = _dotted(grey, side)
    if float(zone.mean()) < LEAST * 255:
        return page
    soft = np.asarray(cv2.GaussianBlur(grey, (0, 0), max(1.0, side / SOFT)), dtype=np.uint8)
    evened = cv2.divide(soft, _shade(soft, side), scale=PAPER).astype(np.float32)
    light = np.clip((evened - DARKEST) * (PAPER / (LIGHTEST - DARKEST)), 0, PAPER)
    weight = cv2.blur(zone, (5, 5)).astype(np.float32) / 255
    mixed = grey + (light - grey) * weight
    return np.repeat(np.asarray(mixed, dtype=np.uint8)[:, :, None], 3, axis=2)


def softened(grey: Grey) -> Grey:
    """The straightened image of a black and white page as a scanner with greys would have seen it, for reading:
    recognisers have learnt smooth strokes and take the steps and gaps of a fax for strokes of other characters."""
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), max(0.6, min(grey.shape) / SOFTEN)), dtype=np.uint8)


def is_black_and_white(page: Pixels) -> bool:
    """Whether the page has hardly any greys."""
    return _has_no_greys(np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), dtype=np.uint8))


def _has_no_greys(grey: Grey) -> bool:
    counts = np.bincount(grey.ravel(), minlength=256)
    return bool(counts[NEAR:-NEAR].sum() <= BETWEEN * counts[:NEAR].sum())


def _dotted(grey: Grey, side: int) -> Grey:
    """255 where dots lie close in every direction, 0 elsewhere."""
    black = (grey < 128).astype(np.float32)
    changes = np.zeros_like(black)
    changes[:, 1:] += np.abs(np.diff(black, axis=1))
    changes[1:] += np.abs(np.diff(black, axis=0))
    window = max(5, side // PART)
    means = cv2.blur(changes, (window, window))
    close = (means > FEWER).astype(np.uint8) * 255
    # Words on the shade have fewer changes than the shade itself: they are inside, not beside it.
    filled = cv2.morphologyEx(close, cv2.MORPH_CLOSE, np.ones((3 * window // 2, 3 * window // 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(filled, connectivity=4)
    dotted = np.bincount(labels.ravel(), weights=(means > CHANGES).ravel(), minlength=count)
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = (areas >= LEAST_AREA * window**2) & (dotted >= MOSTLY * areas)
    kept[0] = False
    zone = kept[labels].astype(np.uint8) * 255
    return np.asarray(cv2.dilate(zone, np.ones((window, window), np.uint8)), dtype=np.uint8)


def _shade(soft: Grey, side: int) -> Grey:
    """How light the shade is around each pixel: the median, so that letters do not count."""
    step = max(2, side // 140)
    height, width = soft.shape
    small = cv2.resize(soft, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    # Rules lie along the edge of a shaded row: what is darker than most is left out by taking the lighter half.
    middle = cv2.medianBlur(np.maximum(small, cv2.blur(small, (5, 5))), 5)
    return np.maximum(np.asarray(cv2.resize(middle, (width, height), interpolation=cv2.INTER_LINEAR)), 40)
