"""A font in which every marked character is a glyph of its own, so that a printed page still tells whose a digit is.

Its glyphs are boxes as wide as the characters they stand for: what is wanted is the text layer, not the picture.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph

from pipeline.tag.labels import fields
from training.corpus.marked import ALPHABET, FIRST, ROOM, TABLES

UNITS = 1000
NARROW = "0123456789Oo./-,"
FAMILY = "Marked"


def write_fonts(folder: Path) -> tuple[Path, Path]:
    """The font of the marked characters, and one of the plain characters as wide as they are."""
    marked = {
        first + index * ROOM + place: _width(char)
        for first in (FIRST, TABLES)
        for index in range(len(fields()))
        for place, char in enumerate(ALPHABET)
    }
    plain = {ord(char): _width(char) for char in ALPHABET}
    return _font(marked, folder / "marked.ttf"), _font(plain, folder / "plain.ttf")


def _width(char: str) -> int:
    return UNITS // 2 if char in NARROW else UNITS


def _font(widths: dict[int, int], path: Path) -> Path:
    names = {code: f"u{code:X}" for code in sorted(widths)}
    order = [".notdef", *names.values()]
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupGlyf({".notdef": Glyph(), **{names[code]: _box(width) for code, width in widths.items()}})
    metrics = {names[code]: (width, 0) for code, width in widths.items()}
    builder.setupHorizontalMetrics({".notdef": (UNITS, 0), **metrics})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    builder.save(path)
    return path


def _box(width: int) -> Glyph:
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    side = width // 8
    pen.moveTo((side, 0))
    for point in ((side, 700), (width - side, 700), (width - side, 0)):
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()
