"""Lines of text: found on a page, read from crops."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.ocr.load import load_engine
from tests.pipeline.ocr.drawn import page

LINES = ["一、总体情况", "本年度共收到申请 23 件，", "自然人 18 件，法人 5 件。", "0    1    7    0"]


@pytest.mark.parametrize("name", ["small", "tiny"])
def test_found_and_read(name: str) -> None:
    image, engine = page(LINES), load_engine(name)
    places = engine.find(image)
    read = ""
    for place in places:
        left, top = np.maximum(np.floor(place.corners.min(axis=0)).astype(int), 0)
        right, bottom = np.ceil(place.corners.max(axis=0)).astype(int)
        read += engine.read([image[top:bottom, left:right]])[0].text
        assert 0 < place.score <= 1
    assert read.replace(" ", "") == "".join(LINES).replace(" ", "")


def test_corners_run_clockwise_from_the_top_left() -> None:
    for place in load_engine().find(page(LINES)):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = place.corners
        assert x0 < x1
        assert x3 < x2
        assert y0 < y3
        assert y1 < y2


def test_spans_tell_where_the_characters_stand() -> None:
    crop = page(["自然人法人商业企业"])[95:145, 90:390]
    (reading,) = load_engine().read([crop])
    assert reading.text == "自然人法人商业企业"
    assert len(reading.spans) == len(reading.text)
    for place, (left, right) in enumerate(reading.spans):
        middle = (10 + 30 * (place + 0.5)) / 300
        assert left <= right
        assert abs((left + right) / 2 - middle) < 0.035


def test_nothing_to_read() -> None:
    engine = load_engine()
    assert engine.find(np.full((400, 300, 3), 255, np.uint8)) == []
    assert engine.read([]) == []
    assert engine.read_numbers([]) == []
    assert engine.read([np.full((30, 80, 3), 255, np.uint8)])[0].text == ""
