"""Where a point of the straightened image lies on the page as it was given, and back.

The page is turned and warped flat (a homography), then straightened (a smooth field of displacements that makes rules
and lines of text level). Everything is looked for on the straightened image; boxes are told in the page's own pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Box, Pixels

    Points: TypeAlias = NDArray[np.float64]
    """n x 2, (x, y) in pixels."""

STEP = 32
"""Pixels between the points at which the way back is worked out; between them it is interpolated."""
ROUNDS = 8
"""Fixed-point rounds to invert the field, whose slope is far below 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """Displacements by polynomials of third degree in coordinates scaled to [-1, 1].

    Terms that depend on y alone are left out of the vertical displacement, and those of x alone out of the horizontal
    one: they would change the spacing of rules, not their straightness.
    """

    size: tuple[float, float]
    """Width and height by which coordinates are scaled."""
    horizontal: NDArray[np.float64]
    """6 coefficients, pixels, of y, y2, y3, xy, xy2, x2y: added to x."""
    vertical: NDArray[np.float64]
    """6 coefficients, pixels, of x, x2, x3, xy, x2y, xy2: added to y."""

    def displacement(self, points: Points) -> Points:
        x, y = self.scaled(points)
        return np.stack([terms(y, x) @ self.horizontal, terms(x, y) @ self.vertical], axis=1)

    def scaled(self, points: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        width, height = self.size
        return 2 * points[:, 0] / width - 1, 2 * points[:, 1] / height - 1


def terms(along: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
    """n x 6: what a displacement may depend on; `along` runs with the rules that it straightens."""
    return np.stack([along, along**2, along**3, along * across, along**2 * across, along * across**2], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The straightened image's frame over the page's."""

    matrix: NDArray[np.float64]
    """3 x 3: page to flat image."""
    width: int
    height: int
    """Of the flat image, and of the straightened one."""
    field: Field | None = None
    """Flat to straightened."""

    def to_page(self, points: Points) -> Points:
        """Points of the straightened image on the page."""
        flat: Points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        if self.field is not None:
            there = flat
            for _ in range(ROUNDS):
                flat = np.asarray(there - self.field.displacement(flat), dtype=np.float64)
        return _projected(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64), flat)

    def from_page(self, points: Points) -> Points:
        """Points of the page on the straightened image."""
        flat = _projected(self.matrix, np.asarray(points, dtype=np.float64).reshape(-1, 2))
        return flat if self.field is None else flat + self.field.displacement(flat)

    def quad(self, box: Box) -> Points:
        """4 x 2: the corners of a box of the straightened image on the page, from the top left clockwise."""
        left, top, right, bottom = box
        return self.to_page(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]))

    def page_box(self, box: Box) -> Box:
        """The upright box on the page around a box of the straightened image."""
        corners = self.quad(box)
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        return (float(left), float(top), float(right), float(bottom))

    def image(self, page: Pixels) -> Pixels:
        """The straightened image: height x width x 3. Outside the page it is white."""
        if self.field is None:
            warped = cv2.warpPerspective(
                page, self.matrix, (self.width, self.height), flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 255, 255),
            )  # fmt: skip
            return np.asarray(warped, dtype=np.uint8)
        columns, rows = np.arange(0, self.width + STEP, STEP), np.arange(0, self.height + STEP, STEP)
        lattice = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2).astype(np.float64)
        sources = self.to_page(lattice).reshape(len(rows), len(columns), 2).astype(np.float32)
        x, y = np.meshgrid(
            np.arange(self.width, dtype=np.float32) / STEP, np.arange(self.height, dtype=np.float32) / STEP
        )
        maps = cv2.remap(sources, x, y, cv2.INTER_LINEAR)
        warped = cv2.remap(
            page, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
            borderValue=(255, 255, 255),
        )  # fmt: skip
        return np.asarray(warped, dtype=np.uint8)

    def straightened(self, field: Field) -> Frame:
        return replace(self, field=field)


def _projected(matrix: NDArray[np.float64], points: Points) -> Points:
    lifted = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], dtype=np.float64)
