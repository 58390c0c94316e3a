from __future__ import annotations

import numpy as np
import pytest

from pipeline.document import Reading
from pipeline.ocr.engine import NumberReading, TextReading
from pipeline.scan.cells import TextPart, by_cell, printed
from pipeline.scan.ink import ink, without_pen
from pipeline.scan.lattice import Lattice, Place, with_places
from pipeline.scan.rivals import number_alone, number_readings


def found(*rivals: tuple[str, float], general: str = "", score: float = 0.0) -> NumberReading:
    return NumberReading(rivals, TextReading(general, score))


def texts(readings: tuple[Reading, ...]) -> list[tuple[str, float]]:
    return [(one.text, round(one.score, 3)) for one in readings]


def test_a_long_dash_before_a_digit_is_a_minus_sign() -> None:
    assert texts(number_readings(found(("—4", 0.7), ("-4", 0.25), ("14", 0.05)), "x")) == [("-4", 0.95), ("14", 0.05)]


def test_of_a_leading_zero_either_digit_may_be_a_stroke() -> None:
    assert texts(number_readings(found(("04", 0.6), ("4", 0.2)), "x")) == [("4", 0.5), ("0", 0.3)]


def test_letters_are_a_number_that_was_read_badly() -> None:
    seen = found(("pQ", 0.4), ("0", 0.2), general="pQ", score=0.5)
    assert texts(number_readings(seen, "x", seen=True)) == [("0", 0.2)]


def test_words_are_words() -> None:
    seen = found(("规章", 0.9), ("", 0.05), general="规章", score=0.99)
    assert texts(number_readings(seen, "x")) == [("规章", 0.99)]


def test_what_nobody_can_read_says_nothing() -> None:
    assert number_alone(found(("pQ", 0.9)), "x") == ()


def test_what_shows_through_from_the_back_is_no_text() -> None:
    grey = np.full((200, 400), 235, np.uint8)
    boxes = [(10.0, 10.0, 60.0, 30.0), (10.0, 60.0, 60.0, 80.0), (10.0, 110.0, 60.0, 130.0), (200.0, 10.0, 260.0, 30.0)]
    for (left, top, right, bottom), dark in zip(boxes, (30, 40, 30, 190), strict=True):
        grey[int(top) + 6 : int(bottom) - 6, int(left) + 4 : int(right) - 4 : 3] = dark
    assert [part.box for part in printed([TextPart(box) for box in boxes], grey)] == boxes[:3]


@pytest.mark.parametrize(("right", "cut"), [(108.0, False), (118.0, True)])
def test_a_text_is_cut_where_it_reaches_far_into_the_next_cell(right: float, cut: bool) -> None:
    lattice = with_places(Lattice((0.0, 40.0), (0.0, 100.0, 200.0), np.ones((2, 2)), np.ones((1, 3)), ()))
    inside = by_cell(lattice, [TextPart((60.0, 5.0, right, 35.0))])
    assert [part.cut for part in inside[Place(0, 0)]] == [cut]


def test_a_box_that_reaches_over_the_edge_of_the_table_is_not_cut() -> None:
    lattice = with_places(Lattice((0.0, 40.0), (0.0, 100.0, 200.0), np.ones((2, 2)), np.ones((1, 3)), ()))
    inside = by_cell(lattice, [TextPart((180.0, 5.0, 225.0, 35.0))])
    assert [part.cut for part in inside[Place(0, 1)]] == [False]


def test_a_blue_pen_and_the_rest_of_a_seal_go_and_black_print_stays() -> None:
    image = np.full((300, 300, 3), 250, np.uint8)
    image[100:200, 40:44] = 30
    image[150:154, 20:120] = (60, 60, 130)
    image[100:200, 200:204] = (200, 40, 40)
    grey = ink(image)
    without = without_pen(image, grey)
    assert grey[152, 100] < 170 and without[152, 100] > 215
    assert without[120, 41] < 60
    assert without[150, 202] > 215


def test_a_page_without_blue_is_the_very_same() -> None:
    image = np.full((300, 300, 3), 250, np.uint8)
    image[100:200, 40:44] = 30
    grey = ink(image)
    assert without_pen(image, grey) is grey
