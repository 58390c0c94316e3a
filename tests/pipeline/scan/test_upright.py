from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from pipeline.ocr.engine import TextPlace
from pipeline.scan.sheet import sheet_frame
from pipeline.scan.upright import crop, slant

from .drawn import place


def tilted(degrees: float) -> list[TextPlace]:
    """Ten lines of text on a page that leans to the right by so much."""
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]], dtype=np.float32)
    return [
        TextPlace((place(100, 100 + 40 * i, 700, 125 + 40 * i).corners @ turn).astype(np.float32), 0.9)
        for i in range(10)
    ]


@pytest.mark.parametrize("degrees", [0.0, 0.4, -2.0, 5.0, -5.0, 30.0])
def test_the_slant_of_lines_of_text(degrees: float) -> None:
    angle, sideways = slant(tilted(degrees))
    assert not sideways and angle == pytest.approx(degrees, abs=0.05)


@pytest.mark.parametrize("degrees", [90.0, 88.0, -91.0])
def test_text_that_runs_up_or_down_the_page(degrees: float) -> None:
    angle, sideways = slant(tilted(degrees))
    assert sideways and math.sin(2 * math.radians(angle - degrees + 90)) == pytest.approx(0.0, abs=0.01)


def test_a_page_without_text_is_level() -> None:
    assert slant([]) == (0.0, False)


def test_the_sheet_in_a_photo_fills_the_frame() -> None:
    photo = np.full((1200, 1000, 3), (60, 70, 90), dtype=np.uint8)
    corners = np.array([(120, 90), (880, 140), (930, 1100), (70, 1050)], dtype=np.int32)
    cv2.fillConvexPoly(photo, corners, (240, 240, 235))
    frame = sheet_frame(photo)
    found = frame.quad((0, 0, frame.width, frame.height))
    assert np.abs(found - corners).max() < 12


def test_a_scan_without_a_background_stays_whole() -> None:
    scan = np.full((1400, 1000, 3), 250, dtype=np.uint8)
    scan[200:1200:40, 100:900] = 20
    frame = sheet_frame(scan)
    assert (frame.width, frame.height) == (1000, 1400) and np.allclose(frame.matrix, np.eye(3))


def test_a_large_picture_is_made_smaller() -> None:
    frame = sheet_frame(np.full((6000, 4400, 3), 250, dtype=np.uint8))
    assert (frame.width, frame.height) == (2200, 3000)


def test_a_crop_of_a_leaning_line_is_level() -> None:
    image = np.full((200, 300, 3), 255, dtype=np.uint8)
    corners = np.array([(50, 60), (250, 80), (248, 100), (48, 80)], dtype=np.float32)
    cv2.fillConvexPoly(image, corners.astype(np.int32), (0, 0, 0))
    made = crop(image, corners)
    assert made.shape[1] == pytest.approx(201, abs=2) and (made[3:-3, 3:-3] < 128).mean() > 0.95


def test_a_shadow_does_not_cut_the_sheet_in_two() -> None:
    photo = np.full((1400, 1000, 3), (120, 45, 40), dtype=np.uint8)
    photo[100:1300, 80:920] = 240
    shade = np.linspace(1.0, 0.45, 1400)[:, None, None]
    frame = sheet_frame(np.asarray(photo * shade, dtype=np.uint8))
    assert abs(frame.width - 840) < 12 and abs(frame.height - 1200) < 12


def test_a_sheet_lit_from_one_side_is_told_by_its_colour() -> None:
    """At the dark side it is as dark as the wood is at the bright one."""
    photo = np.full((1400, 1000, 3), (190, 160, 125), dtype=np.uint8)
    photo[100:1300, 80:920] = 240
    light = np.linspace(1.0, 0.35, 1000)[None, :, None]
    frame = sheet_frame(np.asarray(photo * light, dtype=np.uint8))
    assert abs(frame.width - 840) < 12 and abs(frame.height - 1200) < 12


def test_a_tinted_table_is_no_sheet() -> None:
    page = np.full((1000, 1400, 3), 225, dtype=np.uint8)
    page[200:600, 100:1300] = (235, 222, 190)
    frame = sheet_frame(page)
    assert (frame.width, frame.height) == (1400, 1000)
