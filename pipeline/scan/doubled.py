"""A rule seen twice taken for one.

Where a faint rule is found beside its place in some rows, a lattice has two borders of which every row has one, or the
other, and the strip between them is a cell of its own in hardly any row. A true column is that in most rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.lattice import Lattice, with_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Box
    from pipeline.scan.lattice import Evidence

ALONE = 0.15
"""Share of the rows in which a strip is a cell of its own, up to which it is none."""
NARROW = 0.65
"""Of the usual width of columns: of such a strip at most."""
LOW = 1.5
"""Times the usual height of a row: of such a strip, if it holds text. A table that a page break cuts may have one row
left of several columns."""
LEAST_ROWS = 5
"""Rows from which on the share says something."""


def without_doubles(lattice: Lattice, boxes: Sequence[Box]) -> Lattice:
    """The lattice with one border for every two that part the same columns in different rows.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    while (strip := _strip(lattice, boxes)) is not None:
        lattice = _joined(lattice, strip)
    return lattice


def _strip(lattice: Lattice, boxes: Sequence[Box]) -> int | None:
    """The narrowest column that is next to no cell's own, and narrow or without text."""
    if lattice.n_rows < LEAST_ROWS or lattice.n_columns < 3:
        return None
    own = np.zeros(lattice.n_columns)
    for place in lattice.places:
        if place.column_span == 1:
            own[place.column] += place.row_span
    widths = np.diff(lattice.columns)
    usual = float(np.median(widths[own > ALONE * lattice.n_rows])) if (own > ALONE * lattice.n_rows).any() else 0.0
    _, top, _, bottom = lattice.outline
    middles = [(box[0] + box[2]) / 2 for box in boxes if top < (box[1] + box[3]) / 2 < bottom]
    held = np.histogram(middles, bins=np.array(lattice.columns))[0]
    slight = (widths < LOW * float(np.median(np.diff(lattice.rows)))) | (held == 0)
    strips = np.flatnonzero((own <= ALONE * lattice.n_rows) & (widths < NARROW * usual) & slight)
    return int(strips[widths[strips].argmin()]) if len(strips) else None


def _joined(lattice: Lattice, strip: int) -> Lattice:
    """Without the border of the strip that is drawn over less; an outermost one stays."""
    drawn: NDArray[np.float64] = np.diff(lattice.rows) @ lattice.upright
    if strip == 0:
        gone = 1
    elif strip + 1 == lattice.n_columns:
        gone = strip
    else:
        gone = strip if drawn[strip] < drawn[strip + 1] else strip + 1
    kept = strip + 1 if gone == strip else strip
    upright: Evidence = lattice.upright.copy()
    upright[:, kept] = np.maximum(upright[:, strip], upright[:, strip + 1])
    columns = lattice.columns[:gone] + lattice.columns[gone + 1 :]
    return with_places(
        replace(
            lattice,
            columns=columns,
            level=np.delete(lattice.level, strip, axis=1),
            upright=np.delete(upright, gone, axis=1),
        )
    )
