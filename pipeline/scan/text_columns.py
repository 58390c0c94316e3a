"""Columns from how texts stand, where no rules are printed.

The numbers of table 3 stand in seven columns about as wide, one beside the other; those of table 2 in three behind its
labels. Of all ways to lay such columns over the texts the one is taken that cuts the least of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from pipeline.scan.boxes import SHORT, width_of
from pipeline.scan.evened import NUMBERS, WITHOUT_LABELS
from pipeline.scan.ink import threshold
from pipeline.scan.text_rows import BLOCK_COLUMNS, lines_of_texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Box
    from pipeline.scan.carried import NumberColumns
    from pipeline.scan.ink import Grey

NARROWEST, WIDEST, STEP = 1.8, 9.0, 0.1
"""Times the height of a line of text: widths of a column of numbers that are tried, and their difference."""
SPREAD = 0.3
"""Of the usual width, by which a border stands off its place among columns of one width at most."""
OUTERMOST = (0.45, 1.7)
"""Of the usual width: widths of the first and the last column, whose outer borders nothing bounds."""
BROAD = 1.25
"""Of the usual width: a text from which on it is a head of several columns, or a label."""
BROAD_COST, TWO_COST, EMPTY_COST, OFF_COST = 0.5, 1.0, 2.0, 0.05
"""Of a broad text among the numbers; of a second text in one line of one column; of a column without texts; of a border
that is off its place by as much as it may be. A border through a text costs what it cuts off, in heights, up to 1."""
LEFT_COST, NUMBER = 0.1, 2.0
"""Of a number that is left out at the left; times the height of a line of text that it is wide at most."""
CLEAR, CLOSE_COST = 0.4, 0.02
"""Times the height of a line of text, from a border to a text at least; cost of standing as close as can be."""
TRIED = 24
"""Positions that look best by the texts they cut, which are looked at closely."""
LEAST_TEXTS = 8
"""Texts in columns of numbers from which on they show these."""
MOST_EMPTY, LEAST_BLANK = 2, 0.7
"""Columns without any text at most; of the usual width, width of such a column at least."""
FEW, WITHOUT_LABEL = 2, 0.3
"""Texts of a line without a label that are heads of several columns at most, and say nothing of where one ends; share
of the table's width, left of which a label begins."""
SIDE_BY_SIDE = 7
"""Texts of one line of table 4 at least; zeros may be blank."""
CLOSE, STAIN, DEAREST_CUT = 0.06, 1, 0.5
"""Times the height of a line of text, from ink to a border beside it; pixels of ink one above the other that are none;
lines of ink that the borders of table 4 may run through, taken together."""
LABELLED, LABEL = 2, 3.0
"""Lines with a label and numbers at least: table 4 has none; times the height of a line of text that it is wide."""
DEAREST = 0.06
"""Of what it costs for each text in the columns of numbers at most, beyond two heads of several columns."""
ENLARGED, SLACK, NEARBY = 0.08, 0.3, 0.15
"""Share by which a table is wider or narrower than on the page before at most. Of the usual width: by which its columns
may stand off what its ends say; by which one border may."""
BLOCK_LINES, BLOCK_GAP = 2, 1.5
"""Lines that fill all columns of table 2, from which on they show them; times the height of a line, between texts
of neighbouring columns at least."""


class Fit(NamedTuple):
    """Borders of columns that suit the texts of a table."""

    borders: tuple[float, ...]
    """From the left of the first column of numbers to the right of the last, pixels."""
    cost: float
    blank: int = 0
    """Columns without any text."""


class _Texts(NamedTuple):
    """The texts of a table."""

    boxes: Sequence[Box]
    x0: NDArray[np.float64]
    x1: NDArray[np.float64]
    height: float
    """Of a line."""
    right: float
    """Where the table ends."""


def _texts(boxes: Sequence[Box], height: float) -> _Texts:
    x0, x1 = (np.array([box[side] for box in boxes]) for side in (0, 2))
    return _Texts(boxes, x0, x1, height, float(x1.max()) + height / 2)


