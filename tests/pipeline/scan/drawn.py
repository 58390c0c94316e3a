"""Small pictures of tables with known rules, and an engine's answers where only their shape matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.ocr.engine import TextPlace

if TYPE_CHECKING:
    from numpy.typing import NDArray


def paper(width: int = 1200, height: int = 1600) -> NDArray[np.uint8]:
    return np.full((height, width), 255, dtype=np.uint8)


def ruled(
    image: NDArray[np.uint8],
    rows: Sequence[int],
    columns: Sequence[int],
    without: Sequence[tuple[str, int, int]] = (),
    thickness: int = 2,
) -> NDArray[np.uint8]:
    """Draws the rules of a table.

    Args:
        without: edges left out: ("level", border, column) or ("upright", row, border).
    """
    for border, y in enumerate(rows):
        for column in range(len(columns) - 1):
            if ("level", border, column) not in without:
                cv2.line(image, (columns[column], y), (columns[column + 1], y), 0, thickness)
    for border, x in enumerate(columns):
        for row in range(len(rows) - 1):
            if ("upright", row, border) not in without:
                cv2.line(image, (x, rows[row]), (x, rows[row + 1]), 0, thickness)
    return image


def place(left: float, top: float, right: float, bottom: float) -> TextPlace:
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], dtype=np.float32)
    return TextPlace(corners, 0.9)
