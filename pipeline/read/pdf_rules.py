"""From drawn rules to the cells of tables.

Rules arrive as thin boxes in every shape that producers draw: one stroke a table, one a cell edge, dashes, filled
bars, pairs of lines. They are snapped to common positions, joined along each position and grouped where they meet; a
group with rules in both directions is a lattice, and the boxes of a lattice that no rule parts are one cell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from pipeline.document import Box

SNAP = 3.0
"""Points. Parallel rules closer than this are one (double lines, the frames of neighbouring cells)."""
JOIN = 3.5
"""Points. Gaps up to this are closed along a rule (dashes), and between a rule and one that it should meet."""
MIN_LENGTH = 6.0
"""Points. A shorter rule, after joining, parts nothing."""
OPEN_EDGE = 4.0
"""Points by which rules must run past the last rule across them to say that a row or column goes on there."""
COVERED = 0.6
"""Share of the edge between two boxes that a rule must cover to part them."""
FRAMED = 0.45
"""Share of a cell's outline that must be ruled, unless two opposite sides are; a cut corner keeps half of it."""
MAX_RULES = 1000
"""Joined rules on one page, in one direction; more is a drawing and no table."""
MAX_BOXES = 100_000
"""Boxes of one lattice."""


@dataclass(frozen=True, slots=True)
class RuledCell:
    row: int
    column: int
    row_span: int
    column_span: int
    box: Box


@dataclass(frozen=True, slots=True)
class Lattice:
    """The cells of one table, before anyone looks at their text."""

    n_rows: int
    n_columns: int
    box: Box
    cells: tuple[RuledCell, ...]
    """Ordered by row, then column."""
    ys: tuple[float, ...]
    xs: tuple[float, ...]
    owner: tuple[tuple[int, ...], ...]
    """For each box between neighbouring ys and xs, the index of its cell, or -1."""
    is_open: bool
    """The table goes on past its first or last horizontal rule: the page end cut a row."""

    def cell_at(self, x: float, y: float) -> int:
        """Index of the cell around a point, or -1."""
        row = bisect_right(self.ys, y) - 1
        column = bisect_right(self.xs, x) - 1
        if 0 <= row < len(self.owner) and 0 <= column < len(self.xs) - 1:
            return self.owner[row][column]
        return -1


@dataclass(frozen=True, slots=True)
class _Rule:
    at: float
    """Position across the rule: y of a horizontal one, x of a vertical one."""
    start: float
    end: float


def find_lattices(rules: Sequence[Box], occupied: Callable[[Box], bool]) -> list[Lattice]:
    """Tables drawn by the rules of one page, from top to bottom.

    Args:
        rules: thin boxes in points, origin top left.
        occupied: whether any character stands in a box; a row that the page end cut off and that
            holds no text is no row.
    """
    horizontal, vertical = _joined(rules)
    if not horizontal or not vertical or max(len(horizontal), len(vertical)) > MAX_RULES:
        return []
    lattices = [_lattice(across, down, occupied) for across, down in _groups(horizontal, vertical)]
    return sorted((one for one in lattices if one is not None), key=lambda one: (one.box[1], one.box[0]))


def _joined(rules: Sequence[Box]) -> tuple[list[_Rule], list[_Rule]]:
    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, float, float]] = []
    for left, top, right, bottom in set(rules):
        width, height = right - left, bottom - top
        if not isfinite(width + height):
            continue
        dot = max(width, height) <= SNAP
        if dot or width >= height:
            across.append(((top + bottom) / 2, left, right))
        if dot or height > width:
            down.append(((left + right) / 2, top, bottom))
    return _join(across), _join(down)


def _join(strokes: list[tuple[float, float, float]]) -> list[_Rule]:
    strokes.sort()
    joined: list[_Rule] = []
    begin = 0
    for index in range(1, len(strokes) + 1):
        if index < len(strokes) and strokes[index][0] - strokes[begin][0] <= SNAP:
            continue
        group = strokes[begin:index]
        begin = index
        long = [at for at, start, end in group if end - start >= MIN_LENGTH] or [at for at, _, _ in group]
        at = (min(long) + max(long)) / 2
        spans = sorted((start, end) for _, start, end in group)
        start, end = spans[0]
        for next_start, next_end in spans[1:]:
            if next_start - end > JOIN:
                joined.append(_Rule(at, start, end))
                start, end = next_start, next_end
            else:
                end = max(end, next_end)
        joined.append(_Rule(at, start, end))
    return [rule for rule in joined if rule.end - rule.start >= MIN_LENGTH]


