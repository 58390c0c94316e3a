"""One page image to the blocks of a document: upright, straight, its tables cell by cell, its text line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.document import Block, Cell, Grid, Line, Source
from pipeline.scan.carried import NumberColumns, number_columns
from pipeline.scan.cells import CellText, read_cells
from pipeline.scan.ink import coloured, ink, without_pen
from pipeline.scan.lattice import Lattice, Place
from pipeline.scan.layout import Region, lay_out, reading_groups
from pipeline.scan.marks import marked
from pipeline.scan.parts import TextPart, lines_of, parts_of, printed, sliced, without_rule_pieces, without_specks
from pipeline.scan.rivals import as_part
from pipeline.scan.rules import find_rules, without_letters
from pipeline.scan.screen import is_black_and_white, softened, unscreened
from pipeline.scan.segmenter import OPEN, RULED, segment
from pipeline.scan.straighten import field_of
from pipeline.scan.streaks import without_streaks
from pipeline.scan.tables import find_tables
from pipeline.scan.upright import flat_frame
from pipeline.scan.widened import beside, side_by_side

if TYPE_CHECKING:
    from pipeline.document import Box, Pixels
    from pipeline.ocr.engine import Engine, TextPlace
    from pipeline.ocr.regions import Proposal
    from pipeline.scan.frame import Field, Frame
    from pipeline.scan.ink import Grey
    from pipeline.scan.rules import Masks

COLUMNS, LINES = 3, 3
"""Texts that stand at one height, in so many lines, where there may be a table without rules."""
AROUND_TABLE = 21
"""Pixels of the mask by which the area of a table is widened, so that its outermost rules are in it."""
LEAST_SCORE = 0.5
"""Score of a line of running text; below, it is a stain or a piece of a seal."""


@dataclass(frozen=True, slots=True, eq=False)
class ScannedTable:
    lattice: Lattice
    cells: dict[Place, CellText]
    implied: bool = False
    """It has no printed rules, or too few."""


@dataclass(frozen=True, slots=True, eq=False)
class ScannedPage:
    """A page as it was made out. Lattices and boxes are in pixels of the straightened image."""

    frame: Frame
    grey: Grey
    """Straightened and cleaned."""
    figures: Grey
    """Likewise, without a blue pen's strokes over numbers in black: what number cells are read from."""
    tables: tuple[ScannedTable, ...]
    lines: tuple[tuple[TextPart, str, float], ...]
    """Running text: where, what, and the score."""
    proposals: tuple[Proposal, ...] = ()
    """What a layout model took for regions, where one is configured."""
    reader: str = ""
    """Name of the engine that read it."""

    @property
    def columns(self) -> NumberColumns | None:
        """Of the table at its foot, for the page behind it."""
        return number_columns([table.lattice for table in self.tables], self.frame.width)

    def regions(self, first: bool) -> tuple[Region, ...]:
        """Its regions in the order in which they are read."""
        size = (self.frame.width, self.frame.height)
        outlines = [table.lattice.outline for table in self.tables]
        return lay_out(size, outlines, [(part.box, text) for part, text, _ in self.lines], self.proposals, first)


def learnt_rules(grey: Grey, _: Sequence[TextPart]) -> Masks:
    """Borders of cells as the segmenter sees them, within what it takes for tables."""
    return _learnt(grey, RULED)


def open_rules(grey: Grey, _: Sequence[TextPart]) -> Masks:
    """Likewise, by the segmenter that knows tables without rules."""
    return _learnt(grey, OPEN)


def _learnt(grey: Grey, model: str) -> Masks:
    segments = segment(grey, model=model)
    table = cv2.dilate(segments.table, np.ones((AROUND_TABLE, AROUND_TABLE), np.uint8)) > 127
    masks = segments.masks
    return replace(
        masks, level=np.where(table, masks.level, 0).astype(np.uint8),
        upright=np.where(table, masks.upright, 0).astype(np.uint8),
    )  # fmt: skip


def drawn_rules(grey: Grey, parts: Sequence[TextPart]) -> Masks:
    """Rules as morphology finds them."""
    return without_letters(find_rules(grey), [part.box for part in parts])


