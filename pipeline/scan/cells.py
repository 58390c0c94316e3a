"""What stands in the cells of a lattice: number cells read as cells, labels line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pipeline.document import Reading
from pipeline.scan.evened import number_block
from pipeline.scan.ink import coloured, threshold
from pipeline.scan.parts import STACKED, TextPart, by_cell, lines_of, sliced
from pipeline.scan.rivals import as_part, is_numeric, number_alone, number_readings, says_words
from pipeline.scan.rules import rule_scale
from pipeline.scan.wrapped import inked_rows, joined, lines_of_number

if TYPE_CHECKING:
    from pipeline.document import Box, Pixels
    from pipeline.ocr.engine import Engine, NumberReading
    from pipeline.scan.ink import Grey
    from pipeline.scan.lattice import Lattice, Place

NARROWEST = 2.0
"""Pixels of a strip in which print is seen or not."""
INSET = 3.0
"""Pixels that a cell loses on each side to its rules, at the scale at which rules are looked for."""
LONGEST_NUMBER = 8.0
"""Times its height that a number is wide at most."""
MARGIN = 0.25
"""Of the height of a line, around it."""
SEEN = 0.5
"""Score of a place of text from which on the cell holds something."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_DIGIT = re.compile(r"\d")
DIGIT, BESIDE = 0.7, 1.3
"""Times the height of a text: width of a digit at most, of what a detector's box has beside the digits."""
APART = 1.0
"""Times the height of a text, to the next one of the same cell, from which on they are two numbers."""
TALLER = 1.3
"""Times the lowest row of numbers, that a row with a number in two lines is high at least."""
LEAST_INK = 0.0004
"""Share of the cell's pixels; less is dust."""


@dataclass(frozen=True, slots=True)
class CellText:
    """What one cell holds."""

    readings: tuple[Reading, ...]
    number: bool
    """It was read as a number cell."""
    seen: bool = False
    """The detector, too, found text there."""
    cut: bool = False
    """A rule runs through its text, so that part of it may be another cell's."""
    shared: bool = False
    """It holds the numbers of several cells; as one crop they are not read again."""


def read_cells(
    image: Pixels, grey: Grey, figures: Grey, lattice: Lattice, parts: Sequence[TextPart], engine: Engine
) -> dict[Place, CellText]:
    """Every cell of a lattice read.

    Args:
        image: the straightened image, cleaned.
        grey: the same in one channel.
        figures: the same without what is coloured; where a number itself is, it is put back.
        parts: of text, as the detector found them on the image.
    """
    inset = INSET / rule_scale(*grey.shape)
    level = threshold(grey)
    inside = by_cell(lattice, parts)
    block = number_block(lattice)
    read: dict[Place, CellText] = {}
    numbers: list[Place] = []
    texts: list[Place] = []
    broken = _broken_numbers(figures, lattice, block, inset, level, engine)
    for place in lattice.places:
        if place in broken:
            read[place] = broken[place]
        elif not inside[place] and is_blank(sliced(grey, lattice.box(place), inset), level):
            read[place] = CellText((Reading("", engine.name, 1.0),), True)
        elif not _is_label(place, block) and _may_be_number(inside[place], lattice.box(place)):
            numbers.append(place)
        else:
            texts.append(place)
            # The detector misses a line here and there; in a cell that is not blank there is one.
            inside[place] = inside[place] or _unseen_lines(grey, lattice.box(place), inset, level)
    if figures is not grey:
        for place in numbers:
            _restore_coloured(figures, grey, lattice.box(place), inset, level)
    shared = _shared_cells(figures, lattice, {place: inside[place] for place in numbers}, inset, engine)
    read |= shared
    numbers = [place for place in numbers if place not in shared]
    crops = [coloured(sliced(figures, lattice.box(place), inset)) for place in numbers]
    for place, found in zip(numbers, engine.read_numbers(crops), strict=True):
        seen = any(part.score > SEEN and not part.cut and not part.mark for part in inside[place])
        readings = number_readings(found, engine.name, seen)
        digits = _digits(found, lattice.box(place), inset)
        cut = any(_goes_on(figures, part, digits, inset, level) for part in inside[place] if not part.mark)
        read[place] = CellText(as_part(readings) if cut else readings, True, seen, cut)
        if says_words(found) or _is_wider(inside[place], readings):
            # A label is read better as the line that it is.
            texts.append(place)
            inside[place] = inside[place] or [TextPart(_inside(lattice.box(place), inset))]
    wordless = []
    for place, text in _read_texts(image, {place: inside[place] for place in texts}, engine).items():
        dirt = _in_last_row(place, block) and _is_dirty(text)
        if (not _holds_no_words(text) and not dirt) or (block is not None and _is_label(place, block)):
            read[place] = text
        elif place not in read:
            wordless.append(place)
    shared = _shared_cells(figures, lattice, {place: inside[place] for place in wordless}, inset, engine)
    read |= shared
    wordless = [place for place in wordless if place not in shared]
    crops = [coloured(sliced(figures, lattice.box(place), inset)) for place in wordless]
    for place, found in zip(wordless, engine.read_numbers(crops), strict=True):
        read[place] = CellText(number_alone(found, engine.name), True, True)
    strayed = {place: inside[place] for place in wordless if not _is_sure(read[place])}
    for place, number in _stray_numbers(image, strayed, engine).items():
        read[place] = number
    return read | doubtful_blanks(read)


