"""A table without rules that goes on from the page before, with the columns that it has there.

Below its heads, a table whose zeros are blank shows next to nothing of its columns. On the page before, the heads
stand over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.boxes import runs_across
from pipeline.scan.evened import NUMBERS, WIDEST
from pipeline.scan.lattice import Lattice, with_places

if TYPE_CHECKING:
    from pipeline.document import Box

SHIFTED = 0.04
"""Share of the width of a page by which a table stands further to one side than on the page before, at most."""
STRETCHED = 0.08
"""Share of its own width by which the block of numbers is wider or narrower, at most: where no rules are printed, its
right end is where its texts end."""
LEAST_ROWS = 2


@dataclass(frozen=True, slots=True)
class NumberColumns:
    """The borders of the seven columns of numbers of a page's last table, from left to right."""

    borders: tuple[float, ...]
    """Eight, as shares of the width of the page."""


def number_columns(tables: Sequence[Lattice], width: int) -> NumberColumns | None:
    """Those of the lowest table, where its last seven columns are about as wide and others stand before them.

    Args:
        width: of the page, pixels.
    """
    if not tables:
        return None
    last = max(tables, key=lambda lattice: lattice.outline[3])
    if last.n_columns <= NUMBERS:
        return None
    borders = last.columns[-NUMBERS - 1 :]
    widths = np.diff(borders)
    usual = float(np.median(widths))
    if widths.max() > WIDEST * usual or widths.min() < usual / WIDEST:
        return None
    return NumberColumns(tuple(x / width for x in borders))


def carried_over(lattice: Lattice, before: NumberColumns, width: int, boxes: Sequence[Box]) -> Lattice:
    """The topmost table of a page with the columns of numbers that the table of the page before has; as it is where
    it stands elsewhere, has columns enough, or a text runs through one of these borders.

    Args:
        width: of the page, pixels.
        boxes: of lines of text, in pixels of the image.
    """
    there = [x * width for x in before.borders]
    columns = np.array(lattice.columns)
    start = int(np.abs(columns[:-1] - there[0]).argmin())
    left, right = float(columns[start]), float(columns[-1])
    stretch = (right - left) / (there[-1] - there[0])
    if start == 0 or lattice.n_columns - start >= NUMBERS or lattice.n_rows < LEAST_ROWS:
        return lattice
    if abs(left - there[0]) > SHIFTED * width or abs(stretch - 1) > STRETCHED:
        return lattice
    borders = [left + (x - there[0]) * stretch for x in there]
    _, top, _, bottom = lattice.outline
    inside = [box for box in boxes if top < (box[1] + box[3]) / 2 < bottom]
    if any(runs_across(box, x) for box in inside for x in borders[1:-1]):
        return lattice
    level = np.repeat(lattice.level[:, start:].mean(axis=1, keepdims=True), NUMBERS, axis=1)
    upright = np.ones((lattice.n_rows, NUMBERS + 1))
    return with_places(
        replace(
            lattice,
            columns=(*lattice.columns[:start], *borders),
            level=np.concatenate([lattice.level[:, :start], level], axis=1),
            upright=np.concatenate([lattice.upright[:, :start], upright], axis=1),
        )
    )
