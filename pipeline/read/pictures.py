"""Pictures in the flow of a format without pages: web pages, Word documents, workbooks.

Each picture that may hold a table becomes a page of its own, numbered in the order of appearance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeAlias

from pipeline.document import Block, Grid, Page, Picture, Source
from pipeline.errors import GoujiError
from pipeline.limits import Limits

LEAST_WIDTH, LEAST_HEIGHT = 300, 60
"""Pixels. Smaller pictures are icons, emblems or signatures: no table of the form can be read on them."""
CELLS_OF_FORM = 250
"""The tables of the form have some 300 cells. Where fewer came as text, a table may be on a picture that is missing."""

Absence: TypeAlias = Literal["linked", "missing", "unreadable"]
"""Why there are no pixels: the picture lies on a server; is not beside the page; is damaged or of an unknown format."""

Find: TypeAlias = "Callable[[str], bytes | Absence | None]"
"""The image file that a reference in the document stands for, or why there is none; None where nothing is missed."""


@dataclass(slots=True)
class Pictures:
    """Numbers the pictures of one document and remembers which could not be had."""

    limits: Limits
    pages: list[Page] = field(default_factory=list)
    absent: dict[Absence, int] = field(default_factory=dict)
    n_left_out: int = 0

    def add(self, found: bytes | Absence, shown: tuple[int, int] = (0, 0), line: int | None = None) -> Picture:
        """The block for a picture in the flow, without pixels for one too small to hold a table.

        Args:
            found: the image file, or why there is none.
            shown: width and height at which the document shows it, in pixels; 0 where it does not say.
            line: where the document refers to it.
        """
        if isinstance(found, bytes):
            size = self._size(found)
            if size is not None:
                return self._page(found, size, line) or Picture(*shown, Source(line=line))
            found = "unreadable"
        width, height = shown
        # What is shown this small is not missed.
        if not (0 < width < LEAST_WIDTH or 0 < height < LEAST_HEIGHT):
            self.absent[found] = self.absent.get(found, 0) + 1
        return Picture(width, height, Source(line=line))

    def _size(self, data: bytes) -> tuple[int, int] | None:
        # Most documents have no picture, and the decoders take time to load.
        from pipeline.read.raster import image_sizes

        try:
            return image_sizes(data, self.limits)[0]
        except GoujiError:
            return None

    def _page(self, data: bytes, size: tuple[int, int], line: int | None) -> Picture | None:
        from pipeline.read.raster import decode_image, reading_size

        width, height = size
        if width < LEAST_WIDTH or height < LEAST_HEIGHT:
            return None
        if len(self.pages) >= self.limits.max_pictures:
            self.n_left_out += 1
            return None
        number = len(self.pages) + 1
        self.pages.append(Page(number, width, height))
        source = Source(number, (0, 0, width, height), line, place=f"图{number}")
        return Picture(*reading_size(size), source, partial(decode_image, data))

    def warnings(self, blocks: Sequence[Block]) -> list[str]:
        """What to tell the user of pictures that could not be had, where something of the report may be on them."""
        warnings: list[str] = []
        if self.n_left_out:
            warnings.append(f"图片过多，只取前 {self.limits.max_pictures} 张，其余 {self.n_left_out} 张没有读入。")
        if sum(len(block.cells) for block in blocks if isinstance(block, Grid)) >= CELLS_OF_FORM:
            return warnings
        words: dict[Absence, str] = {
            "linked": "只是指向网站的链接，文件中没有图片，没有读入；请在浏览器中把网页连同图片一起保存后再读。",
            "missing": "没有随文件保存，没有读入；请把网页和它的图片文件夹放在一起再读。",
            "unreadable": "已损坏或格式无法识别（如 EMF、WMF），没有读入；请另存为 PNG 或 JPEG。",
        }
        return warnings + [f"有 {self.absent[why]} 张图片{words[why]}" for why in words if self.absent.get(why)]
