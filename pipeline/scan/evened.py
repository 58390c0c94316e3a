"""A lattice evened out by what every table of the form has: a block of numbers in which no cells are merged.

Inside the block a rule runs from end to end or is not there at all, so the whole of it speaks for each of its pieces:
a faint piece is filled in, a stroke of a digit taken for a rule is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ocr.runs import runs
from pipeline.scan.boxes import height_of, middle_of, runs_across, runs_down, width_of
from pipeline.scan.lattice import SURE, Lattice, with_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Box

LEAST_COLUMNS = 6
"""Columns from which on a table has such a block: table 3 has 7 number columns, table 4 has 15."""
NUMBERS, WITHOUT_LABELS = 7, 15
"""Columns of numbers in table 3; columns of table 4, which are all of numbers."""
MOST_ROWS = 8
"""Rows of a table up to which it may be table 4: four, and what a network takes for more of its heads. Where all tables
of a long page were taken for one, that has the borders of all."""
WIDEST = 1.5
"""Width of a column of numbers, in that of the usual ones, at most."""
LEAST_ROWS = 4
"""Rows of numbers from which on they speak for those between them."""
MOSTLY = 0.7
"""Share of the upright edges of a row that makes it one of the block."""
HINTED = 0.3
"""Mean evidence of a row's upright edges from which on it belongs to the block that it stands beside."""
MOST_UNDIVIDED = 3
"""Columns of numbers that may look merged, where just the seven that the form has are alike in width."""
ALWAYS = 0.9
"""Share of the rows' edges that a column of numbers has; a column of labels lacks some."""
FIRST = 0.8
"""Mean evidence along the first rules of the block from which on they are whole."""
THERE, NOT_THERE = 0.4, 0.2
"""Mean evidence along a rule inside the block from which on it is there; below which it is not."""


