"""What PDFium says of one page: its pixels, its characters, the boxes filled with colours, its thin lines.

Boxes are left, top, right, bottom in points, origin at the top left of the page.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from pipeline.document import Box
from training.synth.sheet_html import KEYED

THIN = 4.5
"""Points. A drawn thing that is thinner is a line."""
LONG = 40.0
"""Points. A line that is shorter belongs to a letter or a picture."""


@dataclass(frozen=True, slots=True)
class Glyph:
    text: str
    ink: Box
    advance: float
    """Width from this character to the next, in points; about the font size for a Chinese character."""


def raster(page: Any, dpi: float) -> NDArray[np.uint8]:
    """Height x width x 3, red, green, blue."""
    bitmap = page.render(scale=dpi / 72, rev_byteorder=True, prefer_bgrx=False)
    image: NDArray[np.uint8] = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8, copy=True)
    bitmap.close()
    return image


def glyphs(page: Any) -> list[Glyph]:
    """Characters with ink, in the order of the content."""
    _, height = page.get_size()
    text = page.get_textpage()
    found = []
    edges = [ctypes.c_double() for _ in range(4)]
    loose = pdfium.FS_RECTF()
    for index in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text.raw, index)
        if code <= 32 or code == 0x3000 or code == 0xA0 or pdfium.FPDFText_IsGenerated(text.raw, index) == 1:
            continue
        if 0xDC00 <= code < 0xE000 or not pdfium.FPDFText_GetCharBox(text.raw, index, *edges):
            continue
        if 0xD800 <= code < 0xDC00:
            # PDFium gives a character beyond the first plane as the two halves of its UTF-16, each with its box.
            code = 0x10000 + (code - 0xD800) * 0x400 + pdfium.FPDFText_GetUnicode(text.raw, index + 1) - 0xDC00
        left, right, bottom, top = (edge.value for edge in edges)
        pdfium.FPDFText_GetLooseCharBox(text.raw, index, loose)
        found.append(Glyph(_plain(code), (left, height - top, right, height - bottom), loose.right - loose.left))
    text.close()
    return found


def keyed_boxes(page: Any) -> dict[int, Box]:
    """Place of every cell of the second rendering that shows on this page, by its key."""
    found: dict[int, Box] = {}
    for colour, box in _paths(page):
        if colour is not None and colour[0] == KEYED:
            key = colour[1] * 256 + colour[2]
            old = found.get(key, box)
            found[key] = (min(old[0], box[0]), min(old[1], box[1]), max(old[2], box[2]), max(old[3], box[3]))
    return found


def thin_lines(page: Any) -> list[Box]:
    """Drawn things that are long and thin, whatever they are for."""
    boxes = []
    for _, box in _paths(page):
        width, height = box[2] - box[0], box[3] - box[1]
        if min(width, height) < THIN and max(width, height) > LONG:
            boxes.append(box)
    return boxes


def _paths(page: Any) -> Iterator[tuple[tuple[int, int, int] | None, Box]]:
    """Drawn things with the colour that fills them; None where they are only stroked."""
    _, height = page.get_size()
    channels = [ctypes.c_uint() for _ in range(4)]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = item.get_bounds()
        pdfium.FPDFPageObj_GetFillColor(item.raw, *channels)
        red, green, blue = (channel.value for channel in channels[:3])
        filled = pdfium.FPDFPath_GetDrawMode(item.raw, fill, stroke) and fill.value
        yield (red, green, blue) if filled else None, (left, height - top, right, height - bottom)


def _plain(code: int) -> str:
    """Fonts that share a glyph between a character and its radical or its compatibility form name either."""
    text = chr(code)
    return unicodedata.normalize("NFKC", text) if 0x2E80 <= code < 0x2FE0 or 0xF900 <= code < 0xFB00 else text