def scan_page(
    page: Pixels,
    engine: Engine,
    rules: Callable[[Grey, Sequence[TextPart]], Masks] = learnt_rules,
    propose: Callable[[Pixels], Sequence[Proposal]] | None = None,
    unruled: Callable[[Grey, Sequence[TextPart]], Masks] = open_rules,
    before: NumberColumns | None = None,
) -> ScannedPage:
    """Makes out a page.

    Args:
        page: the image as given, of any turn and size.
        rules: finds the borders of cells.
        propose: a layout model's opinion of the straightened image.
        unruled: finds them where no table of the page has printed rules.
        before: columns of the table at the foot of the page before (`ScannedPage.columns`).
    """
    page = unscreened(without_streaks(page))
    frame, places = flat_frame(page, engine)
    grey = ink(frame.image(page))
    masks = rules(grey, parts_of(places))
    field = field_of(frame, masks, places)
    if field is not None:
        frame = frame.straightened(field)
        places = [_displaced(place, field) for place in places]
        grey = ink(frame.image(page))
        masks = rules(grey, parts_of(places))
    legible = softened(grey) if is_black_and_white(page) else grey
    upright = frame.image(page)
    image, figures = coloured(legible), without_pen(upright, legible)
    # By its brightness to the eye: print in colour is faint in `grey`, but no less printed.
    parts = printed(parts_of(places), np.asarray(cv2.cvtColor(upright, cv2.COLOR_RGB2GRAY), dtype=np.uint8))
    parts = without_specks(marked(parts, upright), grey)
    found = find_tables(grey, masks, parts, before)
    # A single row is no table: the edges of a tint look like rules, and so do strokes of a pen around numbers.
    if all(implied or lattice.n_rows == 1 for lattice, implied in found) and (found or _looks_tabular(parts)):
        found = find_tables(grey, unruled(grey, parts), parts, before, True) or found
    tables = []
    for lattice, implied in found:
        if not implied:
            parts = without_rule_pieces(parts, lattice)
        cells = read_cells(image, legible, figures, lattice, parts, engine)
        if (implied and beside(lattice, parts)) or any(side_by_side(lattice, other) for other, _ in found):
            # Its labels and its numbers may be counted off differently.
            cells = {place: _as_part(cell) for place, cell in cells.items()}
        tables.append(ScannedTable(lattice, cells, implied))
    outlines = [table.lattice.outline for table in tables]
    outside = [part for part in parts if not any(_inside(part.box, outline) for outline in outlines)]
    lines: list[tuple[TextPart, str, float]] = []
    for group in reading_groups((frame.width, frame.height), outlines, [part.box for part in outside]):
        lines += _read_lines(image, [outside[index] for index in group], engine)
    proposals = tuple(propose(image)) if propose is not None else ()
    return ScannedPage(frame, grey, figures, tuple(tables), tuple(lines), proposals, engine.name)


def _as_part(cell: CellText) -> CellText:
    return replace(cell, cut=True, readings=as_part(cell.readings)) if cell.number else cell


def _looks_tabular(parts: Sequence[TextPart]) -> bool:
    """Whether several lines of text stand in three parts or more, as numbers in columns do."""
    return sum(len(line) >= COLUMNS for line in lines_of(parts)) >= LINES


def _displaced(place: TextPlace, field: Field) -> TextPlace:
    corners = place.corners.astype(np.float64)
    return replace(place, corners=(corners + field.displacement(corners)).astype(np.float32))


def _inside(box: Box, outline: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outline[0] <= x <= outline[2] and outline[1] <= y <= outline[3]


def _read_lines(image: Pixels, parts: Sequence[TextPart], engine: Engine) -> list[tuple[TextPart, str, float]]:
    def crop(part: TextPart) -> Pixels:
        left, top, right, bottom = part.box
        margin = 0.1 * (bottom - top)
        box = (left - margin, top - margin, right + margin, bottom + margin)
        return np.ascontiguousarray(sliced(image, box, 0))

    lines = lines_of(parts)
    readings = iter(engine.read([crop(part) for line in lines for part in line]))
    found = []
    for line in lines:
        texts = [(part, reading) for part in line if (reading := next(readings)).score >= LEAST_SCORE and reading.text]
        if not texts:
            continue
        text = texts[0][1].text
        for (before, _), (part, reading) in pairwise(texts):
            gap = part.box[0] - before.box[2]
            text += ("  " if gap > part.box[3] - part.box[1] else "") + reading.text
        boxes = [part.box for part, _ in texts]
        box = (
            min(box[0] for box in boxes), min(box[1] for box in boxes),
            max(box[2] for box in boxes), max(box[3] for box in boxes),
        )  # fmt: skip
        found.append((TextPart(box), text, min(reading.score for _, reading in texts)))
    return found


def blocks_of(
    scanned: ScannedPage, number: int, origin: tuple[float, float], units: tuple[float, float]
) -> tuple[Block, ...]:
    """The page's lines and grids in the order in which they are read, without page furniture.

    Args:
        number: of the page, from 1.
        origin: of the picture on the page, left and top, in units of the document.
        units: of the document for one pixel of the picture, across and down.
    """
    x, y = origin

    def source(box: Box) -> Source:
        left, top, right, bottom = scanned.frame.page_box(box)
        return Source(
            number, (x + left * units[0], y + top * units[1], x + right * units[0], y + bottom * units[1])
        )

    def grid(table: ScannedTable) -> Grid:
        lattice = table.lattice
        cells = tuple(
            Cell(
                place.row,
                place.column,
                table.cells[place].readings,
                place.row_span,
                place.column_span,
                source(lattice.box(place)),
                table.implied,
            )
            for place in lattice.places
        )
        return Grid(lattice.n_rows, lattice.n_columns, cells, True, source(lattice.outline), pictured=True)

    blocks: list[Block] = []
    for region in scanned.regions(first=number == 1):
        if region.table is not None:
            blocks.append(grid(scanned.tables[region.table]))
        elif region.line is not None and region.kind != "furniture":
            part, text, _ = scanned.lines[region.line]
            blocks.append(Line(text, source(part.box), region.level, scanned.reader))
    return tuple(blocks)
