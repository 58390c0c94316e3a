"""PDF to `Document`: characters and drawn rules, one page at a time.

A page gives one grid for every table that its rules draw, and a line for every other line of text. A table over a
page break gives one grid a page; nothing is joined here, neither tables nor paragraphs. What stands in columns without
enough rules comes as lines with tabs. Scanned pages, and those whose text cannot be what they show, are pictures.

Where the time goes, on a report of 5 pages, 2,700 characters and 390 drawn paths (23 ms on one core, 2.3 times
PDFium's own text extraction of the same file): PDFium loading and laying out the pages 10 ms, common to both;
characters 3.7; drawn objects 2.5; lattices 1.8; placing the characters 1; their lines 1.7; cells 0.7. Calls into PDFium
are a third of what is ours; asking for a character's base line, font or render mode only where it can differ from its
neighbour's (see `pdf_engine`) keeps it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any, TypeAlias

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.document import Block, Box, Cell, Document, Grid, Line, Page, Picture, Reading, Source
from pipeline.errors import E105, E106, E114, GoujiError
from pipeline.limits import Limits, default_limits
from pipeline.read.pdf_characters import (
    Character,
    Characters,
    read_characters,
    text_direction,
)
from pipeline.read.pdf_drawing import Drawing, read_drawing
from pipeline.read.pdf_frame import Frame, displayed, upright
from pipeline.read.pdf_pictures import image_areas, page_picture, pictures_in_flow
from pipeline.read.pdf_rules import Lattice, find_lattices
from pipeline.read.pdf_scans import has_text, is_scan
from pipeline.read.pdf_text import read_lines

READER = "pdf"
LONGEST_CELL = 120
"""Characters. Two boxes alone are a row of a table where neither holds more; else they are text set side by side."""
TOUCHING = 0.2
"""Points between the advance of one character and the start of the next within a word."""
TAIL = 4096
"""Bytes at the end of a file within which its end mark must stand; servers append a line or two."""

_LineOfText: TypeAlias = tuple[str, Box]
_Place: TypeAlias = tuple[int, int]
"""Index of a lattice and of a cell in it; (-1, -1) outside all."""
_OUTSIDE: _Place = (-1, -1)


def read_pdf(data: bytes, name: str, sha256: str, limits: Limits | None = None) -> Document:
    """Read a PDF: pages with text by their text, all others as pictures of the page.

    Args:
        data: the file.
        name: its name without folders.
        sha256: of `data`, in hexadecimal.

    Returns:
        A `Document` with lines, grids (`aligned`) and pictures. Boxes are in points, origin at the top left of the
        page as a viewer shows it. A page that cannot be read in full is named in the warnings, one that cannot be
        read at all also in `defeated`.

    Raises:
        GoujiError: E105 damaged or cut short; E106 needs a password; E114 too many pages.
    """
    limits = limits or default_limits()
    pdf = _open(data)
    try:
        n_pages = len(pdf)
        if n_pages > limits.max_pages:
            raise GoujiError(E114, pages=n_pages, limit=limits.max_pages)
        results = [_read_page(pdf, data, number, limits) for number in range(1, n_pages + 1)]
    finally:
        pdf.close()
    pages = tuple(one.page for one in results if one.page is not None)
    if not pages:
        raise GoujiError(E105, reason="没有一页能够打开")
    blocks = tuple(block for one in results for block in one.blocks)
    warnings = tuple(warning for one in results for warning in one.warnings)
    defeated = tuple(number for number, one in enumerate(results, 1) if one.is_defeated)
    return Document(name, sha256, "pdf", blocks, pages, warnings, defeated)


def _open(data: bytes) -> Any:
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise GoujiError(E106) from error
        raise GoujiError(E105, reason="不是完整的 PDF") from error
    # PDFium rebuilds a file that was cut short from the pages that are left and does not say so.
    if b"%%EOF" not in data.rstrip(b"\0\r\n\t ")[-TAIL:]:
        pdf.close()
        raise GoujiError(E105, reason="没有结尾标记，可能没有下载完整")
    return pdf


@dataclass(frozen=True, slots=True)
class _PageResult:
    page: Page | None = None
    """None where the page could not be opened."""
    blocks: tuple[Block, ...] = ()
    warnings: tuple[str, ...] = ()
    is_defeated: bool = False


def _read_page(pdf: Any, data: bytes, number: int, limits: Limits) -> _PageResult:
    try:
        page = pdf[number - 1]
    except pypdfium2.PdfiumError:
        return _PageResult(warnings=(f"第 {number} 页无法打开，没有读入。",), is_defeated=True)
    try:
        width, height = page.get_size()
        bounds = tuple(page.get_bbox())
        if not (all(map(isfinite, (width, height, *bounds))) and bounds[0] < bounds[2] and bounds[1] < bounds[3]):
            return _PageResult(warnings=(f"第 {number} 页没有可用的页面尺寸，没有读入。",), is_defeated=True)
        sized = Page(number, width, height)
        try:
            text_page = page.get_textpage()
        except pypdfium2.PdfiumError:
            return _PageResult(sized, (page_picture(data, sized, ()),))
        try:
            return _page_result(sized, data, page, text_page, bounds, limits)
        finally:
            text_page.close()
    except pypdfium2.PdfiumError:
        return _PageResult(warnings=(f"第 {number} 页无法读出。",), is_defeated=True)
    finally:
        page.close()


def _page_result(
    page: Page, data: bytes, handle: Any, text_page: Any, bounds: tuple[float, ...], limits: Limits
) -> _PageResult:
    left, bottom, right, top = bounds
    shown = handle.get_rotation() // 90 % 4
    frame: Frame = (text_direction(text_page, shown), left, bottom, right, top)
    drawing = read_drawing(handle)
    characters = read_characters(text_page, frame, drawing)
    if not drawing.n_objects:
        return _PageResult(page)
    areas = image_areas(drawing.images, frame)
    if all(image.width * image.height <= limits.max_image_pixels for image in drawing.images):
        is_picture, why = is_scan(handle, text_page, frame, drawing, characters, areas)
    elif has_text(characters.upright, frame):
        is_picture, why, areas = False, "", []
    else:
        warning = f"第 {page.number} 页的图像超过 {limits.max_image_pixels} 像素，没有读入。"
        return _PageResult(page, warnings=(warning,), is_defeated=True)
    if is_picture:
        warnings = (f"第 {page.number} 页{why}，改按图像识别。",) if why else ()
        return _PageResult(page, (page_picture(data, page, areas),), warnings)
    placed = _blocks(page.number, frame, characters, drawing)
    placed += pictures_in_flow(data, page, frame, shown, areas, characters.upright)
    blocks = [block for _, block in sorted(placed, key=lambda one: (one[0][1], one[0][0]))]
    final = [_shown(block, frame, shown) for block in blocks]
    return _PageResult(page, tuple(final), tuple(_warnings(page.number, characters, drawing)))


def _warnings(number: int, characters: Characters, drawing: Drawing) -> list[str]:
    warnings: list[str] = []
    if characters.invisible:
        warnings.append(f"第 {number} 页的文字是隐藏的，页面上看不到，可能有误。")
    if characters.n_diagonal:
        warnings.append(f"第 {number} 页有斜排的文字（多为水印），没有读入。")
    if not drawing.complete:
        warnings.append(f"第 {number} 页的图形过多，只读入了一部分。")
    if not characters.complete:
        warnings.append(f"第 {number} 页的文字过多，只读入了一部分。")
    return warnings


def _blocks(number: int, frame: Frame, characters: Characters, drawing: Drawing) -> list[tuple[Box, Block]]:
    """Lines and grids of a page with their boxes in the upright frame."""
    lattices = _lattices(characters, [upright(frame, *rule) for rule in drawing.rules])
    groups = _placed(characters.upright, lattices)
    sideways = _placed_sideways(characters.sideways, lattices)
    placed: list[tuple[Box, Block]] = []
    outside = list(groups.pop(_OUTSIDE, {}).values())
    outside_sideways = sideways.pop(_OUTSIDE, [])
    for index, lattice in enumerate(lattices):
        texts = {
            cell: _cell_text(groups.get((index, cell), {}).values(), sideways.get((index, cell), ()))
            for cell in range(len(lattice.cells))
        }
        if _is_table(lattice, texts):
            placed.append((lattice.box, _grid(number, lattice, texts)))
        else:
            for cell in texts:
                outside.extend(groups.get((index, cell), {}).values())
                outside_sideways.extend(sideways.get((index, cell), ()))
    for text, box in (*read_lines(outside), *outside_sideways):
        placed.append((box, Line(text, Source(number, box))))
    return placed


def _lattices(characters: Characters, rules: list[Box]) -> list[Lattice]:
    def occupied(box: Box) -> bool:
        x0, y0, x1, y1 = box
        return any(
            y0 < (top + bottom) / 2 < y1 and x0 < (left + right) / 2 < x1 and not text.isspace()
            for left, top, right, bottom, text in (*characters.upright, *characters.sideways)
        )

    return find_lattices(rules, occupied)


def _is_table(lattice: Lattice, texts: dict[int, str]) -> bool:
    """Whether the boxes hold what a table holds: charts, frames and text set side by side are no tables.

    What a page break left of a table may be one row, even a row with the rest of one label.
    """
    n_filled = sum(1 for text in texts.values() if text)
    if lattice.n_columns >= 3 and (lattice.n_rows == 1 or lattice.is_open):
        return n_filled >= 1
    if lattice.n_columns < 2 or n_filled < 2:
        return False
    return lattice.n_rows > 1 or max(map(len, texts.values())) <= LONGEST_CELL


def _cell_text(groups: Iterable[Sequence[Character]], sideways: Iterable[_LineOfText]) -> str:
    return "\n".join([text for text, _ in (*read_lines(groups), *sideways)])


def _grid(number: int, lattice: Lattice, texts: dict[int, str]) -> Grid:
    cells = tuple(
        Cell(
            one.row,
            one.column,
            (Reading(texts[index], READER),),
            one.row_span,
            one.column_span,
            Source(number, one.box),
        )
        for index, one in enumerate(lattice.cells)
    )
    return Grid(lattice.n_rows, lattice.n_columns, cells, True, Source(number, lattice.box))


def _place(lattices: Sequence[Lattice], x: float, y: float) -> _Place:
    """The cell around a point; of nested tables, that of the smallest."""
    best, place = inf, _OUTSIDE
    for index, lattice in enumerate(lattices):
        x0, y0, x1, y1 = lattice.box
        if x0 <= x <= x1 and y0 <= y <= y1 and (x1 - x0) * (y1 - y0) < best:
            cell = lattice.cell_at(x, y)
            if cell >= 0:
                best, place = (x1 - x0) * (y1 - y0), (index, cell)
    return place


def _placed(characters: Sequence[Character], lattices: Sequence[Lattice]) -> dict[_Place, dict[float, list[Character]]]:
    """Characters by cell, then by base line.

    Characters that touch are placed together by their common middle: a number too long for its column stays whole.
    """
    groups: dict[_Place, dict[float, list[Character]]] = {}
    last_bottom, low, high = nan, inf, -inf
    group: list[Character] = []
    for run in _runs(characters):
        left, top, _, bottom, _ = run[0]
        x = (left + run[-1][2]) / 2
        # Neighbours mostly share cell and base line, so the last ones are tried first.
        if bottom != last_bottom or not low < x < high:
            y = (top + bottom) / 2
            place = _place(lattices, x, y)
            level = [index for index, one in enumerate(lattices) if one.box[1] <= y <= one.box[3]]
            if place == _OUTSIDE:
                low, high = (inf, -inf) if level else (-inf, inf)
            else:
                low, _, high, _ = lattices[place[0]].cells[place[1]].box
                if len(level) > 1:
                    low, high = inf, -inf
            last_bottom = bottom
            group = groups.setdefault(place, {}).setdefault(round(bottom, 1), [])
        group.extend(run)
    return groups


def _runs(characters: Sequence[Character]) -> list[list[Character]]:
    runs: list[list[Character]] = []
    last_bottom = last_right = nan
    for one in characters:
        left, _, right, bottom, text = one
        if text in " \u00a0\u3000":
            runs.append([one])
            right = nan
        elif bottom == last_bottom and -TOUCHING < left - last_right < TOUCHING:
            runs[-1].append(one)
        else:
            runs.append([one])
        last_bottom, last_right = bottom, right
    return runs


def _placed_sideways(characters: Sequence[Character], lattices: Sequence[Lattice]) -> dict[_Place, list[_LineOfText]]:
    """Turned text by cell, one line for each run of characters above one another."""
    runs: dict[tuple[_Place, float], list[Character]] = {}
    for one in characters:
        left, top, right, bottom, _ = one
        x = (left + right) / 2
        runs.setdefault((_place(lattices, x, (top + bottom) / 2), round(x)), []).append(one)
    lines: dict[_Place, list[_LineOfText]] = {}
    for (place, _), run in runs.items():
        text = "".join([one[4] for one in run]).strip()
        if text:
            box = (
                min(one[0] for one in run),
                min(one[1] for one in run),
                max(one[2] for one in run),
                max(one[3] for one in run),
            )
            lines.setdefault(place, []).append((text, box))
    return lines


def _shown(block: Block, frame: Frame, turns: int) -> Block:
    """The block with its boxes as a viewer shows the page."""
    if frame[0] == turns:
        return block

    def moved(source: Source) -> Source:
        return source if source.box is None else Source(source.page, displayed(frame, turns, source.box))

    if isinstance(block, Line):
        return Line(block.text, moved(block.source), block.heading)
    if isinstance(block, Picture):
        return Picture(block.width, block.height, moved(block.source), block.pixels)
    cells = tuple(
        Cell(one.row, one.column, one.readings, one.row_span, one.column_span, moved(one.source)) for one in block.cells
    )
    return Grid(block.n_rows, block.n_columns, cells, block.aligned, moved(block.source))
