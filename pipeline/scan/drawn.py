"""Whether the borders of a lattice are printed, or only follow from where the text stands.

Along a printed rule the image is darker than beside it, however faint the rule is: the mean over its length says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.lattice import SURE, Lattice
from pipeline.scan.rules import scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.scan.ink import Grey

BESIDE = 7
"""Pixels, at the scale at which rules are looked for, on both sides of an edge that it is compared with."""
ON = 3
"""Of these, the nearest may hold the rule."""
LEAST_DEPTH = 4.0
"""Grey levels by which the darkest line of an edge is darker than its surroundings."""
OVER_NOISE = 4.0
"""Times the scatter of the lines beside it, that it must be darker."""
ENDS = 4
"""Pixels left out at both ends, where other rules cross."""


def drawn_shares(grey: Grey, lattice: Lattice) -> tuple[float, float]:
    """Share of the level and of the upright borders between cells that are printed; 1 where there are none."""
    small, scale = scaled(grey)
    rows = [round(y * scale) for y in lattice.rows]
    columns = [round(x * scale) for x in lattice.columns]
    level = lattice.level[1:-1] >= SURE
    upright = lattice.upright[:, 1:-1] >= SURE
    turned = np.ascontiguousarray(small.T)
    across = [_is_drawn(small, rows[r + 1], columns[c], columns[c + 1]) for r, c in np.argwhere(level)]
    down = [_is_drawn(turned, columns[c + 1], rows[r], rows[r + 1]) for r, c in np.argwhere(upright)]
    return (float(np.mean(across)) if across else 1.0, float(np.mean(down)) if down else 1.0)


def _is_drawn(grey: Grey, at: int, start: int, end: int) -> bool:
    band = grey[max(0, at - BESIDE) : at + BESIDE + 1, max(0, start + ENDS) : max(start + ENDS + 1, end - ENDS)]
    if band.shape[0] < 2 * BESIDE or not band.shape[1]:
        return False
    lines: NDArray[np.float64] = band.mean(axis=1)
    near = lines[BESIDE - ON : BESIDE + ON + 1]
    beside = np.concatenate([lines[: BESIDE - ON], lines[BESIDE + ON + 1 :]])
    depth = float(np.median(beside) - near.min())
    scatter = float(np.median(np.abs(beside - np.median(beside))))
    return depth >= max(LEAST_DEPTH, OVER_NOISE * scatter)
