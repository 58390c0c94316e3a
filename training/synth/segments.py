"""Masks to train a segmenter on: where rules run, drawn or only implied, and where tables, text and marks are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synth.truth import Point, Quad, TrueRule
from training.synth.warp import Image, SynthPage

Mask: TypeAlias = NDArray[np.uint8]
"""Height x width, 1 where something is, else 0."""
_FRACTION = 4
"""Bits of a pixel that OpenCV draws with."""


@dataclass(frozen=True, slots=True)
class Segments:
    """All of one size. Directions are those of the image as it is, whichever way up the page lies in it."""

    image: Image
    horizontal: Mask
    """Rules that the page draws, whether or not the degradation left them in one piece."""
    vertical: Mask
    implied_horizontal: Mask
    """Borders between cells where the page draws nothing."""
    implied_vertical: Mask
    table: Mask
    text: Mask
    """Lines of text, each as the box around its ink."""
    marks: Mask
    """Boxes around seals and pen strokes."""


def segments(page: SynthPage, scale: float = 1.0, thickness: int = 2) -> Segments:
    """The image at a scale, and its masks.

    Args:
        page: a degraded page.
        scale: size of the masks as a share of the page image, above 0.
        thickness: of rules in the masks, in their pixels, at least 1.
    """
    height, width = page.image.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    factors = (size[0] / width, size[1] / height)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    truth = page.truth
    # As the page lies in the image, not as it is read.
    level = [rule for rule in truth.rules if _is_level(rule)]
    steep = [rule for rule in truth.rules if not _is_level(rule)]
    return Segments(
        image=np.ascontiguousarray(cv2.resize(page.image, size, interpolation=how), dtype=np.uint8),
        horizontal=_lines((rule for rule in level if rule.drawn), size, factors, thickness),
        vertical=_lines((rule for rule in steep if rule.drawn), size, factors, thickness),
        implied_horizontal=_lines((rule for rule in level if not rule.drawn), size, factors, thickness),
        implied_vertical=_lines((rule for rule in steep if not rule.drawn), size, factors, thickness),
        table=_areas((table.quad for table in truth.tables), size, factors),
        text=_areas((line.quad for line in truth.lines), size, factors),
        marks=_areas(truth.pictures, size, factors),
    )


def _is_level(rule: TrueRule) -> bool:
    (x0, y0), (x1, y1) = rule.points[0], rule.points[-1]
    return abs(x1 - x0) >= abs(y1 - y0)


def _lines(rules: Iterable[TrueRule], size: tuple[int, int], factors: tuple[float, float], thickness: int) -> Mask:
    mask = np.zeros((size[1], size[0]), dtype=np.uint8)
    for rule in rules:
        cv2.polylines(mask, [_pixels(rule.points, factors)], False, (1,), thickness, cv2.LINE_8, _FRACTION)
    return mask


def _areas(quads: Iterable[Quad], size: tuple[int, int], factors: tuple[float, float]) -> Mask:
    mask = np.zeros((size[1], size[0]), dtype=np.uint8)
    for quad in quads:
        cv2.fillPoly(mask, [_pixels(quad, factors)], (1,), cv2.LINE_8, _FRACTION)
    return mask


def _pixels(points: Iterable[Point], factors: tuple[float, float]) -> NDArray[np.int32]:
    """Continuous coordinates as OpenCV draws them: it counts from the middle of the first pixel."""
    scaled = np.asarray(list(points), dtype=np.float64) * factors - 0.5
    return np.round(scaled * (1 << _FRACTION)).astype(np.int32).reshape(-1, 1, 2)
