"""A document whose pictures nobody has read, to one in which lines and grids stand in their place."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import cv2
import numpy as np

from pipeline.document import Block, Document, Grid, Line, Picture
from pipeline.errors import GoujiError
from pipeline.scan.furniture import repeated
from pipeline.scan.ink import coloured
from pipeline.scan.page import ScannedPage, blocks_of, scan_page

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Box, Pixels
    from pipeline.ocr.engine import Engine
    from pipeline.ocr.regions import Proposal
    from pipeline.scan.carried import NumberColumns

Propose: TypeAlias = "Callable[[Pixels], Sequence[Proposal]]"
"""A layout model's opinion of a straightened page."""
Progress: TypeAlias = Callable[[int, int], None]
"""Called before each page with how many are done and how many there are."""
Seen: TypeAlias = "Callable[[int, Box, Pixels], None]"
"""Called for each picture with its page, the box that it fills there, and its pixels."""

ROOM = 1.5
"""Times the slowest page so far that must be left before another is begun."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """What was found somewhere on the page, for the overlay."""

    kind: Literal["number", "label", "line"]
    box: Box
    """On the straightened image."""
    corners: NDArray[np.float64]
    """4 x 2, on the picture as it was given."""


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """What is kept of a page that was scanned, for those who want to look again."""

    page: int
    compressed: NDArray[np.uint8]
    """The straightened, cleaned image that numbers are read from, as PNG."""
    cells: dict[Box, Box]
    """Boxes of cells in the document -> on the straightened image."""
    seen: frozenset[Box]
    """Of these, by their box in the document, the number cells in which the detector found text."""
    cut: frozenset[Box]
    """Likewise, those through whose text a rule runs."""
    outlines: tuple[Outline, ...]
    index: int
    """Of the picture among the blocks of the document that was scanned."""

    def image(self) -> Pixels:
        return coloured(np.asarray(cv2.imdecode(self.compressed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8))


@dataclass(slots=True)
class Scans:
    """By page, what was scanned; several pictures of a page each have theirs."""

    pages: list[Scan] = field(default_factory=list)


def scan_document(
    document: Document,
    engine: Engine,
    deadline: float | None = None,
    progress: Progress | None = None,
    seen: Seen | None = None,
    propose: Propose | None = None,
) -> tuple[Document, Scans]:
    """Reads every picture.

    A page that cannot be made out, or for which no time is left, loses only itself: it is named in `warnings` and in
    `defeated`.

    Args:
        deadline: by `time.monotonic()`.

    Raises:
        GoujiError: of the first page, where nothing in the whole document could be read.
    """
    blocks: list[Block] = []
    scans = Scans()
    warnings: list[str] = []
    defeated: list[int] = []
    first: GoujiError | None = None
    wanted = sum(1 for block in document.blocks if isinstance(block, Picture) and block.pixels is not None)
    done, slowest = 0, 0.0
    before: NumberColumns | None = None
    for index, block in enumerate(document.blocks):
        if not isinstance(block, Picture) or block.pixels is None:
            blocks.append(block)
            before = None
            continue
        page = block.source.page or done + 1
        if progress is not None:
            progress(done, wanted)
        started = time.monotonic()
        done += 1
        if deadline is not None and started + ROOM * slowest > deadline:
            warnings.append(f"第 {page} 页没有读：时间不够，可以调高 --timeout。")
            defeated.append(page)
            blocks.append(block)
            before = None
            continue
        try:
            found, scan, before = _scanned(block, page, index, engine, seen, propose, before)
        except (GoujiError, MemoryError, ArithmeticError, LookupError, ValueError, RuntimeError, cv2.error) as error:
            warnings.append(f"第 {page} 页的图像没有读出（{_reason(error)}）。")
            first = first or (error if isinstance(error, GoujiError) else None)
            defeated.append(page)
            blocks.append(block)
            before = None
            continue
        finally:
            slowest = max(slowest, time.monotonic() - started)
        if found:
            blocks += found
            scans.pages.append(scan)
    if progress is not None:
        progress(done, wanted)
    if first is not None and len(defeated) == len(document.blocks):
        raise first
    return (
        replace(
            document,
            blocks=_without_running_heads(document, blocks, scans),
            warnings=(*document.warnings, *warnings),
            defeated=tuple(sorted({*document.defeated, *defeated})),
        ),
        scans,
    )


def _without_running_heads(document: Document, blocks: Sequence[Block], scans: Scans) -> tuple[Block, ...]:
    """Without the lines that come again at the edges of several scanned pages."""
    sizes = {page.number: (page.width, page.height) for page in document.pages}
    pages = sorted({scan.page for scan in scans.pages if scan.page in sizes})
    lines: list[list[tuple[int, Line, Box]]] = [[] for _ in pages]
    for index, block in enumerate(blocks):
        where = block.source
        if isinstance(block, Line) and where.page in pages and where.box is not None:
            lines[pages.index(where.page)].append((index, block, where.box))
    found = repeated([sizes[page] for page in pages], [[(box, line.text) for _, line, box in page] for page in lines])
    left_out = {lines[page][line][0] for page, line in found}
    return tuple(block for index, block in enumerate(blocks) if index not in left_out)


def _reason(error: BaseException) -> str:
    if isinstance(error, GoujiError):
        return error.kind.code
    return "内存不足" if isinstance(error, MemoryError) else type(error).__name__


def _scanned(
    picture: Picture,
    page: int,
    index: int,
    engine: Engine,
    seen: Seen | None,
    propose: Propose | None,
    before: NumberColumns | None,
) -> tuple[list[Block], Scan, NumberColumns | None]:
    assert picture.pixels is not None
    pixels = picture.pixels()
    height, width = pixels.shape[:2]
    box = picture.source.box or (0.0, 0.0, float(width), float(height))
    units = ((box[2] - box[0]) / width, (box[3] - box[1]) / height)
    if seen is not None:
        seen(page, box, pixels)
    scanned = scan_page(pixels, engine, propose=propose, before=before)
    blocks = blocks_of(scanned, page, (box[0], box[1]), units)
    return list(blocks), _kept(scanned, page, index, blocks), scanned.columns


def _kept(scanned: ScannedPage, page: int, index: int, blocks: tuple[Block, ...]) -> Scan:
    cells: dict[Box, Box] = {}
    seen: set[Box] = set()
    cut: set[Box] = set()
    grids = (block for block in blocks if isinstance(block, Grid))
    tables = [scanned.tables[region.table] for region in scanned.regions(page == 1) if region.table is not None]
    outlines = [Outline("line", part.box, scanned.frame.quad(part.box)) for part, _, _ in scanned.lines]
    for table, grid in zip(tables, grids, strict=True):
        for place, cell in zip(table.lattice.places, grid.cells, strict=True):
            box = table.lattice.box(place)
            assert cell.source.box is not None
            if not table.cells[place].shared:
                cells[cell.source.box] = box
            if table.cells[place].seen:
                seen.add(cell.source.box)
            if table.cells[place].cut:
                cut.add(cell.source.box)
            kind: Literal["number", "label"] = "number" if table.cells[place].number else "label"
            outlines.append(Outline(kind, box, scanned.frame.quad(box)))
    _, compressed = cv2.imencode(".png", scanned.figures, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    kept = np.asarray(compressed, dtype=np.uint8)
    return Scan(page, kept, cells, frozenset(seen), frozenset(cut), tuple(outlines), index)
