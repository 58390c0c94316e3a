"""A table without printed rules, from how its texts stand.

Nothing is drawn there but the texts themselves, and they say enough. Borders that a network believes to see between
them are as good as what it has learnt: where columns are of another width or numbers stand to the right, it puts one
through a number. Here it is told where tables are, and what parts the labels; `text_columns.py` finds the columns,
`text_rows.py` the rows, `laid.py` makes cells of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.scan.boxes import SHORT, height_of, letter_height, middle_of, runs_across, width_of
from pipeline.scan.evened import MOST_ROWS, NUMBERS, WITHOUT_LABELS
from pipeline.scan.laid import BEFORE_NUMBERS, MOST_HEADS, laid_over
from pipeline.scan.lattice import Lattice, with_places
from pipeline.scan.overlooked import numbers_in_line
from pipeline.scan.pieces import LABEL, TALL, numbers_apart, pieces
from pipeline.scan.text_columns import (
    WITHOUT_LABEL,
    block_columns,
    carried_columns,
    fifteen_columns,
    is_line_of_numbers,
    seven_columns,
)
from pipeline.scan.text_rows import (
    BLOCK_COLUMNS,
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
    from pipeline.spans import Span

SAME_START, LEAST_STARTS = 0.3, 3
"""Times the height of a line of text, by which labels of one column begin at different places at most; labels that must
begin there."""
CLEAN, MOST_HEADINGS = 0.6, 3
"""Cost of columns that suit all texts; headings below which table 3 may begin, or above which it may end."""
DEARER = 0.3
"""Cost by which columns of their own are clearly worse than those of the page before."""
FAR = 5.0
"""Times the height of a line of text between label and number of a row of table 2 alone at the head of a page."""
STACKED, LEAST_STACKED = 0.8, 3
"""Times the height of a line of text between two numbers of one cell; such cells of one row from which on it is two."""
LEAST_SEEN = 4
"""Numbers in the last line of table 4 that the detector saw, from which on others are looked for."""
MOST_BESIDE = 4
"""Lines of text above and below table 4 that may have been taken for parts of it."""


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
    lines = numbers_apart(grey, lines[first:last], height)
    if (table_4 := _table_4(grey, lattice, lines, height, boxes)) is not None:
        return [table_4]
    if lattice.n_columns == WITHOUT_LABELS and lattice.n_rows <= MOST_ROWS:
        return [lattice]
    stretch, fit = _seven_columns(lines, height, before, grey.shape[1])
    above = [box for line in lines[: stretch.start] for box in line]
    inside = [box for line in lines[stretch.start : stretch.stop] for box in line]
    fit = fit or _table_2(inside, lattice.n_columns, height)
    if fit is None:
        return [lattice]
    texts = _texts_apart(grey, lattice, boxes, fit, height)
    texts = _texts_of(texts, (min(box[1] for box in inside), max(box[3] for box in inside)), fit, height)
    spans = row_spans(texts, fit.borders[0], height)
    own = without_other_tables(spans, texts, fit.borders)
    # Between the two stands a heading.
    heading = len(spans) - len(own) - 1
    above += [box for box in texts if heading > 0 and middle_of(box) < spans[heading][0]]
    texts = [box for box in texts if own and middle_of(box) > own[0][0]]
    if not texts or _is_aslant(own, texts, fit.borders, height):
        return [lattice]
    made = [laid_over(lattice, fit, texts, own, height, boxes)]
    block = block_columns(above, height, 2)
    if block is not None and (spans := row_spans(above, block.borders[0], height)):
        made.insert(0, laid_over(lattice, block, above, spans, height, boxes))
    return made


def _carried(own: Fit | None, carried: Fit | None) -> Fit | None:
    """The columns of the page before, where a table has none of its own or some that may be others: with blank ones, or
    clearly dearer. Otherwise its own, which know how this page lies."""
    if carried is None or own is None:
        return carried or own
    return carried if own.blank or carried.cost + DEARER < own.cost else own


def _table_2(boxes: Sequence[Box], seen: int, height: float) -> Fit | None:
    """The columns of a part of table 2, not fewer than were seen: strokes of a pen join the texts of columns."""
    least = max(2, min(seen, BLOCK_COLUMNS))
    fits = (block_columns(boxes, height, columns) for columns in range(BLOCK_COLUMNS, least - 1, -1))
    return next((fit for fit in fits if fit is not None), None)


def _texts_apart(grey: Grey, lattice: Lattice, boxes: Sequence[Box], fit: Fit, height: float) -> list[Box]:
    """The texts of a page, cut where they stand apart. A label that goes over several columns is whole in its box; cut
    at its commas it would be several."""
    labels = [box for box in boxes if box[2] < fit.borders[0] + height / 2 and height_of(box) < TALL * height]
    others = [box for box in boxes if box not in labels]
    texts = [*_parted_labels(grey, labels, lattice.columns, height), *pieces(grey, others, height)]
    return [box for line in numbers_apart(grey, lines_of_texts(texts, height), height) for box in line]


def _texts_of(boxes: Sequence[Box], seen: Span, fit: Fit, height: float) -> list[Box]:
    """Those of a page's texts that belong to a table with these columns.

    Args:
        seen: top and bottom of what is known to be of the table, pixels.
    """
    lines = lines_of_texts(boxes, height)
    first, last = without_text_at_foot(lines, *texts_of_table(lines, *seen, height), fit.borders)
    first, last = with_rows_around(lines, first, last, fit.borders)
    return [box for line in lines[first:last] for box in line]


def _seven_columns(
    lines: Sequence[Sequence[Box]], height: float, before: NumberColumns | None, page_width: int
) -> tuple[range, Fit | None]:
    """The seven columns that these lines stand in, and the lines that do: where the end of table 2 or what stands above
    table 4 was taken for a part of table 3, its texts stand in other columns."""
    best: tuple[range, Fit | None] = (range(len(lines)), None)
    for stretch in _stretches(lines, height):
        inside = [box for line in lines[stretch.start : stretch.stop] for box in line]
        fit = seven_columns(inside, height)
        if before is not None and stretch.start == 0:
            fit = _carried(fit, carried_columns(inside, height, before, page_width))
        # What stands above table 4 seldom stands in the way of columns; a label without numbers may be one of table 3.
        gain = DEARER if stretch.stop < len(lines) else 0.0
        if fit is not None and (best[1] is None or fit.cost + gain < best[1].cost):
            best = (stretch, fit)
        if best[1] is not None and best[1].cost <= CLEAN:
            break
    return best


def _stretches(lines: Sequence[Sequence[Box]], height: float) -> Iterator[range]:
    """The lines that may be table 3, the most likely first: all; those below a heading; those above one."""
    yield range(len(lines))
    if not lines:
        return
    left, right = min(box[0] for line in lines for box in line), max(box[2] for line in lines for box in line)
    headings = [
        i
        for i, line in enumerate(lines)
        if min(line)[0] - left < BEFORE_NUMBERS * height and max(box[2] for box in line) < (left + right) / 2
    ]
    # Below the heading stands the head of all columns of numbers, which has no label.
    with_heads = [
        i
        for i in headings
        if i + 1 < len(lines) and min(lines[i + 1])[0] > left + WITHOUT_LABEL * (right - left)
    ]
    yield from (range(heading + 1, len(lines)) for heading in with_heads[-MOST_HEADINGS:])
    # Below the other heading stands no row of table 3.
    rows = [i for i, line in enumerate(lines) if _is_row(line, height)]
    above_table_4 = [i for i in headings if i > max(rows, default=len(lines))]
    yield from (range(heading) for heading in above_table_4[:MOST_HEADINGS])


def _is_row(line: Sequence[Box], height: float) -> bool:
    """Whether a line is a label and numbers, no heads side by side."""
    label, *others = sorted(line)
    return width_of(label) > LABEL * height and any(width_of(box) < SHORT * height for box in others)


def _is_aslant(
    spans: Sequence[Span], boxes: Sequence[Box], borders: Sequence[float], height: float
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
    left, right = min(box[0] for box in others), max(box[2] for box in others)
    overlooked = [
        numbers_in_line(grey, line, left, right, height) if is_line_of_numbers(line, height, LEAST_SEEN) else []
        for line in lines
    ]
    seen = [list(line) for line in lines]
    # What the detector did not see may be a piece of a pen's stroke, too.
    made = _laid_in_fifteen(grey, lattice, seen, overlooked, height, others)
    if made is None and any(overlooked):
        every = [[*line, *more] for line, more in zip(seen, overlooked, strict=True)]
        made = _laid_in_fifteen(grey, lattice, every, [[]] * len(seen), height, others)
    return made


def _laid_in_fifteen(
    grey: Grey,
    lattice: Lattice,
    lines: Sequence[list[Box]],
    overlooked: Sequence[list[Box]],
    height: float,
    others: Sequence[Box],
) -> Lattice | None:
    for left_out in range(min(MOST_BESIDE, len(lines) - 2) + 1):
        fits: list[tuple[float, list[Box], Fit]] = []
        for first in range(left_out + 1):
            here = slice(first, len(lines) - left_out + first)
            inside, more = ([box for line in each[here] for box in line] for each in (lines, overlooked))
            if (fit := fifteen_columns(grey, inside, height, more)) is not None:
                fits.append((fit.cost, inside, fit))
        if fits:
            _, inside, fit = min(fits, key=lambda one: one[0])
            return laid_over(lattice, fit, inside, row_spans(inside, fit.borders[0], height), height, others)
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
    lines = lines_of_texts(pieces(grey, free, height), height)
    made = _rows_at_head(lines, [one.rows[0] for one in found], height)
    for top, bottom in tabular_stretches(lines, height):
        columns = (min(box[0] for box in free), max(box[2] for box in free))
        seen = with_places(Lattice((top, bottom), columns, np.ones((2, 1)), np.ones((1, 2)), ()))
        upmost = not any(lattice.rows[0] < top for lattice in [*found, *made])
        made += [one for one in aligned(grey, seen, free, before if upmost else None) if one.n_columns >= NUMBERS]
    return made


def _rows_at_head(lines: Sequence[Sequence[Box]], tables: Sequence[float], height: float) -> list[Lattice]:
    """The last rows of table 2, alone at the head of a page: a label at the left, one number at the right.

    Args:
        lines: of texts, from above.
        tables: where tables begin, pixels.
    """
    rows: list[list[Box]] = []
    for line in lines:
        label, *numbers = sorted(line)
        is_row = len(numbers) == 1 and width_of(label) > LABEL * height and width_of(numbers[0]) < SHORT * height
        if not is_row or numbers[0][0] - label[2] < FAR * height or any(y < label[1] for y in tables):
            break
        rows.append([label, *numbers])
    if not rows:
        return []
    edges = [(min(box[1] for box in row), max(box[3] for box in row)) for row in rows]
    borders = (edges[0][0] - height / 4, *((a[1] + b[0]) / 2 for a, b in pairwise(edges)), edges[-1][1] + height / 4)
    left, right = min(row[0][0] for row in rows) - height / 2, max(row[1][2] for row in rows) + height / 2
    between = (max(row[0][2] for row in rows) + min(row[1][0] for row in rows)) / 2
    ones = np.ones((len(rows) + 1, 2)), np.ones((len(rows), 3))
    return [with_places(Lattice(borders, (left, between, right), *ones, ()))]


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
