"""A scanned report that nobody published: every cell of the page images has a colour of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.document import Box
from pipeline.record import FieldSource, Report, SeenText
from pipeline.show.pictures import PagePicture, picture_of
from tests.pipeline.show.reports import every_status, with_field

if TYPE_CHECKING:
    from pipeline.document import Pixels

PAGE: Box = (0.0, 0.0, 595.0, 842.0)
"""A4 in points."""
SHARED = ("t3.new.commercial", "t3.new.research")
"""Fields that were read from one cell."""
LOOKS = (
    SeenText(reader="engine/small", text="5", score=0.81),
    SeenText(reader="engine/large", text="6", score=0.62),
    SeenText(reader="engine/third", text="", score=0.11),
)
_COLUMNS = 10


def box_of(index: int) -> Box:
    """The box of the cell at `index` on its page, in points."""
    left, top = 40.0 + index % _COLUMNS * 50, 60.0 + index // _COLUMNS * 34
    return (left, top, left + 50, top + 34)


def colour_of(index: int) -> tuple[int, int, int]:
    """Red, green, blue of that cell; cells that stand near each other differ by at least 12 in some channel."""
    return 70 + 18 * (index % _COLUMNS), 60 + 12 * (index // _COLUMNS % 14), 130


def scanned_report() -> Report:
    """`every_status` with table 4 on page 4 and the rest on page 3."""
    report = every_status()
    next_index = {3: 0, 4: 0}
    for field_id, field in report.fields.items():
        if field.source is None:
            continue
        page = 4 if field_id.startswith("t4.") else 3
        index = next_index[page]
        next_index[page] += 1
        source = FieldSource(page=page, box=box_of(index), reader="engine/small", score=0.9, text=field.printed or "")
        if field_id == "t3.partial.natural":
            source = source.model_copy(update={"looks": LOOKS})
        report = with_field(report, field_id, source=source)
    shared = report.fields[SHARED[0]].source
    return with_field(report, SHARED[1], source=shared)


def index_of(report: Report, field_id: str) -> int:
    """The index for `box_of` and `colour_of`."""
    source = report.fields[field_id].source
    assert source is not None
    return next(index for index in range(200) if box_of(index) == source.box)


def page_image(dots_per_point: float = 2.0) -> Pixels:
    """White, with the cells of a page filled each with its colour."""
    width, height = round(PAGE[2] * dots_per_point), round(PAGE[3] * dots_per_point)
    image = np.full((height, width, 3), 255, dtype=np.uint8)
    for index in range(_COLUMNS * 22):
        left, top, right, bottom = (round(edge * dots_per_point) for edge in box_of(index))
        image[top:bottom, left:right] = colour_of(index)
    return image


def scanned_pages() -> tuple[PagePicture, ...]:
    """Pages 2 to 4; nothing was read from page 2."""
    blank = np.full((842, 595, 3), 255, dtype=np.uint8)
    return (picture_of(2, PAGE, blank), picture_of(3, PAGE, page_image()), picture_of(4, PAGE, page_image(1.5)))
