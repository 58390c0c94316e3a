"""Numbers that did not fit their cell and go on in a second line.

Word processors and browsers break a number of five digits in a narrow column anywhere. The first line then fills the
cell, and the lines are of one height; what else stands in two lines is no number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.ocr.engine import NumberReading, TextReading
from pipeline.ocr.runs import runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.scan.ink import Grey

FULL = 0.68
"""Share of the cell's width that the first line fills."""
ALIKE = 0.75
"""Height of the lower line to that of the higher one, at least."""
LEAST_LINE = 6
"""Pixels of height of a line of digits."""
EDGE = 3
"""Pixels from the sides within which a rest of a rule stands."""
MOST_LINES = 3
RIVALS = 3
"""Of each line that are combined."""
LEAST = 1e-4


def lines_of_number(crop: Grey, level: int) -> list[Grey]:
    """The lines of a number that is broken in two or three, from the top, each the crop of a line; none where the cell
    holds one line, or lines that no broken number has.

    Args:
        crop: the inside of a cell.
        level: the grey below which a pixel is ink.
    """
    height, width = crop.shape
    inked = _without_rules(crop, level)
    rows = inked_rows(crop, level)
    if not 2 <= len(rows) <= MOST_LINES:
        return []
    heights = [last - first for first, last in rows]
    if min(heights) < ALIKE * max(heights) or sum(heights) > height:
        return []
    spans = [_span(inked[first:last]) for first, last in rows]
    if any(right - left < FULL * width for left, right in spans[:-1]) or _span(inked)[1] - _span(inked)[0] > width:
        return []
    if spans[-1][1] - spans[-1][0] > spans[0][1] - spans[0][0]:
        return []
    middles = [0, *((rows[i][1] + rows[i + 1][0]) // 2 for i in range(len(rows) - 1)), height]
    return [crop[middles[i] : middles[i + 1]] for i in range(len(rows))]


def inked_rows(crop: Grey, level: int) -> list[tuple[int, int]]:
    """First row and row behind the last of each line of ink in a cell."""
    found = runs(np.asarray(_without_rules(crop, level).any(axis=1)))
    return [(first, last) for first, last in found if last - first >= LEAST_LINE]


def _without_rules(crop: Grey, level: int) -> NDArray[np.bool_]:
    """Where there is ink; what runs along the whole height or width is a rest of a rule, and so is what keeps to the
    edge at its side: a rule that is a little aslant comes in along a part of the height only."""
    inked: NDArray[np.bool_] = np.asarray(crop < level)
    for side in (inked, inked[:, ::-1]):
        clear = ~side[:, : EDGE + 1].any(axis=0)
        side[:, : int(clear.argmax())] = False
    inked[:, inked.mean(axis=0) > 0.8] = False
    inked[inked.mean(axis=1) > 0.8] = False
    return inked


def joined(lines: Sequence[NumberReading]) -> NumberReading | None:
    """The readings of the lines as one number; None where a line is none, or all that it may be is improbable."""
    found: dict[str, float] = {"": 1.0}
    for line in lines:
        rivals = [(text, share) for text, share in line.rivals if text.isdigit()][:RIVALS]
        if not rivals:
            return None
        found = {before + text: share * chance for before, share in found.items() for text, chance in rivals}
    ranked = [one for one in sorted(found.items(), key=lambda one: (-one[1], one[0])) if one[1] >= LEAST]
    if not ranked:
        return None
    text = "".join(line.general.text for line in lines)
    score = float(np.prod([line.general.score for line in lines]))
    return NumberReading(tuple(ranked), TextReading(text, score))



def _span(inked: NDArray[np.bool_]) -> tuple[int, int]:
    """First and last column with ink."""
    columns = np.flatnonzero(inked.any(axis=0))
    return (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, 0)
