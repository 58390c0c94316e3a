"""Borders between cells: where they run follows from the cells, whether they are drawn is seen on the pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import Box
from training.synth.truth import Point, TrueRule

RASTER_DPI = 300.0
"""Of the image in which borders are looked for."""
NEAR = 1.6
"""Points. Edges of cells closer than this are the same border."""
BAND = 2.6
"""Points to both sides of a border within which its ink lies."""
SIDE = (3.2, 4.4)
"""Points from a border to both sides where the paper is seen."""
CONTRAST = 9.0
"""Of 255: ink is darker than the paper on both sides by so much."""
DRAWN = 0.6
"""Share of a border's length that must be dark in one row of pixels; dots are blurred together first."""
ENDS = 1.5
"""Points at both ends that other borders may touch."""

Segment = tuple[float, float]


def borders(image: NDArray[np.uint8], table: int, boxes: Sequence[Box]) -> list[TrueRule]:
    """Rules of one table on one page.

    Args:
        image: the page at `RASTER_DPI`, height x width x 3.
        table: index for the truth.
        boxes: its cells in points.
    """
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    rows = _edges((top, left, right) for left, y0, right, y1 in boxes for top in (y0, y1))
    columns = _edges((x, top, bottom) for x0, top, x1, bottom in boxes for x in (x0, x1))
    found = []
    for place, stretches in rows.items():
        for start, end, drawn, double in _stretches(grey, place, stretches, list(columns)):
            found.append(_rule(table, (start, place), (end, place), "horizontal", drawn, double))
    turned = np.ascontiguousarray(grey.T)
    for place, stretches in columns.items():
        for start, end, drawn, double in _stretches(turned, place, stretches, list(rows)):
            found.append(_rule(table, (place, start), (place, end), "vertical", drawn, double))
    return found


def stray_rules(lines: Iterable[Box], tables: Sequence[Box]) -> list[TrueRule]:
    """Drawn lines outside all tables."""
    found = []
    for left, top, right, bottom in lines:
        x, y = (left + right) / 2, (top + bottom) / 2
        if any(box[0] - 6 < x < box[2] + 6 and box[1] - 6 < y < box[3] + 6 for box in tables):
            continue
        if right - left > bottom - top:
            found.append(_rule(None, (left, y), (right, y), "horizontal", True, False))
        else:
            found.append(_rule(None, (x, top), (x, bottom), "vertical", True, False))
    return found


def _rule(
    table: int | None,
    start: Point,
    end: Point,
    direction: Literal["horizontal", "vertical"],
    drawn: bool,
    double: bool,
) -> TrueRule:
    return TrueRule(table, direction, (start, end), drawn, double)


def _edges(edges: Iterable[tuple[float, float, float]]) -> dict[float, list[Segment]]:
    """Edges by their place across, those that are one border put together, with the stretches that they cover."""
    groups: list[list[tuple[float, float, float]]] = []
    for edge in sorted(edges):
        if groups and edge[0] - groups[-1][-1][0] < NEAR:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    merged: dict[float, list[Segment]] = {}
    for group in groups:
        place = sum(edge[0] for edge in group) / len(group)
        stretches: list[Segment] = []
        for _, start, end in sorted(group, key=lambda edge: edge[1:]):
            if stretches and start < stretches[-1][1] + NEAR:
                stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
            else:
                stretches.append((start, end))
        merged[place] = stretches
    return merged


def _stretches(
    grey: NDArray[np.uint8], place: float, stretches: Sequence[Segment], crossings: Sequence[float]
) -> list[tuple[float, float, bool, bool]]:
    """The stretches cut where drawn changes to not drawn."""
    found: list[tuple[float, float, bool, bool]] = []
    for start, end in stretches:
        cuts = [start, *(cut for cut in sorted(crossings) if start + NEAR < cut < end - NEAR), end]
        pieces: list[tuple[float, float, bool, bool]] = []
        for left, right in pairwise(cuts):
            drawn, double = _is_drawn(grey, place, left, right)
            if pieces and pieces[-1][2:] == (drawn, double):
                pieces[-1] = (pieces[-1][0], right, drawn, double)
            else:
                pieces.append((left, right, drawn, double))
        found += pieces
    return found


def _is_drawn(grey: NDArray[np.uint8], place: float, start: float, end: float) -> tuple[bool, bool]:
    """Whether a horizontal stretch is drawn, and whether twice."""
    scale = RASTER_DPI / 72
    ends = min(ENDS, (end - start) / 4)
    left, right = round((start + ends) * scale), round((end - ends) * scale)
    first = round((place - SIDE[1]) * scale)
    last = round((place + SIDE[1]) * scale)
    rows = np.clip(np.arange(first, last + 1), 0, grey.shape[0] - 1)
    strip = grey[rows, max(left, 0) : right].astype(np.float32)
    if strip.size == 0:
        return False, False
    strip = np.asarray(cv2.blur(strip, (13, 1)), dtype=np.float32)
    offset = np.arange(first, last + 1) / scale - place
    away = np.abs(offset)
    # Between a shaded cell and a white one the darker side is the paper that a border must stand out from.
    sides = [np.percentile(strip[side], 75, axis=0) for side in (offset <= -SIDE[0], offset >= SIDE[0])]
    paper = np.minimum(*sides)
    dark = (strip < paper[None, :] - CONTRAST).mean(axis=1)
    inked = (dark > DRAWN) & (away <= BAND)
    runs = int(np.sum(np.diff(np.concatenate(([0], inked.astype(np.int8)))) == 1))
    return runs > 0, runs > 1
