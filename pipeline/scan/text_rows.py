"""Rows from how texts stand, where no rules are printed: a row for each line of numbers, and for each label.

A label may have several lines, with its numbers beside the middle one. What is one label and what are two is told by
how full its lines are, and by how near.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.boxes import SHORT, height_of, middle_of, runs_across, width_of
from pipeline.scan.pieces import TALL
from pipeline.spans import Span, joined

if TYPE_CHECKING:
    from pipeline.document import Box

SAME_LINE = 0.5
"""Of the height of a line of text, by which the middles of texts of one line differ at most."""
NEXT_LINE = 3.0
"""Times the height of a line of text, within which the next line of the table begins."""
BLOCK_COLUMNS = 4
"""Columns of table 2, with that of its labels."""
IN_LINE = 3
"""Numbers that stand side by side in a line of a table at least, beside one label, where it is not seen as one."""
BROAD = 1.25
"""Times the width of a column of numbers that a head of several is wide at least."""
SHRUNK, HIGH = 0.15, 1.3
"""Of its height by which a text is less high than its box at each end: detectors draw wide. Times the height of a line
of text, that a box of one line is high at most."""
FULL = 1.6
"""Times the height of a line of text: what is free behind a line of a label that goes on in the next, at most."""
LEADING = 0.7
"""Of the distance between two labels: of two lines of one label at most."""
WITHOUT_CUTS = 0.5
"""Times the height of a line of text: distance between lines of one label at most, where nothing else says."""
LEAST_CUTS = 3
"""Distances between labels from which on they say how far apart labels are."""
BESIDE = 0.3
"""Times its height, by which a label of several rows reaches over those beside it, or nearly."""
AS_FAR = 1.25
"""Of the distance between two rows, within which another is one of the table's, above it or below."""


def lines_of_texts(boxes: Sequence[Box], height: float) -> list[list[Box]]:
    """Texts that stand at one height, from top to bottom.

    Args:
        boxes: in pixels of the image.
        height: of a line of text, pixels.
    """
    lines: list[list[Box]] = []
    for box in sorted(boxes, key=lambda one: (middle_of(one), one[0])):
        if lines and middle_of(box) - float(np.mean([middle_of(one) for one in lines[-1]])) < SAME_LINE * height:
            lines[-1].append(box)
        else:
            lines.append([box])
    return lines


def texts_of_table(lines: Sequence[Sequence[Box]], top: float, bottom: float, height: float) -> tuple[int, int]:
    """First line, and line behind the last, of a table that was seen between two heights: with the lines around
    it that stand in columns, too. Both 0 where there is none.

    Args:
        lines: of the page (`lines_of_texts`).
        top, bottom: of what was seen, pixels.
    """
    found = [i for i, line in enumerate(lines) if any(_reaches(box, top, bottom) for box in line)]
    if not found:
        return 0, 0
    first, last = found[0], found[-1]
    # Between two may stand what is left of a number that goes on in a second line.
    while (below := next((i for i in (last + 1, last + 2) if _goes_on(lines, last, i, height)), 0)) > 0:
        last = below
    while (above := next((i for i in (first - 1, first - 2) if _goes_on(lines, first, i, height)), -1)) >= 0:
        first = above
    return first, last + 1


def _reaches(box: Box, top: float, bottom: float) -> bool:
    return min(box[3], bottom) - max(box[1], top) > SAME_LINE * min(height_of(box), bottom - top)


def _goes_on(lines: Sequence[Sequence[Box]], line: int, next_line: int, height: float) -> bool:
    """Whether a table goes on in another of these lines."""
    if not 0 <= next_line < len(lines) or not _stands_in_columns(lines[next_line], height):
        return False
    return _gap(lines[min(line, next_line)], lines[max(line, next_line)]) < NEXT_LINE * height


def _stands_in_columns(line: Sequence[Box], height: float) -> bool:
    """Whether a line holds several numbers, and one label at most."""
    short = sum(width_of(box) < SHORT * height for box in line)
    return short >= IN_LINE and len(line) <= short + 1


def tabular_stretches(lines: Sequence[Sequence[Box]], height: float) -> list[Span]:
    """Tops and bottoms of what looks like tables: lines that stand in columns, one below the other."""
    found: list[Span] = []
    for line in lines:
        if _stands_in_columns(line, height):
            top, bottom = min(box[1] for box in line), max(box[3] for box in line)
            if found and top - found[-1][1] < NEXT_LINE * height:
                found[-1] = (found[-1][0], max(bottom, found[-1][1]))
            else:
                found.append((top, bottom))
    return found


def without_text_at_foot(
    lines: Sequence[Sequence[Box]], first: int, last: int, borders: Sequence[float]
) -> tuple[int, int]:
    """First line and line behind the last of a table, without lines at its foot that run over several of its columns of
    numbers."""
    while last > first + 1 and any(sum(runs_across(box, x) for x in borders) > 1 for box in lines[last - 1]):
        last -= 1
    return first, last


def _gap(above: Sequence[Box], below: Sequence[Box]) -> float:
    return min(box[1] for box in below) - max(box[3] for box in above)


