from __future__ import annotations

import shutil

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.document import Reading
from pipeline.ocr.engine import NumberReading, TextReading
from pipeline.ocr.load import load_engine
from pipeline.scan.cells import CellText, doubtful_blanks, numbers_apart, read_cells
from pipeline.scan.ink import ink, without_pen
from pipeline.scan.lattice import Lattice, Place, with_places
from pipeline.scan.parts import TextPart, by_cell, printed
from pipeline.scan.rivals import PARTED, number_alone, number_readings
from training.synth.fonts import font_file


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


@pytest.mark.parametrize("beyond", ["", "57"])
def test_a_box_that_reaches_over_a_border_cuts_a_number_only_where_print_goes_on(beyond: str) -> None:
    """A detector takes the border, or a stroke of a pen, for a part of the number beside it."""
    image = np.full((80, 420, 3), 255, np.uint8)
    cv2.line(image, (200, 0), (200, 79), (0, 0, 0), 3)
    cv2.putText(image, "83", (140, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0, 0, 0), 2, cv2.LINE_AA)
    cv2.putText(image, beyond, (210, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0, 0, 0), 2, cv2.LINE_AA)
    lattice = with_places(Lattice((4.0, 76.0), (4.0, 100.0, 200.0, 416.0), np.ones((2, 3)), np.ones((1, 4)), ()))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    read = read_cells(image, grey, grey, lattice, [TextPart((136.0, 24.0, 252.0, 62.0))], load_engine())[Place(0, 1)]
    assert read.readings[0].text == "83" and read.cut == bool(beyond)
    assert (read.readings[0].score > PARTED) != bool(beyond)


def test_a_stroke_over_a_border_far_from_the_digits_does_not_part_the_number() -> None:
    """A pen's stroke through two cells: the detector takes it for a line of text, and there is print beyond."""
    image = np.full((80, 620, 3), 255, np.uint8)
    cv2.line(image, (300, 0), (300, 79), (0, 0, 0), 3)
    cv2.putText(image, "83", (150, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0, 0, 0), 2, cv2.LINE_AA)
    cv2.putText(image, "57", (310, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0, 0, 0), 2, cv2.LINE_AA)
    lattice = with_places(Lattice((4.0, 76.0), (4.0, 100.0, 300.0, 616.0), np.ones((2, 3)), np.ones((1, 4)), ()))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    read = read_cells(image, grey, grey, lattice, [TextPart((146.0, 24.0, 352.0, 62.0))], load_engine())[Place(0, 1)]
    assert read.readings[0].text == "83" and not read.cut and read.readings[0].score > PARTED


@pytest.mark.parametrize(("width", "texts"), [(700, "-4 233"), (300, "-4 233")])
def test_two_numbers_far_apart_in_one_cell_are_two(width: int, texts: str) -> None:
    """The border between two columns was lost in one row; read together they were -4233."""
    image = np.full((80, 1000, 3), 255, np.uint8)
    ends = [(60, "-4"), (width - 90, "233")]
    for x, text in ends:
        cv2.putText(image, text, (x, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0, 0, 0), 2, cv2.LINE_AA)
    parts = [TextPart((x - 4.0, 26.0, x + 22.0 * len(text), 60.0)) for x, text in ends]
    lattice = with_places(Lattice((4.0, 76.0), (4.0, float(width), 996.0), np.ones((2, 2)), np.ones((1, 3)), ()))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    read = read_cells(image, grey, grey, lattice, parts, load_engine())
    assert read[Place(0, 0)].shared and read[Place(0, 0)].readings[0].text == texts
    assert not read[Place(0, 1)].shared


def test_a_blank_beside_two_numbers_says_nothing() -> None:
    """Taken for 0, it let the sum tell that the cell with both held 2: wrong, and accepted."""

    def cell(text: str) -> CellText:
        return CellText((Reading(text, "x", 1.0),), True)

    read = {Place(0, column): cell(text) for column, text in enumerate(("1", "", "0 2", "", "", "5"))}
    assert doubtful_blanks(read) == {Place(0, 1): CellText((), True), Place(0, 3): CellText((), True)}
    assert doubtful_blanks({Place(0, 0): cell("2 3"), Place(1, 1): cell("")}) == {}, "another row"


