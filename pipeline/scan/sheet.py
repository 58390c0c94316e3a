"""The sheet of paper in a photo: its corners, pulled to those of the image.

Paper is brighter than a desk, but a shadow may lie on it, and some desks are bright. So several masks propose a
sheet, and the one along whose sides the picture changes most is taken, if it changes enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pipeline.scan.frame import Frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Pixels
    from pipeline.scan.ink import Grey

    Corners = NDArray[np.float64]
    """4 x 2, from the top left clockwise."""

WIDEST = 2200
"""Pixels of the shorter side of the flat image at most: 266 dpi of an A4 page."""
MOST_PIXELS = 16_000_000
LEAST_PAGE, MOST_PAGE = 0.25, 0.96
"""Share of the picture that a sheet on a background fills."""
SHEET_SIDE = 700
"""Pixels of the long side at which the sheet is looked for."""
BELOW = (1.0, 0.85, 0.7, 0.55)
"""Times Otsu's threshold: where a shadow lies on the sheet, the lower ones still hold all of it."""
COLOUR_ALONE = (0.0, 4.0, 4.0)
"""Weights of brightness and of the two colours of Lab: a sheet that is lit from one side is as dark as the desk at the
other, but keeps its colour."""
RING = 0.02
"""Of the picture: width of its rim, whose colour is that of the desk."""
BESIDE = 5
"""Pixels on both sides of a sheet's edge that are compared."""
LEAST_STEP = 22.0
"""Levels of the channel that differs most, between inside and outside of each edge of a sheet."""
AT_BORDER = 0.015
"""Of the picture's side: an edge so near to that of the picture is where the photo ends, not the sheet."""


def sheet_frame(page: Pixels) -> Frame:
    """The sheet of paper in a photo, its corners pulled to those of the image; the whole picture where none stands out
    from its background."""
    height, width = page.shape[:2]
    corners = _sheet_corners(page)
    if corners is None:
        scale = _scale(width, height)
        matrix = np.diag([scale, scale, 1.0])
        return Frame(matrix, round(width * scale), round(height * scale))
    top, right, bottom, left = (math.dist(corners[i], corners[(i + 1) % 4]) for i in range(4))
    flat_width, flat_height = max(top, bottom), max(left, right)
    scale = _scale(flat_width, flat_height)
    size = (round(flat_width * scale), round(flat_height * scale))
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return Frame(np.asarray(matrix, dtype=np.float64), *size)


def _scale(width: float, height: float) -> float:
    return min(1.0, WIDEST / min(width, height), math.sqrt(MOST_PIXELS / (width * height)))


