"""A long page whose tables were all taken for one, separated again.

On a tall picture of a web page the rules of one table nearly touch the next, and titles between them look like rows.
The whole then has the borders of all, more than any of its tables.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from pipeline.scan.lattice import SURE, Lattice, with_places

MOST_ROWS = 40
"""Rows of the longest table of the form with what may be taken for more of them; a table with more is several."""


def separated(lattice: Lattice) -> list[Lattice]:
    """The tables of which a lattice is made, if it has more rows than any: each begins with the rows without upright
    borders that stand before its own, titles and heads, and has only the columns that it parts itself."""
    if lattice.n_rows <= MOST_ROWS:
        return [lattice]
    whole = np.atleast_1d((lattice.upright[:, 1:-1] < SURE).all(axis=1))
    begins = [row for row in range(lattice.n_rows) if whole[row] and (row == 0 or not whole[row - 1])]
    edges = sorted({0, *begins, lattice.n_rows})
    return [_piece(lattice, first, last) for first, last in pairwise(edges) if not whole[first:last].all()]


def _piece(lattice: Lattice, first: int, last: int) -> Lattice:
    upright = lattice.upright[first:last]
    kept = [c for c in range(lattice.n_columns + 1) if c in (0, lattice.n_columns) or (upright[:, c] >= SURE).any()]
    level = np.stack(
        [lattice.level[first : last + 1, left:right].max(axis=1) for left, right in pairwise(kept)],
        axis=1,
    )
    return with_places(
        replace(
            lattice,
            rows=lattice.rows[first : last + 1],
            columns=tuple(lattice.columns[c] for c in kept),
            level=level,
            upright=upright[:, kept],
        )
    )
