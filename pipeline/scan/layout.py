"""What the parts of a page are, and in which order they are read.

Tables, text, headings and page furniture are told from what was found already: outlines of tables, and lines with
their text. A layout model may propose regions too (`pipeline.ocr.regions`). None of them is trusted alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from pipeline.scan.furniture import find_furniture
from pipeline.scan.headings import PlacedLine, heading_levels

if TYPE_CHECKING:
    from pipeline.document import Box
    from pipeline.ocr.regions import Proposal, RegionKind

FILLED = 0.75
"""Share of its column that a line of prose fills at least."""
LEAST_LINES = 4
"""That fill their column, on either side of a gap between columns where no table stands there."""
NARROWEST = 10
"""Times the height of its lines that a column of prose is wide at least."""
SPREAD, SPREAD_GAP = 1.2, 0.04
"""Width of a sheet of two pages over its height at least; share of its width that their margins leave free."""
FEW = 4
"""Lines of a page that is nearly empty, beside a full one."""
AGREED = 0.5
"""Share of an area that another one covers where both mean the same thing."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the page, in pixels of the straightened image."""

    kind: RegionKind
    box: Box
    order: int
    """From 0, in which regions are read; furniture has its place too."""
    level: int = 0
    """Of a heading: 1 title, 2 section, 3 subsection; otherwise 0. As `pipeline.document.Line.heading`."""
    table: int | None = None
    """Index of the table that it is."""
    line: int | None = None
    """Index of the line that it is."""


def lay_out(
    size: tuple[int, int],
    tables: Sequence[Box],
    lines: Sequence[PlacedLine],
    proposals: Sequence[Proposal] = (),
    first: bool = True,
) -> tuple[Region, ...]:
    """Every table and every line as a region, in reading order.

    Args:
        size: width and height of the straightened image.
        tables: outlines of the lattices.
        lines: of running text, outside the tables.
        proposals: of a layout model. One makes a heading of a short numbered line or a large one, and furniture of a
            line in the margin; neither alone.
        first: the page may bear the title of the report.
    """

    def proposed(kind: RegionKind) -> list[bool]:
        areas = [proposal.box for proposal in proposals if proposal.kind == kind]
        return [any(_covered(box, area) >= AGREED for area in areas) for box, _ in lines]

    levels = heading_levels(size, tables, lines, proposed("heading"), first)
    furniture = find_furniture(size, tables, lines, levels, proposed("furniture"))
    boxes = [*tables, *(box for box, _ in lines)]
    is_table = [True] * len(tables) + [False] * len(lines)
    regions: list[Region] = []
    for group in _groups(size, boxes, is_table, range(len(boxes))):
        for index in sorted(group, key=lambda one: (boxes[one][1], boxes[one][0], one)):
            order, line = len(regions), index - len(tables)
            if line < 0:
                regions.append(Region("table", boxes[index], order, table=index))
            elif line in furniture:
                regions.append(Region("furniture", boxes[index], order, line=line))
            else:
                kind: RegionKind = "heading" if levels[line] else "text"
                regions.append(Region(kind, boxes[index], order, levels[line], line=line))
    return tuple(regions)


# --- reading order ---------------------------------------------------------------------------------------------------


def reading_groups(size: tuple[int, int], tables: Sequence[Box], boxes: Sequence[Box]) -> list[list[int]]:
    """Pieces of text by column, in reading order: what stands in different groups is never one line.

    Two columns of prose, and two pages side by side on one sheet, are read one after the other; a table without rules,
    whose short texts stand in columns as well, stays whole.

    Args:
        size: width and height of the straightened image.
        tables: outlines of the lattices, whose text is not in `boxes`.
        boxes: of pieces of text, as the detector found them.

    Returns:
        Indices of `boxes`, rising within a group.
    """
    every = [*tables, *boxes]
    is_table = [True] * len(tables) + [False] * len(boxes)
    groups = _groups(size, every, is_table, range(len(every)))
    texts = [sorted(index - len(tables) for index in group if index >= len(tables)) for group in groups]
    return [group for group in texts if group]