def seven_columns(boxes: Sequence[Box], height: float) -> Fit | None:
    """The seven columns that the texts stand in best; None where they stand in none.

    Args:
        boxes: of the texts of a table, in pixels of the image.
        height: of a line of text, pixels.
    """
    boxes = _without_broad_heads(boxes, height) if len(boxes) >= LEAST_TEXTS else []
    if not boxes:
        return None
    texts = _texts(boxes, height)
    left, right = float(texts.x0.min()), texts.right
    every = _cut(texts)
    best: Fit | None = None
    for width in np.arange(NARROWEST, WIDEST, STEP) * height:
        if NUMBERS * width > right - left:
            break
        cut = _cut(texts, BROAD * float(width))
        room = max(1, int(SPREAD * width))
        least = cv2.erode(cut[None].astype(np.float32), np.ones((1, 2 * room + 1), np.uint8))[0]
        last = np.arange(right - OUTERMOST[1] * width, right - OUTERMOST[0] * width, height / 5)
        inner = last[:, None] - np.arange(NUMBERS - 1)[None, ::-1] * width
        inner = inner[inner[:, 0] > left]
        if not len(inner):
            continue
        total = least[np.clip(inner.astype(int), 0, len(least) - 1)].sum(axis=1)
        for index in np.argsort(total, kind="stable")[:TRIED]:
            if best is not None and total[index] >= best.cost:
                break
            fit = _placed(inner[index], float(width), cut, every, texts)
            if fit is not None and (best is None or fit.cost < best.cost):
                best = fit
    return best


def _without_broad_heads(boxes: Sequence[Box], height: float) -> list[Box]:
    """The texts without lines that hold nothing but heads of several columns."""
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    start = left + WITHOUT_LABEL * (right - left)
    lines = lines_of_texts(boxes, height)
    # The head of the last column, where that is blank, alone says that it is there.
    ends = (line for line in lines if _are_short(line, height) and max(box[2] for box in line) == right)
    last = next(ends, [])
    return [box for line in lines if len(line) > FEW or min(line)[0] < start or line is last for box in line]


def _cut(texts: _Texts, broadest: float = np.inf) -> NDArray[np.float64]:
    """For each pixel, what an upright border there would cut off the texts that are no broader, in heights, at most 1,
    and a little of it for what it would stand too close to."""
    narrow = texts.x1 - texts.x0 <= broadest
    x = np.arange(int(texts.right) + 2, dtype=np.float64)[:, None]
    inside = np.minimum(x - texts.x0[narrow], texts.x1[narrow] - x) / texts.height
    close = (inside + CLEAR).clip(0.0, CLEAR) / CLEAR
    return np.asarray(inside.clip(0.0, 1.0).sum(axis=1) + CLOSE_COST * close.sum(axis=1))


def _placed(
    wanted: NDArray[np.float64], width: float, cut: NDArray[np.float64], every: NDArray[np.float64], texts: _Texts
) -> Fit | None:
    """The columns with inner borders near these, and what they cost.

    Args:
        cut: what a border there cuts off the texts of single columns (`_cut`).
        every: off all texts.
    """
    borders, cost = [], 0.0
    for x in wanted:
        found = _best_near(cut, float(x), SPREAD * width, SPREAD * width)
        if found is None:
            return None
        borders.append(found[0])
        cost += found[1]
    # Nothing bounds the labels at the left, so the first column may be wider than the others.
    near = np.arange(int(borders[0] - OUTERMOST[1] * width), int(borders[0] - OUTERMOST[0] * width) + 1)
    near = near[near >= 0]
    if not len(near):
        return None
    each = every[near] + OFF_COST * np.abs(near - borders[0] + width) / width
    borders = [float(near[each.argmin()]), *borders, texts.right]
    if min(b - a for a, b in pairwise(borders)) < OUTERMOST[0] * width / 2:
        return None
    return _weighed(tuple(borders), width, cost + float(each.min()), texts, MOST_EMPTY)


def _best_near(cut: NDArray[np.float64], x: float, room: float, scale: float) -> tuple[float, float] | None:
    near = np.arange(int(x - room), int(x + room) + 1)
    near = near[(near >= 0) & (near < len(cut))]
    if not len(near):
        return None
    each = cut[near] + OFF_COST * np.abs(near - x) / scale
    return float(near[each.argmin()]), float(each.min())


