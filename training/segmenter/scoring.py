"""How well borders and cells were found on a flat page whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from training.segmenter.flat import FlatPage

if TYPE_CHECKING:
    from pipeline.document import Box
    from pipeline.scan.lattice import Lattice
    from pipeline.scan.rules import Masks

TOLERANCE = 3
"""Pixels of the mask by which a border may be off."""
SAME_CELL = 0.5
"""Area in common over area of either, from which on two boxes are one cell."""


@dataclass(frozen=True, slots=True)
class Borders:
    """Pixels of borders, level and upright together."""

    right: int = 0
    """Of those found, how many lie on a true border."""
    found: int = 0
    met: int = 0
    """Of the true ones, how many were found."""
    true: int = 0

    def __add__(self, other: Borders) -> Borders:
        return Borders(
            self.right + other.right, self.found + other.found, self.met + other.met, self.true + other.true
        )

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.met / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def border_scores(masks: Masks, page: FlatPage, factor: float) -> Borders:
    """Found against true border pixels.

    Args:
        factor: pixels of the mask for one of `page.image`.
    """
    total = Borders()
    near = np.ones((2 * TOLERANCE + 1, 2 * TOLERANCE + 1), np.uint8)
    for mask, level in ((masks.level, True), (masks.upright, False)):
        true = np.zeros(mask.shape, np.uint8)
        for index in np.flatnonzero(page.level == level):
            path = page.points[page.starts[index] : page.starts[index + 1]]
            moved = np.round(((path + 0.5) * factor - 0.5) * 16).astype(np.int32)
            cv2.polylines(true, [moved], False, (1,), 1, cv2.LINE_8, shift=4)
        found = (mask > 127).astype(np.uint8)
        wide_true, wide_found = cv2.dilate(true, near) > 0, cv2.dilate(found, near) > 0
        total += Borders(
            right=int(found[wide_true].sum()),
            found=int(found.sum()),
            met=int(true[wide_found].sum()),
            true=int(true.sum()),
        )
    return total


def exact_tables(lattices: Sequence[Lattice], page: FlatPage, factor: float) -> list[bool]:
    """For each true table whether one lattice has its cells, each one and no other.

    Args:
        factor: pixels of the lattices for one of `page.image`.
    """
    boxes = (page.cells + 0.5) * factor
    verdicts = []
    for index in range(len(page.tables)):
        cells = [_box(quad) for quad in boxes[page.owners == index]]
        outline = _box((page.tables[index] + 0.5) * factor)
        close = [one for one in lattices if overlap(one.outline, outline) > SAME_CELL]
        verdicts.append(any(_same(cells, one) for one in close))
    return verdicts


def found_cells(lattices: Sequence[Lattice], page: FlatPage, factor: float) -> tuple[int, int]:
    """How many of the true cells are cells of a lattice, and how many there are.

    Args:
        factor: as of `exact_tables`.
    """
    boxes = np.array([one.box(place) for one in lattices for place in one.places]).reshape(-1, 4)
    cells = np.array([_box(quad) for quad in (page.cells + 0.5) * factor]).reshape(-1, 4)
    if not len(boxes) or not len(cells):
        return 0, len(cells)
    low = np.maximum(cells[:, None, :2], boxes[None, :, :2])
    high = np.minimum(cells[:, None, 2:], boxes[None, :, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=2)
    areas = [np.prod(some[:, 2:] - some[:, :2], axis=1) for some in (cells, boxes)]
    shares = both / (areas[0][:, None] + areas[1][None] - both)
    return int((shares.max(axis=1) > SAME_CELL).sum()), len(cells)


def _same(cells: Sequence[Box], lattice: Lattice) -> bool:
    if len(cells) != len(lattice.places):
        return False
    found = [lattice.box(place) for place in lattice.places]
    return all(max(overlap(cell, box) for box in found) > SAME_CELL for cell in cells)


def overlap(one: Box, other: Box) -> float:
    """Area in common over area of either, in [0, 1]."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / ((one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - both)


def _box(quad: NDArray[np.float64]) -> Box:
    (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
    return (float(left), float(top), float(right), float(bottom))