def with_rows_around(
    lines: Sequence[Sequence[Box]], first: int, last: int, borders: Sequence[float]
) -> tuple[int, int]:
    """First line and line behind the last of a table, with those above and below that have a label before its columns
    of numbers and nothing, or a number each, in them, and stand no further off than its rows from each other.

    Args:
        borders: of the columns of numbers, from the left of the first on, pixels.
    """
    gaps = [gap for above, below in pairwise(lines[first:last]) if (gap := _gap(above, below)) > 0]
    if not gaps:
        return first, last
    far = AS_FAR * float(np.median(gaps))
    while last < len(lines) and _fits(lines[last], borders) and _gap(lines[last - 1], lines[last]) < far:
        last += 1
    # Above heads, which have no label, stands no row of the table; but in table 2 they stand between its rows.
    parts = len(borders) <= BLOCK_COLUMNS
    while first and _fits(lines[first - 1], borders) and _gap(lines[first - 1], lines[first]) < far:
        if not (_has_label(lines[first], borders) or (parts and len(lines[first - 1]) > 1)):
            break
        first -= 1
    return first, last


def _has_label(line: Sequence[Box], borders: Sequence[float]) -> bool:
    return any(box[2] < borders[0] for box in line)


def _fits(line: Sequence[Box], borders: Sequence[float]) -> bool:
    """Whether a line has a label, and what else stands in it keeps to the columns of numbers."""
    others = [box for box in line if box[2] >= borders[0]]
    return _has_label(line, borders) and not any(runs_across(box, x) for box in others for x in borders)


def row_spans(boxes: Sequence[Box], start: float, height: float) -> list[Span]:
    """Top and bottom of what stands in each row, from above.

    Args:
        boxes: of the texts of a table, in pixels of the image.
        start: left of the columns of numbers.
        height: of a line of text.
    """
    numbers = [box for box in boxes if (box[0] + box[2]) / 2 > start]
    labels = leaves([box for box in boxes if (box[0] + box[2]) / 2 <= start], height)
    bands = joined(_shrunk(box, height) for box in numbers if height_of(box) < TALL * height)
    # Strokes of a pen, or of a seal, that were taken for one text with numbers go over several rows.
    tall = (box for box in numbers if height_of(box) >= TALL * height)
    alone = [_shrunk(box, height) for box in tall if not any(_overlap((box[1], box[3]), band) for band in bands)]
    bands = joined([*bands, *alone])
    return joined([*bands, *_label_spans(labels, bands, height)])


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def without_other_tables(
    spans: Sequence[Span], boxes: Sequence[Box], borders: Sequence[float]
) -> list[Span]:
    """The rows without what stands above a heading: one line alone at the left, and below it a head of several columns.

    Args:
        spans: of the rows (`row_spans`).
        boxes: the texts in them.
        borders: of the columns of numbers, from the left of the first on, pixels.
    """
    broad = BROAD * (borders[-1] - borders[0]) / (len(borders) - 1)
    held = [[box for box in boxes if top < middle_of(box) < bottom] for top, bottom in spans]
    for row in range(len(spans) - 1, 0, -1):
        left = [box for box in held[row] if (box[0] + box[2]) / 2 <= borders[0]]
        above = [box for box in held[row - 1] if (box[0] + box[2]) / 2 > borders[0]]
        if held[row] and not left and any(width_of(box) > broad for box in held[row]) and not above:
            return list(spans[row:])
    return list(spans)


def _shrunk(box: Box, height: float) -> Span:
    """Top and bottom of the text; where its box is higher than a line, something above or below is in it."""
    high = height_of(box)
    room = SHRUNK * high if high < HIGH * height else (high - (1 - 2 * SHRUNK) * height) / 2
    return box[1] + room, box[3] - room


def leaves(labels: Sequence[Box], height: float) -> list[Box]:
    """The labels of single rows, from above: no other stands right of them, at their height or nearly.

    Args:
        labels: boxes of the texts before the columns of numbers.
        height: of a line of text.
    """
    found = []
    for box in labels:
        room = BESIDE * height
        others = (one for one in labels if one[0] > box[2] - room and one is not box)
        if not any(one[1] - room < box[3] and box[1] < one[3] + room for one in others):
            found.append(box)
    return sorted(found, key=lambda one: (middle_of(one), one[0]))


def _label_spans(
    labels: Sequence[Box], bands: Sequence[Span], height: float
) -> list[Span]:
    """Top and bottom of each label, which may have several lines: one that fills its line goes on in the next, if that
    is nearer than the next label is, and has no numbers of its own."""
    if not labels:
        return []
    right = max(box[2] for box in labels)
    pairs = list(pairwise(labels))
    gaps = [below[1] - above[3] for above, below in pairs]
    full = [right - above[2] < FULL * height for above, _ in pairs]
    cuts = [gap for gap, is_full in zip(gaps, full, strict=True) if not is_full]
    nearest = LEADING * float(np.median(cuts)) if len(cuts) >= LEAST_CUTS else WITHOUT_CUTS * height
    groups: list[list[Box]] = [[labels[0]]]
    for (_, below), gap, is_full in zip(pairs, gaps, full, strict=True):
        joined = [*groups[-1], below]
        held = [band for band in bands if any(_holds(box, band) for box in joined)]
        if is_full and gap < nearest and len(held) <= 1:
            groups[-1] = joined
        else:
            groups.append([below])
    return [(_shrunk(group[0], height)[0], _shrunk(group[-1], height)[1]) for group in groups]


def _holds(label: Box, band: Span) -> bool:
    """Whether the line of a label has the middle of a row of numbers at its height."""
    return label[1] < (band[0] + band[1]) / 2 < label[3]
