"""What a reader made of a table page against what is known of it: its grids cell by cell, its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from pipeline.document import Box
from training.confusions import plain
from training.segmenter.scoring import overlap
from training.synth import PageTruth, TrueCell
from training.synth.truth import Quad

Span: TypeAlias = tuple[int, int, int, int]
"""First row, first column, and the row and the column after the last ones."""

SAME_TABLE = 0.5
SAME_CELL = 0.5
"""Area in common over area of either, from which on the text of a found cell is taken for that of a true one."""
WELL_FOUND = 0.7
"""The same from which on a true cell counts as found."""


@dataclass(frozen=True, slots=True)
class FoundCell:
    span: Span
    box: Box
    """Upright, in pixels of the page as given."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class FoundTable:
    cells: tuple[FoundCell, ...]

    @property
    def box(self) -> Box:
        lefts, tops, rights, bottoms = zip(*(cell.box for cell in self.cells), strict=True)
        return (min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A line of text that a full-page reader found."""

    box: Box
    text: str

    @property
    def middle(self) -> tuple[float, float]:
        return ((self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2)


@dataclass(frozen=True, slots=True)
class NumberScore:
    """Number cells read right, and how many there are."""

    right: int = 0
    cells: int = 0
    right_printed: int = 0
    printed: int = 0
    """Of those that print something other than 0."""
    right_blank: int = 0
    blank: int = 0
    """Of those that print nothing."""

    def __add__(self, other: NumberScore) -> NumberScore:
        return NumberScore(
            self.right + other.right,
            self.cells + other.cells,
            self.right_printed + other.right_printed,
            self.printed + other.printed,
            self.right_blank + other.right_blank,
            self.blank + other.blank,
        )


@dataclass(frozen=True, slots=True)
class GridScore:
    exact: int = 0
    """Tables whose rows, columns and merged cells are the true ones, each one and no other."""
    tables: int = 0
    found: int = 0
    """Cells that overlap with a found one by more than `WELL_FOUND`."""
    cells: int = 0

    def __add__(self, other: GridScore) -> GridScore:
        return GridScore(
            self.exact + other.exact,
            self.tables + other.tables,
            self.found + other.found,
            self.cells + other.cells,
        )


def numbers_in_cells(truth: PageTruth, tables: Sequence[FoundTable]) -> NumberScore:
    """Numbers taken from the found cell that is the true one's; where there is none, the cell is wrong."""
    cells = [cell for table in tables for cell in table.cells]

    def text(cell: TrueCell) -> str | None:
        box = upright_box(cell.quad)
        best = max(cells, key=lambda one: overlap(one.box, box), default=None)
        return best.text if best is not None and overlap(best.box, box) > SAME_CELL else None

    return _numbers(truth, text)


def numbers_at_places(truth: PageTruth, texts: Sequence[PlacedText]) -> NumberScore:
    """Numbers taken from the texts whose middle lies in the true cell: no grid of the reader's is needed."""

    def text(cell: TrueCell) -> str:
        corners = np.asarray(cell.quad, np.float32)
        return joined([one for one in texts if cv2.pointPolygonTest(corners, one.middle, False) >= 0])

    return _numbers(truth, text)


def _numbers(truth: PageTruth, text_of: Callable[[TrueCell], str | None]) -> NumberScore:
    total = NumberScore()
    for cell in truth.cells:
        if cell.field is None:
            continue
        text, printed = text_of(cell), plain(cell.text)
        right = int(text is not None and plain(text) == printed)
        blank, other = int(not printed), int(printed not in ("", "0"))
        total += NumberScore(right, 1, right * other, other, right * blank, blank)
    return total


def filled(tables: Iterable[FoundTable], texts: Sequence[PlacedText]) -> tuple[FoundTable, ...]:
    """The tables with the texts laid into the cells in which their middles lie."""

    def inside(box: Box) -> list[PlacedText]:
        return [one for one in texts if box[0] <= one.middle[0] <= box[2] and box[1] <= one.middle[1] <= box[3]]

    return tuple(
        FoundTable(tuple(FoundCell(cell.span, cell.box, joined(inside(cell.box))) for cell in table.cells))
        for table in tables
    )


def joined(texts: Sequence[PlacedText]) -> str:
    """Line by line from the top, each line from the left."""
    lines: list[list[PlacedText]] = []
    for one in sorted(texts, key=lambda one: (one.middle[1], one.middle[0])):
        first = lines[-1][0] if lines else None
        if first is not None and one.middle[1] - first.middle[1] < (first.box[3] - first.box[1]) / 2:
            lines[-1].append(one)
        else:
            lines.append([one])
    return "".join(one.text for line in lines for one in sorted(line, key=lambda one: one.middle[0]))


def grids(truth: PageTruth, tables: Sequence[FoundTable]) -> GridScore:
    """The found tables against the true ones. A found table that is none of the true ones does not count."""
    score = GridScore()
    boxes = [cell.box for table in tables for cell in table.cells]
    for index, table in enumerate(truth.tables):
        cells = [cell for cell in truth.cells if cell.table == index]
        outline = upright_box(table.quad)
        spans = compressed(on_this_page(cells))
        close = [one for one in tables if overlap(one.box, outline) > SAME_TABLE]
        exact = any(compressed([cell.span for cell in one.cells]) == spans for one in close)
        best = [max((overlap(box, upright_box(cell.quad)) for box in boxes), default=0.0) for cell in cells]
        score += GridScore(int(exact), 1, sum(one > WELL_FOUND for one in best), len(cells))
    return score


def on_this_page(cells: Sequence[TrueCell]) -> list[Span]:
    """The cells of a table that stand on a page, with the rows that stand on another left out of tall ones."""
    here = sorted({cell.row for cell in cells if cell.row_span == 1})
    spans = []
    for cell in cells:
        rows = [row for row in here if cell.row <= row < cell.row + cell.row_span]
        if rows:
            place = here.index(rows[0])
            spans.append((place, cell.column, place + len(rows), cell.column + cell.column_span))
    return spans


def compressed(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same cells with the borders that none of them has left out and the others counted from 0, in order."""
    rows = sorted({row for span in spans for row in (span[0], span[2])})
    columns = sorted({column for span in spans for column in (span[1], span[3])})
    return tuple(
        sorted(
            (rows.index(top), columns.index(left), rows.index(bottom), columns.index(right))
            for top, left, bottom, right in spans
        )
    )


def upright_box(quad: Quad) -> Box:
    """Readers tell upright boxes only, so the true ones are made such too."""
    xs, ys = zip(*quad, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))
