"""Real PDFs with gold as page images: their cells are those that the reader of PDFs finds in the drawn rules."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2

from pipeline.document import Box, Document, Grid
from pipeline.read.pdf import read_pdf
from pipeline.reading import read_report
from training.gold import SUFFIX, find_gold
from training.synth.borders import RASTER_DPI, borders, stray_rules
from training.synth.extract import cell_lines, joined, line_quad, placed, running_lines
from training.synth.files import FileFormat, pages_file
from training.synth.levels import degrade
from training.synth.pdf_page import glyphs, raster, thin_lines
from training.synth.render import CleanPage, digit_height
from training.synth.truth import PageTruth, TrueCell, TrueLine, TrueRule, TrueTable, box_quad
from training.synth.truth_file import write_truth


def real_pages(path: Path) -> tuple[CleanPage, ...]:
    """The pages of a born-digital PDF with the truth that its own text and rules give.

    Raises:
        GoujiError: the PDF cannot be read.
    """
    data = path.read_bytes()
    document = read_pdf(data, path.name, hashlib.sha256(data).hexdigest())
    fields: dict[tuple[int | None, Box | None], str] = {
        (field.source.page, field.source.box): name
        for name, field in read_report(path).fields.items()
        if field.source is not None and field.source.box is not None
    }
    pdf = pypdfium2.PdfDocument(data)
    try:
        truths = [_truth(pdf[number], number + 1, document, fields) for number in range(len(pdf))]
    finally:
        pdf.close()
    digits = digit_height(truths)
    return tuple(CleanPage(path, index, truth, digits, path.stem) for index, truth in enumerate(truths))


def write_real(folder: Path, out: Path, levels: Sequence[str], seed: int, wanted: FileFormat) -> int:
    """Documents, gold and truth of every PDF with gold in the folder at every level; how many documents."""
    count = 0
    for gold in find_gold(folder):
        if gold.document.suffix.lower() != ".pdf":
            continue
        pages = real_pages(gold.document)
        for level in levels:
            name = f"{gold.name}_{level}"
            images = [degrade(page, level, seed) for page in pages]
            suffix, data = pages_file(images, wanted)
            (out / f"{name}{suffix}").write_bytes(data)
            write_truth(out, name, suffix, images, {"layout": gold.name, "seed": seed, "level": level})
            shutil.copyfile(gold.path, out / f"{name}{SUFFIX}")
            count += 1
    return count


def _truth(page: Any, number: int, document: Document, fields: dict[tuple[int | None, Box | None], str]) -> PageTruth:
    width, height = page.get_size()
    grids = [block for block in document.blocks if isinstance(block, Grid) and block.source.page == number]
    boxes: dict[int, Box] = {}
    owners: list[tuple[int, Any]] = []
    for table, grid in enumerate(grids):
        for cell in grid.cells:
            if cell.source.box is not None:
                boxes[len(owners)] = cell.source.box
                owners.append((table, cell))
    inside, outside = placed(glyphs(page), boxes)
    cells: list[TrueCell] = []
    lines: list[TrueLine] = []
    for key, (table, cell) in enumerate(owners):
        box = boxes[key]
        field = fields.get((number, box))
        cells.append(
            TrueCell(table, cell.row, cell.column, cell.row_span, cell.column_span, box_quad(*box), cell.text, field)
        )
        ordered, upright = cell_lines(inside.get(key, []))
        for line in joined(ordered, upright):
            lines.append(TrueLine(line_quad(line), "".join(glyph.text for glyph in line), key, upright))
    lines += [TrueLine(line_quad(line), "".join(glyph.text for glyph in line)) for line in running_lines(outside)]
    image = raster(page, RASTER_DPI)
    names: dict[int, Counter[str]] = defaultdict(Counter)
    for known in cells:
        if known.field:
            names[known.table][known.field.split(".")[0]] += 1
    tables: list[TrueTable] = []
    rules: list[TrueRule] = []
    outlines = []
    for table, grid in enumerate(grids):
        own = [boxes[key] for key, (owner, _) in enumerate(owners) if owner == table]
        outline = (
            min(box[0] for box in own), min(box[1] for box in own),
            max(box[2] for box in own), max(box[3] for box in own),
        )  # fmt: skip
        outlines.append(outline)
        common = names[table].most_common(1)
        tables.append(TrueTable(common[0][0] if common else "", box_quad(*outline), grid.n_rows, grid.n_columns))
        rules += borders(image, table, own)
    rules += stray_rules(thin_lines(page), outlines)
    return PageTruth(width, height, tuple(tables), tuple(cells), tuple(rules), tuple(lines))
