"""A table without rules that goes on from the page before, with the columns that it has there.

Below its heads, a table whose zeros are blank shows next to nothing of its columns. On the page before, the heads
stand over them (`text_columns.carried_columns`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.evened import NUMBERS, WIDEST

if TYPE_CHECKING:
    from pipeline.scan.lattice import Lattice


@dataclass(frozen=True, slots=True)
class NumberColumns:
    """The borders of the seven columns of numbers of a page's last table, from left to right."""

    borders: tuple[float, ...]
    """Eight, as shares of the width of the page."""
    left: float
    """Where the labels before them begin, likewise."""


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
    borders = list(last.columns[-NUMBERS - 1 :])
    widths = np.diff(borders)
    usual = float(np.median(widths))
    # Where nothing but its head stands in the last column, that says where the texts end, not the column.
    if widths[-1] < usual / WIDEST:
        borders[-1], widths[-1] = borders[-2] + usual, usual
    if widths.max() > WIDEST * usual or widths.min() < usual / WIDEST:
        return None
    return NumberColumns(tuple(x / width for x in borders), last.columns[0] / width)
