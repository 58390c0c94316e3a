"""Crops made ready for a recogniser that reads images 48 pixels high."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Pixels
    from pipeline.ocr.ink import Ink

HEIGHT = 48
"""Of every image that a recogniser of the PP-OCR family reads, in pixels."""
NUMBER_WIDTHS = (64, 96, 128, 192, 320, 640)
LINE_WIDTHS = (160, 320, 480, 640, 960, 1280, 1920, 2560, 3200)
"""Widths to which crops are filled up. Fixed, so that what is read does not depend on what else is in the batch."""


def width_for(width: int, widths: tuple[int, ...]) -> int:
    """The first of `widths` that holds `width`; the last where none does."""
    return next((one for one in widths if one >= width), widths[-1])


def as_line(crop: Pixels) -> Pixels:
    """A crop of a line scaled to 48 pixels of height; at least one pixel wide."""
    height, width = crop.shape[:2]
    target = min(LINE_WIDTHS[-1], max(1, round(width * HEIGHT / max(1, height))))
    return _scaled(crop, target, HEIGHT)


def as_number(ink: Ink, share: float, margin: float) -> Pixels:
    """The ink of a cell, so that the recogniser sees it as in a line of text.

    Args:
        ink: from `find_ink`.
        share: height of the ink in the result, as a share of 48 pixels.
        margin: paper left and right of it, as a share of 48 pixels.

    Returns:
        48 x width x 3; the paper around the ink is that of the crop where it reaches, else filled up.
    """
    crop = ink.cleaned
    left, top, right, bottom = ink.box
    crop_height, crop_width = crop.shape[:2]
    tall = right - left if ink.dash else bottom - top
    scale = HEIGHT * share / max(1, tall)
    side = round(HEIGHT * margin / scale)
    above = (HEIGHT / scale - (bottom - top)) / 2
    window = (left - side, round(top - above), right + side, round(bottom + above))
    paper = np.median(crop.reshape(-1, 3), axis=0)
    filled = np.empty((window[3] - window[1], window[2] - window[0], 3), np.uint8)
    filled[:] = paper.astype(np.uint8)
    x0, y0 = max(0, window[0]), max(0, window[1])
    x1, y1 = min(crop_width, window[2]), min(crop_height, window[3])
    filled[y0 - window[1] : y1 - window[1], x0 - window[0] : x1 - window[0]] = crop[y0:y1, x0:x1]
    return _scaled(filled, max(8, min(NUMBER_WIDTHS[-1], round(filled.shape[1] * scale))), HEIGHT)


def _scaled(image: NDArray[np.uint8], width: int, height: int) -> Pixels:
    method = cv2.INTER_AREA if height < image.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)
