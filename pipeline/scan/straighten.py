"""Level rules made level and upright ones upright: takes out a curled sheet, a lens, a fold of the scanner.

The displacement is a polynomial of third degree, found by least squares: every rule, and every line of text, gives
points that must end up at one height, whichever that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from pipeline.scan.frame import Field, terms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ocr.engine import TextPlace
    from pipeline.scan.frame import Frame, Points
    from pipeline.scan.ink import Grey
    from pipeline.scan.rules import Masks

SPACING = 12
"""Pixels of the mask between the points taken from a rule."""
SHORTEST = 40
"""Pixels of the mask: shorter pieces say little of a direction."""
STIFFNESS = 0.05
ROUNDS = 4
"""Of reweighting, so that a stray stroke does not bend the page."""
LOOSE = 3.0
"""Pixels off its rule from which on a point counts less."""
LEAST_BEND = 1.5
"""Pixels: a field that moves nothing by more is left out, and the image keeps its sharpness."""


def traced(mask: Grey, level: bool) -> list[Points]:
    """The middle lines of the strokes of a mask, each n x 2 in its pixels, n at least 3."""
    turned = mask if level else np.ascontiguousarray(mask.T)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((turned > 127).astype(np.uint8), connectivity=8)
    lines = []
    for index in range(1, count):
        left, top, width, height = (int(stats[index, i]) for i in range(4))
        if width < SHORTEST or height > max(12, width // 4):
            continue
        part = labels[top : top + height, left : left + width] == index
        weights = part.sum(axis=0)
        middles = (part * np.arange(height)[:, None]).sum(axis=0) / np.maximum(weights, 1)
        # Where rules meet or a letter touches, the stroke is thick and its middle is off.
        thin = (weights > 0) & (weights <= 2 * np.median(weights[weights > 0]) + 1)
        taken = np.flatnonzero(thin)[::SPACING]
        if len(taken) >= 3:
            points = np.stack([taken + left, middles[taken] + top], axis=1).astype(np.float64)
            lines.append(points if level else points[:, ::-1])
    return lines


def field_of(
    frame: Frame, masks: Masks, places: Sequence[TextPlace]
) -> Field | None:
    """The field that straightens the frame's image; None where it is straight."""
    level = [line / masks.scale for line in traced(masks.level, True)]
    upright = [line / masks.scale for line in traced(masks.upright, False)]
    if sum(len(line) for line in level) < 60:
        level += _baselines(places)
    size = (float(frame.width), float(frame.height))
    horizontal = _fitted([line[:, ::-1] for line in upright], (size[1], size[0]))
    vertical = _fitted(level, size)
    field = Field(size, horizontal, vertical)
    corners = np.stack(np.meshgrid(np.linspace(0, size[0], 9), np.linspace(0, size[1], 9)), axis=-1).reshape(-1, 2)
    bend = float(np.abs(field.displacement(corners)).max())
    return field if bend > LEAST_BEND else None


def _baselines(places: Sequence[TextPlace]) -> list[Points]:
    lines = []
    for place in places:
        corners = place.corners.astype(np.float64)
        start, end = (corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2
        if end[0] - start[0] > 6 * abs(corners[3][1] - corners[0][1]):
            lines.append(np.linspace(start, end, 5))
    return lines


def _fitted(lines: list[Points], size: tuple[float, float]) -> NDArray[np.float64]:
    """6 coefficients that bring every line, which runs with the first coordinate, to one value of the second."""
    none = np.zeros(6)
    lines = [line for line in lines if len(line) >= 3]
    if len(lines) < 2:
        return none
    points = np.concatenate(lines)
    owner = np.concatenate([np.full(len(line), i) for i, line in enumerate(lines)])
    basis = terms(2 * points[:, 0] / size[0] - 1, 2 * points[:, 1] / size[1] - 1)
    weights = np.ones(len(points))
    coefficients = none
    for _ in range(ROUNDS):
        total = np.maximum(np.bincount(owner, weights), 1e-9)

        def centred(column: NDArray[np.float64]) -> NDArray[np.float64]:
            return cast("NDArray[np.float64]", column - (np.bincount(owner, weights * column) / total)[owner])  # noqa: B023

        apart = np.stack([centred(basis[:, i]) for i in range(6)], axis=1)
        target = -centred(points[:, 1])
        left = apart.T @ (apart * weights[:, None]) + STIFFNESS * np.eye(6)
        coefficients = np.asarray(np.linalg.solve(left, apart.T @ (target * weights)), dtype=np.float64)
        off = np.abs(target - apart @ coefficients)
        weights = np.minimum(1.0, LOOSE / np.maximum(off, 1e-9))
    return coefficients
