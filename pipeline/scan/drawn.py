"""Whether the borders of a lattice are printed, or only follow from where the text stands.

Along a printed rule the image is darker than beside it, however faint the rule is: the mean over its length says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ocr.runs import runs
from pipeline.scan.boxes import is_piece_of_rule
from pipeline.scan.evened import NUMBERS, WITHOUT_LABELS
from pipeline.scan.lattice import SURE, Lattice, with_places
from pipeline.scan.rules import scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Box
    from pipeline.scan.ink import Grey

BESIDE = 11
"""Pixels, at the scale at which rules are looked for, on both sides of an edge that it is compared with."""
ON = 5
"""Of these, the nearest may hold the rule."""
LEAST_DEPTH = 4.0
"""Grey levels by which the darkest line of an edge is darker than its surroundings."""
OVER_NOISE = 4.0
"""Times the scatter of the lines beside it, that it must be darker."""
FAINT = 0.25
"""Of the usual depth of a table's rules, below which what looks like one shows through from the back of the sheet."""
ENDS = 4
"""Pixels left out at both ends, where other rules cross."""
PRINTED_TABLE = 0.7
"""Share of its borders that are printed, from which on a table is taken for one with rules all over; noise and breaks
cost some."""
IMAGINED, RULE = 0.12, 0.6
"""Share of a border's edges that are printed, below which such a table does not have it; from which on it is a rule."""
LEAST_RULES, MOST_BETWEEN = 5, 0.15
"""Level borders that are rules, from which on a table has some; share of them that are neither rules nor nothing, at
most, where each of the others is one or the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Along which edges of a lattice, be they borders or not, a rule is printed."""

    level: NDArray[np.bool_]
    """(rows + 1) x columns."""
    upright: NDArray[np.bool_]
    """rows x (columns + 1)."""


def drawn_edges(grey: Grey, lattice: Lattice) -> Drawn:
    """Looks along each edge."""
    small, scale = scaled(grey)
    rows = [round(y * scale) for y in lattice.rows]
    columns = [round(x * scale) for x in lattice.columns]
    turned = np.ascontiguousarray(small.T)
    level, upright = np.zeros(lattice.level.shape), np.zeros(lattice.upright.shape)
    for r, c in np.ndindex(*level.shape):
        level[r, c] = _depth(small, rows[r], columns[c], columns[c + 1])
    for r, c in np.ndindex(*upright.shape):
        upright[r, c] = _depth(turned, columns[c], rows[r], rows[r + 1])
    return Drawn(_as_others(level, lattice.level), _as_others(upright, lattice.upright))


def drawn_shares(drawn: Drawn, lattice: Lattice) -> tuple[float, float]:
    """Share of the level and of the upright borders between cells that are printed; 1 where there are none."""
    level, upright = lattice.level[1:-1] >= SURE, lattice.upright[:, 1:-1] >= SURE
    return (
        float(drawn.level[1:-1][level].mean()) if level.any() else 1.0,
        float(drawn.upright[:, 1:-1][upright].mean()) if upright.any() else 1.0,
    )


