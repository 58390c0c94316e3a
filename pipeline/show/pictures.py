"""Page images made fit for the page that shows a record, and where on them a field stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pipeline.document import Box
from pipeline.record import Field

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.document import Pixels

LONG_SIDE, SHORT_SIDE = 1600, 1130
"""Pixels of a page of A4 as it is embedded; characters of 10 points are then some 20 pixels high."""
_MOST = 65000
"""Pixels a side that JPEG can hold."""
QUALITY = 75
"""Of the JPEG, 0 to 100."""
_TINT = 48
"""Difference of a pixel's channels, 0 to 255, from which on it is coloured; paper yellowed by age stays below."""
_COLOURED_SHARE = 0.0005
"""Share of coloured pixels from which on an image keeps its colours; a small seal has ten times as many."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """The image of a page or of a part of one, ready to be embedded."""

    page: int
    """Page number as in `FieldSource.page`, from 1."""
    box: Box
    """What the picture fills on the page, in the units of the record's boxes."""
    data: bytes
    """JPEG."""
    width: int
    """Pixels of `data`."""
    height: int

    def place(self, box: Box) -> tuple[float, float, float, float]:
        """Where a box of the page lies on the picture: left, top, width and height in pixels, to a tenth."""
        left, top, right, bottom = on_pixels(box, self.box, self.width, self.height)
        return round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1)

    def holds(self, box: Box) -> bool:
        """Whether the middle of a box of the same page lies on the picture."""
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return self.box[0] <= x <= self.box[2] and self.box[1] <= y <= self.box[3]


def on_pixels(box: Box, fills: Box, width: int, height: int) -> Box:
    """Where a box of the page lies on an image of it, in pixels.

    Args:
        fills: what the image fills on the page.
        width, height: of the image.
    """
    across, down = width / (fills[2] - fills[0]), height / (fills[3] - fills[1])
    return (
        (box[0] - fills[0]) * across, (box[1] - fills[1]) * down,
        (box[2] - fills[0]) * across, (box[3] - fills[1]) * down,
    )  # fmt: skip


def picture_of(page: int, box: Box, pixels: Pixels) -> PagePicture:
    """A page image as it is to be embedded.

    Args:
        page: page number, from 1.
        box: left, top, right, bottom that the image fills on the page; wider and higher than 0.
        pixels: the image, of any size; it is not kept.
    """
    image = _shrunk(pixels)
    return PagePicture(page, box, _jpeg(image), int(image.shape[1]), int(image.shape[0]))


def shrunk(pixels: Pixels) -> bytes:
    """An image as JPEG of a size fit for reading, in grey where it has no colour. The same pixels give the same bytes.

    Args:
        pixels: height x width x 3, red, green, blue, 0 to 255.
    """
    return _jpeg(_shrunk(pixels))


def placed(fields: dict[str, Field], pictures: Sequence[PagePicture]) -> dict[str, int]:
    """By field id, the index of the picture that its box lies on; fields on no picture are left out."""
    found = {}
    for field_id, field in fields.items():
        source = field.source
        if source is None or source.page is None or source.box is None:
            continue
        for index, picture in enumerate(pictures):
            if picture.page == source.page and picture.holds(source.box):
                found[field_id] = index
                break
    return found


def _shrunk(pixels: Pixels) -> NDArray[np.uint8]:
    """Height x width x 3, or height x width where there is no colour; never larger than `pixels`."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    # Of a web page taken as one long picture, the width decides what can be read.
    scale = min(max(LONG_SIDE / max(height, width), SHORT_SIDE / min(height, width)), _MOST / max(height, width))
    image = pixels
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = cast("Pixels", cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    # Fine coloured noise of cameras and of JPEG is no colour: neighbours are averaged first.
    calm = cv2.blur(image, (3, 3))
    tint = calm.max(axis=2) - calm.min(axis=2)
    if np.count_nonzero(tint >= _TINT) >= _COLOURED_SHARE * tint.size:
        return image
    return cast("NDArray[np.uint8]", cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    import cv2

    stored = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1])
    assert done
    return bytes(data)
