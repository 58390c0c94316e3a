"""Numbers that the detector of text does not see, where they would show that a border is lost.

Detectors pass over numbers of a digit or two, most of all where the page is coarse. In a cell that goes over several
columns, what is as high as digits and stands by itself beside what was seen is taken for one, if the row above or below
has a border there, or any row has and what was seen keeps to one column: the number of a cell that is truly so wide
stands in its middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.ocr.runs import runs
from pipeline.scan.boxes import letter_height
from pipeline.scan.cells import INSET
from pipeline.scan.ink import threshold
from pipeline.scan.lattice import SURE, Lattice
from pipeline.scan.parts import TextPart, by_cell, sliced
from pipeline.scan.rules import rule_scale
from pipeline.spans import joined

if TYPE_CHECKING:
    from pipeline.document import Box
    from pipeline.scan.ink import Grey
    from pipeline.scan.lattice import Place

LOW, HIGH = 0.3, 1.0
"""Height of a digit, in that of the page's texts, whose boxes are drawn wide: from, to."""
WIDE = 1.0
"""Its width, in its height, at most."""
JOINED = 0.5
"""Of that height, between digits of one number at most."""
MIDDLE = 0.4
"""Of the height of the row, from the height of a digit's middle up or down to the row's, twice, at most."""
CLEAR, STOUT = 0.1, 0.45
"""Of the height of texts, between a digit and the sides of its column at least: what stands closer may be a piece of
the border. Of its own height, width from which on it is none, however close it stands."""


def overlooked_numbers(grey: Grey, lattice: Lattice, parts: Sequence[TextPart]) -> list[TextPart]:
    """What looks like a number in cells of one row that go over a border of other rows, one in each stretch of columns
    in which no text was seen."""
    heights = [letter_height(part.box) for part in parts]
    if not heights:
        return []
    height, inset, level = float(np.median(heights)), INSET / rule_scale(*grey.shape), threshold(grey)
    inside = by_cell(lattice, parts)
    found = []
    for place in lattice.places:
        if place.row_span > 1 or place.column_span == 1:
            continue
        elsewhere = _parted_anywhere(lattice, place) and _keeps(lattice, inside[place])
        if not elsewhere and not _parted_beside(lattice, place):
            continue
        top, bottom = lattice.rows[place.row], lattice.rows[place.row + 1]
        for left, right in _free(lattice, place, inside[place]):
            numbers = _numbers(_digits(grey, (left, top, right, bottom), inset, level, height), height)
            if len(numbers) == 1:
                found.append(TextPart(numbers[0]))
    return found


def numbers_in_line(grey: Grey, line: Sequence[Box], left: float, right: float, height: float) -> list[Box]:
    """What looks like numbers where a line of numbers has none that was seen.

    Args:
        line: boxes of the texts of one line, in pixels of the image.
        left, right: of the table, pixels.
        height: of a line of text, pixels.
    """
    top, bottom = (float(np.median([box[side] for box in line])) for side in (1, 3))
    room = HIGH * height / 4
    edges = [left, *(edge for span in joined((box[0], box[2]) for box in line) for edge in span), right]
    digits = [
        digit
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start > CLEAR * height
        for digit in _digits(grey, (start, top - room, end, bottom + room), 0.0, threshold(grey), height)
    ]
    return _numbers(digits, height)


def _free(lattice: Lattice, place: Place, parts: Sequence[TextPart]) -> Iterator[tuple[float, float]]:
    """The stretches of columns of a cell in which no text was seen; where none was, each column."""
    edges = lattice.columns[place.column : place.column + place.column_span + 1]
    empty = [not any(part.box[0] < right and left < part.box[2] for part in parts) for left, right in pairwise(edges)]
    for first, last in runs(np.array(empty)):
        steps = [(first, last)] if parts else [(column, column + 1) for column in range(first, last)]
        yield from ((edges[one], edges[other]) for one, other in steps)


def _numbers(digits: Iterable[Box], height: float) -> list[Box]:
    """The digits, those together that stand close."""
    groups: list[list[Box]] = []
    for digit in sorted(digits):
        if groups and digit[0] - groups[-1][-1][2] <= JOINED * height:
            groups[-1].append(digit)
        else:
            groups.append([digit])
    return [
        (group[0][0], min(one[1] for one in group), group[-1][2], max(one[3] for one in group)) for group in groups
    ]


def _parted_beside(lattice: Lattice, place: Place) -> bool:
    """Whether the row above or the one below has a border where the cell has none."""
    borders = range(place.column + 1, place.column + place.column_span)
    beside = [row for row in (place.row - 1, place.row + 1) if 0 <= row < lattice.n_rows]
    return any(lattice.upright[row, border] >= SURE for row in beside for border in borders)


def _parted_anywhere(lattice: Lattice, place: Place) -> bool:
    between = lattice.upright[:, place.column + 1 : place.column + place.column_span]
    return bool((between >= SURE).any())


def _keeps(lattice: Lattice, parts: Sequence[TextPart]) -> bool:
    """Whether there are texts in the cell and each keeps to one column."""
    return bool(parts) and all(not any(part.box[0] < x < part.box[2] for x in lattice.columns) for part in parts)


def _digits(grey: Grey, box: Box, inset: float, level: int, height: float) -> Iterator[Box]:
    """Boxes of what is as high as a digit and clear of the column's sides."""
    crop = sliced(grey, box, inset)
    left, top = max(0, round(box[0] + inset)), max(0, round(box[1] + inset))
    _, _, stats, _ = cv2.connectedComponentsWithStats((crop < level).astype(np.uint8), connectivity=8)
    for x, y, w, h, _ in stats[1:].tolist():
        beside = min(x, crop.shape[1] - x - w)
        apart = beside >= CLEAR * height or (beside > 0 and w >= STOUT * h)
        apart &= min(y, crop.shape[0] - y - h) > 0
        apart &= abs(2 * y + h - crop.shape[0]) <= MIDDLE * crop.shape[0]
        if LOW * height <= h <= HIGH * height and w <= WIDE * h and apart:
            yield (float(left + x), float(top + y), float(left + x + w), float(top + y + h))
