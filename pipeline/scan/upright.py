"""A page as it was scanned or photographed to a flat, upright image: page on its background, turn, skew.

What is left, a curled sheet or a lens, `pipeline.scan.straighten` takes out once rules are known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.scan.frame import Frame
from pipeline.scan.sheet import sheet_frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Pixels
    from pipeline.ocr.engine import Engine, TextPlace

TALL, PIECE, OVERLAP = 1.9, 1.5, 0.12
"""Times its width: height from which on a picture is looked at in pieces, height of a piece, height that two share."""
SAMPLE = 6
"""Lines of text that are read to tell which side is up."""
SAMPLE_LENGTH, SHORTEST = 8, 1.5
"""Times its height: of the piece of a line that is read for that; of a line that can be used."""
SURE_SCORE = 0.8
"""Mean score of these from which on the other way round is not tried."""


def turned(frame: Frame, degrees: float) -> Frame:
    """The frame turned clockwise about its middle; its size grows so that nothing is cut off."""
    angle = math.radians(degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    width = round(abs(frame.width * cosine) + abs(frame.height * sine))
    height = round(abs(frame.width * sine) + abs(frame.height * cosine))
    rotation = np.array(
        [
            [cosine, -sine, width / 2 - cosine * frame.width / 2 + sine * frame.height / 2],
            [sine, cosine, height / 2 - sine * frame.width / 2 - cosine * frame.height / 2],
            [0, 0, 1],
        ]
    )
    return Frame(rotation @ frame.matrix, width, height)


def slant(places: Sequence[TextPlace]) -> tuple[float, bool]:
    """By how many degrees lines of text fall to the right, (-45, 45], and whether they run up and down the page."""
    angles, weights = [], []
    for place in places:
        top, right, bottom, left = (place.corners[i] for i in range(4))
        across, down = (right - top + bottom - left) / 2, (left - top + bottom - right) / 2
        width, height = float(np.hypot(*across)), float(np.hypot(*down))
        if max(width, height) < 3 * min(width, height):
            continue
        x, y = across if width >= height else down
        angle = math.degrees(math.atan2(float(y), float(x)))
        angles.append((angle + 90) % 180 - 90)
        weights.append(max(width, height))
    if not angles:
        return 0.0, False
    upright = sum(weight for angle, weight in zip(angles, weights, strict=True) if abs(angle) <= 45)
    sideways = sum(weights) > 2 * upright
    if sideways:
        angles = [(angle % 180) - 90 for angle in angles]
    kept = [(angle, weight) for angle, weight in zip(angles, weights, strict=True) if abs(angle) <= 45]
    return _weighted_median(kept), sideways


def _weighted_median(entries: list[tuple[float, float]]) -> float:
    half = sum(weight for _, weight in entries) / 2
    for value, weight in sorted(entries):
        half -= weight
        if half <= 0:
            return value
    return 0.0


def crop(image: Pixels, corners: NDArray[np.float32] | NDArray[np.float64], margin: float = 0.0) -> Pixels:
    """The quadrilateral pulled into a rectangle.

    Args:
        corners: 4 x 2, from the top left clockwise as the text is read.
        margin: added above, below and at both ends, as a share of the height.
    """
    points = np.asarray(corners, dtype=np.float64)
    across, down = points[1] - points[0], points[3] - points[0]
    width, height = float(np.hypot(*across)), float(np.hypot(*down))
    if margin and width and height:
        more, unit_across, unit_down = margin * height, across / width, down / height
        points = points + more * np.array(
            [-unit_across - unit_down, unit_across - unit_down, unit_across + unit_down, unit_down - unit_across]
        )
        width, height = width + 2 * more, height + 2 * more
    size = (max(1, round(width)), max(1, round(height)))
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(points.astype(np.float32), target)
    return np.asarray(
        cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        dtype=np.uint8,
    )


def find_text(image: Pixels, engine: Engine) -> list[TextPlace]:
    """The places of text; a tall picture, such as a whole web page, is looked at in pieces that overlap."""
    height, width = image.shape[:2]
    if height <= TALL * width:
        return engine.find(image)
    piece, overlap = round(PIECE * width), round(OVERLAP * width)
    found: list[TextPlace] = []
    for top in range(0, max(1, height - overlap), piece - overlap):
        bottom = min(height, top + piece)
        # What the cut goes through, or stands in both pieces, is taken from the piece that holds it whole.
        upper = top + overlap / 2 if top else 0.0
        lower = bottom - overlap / 2 if bottom < height else float(height)
        for place in engine.find(np.ascontiguousarray(image[top:bottom])):
            corners = place.corners + np.array([0, top], dtype=np.float32)
            if upper <= corners[:, 1].mean() < lower:
                found.append(replace(place, corners=corners))
    return found


def is_upside_down(image: Pixels, places: Sequence[TextPlace], engine: Engine) -> bool:
    """Whether the lines of text, which run level, stand on their heads."""
    crops: list[Pixels] = []
    for place in sorted(places, key=lambda one: -float(np.hypot(*(one.corners[1] - one.corners[0])))):
        made = crop(image, place.corners)
        height, width = made.shape[:2]
        if width < SHORTEST * height or len(crops) == SAMPLE:
            break
        # A piece from the middle of a long line tells as much.
        start = max(0, (width - SAMPLE_LENGTH * height) // 2)
        crops.append(np.ascontiguousarray(made[:, start : start + SAMPLE_LENGTH * height]))
    if not crops:
        return False
    upright = _legibility(crops, engine)
    if upright >= SURE_SCORE:
        return False
    return _legibility([np.ascontiguousarray(one[::-1, ::-1]) for one in crops], engine) > upright + 0.05


def _legibility(crops: Sequence[Pixels], engine: Engine) -> float:
    return sum(reading.score for reading in engine.read_labels(crops)) / len(crops)


def flat_frame(page: Pixels, engine: Engine) -> tuple[Frame, list[TextPlace]]:
    """The page's flat, upright frame, and the places of text in it."""
    frame = sheet_frame(page)
    image = frame.image(page)
    places = find_text(image, engine)
    angle, sideways = slant(places)
    if sideways:
        angle += 90.0
    if abs(angle) > 0.05:
        before, frame = frame, turned(frame, -angle)
        image = frame.image(page)
        # The detector reads text that runs up the page less well.
        change = frame.matrix @ np.linalg.inv(before.matrix)
        places = find_text(image, engine) if abs(angle) > 10 else moved(places, change)
    if is_upside_down(image, places, engine):
        before, frame = frame, turned(frame, 180.0)
        places = [_head_up(place) for place in moved(places, frame.matrix @ np.linalg.inv(before.matrix))]
    return frame, places


def moved(places: Sequence[TextPlace], matrix: NDArray[np.float64]) -> list[TextPlace]:
    """The places under a homography."""
    return [
        replace(place, corners=cv2.perspectiveTransform(place.corners[None].astype(np.float32), matrix)[0])
        for place in places
    ]


def _head_up(place: TextPlace) -> TextPlace:
    return replace(place, corners=place.corners[[2, 3, 0, 1]])
