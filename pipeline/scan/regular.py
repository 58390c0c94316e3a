"""Borders that the form says are there.

Its tables have 7 or 15 columns of numbers, side by side and about as wide: where one fewer was found and one is as wide
as two, the rule in its middle was lost, be it too faint or broken. And each row of numbers has a label of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.boxes import SHORT, height_of, middle_of, runs_across, runs_down, width_of
from pipeline.scan.evened import (
    LEAST_COLUMNS,
    LEAST_ROWS,
    NOT_THERE,
    NUMBERS,
    THERE,
    WITHOUT_LABELS,
    crossed_borders,
    number_block,
    rows_of_numbers,
)
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
LEAST_SEEN, OFF = 4, 0.2
"""Columns of numbers that are seen in some way, from which on blank ones are added; of the usual width, by which a
border is off its place among seven at most."""
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


def with_blank_columns(lattice: Lattice, boxes: Sequence[Box]) -> Lattice:
    """The lattice of a table without printed rules with the columns in which nothing is printed from top to bottom:
    where all borders that are seen beside the labels have their places among those of seven columns of one width, these
    are the form's, and the others stand in between.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    block = number_block(lattice)
    if lattice.n_columns <= LEAST_SEEN or (block is not None and block[3] - block[2] >= NUMBERS):
        return lattice
    there, body = rows_of_numbers(lattice)
    if body.sum() < LEAST_ROWS:
        return lattice
    share = there[body].mean(axis=0)
    borders = [border for border in range(1, lattice.n_columns) if share[border] >= THERE]
    for i, left in enumerate(borders):
        inner = [lattice.columns[border] for border in borders[i + 1 :]]
        columns = _seven_columns(lattice.columns[left], inner, lattice.columns[-1])
        label = lattice.columns[left] - lattice.columns[borders[i - 1] if i else 0]
        if columns is not None and label > TWICE[0] * (columns[-1] - columns[0]) / NUMBERS:
            return _with_columns(lattice, left, columns, int(body.argmax()), boxes)
    return lattice


def _seven_columns(left: float, inner: Sequence[float], right: float) -> list[float] | None:
    """The borders of seven columns about as wide, as far as they are seen where they were seen; None where too few are,
    or one stands elsewhere."""
    usual = (right - left) / NUMBERS
    columns = [left + usual * border for border in range(NUMBERS)] + [right]
    for x in inner:
        nearest = round((x - left) / usual)
        if not 0 < nearest < NUMBERS or abs(x - left - usual * nearest) > OFF * usual:
            return None
        columns[nearest] = x
    return columns if LEAST_SEEN <= len(inner) + 1 < NUMBERS else None


def _with_columns(
    lattice: Lattice, start: int, numbers: Sequence[float], first: int, boxes: Sequence[Box]
) -> Lattice:
    """The lattice with these borders instead of those from the one at `start` on; from the row `first` on, but where a
    text runs through."""
    columns = (*lattice.columns[:start], *numbers)
    over = [
        [i for i, (x0, x1) in enumerate(pairwise(lattice.columns)) if x0 < right - 1 and left + 1 < x1]
        for left, right in pairwise(columns)
    ]
    level = np.stack([lattice.level[:, old].max(axis=1) for old in over], axis=1)
    upright = np.zeros((lattice.n_rows, len(columns)))
    upright[:, : start + 1], upright[:, -1] = lattice.upright[:, : start + 1], lattice.upright[:, -1]
    made = replace(lattice, columns=columns, level=level, upright=upright)
    for row in range(first, lattice.n_rows):
        clear = set(range(start + 1, len(columns) - 1)) - crossed_borders(made, row, row + 1, boxes)
        upright[row, sorted(clear)] = 1.0
    return with_places(made)


def without_text_below(lattice: Lattice, boxes: Sequence[Box]) -> Lattice:
    """The lattice of a table without printed rules, without lines of text that stand below it: in its last rows a text
    that runs over several columns of numbers is none of them.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    block = number_block(lattice)
    if block is None:
        return lattice
    first, _, left, right = block
    rows = lattice.n_rows
    while rows > first + 1:
        inside = [box for box in boxes if lattice.rows[rows - 1] < middle_of(box) < lattice.rows[rows]]
        if not any(sum(runs_across(box, x) for x in lattice.columns[left + 1 : right]) > 1 for box in inside):
            break
        rows -= 1
    if rows == lattice.n_rows:
        return lattice
    return with_places(
        replace(lattice, rows=lattice.rows[: rows + 1], level=lattice.level[: rows + 1], upright=lattice.upright[:rows])
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
                ends += [x1, x1 + margin]
            elif x0 - margin < x < x1 and x - x0 + margin < min(room, SPILT * (y1 - y0)):
                ends += [x0, x0 - margin]
        columns[border] = min([x, *ends], key=lambda one: (round(_cut_off(one, beside), 3), abs(one - x), one))
    return lattice if tuple(columns) == lattice.columns else replace(lattice, columns=tuple(columns))


def _cut_off(x: float, boxes: Sequence[Box]) -> float:
    """Pixels by which an upright border cuts into texts, or comes too close to them, taken together. Where columns are
    a little aslant none is clear of all, but one that cuts into the margins of two boxes cuts no digit."""
    found = 0.0
    for x0, y0, x1, y1 in boxes:
        margin = CLEAR / 2 * (y1 - y0)
        found += max(0.0, min(x - x0, x1 - x) + margin)
    return found


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


def with_wide_cells(lattice: Lattice, boxes: Sequence[Box]) -> Lattice:
    """The lattice without the upright borders through which a text runs in two rows one below the other: in the last
    parts of table 2 a head and its number stand in a cell as wide as two, in its middle, where other parts have a
    border. Numbers of larger tables stand so close that a detector takes two for one.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    if lattice.n_columns >= LEAST_COLUMNS:
        return lattice
    crossed, by_number = np.zeros((2, *lattice.upright.shape), bool)
    for box in boxes:
        row = int(np.searchsorted(lattice.rows, middle_of(box))) - 1
        if 0 <= row < lattice.n_rows:
            over = [0 < j < lattice.n_columns and runs_across(box, x) for j, x in enumerate(lattice.columns)]
            crossed[row] |= over
            by_number[row] |= np.array(over) & (width_of(box) < SHORT * height_of(box))
    pairs = crossed[:-1] & by_number[1:]
    gone = np.zeros_like(crossed)
    gone[:-1] |= pairs
    gone[1:] |= pairs
    gone &= lattice.upright > 0
    return with_places(replace(lattice, upright=np.where(gone, 0.0, lattice.upright))) if gone.any() else lattice


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
