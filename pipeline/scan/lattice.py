"""Rules to the cells that they draw.

On the straightened image a rule is a height or a width; which piece of it is there is evidence in [0, 1], kept for
every edge between two places, so that what follows may overrule a weak one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from pipeline.scan.boxes import letter_height

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Box
    from pipeline.scan.ink import Grey
    from pipeline.scan.rules import Masks

    Evidence: TypeAlias = NDArray[np.float64]
    Printed: TypeAlias = tuple[NDArray[np.bool_], NDArray[np.bool_]]
    _Border: TypeAlias = tuple[float, NDArray[np.bool_]]
    """Where it stands, and over which pixels it is drawn."""

SAME = 6.0
"""Pixels of the mask between two strokes of one rule."""
SHORTEST = 18
"""Pixels of the mask of a piece of a rule."""
JOINED = 9
"""Pixels of the mask over which rules of one table may miss each other."""
LEAST_WIDTH, LEAST_HEIGHT = 0.15, 0.012
"""Of the page, of a table."""
SURE, POSSIBLE = 0.5, 0.2
"""Share of an edge that is drawn, from which on it is there; from which on it is there between two that are."""

REACHING = 0.5
"""Share of the rules across that must reach out over the last border of a table for it to be open there."""
LEAST_ROW = 11.0
"""Pixels of the mask by which they must."""
NEAR = 3
"""Pixels of the mask beside a border within which it may be drawn."""
FAINTEST = 0.3
"""Of what makes a pixel of the mask one of a rule; below, it says nothing."""
NARROWEST, LOWEST = 1.0, 0.7
"""Of the height of a line of text: width of a column, height of a row at least."""
EMPTY = 0.5
"""Of the usual width, or height: of a column, or row, that holds nothing at least."""
PITCH, LEAST_PITCHES = 0.6, 6
"""Of the distance between the texts of neighbouring columns: width of an empty one at least; columns with text from
which on that distance says something."""
LIKE_OTHERS = 0.8
"""Of the usual width of the columns that hold texts: of an empty one from which on it is one of them."""
STRAY = 0.05
"""Texts for each row that a column may hold and still count as empty: stains, and what shows through from the back."""
CROSSED = 0.4
"""Of the height of a line of text, by which it must reach over a rule on both sides to run over it."""
SEEN_ONLY = 0.25
"""Weight of a border that is not printed, beside one that is."""
WHOLE = 0.8
"""Share of an edge that is drawn, from which on text over it does not speak against it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell: where it begins and over how many rows and columns it goes."""

    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    rows: tuple[float, ...]
    """Heights of the rules, pixels of the straightened image, rising; one more than there are rows."""
    columns: tuple[float, ...]
    """Likewise from left to right."""
    level: Evidence
    """(rows + 1) x columns: how much of each level edge is drawn."""
    upright: Evidence
    """rows x (columns + 1)."""
    places: tuple[Place, ...]

    @property
    def n_rows(self) -> int:
        return len(self.rows) - 1

    @property
    def n_columns(self) -> int:
        return len(self.columns) - 1

    @property
    def outline(self) -> Box:
        return (self.columns[0], self.rows[0], self.columns[-1], self.rows[-1])

    @property
    def boxes(self) -> NDArray[np.float64]:
        """n x 4: the boxes of its places."""
        return np.array([self.box(place) for place in self.places], dtype=np.float64).reshape(-1, 4)

    def box(self, place: Place) -> Box:
        return (
            self.columns[place.column],
            self.rows[place.row],
            self.columns[place.column + place.column_span],
            self.rows[place.row + place.row_span],
        )


def find_lattices(masks: Masks) -> list[Lattice]:
    """The tables that the rules draw, from top to bottom."""
    lattices = []
    for left, top, right, bottom in _regions(masks):
        level = masks.level[top:bottom, left:right]
        upright = masks.upright[top:bottom, left:right]
        made = _lattice(level, upright)
        if made is not None:
            lattices.append(_scaled(made, left, top, masks.scale))
    return sorted(lattices, key=lambda one: (one.rows[0], one.columns[0]))


def _scaled(lattice: Lattice, left: int, top: int, scale: float) -> Lattice:
    return replace(
        lattice,
        rows=tuple((y + top + 0.5) / scale for y in lattice.rows),
        columns=tuple((x + left + 0.5) / scale for x in lattice.columns),
    )


def _regions(masks: Masks) -> list[tuple[int, int, int, int]]:
    """Where tables stand: rules that touch or nearly do."""
    both = cv2.dilate(cv2.max(masks.level, masks.upright), np.ones((JOINED, JOINED), np.uint8))
    height, width = both.shape
    _, _, stats, _ = cv2.connectedComponentsWithStats((both > 127).astype(np.uint8), connectivity=8)
    boxes = [tuple(int(value) for value in stats[i, :4]) for i in range(1, len(stats))]
    found = [
        (x, y, x + w, y + h) for x, y, w, h in boxes if w >= LEAST_WIDTH * width and h >= LEAST_HEIGHT * height
    ]
    return _without_nested(found)


def _without_nested(boxes: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    def inside(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
        return one != other and all(
            (one[0] >= other[0] - 3, one[1] >= other[1] - 3, one[2] <= other[2] + 3, one[3] <= other[3] + 3)
        )

    return [box for box in boxes if not any(inside(box, other) for other in boxes)]


def _lattice(level: Grey, upright: Grey) -> Lattice | None:
    rows = _borders(level)
    columns = _borders(np.ascontiguousarray(upright.T))
    if not rows or not columns or len(rows) + len(columns) < 3:
        return None
    rows, columns = _closed(rows, columns, level.shape[1]), _closed(columns, rows, level.shape[0])
    if len(rows) < 2 or len(columns) < 2:
        return None
    level_evidence, upright_evidence = _evidence(level, upright, rows, columns)
    kept_rows = _with_a_sure_edge(level_evidence.max(axis=1))
    kept_columns = _with_a_sure_edge(upright_evidence.max(axis=0))
    if len(kept_rows) < len(rows) or len(kept_columns) < len(columns):
        rows, columns = [rows[i] for i in kept_rows], [columns[i] for i in kept_columns]
        level_evidence, upright_evidence = _evidence(level, upright, rows, columns)
    y, x = [at for at, _ in rows], [at for at, _ in columns]
    if len(y) < 2 or len(x) < 2:
        return None
    return with_places(Lattice(tuple(y), tuple(x), level_evidence, upright_evidence, ()))


def _with_a_sure_edge(best: Evidence) -> list[int]:
    """The borders that are there somewhere, and the outermost two."""
    return [i for i in range(len(best)) if i in (0, len(best) - 1) or best[i] >= SURE]


def _evidence(
    level: Grey, upright: Grey, rows: Sequence[_Border], columns: Sequence[_Border]
) -> tuple[Evidence, Evidence]:
    """How much of each edge is there, by what the masks say near it, sure or not."""
    y, x = [at for at, _ in rows], [at for at, _ in columns]
    across = [np.maximum(drawn, _nearby(level, at)) for at, drawn in rows]
    down = [np.maximum(drawn, _nearby(np.ascontiguousarray(upright.T), at)) for at, drawn in columns]
    return (
        np.array([[_share(line, x[c], x[c + 1]) for c in range(len(x) - 1)] for line in across]),
        np.array([[_share(line, y[r], y[r + 1]) for line in down] for r in range(len(y) - 1)]),
    )


def _nearby(mask: Grey, at: float) -> NDArray[np.float64]:
    """For each pixel along a level border, 0 to 1: the best of the mask beside it. What a mask holds half possible
    counts there, where a border is known to run, though it is too weak to find one by."""
    top = max(0, round(at) - NEAR)
    band = mask[top : round(at) + NEAR + 1].max(axis=0) / 127.5
    return np.where(band < FAINTEST, 0.0, np.minimum(band, 1.0))


def _borders(mask: Grey) -> list[_Border]:
    """Heights of the level rules of a mask, each with the columns of pixels over which it is drawn."""
    width = mask.shape[1]
    _, labels, stats, middles = cv2.connectedComponentsWithStats((mask > 127).astype(np.uint8), connectivity=8)
    pieces = []
    for index in range(1, len(stats)):
        left, top, wide, high = (int(value) for value in stats[index, :4])
        if wide < SHORTEST:
            continue
        if high > 3 * SAME:
            # Strokes of neighbouring rules that touch.
            pieces += _levels(labels[top : top + high, left : left + wide] == index, top, left, width)
            continue
        drawn = np.zeros(width, dtype=bool)
        part = labels[top : top + high, left : left + wide] == index
        drawn[left : left + wide] = part.any(axis=0)
        pieces.append((float(middles[index, 1]), drawn))
    pieces.sort(key=lambda piece: piece[0])
    borders: list[tuple[float, float, NDArray[np.bool_]]] = []
    for at, drawn in pieces:
        weight = float(drawn.sum())
        if borders and at - borders[-1][0] <= SAME:
            before, total, together = borders[-1]
            borders[-1] = ((before * total + at * weight) / (total + weight), total + weight, together | drawn)
        else:
            borders.append((at, weight, drawn))
    return [(at, drawn) for at, _, drawn in borders]


def _closed(borders: list[_Border], across: list[_Border], length: int) -> list[_Border]:
    """The borders with one more at an end over which the rules across reach out: a table that a page break cuts, or
    one without rules at its sides."""
    drawn = np.array([line for _, line in across])
    reach = np.flatnonzero(drawn.sum(axis=0) >= max(1.0, REACHING * len(across)))
    if not len(reach):
        return borders
    steps = np.diff([at for at, _ in borders])
    least = max(LEAST_ROW, 0.35 * float(np.median(steps)) if len(steps) else 0.0)
    whole = np.ones(length, dtype=bool)
    closed = list(borders)
    if borders[0][0] - float(reach[0]) > least:
        closed.insert(0, (float(reach[0]), whole))
    if float(reach[-1]) - borders[-1][0] > least:
        closed.append((float(reach[-1]), whole))
    return closed


def _levels(part: NDArray[np.bool_], top: int, left: int, width: int) -> list[_Border]:
    """The level strokes in a patch in which several run together: where many pixels stand at one height."""
    counts = part.sum(axis=1)
    found = []
    strong = counts >= max(SHORTEST, 0.3 * counts.max())
    start = None
    for y in range(len(counts) + 1):
        if y < len(counts) and strong[y]:
            start = y if start is None else start
        elif start is not None:
            drawn = np.zeros(width, dtype=bool)
            drawn[left : left + part.shape[1]] = part[start:y].any(axis=0)
            middle = float((counts[start:y] * np.arange(start, y)).sum() / counts[start:y].sum())
            found.append((top + middle, drawn))
            start = None
    return found


def _share(drawn: NDArray[np.float64], start: float, end: float) -> float:
    """Share of the edge [start, end) that is drawn; its ends, where other rules cross, are left out."""
    low, high = round(start) + 3, round(end) - 2
    if high - low < 2:
        low, high = round(start), max(round(start) + 1, round(end))
    part = drawn[max(0, low) : high]
    return float(part.mean()) if len(part) else 0.0


def with_places(lattice: Lattice) -> Lattice:
    """The same rules with the cells that their edges part.

    Cells are rectangles. Where edges are missing so that a cell would have corners inside, the missing edge for which
    most speaks is put back, and again, until it has none: one lost edge must not swallow a whole head.
    """
    level, upright = edges(lattice.level), edges(lattice.upright.T).T
    group = _groups(level, upright)
    while (crooked := _crooked(group)) is not None:
        inside = group == crooked
        missing = [
            (float(lattice.upright[r, c]), 1, int(r), int(c))
            for r, c in np.argwhere(inside[:, 1:] & inside[:, :-1]) + np.array([0, 1])
            if not upright[r, c]
        ] + [
            (float(lattice.level[r, c]), 0, int(r), int(c))
            for r, c in np.argwhere(inside[1:] & inside[:-1]) + np.array([1, 0])
            if not level[r, c]
        ]
        _, is_upright, r, c = max(missing, key=lambda edge: (edge[0], edge[1], -edge[2], -edge[3]))
        (upright if is_upright else level)[r, c] = True
        group = _groups(level, upright)
    return replace(lattice, places=_places(group))


def _groups(level: NDArray[np.bool_], upright: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows x columns: a number for each unit cell, the same for those that no edge parts."""
    n_rows, n_columns = level.shape[0] - 1, level.shape[1]
    group = np.full((n_rows, n_columns), -1, dtype=np.int64)
    for start in range(n_rows * n_columns):
        if group[start // n_columns, start % n_columns] >= 0:
            continue
        waiting = [(start // n_columns, start % n_columns)]
        while waiting:
            r, c = waiting.pop()
            if group[r, c] >= 0:
                continue
            group[r, c] = start
            if c + 1 < n_columns and not upright[r, c + 1]:
                waiting.append((r, c + 1))
            if c and not upright[r, c]:
                waiting.append((r, c - 1))
            if r + 1 < n_rows and not level[r + 1, c]:
                waiting.append((r + 1, c))
            if r and not level[r, c]:
                waiting.append((r - 1, c))
    return group


def _crooked(group: NDArray[np.int64]) -> int | None:
    """The first group that is no rectangle."""
    for number in np.unique(group):
        r, c = np.nonzero(group == number)
        if len(r) != (r.max() - r.min() + 1) * (c.max() - c.min() + 1):
            return int(number)
    return None


def edges(evidence: Evidence) -> NDArray[np.bool_]:
    """Which edges are there; each row of the evidence is one rule from end to end."""
    sure = evidence >= SURE
    possible = evidence >= POSSIBLE
    before = np.pad(sure, ((0, 0), (1, 0)), constant_values=True)[:, :-1]
    behind = np.pad(sure, ((0, 0), (0, 1)), constant_values=True)[:, 1:]
    return np.asarray(sure | (possible & before & behind), dtype=np.bool_)


def _places(group: NDArray[np.int64]) -> tuple[Place, ...]:
    places = []
    for number in np.unique(group):
        r, c = np.nonzero(group == number)
        places.append(Place(int(r.min()), int(c.min()), int(r.max() - r.min() + 1), int(c.max() - c.min() + 1)))
    return tuple(sorted(places, key=lambda place: (place.row, place.column)))


def without_slivers(lattice: Lattice, boxes: Sequence[Box], printed: Printed | None = None) -> Lattice:
    """The lattice without rows and columns in which no text has room, and without narrow ones that hold none: of two
    borders so close, the one that is there over less of the table goes. What is printed counts more than what was only
    seen.

    Args:
        boxes: of lines of text, in pixels of the image.
        printed: of the level and of the upright edges, which are printed rules; None where that was not looked at.
    """
    if not boxes:
        return lattice
    text_height = float(np.median([letter_height(box) for box in boxes]))
    left, top, right, bottom = lattice.outline
    middles = [((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in boxes]
    inside = np.array([(x, y) for x, y in middles if left < x < right and top < y < bottom]).reshape(-1, 2)
    rows, columns = list(lattice.rows), list(lattice.columns)
    level, upright = lattice.level.copy(), lattice.upright.copy()
    on_level, on_upright = printed if printed is not None else (level >= SURE, upright >= SURE)
    stray = STRAY * lattice.n_rows
    least = NARROWEST * text_height
    while (narrow := _narrowest(columns, least, inside[:, 0], stray)) is not None and len(columns) > 2:
        gone = _lesser(narrow, np.diff(lattice.rows) @ np.where(on_upright, upright, SEEN_ONLY * upright))
        kept = narrow + 1 if gone == narrow else narrow
        upright[:, kept] = np.maximum(upright[:, narrow], upright[:, narrow + 1])
        upright, on_upright = np.delete(upright, gone, axis=1), np.delete(on_upright, gone, axis=1)
        level, on_level = np.delete(level, narrow, axis=1), np.delete(on_level, narrow, axis=1)
        del columns[gone]
        lattice = replace(lattice, columns=tuple(columns), level=level, upright=upright)
    while (narrow := _narrowest(rows, LOWEST * text_height, inside[:, 1])) is not None and len(rows) > 2:
        gone = _lesser(narrow, np.where(on_level, level, SEEN_ONLY * level) @ np.diff(lattice.columns))
        kept = narrow + 1 if gone == narrow else narrow
        level[kept] = np.maximum(level[narrow], level[narrow + 1])
        level, on_level = np.delete(level, gone, axis=0), np.delete(on_level, gone, axis=0)
        upright = np.delete(upright, narrow, axis=0)
        del rows[gone]
        lattice = replace(lattice, rows=tuple(rows), level=level, upright=upright)
    return with_places(lattice)


def _narrowest(
    borders: Sequence[float], least: float, middles: NDArray[np.float64], stray: float = 0.0
) -> int | None:
    """Index of the first border of the narrowest gap that is narrower than `least`, or that holds the middle of no
    text, or of so few, and is narrower than gaps usually are. One about as wide as those that hold texts is a column
    that holds none."""
    gaps = np.diff(borders)
    held = np.histogram(middles, bins=np.array(borders))[0]
    usual = EMPTY * float(np.median(gaps))
    if (held > stray).any():
        like_others = LIKE_OTHERS * float(np.median(gaps[held > stray]))
        usual = max(usual, min(like_others, PITCH * _pitch(borders, middles, held > stray)))
    least_each = np.where(held <= stray, max(least, usual), least)
    narrow = np.flatnonzero(gaps < least_each)
    return int(narrow[gaps[narrow].argmin()]) if len(narrow) else None


def _pitch(borders: Sequence[float], middles: NDArray[np.float64], holds: NDArray[np.bool_]) -> float:
    """How far apart the texts of the closest columns, or rows, stand; 0 where there are too few to tell.

    Where every column is seen as two, what it holds and the room beside it, the gaps say nothing, the texts do. Not
    the usual distance but the least: some columns hold nothing, and over those it is twice as far.
    """
    if holds.sum() < LEAST_PITCHES:
        return 0.0
    at = np.digitize(middles, np.array(borders)) - 1
    return float(np.diff([float(np.median(middles[at == index])) for index in np.flatnonzero(holds)]).min())


def _lesser(first: int, drawn: Evidence) -> int:
    """Of two neighbouring borders the one that is drawn over less; the outermost of a table stay."""
    if first == 0:
        return 1
    if first + 2 == len(drawn):
        return first
    return first if drawn[first] < drawn[first + 1] else first + 1


def uncrossed(lattice: Lattice, boxes: Sequence[Box]) -> Lattice:
    """The lattice without the edges that text runs over, unless they are drawn from end to end.

    Strokes of letters that lie close make a piece of a rule; a detector that takes neighbouring cells for one line
    crosses a real one. What a single row has where a lone digit stands is that digit, mostly a 1.

    Args:
        boxes: of lines of text, in pixels of the image.
    """
    level, upright = lattice.level.copy(), lattice.upright.copy()
    rows, columns = np.array(lattice.rows), np.array(lattice.columns)
    lone = (lattice.upright >= SURE).sum(axis=0) == 1
    for left, top, right, bottom in boxes:
        height, width = bottom - top, right - left
        room = CROSSED * min(height, width)
        across = np.where(lone & (width < height), 0.0, room)
        row = int(np.searchsorted(rows, (top + bottom) / 2)) - 1
        column = int(np.searchsorted(columns, (left + right) / 2)) - 1
        if 0 <= row < lattice.n_rows:
            over = (columns > left + across) & (columns < right - across) & (upright[row] < WHOLE)
            upright[row, over] = 0.0
        if 0 <= column < lattice.n_columns:
            over = (rows > top + room) & (rows < bottom - room) & (level[:, column] < WHOLE)
            level[over, column] = 0.0
    return with_places(replace(lattice, level=level, upright=upright))
