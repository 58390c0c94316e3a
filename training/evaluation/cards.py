"""The worst cells as cards: what stands on the page, what was decided, what the gold says, and why."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from pipeline.document import Box, Document, Grid, Picture
from pipeline.errors import GoujiError
from pipeline.read.open import read_document
from pipeline.record import Number
from pipeline.show.pictures import on_pixels
from pipeline.template import load_templates
from training.evaluation.figures import Card
from training.evaluation.results import FieldResult, ReportResult

FAULTS = ("错而采用", "错", "未定")
"""Wrong and taken without looking, wrong but not taken, no value; the worst first."""
MOST_OF_A_REPORT = 5
"""Cards of one report; a report that is wrong as a whole would hide all others."""
MARGIN = 1.2
"""Around a crop, in heights of the cell."""
LONGEST_TEXT = 300
"""Characters of a line that are shown."""


def worst_cells(results: Sequence[ReportResult], number: int = 50) -> tuple[Card, ...]:
    """Cards of the worst cells of one arm, the worst and the surest first.

    Args:
        results: of one arm.
        number: cards at most, and `MOST_OF_A_REPORT` of one report.
    """
    faults = [
        (fault_of(one), one, result) for result in results for one in result.fields if one.known and not one.right
    ]
    ordered = sorted(
        faults, key=lambda fault: (FAULTS.index(fault[0]), -fault[1].confidence, fault[2].name, fault[1].field)
    )
    taken: dict[str, list[tuple[str, FieldResult, ReportResult]]] = {}
    chosen: list[tuple[str, FieldResult, ReportResult]] = []
    for fault in ordered:
        those = taken.setdefault(fault[2].name, [])
        if len(those) < MOST_OF_A_REPORT and len(chosen) < number:
            those.append(fault)
            chosen.append(fault)
    documents: dict[str, Document | None] = {}
    cards = []
    for kind, one, result in chosen:
        if result.document not in documents:
            documents[result.document] = _document(Path(result.document))
        cards.append(_card(kind, one, result, documents[result.document]))
    return tuple(cards)


def fault_of(one: FieldResult) -> str:
    """What is wrong with a field whose value is not the gold's."""
    if one.accepted and one.value is not None:
        return "错而采用"
    return "未定" if one.value is None else "错"


def label_of(field_id: str) -> str:
    """A field in the form's own words; its id where no form has it."""
    table_id = field_id.split(".")[0]
    for template in reversed(load_templates().values()):
        table = template.tables.get(table_id)
        if table is not None and field_id in table.field_ids():
            return table.describe(field_id)
    return field_id


def _card(kind: str, one: FieldResult, result: ReportResult, document: Document | None) -> Card:
    return Card(
        report=result.name,
        document=result.document,
        field=one.field,
        label=label_of(one.field),
        fault=kind,
        printed=one.printed,
        value=_shown(one.value),
        gold=f"{_shown(one.gold)}（原印 {_shown(one.gold_printed)}）",
        confidence=one.confidence,
        sentence=one.sentence,
        text="" if document is None else _text(document, one),
        crop="" if document is None else _crop(document, one),
        page=one.page,
    )


def _shown(value: Number | None) -> str:
    return "空" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _document(path: Path) -> Document | None:
    try:
        return read_document(path)
    except GoujiError:
        return None


def _text(document: Document, one: FieldResult) -> str:
    """What stands around the field in the line of the file that it was read from."""
    if one.line is None:
        return ""
    middle = sum(one.chars) // 2 if one.chars else 0
    first, last = max(0, middle - LONGEST_TEXT // 2), max(LONGEST_TEXT, middle + LONGEST_TEXT // 2)
    parts: list[str] = []
    for block in document.blocks:
        for holder in block.cells if isinstance(block, Grid) else [block]:
            if isinstance(holder, Picture) or holder.source.line != one.line:
                continue
            start = holder.source.chars[0] if holder.source.chars else 0
            parts.append(holder.text[max(0, first - start) : max(0, last - start)].strip())
    return "  ".join(filter(None, parts))[:LONGEST_TEXT]


def _crop(document: Document, one: FieldResult) -> str:
    """A data URL of the cell with a little around it; "" where no picture of the page holds it."""
    if one.page is None or one.box is None:
        return ""
    for block in document.blocks:
        if isinstance(block, Picture) and block.pixels is not None and block.source.page == one.page:
            pixels = block.pixels()
            fills = block.source.box or (0.0, 0.0, float(block.width), float(block.height))
            window = _window(one.box, fills, pixels.shape[1], pixels.shape[0])
            if window is None:
                continue
            left, top, right, bottom = window
            part = np.ascontiguousarray(pixels[top:bottom, left:right, ::-1])
            done, data = cv2.imencode(".png", part)
            if done:
                return "data:image/png;base64," + base64.b64encode(data.tobytes()).decode()
    return ""


def _window(box: Box, fills: Box, width: int, height: int) -> tuple[int, int, int, int] | None:
    """The pixels of a box and its margin; None where it does not lie on the picture."""
    margin = MARGIN * (box[3] - box[1])
    wide = (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)
    x0, y0, x1, y1 = map(round, on_pixels(wide, fills, width, height))
    left, top, right, bottom = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
    return (left, top, right, bottom) if left < right and top < bottom else None
