"""Our own reader of number cells."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.ocr.ink import find_ink
from pipeline.ocr.number_network import HEIGHT, STEP, WIDEST, NumberNetwork, filled, window
from tests.pipeline.ocr.drawn import cell


@pytest.fixture(scope="module")
def network() -> NumberNetwork:
    return NumberNetwork()


def best(network: NumberNetwork, crops: list[NDArray[np.uint8]]) -> list[str]:
    return [reading.rivals[0][0] for reading in network.read_numbers(crops)]


def test_numbers(network: NumberNetwork) -> None:
    texts = ["0", "1", "7", "10", "11", "100", "408", "2024", "88888", "1023456", "319.15", ""]
    assert best(network, [cell(text, width=260) for text in texts]) == texts


def test_numbers_under_a_stroke_of_a_pen(network: NumberNetwork) -> None:
    """The reason why it is there."""
    draw = random.Random(8)
    texts = [str(draw.choice([0, 1, 4, 7, 23, 56, 408, 6152])) for _ in range(40)]
    crops = []
    for text in texts:
        crop = cell(text, width=200, height=80)
        ends = [(draw.randrange(-20, 90), draw.randrange(-10, 90)), (draw.randrange(110, 220), draw.randrange(-10, 90))]
        cv2.line(crop, *ends, (90, 90, 95), 2, cv2.LINE_AA)
        crops.append(crop)
    right = sum(one == text for one, text in zip(best(network, crops), texts, strict=True))
    assert right >= 37


def test_the_rest_of_the_batch_does_not_matter(network: NumberNetwork) -> None:
    draw = random.Random(3)
    crops = [cell(str(draw.randrange(10 ** draw.randrange(1, 8))), width=260) for _ in range(40)]
    together = network.read_numbers(crops)
    assert [network.read_numbers([crop])[0] for crop in crops[:8]] == together[:8]
    assert network.read_numbers(crops[::-1])[::-1] == together


def test_no_cells_no_answers(network: NumberNetwork) -> None:
    assert network.read_numbers([]) == []


def test_a_window_shows_the_ink_and_a_little_around_it() -> None:
    crop = cell("58", width=300, height=120)
    ink = find_ink(crop)
    assert ink is not None
    seen = window(crop, ink)
    assert seen.shape[0] == HEIGHT and seen.dtype == np.float32
    assert seen.min() == 0 and 0.99 < seen.max() <= 1
    left, top, right, bottom = ink.box
    assert 1.2 * (right - left) / (bottom - top) < seen.shape[1] / HEIGHT < 2.5 * (right - left) / (bottom - top)


def test_a_line_of_digits_beyond_all_measure_is_squeezed() -> None:
    crop = cell("9" * 60, width=1800, height=40)
    ink = find_ink(crop)
    assert ink is not None
    assert window(crop, ink).shape == (HEIGHT, WIDEST)


def test_windows_are_filled_up_with_paper() -> None:
    made = filled([np.ones((HEIGHT, 20), np.float32), np.ones((HEIGHT, 40), np.float32)])
    assert made.shape == (2, 1, HEIGHT, 2 * STEP)
    assert made[0, 0, :, :20].all() and not made[0, 0, :, 20:].any()


@pytest.mark.parametrize("x", [60, 200, 340])
def test_where_the_digits_stand(network: NumberNetwork, x: int) -> None:
    crop = np.full((60, 400, 3), 248, np.uint8)
    cv2.putText(crop, "83", (x - 20, 40), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (25, 25, 25), 2, cv2.LINE_AA)
    (reading,) = network.read_numbers([crop])
    assert reading.extent is not None
    start, end = (400 * share for share in reading.extent)
    assert abs(start - (x - 20)) < 12 and abs(end - (x + 18)) < 12
    assert network.read_numbers([cell("", width=200)])[0].extent is None