def fifteen_columns(grey: Grey, boxes: Sequence[Box], height: float, others: Sequence[Box] = ()) -> Fit | None:
    """The columns of table 4, which has no labels at its side; None where the texts do not stand in them.

    They are narrow, and their heads stand as close as letters do: where there is room for a border is told by the ink.

    Args:
        boxes: of the texts of a table, in pixels of the image.
        height: of a line of text, pixels.
        others: what may be texts of it, too; borders do not cut them, but they do not say where it ends.
    """
    lines = lines_of_texts(boxes, height)
    if not any(is_line_of_numbers(line, height) for line in lines):
        return None
    left = min(box[0] for box in boxes) - height / 4
    right = max(box[2] for box in boxes) + height / 4
    inked = _inked_columns(grey, [line for line in lines_of_texts([*boxes, *others], height) if len(line) > FEW])
    ink = inked.sum(axis=0)[None].astype(np.float32)
    cut, near = (cv2.blur(ink, (1 + 2 * round(room * height), 1))[0] for room in (CLOSE, CLEAR))
    cut += CLOSE_COST * near
    best: Fit | None = None
    rooms = [0.1 * tenth for tenth in range(10)]
    # What ends the table is its texts: in the middle of their columns, or at one side of them, they leave room beside.
    for before, behind in product(rooms, rooms):
        width = (right - left) / (WITHOUT_LABELS - before - behind)
        start = left - before * width
        inner, cost = _inner_borders(cut, start, width, DEAREST_CUT if best is None else best.cost)
        borders = (start, *inner, right + behind * width)
        if len(inner) < WITHOUT_LABELS - 1 or min(b - a for a, b in pairwise(borders)) < OUTERMOST[0] * width:
            continue
        # A number that was not seen there would move all others.
        ends = ((borders[0], borders[1]), (borders[-2], borders[-1]))
        if not all(any(a < (box[0] + box[2]) / 2 < b for box in boxes) for a, b in ends):
            continue
        edges = [min(max(0, round(x)), len(cut) - 1) for x in borders]
        empty = sum(not inked[:, a:b].any() for a, b in pairwise(edges))
        if empty <= MOST_EMPTY and (best is None or cost < best.cost):
            best = Fit(borders, cost, empty)
    return best


def _inner_borders(cut: NDArray[np.float64], start: float, width: float, most: float) -> tuple[list[float], float]:
    """The borders between fifteen columns of one width, each where there is most room near its place, and their cost;
    those alone up to which they cost no more than `most`."""
    found, total = [], 0.0
    for k in range(1, WITHOUT_LABELS):
        near = _best_near(cut, start + width * k, SPREAD * width, SPREAD * width)
        if near is None or total + near[1] > most:
            break
        found.append(near[0])
        total += near[1]
    return found, total


def is_line_of_numbers(line: Sequence[Box], height: float, least: int = SIDE_BY_SIDE) -> bool:
    """Whether nothing but short texts stand in a line, as many as numbers in the fifteen columns of table 4."""
    return len(line) >= least and _are_short(line, height)


def _are_short(line: Sequence[Box], height: float) -> bool:
    return all(width_of(box) < SHORT * height for box in line)


def _inked_columns(grey: Grey, lines: Sequence[Sequence[Box]]) -> NDArray[np.bool_]:
    """lines x pixels across the page: where there is ink in a line."""
    level = threshold(grey)
    inked = np.zeros((len(lines), grey.shape[1]), dtype=bool)
    for row, line in zip(inked, lines, strict=True):
        for x0, y0, x1, y1 in line:
            a, b = max(0, round(x0)), max(0, round(x1))
            row[a:b] |= (grey[max(0, round(y0)) : round(y1), a:b] < level).sum(axis=0) > STAIN
    return inked


def _weighed(borders: tuple[float, ...], width: float, cost: float, texts: _Texts, most_empty: int) -> Fit | None:
    """The columns with all that they cost; None where that is too much, or the texts are too few.

    Args:
        most_empty: columns without a text at most; all of them where other pages say where they are.
    """
    middles = (texts.x0 + texts.x1) / 2
    of_numbers = middles > borders[0]
    broad = of_numbers & (texts.x1 - texts.x0 > BROAD * width)
    held = [box for box, is_broad, one in zip(texts.boxes, broad, of_numbers, strict=True) if one and not is_broad]
    filled = np.zeros(NUMBERS, dtype=int)
    cost += BROAD_COST * int(broad.sum())
    for line in lines_of_texts(held, texts.height):
        column = np.clip(np.searchsorted(borders, [(box[0] + box[2]) / 2 for box in line]) - 1, 0, NUMBERS - 1)
        counts = np.bincount(column, minlength=NUMBERS)
        filled += counts > 0
        cost += TWO_COST * int(np.maximum(counts - 1, 0).sum())
    cost += LEFT_COST * _left_out(texts, borders[0])
    empty = int((filled == 0).sum())
    cost += EMPTY_COST * empty if most_empty < NUMBERS else 0.0
    # The right end is that of the texts: where the last column is blank, they would seem to stand one further right.
    widths = np.diff(borders)
    if most_empty < NUMBERS and not (widths[filled == 0] > LEAST_BLANK * np.median(widths)).all():
        return None
    # Natural persons ask almost everywhere.
    if not filled[0]:
        return None
    if empty > most_empty or cost > DEAREST * len(held) + 2 * BROAD_COST:
        return None
    if (most_empty < NUMBERS and len(held) < LEAST_TEXTS) or _labelled(texts, held, borders[0]) < LABELLED:
        return None
    return Fit(borders, cost, empty)


