"""What the detector of text takes for text, and is none."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.document import Box
from pipeline.scan.lattice import Lattice, with_places
from pipeline.scan.parts import TextPart, without_rule_pieces, without_specks

from .drawn import paper

LETTERS = [TextPart((100.0, float(y), 180.0, float(y + 30))) for y in (100, 200, 300)]


def test_specks_are_no_text_but_a_piece_of_a_digit_is() -> None:
    image = paper()
    cv2.putText(image, "0", (300, 125), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    image[210:218, 300:308] = 0
    speck, of_a_digit = (TextPart((299.0, float(y), 309.0, float(y + 10))) for y in (209, 110))
    assert without_specks([*LETTERS, speck, of_a_digit], image) == [*LETTERS, of_a_digit]
    assert without_specks([], image) == []


def test_pieces_of_broken_rules_are_no_ones() -> None:
    """Beside a rule, and where a border stands that few rows have, a narrow text is a number."""
    rows, columns = (90.0, 150.0, 250.0, 350.0), (80.0, 300.0, 500.0, 700.0)
    upright = np.ones((3, 4))
    upright[:2, 2] = 0.0
    lattice = with_places(Lattice(rows, columns, np.ones((4, 3)), upright, ()))

    def at(x: float, y: float = 200.0) -> TextPart:
        box: Box = (x - 12, y - 20, x + 12, y + 20)
        return TextPart(box)

    kept = [at(320), at(500), at(300, 400)]
    assert without_rule_pieces([*kept, at(80), at(298), at(702)], lattice) == kept
