from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.scan.frame import Field, Frame
from pipeline.scan.upright import turned

BENT = Field((1000.0, 1400.0), np.array([6.0, -8.0, 2.0, 5.0, 3.0, -4.0]), np.array([-5.0, 10.0, 3.0, 6.0, -2.0, 4.0]))


@given(st.floats(0, 1000), st.floats(0, 1400))
def test_points_come_back_through_a_bent_frame(x: float, y: float) -> None:
    frame = turned(Frame(np.diag([0.5, 0.5, 1.0]), 1000, 1400), 3.0).straightened(BENT)
    there = np.array([[x, y]])
    assert np.allclose(frame.from_page(frame.to_page(there)), there, atol=0.01)


def test_a_quarter_turn_brings_the_top_to_the_right() -> None:
    page = np.full((100, 60, 3), 255, dtype=np.uint8)
    page[5:10, 20:40] = 0
    frame = turned(Frame(np.eye(3), 60, 100), 90.0)
    image = frame.image(page)
    assert image.shape == (60, 100, 3)
    y, x = np.nonzero(image[..., 0] < 128)
    assert x.min() > 85 and 15 < y.mean() < 45


def test_the_image_shows_at_a_point_what_the_page_shows_there() -> None:
    page = np.full((1400, 1000, 3), 255, dtype=np.uint8)
    page[700:710, 300:310] = 0
    frame = Frame(np.eye(3), 1000, 1400).straightened(BENT)
    y, x = np.nonzero(frame.image(page)[..., 0] < 128)
    expected = frame.from_page(np.array([[304.5, 704.5]]))[0]
    assert abs(x.mean() - expected[0]) < 1 and abs(y.mean() - expected[1]) < 1


def test_the_box_on_the_page_holds_all_corners() -> None:
    frame = turned(Frame(np.eye(3), 1000, 1400), 5.0)
    left, top, right, bottom = frame.page_box((100, 100, 400, 200))
    corners = frame.quad((100, 100, 400, 200))
    assert left <= corners[:, 0].min() and right >= corners[:, 0].max()
    assert top <= corners[:, 1].min() and bottom >= corners[:, 1].max()
