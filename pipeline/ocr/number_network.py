"""A small recogniser of our own for number cells, trained on cells with strokes of a pen, seals and fax dots on them.

The recognisers of PaddleOCR have learnt lines of text of every kind; what runs through a digit is to them a part of a
character. This one knows nothing but numbers and what spoils them. How it was trained and what it is worth is said in
models/number_reader/card.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.ocr.calibration import Confusions, load_calibration
from pipeline.ocr.ctc import best_path
from pipeline.ocr.engine import NumberReading, TextReading
from pipeline.ocr.ink import find_ink
from pipeline.ocr.numbers import DASH, NO_OUTPUT, NUMBER_SYMBOLS, CellLook, number_reading
from pipeline.ocr.runtime import packaged_network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Pixels
    from pipeline.ocr.calibration import Seen
    from pipeline.ocr.ink import Ink

PACKAGE, WEIGHTS = "models.number_reader", "number_reader.onnx"
NAME = "gouji/number-reader"
HEIGHT = 40
"""Pixels to which a window is scaled."""
STEP = 32
"""Widths are filled up to multiples of this."""
WIDEST = 640
PAD_ACROSS, PAD = 0.7, 0.3
"""Of the height of the ink, beside it and above and below: what was taken for a stroke may be a digit that one
touches."""
BAR = 0.6
"""Height of the window around a dash, in its widths, at least."""
STRIDE, DIGIT = 2, 14
"""Pixels of a window for each step of the output; width of a digit in a window of one line."""
FAINTEST = 30.0
"""Grey levels between paper and ink below which contrast is stretched no further."""
BATCH = 32
THREADS = 1
"""The windows are small: more threads would wait for each other."""


class NumberNetwork:
    """Reads number cells, and nothing else."""

    name = NAME

    def read_numbers(self, crops: Sequence[Pixels]) -> list[NumberReading]:
        """See `pipeline.ocr.engine.Engine`."""
        measured = load_calibration()
        confusions = measured.recognisers.get(NAME, Confusions())
        return [_without_strokes(number_reading(look, confusions, measured)) for look in self.look(crops)]

    def look(self, crops: Sequence[Pixels]) -> list[CellLook]:
        """What the pixels and the network say about number cells, before any calibration."""
        inks = {place: ink for place, crop in enumerate(crops) if (ink := find_ink(crop)) is not None}
        looks = [CellLook("nothing", NO_OUTPUT, TextReading("", 1.0))] * len(crops)
        windows = [window(crops[place], ink) for place, ink in inks.items()]
        for (place, ink), posterior in zip(inks.items(), _posteriors(windows), strict=True):
            # Whether ink is a number or dirt, and what is joined to it, the network has learnt itself.
            seen: Seen = "ink" if ink.seen == "doubtful" else ink.seen
            extent = _extent(posterior, crops[place], ink)
            looks[place] = CellLook(seen, posterior, _best(posterior), minus=ink.minus, extent=extent)
        return looks


def _without_strokes(reading: NumberReading) -> NumberReading:
    """The reading without dashes beside digits: the network has learnt minus signs as short ones, so that a long one
    there is a stroke of a pen."""
    shares: dict[str, float] = {}
    for text, share in reading.rivals:
        bare = text.replace(DASH, "") or text[:1]
        shares[bare] = shares.get(bare, 0.0) + share
    ranked = sorted(shares.items(), key=lambda one: (-one[1], one[0]))
    return replace(reading, rivals=tuple(ranked))


def window(crop: Pixels, ink: Ink) -> NDArray[np.float32]:
    """`HEIGHT` x W, 0 for paper to 1 for ink: what is printed on a crop, with a little around it."""
    left, top, right, bottom = _around(crop, ink)
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    paper = float(np.percentile(grey, 90)) if grey.size else 255.0
    inside = grey[top:bottom, left:right].astype(np.float32)
    depth = max(FAINTEST, paper - float(np.percentile(inside, 2)))
    share = np.clip((paper - inside) / depth, 0, 1)
    wide = _scaled_width(right - left, bottom - top)
    how = cv2.INTER_AREA if inside.shape[0] > HEIGHT else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(share, (wide, HEIGHT), interpolation=how), dtype=np.float32)


def _scaled_width(width: int, height: int) -> int:
    return int(np.clip(round(HEIGHT * width / height), 8, WIDEST))


def _around(crop: Pixels, ink: Ink) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the window in pixels of the crop."""
    height, width = crop.shape[:2]
    left, top, right, bottom = ink.box
    across, pad = round(PAD_ACROSS * (bottom - top)), round(PAD * (bottom - top))
    if ink.dash:
        pad = max(pad, round((BAR * (right - left) - (bottom - top)) / 2))
    return max(0, left - across), max(0, top - pad), min(width, right + across), min(height, bottom + pad)


def filled(windows: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """N x 1 x `HEIGHT` x W, each window at the left and paper to the right of it."""
    wide = -(-max(one.shape[1] for one in windows) // STEP) * STEP
    made = np.zeros((len(windows), 1, HEIGHT, wide), np.float32)
    for place, one in enumerate(windows):
        made[place, 0, :, : one.shape[1]] = one
    return made


def _posteriors(windows: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float64]]:
    """T x 18 for each window: the blank and `NUMBER_SYMBOLS`."""
    answers: list[NDArray[np.float64]] = [NO_OUTPUT] * len(windows)
    groups: dict[int, list[int]] = {}
    for place, one in enumerate(windows):
        groups.setdefault(-(-one.shape[1] // STEP), []).append(place)
    for _, places in sorted(groups.items()):
        for first in range(0, len(places), BATCH):
            chosen = places[first : first + BATCH]
            # As in `pipeline.ocr.paddle`: a single image takes other kernels than several.
            inputs = filled([windows[place] for place in (chosen * 2 if len(chosen) == 1 else chosen)])
            (shares,) = packaged_network(PACKAGE, WEIGHTS, THREADS).run(None, {"window": inputs})
            for place, rows in zip(chosen, shares, strict=False):
                answers[place] = rows.astype(np.float64)
    return answers


def _extent(posterior: NDArray[np.float64], crop: Pixels, ink: Ink) -> tuple[float, float] | None:
    """From the first to the last digit, as shares of the crop's width. CTC puts a digit somewhere on itself, so that
    half a digit more is counted on both sides."""
    steps = [
        (first, last)
        for column, first, last in best_path(posterior.argmax(axis=1))
        if NUMBER_SYMBOLS[column - 1].isdigit()
    ]
    if not steps:
        return None
    left, top, right, bottom = _around(crop, ink)
    scale = (right - left) / _scaled_width(right - left, bottom - top) / crop.shape[1]
    begin, end = STRIDE * steps[0][0] - DIGIT / 2, STRIDE * steps[-1][1] + DIGIT / 2
    start = left / crop.shape[1]
    return max(0.0, start + scale * begin), min(1.0, start + scale * end)


def _best(posterior: NDArray[np.float64]) -> TextReading:
    path = best_path(posterior.argmax(axis=1))
    if not path:
        return TextReading("", float(posterior[:, 0].min()))
    score = float(np.mean([posterior[first:last, column].max() for column, first, last in path]))
    return TextReading("".join(NUMBER_SYMBOLS[column - 1] for column, _, _ in path), score)
