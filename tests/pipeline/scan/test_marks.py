"""Characters of a seal beside words in print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.scan.marks import marked
from pipeline.scan.parts import TextPart

RED, BLUE, BLACK, GREY = (215, 60, 70), (45, 55, 150), (20, 20, 20), (110, 110, 112)
Colour = tuple[int, int, int]


def page(*words: tuple[str, Colour]) -> tuple[NDArray[np.uint8], list[TextPart]]:
    """Words one below the other, each in its colour, saved as a scanner does."""
    image = np.full((60 * len(words), 400, 3), 250, np.uint8)
    parts = []
    for row, (text, colour) in enumerate(words):
        cv2.putText(image, text, (20, 60 * row + 42), cv2.FONT_HERSHEY_SIMPLEX, 1.1, colour, 3, cv2.LINE_AA)
        parts.append(TextPart((15.0, 60.0 * row + 12, 200.0, 60.0 * row + 50)))
    _, saved = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 70])
    return np.ascontiguousarray(cv2.imdecode(saved, cv2.IMREAD_COLOR)[:, :, ::-1]), parts


PRINT = [("1234", BLACK)] * 4


@pytest.mark.parametrize(("colour", "mark"), [(RED, True), (BLUE, True), (GREY, False), (BLACK, False)])
def test_what_is_coloured_among_black_print_is_a_mark(colour: Colour, mark: bool) -> None:
    image, parts = page(*PRINT, ("ABC", colour))
    assert [part.mark for part in marked(parts, image)] == [False] * 4 + [mark]


def test_a_report_that_is_printed_in_colour_has_no_marks() -> None:
    image, parts = page(*[("1234", BLUE)] * 3, ("1234", BLACK))
    assert not any(part.mark for part in marked(parts, image))


def test_print_under_a_seal_is_print() -> None:
    image, parts = page(*PRINT, ("88", BLACK))
    ring = image.copy()
    cv2.circle(ring, (60, 270), 60, RED, 5)
    image = np.minimum(image, ring)
    assert not any(part.mark for part in marked(parts, image))


def test_a_rule_through_a_mark_is_not_the_marks() -> None:
    image, parts = page(*PRINT, ("ABC", RED))
    cv2.line(image, (60, 240), (60, 299), BLACK, 3)
    assert [part.mark for part in marked(parts, image)] == [False] * 4 + [True]


def test_a_page_without_text_has_none() -> None:
    assert marked([], np.full((50, 50, 3), 255, np.uint8)) == []