def _sheet_corners(page: Pixels) -> Corners | None:
    """4 x 2 corners of the sheet, from the top left clockwise; None where the picture shows nothing around it."""
    height, width = page.shape[:2]
    scale = SHEET_SIDE / max(height, width)
    small = np.asarray(cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    unprinted = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    even = np.asarray(cv2.GaussianBlur(unprinted, (5, 5), 0), dtype=np.uint8)
    best: tuple[float, Corners] | None = None
    for mask in _masks(even):
        corners = _outline(mask)
        if corners is None:
            continue
        step = min(_least_step(even, corners), _brighter(even, corners))
        # The first mask that is as good as any is taken: they go from strict to lenient.
        if step >= LEAST_STEP and (best is None or step > 1.15 * best[0]):
            best = (step, corners)
    return None if best is None else best[1] / scale


def _masks(even: Pixels) -> Iterator[Grey]:
    """Where the sheet may be: what is bright in every channel, what is unlike the picture's rim, and what has another
    colour than that, however the light falls."""
    grey = np.asarray(even.min(axis=2), dtype=np.uint8)
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    for share in BELOW:
        yield np.asarray(cv2.threshold(grey, share * level, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    shades = cv2.cvtColor(even, cv2.COLOR_RGB2LAB).astype(np.float32)
    ring = max(2, round(RING * max(grey.shape)))
    rim = np.concatenate(
        [shades[:ring].reshape(-1, 3), shades[-ring:].reshape(-1, 3), shades[:, :ring].reshape(-1, 3),
         shades[:, -ring:].reshape(-1, 3)]
    )  # fmt: skip
    # How bright the desk is changes with the light; its colour does not.
    away = np.abs(shades - np.median(rim, axis=0))
    for weights in ((0.5, 1.5, 1.5), COLOUR_ALONE):
        unlike = np.asarray(np.clip(away @ np.array(weights, dtype=np.float32), 0, 255), dtype=np.uint8)
        yield np.asarray(cv2.threshold(unlike, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1], dtype=np.uint8)


def _outline(mask: Grey) -> Corners | None:
    """The corners of the largest bright part, if it has four and fills them."""
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    sheet = cv2.convexHull(max(contours, key=cv2.contourArea))
    if not LEAST_PAGE < cv2.contourArea(sheet) / mask.size < MOST_PAGE:
        return None
    corners = _four_corners(sheet)
    if corners is None or cv2.contourArea(corners.astype(np.float32)) < 0.9 * cv2.contourArea(sheet):
        return None
    return corners


def _least_step(even: Pixels, corners: Corners) -> float:
    """By how many levels the picture changes across the least of the sheet's edges; edges at which the picture ends
    are left out."""
    height, width = even.shape[:2]
    middle = corners.mean(axis=0)
    steps = []
    for index in range(4):
        start, end = corners[index], corners[(index + 1) % 4]
        along = end - start
        outward = np.array([along[1], -along[0]]) / max(1e-6, float(np.hypot(*along)))
        if float(outward @ ((start + end) / 2 - middle)) < 0:
            outward = -outward
        places = start + np.linspace(0.05, 0.95, 60)[:, None] * along
        reach = places + BESIDE * outward
        near_x, near_y = AT_BORDER * width, AT_BORDER * height
        at_end = (
            (reach[:, 0] < near_x) | (reach[:, 0] > width - 1 - near_x)
            | (reach[:, 1] < near_y) | (reach[:, 1] > height - 1 - near_y)
        )  # fmt: skip
        if at_end.mean() > 0.7:
            continue
        inside, outside = (_seen(even, places + side * BESIDE * outward) for side in (-1, 1))
        steps.append(float(np.median(np.abs(inside - outside).max(axis=1)[~at_end])))
    return min(steps, default=0.0)


def _brighter(even: Pixels, corners: Corners) -> float:
    """By how many levels the sheet is usually brighter than what lies around it, in its darkest channel: paper is
    brighter there than wood or cloth of any colour, and a tinted table is darker than the page that it stands on."""
    inside = np.zeros(even.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, np.round(corners).astype(np.int32), (1,))
    darkest = even.min(axis=2)
    sheet, around = darkest[inside > 0], darkest[inside == 0]
    return float(np.median(sheet)) - float(np.median(around)) if len(sheet) and len(around) else 0.0


def _seen(even: Pixels, places: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = even.shape[:2]
    x = np.clip(np.round(places[:, 0]), 0, width - 1).astype(np.intp)
    y = np.clip(np.round(places[:, 1]), 0, height - 1).astype(np.intp)
    return even[y, x].astype(np.float64)


def _four_corners(hull: NDArray[Any]) -> NDArray[np.float64] | None:
    around = cv2.arcLength(hull, True)
    for tolerance in (0.02, 0.03, 0.05, 0.08):
        found = cv2.approxPolyDP(hull, tolerance * around, True).reshape(-1, 2).astype(np.float64)
        if len(found) == 4:
            sums, differences = found.sum(axis=1), found[:, 0] - found[:, 1]
            order = [sums.argmin(), differences.argmax(), sums.argmax(), differences.argmin()]
            return found[order] if len(set(map(int, order))) == 4 else None
        if len(found) < 4:
            return None
    return None
