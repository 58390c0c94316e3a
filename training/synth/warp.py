"""What moves a page: each function gives the image and its truth moved alike.

Coordinates are continuous: pixel i of a row covers [i, i + 1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synth.truth import PageTruth, Points, Quad

Image: TypeAlias = NDArray[np.uint8]
"""Height x width x 3, red, green, blue."""
Matrix: TypeAlias = NDArray[np.float64]
PAPER = (255, 255, 255)
EDGE = 6.0
"""Pixels left between what is on a turned page and the edge of its image."""


@dataclass(frozen=True, slots=True)
class SynthPage:
    """A page image and what is known of it, in its pixels."""

    image: Image
    truth: PageTruth
    dpi: float
    """Pixels an inch of the page as drawn, before any perspective."""

    def with_image(self, image: Image, step: str) -> SynthPage:
        """Another picture of the same page in the same place."""
        assert image.shape[:2] == self.image.shape[:2]
        return replace(self, image=image, truth=replace(self.truth, transform=(*self.truth.transform, step)))


def scaled(page: SynthPage, width: int, height: int) -> SynthPage:
    """The page at another size, averaged where it shrinks."""
    old_height, old_width = page.image.shape[:2]
    shrinks = width < old_width or height < old_height
    image = cv2.resize(page.image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    factors = np.array([width / old_width, height / old_height])
    truth = page.truth.moved(lambda points: points * factors, width, height, f"scale {factors[0]:.4f} {factors[1]:.4f}")
    return SynthPage(_bytes(image), truth, page.dpi * float(factors[0]))


def rotated(page: SynthPage, degrees: float, fill: tuple[int, int, int] = PAPER) -> SynthPage:
    """Turned about its middle on a sheet of the same size, or of so much more that no cell or text leaves it; positive
    is anticlockwise."""
    height, width = page.image.shape[:2]
    matrix = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), [0.0, 0.0, 1.0]])
    things = [quad for part in (page.truth.tables, page.truth.lines) for quad in (thing.quad for thing in part)]
    if things:
        corners = np.array(things).reshape(-1, 2) @ matrix[:2, :2].T + matrix[:2, 2]
        before = np.maximum(0, np.ceil(EDGE - corners.min(axis=0)))
        after = np.maximum(0, np.ceil(corners.max(axis=0) + EDGE - [width, height]))
        matrix[:2, 2] += before
        grown = np.array([width, height]) + before + after
        width, height = int(grown[0]), int(grown[1])
    return projected(page, matrix, width, height, f"rotate {degrees:.3f}", fill)


def projected(
    page: SynthPage, matrix: Matrix, width: int, height: int, step: str, fill: tuple[int, int, int] = PAPER
) -> SynthPage:
    """Through a homography, 3 x 3 in continuous coordinates, onto a sheet of this size in pixels."""
    half = np.array([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 0.0, 1.0]])
    pixels = np.linalg.inv(half) @ matrix @ half
    image = cv2.warpPerspective(
        page.image, pixels, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=fill
    )

    def mapping(points: Points) -> Points:
        raised = np.hstack([points, np.ones((len(points), 1))]) @ matrix.T
        return np.asarray(raised[:, :2] / raised[:, 2:], dtype=np.float64)

    return SynthPage(_bytes(image), page.truth.moved(mapping, width, height, step), page.dpi)


def bent(page: SynthPage, rise: float, phase: float, squeeze: float, fill: tuple[int, int, int] = PAPER) -> SynthPage:
    """A page that does not lie flat: its lines sag, and its columns draw together on one side.

    Args:
        page: what is bent.
        rise: largest displacement up or down, in pixels.
        phase: where along the width the wave begins, in radians.
        squeeze: share by which the narrowest column is narrower than the mean one, below 0.5.
    """
    height, width = page.image.shape[:2]
    place = np.linspace(0.0, 1.0, width + 1)
    pace = 1 + squeeze * np.cos(np.pi * place + phase)
    reached = np.concatenate(([0.0], np.cumsum((pace[1:] + pace[:-1]) / 2)))
    reached *= width / reached[-1]
    shift = rise * np.sin(np.pi * place * 1.3 + phase)
    shift -= (shift.max() + shift.min()) / 2

    def mapping(points: Points) -> Points:
        x = np.clip(points[:, 0], 0, width)
        return np.stack(
            [np.interp(x, place * width, reached), points[:, 1] + np.interp(x, place * width, shift)], axis=1
        )

    source = np.interp(np.arange(width) + 0.5, reached, place * width)
    down = np.interp(source, place * width, shift)
    map_x = np.broadcast_to((source - 0.5).astype(np.float32), (height, width))
    map_y = (np.arange(height, dtype=np.float32)[:, None] - down[None, :].astype(np.float32)).astype(np.float32)
    image = cv2.remap(
        page.image, np.ascontiguousarray(map_x), map_y, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=fill,
    )  # fmt: skip
    step = f"bend {rise:.1f} {phase:.2f} {squeeze:.3f}"
    return SynthPage(_bytes(image), page.truth.moved(mapping, width, height, step, bent=True), page.dpi)


def quarter_turned(page: SynthPage, quarters: int) -> SynthPage:
    """By so many quarters clockwise."""
    height, width = page.image.shape[:2]
    matrices: dict[int, tuple[list[list[float]], int, int]] = {
        1: ([[0, -1, height], [1, 0, 0], [0, 0, 1]], height, width),
        2: ([[-1, 0, width], [0, -1, height], [0, 0, 1]], width, height),
        3: ([[0, 1, 0], [-1, 0, width], [0, 0, 1]], height, width),
    }
    if quarters % 4 == 0:
        return page
    matrix, new_width, new_height = matrices[quarters % 4]
    linear = np.asarray(matrix, dtype=np.float64)
    image = np.ascontiguousarray(np.rot90(page.image, -quarters))
    truth = page.truth.moved(
        lambda points: points @ linear[:2, :2].T + linear[:2, 2], new_width, new_height, f"quarter {quarters % 4}"
    )
    return SynthPage(_bytes(image), truth, page.dpi)


def _bytes(image: Any) -> Image:
    return np.ascontiguousarray(image, dtype=np.uint8)


def upright(image: NDArray[np.uint8], quad: Quad, least: int) -> NDArray[np.uint8] | None:
    """What stands inside four corners (from the top left, clockwise), put upright; None where a side is shorter than
    `least` pixels."""
    corners = np.asarray(quad, np.float32)
    width = round(float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])) / 2)
    height = round(float(np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])) / 2)
    if width < least or height < least:
        return None
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
