"""Lines that the scanner drew: dust on the glass of a feeding scanner leaves a thin streak along the whole sheet.

A streak runs exactly along the rows or columns of the picture and out over its edge, through a margin that is otherwise
blank. Rules of a table end before the margin; in a picture that is cut to the table, the margin is missing. It is drawn
over by what stands on both sides of it, so that letters that it crosses keep their strokes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Pixels
    from pipeline.scan.ink import Grey

WIDEST = 3
"""Pixels of a streak."""
DARKER = 30
"""Grey levels that a streak is darker than what stands on both sides of it."""
LEAST = 0.35
"""Share of the picture's height along which it runs, at least, ..."""
UNBROKEN = 0.85
"""... and share of its own length in which it is seen; elsewhere it crosses print."""
OUTERMOST = 2
"""Pixels at the edge of the picture, in one of which a streak is seen."""
EDGE, BLANK = 0.01, 0.02
"""Of the picture's height: the margin at that edge; share of it, the streaks left out, that is dark at most."""
MOST = 4
"""Streaks in one direction; more are the rules of a table that the picture cuts through."""


def without_streaks(page: Pixels) -> Pixels:
    """The page with its streaks, upright and level, drawn over; the very page where it has none."""
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    upright, level = _streaks(grey), _streaks(np.ascontiguousarray(grey.T))
    if not upright and not level:
        return page
    mended = page.copy()
    for streak in upright:
        _draw_over(mended, *streak)
    for streak in level:
        _draw_over(mended.transpose(1, 0, 2), *streak)
    return mended


def _streaks(grey: Grey) -> list[tuple[int, int, int, int]]:
    """First and last column, first row and row behind the last of each upright streak."""
    height, width = grey.shape
    reach = WIDEST // 2 + 1
    if width <= 2 * reach or height < 100:
        return []
    inner = grey[:, reach:-reach].astype(np.int16)
    beside = np.minimum(grey[:, : -2 * reach], grey[:, 2 * reach :]).astype(np.int16)
    thin = inner + DARKER < beside
    edge = max(OUTERMOST, round(EDGE * height))
    dark = (inner < 128) & ~thin
    blank = (bool(dark[:edge].mean() <= BLANK), bool(dark[-edge:].mean() <= BLANK))
    found: list[tuple[int, int, int, int]] = []
    for column in np.flatnonzero(thin.mean(axis=0) >= UNBROKEN * LEAST):
        span = _span(thin[:, column], blank)
        if span is None:
            continue
        x = int(column) + reach
        if found and x - found[-1][1] <= 1:
            first, _, top, bottom = found[-1]
            found[-1] = (first, x, min(top, span[0]), max(bottom, span[1]))
        else:
            found.append((x, x, *span))
    return found if len(found) <= MOST else []


def _span(seen: NDArray[np.bool_], blank: tuple[bool, bool]) -> tuple[int, int] | None:
    """Rows over which a streak runs that leaves the picture; None where there is none.

    Args:
        blank: whether there is a margin at the first and at the last row.
    """
    height = len(seen)
    for last in (0, 1):
        # From the edge on, as far as it is hardly broken.
        ordered = seen[::-1] if last else seen
        if not blank[last] or not ordered[:OUTERMOST].any():
            continue
        shares = np.cumsum(ordered) / np.arange(1, height + 1)
        whole = np.flatnonzero(ordered & (shares >= UNBROKEN))
        end = int(whole[-1]) + 1 if len(whole) else 0
        if end >= LEAST * height:
            return (height - end, height) if last else (0, end)
    return None


def _draw_over(page: NDArray[np.uint8], first: int, last: int, top: int, bottom: int) -> None:
    """Fills the columns with what lies between those beside them."""
    left, right = max(0, first - 2), min(page.shape[1] - 1, last + 2)
    start = page[top:bottom, left].astype(np.float32)
    step = (page[top:bottom, right].astype(np.float32) - start) / (right - left)
    for column in range(left + 1, right):
        page[top:bottom, column] = np.round(start + (column - left) * step).astype(np.uint8)
