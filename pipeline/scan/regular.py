"""A border that the form says is there: its tables have 7 or 15 columns of numbers, side by side and about as wide.

Where one fewer was found and one is as wide as two, the rule in its middle was lost, be it too faint or broken.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.scan.evened import number_block
from pipeline.scan.lattice import Lattice, with_places

COLUMNS = (7, 15)
"""Of numbers in tables 3 and 4 of the form."""
TWICE = (1.7, 2.3)
"""Of the usual width: a column in which a border was lost."""
ALIKE = 0.35
"""Of the usual width, by which the other columns differ at most."""


def with_lost_border(lattice: Lattice) -> Lattice:
    """The lattice with the border that is missing in its block of numbers, if it is one and it is clear which."""
    block = number_block(lattice)
    if block is None:
        return lattice
    first, last, left, right = block
    if right + 1 == COLUMNS[-1]:
        # Table 4 has no labels at its side.
        left = 0
    if right - left + 1 not in COLUMNS:
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