def test_a_piece_of_a_rule_is_no_number_of_the_cell() -> None:
    """A detector takes thick broken rules for text, which reaches into the next cell."""
    number = TextPart((116.0, 26.0, 142.0, 60.0))
    rule = TextPart((376.0, 22.0, 396.0, 60.0), beyond=((396.0, 22.0, 402.0, 60.0),))
    assert numbers_apart([number, rule]) == [[number]]


def test_a_number_with_dirt_beside_it_is_one() -> None:
    image = np.full((80, 400, 3), 255, np.uint8)
    cv2.putText(image, "8", (120, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0, 0, 0), 2, cv2.LINE_AA)
    image[38:42, 300:303] = 60
    lattice = with_places(Lattice((4.0, 76.0), (4.0, 400.0), np.ones((2, 1)), np.ones((1, 2)), ()))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    parts = [TextPart((116.0, 26.0, 142.0, 60.0)), TextPart((296.0, 30.0, 307.0, 50.0))]
    read = read_cells(image, grey, grey, lattice, parts, load_engine())[Place(0, 0)]
    assert not read.shared and read.readings[0].text == "8"


@pytest.mark.skipif(shutil.which("fc-match") is None, reason="no fontconfig")
def test_characters_of_a_stamp_below_a_number_are_dirt() -> None:
    """In the last row of a block, where no heads are, they made a word of the cell and it lost its number."""
    image = np.full((280, 790, 3), 255, np.uint8)
    for row in range(3):
        for column in range(7):
            digit, where = str((row * 7 + column) % 10), (50 + 110 * column, 60 + 90 * row)
            cv2.putText(image, digit, where, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (0, 0, 0), 2, cv2.LINE_AA)
    page = Image.fromarray(image)
    path, index = font_file("Noto Serif CJK SC")
    stamp = ImageFont.truetype(path, 20, index=index)
    ImageDraw.Draw(page).text((20, 246), "四团办", fill=(90, 90, 90), font=stamp)
    image = np.array(page)
    corners = [(46.0 + 110 * column, 30.0 + 90 * row) for row in range(3) for column in range(7)]
    parts = [TextPart((x, y, x + 26, y + 34)) for x, y in corners]
    columns = tuple(4.0 + 110 * column for column in range(8))
    lattice = with_places(Lattice((4.0, 94.0, 184.0, 274.0), columns, np.ones((4, 7)), np.ones((3, 8)), ()))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    seen = [*parts, TextPart((14.0, 244.0, 104.0, 272.0))]
    assert read_cells(image, grey, grey, lattice, seen, load_engine())[Place(2, 0)].readings[0].text == "4"


def test_digits_that_a_detector_parts_are_of_one_number() -> None:
    near = [TextPart((10.0, 0.0, 40.0, 30.0)), TextPart((60.0, 0.0, 90.0, 30.0))]
    far = TextPart((160.0, 0.0, 190.0, 30.0))
    assert numbers_apart([far, *near]) == [near, [far]]
    assert numbers_apart([*near, TextPart((160.0, 0.0, 190.0, 30.0), mark=True)]) == [near]


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


@pytest.mark.parametrize("colour", [(80, 85, 150), (225, 95, 105)], ids=["pen", "seal"])
def test_a_thin_stroke_goes_though_its_file_has_half_of_its_colour(colour: tuple[int, int, int]) -> None:
    """JPEG keeps colour at half the resolution; a number under strokes of a pen was read as 9 of 1649."""
    image = np.full((300, 300, 3), 250, np.uint8)
    cv2.line(image, (20, 40), (280, 75), colour, 2, cv2.LINE_AA)
    cv2.line(image, (150, 20), (150, 280), (10, 10, 10), 4, cv2.LINE_AA)
    image[200:260, 200:260] = (90, 90, 190)
    _, stored = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 60])
    image = cv2.cvtColor(cv2.imdecode(stored, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB).astype(np.uint8)
    without = without_pen(image, ink(image))
    assert without[30:90, 20:140].min() > 200, "the stroke"
    assert without[180:280, 150].max() < 60 and without[56:60, 150].max() < 60, "print, also where the stroke crosses"


def test_a_page_without_blue_is_the_very_same() -> None:
    image = np.full((300, 300, 3), 250, np.uint8)
    image[100:200, 40:44] = 30
    grey = ink(image)
    assert without_pen(image, grey) is grey