def doubtful_blanks(read: dict[Place, CellText]) -> dict[Place, CellText]:
    """The blank cells beside one that holds two numbers: one of these may be theirs. They say nothing; taken for 0,
    they would make the sum tell a number that nobody read."""
    crowded = [place for place, cell in read.items() if cell.number and _holds_two(cell)]
    ends = {(place.row, place.column + place.column_span) for place in crowded}
    starts = {(place.row, place.column) for place in crowded}
    return {
        place: CellText((), True)
        for place, cell in read.items()
        if cell.number and cell.readings and not cell.readings[0].text
        if (place.row, place.column) in ends or (place.row, place.column + place.column_span) in starts
    }


def _holds_two(cell: CellText) -> bool:
    texts = cell.readings[0].text.split() if cell.readings else []
    return len(texts) > 1 and all(is_numeric(text) for text in texts)


def _broken_numbers(
    figures: Grey, lattice: Lattice, block: tuple[int, int, int, int] | None, inset: float, level: int, engine: Engine
) -> dict[Place, CellText]:
    """The cells of the block of numbers in which a number goes on in a second line."""
    lines: dict[Place, list[Grey]] = {}
    heights = np.diff(lattice.rows[block[0] : block[1] + 1]) if block is not None else np.zeros(0)
    lowest = TALLER * float(heights.min()) if len(heights) else 0.0
    for place in lattice.places:
        _, top, _, bottom = lattice.box(place)
        inside = block is not None and not _is_label(place, block) and place.row >= block[0]
        if inside and place.column_span == 1 and bottom - top >= lowest:
            found = lines_of_number(sliced(figures, lattice.box(place), inset), level)
            if found:
                lines[place] = found
    readings = iter(engine.read_numbers([coloured(line) for found in lines.values() for line in found]))
    read = {}
    for place, found in lines.items():
        number = joined([next(readings) for _ in found])
        if number is not None and number.rivals[0][1] >= SEEN:
            read[place] = CellText(number_readings(number, engine.name, True), True, True)
    return read


def numbers_apart(parts: Sequence[TextPart]) -> list[list[TextPart]]:
    """The texts of a cell, those together that stand no further apart than the digits of one number. What reaches over
    a border is none of them: mostly a piece of the border itself."""
    groups: list[list[TextPart]] = []
    for part in sorted((one for one in parts if not one.mark and not one.cut), key=lambda one: one.box[0]):
        height = part.box[3] - part.box[1]
        if groups and part.box[0] - groups[-1][-1].box[2] <= APART * height:
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _shared_cells(
    figures: Grey, lattice: Lattice, cells: dict[Place, list[TextPart]], inset: float, engine: Engine
) -> dict[Place, CellText]:
    """The cells that hold several numbers far apart, the border between them lost: each number for itself, with spaces
    between them. A number with dirt beside it is not one of them."""
    groups = {place: apart for place, parts in cells.items() if len(apart := numbers_apart(parts)) > 1}
    crops = []
    for place, apart in groups.items():
        left, top, right, bottom = lattice.box(place)
        ends = [(one[-1].box[2] + other[0].box[0]) / 2 for one, other in pairwise(apart)]
        for x0, x1 in pairwise([left + inset, *ends, right - inset]):
            crops.append(coloured(sliced(figures, (x0, top + inset, x1, bottom - inset), 0)))
    found = iter(engine.read_numbers(crops))
    read = {}
    for place, apart in groups.items():
        best = [readings[0] if readings else None for readings in _each(found, len(apart), engine.name)]
        numbers = [one for one in best if one is not None and one.score >= SEEN and _DIGIT.search(one.text)]
        if len(numbers) == len(best):
            text, score = " ".join(one.text for one in numbers), float(np.prod([one.score for one in numbers]))
            read[place] = CellText((Reading(text, engine.name, score),), True, True, shared=True)
    return read


