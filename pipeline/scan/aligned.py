"""A table without printed rules, from how its texts stand.

Nothing is drawn there but the texts themselves, and they say enough. Borders that a network believes to see between
them are as good as what it has learnt: where columns are of another width or numbers stand to the right, it puts one
through a number. It says where tables are, and what parts the labels; `text_columns.py` and `text_rows.py` the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.boxes import height_of, letter_height, middle_of, runs_across, runs_down
from pipeline.scan.evened import NUMBERS, WITHOUT_LABELS
from pipeline.scan.lattice import Lattice, with_places
from pipeline.scan.pieces import TALL, pieces
from pipeline.scan.text_columns import (
    WITHOUT_LABEL,
    block_columns,
    carried_columns,
    fifteen_columns,
    seven_columns,
)
from pipeline.scan.text_rows import (
    BLOCK_COLUMNS,
    leaves,
    lines_of_texts,
    row_spans,
    tabular_stretches,
    texts_of_table,
    with_rows_around,
    without_other_tables,
    without_text_at_foot,
)

if TYPE_CHECKING:
    from pipeline.document import Box
    from pipeline.scan.carried import NumberColumns
    from pipeline.scan.ink import Grey
    from pipeline.scan.text_columns import Fit

BEFORE_NUMBERS = 2.0
"""Times the height of a line of text that a border of labels stands before the first of numbers at least."""
SAME_START, LEAST_STARTS = 0.3, 3
"""Times the height of a line of text, by which labels of one column begin at different places at most; labels that must
begin there."""
CLEAN, MOST_HEADINGS = 0.6, 3
"""Cost of columns that suit all texts; headings below which table 3 may begin."""
STACKED, LEAST_STACKED = 0.8, 3
"""Times the height of a line of text between two numbers of one cell; such cells of one row from which on it is two."""
MOST_HEADS = 4
"""Rows of heads that table 3 has at most."""
MOST_BESIDE = 4
"""Lines of text above and below table 4 that may have been taken for parts of it."""
NEAREST = 0.5
"""Times the height of a line of text, within which a border that was seen is the one between two rows."""


def aligned(
    grey: Grey, lattice: Lattice, boxes: Sequence[Box], before: NumberColumns | None = None
) -> list[Lattice]:
    """The lattice of a table of the form's seven columns of numbers, or of three behind labels, its borders where the
    texts leave room for them; as it is where its texts do not show these columns. Before it the end of table 2, where
    that was taken for a part of it.

    Args:
        boxes: of lines of text, in pixels of the image.
        before: columns of the table at the foot of the page before, which may go on here.
    """
    if not boxes:
        return [lattice]
    height = float(np.median([letter_height(box) for box in boxes]))
    lines = lines_of_texts(pieces(grey, boxes, height), height)
    first, last = texts_of_table(lines, lattice.rows[0], lattice.rows[-1], height)
    inside = [box for line in lines[first:last] for box in line]
    if (table_4 := _table_4(grey, lattice, lines[first:last], height, boxes)) is not None:
        return [table_4]
    if lattice.n_columns == WITHOUT_LABELS:
        return [lattice]
    start, fit = _seven_columns(lines[first:last], height)
    above = [box for line in lines[first : first + start] for box in line]
    inside = inside[len(above) :]
    if before is not None and (fit is None or fit.blank):
        fit = carried_columns(inside, height, before, grey.shape[1]) or fit
    if fit is None:
        # Not fewer than were seen: strokes of a pen join the texts of columns.
        least = max(2, min(lattice.n_columns, BLOCK_COLUMNS))
        blocks = (block_columns(inside, height, columns) for columns in range(BLOCK_COLUMNS, least - 1, -1))
        fit = next((block for block in blocks if block is not None), None)
    if fit is None:
        return [lattice]
    # A label that goes over several columns is whole in its box; cut at its commas it would be several.
    labels = [box for box in boxes if box[2] < fit.borders[0] + height / 2 and height_of(box) < TALL * height]
    others = [box for box in boxes if box not in labels]
    labels = _parted_labels(grey, labels, lattice.columns, height)
    lines = lines_of_texts([*labels, *pieces(grey, others, height)], height)
    top, bottom = min(box[1] for box in inside), max(box[3] for box in inside)
    first, last = without_text_at_foot(lines, *texts_of_table(lines, top, bottom, height), fit.borders)
    first, last = with_rows_around(lines, first, last, fit.borders)
    inside = [box for line in lines[first:last] for box in line]
    spans = row_spans(inside, fit.borders[0], height)
    own = without_other_tables(spans, inside, fit.borders)
    # Between the two stands a heading.
    heading = len(spans) - len(own) - 1
    above += [box for box in inside if heading > 0 and middle_of(box) < spans[heading][0]]
    inside = [box for box in inside if middle_of(box) > own[0][0]]
    if _is_aslant(own, inside, fit.borders, height):
        return [lattice]
    made = [_with_rows(_with_columns(lattice, fit, inside, height), inside, own, height, boxes)]
    if (block := block_columns(above, height, 2)) is not None:
        spans = row_spans(above, block.borders[0], height)
        made.insert(0, _with_rows(_with_columns(lattice, block, above, height), above, spans, height, boxes))
    return made


def _seven_columns(lines: Sequence[Sequence[Box]], height: float) -> tuple[int, Fit | None]:
    """The seven columns that these lines stand in, and the first of the lines that do: where the end of table 2 was
    taken for a part of table 3, its texts stand in other columns."""
    best = (0, seven_columns([box for line in lines for box in line], height))
    if not lines or (best[1] is not None and best[1].cost <= CLEAN):
        return best
    left, right = min(box[0] for line in lines for box in line), max(box[2] for line in lines for box in line)
    headings = [
        i
        for i, (line, below) in enumerate(pairwise(lines))
        if min(line)[0] - left < BEFORE_NUMBERS * height
        and max(box[2] for box in line) < (left + right) / 2
        # Below the heading stands the head of all columns of numbers, which has no label.
        and min(below)[0] > left + WITHOUT_LABEL * (right - left)
    ]
    for heading in headings[-MOST_HEADINGS:]:
        fit = seven_columns([box for line in lines[heading + 1 :] for box in line], height)
        if fit is not None and (best[1] is None or fit.cost < best[1].cost):
            best = (heading + 1, fit)
    return best


def _is_aslant(
    spans: Sequence[tuple[float, float]], boxes: Sequence[Box], borders: Sequence[float], height: float
) -> bool:
    """Whether numbers of one column stand one below the other in several cells: on a page that is still bent a label is
    not at the height of its numbers, and rows laid over the texts would give it those of another."""
    for top, bottom in spans[MOST_HEADS:] if len(spans) > 1 else spans:
        columns: dict[int, list[float]] = {}
        for box in boxes:
            if top <= middle_of(box) <= bottom and (box[0] + box[2]) / 2 > borders[0]:
                column = int(np.searchsorted(borders, (box[0] + box[2]) / 2))
                columns.setdefault(column, []).append(middle_of(box))
        # A number that goes on in a second line is one of few.
        if sum(max(heights) - min(heights) > STACKED * height for heights in columns.values()) >= LEAST_STACKED:
            return True
    return False


def _table_4(
    grey: Grey, lattice: Lattice, lines: Sequence[Sequence[Box]], height: float, others: Sequence[Box]
) -> Lattice | None:
    """The lattice of as many of these lines as stand in fifteen columns: a sentence may stand above or below."""
    spans = ((first, last) for last in range(len(lines), 1, -1) for first in range(last - 1))
    for first, last in sorted(spans, key=lambda span: (span[0] - span[1], span)):
        if last - first < max(2, len(lines) - MOST_BESIDE):
            break
        inside = [box for line in lines[first:last] for box in line]
        if (fit := fifteen_columns(grey, inside, height)) is not None:
            rows = row_spans(inside, fit.borders[0], height)
            return _with_rows(_with_columns(lattice, fit, inside, height), inside, rows, height, others)
    return None


def unseen_tables(
    grey: Grey, boxes: Sequence[Box], found: Sequence[Lattice], before: NumberColumns | None = None
) -> list[Lattice]:
    """The tables of a page of which no border was seen: lines that stand in the form's columns, outside those that were
    found.

    Args:
        boxes: of lines of text, in pixels of the image.
        before: columns of the table at the foot of the page before, which may go on here.
    """
    if not boxes:
        return []
    height = float(np.median([letter_height(box) for box in boxes]))
    free = [box for box in boxes if not any(lattice.rows[0] < middle_of(box) < lattice.rows[-1] for lattice in found)]
    made: list[Lattice] = []
    for top, bottom in tabular_stretches(lines_of_texts(pieces(grey, free, height), height), height):
        columns = (min(box[0] for box in free), max(box[2] for box in free))
        seen = with_places(Lattice((top, bottom), columns, np.ones((2, 1)), np.ones((1, 2)), ()))
        upmost = not any(lattice.rows[0] < top for lattice in [*found, *made])
        made += [one for one in aligned(grey, seen, free, before if upmost else None) if one.n_columns >= NUMBERS]
    return made


def _parted_labels(grey: Grey, labels: Sequence[Box], columns: Sequence[float], height: float) -> list[Box]:
    """The labels, those apart that the detector took for one: behind a border of labels begins a text where several
    others begin, clear of what is before it."""
    made = list(labels)
    for x in columns[1:-1]:
        starts = [box[0] for box in made if x - SAME_START * height < box[0] < x + BEFORE_NUMBERS * height]
        if len(starts) < LEAST_STARTS:
            continue
        start = float(np.median(starts))
        for box in [box for box in made if runs_across(box, x)]:
            texts = pieces(grey, [box], height)
            behind = [text for text in texts if text[0] > start - SAME_START * height]
            if behind and len(behind) < len(texts) and abs(behind[0][0] - start) < SAME_START * height:
                made.remove(box)
                before = [text for text in texts if text not in behind]
                made += [(box[0], box[1], before[-1][2], box[3]), (behind[0][0], box[1], box[2], box[3])]
    return made


def _with_columns(lattice: Lattice, fit: Fit, boxes: Sequence[Box], height: float) -> Lattice:
    """The lattice with these columns of numbers, and before them its own for the labels."""
    left = min(box[0] for box in boxes) - height / 2
    # The labels of table 2 are one column; those of table 3 begin in several.
    starts = [box[0] for box in boxes if len(fit.borders) == NUMBERS + 1 and box[2] < fit.borders[0] + height]
    room = (left + BEFORE_NUMBERS * height, fit.borders[0] - BEFORE_NUMBERS * height)
    own = [j for j, x in enumerate(lattice.columns) if room[0] < x < room[1] and any(x < start for start in starts)]
    labels = () if len(fit.borders) > WITHOUT_LABELS else (left, *(lattice.columns[j] for j in own))
    columns = (*labels, *fit.borders)
    over = [
        [i for i, (x0, x1) in enumerate(pairwise(lattice.columns)) if x0 < b - 1 and a + 1 < x1] or [0]
        for a, b in pairwise(columns)
    ]
    level = np.stack([lattice.level[:, old].max(axis=1) for old in over], axis=1)
    upright = np.ones((lattice.n_rows, len(columns)))
    if own and labels:
        upright[:, 1 : len(own) + 1] = lattice.upright[:, own]
    return replace(lattice, columns=columns, level=level, upright=upright)


def _with_rows(
    lattice: Lattice,
    boxes: Sequence[Box],
    spans: Sequence[tuple[float, float]],
    height: float,
    others: Sequence[Box],
) -> Lattice:
    """The lattice with these rows. Labels of several rows are parted where they were seen to be.

    Args:
        spans: top and bottom of what stands in each row.
        others: all texts of the page.
    """
    top, bottom = spans[0][0], spans[-1][1]
    above = max((box[3] for box in others if box[3] <= top), default=-np.inf)
    below = min((box[1] for box in others if box[1] >= bottom), default=np.inf)
    # What the detector did not see in the outermost rows of a page that is a little aslant stands higher or lower.
    rows = [max(top - height / 2, (above + top) / 2)]
    rows += [(one[1] + other[0]) / 2 for one, other in pairwise(spans)]
    rows.append(min(bottom + height / 2, (bottom + below) / 2))
    # All but the last column of labels.
    several = max(0, lattice.n_columns - NUMBERS - 1) if lattice.n_columns < WITHOUT_LABELS else 0
    old = np.array(lattice.rows)
    level = np.ones((len(rows), lattice.n_columns))
    upright = np.ones((len(spans), lattice.n_columns + 1))
    for i, y in enumerate(rows[1:-1], start=1):
        nearest = int(np.abs(old - y).argmin())
        near = abs(float(old[nearest]) - y) < NEAREST * height
        level[i, :several] = lattice.level[nearest, :several] if near else 0.0
    numbers = lattice.columns[several + 1]
    for label in leaves([box for box in boxes if (box[0] + box[2]) / 2 < numbers], height):
        row = int(np.clip(np.searchsorted(rows, middle_of(label)) - 1, 0, len(spans) - 1))
        column = int(np.clip(np.searchsorted(lattice.columns, label[0]) - 1, 0, several))
        level[row : row + 2, column:several] = 1.0
    for i, (top, bottom) in enumerate(spans):
        upright[i] = lattice.upright[int(np.clip(np.searchsorted(old, (top + bottom) / 2) - 1, 0, lattice.n_rows - 1))]
    made = replace(lattice, rows=tuple(rows), level=level, upright=upright)
    heads = {WITHOUT_LABELS: made.n_rows - 1}.get(made.n_columns, MOST_HEADS if several else made.n_rows)
    return with_places(_cleared(made, boxes, heads, several + 1))


def _cleared(lattice: Lattice, boxes: Sequence[Box], heads: int, labels: int) -> Lattice:
    """The lattice without the borders that a text runs through. A label that goes over several columns is one of a
    single row, or a head, and parted from what is above and below. What runs over borders of numbers is a stroke of a
    pen, which the detector took for one text with these.

    Args:
        heads: rows that may hold heads of several columns.
        labels: columns of labels.
    """
    level, upright = lattice.level.copy(), lattice.upright.copy()
    # In table 2 a number stands in the middle of a cell as wide as two or three, be it of one digit.
    wide = lattice.n_columns <= BLOCK_COLUMNS
    for box in boxes:
        row = int(np.clip(np.searchsorted(lattice.rows, middle_of(box)) - 1, 0, lattice.n_rows - 1))
        crossed = [
            j
            for j, x in enumerate(lattice.columns[1:-1], start=1)
            if runs_across(box, x) or (wide and box[0] < x < box[2])
        ]
        crossed = crossed if row < heads else [j for j in crossed if j < labels]
        if crossed:
            upright[row, crossed] = 0.0
            level[row : row + 2, crossed[0] - 1 : crossed[-1] + 1] = 1.0
        if wide and row + 1 < lattice.n_rows:
            # The number below such a head may be one that the detector did not see.
            below = [one for one in boxes if lattice.rows[row + 1] < middle_of(one) < lattice.rows[row + 2]]
            for j in crossed:
                sides = {int(np.searchsorted(lattice.columns, (one[0] + one[2]) / 2)) for one in below}
                upright[row + 1, j] = upright[row + 1, j] if {j, j + 1} <= sides else 0.0
    for box in boxes:
        middle = (box[0] + box[2]) / 2
        column = int(np.clip(np.searchsorted(lattice.columns, middle) - 1, 0, lattice.n_columns - 1))
        level[[i for i, y in enumerate(lattice.rows) if runs_down(box, y)], column] = 0.0
    return replace(lattice, level=level, upright=upright)