def _groups(
    size: tuple[int, int], boxes: Sequence[Box], is_table: Sequence[bool], chosen: Sequence[int]
) -> list[list[int]]:
    """Recursive cuts: at a gap between columns from left to right, above and below of these columns across."""
    if not chosen:
        return []
    parts = _best_cut(size, boxes, is_table, chosen)
    if parts is None:
        return [list(chosen)]
    return [group for part in parts for group in _groups(size, boxes, is_table, part)]


def _best_cut(
    size: tuple[int, int], boxes: Sequence[Box], is_table: Sequence[bool], chosen: Sequence[int]
) -> tuple[list[int], list[int], list[int], list[int]] | None:
    """What stands above, left, right and below of the gap between columns that parts most."""
    low, high = min(boxes[i][0] for i in chosen), max(boxes[i][2] for i in chosen)
    heights = [boxes[i][3] - boxes[i][1] for i in chosen if not is_table[i]]
    gap = max(0.02 * (high - low), 0.9 * median(heights) if heights else 0.0)
    down = sorted(chosen, key=lambda i: (boxes[i][1], boxes[i][0], i))
    best: tuple[int, float, int, int, float] | None = None
    for step in range(25, 76):
        x = low + (high - low) * step / 100
        for start, end in _runs([not boxes[i][0] < x < boxes[i][2] for i in down]):
            left, right = _sides(boxes, down[start:end], x)
            if not left or not right:
                continue
            wide = min(boxes[i][0] for i in right) - max(boxes[i][2] for i in left)
            spread = size[0] >= SPREAD * size[1] and wide >= SPREAD_GAP * size[0] and 0.4 < x / size[0] < 0.6
            columns = [_is_column(boxes, is_table, side) for side in (left, right)]
            few = min(len(left), len(right)) <= FEW and end - start == len(down)
            enough = all(columns) or (spread and any(columns) and few)
            if wide < gap or not enough or not _beside(boxes, left, right):
                continue
            if best is None or (end - start, wide) > best[:2]:
                best = (end - start, wide, start, end, x)
    if best is None:
        return None
    _, _, start, end, x = best
    return down[:start], *_sides(boxes, down[start:end], x), down[end:]


def _runs(free: Sequence[bool]) -> list[tuple[int, int]]:
    """Stretches [start, end) of what does not cross the gap."""
    stops = [-1, *(i for i, one in enumerate(free) if not one), len(free)]
    return [(before + 1, after) for before, after in pairwise(stops) if after - before > 1]


def _sides(boxes: Sequence[Box], chosen: Sequence[int], x: float) -> tuple[list[int], list[int]]:
    return [i for i in chosen if boxes[i][2] <= x], [i for i in chosen if boxes[i][2] > x]


def _is_column(boxes: Sequence[Box], is_table: Sequence[bool], side: Sequence[int]) -> bool:
    """Whether it is a column of a text, of lines that fill it or with a table, and not of a table."""
    start, end = min(boxes[i][0] for i in side), max(boxes[i][2] for i in side)
    full = [i for i in side if boxes[i][2] - boxes[i][0] >= FILLED * (end - start)]
    if any(is_table[i] for i in full):
        return True
    if len(full) < LEAST_LINES or 2 * len(full) < len(side):
        return False
    # Numbers fill their column too, but prose is many letters wide.
    return end - start >= NARROWEST * median(boxes[i][3] - boxes[i][1] for i in full)


def _beside(boxes: Sequence[Box], left: Sequence[int], right: Sequence[int]) -> bool:
    tops, ends = zip(*((min(boxes[i][1] for i in s), max(boxes[i][3] for i in s)) for s in (left, right)), strict=True)
    return bool(min(ends) - max(tops) >= 0.4 * min(end - top for top, end in zip(tops, ends, strict=True)))


# --- tables -----------------------------------------------------------------------------------------------------------


def _covered(box: Box, other: Box) -> float:
    """Share of a box that another one covers."""
    wide = min(box[2], other[2]) - max(box[0], other[0])
    high = min(box[3], other[3]) - max(box[1], other[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return max(0.0, wide) * max(0.0, high) / area if area > 0 else 0.0
