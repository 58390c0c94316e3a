"""Pages of a PDF, and images on its pages, as pictures whose pixels are drawn when they are asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2

from pipeline.document import Box, Page, Picture, Source
from pipeline.errors import E105, GoujiError
from pipeline.read.pdf_characters import Character
from pipeline.read.pdf_drawing import PlacedImage
from pipeline.read.pdf_frame import Frame, displayed, frame_size, upright
from pipeline.read.pictures import LEAST_HEIGHT, LEAST_WIDTH

if TYPE_CHECKING:
    from pipeline.document import Pixels

PICTURE_WIDTH = 0.3
"""Share of the page width from which on an image may hold a table; below, it is a seal or an emblem."""
PICTURE_HEIGHT = 40.0
"""Points; the same for the height."""
CAPTION = 40
"""Characters. An image under more text than this is a background."""
FINE_ENOUGH = 200 / 72
"""Pixels a point for what is drawn by rules and glyphs, which have no resolution of their own."""
LOW, HIGH = (150 / 72, 1240.0), (300 / 72, 2480.0)
"""Pixels a point, and pixels on the short side of the page: A4 at 150 and 300 dots an inch. A page whose size in
points means nothing, as image programs write them, is held to the pixels."""
SHORT_SIDE = 2828.0
"""Pixels on the short side, 4000 on the long one of A4."""
MAX_PIXELS = 40_000_000
_TOUCHING = 1.5
"""Points between two strips of one image."""


@dataclass(frozen=True, slots=True)
class Area:
    """An image, or strips of one, in the upright frame of a page."""

    box: Box
    width: int
    height: int
    """Pixels; 0 where unknown."""

    @property
    def scale(self) -> float:
        """Pixels a point, in the finer direction; 0 where unknown."""
        x0, y0, x1, y1 = self.box
        return max(self.width / max(x1 - x0, 0.1), self.height / max(y1 - y0, 0.1))

    @property
    def size(self) -> float:
        """Square points."""
        x0, y0, x1, y1 = self.box
        return (x1 - x0) * (y1 - y0)


def image_areas(images: Iterable[PlacedImage], frame: Frame) -> list[Area]:
    """The images of a page, those that writers cut into strips put together again."""
    areas: list[Area] = []
    for image in images:
        area = Area(upright(frame, *image.box), image.width, image.height)
        joined = _joined(areas[-1], area) if areas else None
        if joined is None:
            areas.append(area)
        else:
            areas[-1] = joined
    return areas


def _joined(above: Area, below: Area) -> Area | None:
    x0, y0, x1, y1 = above.box
    left, top, right, bottom = below.box
    if max(abs(x0 - left), abs(x1 - right)) > _TOUCHING or above.width != below.width:
        return None
    if abs(top - y1) <= _TOUCHING:
        return Area((x0, y0, x1, bottom), above.width, above.height + below.height)
    if abs(bottom - y0) <= _TOUCHING:
        return Area((x0, top, x1, y1), above.width, above.height + below.height)
    return None


def page_picture(data: bytes, page: Page, areas: Sequence[Area]) -> Picture:
    """The page as a whole, at the resolution of the image that dominates it."""
    scale = _fit_scale(page, max(areas, key=lambda area: area.size, default=None))
    size = math.ceil(page.width * scale), math.ceil(page.height * scale)
    box = (0.0, 0.0, page.width, page.height)
    return Picture(*size, Source(page.number, box), partial(render, data, page.number, scale))


def pictures_in_flow(
    data: bytes, page: Page, frame: Frame, shown: int, areas: Iterable[Area], characters: Sequence[Character]
) -> list[tuple[Box, Picture]]:
    """Images large enough to hold a table and with no text over them, each with its box in the upright frame.

    Args:
        shown: quarter turns by which a viewer turns the page.
    """
    page_width, _ = frame_size(frame)
    placed: list[tuple[Box, Picture]] = []
    for area in areas:
        x0, y0, x1, y1 = area.box
        if x1 - x0 < PICTURE_WIDTH * page_width or y1 - y0 < PICTURE_HEIGHT:
            continue
        if 0 < area.width < LEAST_WIDTH or 0 < area.height < LEAST_HEIGHT:
            continue
        over = sum(
            x0 < (left + right) / 2 < x1 and y0 < (top + bottom) / 2 < y1 for left, top, right, bottom, _ in characters
        )
        if over > CAPTION:
            continue
        box = _within(displayed(frame, shown, area.box), page)
        if box is not None:
            scale = _fit_scale(page, area)
            left, bottom, right, top = _crop(page, scale, box)
            width = math.ceil(page.width * scale) - left - right
            height = math.ceil(page.height * scale) - bottom - top
            pixels = partial(render, data, page.number, scale, box)
            placed.append((area.box, Picture(width, height, Source(page.number, area.box), pixels)))
    return placed


def _within(box: Box, page: Page) -> Box | None:
    """The part of a box that is on the page; None where that is next to nothing."""
    x0, y0, x1, y1 = box
    left, top, right, bottom = max(x0, 0.0), max(y0, 0.0), min(x1, page.width), min(y1, page.height)
    return (left, top, right, bottom) if right - left > 1 and bottom - top > 1 else None


def _fit_scale(page: Page, area: Area | None) -> float:
    """Pixels a point at which to draw the page so as to read an image on it."""
    short = max(min(page.width, page.height), 1.0)
    low, high = min(LOW[0], LOW[1] / short), max(HIGH[0], HIGH[1] / short)
    # A hair less, so that rounding up never adds a pixel and with it a blur to an image that fills the page.
    scale = area.scale * (1 - 1e-5) if area is not None and area.scale > 0 else FINE_ENOUGH
    return min(
        max(low, min(scale, high)), SHORT_SIDE / short, math.sqrt(MAX_PIXELS / max(page.width * page.height, 1.0))
    )


def _crop(page: Page, scale: float, box: Box) -> tuple[int, int, int, int]:
    """Pixels that PDFium leaves out at the left, bottom, right and top, as pypdfium2 counts them."""
    x0, y0, x1, y1 = box
    left, bottom, right, top = x0, page.height - y1, page.width - x1, y0
    return math.ceil(left * scale), math.ceil(bottom * scale), math.ceil(right * scale), math.ceil(top * scale)


def render(data: bytes, number: int, scale: float, box: Box | None = None) -> Pixels:
    """A page, or a part of it, as a viewer shows it.

    Args:
        data: the file.
        number: of the page, from 1.
        scale: pixels a point.
        box: the part, in points, within the page; None for all of it.

    Raises:
        GoujiError: E105 where it cannot be drawn.
    """
    try:
        with pypdfium2.PdfDocument(data) as pdf:
            page = pdf[number - 1]
            width, height = page.get_size()
            crop = (0.0, 0.0, 0.0, 0.0)
            if box is not None:
                x0, y0, x1, y1 = box
                crop = (x0, height - y1, width - x1, y0)
            bitmap = page.render(scale=scale, crop=crop, rev_byteorder=True)
            pixels: Pixels = np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8)
            bitmap.close()
            page.close()
            return pixels
    except (pypdfium2.PdfiumError, ValueError, IndexError) as error:
        raise GoujiError(E105, reason=f"第 {number} 页无法显示（{type(error).__name__}）") from None