def evened(lattice: Lattice, boxes: Sequence[Box] = ()) -> Lattice:
    """The lattice with the rules of its block of numbers whole or gone; as it is where it has no such block.

    A level border that is there in some columns and through which a text runs in others is none: where a page is bent,
    the rule below one row is near the middle of the next at its other end.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    block = number_block(lattice)
    if block is None:
        return lattice
    first, last, left, right = block
    level, upright = lattice.level.copy(), lattice.upright.copy()
    for border in range(first + 1, last):
        mean = float(level[border, left:right].mean())
        broken = float(level[border, left:right].min()) < NOT_THERE
        if mean < NOT_THERE or (broken and _is_run_through(lattice, border, left, right, boxes)):
            level[border, left:right] = 0.0
        elif mean >= THERE:
            level[border, left:right] = 1.0
    complete = _is_complete(lattice, left, right)
    for border in range(left + 1, right + 1):
        mean = float(upright[first:last, border].mean())
        if mean >= THERE or complete:
            upright[first:last, border] = 1.0
        elif mean < NOT_THERE:
            upright[first:last, border] = 0.0
    # The leftmost may be that of a column of labels, some of which reach over it.
    if complete and float(upright[first:last, left].mean()) >= FIRST:
        upright[first:last, left] = 1.0
    # The row of heads is as regular as the block, but some heads reach further up than others.
    if float(level[first, left:right].mean()) >= FIRST:
        level[first, left:right] = 1.0
    level[last, left:right] = 1.0
    return with_places(replace(lattice, level=level, upright=upright))


def _is_run_through(lattice: Lattice, border: int, left: int, right: int, boxes: Sequence[Box]) -> bool:
    """Whether a text of these columns, or a label beside them, runs through a level border."""
    start, end = lattice.columns[max(0, left - 1)], lattice.columns[right]
    return any(
        runs_down(box, lattice.rows[border])
        and min(box[2], end) - max(box[0], start) > min(height_of(box), width_of(box)) / 2
        for box in boxes
    )


def _is_complete(lattice: Lattice, left: int, right: int) -> bool:
    """Whether the block has just the columns of numbers that the form has, all about as wide: then none of its borders
    is a stroke of something else, be there as little of it as in cells that are all blank."""
    widths = np.diff(lattice.columns[left : right + 1])
    usual = float(np.median(widths))
    return len(widths) in (NUMBERS, WITHOUT_LABELS) and bool(
        widths.max() <= WIDEST * usual and widths.min() >= usual / WIDEST
    )


def with_rows_between(lattice: Lattice, boxes: Sequence[Box], implied: bool = False) -> Lattice:
    """The lattice, its rows between others of numbers parted as these are: cells that hold nothing leave of a row with
    faint rules little to see. Rows that a text runs through where the rules would stand are heads, and stay.

    Args:
        boxes: of lines of text, in pixels of the image.
        implied: the table has no printed rules: its last rows, too, are parted as those above, down to one that a text
            runs through. Where nothing is printed in a column from some row on, there is nothing to see at all.
    """
    n_columns = lattice.n_columns
    if n_columns < LEAST_COLUMNS:
        return lattice
    there, body = rows_of_numbers(lattice)
    if body.sum() < LEAST_ROWS:
        return lattice
    least = THERE if implied else ALWAYS
    borders = [border for border in range(1, n_columns) if there[body, border].mean() >= least]
    upright = lattice.upright.copy()
    for first, last in runs(~body):
        if first == 0 or (last == lattice.n_rows and not implied):
            continue
        # The last rows are looked at one by one: what stands below a table may have been taken for a part of it.
        pieces = [(first, last)] if last < lattice.n_rows else [(row, row + 1) for row in range(first, last)]
        for start, end in pieces:
            crossed = crossed_borders(lattice, start, end, boxes)
            if any(border >= n_columns // 2 for border in crossed):
                break
            upright[start:end, [border for border in borders if border not in crossed]] = 1.0
    return lattice if (upright == lattice.upright).all() else with_places(replace(lattice, upright=upright))


def crossed_borders(lattice: Lattice, first: int, last: int, boxes: Sequence[Box]) -> set[int]:
    """The upright borders that a text of these rows runs through."""
    inside = [box for box in boxes if lattice.rows[first] < middle_of(box) < lattice.rows[last]]
    return {border for border, x in enumerate(lattice.columns) if any(runs_across(box, x) for box in inside)}


def rows_of_numbers(lattice: Lattice) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which upright edges are there, rows x columns by their left ends, and which rows are parted in their right half,
    where the numbers are."""
    # The outermost rule bounds the table whether it is drawn or not.
    there = lattice.upright[:, :-1] >= SURE
    return there, np.asarray(there[:, lattice.n_columns // 2 :].mean(axis=1) >= MOSTLY)


def number_block(lattice: Lattice) -> tuple[int, int, int, int] | None:
    """First row, row behind the last, first column and column behind the last of the block of numbers; None where the
    table has too few columns, or no rows parted throughout."""
    n_columns = lattice.n_columns
    if n_columns < LEAST_COLUMNS:
        return None
    there, body = rows_of_numbers(lattice)
    hinted = lattice.upright[:, n_columns // 2 : -1].mean(axis=1) >= HINTED
    # The longest run of rows that look like numbers, or nearly do beside those that look so.
    first, last = max(runs(body | hinted), key=lambda run: int(body[run[0] : run[1]].sum()), default=(0, 0))
    if not body[first:last].any():
        return None
    # Above it stand the heads, of which some reach over several columns.
    first += int(body[first:last].argmax())
    if n_columns == WITHOUT_LABELS and lattice.n_rows <= MOST_ROWS and _like_others(lattice, 0, 0):
        return first, last, 0, n_columns
    left = n_columns - 1
    share = there[first:last].mean(axis=0)
    while left > 0 and share[left] >= THERE:
        left -= 1
    left += 1 if share[left] < THERE else 0
    # The outermost columns hold labels, whose rows are merged.
    while left < n_columns - 1 and not _divided(lattice, first, last, left):
        left += 1
    seven = n_columns - NUMBERS
    if 0 <= seven < left <= seven + MOST_UNDIVIDED and _like_others(lattice, seven, left):
        # A border that is there in a part of the columns only makes the first of them look merged, like labels.
        left = seven if left == seven + 1 or share[seven] >= ALWAYS else left
    return (first, last, left, n_columns) if n_columns - left >= LEAST_COLUMNS else None


def _like_others(lattice: Lattice, first: int, left: int) -> bool:
    """Whether the columns from the first on are no wider than those of the block, which begins at `left`, can be."""
    widths = np.diff(lattice.columns)
    return bool(widths[first:].max() <= WIDEST * np.median(widths[left:]))


def _divided(lattice: Lattice, first: int, last: int, column: int) -> bool:
    """Whether the rows of a column are parted like those of the columns behind it."""
    if last - first < 2:
        return True
    own = lattice.level[first + 1 : last, column]
    others = np.median(lattice.level[first + 1 : last, column:], axis=1)
    return bool(own[others >= SURE].mean() >= ALWAYS) if (others >= SURE).any() else True
