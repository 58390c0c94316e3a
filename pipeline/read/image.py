"""Image files, scans and photos of the pages of a report: a picture a page, decoded only when it is looked at."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath

from pipeline.document import Document, Page, Picture, Source
from pipeline.errors import E105, GoujiError
from pipeline.limits import Limits, default_limits
from pipeline.read.raster import decode_image, image_sizes, reading_size

LEAST_WIDTH, LEAST_HEIGHT = 200, 100
"""Pixels. No report fits into less: icons and previews."""


def read_image(data: bytes, name: str, sha256: str, limits: Limits | None = None) -> Document:
    """An image file as one page with one picture, a TIFF as many as it has pages.

    Pages and boxes are in pixels of the image as it is shown. A page whose header is damaged is in `defeated`; other
    damage shows only when its pixels are asked for.

    Raises:
        GoujiError: E105 damaged, or too small to hold a page; E107 too many pixels; E114 too many pages.
    """
    sizes = image_sizes(data, limits or default_limits())
    pages: list[Page] = []
    pictures: list[Picture] = []
    warnings: list[str] = []
    defeated: list[int] = []
    for number, size in enumerate(sizes, 1):
        if size is None:
            defeated.append(number)
            warnings.append(f"第 {number} 页已损坏，没有读入。")
            continue
        width, height = size
        if not width:
            continue
        pages.append(Page(number, width, height))
        if width >= LEAST_WIDTH and height >= LEAST_HEIGHT:
            pixels = partial(decode_image, data, number - 1)
            pictures.append(Picture(*reading_size(size), Source(number, (0, 0, width, height)), pixels))
    if not pictures:
        if defeated:
            raise GoujiError(E105, reason="没有一页能够打开")
        width, height = max((size for size in sizes if size), default=(0, 0))
        raise GoujiError(E105, reason=f"图像只有 {width}×{height} 像素，可能只是缩略图")
    return Document(
        PurePath(name).name, sha256, "image", tuple(pictures), tuple(pages), tuple(warnings), tuple(defeated)
    )
