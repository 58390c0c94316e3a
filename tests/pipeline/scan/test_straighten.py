from __future__ import annotations

import cv2
import numpy as np

from pipeline.scan.frame import Frame
from pipeline.scan.rules import find_rules
from pipeline.scan.straighten import field_of, traced

from .drawn import paper, place, ruled


def curled(size: tuple[int, int] = (1200, 1600)) -> np.ndarray:
    """A ruled table on a sheet whose middle bulges by 14 pixels."""
    image = np.repeat(ruled(paper(*size), range(200, 1401, 60), range(100, 1101, 100))[:, :, None], 3, axis=2)
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    bulged = (y + 14 * np.sin(np.pi * x / size[0])).astype(np.float32)
    return np.asarray(cv2.remap(image, x, bulged, cv2.INTER_LINEAR, borderValue=(255, 255, 255)))


def spread(lines: list[np.ndarray], axis: int) -> float:
    long = [line for line in lines if len(line) > 20]
    assert len(long) > 5
    return max(float(np.ptp(line[:, axis])) for line in long)


def test_a_curled_page_becomes_straight() -> None:
    page = curled()
    frame = Frame(np.eye(3), 1200, 1600)
    masks = find_rules(page[..., 0])
    assert spread(traced(masks.level, True), 1) > 8
    field = field_of(frame, masks, [])
    assert field is not None
    straight = frame.straightened(field).image(page)
    assert spread(traced(find_rules(straight[..., 0]).level, True), 1) < 2.5


def test_a_straight_page_is_left_alone() -> None:
    image = ruled(paper(), range(200, 1401, 60), range(100, 1101, 100))
    assert field_of(Frame(np.eye(3), 1200, 1600), find_rules(image), []) is None


def test_lines_of_text_straighten_a_page_without_rules() -> None:
    places = []
    for y in range(100, 1500, 40):
        for x in range(100, 1000, 300):
            one = place(x, y, x + 280, y + 22)
            one.corners[:, 1] += 20 * ((one.corners[:, 0] - 600) / 600) ** 2
            places.append(one)
    masks = find_rules(paper())
    field = field_of(Frame(np.eye(3), 1200, 1600), masks, places)
    assert field is not None
    moved = field.displacement(np.array([(100.0, 800.0), (600.0, 800.0), (1100.0, 800.0)]))
    assert moved[0, 1] - moved[1, 1] < -10 and moved[2, 1] - moved[1, 1] < -10