def _left_out(texts: _Texts, start: float) -> int:
    """How many lines have a number between their label and the columns of numbers: one column of them was left out."""
    found = 0
    for line in lines_of_texts(texts.boxes, texts.height):
        before = [box for box in sorted(line) if (box[0] + box[2]) / 2 < start]
        if len(before) > 1 and width_of(before[-1]) < NUMBER * texts.height:
            found += max(width_of(box) for box in before[:-1]) > LABEL * texts.height
    return found


def _labelled(texts: _Texts, numbers: Sequence[Box], start: float) -> int:
    """How many lines have a label before the columns of numbers, and numbers in them."""
    found = 0
    for line in lines_of_texts(texts.boxes, texts.height):
        label = max((width_of(box) for box in line if box[2] < start + texts.height), default=0.0)
        found += label > LABEL * texts.height and any(box in numbers for box in line)
    return found


def carried_columns(boxes: Sequence[Box], height: float, before: NumberColumns, page_width: int) -> Fit | None:
    """The seven columns that the table of the page before has, where the texts leave them room; None where they do not,
    or the table stands elsewhere.

    Args:
        boxes: of the texts of a table, in pixels of the image.
        height: of a line of text, pixels.
        page_width: pixels.
    """
    boxes = _without_broad_heads(boxes, height) if boxes else []
    if not boxes:
        return None
    texts = _texts(boxes, height)
    there = np.array(before.borders) * page_width
    width = float(there[-1] - there[0]) / NUMBERS
    # In the middle of what ends there: where the page is a little aslant the outermost text stands out.
    ends = (texts.x0[texts.x0 < texts.x0.min() + width / 2], texts.x1[texts.x1 > texts.x1.max() - width / 2])
    left, right = float(np.median(ends[0])) - height / 2, float(np.median(ends[1])) + height / 2
    end = texts.right
    texts = texts._replace(right=float(page_width))
    cut = _cut(texts, BROAD * width)
    # The page was photographed from nearer, or as the one before; then its last columns may be blank, or their texts
    # may stand at the left.
    scales = [(right - left) / (float(there[-1 - blank]) - before.left * page_width) for blank in range(NUMBERS)]
    fits: list[Fit] = []
    for scale in (*(scale for scale in scales if abs(scale - 1) <= ENLARGED), 1.0):
        placed = left + (there - before.left * page_width) * scale
        if end > placed[-1] + SLACK * width:
            continue
        shifts = np.arange(-SLACK * width, SLACK * width + 1)
        at = np.clip(np.round(placed[:-1] + shifts[:, None]).astype(int), 0, len(cut) - 1)
        off = np.abs(shifts) / (SLACK * width) + abs(scale - 1) / ENLARGED
        shift = float(shifts[(cut[at].sum(axis=1) + OFF_COST * off).argmin()])
        # Where the page is a little aslant.
        near = [_best_near(cut, float(x), NEARBY * width, SPREAD * width) for x in placed[:-1] + shift]
        found = [one for one in near if one is not None]
        if len(found) == NUMBERS:
            borders = (*(x for x, _ in found), max(end, float(placed[-1] + shift)))
            fit = _weighed(borders, width, sum(cost for _, cost in found), texts, NUMBERS)
            fits += [fit] if fit is not None else []
    return min(fits, key=lambda fit: fit.cost, default=None)


def block_columns(boxes: Sequence[Box], height: float, columns: int = BLOCK_COLUMNS) -> Fit | None:
    """The three columns of numbers of table 2: two lines or more have a text in each of them, and one before them.

    Args:
        boxes: of the texts of a table, in pixels of the image.
        height: of a line of text, pixels.
        columns: with that of the labels; the lower parts of the table have two.
    """
    lines = [_apart(line, BLOCK_GAP * height) for line in lines_of_texts(boxes, height)]
    full = [line for line in lines if len(line) == columns]
    # Strokes of a pen are texts more.
    if len(full) < max(BLOCK_LINES, sum(len(line) > columns for line in lines)):
        return None
    ends = [max(line[column][2] for line in full) for column in range(columns)]
    starts = [min(line[column][0] for line in full) for column in range(columns)]
    if any(end + CLEAR * height > start for end, start in zip(ends, starts[1:], strict=False)):
        return None
    right = max(box[2] for box in boxes) + height / 2
    return Fit((*((end + start) / 2 for end, start in zip(ends, starts[1:], strict=False)), right), 0.0)


def _apart(line: Sequence[Box], room: float) -> list[Box]:
    """The texts of a line from left to right, those together that stand closer than columns do."""
    made: list[Box] = []
    for box in sorted(line):
        if made and box[0] - made[-1][2] < room:
            x0, y0, x1, y1 = made[-1]
            made[-1] = (x0, min(y0, box[1]), max(x1, box[2]), max(y1, box[3]))
        else:
            made.append(box)
    return made
