"""What text recognition makes of printed pages, every number of which still knows its field.

The marked page is printed in a font that draws marks as what they stand for. So it looks as the plain page does, and
recognition runs once; whose the characters are that it read the text layer of the same print tells, by where they
stand. A misread number keeps its field, and one that was lost has none.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pypdfium2
from numpy.random import Generator

from pipeline.document import Box
from pipeline.errors import GoujiError
from pipeline.ocr.engine import Engine
from pipeline.ocr.load import load_engine
from pipeline.scan.upright import crop
from training.corpus.mark_font import write_drawn_font
from training.corpus.marked import same_marks, shown
from training.corpus.printing import RULED, printed
from training.synth import ink
from training.synth.engines import EngineMissing
from training.synth.pdf_page import Glyph, glyphs, raster
from training.synth.warp import Image

FACES = ("Noto Serif CJK SC", "Noto Sans CJK SC", "AR PL UMing CN", "AR PL UKai CN", "WenQuanYi Zen Hei")
LEAST_SCORE = 0.5
"""Mean probability of its characters below which a line is left out, as by the recognition tools themselves."""
OTHER, LOST, FAR = 1.0, 0.7, 0.25
"""What it costs to hold a character for another that was read, for lost or invented, for one a line height away. Of two
that differ one was read as the other where they stand near each other; else one was lost and one invented."""
FARTHEST = 2.0
"""Line heights; beyond them all is equally far."""

@dataclass(frozen=True, slots=True)
class Line:
    """A line of text that was recognised."""

    text: str
    box: Box
    """Points on the page."""
    middles: tuple[float, ...] = ()
    """Where each character stands, in points from the left; empty where the engine does not say."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is rendered and what became of its picture; nothing of it moves."""

    face: str
    dpi: float
    strokes: float
    black: float
    white: float
    blur: float
    noise: float
    level: float | None
    """Grey that divides black from white; None where the picture stays grey."""
    quality: int
    """Of JPEG."""


def draw_look(random: Generator) -> Look:
    bits = random.random() < 0.2
    # One bit a pixel is what faxes and copiers make, which are finer than pictures on sites.
    dpi = random.uniform(150, 200) if bits else random.uniform(90, 200)
    return Look(
        str(random.choice(FACES)), dpi, random.uniform(-0.2, 0.3), random.uniform(0, 70), random.uniform(225, 255),
        random.uniform(0.2, 0.8) * dpi / 150, random.uniform(1, 8), random.uniform(130, 180) if bits else None,
        int(random.integers(30, 90)),
    )  # fmt: skip


def degraded(image: Image, look: Look, random: Generator) -> Image:
    """The picture of a page as it reaches a recogniser."""
    image = ink.contrast(ink.strokes(image, look.strokes), look.black, look.white)
    image = ink.blurred(image, look.blur)
    if look.level is not None:
        return ink.black_and_white(image, random, look.level, look.noise)
    return ink.jpeg(ink.noisy(image, random, look.noise), look.quality)


