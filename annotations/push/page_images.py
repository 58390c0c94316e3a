"""Images of the pages that doubtful cells stand on, and of each cell with what stands around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.document import Box, Document, Picture
from pipeline.errors import GoujiError
from pipeline.show.pictures import PagePicture, on_pixels, picture_of

if TYPE_CHECKING:
    from pipeline.document import Pixels

SCALE = 2.0
"""Pixels a point at which pages of a PDF that hold text are drawn."""
ACROSS, DOWN = 7.0, 1.6
"""What a crop shows beside and above the cell, in heights of the cell."""
LEAST_HEIGHT = 0.008
"""Of the page's height; a cell's box may be that of one thin digit."""
RED = (220, 30, 30)
CROP_WIDTH = 640
"""Pixels of a crop at the most."""

Place = tuple[int, Box]
"""Page, from 1, and box in the units of that page."""


@dataclass(frozen=True, slots=True)
class PageImages:
    """Of one page: the whole, and the cells on it."""

    picture: PagePicture
    crops: Mapping[str, bytes]
    """JPEG by field id."""


def page_images(document: Document, path: Path, places: Mapping[str, Place]) -> list[PageImages]:
    """Images of the pages on which the fields stand, in the order of the pages; the first place in the flow that holds
    a cell counts. Pages that cannot be drawn are left out.

    Args:
        document: as `read_document` gives it.
        path: its file.
        places: by field id.
    """
    found = []
    left = dict(places)
    for page, box, pixels in _pages(document, path, {page for page, _ in places.values()}):
        on_it = {
            field: place for field, (number, place) in left.items() if number == page and _holds(box, place)
        }
        if not on_it:
            continue
        for field in on_it:
            del left[field]
        crops = {field: _crop(pixels, box, place) for field, place in on_it.items()}
        found.append(PageImages(picture_of(page, box, pixels), crops))
    return sorted(found, key=lambda one: (one.picture.page, one.picture.box[1]))


def pages_of(document: Document) -> list[int]:
    """Numbers of the pages that can be shown, from 1; none of a file that has text alone."""
    pictures = {block.source.page or 1 for block in document.blocks if isinstance(block, Picture)}
    return sorted({page.number for page in document.pages} if document.format == "pdf" else pictures)


def drawn(document: Document, path: Path, wanted: set[int]) -> list[PagePicture]:
    """The pages as they are, in their order; those that cannot be drawn are left out."""
    found = []
    for page, box, pixels in _pages(document, path, wanted, pictures=document.format != "pdf"):
        found.append(picture_of(page, box, pixels))
    return sorted(found, key=lambda one: (one.page, one.box[1]))


def _pages(
    document: Document, path: Path, wanted: set[int], pictures: bool = True
) -> Iterator[tuple[int, Box, Pixels]]:
    """(page, what the image fills there, image), one at a time: images are large.

    Args:
        pictures: whether the pictures on the pages are wanted, besides the pages of a PDF as a whole.
    """
    for block in document.blocks if pictures else ():
        if isinstance(block, Picture) and block.pixels is not None and (block.source.page or 1) in wanted:
            try:
                pixels = block.pixels()
            except GoujiError:
                continue
            box = block.source.box or (0.0, 0.0, float(pixels.shape[1]), float(pixels.shape[0]))
            yield block.source.page or 1, box, pixels
    if document.format != "pdf":
        return
    from pipeline.read.pdf_pictures import render

    data = path.read_bytes()
    for page in document.pages:
        if page.number in wanted:
            try:
                yield page.number, (0.0, 0.0, page.width, page.height), render(data, page.number, SCALE)
            except GoujiError:
                continue


def _holds(box: Box, place: Box) -> bool:
    x, y = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _crop(pixels: Pixels, fills: Box, place: Box) -> bytes:
    """The cell in red, with its neighbours."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = on_pixels(place, fills, width, height)
    tall = max(bottom - top, LEAST_HEIGHT * height)
    window = (
        max(0, round(left - ACROSS * tall)), max(0, round(top - DOWN * tall)),
        min(width, round(right + ACROSS * tall)), min(height, round(bottom + DOWN * tall)),
    )  # fmt: skip
    part = np.ascontiguousarray(pixels[window[1] : window[3], window[0] : window[2]])
    scale = min(1.0, CROP_WIDTH / part.shape[1])
    if scale < 1:
        size = (CROP_WIDTH, max(1, round(part.shape[0] * scale)))
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    # Outside of the box, so that the frame covers no stroke of the number.
    corners = [
        (round((x - window[0]) * scale) + 3 * outward, round((y - window[1]) * scale) + 3 * outward)
        for x, y, outward in ((left, top, -1), (right, bottom, 1))
    ]
    cv2.rectangle(part, corners[0], corners[1], RED, 2)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(part, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    assert done
    return bytes(data)