def _each(found: Iterator[NumberReading], count: int, reader: str) -> list[tuple[Reading, ...]]:
    return [number_readings(next(found), reader, True) for _ in range(count)]


def _restore_coloured(figures: Grey, grey: Grey, box: Box, inset: float, level: int) -> None:
    """Puts back what is coloured in a cell that holds nothing else: a number printed, or written, in colour."""
    if is_blank(sliced(figures, box, inset), level):
        sliced(figures, box, inset)[:] = sliced(grey, box, inset)


def _unseen_lines(grey: Grey, box: Box, inset: float, level: int) -> list[TextPart]:
    """The lines of text in a cell by its ink alone."""
    crop = sliced(grey, box, inset)
    left, top = max(0, round(box[0] + inset)), max(0, round(box[1] + inset))
    parts = []
    for first, last in inked_rows(crop, level):
        columns = np.flatnonzero((crop[first:last] < level).any(axis=0))
        if len(columns):
            edges = (left + columns[0], top + first, left + columns[-1] + 1, top + last)
            parts.append(TextPart((float(edges[0]), float(edges[1]), float(edges[2]), float(edges[3]))))
    return parts


def _digits(found: NumberReading, box: Box, inset: float) -> tuple[float, float]:
    """From where to where digits were read in a cell, in pixels across the image; all of it where that is not said."""
    left, right = box[0] + inset, box[2] - inset
    start, end = found.extent or (0.0, 1.0)
    return left + start * (right - left), left + end * (right - left)


def _goes_on(figures: Grey, part: TextPart, digits: tuple[float, float], inset: float, level: int) -> bool:
    """Whether the number goes on beyond the borders over which the box of its text reaches: there is print beyond
    them, or the strip is too narrow to tell, and the digits come up to them. What reaches over a border far from the
    digits is a stroke of a pen.

    Args:
        digits: from `_digits`.
    """
    height = part.box[3] - part.box[1]
    for left, top, right, bottom in part.beyond:
        gap = digits[0] - right if right <= part.box[0] else left - digits[1]
        if gap > APART * height:
            continue
        # A border is drawn to both sides of its middle, and may stand a little off it.
        near, far = (left, right - 2 * inset) if right <= part.box[0] else (left + 2 * inset, right)
        strip = (near, top + inset, far, bottom - inset)
        if far - near < NARROWEST or not is_blank(sliced(figures, strip, 0), level):
            return True
    return False


def _is_wider(parts: Sequence[TextPart], readings: tuple[Reading, ...]) -> bool:
    """Whether the detector saw more text than the number that was made of it, if any: the first sign of a label."""
    if not parts:
        return False
    digits = len(readings[0].text) if readings else 1
    height = max(part.box[3] - part.box[1] for part in parts)
    width = max(part.box[2] for part in parts) - min(part.box[0] for part in parts)
    return width > (DIGIT * max(1, digits) + BESIDE) * height


def _is_label(place: Place, block: tuple[int, int, int, int] | None) -> bool:
    """Whether the cell stands left of the table's block of numbers; where no such block is seen, at its left side."""
    return place.column == 0 if block is None else place.column + place.column_span <= block[2]


def _in_last_row(place: Place, block: tuple[int, int, int, int] | None) -> bool:
    """Whether the cell is one of the last row of the table's block of numbers, which holds no heads."""
    return block is not None and place.column >= block[2] and place.row + place.row_span == block[1]


def _is_dirty(cell: CellText) -> bool:
    """Whether the words of a number cell are dirt: hardly read, or beside a line that is a number."""
    return not _is_sure(cell) or any(is_numeric(line) for line in cell.readings[0].text.splitlines())