def ocr_lines(pages: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """A line of text for each that was recognised, from the top and from the left, as bare recognition gives them.

    Args:
        pages: HTML, marked and plain.

    Returns:
        Texts, marked and plain.

    Raises:
        EngineMissing: no browser, no models or no font.
        subprocess.SubprocessError: the browser failed.
    """
    return _texts(pages, lambda row: "\n".join(text for text, _ in row))


def ocr_rows(pages: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Likewise, what stands at one height in one line of text, as tools do that keep the layout."""
    return _texts(pages, _spaced)


def _spaced(row: Sequence[tuple[str, Box]]) -> str:
    """The texts with at least two spaces between them, and more where they are farther apart."""
    text = row[0][0]
    for (_, before), (more, box) in pairwise(row):
        text += " " * max(2, round(2 * (box[0] - before[2]) / (box[3] - box[1]))) + more
    return text


def _texts(
    pages: Sequence[tuple[bytes, bytes]], laid_out: Callable[[Sequence[tuple[str, Box]]], str]
) -> list[tuple[bytes, bytes]]:
    found = []
    for marked, plain in pages:
        rows = [row for page in _recognised(marked, zlib.crc32(plain)) for row in page]
        text = "".join(laid_out(row) + "\n" for row in rows)
        found.append((text.encode(), shown(text).encode()))
    return found


def _recognised(page: bytes, seed: int) -> list[list[list[tuple[str, Box]]]]:
    """What is read on each printed page: rows of marked texts with their boxes."""
    engine = _engine()
    random = np.random.default_rng(seed)
    look = draw_look(random)
    families = f"marked, '{look.face}'"
    (data,) = printed([page], RULED, lambda folder: [_font(folder, look.face)], families)
    found = []
    with pypdfium2.PdfDocument(data) as pdf:
        for sheet in pdf:
            lines = _read(degraded(raster(sheet, look.dpi), look, random), look.dpi, engine)
            found.append(rows_of(marked_lines(lines, glyphs(sheet))))
    return found


def _font(folder: Path, face: str) -> Path:
    try:
        return write_drawn_font(folder, face)
    except (FileNotFoundError, KeyError) as error:
        raise EngineMissing(f"fontconfig or a font like {face} is not installed") from error


@cache
def _engine() -> Engine:
    try:
        return load_engine()
    except GoujiError as error:
        raise EngineMissing(f"OCR: {error}") from error


def _read(image: Image, dpi: float, engine: Engine) -> list[Line]:
    places = engine.find(image)
    readings = engine.read([crop(image, place.corners) for place in places])
    unit = 72 / dpi
    lines = []
    for place, reading in zip(places, readings, strict=True):
        if not reading.text.strip() or reading.score < LEAST_SCORE:
            continue
        (left, top), (right, bottom) = place.corners.min(axis=0), place.corners.max(axis=0)
        box = (float(left) * unit, float(top) * unit, float(right) * unit, float(bottom) * unit)
        middles = tuple(box[0] + (box[2] - box[0]) * (first + last) / 2 for first, last in reading.spans)
        lines.append(Line(reading.text, box, middles))
    return lines


def rows_of(lines: Sequence[tuple[str, Box]]) -> list[list[tuple[str, Box]]]:
    """Rows from the top, each from the left: what stands less than half a line lower than a row's first belongs to
    it."""
    rows: list[list[tuple[str, Box]]] = []
    for line in sorted(lines, key=lambda line: (_middle(line[1]), line[1][0])):
        box = line[1]
        first = rows[-1][0][1] if rows else None
        if first is not None and _middle(box) - _middle(first) < 0.5 * (first[3] - first[1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line[1][0]) for row in rows]


def marked_lines(lines: Sequence[Line], printed: Sequence[Glyph]) -> list[tuple[str, Box]]:
    """The texts that were read, each character marked as what is printed where it stands, with their boxes.

    Args:
        lines: of one page.
        printed: the characters of its text layer, marked.
    """
    held: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in printed:
        x, y = (glyph.ink[0] + glyph.ink[2]) / 2, _middle(glyph.ink)
        around = [
            (abs(_middle(line.box) - y), place)
            for place, line in enumerate(lines)
            if line.box[0] <= x <= line.box[2] and line.box[1] <= y <= line.box[3]
        ]
        if around:
            held[min(around)[1]].append(glyph)
    return [(marked_text(line, held[place]), line.box) for place, line in enumerate(lines)]


def marked_text(line: Line, printed: Sequence[Glyph]) -> str:
    """The text of a line, its characters marked as those that are printed there.

    A digit that was read where none is printed belongs to the number that it was made part of. What is read in place
    of a digit and no number is written in has no mark.

    Args:
        line: as it was read.
        printed: the characters that stand in its box, in any order.
    """
    if all(shown(glyph.text) == glyph.text for glyph in printed):
        return line.text
    glyphs = sorted(printed, key=lambda glyph: glyph.ink[0])
    models = ["" for _ in line.text]
    seen = [place for place, char in enumerate(line.text) if not char.isspace()]
    for place, found in zip(seen, aligned(line, seen, glyphs), strict=True):
        if found is not None:
            models[place] = glyphs[found].text
    _adopt(line.text, models)
    return "".join(same_marks(char, model) for char, model in zip(line.text, models, strict=True))


def aligned(line: Line, seen: Sequence[int], printed: Sequence[Glyph]) -> list[int | None]:
    """Which printed character each of the characters of a line was read from; None for one that was invented.

    This is edit distance with the place as well: of a row of zeros one of which was lost, it is the place that tells
    which.

    Args:
        line: as it was read.
        seen: its characters to be told, from the left.
        printed: from the left.
    """
    truth = [shown(glyph.text) for glyph in printed]
    middles = [(glyph.ink[0] + glyph.ink[2]) / 2 for glyph in printed]
    height = line.box[3] - line.box[1]

    def pair(i: int, j: int) -> float:
        away = min(FARTHEST, abs(middles[i] - line.middles[seen[j]]) / height) if line.middles else 0.0
        return OTHER * (truth[i] != line.text[seen[j]]) + FAR * away

    costs = [[LOST * j for j in range(len(seen) + 1)]]
    for i in range(len(printed)):
        costs.append([LOST * (i + 1)])
        for j in range(len(seen)):
            skipped = LOST + min(costs[i][j + 1], costs[i + 1][j])
            costs[i + 1].append(min(costs[i][j] + pair(i, j), skipped))
    found: list[int | None] = [None] * len(seen)
    i, j = len(printed), len(seen)
    while i and j:
        if costs[i][j] == costs[i - 1][j - 1] + pair(i - 1, j - 1):
            i, j = i - 1, j - 1
            found[j] = i
        elif costs[i][j] == LOST + costs[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return found


def _adopt(text: str, models: list[str]) -> None:
    """Gives digits that were invented the model of the characters beside them, where these are of one number or only
    one side has one."""
    alone = [char.isdecimal() and not model for char, model in zip(text, models, strict=True)]
    for is_alone, run in groupby(range(len(text)), key=alone.__getitem__):
        if not is_alone:
            continue
        places = list(run)
        sides = [models[place] for place in (places[0] - 1, places[-1] + 1) if 0 <= place < len(text)]
        marked = [model for model in sides if shown(model) != model]
        if marked and len({same_marks("0", model) for model in marked}) == 1:
            for place in places:
                models[place] = marked[0]


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2
