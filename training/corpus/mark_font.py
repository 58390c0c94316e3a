"""Fonts in which every marked character is a glyph of its own, so that a printed page still tells whose a digit is.

Where the text layer alone is wanted, glyphs are boxes as wide as the characters they stand for. Where somebody is to
read the page, they are drawn as an installed font draws these characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

from pipeline.tag.labels import fields
from training.corpus.marked import ALPHABET, FIRST, ROOM, TABLES
from training.synth.fonts import font_file

UNITS = 1000
NARROW = "0123456789Oo./-,"
FAMILY = "Marked"


def write_fonts(folder: Path) -> tuple[Path, Path]:
    """The font of the marked characters, and one of the plain characters as wide as they are."""
    marked = {code: _width(char) for code, char in _marks().items()}
    plain = {ord(char): _width(char) for char in ALPHABET}
    return _boxes(marked, folder / "marked.ttf"), _boxes(plain, folder / "plain.ttf")


def write_drawn_font(folder: Path, face: str) -> Path:
    """The font of the marked characters, each looking like what it stands for.

    Args:
        face: fontconfig's pattern of an installed font that has all of them.

    Raises:
        FileNotFoundError: there is no fontconfig.
        KeyError: the font lacks one of them.
    """
    path, index = font_file(face)
    source = TTFont(path, fontNumber=index, lazy=True)
    names, drawn = source.getBestCmap(), source.getGlyphSet()
    scale = UNITS / source["head"].unitsPerEm
    glyphs: dict[str, Glyph] = {".notdef": Glyph()}
    metrics = {".notdef": (UNITS, 0)}
    for char in ALPHABET:
        outline, name = TTGlyphPen(None), names[ord(char)]
        # Outlines of PostScript turn the other way round.
        quadratic = Cu2QuPen(outline, max_err=1.0, reverse_direction="glyf" not in source)
        drawn[name].draw(TransformPen(quadratic, (scale, 0, 0, scale, 0, 0)))
        glyph = outline.glyph()
        # A glyph whose bearing is not where its outline begins would be moved.
        glyph.recalcBounds(None)
        glyphs[_own(char)], metrics[_own(char)] = glyph, (round(source["hmtx"][name][0] * scale), glyph.xMin)
    codes = _marks()
    for code, char in codes.items():
        copy = TTGlyphPen(glyphs)
        copy.addComponent(_own(char), (1, 0, 0, 1, 0, 0))
        glyphs[_name(code)], metrics[_name(code)] = copy.glyph(), metrics[_own(char)]
    edges = (round(source["hhea"].ascent * scale), round(source["hhea"].descent * scale))
    return _font(codes, glyphs, metrics, edges, folder / "marked.ttf")


def _marks() -> dict[int, str]:
    """Code points of the marked characters, and what they stand for."""
    return {
        first + index * ROOM + place: char
        for first in (FIRST, TABLES)
        for index in range(len(fields()))
        for place, char in enumerate(ALPHABET)
    }


def _name(code: int) -> str:
    return f"u{code:X}"


def _own(char: str) -> str:
    """Name of the glyph that all marks of a character are copies of."""
    return f"own{ord(char):X}"


def _width(char: str) -> int:
    return UNITS // 2 if char in NARROW else UNITS


def _boxes(widths: dict[int, int], path: Path) -> Path:
    glyphs = {".notdef": Glyph(), **{_name(code): _box(width) for code, width in sorted(widths.items())}}
    metrics = {".notdef": (UNITS, 0), **{_name(code): (width, 0) for code, width in widths.items()}}
    return _font(widths, glyphs, metrics, (880, -120), path)


def _font(
    codes: Iterable[int],
    glyphs: dict[str, Glyph],
    metrics: dict[str, tuple[int, int]],
    edges: tuple[int, int],
    path: Path,
) -> Path:
    """Writes the font.

    Args:
        codes: those that have a glyph, called as `_name` says.
        glyphs: with their names, in their order.
        metrics: width and left bearing, by the same names.
        edges: top and bottom of a line, from its baseline up.
    """
    top, bottom = edges
    builder = FontBuilder(UNITS, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({code: _name(code) for code in sorted(codes)})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=top, descent=bottom)
    builder.setupOS2(sTypoAscender=top, sTypoDescender=bottom, usWinAscent=top, usWinDescent=-bottom)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    builder.save(path)
    return path


def _box(width: int) -> Glyph:
    pen = TTGlyphPen(None)
    side = width // 8
    pen.moveTo((side, 0))
    for point in ((side, 700), (width - side, 700), (width - side, 0)):
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()
