"""Borders that the form says are there.

Its tables have 7 or 15 columns of numbers, side by side and about as wide: where one fewer was found and one is as wide
as two, the rule in its middle was lost, be it too faint or broken. And each row of numbers has a label of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.boxes import middle_of, runs_down
from pipeline.scan.evened import NOT_THERE, NUMBERS, WITHOUT_LABELS, number_block
from pipeline.scan.lattice import SURE, Lattice, with_places

if TYPE_CHECKING:
    from pipeline.document import Box

TWICE = (1.7, 2.3)
"""Of the usual width: a column in which a border was lost."""
HALF, WHOLLY, LIKE_OTHERS = 0.3, 0.8, 2
"""Of a border: what is there of it in a row that half shows it; in rows that show it whole; how many of these."""
CLEAR, SPILT = 0.15, 1.2
"""Times its height from a text to an upright border beside it, at least; by which it may reach over one at most that is
moved."""
ALIKE = 0.35
"""Of the usual width, by which the other columns differ at most."""


def with_lost_border(lattice: Lattice) -> Lattice:
    """The lattice with the border that is missing in its block of numbers, if it is one and it is clear which."""
    block = number_block(lattice)
    if block is None:
        return lattice
    first, last, left, right = block
    if right + 1 == WITHOUT_LABELS:
        # Table 4 has no labels at its side.
        left = 0
    if right - left + 1 not in (NUMBERS, WITHOUT_LABELS):
        return lattice
    widths = np.diff(lattice.columns[left : right + 1])
    usual = float(np.median(widths))
    wide = np.flatnonzero((widths >= TWICE[0] * usual) & (widths <= TWICE[1] * usual))
    others = np.delete(widths, wide)
    if len(wide) != 1 or np.abs(others - usual).max() > ALIKE * usual:
        return lattice
    at = left + int(wide[0]) + 1
    middle = (lattice.columns[at - 1] + lattice.columns[at]) / 2
    upright = np.insert(lattice.upright, at, 0.0, axis=1)
    upright[first:last, at] = 1.0
    return with_places(
        replace(
            lattice,
            columns=(*lattice.columns[:at], middle, *lattice.columns[at:]),
            level=np.insert(lattice.level, at, lattice.level[:, at - 1], axis=1),
            upright=upright,
        )
    )


def with_clear_borders(lattice: Lattice, boxes: Sequence[Box]) -> Lattice:
    """The lattice of a table without printed rules, its upright borders moved off the ends of texts: what nobody drew
    stands where it cuts no number.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    columns = list(lattice.columns)
    rows = np.searchsorted(lattice.rows, [middle_of(box) for box in boxes]) - 1
    placed = [(int(row), box) for row, box in zip(rows, boxes, strict=True) if 0 <= row < lattice.n_rows]
    for border in range(1, lattice.n_columns):
        beside = [box for row, box in placed if lattice.upright[row, border] >= SURE]
        x, room = columns[border], min(columns[border] - columns[border - 1], columns[border + 1] - columns[border]) / 2
        ends = []
        for x0, y0, x1, y1 in beside:
            margin = CLEAR * (y1 - y0)
            if x0 < x < x1 + margin and x1 + margin - x < min(room, SPILT * (y1 - y0)):
                ends.append(x1 + margin)
            elif x0 - margin < x < x1 and x - x0 + margin < min(room, SPILT * (y1 - y0)):
                ends.append(x0 - margin)
        columns[border] = min([x, *ends], key=lambda one: (_crossed(one, beside), abs(one - x), one))
    return lattice if tuple(columns) == lattice.columns else replace(lattice, columns=tuple(columns))


def _crossed(x: float, boxes: Sequence[Box]) -> int:
    """How many texts reach over a width, or nearly up to it."""
    return sum(x0 - CLEAR / 2 * (y1 - y0) < x < x1 + CLEAR / 2 * (y1 - y0) for x0, y0, x1, y1 in boxes)


def with_likely_borders(lattice: Lattice) -> Lattice:
    """The lattice of a table without printed rules with the upright borders that a row half shows and others wholly:
    where a number is so small that it was overlooked, its neighbour would take its place."""
    rows = (lattice.upright >= WHOLLY).sum(axis=0) >= LIKE_OTHERS
    likely = (lattice.upright >= HALF) & (lattice.upright < SURE) & rows[None, :]
    if not likely.any():
        return lattice
    return with_places(replace(lattice, upright=np.where(likely, 1.0, lattice.upright)))


def with_whole_rows(lattice: Lattice, boxes: Sequence[Box]) -> Lattice:
    """The lattice of a table without printed rules, the borders between its rows of numbers whole or gone: one that a
    text runs through is none, nor is it one in the cells beside; one that is seen here and there is one throughout. A
    row too many is blank and does no harm; half a border would put the numbers of one row into two.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    block = number_block(lattice)
    if block is None:
        return lattice
    first, last, left, right = block
    level = lattice.level.copy()
    numbers = [box for box in boxes if lattice.columns[left] < (box[0] + box[2]) / 2 < lattice.columns[right]]
    for border in range(first + 1, last):
        mean = float(level[border, left:right].mean())
        if NOT_THERE <= mean < WHOLLY:
            here = lattice.rows[border]
            level[border, left:right] = 0.0 if any(runs_down(box, here) for box in numbers) else 1.0
    return lattice if (level == lattice.level).all() else with_places(replace(lattice, level=level))


def with_label_borders(lattice: Lattice, boxes: Sequence[Box]) -> Lattice:
    """The lattice of a table without printed rules, its rows of numbers parted from each other in the labels beside
    them, too, where a text stands in both rows and none across the border.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    block = number_block(lattice)
    if block is None or block[2] == 0:
        return lattice
    first, last, left, right = block
    level = lattice.level.copy()
    for place in lattice.places:
        bottom = place.row + place.row_span
        end = place.column + place.column_span
        if not place.column < left <= end < right or place.row < first or bottom > last:
            continue
        texts = [box for box in boxes if lattice.columns[place.column] < (box[0] + box[2]) / 2 < lattice.columns[end]]
        for border in range(place.row + 1, bottom):
            parted = float(level[border, end:right].mean()) >= SURE
            if parted and _between(texts, lattice.rows[border - 1 : border + 2]):
                level[border, place.column : end] = 1.0
    return lattice if (level == lattice.level).all() else with_places(replace(lattice, level=level))


def _between(texts: Sequence[Box], heights: Sequence[float]) -> bool:
    """Whether of the texts some stand above the border and some below it, and none across.

    Args:
        heights: of the border above, the border itself, and the one below.
    """
    above, here, below = heights
    middles = [middle_of(box) for box in texts]
    crossed = any(runs_down(box, here) for box in texts)
    return not crossed and any(above < y < here for y in middles) and any(here < y < below for y in middles)
