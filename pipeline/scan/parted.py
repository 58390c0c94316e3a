"""Cells parted where what they hold stands apart: a rule that is lost between two numbers leaves a gap that no single
text has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.boxes import SHORT, height_of, is_piece_of_rule, middle_of, width_of
from pipeline.scan.lattice import SURE, Lattice, with_places
from pipeline.scan.parts import TextPart, by_cell, lines_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Box

APART = 2.0
"""Times the height of the text that two texts of one cell stand apart at least, to be of two cells."""
CLOSE = 0.8
"""Likewise, where both are numbers and other rows have a border between them: no digits of one number stand so far
apart."""
OVER = 0.3
"""Times its height by which a text may reach over a rule and still keep to its cell."""
MOST_COLUMNS = 4
"""Columns of the widest tables whose first column is one of labels and no other is."""
ONE_LINE = 1.8
"""Height of a cell, in that of its texts, below which it has room for one line alone."""
FEW_ROWS = 5
"""Rows from which on a border that one row alone would have is none: a stroke of a pen beside a number."""
NEAR = 1.0
"""Times the height of the text from a border of other rows, within which that border is taken."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """Between two texts of one cell that stand far apart."""

    first: int
    last: int
    """Rows of the cell, from and before."""
    left: float
    right: float
    height: float
    """Of the text."""
    number: bool
    """The text on its right is no longer than a number."""
    short: bool
    """Nor is that on its left, and it stands in no column of labels."""


def parted(lattice: Lattice, parts: Sequence[TextPart]) -> Lattice:
    """The lattice with a border more wherever one line of a cell holds texts that stand far apart.

    What other rows have there, this one has lost; after a label, far from its number, that is the border of the labels.
    Where no row has one, the gaps of several rows that have a stretch in common show where it was lost in all of them.
    Long texts that stand apart bear that out, but alone they are two parts of a sentence.
    """
    wanted: list[tuple[int, int, float, float]] = []
    loose: list[_Gap] = []
    for gap in _gaps(lattice, parts):
        border = _border_between(lattice, gap)
        if border is not None and gap.number:
            wanted.append((gap.first, gap.last, border, NEAR * gap.height))
        else:
            loose.append(gap)
    for group in _in_common(loose):
        x = (max(gap.left for gap in group) + min(gap.right for gap in group)) / 2
        near = min(min(NEAR * gap.height, 0.4 * (gap.right - gap.left)) for gap in group)
        rows = {gap.first for gap in group}
        elsewhere = any(abs(x - border) <= near for border in lattice.columns) or lattice.n_rows < FEW_ROWS
        if len(rows) > 1 or (elsewhere and group[0].number and group[0].short):
            wanted += [(gap.first, gap.last, x, near) for gap in group]
    for first, last, x, near in wanted:
        lattice = _with_border(lattice, first, last, x, near)
    return with_places(lattice) if wanted else lattice


def _border_between(lattice: Lattice, gap: _Gap) -> float | None:
    """Where the border of other rows stands in a gap: after a label the first one; between numbers the only one, or the
    one that most rows have. None where there is none, or several that as many rows have."""
    between = [border for border in range(1, lattice.n_columns) if gap.left < lattice.columns[border] < gap.right]
    if between and not gap.short:
        return lattice.columns[between[0]]
    rows = {border: int((lattice.upright[:, border] >= SURE).sum()) for border in between}
    most = [border for border in between if rows[border] == max(rows.values())]
    return lattice.columns[most[0]] if len(most) == 1 else None


def _gaps(lattice: Lattice, parts: Sequence[TextPart]) -> Iterator[_Gap]:
    boxes = lattice.boxes
    borders = lattice.columns[1:-1]
    texts = [part for part in parts if _within_a_cell(boxes, part.box) and not is_piece_of_rule(part.box, borders)]
    for place, inside in by_cell(lattice, texts).items():
        for left, right in pairwise(_only_line(inside, lattice.box(place))):
            height = max(height_of(left.box), height_of(right.box))
            number, short = (width_of(part.box) <= SHORT * height for part in (right, left))
            border = any(left.box[2] < x < right.box[0] for x in lattice.columns[1:-1])
            room = CLOSE if number and short and border else APART
            if right.box[0] - left.box[2] > room * height:
                label = lattice.n_columns <= MOST_COLUMNS and left.box[2] <= lattice.columns[1]
                last = place.row + place.row_span
                yield _Gap(place.row, last, left.box[2], right.box[0], height, number, short and not label)


def _only_line(inside: Sequence[TextPart], box: Box) -> list[TextPart]:
    """The texts of a cell from left to right, if they stand in one line; none otherwise. In a cell without room for a
    second line they do, be it a little aslant."""
    low = bool(inside) and height_of(box) < ONE_LINE * max(height_of(part.box) for part in inside)
    if low:
        return sorted(inside, key=lambda part: part.box[0])
    lines = lines_of(inside)
    return lines[0] if len(lines) == 1 else []


def _in_common(gaps: Sequence[_Gap]) -> list[list[_Gap]]:
    """The gaps before numbers, those together that have a stretch in common; with them those before longer texts, where
    they leave room in it."""
    groups: list[list[_Gap]] = []
    rest = sorted((gap for gap in gaps if gap.number), key=lambda gap: (gap.right, gap.left, gap.first))
    while rest:
        end = rest[0].right
        groups.append([gap for gap in rest if gap.left < end])
        rest = [gap for gap in rest if gap.left >= end]
    for gap in gaps:
        for group in groups if not gap.number else ():
            left, right = max(one.left for one in group), min(one.right for one in group)
            if min(right, gap.right) - max(left, gap.left) > APART * gap.height:
                group.append(gap)
                break
    return groups


def _within_a_cell(boxes: NDArray[np.float64], box: Box) -> bool:
    """Whether the text keeps to one cell; of one that runs over a rule, an end would look like a text of its own.

    Args:
        boxes: of the cells, n x 4.
    """
    room, middle = OVER * height_of(box), middle_of(box)
    across = (boxes[:, 0] - room <= box[0]) & (box[2] <= boxes[:, 2] + room)
    return bool((across & (boxes[:, 1] <= middle) & (middle <= boxes[:, 3])).any())


def _with_border(lattice: Lattice, first: int, last: int, x: float, near: float) -> Lattice:
    """An upright border at x, or at the one that is near, in these rows."""
    columns = np.array(lattice.columns)
    nearest = int(np.abs(columns - x).argmin())
    if abs(columns[nearest] - x) > near:
        nearest = int(np.searchsorted(columns, x))
        lattice = replace(
            lattice,
            columns=(*lattice.columns[:nearest], x, *lattice.columns[nearest:]),
            level=np.insert(lattice.level, nearest, lattice.level[:, nearest - 1], axis=1),
            upright=np.insert(lattice.upright, nearest, 0.0, axis=1),
        )
    upright = lattice.upright.copy()
    upright[first:last, nearest] = 1.0
    return replace(lattice, upright=upright)
