"""What PDFium finds on one page: characters with boxes, thin drawn boxes (rules), images.

Everything leaves this module in the page's *upright frame*: points, origin top left, y downward,
turned so that the running text stands upright (whatever `/Rotate` says).

The cost of reading a PDF from Python is the number of calls into PDFium: about 0.4 microseconds each
through the bindings, 0.27 through the prototypes below, which take plain addresses and keep the
interpreter lock (PDFium is not thread-safe, so nothing is lost). A character costs two calls, a drawn
object three; everything else is asked only where the answer can matter.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

import pypdfium2.raw as pdfium

from pipeline.document import Box

MAX_OBJECTS = 200_000
"""Drawn objects and path points looked at on one page; a map or a chart can hold millions."""
MAX_CHARACTERS = 200_000
"""Characters read from one page."""
MAX_FORM_DEPTH = 8
"""Form XObjects may hold forms, also themselves."""
MAX_RULE_WIDTH = 4.0
"""Points. What is drawn thinner than this is a rule, whether stroked or filled."""
SLANT = 1.0
"""Points by which the ends of a rule may be out of line."""
MIN_TEXT_HEIGHT = 1.0
"""Points. Smaller text is not meant to be read."""
DIAGONAL = math.radians(8)
"""Text further than this from the horizontal and the vertical is a watermark."""
BOX_ERROR = 0.1
"""Share of the font size by which a character's box may differ from it before the box is distrusted."""
SAMPLE = 48
"""Characters that decide which way up a page is."""

Character: TypeAlias = tuple[float, float, float, float, str]
"""Left, top, right, bottom (advance by font height, not the ink), text."""

Frame: TypeAlias = tuple[int, float, float, float, float]
"""Quarter turns counter-clockwise of the running text, and left, bottom, right, top of the visible page."""


@dataclass(slots=True)
class Characters:
    upright: list[Character] = field(default_factory=list)
    """In the order of the content stream, without those that PDFium adds itself."""
    sideways: list[Character] = field(default_factory=list)
    """Turned by a quarter or half against the running text."""
    n_diagonal: int = 0
    n_broken: int = 0
    """Characters whose code says nothing: no Unicode, private use, control."""
    invisible: bool = False
    """All text of the page is drawn invisibly: the text layer of a scan."""


@dataclass(slots=True)
class Drawing:
    rules: list[Box] = field(default_factory=list)
    """Boxes thinner than `MAX_RULE_WIDTH` in one direction at least."""
    images: list[tuple[Box, int, int]] = field(default_factory=list)
    """Box, width and height in pixels (0 where unknown)."""
    n_objects: int = 0
    n_text: int = 0
    n_invisible: int = 0
    complete: bool = True
    """False where `MAX_OBJECTS` cut the page short."""


