"""Small pictures of tables with known rules, and an engine's answers where only their shape matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

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


NUMBERS = [
    [str((7 * row * row + 13 * column) % 1000 if (row + column) % 3 else 0) for column in range(7)] for row in range(9)
]
"""What stands in the cells of `number_page`."""


def number_page(dpi: int = 150, ruled_row: int | None = None) -> NDArray[np.uint8]:
    """A page with two lines of text and a table of numbers, RGB; ruled, or with rules around one of its rows alone."""
    scale = dpi / 150
    size = (round(1240 * scale), round(1754 * scale))
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    large, small = ImageFont.load_default(34 * scale), ImageFont.load_default(24 * scale)
    draw.text((150 * scale, 120 * scale), "Annual report on the disclosure of information", fill="black", font=large)
    draw.text((150 * scale, 200 * scale), "The table below shows all applications of 2024", fill="black", font=small)
    rows = [round((300 + 60 * i) * scale) for i in range(10)]
    columns = [round((150 + 130 * i) * scale) for i in range(8)]
    framed = rows if ruled_row is None else rows[ruled_row : ruled_row + 2]
    for y in framed:
        draw.line([(columns[0], y), (columns[-1], y)], fill="black", width=2)
    for x in columns:
        draw.line([(x, framed[0]), (x, framed[-1])], fill="black", width=2)
    for row, texts in enumerate(NUMBERS):
        for column, text in enumerate(texts):
            middle = ((columns[column] + columns[column + 1]) / 2, (rows[row] + rows[row + 1]) / 2)
            draw.text(middle, text, fill="black", font=small, anchor="mm")
    return np.asarray(picture, dtype=np.uint8).copy()