def without_imagined(drawn: Drawn, lattice: Lattice, boxes: Sequence[Box]) -> Lattice:
    """The lattice of a printed table without the borders of which nothing is printed from one end to the other: upright
    ones that part no two texts, and level ones that run through a label, or part no two numbers where every other level
    border is a rule or nothing.

    Where all other borders of a table are rules, one that only follows from where words stand is none: a label with a
    gap in it, or with much room behind it, or of several lines, looks like two cells. A rule that has faded parts what
    stands on both sides of it.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    shares = drawn_shares(drawn, lattice)
    level, upright = lattice.level.copy(), lattice.upright.copy()
    printed = {
        row: float(drawn.level[row][there].mean())
        for row in range(1, lattice.n_rows)
        if (there := level[row] >= SURE).any()
    }
    imagined = [row for row, share in printed.items() if share < IMAGINED]
    clear = _is_clear(printed.values())
    if imagined and (clear or shares[0] >= PRINTED_TABLE):
        held = _held(lattice, boxes)
        gone = [row for row in imagined if _runs_through_label(held, row)]
        level[gone] = 0.0
        if clear:
            level[_not_between_numbers(held, imagined)] = 0.0
    if shares[1] >= PRINTED_TABLE:
        _drop_upright(drawn, lattice, upright, boxes)
    if (level == lattice.level).all() and (upright == lattice.upright).all():
        return lattice
    return with_places(replace(lattice, level=level, upright=upright))


def _is_clear(printed: Collection[float]) -> bool:
    """Whether each level border of a table is a rule or nothing at all, and several are rules.

    Args:
        printed: share of its edges that are printed, of each.
    """
    rules = sum(share >= RULE for share in printed)
    between = sum(IMAGINED <= share < RULE for share in printed)
    return rules >= LEAST_RULES and between <= MOST_BETWEEN * len(printed)


def _not_between_numbers(held: NDArray[np.bool_], borders: Sequence[int]) -> list[int]:
    """Those of the level borders without which no column of numbers has two in one cell."""
    n_columns = held.shape[1]
    labels = 0 if n_columns == WITHOUT_LABELS else max(1, n_columns - NUMBERS)
    numbers = held[:, labels:].copy()
    found = []
    for row in sorted(borders):
        if not (numbers[row - 1] & numbers[row]).any():
            found.append(row)
            numbers[row] |= numbers[row - 1]
    return found


def _held(lattice: Lattice, boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """rows x columns: where the middle of a text stands; a piece of a broken rule, which may look like one, is none."""
    texts = [box for box in boxes if not is_piece_of_rule(box, lattice.columns)]
    middles = np.array([((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in texts]).reshape(-1, 2)
    bins = (np.array(lattice.rows), np.array(lattice.columns))
    return np.asarray(np.histogram2d(middles[:, 1], middles[:, 0], bins=bins)[0] > 0, dtype=np.bool_)


def _runs_through_label(held: NDArray[np.bool_], row: int) -> bool:
    """Whether a level border has text on both sides in one column alone, a column of labels, and on one side no other:
    lines of one label, whose numbers stand beside one of them. A label of several rows may stand to its left."""
    above, below = np.flatnonzero(held[row - 1]), np.flatnonzero(held[row])
    fewer, more = sorted((above, below), key=len)
    if len(fewer) != 1 or len(more) < 2:
        return False
    return bool(fewer[0] == more[0] or (fewer[0] in more and fewer[0] < held.shape[1] - NUMBERS))


def _drop_upright(drawn: Drawn, lattice: Lattice, upright: NDArray[np.float64], boxes: Sequence[Box]) -> None:
    for column in range(1, lattice.n_columns):
        for first, last in runs(upright[:, column] >= SURE):
            printed = drawn.upright[first:last, column].mean()
            if printed < IMAGINED and not any(_parts_texts(lattice, row, column, boxes) for row in range(first, last)):
                upright[first:last, column] = 0.0


def _parts_texts(lattice: Lattice, row: int, column: int, boxes: Sequence[Box]) -> bool:
    """Whether there is text on both sides of a piece of a border."""
    x, top, bottom = lattice.columns[column], lattice.rows[row], lattice.rows[row + 1]
    in_row = [box for box in boxes if top < (box[1] + box[3]) / 2 < bottom]
    left, right = (_extent(lattice, row, column, side) for side in (-1, 1))
    before = any(left <= (box[0] + box[2]) / 2 < x for box in in_row)
    behind = any(x <= (box[0] + box[2]) / 2 < right for box in in_row)
    return before and behind


def _extent(lattice: Lattice, row: int, column: int, side: int) -> float:
    """Where the cell on that side of a border ends."""
    at = column + side
    while 0 < at < lattice.n_columns and lattice.upright[row, at] < SURE:
        at += side
    return lattice.columns[at]


def _depth(grey: Grey, at: int, start: int, end: int) -> float:
    """Grey levels by which the darkest line along an edge is darker than what lies beside it; 0 where it is no more so
    than lines beside it are among each other."""
    band = grey[max(0, at - BESIDE) : at + BESIDE + 1, max(0, start + ENDS) : max(start + ENDS + 1, end - ENDS)]
    if band.shape[0] < 2 * BESIDE or not band.shape[1]:
        return 0.0
    lines: NDArray[np.float64] = band.mean(axis=1)
    near = lines[BESIDE - ON : BESIDE + ON + 1]
    # Each side by itself: a row of heads may be shaded, the one below it not.
    sides = (lines[: BESIDE - ON], lines[BESIDE + ON + 1 :])
    depth = min(float(np.median(side)) for side in sides) - float(near.min())
    scatter = max(float(np.median(np.abs(side - np.median(side)))) for side in sides)
    return depth if depth >= max(LEAST_DEPTH, OVER_NOISE * scatter) else 0.0


def _as_others(depths: NDArray[np.float64], evidence: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which edges are printed: those as dark as the rules of their table, or not much less."""
    usual = depths[(evidence >= SURE) & (depths > 0)]
    least = FAINT * float(np.median(usual)) if usual.size else 0.0
    return np.asarray((depths > 0) & (depths >= least))