def _is_sure(cell: CellText) -> bool:
    return bool(cell.readings) and cell.readings[0].score >= SEEN


def _holds_no_words(cell: CellText) -> bool:
    return len(_HAN.findall(cell.readings[0].text if cell.readings else "")) < 2


def _stray_numbers(image: Pixels, cells: dict[Place, list[TextPart]], engine: Engine) -> dict[Place, CellText]:
    """Cells of several lines without words: a number with dirt above or below it, if one line alone is a number."""
    lines = [(place, line) for place, parts in cells.items() for line in lines_of(parts)]
    crops = []
    for _, line in lines:
        height = max(part.box[3] - part.box[1] for part in line)
        box = (line[0].box[0], min(part.box[1] for part in line), line[-1].box[2], max(part.box[3] for part in line))
        margin = MARGIN * height
        crops.append(np.ascontiguousarray(sliced(image, _inside(box, -margin), 0)))
    found: dict[Place, list[tuple[Reading, ...]]] = {}
    for (place, _), reading in zip(lines, engine.read_numbers(crops), strict=True):
        readings = number_readings(reading, engine.name, True)
        if readings and is_numeric(readings[0].text) and readings[0].score >= SEEN:
            found.setdefault(place, []).append(readings)
    return {place: CellText(rivals[0], True, True) for place, rivals in found.items() if len(rivals) == 1}


def _inside(box: Box, inset: float) -> Box:
    return (box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset)


def _may_be_number(parts: Sequence[TextPart], box: Box) -> bool:
    if not parts:
        return box[2] - box[0] < LONGEST_NUMBER * (box[3] - box[1])
    if len(lines_of(parts)) > 1:
        return False
    left, right = min(part.box[0] for part in parts), max(part.box[2] for part in parts)
    height = max(part.box[3] - part.box[1] for part in parts)
    tall = any(part.box[3] - part.box[1] > STACKED * (part.box[2] - part.box[0]) for part in parts)
    return right - left <= LONGEST_NUMBER * height and (not tall or len(parts) == 1)


def is_blank(grey: Grey, level: int) -> bool:
    """Whether nothing but paper and dust is inside a cell."""
    import cv2

    inked = (grey < level).astype(np.uint8)
    if inked.sum() <= LEAST_INK * inked.size:
        return True
    count, _, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    height, width = inked.shape
    least = max(3.0, 0.12 * min(height, 60))
    for index in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[index])
        at_edge = x == 0 or y == 0 or x + w == width or y + h == height
        thin = min(w, h) <= 2 + 0.02 * max(height, width)
        if max(w, h) >= least and area >= 4 and not (at_edge and thin):
            return False
    return True


def _read_texts(image: Pixels, cells: dict[Place, list[TextPart]], engine: Engine) -> dict[Place, CellText]:
    crops: list[Pixels] = []
    where: list[tuple[Place, int]] = []
    for place, parts in cells.items():
        for number, line in enumerate(lines_of(parts)):
            for part in line:
                for piece in _unstacked(image, part):
                    crops.append(piece)
                    where.append((place, number))
    found: dict[Place, dict[int, list[tuple[str, float]]]] = {place: {} for place in cells}
    for (place, number), reading in zip(where, engine.read_labels(crops), strict=True):
        found[place].setdefault(number, []).append((reading.text, reading.score))
    read = {}
    for place, lines in found.items():
        text = "\n".join("".join(text for text, _ in line) for _, line in sorted(lines.items()))
        scores = [score for line in lines.values() for _, score in line]
        readings = (Reading(text, engine.name, max(1e-6, min(scores, default=1.0))),) if scores else ()
        read[place] = CellText(readings, False)
    return read


def _unstacked(image: Pixels, part: TextPart) -> list[Pixels]:
    """The crop of a part; of a stack of characters, one crop for each."""
    left, top, right, bottom = part.box
    width, height = right - left, bottom - top
    if height <= STACKED * width:
        margin = 0.1 * height
        return [np.ascontiguousarray(sliced(image, (left - margin, top - margin, right + margin, bottom + margin), 0))]
    count = max(1, round(height / width))
    step = height / count
    return [
        np.ascontiguousarray(sliced(image, (left, top + i * step, right, top + (i + 1) * step), 0))
        for i in range(count)
    ]
