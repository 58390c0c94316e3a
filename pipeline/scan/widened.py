"""Tables without rules of which only a part was made out, widened to hold the texts that stand beside it.

Where numbers stand far apart and little says that they are cells, the labels alone may be taken for a table. What
stands in its rows, right of it or left, is the rest of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.boxes import height_of, middle_of, runs_across
from pipeline.scan.lattice import Lattice, with_places
from pipeline.scan.parted import parted

if TYPE_CHECKING:
    from pipeline.document import Box
    from pipeline.scan.parts import TextPart

BESIDE = 12.0
"""Times the height of a text from a table, or from the text before it, within which it may belong to the table."""
ROWS = 2
"""Rows that must have a text beside them; a single one may be a mark of the page."""
MARGIN = 0.5
"""Of the height of a text, between it and the new side of the table."""
SHARED = 0.3
"""Of the lower one's height, that two tables side by side have in common at least."""
FEW_ROWS = 2
"""Rows of what seems to be printed, but may be strokes of a pen, at most."""
COVERED = 0.5
"""Share of its area that another piece of the table has inside the widened one at least."""


def beside(lattice: Lattice, parts: Sequence[TextPart]) -> list[TextPart]:
    """The texts, not those of seals, that stand in a row of the table but left or right of it, no further from it or
    from each other than the numbers of a row are."""
    left, top, right, bottom = lattice.outline
    rows = [part for part in parts if not part.mark and top < middle_of(part.box) < bottom]
    found = []
    reach = right
    for part in sorted(rows, key=lambda one: one.box[0]):
        if right <= (part.box[0] + part.box[2]) / 2 and part.box[0] < reach + BESIDE * height_of(part.box):
            found.append(part)
            reach = max(reach, part.box[2])
    reach = left
    for part in sorted(rows, key=lambda one: -one.box[2]):
        if (part.box[0] + part.box[2]) / 2 <= left and part.box[2] > reach - BESIDE * height_of(part.box):
            found.append(part)
            reach = min(reach, part.box[0])
    return found


def widened(found: Sequence[tuple[Lattice, bool]], parts: Sequence[TextPart]) -> list[tuple[Lattice, bool]]:
    """The tables of a page, each with whether it is implied; those that are, with what stands beside them."""
    made = list(found)
    for lattice, implied in found:
        if not implied or (lattice, implied) not in made:
            continue
        texts = beside(lattice, parts)
        if len({int(np.searchsorted(lattice.rows, middle_of(part.box))) for part in texts}) < ROWS:
            continue
        wide = parted(_with_sides(lattice, texts, parts), parts)
        others = [one for one in made if one[0] is not lattice]
        kept = [one for one in others if not _is_piece(one, wide)]
        if any(_overlaps(one.outline, wide.outline) for one, _ in kept):
            continue
        made = [*kept, (wide, True)]
    return sorted(made, key=lambda one: (one[0].rows[0], one[0].columns[0]))


def without_covered(found: Sequence[tuple[Lattice, bool]]) -> list[tuple[Lattice, bool]]:
    """The tables of a page, each with whether it is implied, without those that are pieces of a larger one, whose
    texts may have shown that it goes on over the others."""
    made: list[tuple[Lattice, bool]] = []
    for one in sorted(found, key=lambda pair: -_area(pair[0])):
        if not any(implied and _is_piece(one, larger) for larger, implied in made):
            made.append(one)
    return sorted(made, key=lambda one: (one[0].rows[0], one[0].columns[0]))


def _area(lattice: Lattice) -> float:
    left, top, right, bottom = lattice.outline
    return (right - left) * (bottom - top)


def side_by_side(lattice: Lattice, other: Lattice) -> bool:
    """Whether two tables share heights: the form has none beside another, so they are pieces of one, whatever was taken
    for the rules of either."""
    left, top, right, bottom = lattice.outline
    x0, y0, x1, y1 = other.outline
    return min(bottom, y1) - max(top, y0) > SHARED * min(bottom - top, y1 - y0) and (x1 <= left or right <= x0)


def _with_sides(lattice: Lattice, texts: Sequence[TextPart], parts: Sequence[TextPart]) -> Lattice:
    left, right = lattice.columns[0], lattice.columns[-1]
    margin = MARGIN * max(height_of(part.box) for part in texts)
    ends = [part.box[2] for part in texts if part.box[2] > right]
    starts = [part.box[0] for part in texts if part.box[0] < left]
    if ends:
        lattice = _with_column(lattice, lattice.n_columns, max(ends) + margin, parts)
    if starts:
        lattice = _with_column(lattice, 0, max(0.0, min(starts) - margin), parts)
    return lattice


def _with_column(lattice: Lattice, at: int, x: float, parts: Sequence[TextPart]) -> Lattice:
    """The lattice with one column more at its left (0) or right side, out to x. What was its side stays a border but
    for the rows in which a text runs through it."""
    side = lattice.columns[at]
    border = np.ones(lattice.n_rows)
    for part in parts:
        row = int(np.searchsorted(lattice.rows, middle_of(part.box))) - 1
        if 0 <= row < lattice.n_rows and runs_across(part.box, side):
            border[row] = 0.0
    upright = lattice.upright.copy()
    upright[:, at] = border
    beyond = at + 1 if at else 0
    return with_places(
        replace(
            lattice,
            columns=(*lattice.columns[:beyond], x, *lattice.columns[beyond:]),
            level=np.insert(lattice.level, at, lattice.level[:, at - 1 if at else 0], axis=1),
            upright=np.insert(upright, beyond, 1.0, axis=1),
        )
    )


def _is_piece(one: tuple[Lattice, bool], wide: Lattice) -> bool:
    """Whether a table, implied or of few rows, lies within the widened one."""
    lattice, implied = one
    left, top, right, bottom = lattice.outline
    x0, y0, x1, y1 = wide.outline
    inside = max(0.0, min(right, x1) - max(left, x0)) * max(0.0, min(bottom, y1) - max(top, y0))
    return (implied or lattice.n_rows <= FEW_ROWS) and inside >= COVERED * (right - left) * (bottom - top)


def _overlaps(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
