"""A lattice laid over the texts of a table: columns that were found, a row for each of its lines.

What was seen of borders before says only how labels of several rows are parted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.boxes import middle_of, runs_across, runs_down
from pipeline.scan.evened import NUMBERS, WITHOUT_LABELS
from pipeline.scan.lattice import Lattice, with_places
from pipeline.scan.text_rows import BLOCK_COLUMNS, leaves

if TYPE_CHECKING:
    from pipeline.document import Box
    from pipeline.scan.text_columns import Fit
    from pipeline.spans import Span

BEFORE_NUMBERS = 2.0
"""Times the height of a line of text that a border of labels stands before the first of numbers at least."""
MOST_HEADS = 4
"""Rows of heads that table 3 has at most."""
NEAREST = 0.5
"""Times the height of a line of text, within which a border that was seen is the one between two rows."""


def laid_over(
    lattice: Lattice, fit: Fit, boxes: Sequence[Box], rows: Sequence[Span], height: float, others: Sequence[Box]
) -> Lattice:
    """The lattice with these columns and rows.

    Args:
        boxes: of the texts of the table, in pixels of the image.
        rows: top and bottom of what stands in each, one at least.
        height: of a line of text, pixels.
        others: all texts of the page.
    """
    return _with_rows(_with_columns(lattice, fit, boxes, height), boxes, rows, height, others)


def _with_columns(lattice: Lattice, fit: Fit, boxes: Sequence[Box], height: float) -> Lattice:
    """The lattice with these columns of numbers, and before them its own for the labels."""
    left = min(box[0] for box in boxes) - height / 2
    # The labels of table 2 are one column; those of table 3 begin in several.
    starts = [box[0] for box in boxes if len(fit.borders) == NUMBERS + 1 and box[2] < fit.borders[0] + height]
    room = (left + BEFORE_NUMBERS * height, fit.borders[0] - BEFORE_NUMBERS * height)
    own = [j for j, x in enumerate(lattice.columns) if room[0] < x < room[1] and any(x < start for start in starts)]
    labels = () if len(fit.borders) > WITHOUT_LABELS else (left, *(lattice.columns[j] for j in own))
    columns = (*labels, *fit.borders)
    over = [
        [i for i, (x0, x1) in enumerate(pairwise(lattice.columns)) if x0 < b - 1 and a + 1 < x1] or [0]
        for a, b in pairwise(columns)
    ]
    level = np.stack([lattice.level[:, old].max(axis=1) for old in over], axis=1)
    upright = np.ones((lattice.n_rows, len(columns)))
    if own and labels:
        upright[:, 1 : len(own) + 1] = lattice.upright[:, own]
    return replace(lattice, columns=columns, level=level, upright=upright)


def _with_rows(
    lattice: Lattice,
    boxes: Sequence[Box],
    spans: Sequence[Span],
    height: float,
    others: Sequence[Box],
) -> Lattice:
    """The lattice with these rows. Labels of several rows are parted where they were seen to be.

    Args:
        spans: top and bottom of what stands in each row.
        others: all texts of the page.
    """
    top, bottom = spans[0][0], spans[-1][1]
    above = max((box[3] for box in others if box[3] <= top), default=-np.inf)
    below = min((box[1] for box in others if box[1] >= bottom), default=np.inf)
    # What the detector did not see in the outermost rows of a page that is a little aslant stands higher or lower.
    rows = [max(top - height / 2, (above + top) / 2)]
    rows += [(one[1] + other[0]) / 2 for one, other in pairwise(spans)]
    rows.append(min(bottom + height / 2, (bottom + below) / 2))
    # All but the last column of labels.
    several = max(0, lattice.n_columns - NUMBERS - 1) if lattice.n_columns < WITHOUT_LABELS else 0
    old = np.array(lattice.rows)
    level = np.ones((len(rows), lattice.n_columns))
    upright = np.ones((len(spans), lattice.n_columns + 1))
    for i, y in enumerate(rows[1:-1], start=1):
        nearest = int(np.abs(old - y).argmin())
        near = abs(float(old[nearest]) - y) < NEAREST * height
        level[i, :several] = lattice.level[nearest, :several] if near else 0.0
    numbers = lattice.columns[several + 1]
    for label in leaves([box for box in boxes if (box[0] + box[2]) / 2 < numbers], height):
        row = int(np.clip(np.searchsorted(rows, middle_of(label)) - 1, 0, len(spans) - 1))
        column = int(np.clip(np.searchsorted(lattice.columns, label[0]) - 1, 0, several))
        level[row : row + 2, column:several] = 1.0
    for i, (top, bottom) in enumerate(spans):
        upright[i] = lattice.upright[int(np.clip(np.searchsorted(old, (top + bottom) / 2) - 1, 0, lattice.n_rows - 1))]
    made = replace(lattice, rows=tuple(rows), level=level, upright=upright)
    heads = {WITHOUT_LABELS: made.n_rows - 1}.get(made.n_columns, MOST_HEADS if several else made.n_rows)
    return with_places(_cleared(made, boxes, heads, several + 1))


def _cleared(lattice: Lattice, boxes: Sequence[Box], heads: int, labels: int) -> Lattice:
    """The lattice without the borders that a text runs through. A label that goes over several columns is one of a
    single row, or a head, and parted from what is above and below. What runs over borders of numbers is a stroke of a
    pen, which the detector took for one text with these.

    Args:
        heads: rows that may hold heads of several columns.
        labels: columns of labels.
    """
    level, upright = lattice.level.copy(), lattice.upright.copy()
    # In table 2 a number stands in the middle of a cell as wide as two or three, be it of one digit.
    wide = lattice.n_columns <= BLOCK_COLUMNS
    for box in boxes:
        row = int(np.clip(np.searchsorted(lattice.rows, middle_of(box)) - 1, 0, lattice.n_rows - 1))
        crossed = [
            j
            for j, x in enumerate(lattice.columns[1:-1], start=1)
            if runs_across(box, x) or (wide and box[0] < x < box[2])
        ]
        crossed = crossed if row < heads else [j for j in crossed if j < labels]
        if crossed:
            upright[row, crossed] = 0.0
            level[row : row + 2, crossed[0] - 1 : crossed[-1] + 1] = 1.0
        if wide and row + 1 < lattice.n_rows:
            # The number below such a head may be one that the detector did not see.
            below = [one for one in boxes if lattice.rows[row + 1] < middle_of(one) < lattice.rows[row + 2]]
            for j in crossed:
                sides = {int(np.searchsorted(lattice.columns, (one[0] + one[2]) / 2)) for one in below}
                upright[row + 1, j] = upright[row + 1, j] if {j, j + 1} <= sides else 0.0
    for box in boxes:
        middle = (box[0] + box[2]) / 2
        column = int(np.clip(np.searchsorted(lattice.columns, middle) - 1, 0, lattice.n_columns - 1))
        # Below the heads no number goes over several rows; what does is a stroke, taken for one text with it.
        last = lattice.n_rows if column < labels else heads
        level[[i for i, y in enumerate(lattice.rows) if i <= last and runs_down(box, y)], column] = 0.0
    return replace(lattice, level=level, upright=upright)
