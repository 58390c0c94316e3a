"""Cells that the arithmetic points to are read a second time, by another way of looking.

Both looks are kept. What they agree on gains weight, what they differ in becomes rivals for the arithmetic to choose
from: the probabilities are averaged, since the looks share their pixels and so their mistakes.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from pipeline.document import Block, Cell, Document, Grid, Reading
from pipeline.scan.cells import INSET
from pipeline.scan.parts import sliced
from pipeline.scan.rivals import as_part, is_numeric, number_readings
from pipeline.scan.rules import rule_scale

if TYPE_CHECKING:
    from pipeline.document import Box
    from pipeline.ocr.engine import Engine
    from pipeline.scan.document import Scan, Scans

Spot: TypeAlias = "tuple[int, Box]"
"""Page and box of a cell in the document."""

MOST_RIVALS = 6
LEAST_PROBABILITY = 1e-4

HARDLY = 0.5
"""Probability of words below which they could hardly be read."""
SURE_FIRST, AGREED = 0.98, 0.9
"""Probability of a first look from which on it is sure; part of it that it keeps where the second says the same."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a cell gave."""

    reader: str
    text: str
    score: float


def look_again(
    document: Document, scans: Scans, spots: Set[Spot], engine: Engine
) -> tuple[Document, dict[Spot, tuple[Look, ...]]]:
    """The document with the cells at these spots read again by `engine.larger()`, and what each look gave.

    Spots that no page image holds, and an engine without another way of looking, change nothing.
    """
    second = engine.larger()
    where = {
        (scan.page, box): (scan, inside) for scan in scans.pages for box, inside in scan.cells.items()
    }
    wanted = sorted(spot for spot in spots if spot in where)
    if second is None or not wanted:
        return document, {}
    found = _readings(second, [(spot, *where[spot]) for spot in wanted])
    looks: dict[Spot, tuple[Look, ...]] = {}

    def looked(cell: Cell) -> Cell:
        spot = _spot(cell)
        if spot is None or spot not in found:
            return cell
        looks[spot] = tuple(
            Look(one[0].reader, one[0].text, round(one[0].score, 4)) for one in (cell.readings, found[spot]) if one
        )
        return replace(cell, readings=merged(cell.readings, found[spot]))

    blocks: list[Block] = [
        replace(block, cells=tuple(looked(cell) for cell in block.cells)) if isinstance(block, Grid) else block
        for block in document.blocks
    ]
    return replace(document, blocks=tuple(blocks)), looks


def _spot(cell: Cell) -> Spot | None:
    where = cell.source
    return None if where.page is None or where.box is None else (where.page, where.box)


def _readings(engine: Engine, wanted: list[tuple[Spot, Scan, Box]]) -> dict[Spot, tuple[Reading, ...]]:
    found: dict[Spot, tuple[Reading, ...]] = {}
    by_scan: dict[int, list[tuple[Spot, Scan, Box]]] = {}
    for entry in wanted:
        by_scan.setdefault(id(entry[1]), []).append(entry)
    for entries in by_scan.values():
        image = entries[0][1].image()
        inset = INSET / rule_scale(*image.shape[:2])
        crops = [np.ascontiguousarray(sliced(image, box, inset)) for _, _, box in entries]
        for (spot, scan, _), reading in zip(entries, engine.read_numbers(crops), strict=True):
            readings = number_readings(reading, engine.name, spot[1] in scan.seen)
            found[spot] = as_part(readings) if spot[1] in scan.cut else readings
    return found


def merged(first: tuple[Reading, ...], second: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Two looks as one list of rivals, best first; a text that only one gives keeps half its probability.

    A sure first look that the second bears out keeps most of its probability: the second looks at spoilt views too, and
    has its doubts about each. Of 434 cells of generated pages on which both agreed so, 3 were wrong (docs/figures.md).
    """
    if not first or not second:
        return first or second
    weights: dict[str, float] = {}
    best = first[0]
    # Words that could hardly be read, where a number stands, say no more than their probability.
    share = best.score if _hardly_words(best) and is_numeric(second[0].text) else 1.0
    for reading, weight in (*((one, share) for one in first), *((one, 1.0) for one in second)):
        weights[reading.text] = weights.get(reading.text, 0.0) + reading.score * weight / (1.0 + share)
    if best.text == second[0].text and best.score >= SURE_FIRST:
        weights[best.text] = max(weights[best.text], AGREED * best.score)
        others = sum(weight for text, weight in weights.items() if text != best.text)
        room = min(1.0, (1.0 - weights[best.text]) / others) if others else 1.0
        weights = {text: weight if text == best.text else weight * room for text, weight in weights.items()}
    names = [name for one in (first, second) for name in one[0].reader.split(" + ")]
    reader = " + ".join(dict.fromkeys(names))
    ranked = sorted(weights.items(), key=lambda entry: (-round(entry[1], 9), entry[0]))
    kept = [(text, weight) for text, weight in ranked if weight >= LEAST_PROBABILITY][:MOST_RIVALS]
    return tuple(Reading(text, reader, min(1.0, weight)) for text, weight in kept or ranked[:1])


def _hardly_words(reading: Reading) -> bool:
    return bool(reading.text) and not is_numeric(reading.text) and reading.score < HARDLY
