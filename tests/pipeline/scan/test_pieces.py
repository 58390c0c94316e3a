"""Texts that stand apart in one box of the detector."""

from __future__ import annotations

import numpy as np

from pipeline.scan.pieces import numbers_apart, pieces

H = 20.0


def page(*inked: tuple[int, int, int, int]) -> np.ndarray:
    """White, with these boxes in black."""
    grey = np.full((200, 400), 240, np.uint8)
    for left, top, right, bottom in inked:
        grey[top:bottom, left:right] = 20
    return grey


def test_numbers_in_one_box_are_parted_and_digits_are_not() -> None:
    digits = [(50, 52, 58, 68), (61, 52, 69, 68), (90, 52, 98, 68)]
    assert pieces(page(*digits), [(45.0, 50.0, 120.0, 70.0)], H) == [(50, 50, 69, 70), (90, 50, 98, 70)]


def test_heads_of_several_lines_in_one_box() -> None:
    words = [(50, 50, 80, 66), (50, 74, 80, 90), (110, 50, 140, 66), (110, 74, 140, 90)]
    found = pieces(page(*words), [(45.0, 45.0, 150.0, 95.0)], H)
    assert sorted(found) == sorted((float(a), float(b), float(c), float(d)) for a, b, c, d in words)


def test_stains_and_strokes_are_no_texts() -> None:
    grey = page((50, 52, 58, 68), (80, 58, 82, 60), (90, 67, 170, 69))
    assert pieces(grey, [(45.0, 50.0, 180.0, 70.0)], H) == [(50, 50, 58, 70)]


def test_a_box_without_ink_stays() -> None:
    box = (45.0, 50.0, 180.0, 70.0)
    assert pieces(page((300, 100, 310, 120)), [box], H) == [box]


def test_a_number_close_behind_its_label_is_none_of_its_letters() -> None:
    """Closer than texts stand apart, but where the numbers of other rows begin."""
    lines = [[(20.0, 20.0 + 30 * row, 150.0, 40.0 + 30 * row), (200.0, 20.0 + 30 * row, 208.0, 40.0 + 30 * row)]
             for row in range(4)]  # fmt: skip
    letters = [(x, 140, x + 14, 156) for x in range(20, 180, 16)]
    joined = (20.0, 140.0, 208.0, 158.0)
    with_number = page(*letters, (200, 140, 208, 156))
    assert numbers_apart(with_number, [*lines, [joined]], H)[-1] == [(20, 140, 178, 158), (200, 140, 208, 158)]
    assert numbers_apart(page(*letters, (182, 140, 208, 156)), [*lines, [joined]], H)[-1] == [joined], "a letter"
    assert numbers_apart(with_number, [*lines[:3], [joined]], H)[-1] == [joined], "too few to say where numbers stand"
