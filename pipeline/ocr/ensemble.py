"""Several engines that look at number cells together, in several views: for looking again at cells in doubt.

Engines err on different cells, and one engine errs on different views of a cell. The probability of a number is the
mean over all engines and views (a mixture of experts with equal weights).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.ocr.engine import Engine, NumberReading, TextPlace, TextReading
from pipeline.ocr.load import load_engine
from pipeline.ocr.settings import OcrSettings, View

if TYPE_CHECKING:
    from pipeline.document import Pixels

_RIVALS = 5
_COARSE = 36
"""Pixels; a lower cell is drawn twice as large before it is smoothed."""
_FAINT = 30.0
"""Grey levels between paper and ink below which a view in black and white would be made of noise."""


def open_engine(name: str, settings: OcrSettings, device: str) -> Engine:
    """See `pipeline.ocr.load`. Raises GoujiError as the members do."""
    one = settings.ensembles[name]
    members = [load_engine(member, device, settings) for member in one.members]
    larger = load_engine(one.larger, device, settings) if one.larger else None
    return EnsembleEngine(members, one.views, larger)


class EnsembleEngine:
    """The first member finds and reads lines; all of them read numbers."""

    def __init__(self, members: Sequence[Engine], views: Sequence[View], larger: Engine | None) -> None:
        self.name = " + ".join(dict.fromkeys(part for member in members for part in member.name.split(" + ")))
        self._members = tuple(members)
        self._views = tuple(views)
        self._larger = larger

    def find(self, image: Pixels) -> list[TextPlace]:
        return self._members[0].find(image)

    def read(self, crops: Sequence[Pixels]) -> list[TextReading]:
        return self._members[0].read(crops)

    def read_labels(self, crops: Sequence[Pixels]) -> list[TextReading]:
        return self._members[0].read_labels(crops)

    def read_numbers(self, crops: Sequence[Pixels]) -> list[NumberReading]:
        looks = [
            member.read_numbers([_seen(crop, view) for crop in crops])
            for member in self._members
            for view in self._views
        ]
        return [_mixed(readings) for readings in zip(*looks, strict=True)]

    def larger(self) -> Engine | None:
        return self._larger


def _mixed(readings: Sequence[NumberReading]) -> NumberReading:
    """The mean; the general reading is that of the first."""
    total: dict[str, float] = {}
    for reading in readings:
        for text, share in reading.rivals:
            total[text] = total.get(text, 0.0) + share / len(readings)
    ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))
    return NumberReading(tuple(ranked[:_RIVALS]), readings[0].general)


def _seen(crop: Pixels, view: View) -> Pixels:
    """A view of a cell."""
    if crop.size == 0 or view == "plain":
        return crop
    height, width = crop.shape[:2]
    if view == "wide":
        return np.asarray(
            cv2.resize(crop, (max(1, round(1.25 * width)), height), interpolation=cv2.INTER_CUBIC), np.uint8
        )
    if height < _COARSE:
        crop = np.asarray(cv2.resize(crop, (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC), np.uint8)
        height = 2 * height
    smooth = np.asarray(cv2.GaussianBlur(crop, (0, 0), max(0.6, 0.018 * height)), np.uint8)
    if view == "smooth":
        return smooth
    grey = smooth.max(axis=2)
    paper, ink = float(np.median(grey)), float(grey.min())
    if paper - ink < _FAINT:
        return smooth
    return np.repeat(np.where(grey > (paper + ink) / 2, 255, 0).astype(np.uint8)[:, :, None], 3, axis=2)