def _prototype(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


_HANDLE = ctypes.c_void_p
_INT = ctypes.c_int

_count_characters = _prototype(pdfium.FPDFText_CountChars, _INT, _HANDLE)
_unicode = _prototype(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _HANDLE, _INT)
_loose_box = _prototype(pdfium.FPDFText_GetLooseCharBox, _INT, _HANDLE, _INT, _HANDLE)
_ink_box = _prototype(pdfium.FPDFText_GetCharBox, _INT, _HANDLE, _INT, _HANDLE, _HANDLE, _HANDLE, _HANDLE)
_angle = _prototype(pdfium.FPDFText_GetCharAngle, ctypes.c_float, _HANDLE, _INT)
_is_generated = _prototype(pdfium.FPDFText_IsGenerated, _INT, _HANDLE, _INT)
_is_hyphen = _prototype(pdfium.FPDFText_IsHyphen, _INT, _HANDLE, _INT)
_has_no_unicode = _prototype(pdfium.FPDFText_HasUnicodeMapError, _INT, _HANDLE, _INT)
_font_size = _prototype(pdfium.FPDFText_GetFontSize, ctypes.c_double, _HANDLE, _INT)
_text_matrix = _prototype(pdfium.FPDFText_GetMatrix, _INT, _HANDLE, _INT, _HANDLE)
_text_object = _prototype(pdfium.FPDFText_GetTextObject, _HANDLE, _HANDLE, _INT)
_count_objects = _prototype(pdfium.FPDFPage_CountObjects, _INT, _HANDLE)
_get_object = _prototype(pdfium.FPDFPage_GetObject, _HANDLE, _HANDLE, _INT)
_count_form_objects = _prototype(pdfium.FPDFFormObj_CountObjects, _INT, _HANDLE)
_get_form_object = _prototype(pdfium.FPDFFormObj_GetObject, _HANDLE, _HANDLE, ctypes.c_ulong)
_object_type = _prototype(pdfium.FPDFPageObj_GetType, _INT, _HANDLE)
_object_bounds = _prototype(pdfium.FPDFPageObj_GetBounds, _INT, _HANDLE, _HANDLE, _HANDLE, _HANDLE, _HANDLE)
_object_matrix = _prototype(pdfium.FPDFPageObj_GetMatrix, _INT, _HANDLE, _HANDLE)
_render_mode = _prototype(pdfium.FPDFTextObj_GetTextRenderMode, _INT, _HANDLE)
_image_size = _prototype(pdfium.FPDFImageObj_GetImagePixelSize, _INT, _HANDLE, _HANDLE, _HANDLE)
_draw_mode = _prototype(pdfium.FPDFPath_GetDrawMode, _INT, _HANDLE, _HANDLE, _HANDLE)
_count_segments = _prototype(pdfium.FPDFPath_CountSegments, _INT, _HANDLE)
_get_segment = _prototype(pdfium.FPDFPath_GetPathSegment, _HANDLE, _HANDLE, _INT)
_segment_point = _prototype(pdfium.FPDFPathSegment_GetPoint, _INT, _HANDLE, _HANDLE, _HANDLE)
_segment_type = _prototype(pdfium.FPDFPathSegment_GetType, _INT, _HANDLE)
_segment_closes = _prototype(pdfium.FPDFPathSegment_GetClose, _INT, _HANDLE)

_INVISIBLE_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
_SPACES = frozenset((0x20, 0x0D, 0x0A, 0x09, 0xA0))
_LINE_HYPHENS = frozenset((0x02, 0xFFFE))
_DROPPED = frozenset((*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF))


def _address(handle: Any) -> int:
    address = ctypes.cast(handle, ctypes.c_void_p).value
    assert address is not None
    return address


def upright(frame: Frame, left: float, bottom: float, right: float, top: float) -> Box:
    """A box of PDF page space (y upward) in the upright frame."""
    turns, page_left, page_bottom, page_right, page_top = frame
    if turns == 0:
        return (left - page_left, page_top - top, right - page_left, page_top - bottom)
    if turns == 1:
        return (bottom - page_bottom, left - page_left, top - page_bottom, right - page_left)
    if turns == 2:
        return (page_right - right, bottom - page_bottom, page_right - left, top - page_bottom)
    return (page_top - top, page_right - right, page_top - bottom, page_right - left)


def displayed(frame: Frame, turns: int, box: Box) -> Box:
    """A box of the upright frame as a viewer shows it, who turns the page by `turns` quarters only."""
    own, page_left, page_bottom, page_right, page_top = frame
    if own == turns:
        return box
    x0, y0, x1, y1 = box
    if own == 0:
        plain = (x0 + page_left, page_top - y1, x1 + page_left, page_top - y0)
    elif own == 1:
        plain = (y0 + page_left, x0 + page_bottom, y1 + page_left, x1 + page_bottom)
    elif own == 2:
        plain = (page_right - x1, y0 + page_bottom, page_right - x0, y1 + page_bottom)
    else:
        plain = (page_right - y1, page_top - x1, page_right - y0, page_top - x0)
    return upright((turns, page_left, page_bottom, page_right, page_top), *plain)


def text_direction(text_page: Any, shown: int) -> int:
    """Quarter turns counter-clockwise, in page space, of most of the text; `shown` where no direction prevails."""
    handle = _address(text_page)
    n = _count_characters(handle)
    votes: Counter[int] = Counter()
    for index in range(0, n, max(1, n // SAMPLE)):
        if _unicode(handle, index) > 0x20 and not _is_generated(handle, index):
            votes[_quarters(_angle(handle, index))] += 1
    if not votes:
        return shown
    turns, count = votes.most_common(1)[0]
    return turns if turns >= 0 and count * 3 > votes.total() * 2 else shown


def _quarters(angle: float) -> int:
    """Quarter turns, or -1 for a slanted direction."""
    if not math.isfinite(angle):
        return 0
    turns = round(angle / (math.pi / 2))
    return turns % 4 if abs(angle - turns * math.pi / 2) <= DIAGONAL else -1


def read_characters(text_page: Any, frame: Frame, drawing: Drawing) -> Characters:
    """The characters of a page that a reader of the page would see."""
    handle = _address(text_page)
    n = min(_count_characters(handle), MAX_CHARACTERS)
    found = Characters()
    if n <= 0:
        return found
    found.invisible = 0 < drawing.n_text == drawing.n_invisible
    drop_invisible = drawing.n_invisible > 0 and not found.invisible
    turns, page_left, page_bottom, page_right, page_top = frame

    indices: list[int] = []
    texts: list[str] = []
    codes = [_unicode(handle, index) for index in range(n)]
    for index, code in enumerate(codes):
        if 0x20 < code < 0x7F or 0xB0 <= code < 0x2000 or 0x2E80 <= code < 0xD800:
            text = chr(code)
        elif code in _SPACES:
            if _is_generated(handle, index):
                continue
            text = " " if code < 0x20 else chr(code)
        elif code in _LINE_HYPHENS and _is_hyphen(handle, index):
            text = "-"
        elif 0xD800 <= code < 0xE000:
            low = codes[index + 1] if index + 1 < n else 0
            if not (code < 0xDC00 <= low < 0xE000):
                continue
            text = chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00))
        else:
            if code < 0x20 or code in (0xFFFD, 0xFFFE) or 0xE000 <= code < 0xF900 or code >= 0xF0000:
                found.n_broken += 1
            if code in _DROPPED or code > 0x10FFFF:
                continue
            text = chr(code)
        if drop_invisible and _render_mode(_text_object(handle, index)) in _INVISIBLE_MODES:
            continue
        indices.append(index)
        texts.append(text)

    buffer = (ctypes.c_float * (4 * len(indices)))()
    address = ctypes.addressof(buffer)
    for index in indices:
        _loose_box(handle, index, address)
        address += 16
    values = buffer[:]
    keep = found.upright.append
    last_bottom, quarters, em, trusted = math.nan, 0, 0.0, True
    boxes = zip(indices, texts, values[0::4], values[1::4], values[2::4], values[3::4], strict=True)
    for index, text, left, top, right, bottom in boxes:
        if bottom != last_bottom:
            # Neighbours on one base line share direction and font size: asking once a line is enough.
            last_bottom = bottom
            quarters = _quarters(_angle(handle, index))
            if quarters >= 0:
                quarters = (quarters - turns) % 4
            em = _em(handle, index)
            # PDFium leaves the boxes of vertical fonts unscaled, and fonts without metrics get their ink.
            trusted = min(abs(top - bottom - em), abs(right - left - em)) <= BOX_ERROR * em
        if em < MIN_TEXT_HEIGHT:
            continue
        if not trusted:
            left, top, right, bottom = _ink(handle, index)
            if not (top - bottom > 0 or right - left > 0):
                continue
            if quarters % 2 == turns % 2:
                top, bottom = (top + bottom + em) / 2, (top + bottom - em) / 2
            else:
                left, right = (left + right - em) / 2, (left + right + em) / 2
        if not (page_left <= (left + right) / 2 <= page_right and page_bottom <= (bottom + top) / 2 <= page_top):
            continue
        if quarters == 0:
            if turns == 0:
                keep((left - page_left, page_top - top, right - page_left, page_top - bottom, text))
            else:
                keep((*upright(frame, left, bottom, right, top), text))
        elif quarters < 0:
            found.n_diagonal += 1
        else:
            found.sideways.append((*upright(frame, left, bottom, right, top), text))
    return found


def _em(handle: int, index: int) -> float:
    """Font size as drawn, in points."""
    values = (ctypes.c_float * 6)()
    if not _text_matrix(handle, index, ctypes.addressof(values)):
        return 0.0
    size = _font_size(handle, index) * math.hypot(values[2], values[3])
    return abs(size) if math.isfinite(size) else 0.0


def _ink(handle: int, index: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the ink, for fonts without usable metrics."""
    values = (ctypes.c_double * 4)()
    at = ctypes.addressof(values)
    _ink_box(handle, index, at, at + 8, at + 16, at + 24)
    left, right, bottom, top = values
    return left, top, right, bottom


def has_broken_codes(text_page: Any, share: float) -> bool:
    """Whether for more than `share` of a sample of characters PDFium found no Unicode at all."""
    handle = _address(text_page)
    n = _count_characters(handle)
    indices = [i for i in range(0, n, max(1, n // SAMPLE)) if not _is_generated(handle, i)]
    broken = sum(1 for index in indices if _has_no_unicode(handle, index) == 1)
    return bool(indices) and broken > share * len(indices)


_Matrix: TypeAlias = tuple[float, float, float, float, float, float]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _transformed(matrix: _Matrix, left: float, bottom: float, right: float, top: float) -> Box:
    a, b, c, d, e, f = matrix
    xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
    ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
    return (min(xs), min(ys), max(xs), max(ys))


def read_drawing(page: Any) -> Drawing:
    """Rules and images of a page, form XObjects included, in PDF page space: left, bottom, right, top."""
    drawing = Drawing()
    handle = _address(page)
    _walk(drawing, handle, _count_objects(handle), _get_object, _IDENTITY, 0)
    return drawing


def _walk(
    drawing: Drawing, holder: int, n: int, get: Callable[..., Any], outer: _Matrix, depth: int
) -> None:
    bounds = (ctypes.c_float * 4)()
    at = ctypes.addressof(bounds)
    sizes = (ctypes.c_uint * 2)()
    plain = outer == _IDENTITY
    for index in range(n):
        drawing.n_objects += 1
        if drawing.n_objects > MAX_OBJECTS:
            drawing.complete = False
            return
        item = get(holder, index)
        kind = _object_type(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            drawing.n_text += 1
            if _render_mode(item) in _INVISIBLE_MODES:
                drawing.n_invisible += 1
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            if not _object_bounds(item, at, at + 4, at + 8, at + 12):
                continue
            left, bottom, right, top = bounds
            if right - left <= MAX_RULE_WIDTH or top - bottom <= MAX_RULE_WIDTH:
                box = (left, bottom, right, top)
                drawing.rules.append(box if plain else _transformed(outer, *box))
            else:
                drawing.rules.extend(_path_rules(drawing, item, outer))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            if _object_bounds(item, at, at + 4, at + 8, at + 12):
                known = _image_size(item, ctypes.addressof(sizes), ctypes.addressof(sizes) + 4)
                width, height = (int(sizes[0]), int(sizes[1])) if known else (0, 0)
                left, bottom, right, top = bounds
                drawing.images.append((_transformed(outer, left, bottom, right, top), width, height))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
            inner = _times(_matrix(item), outer)
            _walk(drawing, item, _count_form_objects(item), _get_form_object, inner, depth + 1)


def _matrix(item: int) -> _Matrix:
    values = (ctypes.c_float * 6)()
    if not _object_matrix(item, ctypes.addressof(values)):
        return _IDENTITY
    a, b, c, d, e, f = values
    return (a, b, c, d, e, f)


def _path_rules(drawing: Drawing, item: int, outer: _Matrix) -> Iterator[Box]:
    """The rules in a path that is not one thin stroke or bar: stroked edges, thin filled parts.

    A filled area as such is shading, not a frame: its edges are no rules.
    """
    modes = (ctypes.c_int * 2)()
    _draw_mode(item, ctypes.addressof(modes), ctypes.addressof(modes) + 4)
    stroked = bool(modes[1])
    n = _count_segments(item)
    if n <= 5 and not stroked:
        return
    matrix = _times(_matrix(item), outer)
    for part in _subpaths(drawing, item, n, matrix):
        if stroked:
            for start, end in pairwise(part):
                if start is None or end is None:
                    continue
                (x0, y0), (x1, y1) = start, end
                if abs(x0 - x1) <= SLANT or abs(y0 - y1) <= SLANT:
                    yield (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        else:
            points = [point for point in part if point is not None]
            xs = [x for x, _ in points]
            ys = [y for _, y in points]
            if max(xs) - min(xs) <= MAX_RULE_WIDTH or max(ys) - min(ys) <= MAX_RULE_WIDTH:
                yield (min(xs), min(ys), max(xs), max(ys))


_Point: TypeAlias = tuple[float, float]


def _subpaths(drawing: Drawing, item: int, n: int, matrix: _Matrix) -> Iterator[list[_Point | None]]:
    """Points of each part of a path; a None stands before the end of a curve, which has no straight edge."""
    a, b, c, d, e, f = matrix
    values = (ctypes.c_float * 2)()
    at = ctypes.addressof(values)
    part: list[_Point | None] = []
    for index in range(n):
        drawing.n_objects += 1
        if drawing.n_objects > MAX_OBJECTS:
            drawing.complete = False
            return
        segment = _get_segment(item, index)
        if not segment or not _segment_point(segment, at, at + 4):
            continue
        x, y = values
        kind = _segment_type(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO and part:
            yield part
            part = []
        if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            part.append(None)
        part.append((a * x + c * y + e, b * x + d * y + f))
        if _segment_closes(segment):
            part.append(part[0])
    if part:
        yield part
