"""Truth of a page from the two renderings that an engine made of it: `sheet_html` says how they differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from pipeline.document import Box
from training.synth.borders import RASTER_DPI, borders, stray_rules
from training.synth.pdf_page import Glyph, glyphs, keyed_boxes, raster, thin_lines
from training.synth.sheet import Content, Sheet, SheetCell
from training.synth.truth import PageTruth, Quad, TrueCell, TrueLine, TrueTable, box_quad

SAME_LINE = 0.55
"""Share of the font size by which the middles of two characters of a line may differ in height."""
APART = 3.0
"""Font sizes between two characters from which on they belong to two lines of text beside each other."""
MIN_HEIGHT = 0.6
"""Font sizes; lines that hold only flat characters (一) are made so high."""
SNAP = 3.5
"""Points. Edges of cells of one table closer than this are the same border."""
BOTTOM_MARGIN = 18.0
"""Points left under the last thing on a page that is cut to its content."""


class LayoutFault(ValueError):
    """The two renderings differ, or a cell does not hold its text: the truth would be wrong."""


def truths(pdf: Any, content: Content, tall: bool, repeats: bool) -> tuple[PageTruth, ...]:
    """Truth of the pages of the first rendering, in points.

    Args:
        pdf: an open PDFium document, the first half of its pages the visible rendering, the second the keyed one.
        content: what was rendered.
        tall: whether pages end under their content.
        repeats: whether pages repeat the heads of tables.

    Raises:
        LayoutFault: see there.
    """
    n_pages, odd = divmod(len(pdf), 2)
    if odd:
        raise LayoutFault(f"{len(pdf)} pages in two renderings")
    boxes = [keyed_boxes(pdf[n_pages + number]) for number in range(n_pages)]
    sheets = [block for block in content if isinstance(block, Sheet)]
    cells = {cell.key: (sheet, cell) for sheet in sheets for row in sheet.rows for cell in row.cells}
    seen = Counter(key for page in boxes for key in page)
    if seen.keys() != cells.keys():
        odd_keys = sorted(seen.keys() ^ cells.keys())
        raise LayoutFault(f"{len(odd_keys)} cells are missing or unknown, the first has key {odd_keys[0]}")
    parts: Counter[int] = Counter()
    found = []
    for number in range(n_pages):
        found.append(_page(pdf[number], _snapped(boxes[number], cells), cells, seen, parts, tall, repeats))
        parts.update(boxes[number].keys())
    return tuple(found)


def _page(
    page: Any,
    boxes: Mapping[int, Box],
    cells: Mapping[int, tuple[Sheet, SheetCell]],
    seen: Counter[int],
    parts: Counter[int],
    tall: bool,
    repeats: bool,
) -> PageTruth:
    width, height = page.get_size()
    inside, outside = placed(glyphs(page), boxes)
    if tall:
        lowest = max([box[3] for box in boxes.values()] + [glyph.ink[3] for glyph in outside], default=height)
        height = min(height, lowest + BOTTOM_MARGIN)
    indices = sorted({cells[key][0].index for key in boxes})
    sheets = {sheet.index: sheet for sheet, _ in cells.values()}
    true_cells: list[TrueCell] = []
    lines: list[TrueLine] = []
    for key in sorted(boxes):
        sheet, cell = cells[key]
        repeated = repeats and cell.row < sheet.n_head and seen[key] > 1
        own = inside.get(key, [])
        ordered, upright = cell_lines(own)
        text = "".join(glyph.text for line in ordered for glyph in line)
        whole = "".join(cell.text.split())
        cut = seen[key] > 1 and not repeated
        if not cut and text != whole:
            raise LayoutFault(f"a cell holds {text!r} instead of {whole!r}")
        true_cells.append(
            TrueCell(
                table=indices.index(sheet.index),
                row=cell.row,
                column=cell.column,
                row_span=cell.row_span,
                column_span=cell.column_span,
                quad=box_quad(*boxes[key]),
                text=text if cut else cell.text,
                field=cell.field,
                part=parts[key] if cut else 0,
                parts=seen[key] if cut else 1,
            )
        )
        for line in joined(ordered, upright):
            lines.append(TrueLine(line_quad(line), _text(line), len(true_cells) - 1, upright))
    lines += [TrueLine(line_quad(line), _text(line)) for line in running_lines(outside)]
    image = raster(page, RASTER_DPI)
    rules = []
    tables = []
    for position, index in enumerate(indices):
        own_boxes = [boxes[key] for key in boxes if cells[key][0].index == index]
        outline = union(own_boxes)
        sheet = sheets[index]
        tables.append(TrueTable(sheet.table_id, box_quad(*outline), len(sheet.rows), sheet.n_columns))
        rules += borders(image, position, own_boxes)
    rules += stray_rules(thin_lines(page), [union([_box(table.quad)]) for table in tables])
    return PageTruth(width, height, tuple(tables), tuple(true_cells), tuple(rules), tuple(lines))


def _snapped(boxes: Mapping[int, Box], cells: Mapping[int, tuple[Sheet, SheetCell]]) -> dict[int, Box]:
    """The cells of a table with common borders. Engines paint them up to a rule's width short of each other, and the
    rest of a cell that began on the page before up to a line short; its rows tell where it ends."""
    found: dict[int, Box] = {}
    for index in {cells[key][0].index for key in boxes}:
        own = {key: box for key, box in boxes.items() if cells[key][0].index == index}
        across = snapping(edge for box in own.values() for edge in (box[0], box[2]))
        single = [(cells[key][1].row, box) for key, box in own.items() if cells[key][1].row_span == 1]
        down = snapping(edge for _, box in single for edge in (box[1], box[3]))
        rows = sorted({row for row, _ in single})
        tops = {row: median(down[box[1]] for other, box in single if other == row) for row in rows}
        bottoms = {row: median(down[box[3]] for other, box in single if other == row) for row in rows}
        for key, (left, _, right, _) in own.items():
            cell = cells[key][1]
            here = [row for row in rows if cell.row <= row < cell.row + cell.row_span]
            if not here:
                raise LayoutFault(f"a part of the cell {cell.text!r} stands beside no row")
            found[key] = (across[left], tops[here[0]], across[right], bottoms[here[-1]])
    return found


def snapping(edges: Iterable[float]) -> dict[float, float]:
    """The common border of every edge: the median of those that lie together."""
    groups: list[list[float]] = []
    for edge in sorted(edges):
        if groups and edge - groups[-1][0] < SNAP:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    return {edge: median(group) for group in groups for edge in group}


def placed(found: Iterable[Glyph], boxes: Mapping[int, Box]) -> tuple[dict[int, list[Glyph]], list[Glyph]]:
    """The characters by the cell that their middle lies in, and those outside all cells."""
    inside: dict[int, list[Glyph]] = defaultdict(list)
    outside = []
    for glyph in found:
        x, y = (glyph.ink[0] + glyph.ink[2]) / 2, (glyph.ink[1] + glyph.ink[3]) / 2
        key = next((key for key, box in boxes.items() if box[0] <= x < box[2] and box[1] <= y < box[3]), None)
        if key is None:
            outside.append(glyph)
        else:
            inside[key].append(glyph)
    return inside, outside


def cell_lines(found: Sequence[Glyph]) -> tuple[list[list[Glyph]], bool]:
    """The lines of a cell, and whether they run from left to right: three or more characters that all stand alone
    under each other run from top to bottom."""
    lines = stacked(found)
    return lines, not (len(lines) > 2 and all(len(line) == 1 for line in lines))


def joined(lines: list[list[Glyph]], upright: bool) -> list[list[Glyph]]:
    """The lines of a cell, or all in one where they run from top to bottom."""
    return lines if upright or not lines else [[glyph for line in lines for glyph in line]]


def running_lines(found: Sequence[Glyph]) -> list[list[Glyph]]:
    """Lines outside cells; text far to the right of other text begins a line of its own."""
    lines: list[list[Glyph]] = []
    for line in stacked(found):
        size = font_size(line)
        start = 0
        for place in range(1, len(line)):
            if line[place].ink[0] - line[place - 1].ink[2] > APART * size:
                lines.append(line[start:place])
                start = place
        lines.append(line[start:])
    return lines


def stacked(found: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters in lines from top to bottom, each from left to right."""
    lines: list[list[Glyph]] = []
    places: list[tuple[float, float]] = []
    # Full characters tell where the lines are; digits, stops and quotation marks join the nearest.
    for glyph in sorted(found, key=lambda glyph: glyph.ink[3] - glyph.ink[1], reverse=True):
        middle = (glyph.ink[1] + glyph.ink[3]) / 2
        near = [place for place, (y, em) in enumerate(places) if abs(y - middle) < SAME_LINE * em]
        if near:
            lines[min(near, key=lambda place: abs(places[place][0] - middle))].append(glyph)
        else:
            lines.append([glyph])
            places.append((middle, _size(glyph)))
    order = sorted(range(len(lines)), key=lambda place: places[place][0])
    return [sorted(lines[place], key=lambda glyph: glyph.ink[0]) for place in order]


def _size(glyph: Glyph) -> float:
    return max(glyph.advance, glyph.ink[3] - glyph.ink[1])


def line_quad(line: Sequence[Glyph]) -> Quad:
    left, top, right, bottom = union([glyph.ink for glyph in line])
    missing = MIN_HEIGHT * font_size(line) - (bottom - top)
    if missing > 0:
        top, bottom = top - missing / 2, bottom + missing / 2
    return box_quad(left, top, right, bottom)


def font_size(line: Sequence[Glyph]) -> float:
    return max(_size(glyph) for glyph in line)


def union(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


def _box(quad: Quad) -> Box:
    return (quad[0][0], quad[0][1], quad[2][0], quad[2][1])


def _text(line: Sequence[Glyph]) -> str:
    return "".join(glyph.text for glyph in line)