def _groups(horizontal: list[_Rule], vertical: list[_Rule]) -> list[tuple[list[_Rule], list[_Rule]]]:
    """Rules that hang together, as pairs of horizontal and vertical ones; loners are left out."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    offset = len(horizontal)
    ats = [rule.at for rule in vertical]
    for i, rule in enumerate(horizontal):
        low = bisect_right(ats, rule.start - JOIN)
        high = bisect_right(ats, rule.end + JOIN)
        for j in range(low, high):
            if vertical[j].start - JOIN <= rule.at <= vertical[j].end + JOIN:
                parent[root(i)] = root(offset + j)
    groups: dict[int, tuple[list[_Rule], list[_Rule]]] = {}
    for i, rule in enumerate(horizontal):
        groups.setdefault(root(i), ([], []))[0].append(rule)
    for j, rule in enumerate(vertical):
        groups.setdefault(root(offset + j), ([], []))[1].append(rule)
    tables = [(across, down) for across, down in groups.values() if across and down]
    for across, down in groups.values():
        if not across:
            _attach(down[0], tables)
    return tables


def _attach(lone: _Rule, tables: list[tuple[list[_Rule], list[_Rule]]]) -> None:
    """Add the far side of a merged cell as high as its page, which no rule of the table meets there."""
    for _, down in tables:
        first, last = min(rule.start for rule in down), max(rule.end for rule in down)
        if abs(lone.start - first) <= JOIN and abs(lone.end - last) <= JOIN:
            down.append(lone)
            return


def _positions(rules: list[_Rule], crossing: list[_Rule]) -> list[float]:
    """Positions of the rules, and past them the place where the crossing ones end without a rule."""
    ats = sorted({rule.at for rule in rules})
    first = min(rule.start for rule in crossing)
    last = max(rule.end for rule in crossing)
    if first < ats[0] - OPEN_EDGE:
        ats.insert(0, first)
    if last > ats[-1] + OPEN_EDGE:
        ats.append(last)
    return ats


def _lattice(across: list[_Rule], down: list[_Rule], occupied: Callable[[Box], bool]) -> Lattice | None:
    ys = _positions(across, down)
    xs = _positions(down, across)
    ruled_rows, ruled_columns = {rule.at for rule in across}, {rule.at for rule in down}
    if ys[0] not in ruled_rows and not occupied((xs[0], ys[0], xs[-1], ys[1])):
        del ys[0]
    if ys[-1] not in ruled_rows and not occupied((xs[0], ys[-2], xs[-1], ys[-1])):
        del ys[-1]
    if xs[0] not in ruled_columns and not occupied((xs[0], ys[0], xs[1], ys[-1])):
        del xs[0]
    if xs[-1] not in ruled_columns and not occupied((xs[-2], ys[0], xs[-1], ys[-1])):
        del xs[-1]
    n_rows, n_columns = len(ys) - 1, len(xs) - 1
    if n_rows < 1 or n_columns < 1 or n_rows * n_columns > MAX_BOXES:
        return None
    above = _edges(across, ys, xs)
    before = _edges(down, xs, ys)
    owner = [[-1] * n_columns for _ in range(n_rows)]
    spans = _cells(above, before, owner, n_rows, n_columns)
    kept: list[tuple[int, int, int, int]] = []
    for span in spans:
        if _framed(span, above, before, ys, xs):
            _claim(owner, span, len(kept))
            kept.append(span)
        else:
            _claim(owner, span, -1)
    if not kept:
        return None
    # A rule that parts no two cells makes no row or column of its own.
    rows, columns = _ranks({span[0] for span in kept}, n_rows), _ranks({span[1] for span in kept}, n_columns)

    def numbered(span: tuple[int, int, int, int]) -> RuledCell:
        row, column, end_row, end_column = span
        return RuledCell(
            rows[row],
            columns[column],
            rows[end_row] - rows[row],
            columns[end_column] - columns[column],
            (xs[column], ys[row], xs[end_column], ys[end_row]),
        )

    cells = tuple(numbered(span) for span in kept)
    return Lattice(
        n_rows=rows[-1],
        n_columns=columns[-1],
        box=(xs[0], ys[0], xs[-1], ys[-1]),
        cells=cells,
        ys=tuple(ys),
        xs=tuple(xs),
        owner=tuple(tuple(row) for row in owner),
        is_open=ys[0] not in ruled_rows or ys[-1] not in ruled_rows,
    )


def _ranks(starts: set[int], n: int) -> list[int]:
    """For each of 0 to n, how many starts lie before it."""
    ranks = [0]
    for index in range(n):
        ranks.append(ranks[-1] + (index in starts))
    return ranks


def _edges(rules: list[_Rule], ats: list[float], stops: list[float]) -> list[list[bool]]:
    """For every position and every step between neighbouring stops, whether a rule covers the step."""
    rows = {at: [False] * (len(stops) - 1) for at in ats}
    for rule in rules:
        row = rows.get(rule.at)
        if row is None:
            continue
        first, last = rule.start - JOIN, rule.end + JOIN
        for step in range(max(bisect_right(stops, first) - 1, 0), min(bisect_right(stops, last), len(row))):
            start, end = stops[step], stops[step + 1]
            if min(end, last) - max(start, first) >= COVERED * (end - start):
                row[step] = True
    return [rows[at] for at in ats]


def _cells(
    above: list[list[bool]], before: list[list[bool]], owner: list[list[int]], n_rows: int, n_columns: int
) -> list[tuple[int, int, int, int]]:
    """Largest rectangles of boxes that no rule parts: row, column, end row, end column; claims them as 0 in owner."""
    spans: list[tuple[int, int, int, int]] = []
    for row in range(n_rows):
        for column in range(n_columns):
            if owner[row][column] >= 0:
                continue
            end_column = column + 1
            while end_column < n_columns and not before[end_column][row] and owner[row][end_column] < 0:
                end_column += 1
            end_row = row + 1
            while end_row < n_rows and _goes_on(above, before, end_row, column, end_column, n_columns):
                end_row += 1
            span = (row, column, end_row, end_column)
            _claim(owner, span, 0)
            spans.append(span)
    return spans


def _goes_on(
    above: list[list[bool]], before: list[list[bool]], row: int, column: int, end_column: int, n_columns: int
) -> bool:
    if any(above[row][column:end_column]) or any(before[inner][row] for inner in range(column + 1, end_column)):
        return False
    # Where the boxes below run on to the left or right they are another cell, whose outline lacks a rule.
    left_closed = column == 0 or before[column][row]
    right_closed = end_column == n_columns or before[end_column][row]
    return left_closed and right_closed


def _claim(owner: list[list[int]], span: tuple[int, int, int, int], index: int) -> None:
    row, column, end_row, end_column = span
    for line in owner[row:end_row]:
        line[column:end_column] = [index] * (end_column - column)


def _framed(
    span: tuple[int, int, int, int],
    above: list[list[bool]],
    before: list[list[bool]],
    ys: list[float],
    xs: list[float],
) -> bool:
    row, column, end_row, end_column = span
    wide, high = xs[end_column] - xs[column], ys[end_row] - ys[row]
    widths = [(xs[c + 1] - xs[c], c) for c in range(column, end_column)]
    heights = [(ys[r + 1] - ys[r], r) for r in range(row, end_row)]
    top = sum(width for width, c in widths if above[row][c])
    bottom = sum(width for width, c in widths if above[end_row][c])
    left = sum(height for height, r in heights if before[column][r])
    right = sum(height for height, r in heights if before[end_column][r])
    if min(left, right) >= COVERED * high or min(top, bottom) >= COVERED * wide:
        return True
    return top + bottom + left + right >= FRAMED * 2 * (wide + high)
