"""The characters of a page, each with its place, as a reader of the page would see them."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pipeline.read.pdf_drawing import Drawing
from pipeline.read.pdf_engine import (
    INVISIBLE_MODES,
    address_of,
    angle,
    count_characters,
    font_size,
    has_no_unicode,
    ink_box,
    is_generated,
    is_hyphen,
    loose_box,
    render_mode,
    text_matrix,
    text_object,
    unicode,
)
from pipeline.read.pdf_frame import Frame, upright

MAX_CHARACTERS = 200_000
"""Characters read from one page."""
MIN_TEXT_HEIGHT = 1.0
"""Points. Smaller text is not meant to be read."""
DIAGONAL = math.radians(8)
"""Text further than this from the horizontal and the vertical is a watermark."""
BOX_ERROR = 2.0
"""Ems. A higher box of a character is wrong."""
SAMPLE = 32
"""Characters that decide which way up a page is."""

Character: TypeAlias = tuple[float, float, float, float, str]
"""Left, top, right, bottom (advance by font size, not the ink), text."""


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
    complete: bool = True
    """False where `MAX_CHARACTERS` cut the page short."""


_SPACES = frozenset((0x20, 0x0D, 0x0A, 0x09, 0xA0))
_LINE_HYPHENS = frozenset((0x02, 0xFFFE))
_DROPPED = frozenset((*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF))


def text_direction(text_page: Any, shown: int) -> int:
    """Quarter turns counter-clockwise, in page space, of most of the text; `shown` where no direction prevails."""
    handle = address_of(text_page)
    n = count_characters(handle)
    votes: Counter[int] = Counter()
    for index in range(0, n, max(1, n // SAMPLE)):
        if unicode(handle, index) > 0x20 and not is_generated(handle, index):
            votes[_quarters(angle(handle, index))] += 1
    if not votes:
        return shown
    turns, count = votes.most_common(1)[0]
    return turns if turns >= 0 and count * 3 > votes.total() * 2 else shown


def _quarters(radians: float) -> int:
    """Quarter turns counter-clockwise for PDFium's angle, which runs clockwise; -1 for a slanted direction."""
    if not math.isfinite(radians):
        return 0
    turns = round(radians / (math.pi / 2))
    return -turns % 4 if abs(radians - turns * math.pi / 2) <= DIAGONAL else -1


def read_characters(text_page: Any, frame: Frame, drawing: Drawing) -> Characters:
    """The characters of a page that a reader of the page would see."""
    handle = address_of(text_page)
    available = count_characters(handle)
    n = min(available, MAX_CHARACTERS)
    found = Characters(complete=available <= MAX_CHARACTERS)
    if n <= 0:
        return found
    found.invisible = 0 < drawing.n_text == drawing.n_invisible
    drop_invisible = drawing.n_invisible > 0 and not found.invisible
    turns, page_left, page_bottom, page_right, page_top = frame

    indices: list[int] = []
    texts: list[str] = []
    codes = [unicode(handle, index) for index in range(n)]
    for index, code in enumerate(codes):
        if 0x20 < code < 0x7F or 0xB0 <= code < 0x2000 or 0x2E80 <= code < 0xD800:
            text = chr(code)
        elif code in _SPACES:
            if is_generated(handle, index):
                continue
            text = " " if code < 0x20 else chr(code)
        elif code in _LINE_HYPHENS and is_hyphen(handle, index):
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
        if drop_invisible and render_mode(text_object(handle, index)) in INVISIBLE_MODES:
            continue
        indices.append(index)
        texts.append(text)

    buffer = (ctypes.c_float * (4 * len(indices)))()
    address = ctypes.addressof(buffer)
    for index in indices:
        loose_box(handle, index, address)
        address += 16
    values = buffer[:]
    keep = found.upright.append
    last_bottom, quarters, em, trusted = math.nan, 0, 0.0, True
    boxes = zip(indices, texts, values[0::4], values[1::4], values[2::4], values[3::4], strict=True)
    for index, text, left, top, right, bottom in boxes:
        if bottom != last_bottom:
            # Neighbours on one base line share direction and font size: asking once a line is enough.
            last_bottom = bottom
            quarters = _quarters(angle(handle, index))
            if quarters >= 0:
                quarters = (quarters - turns) % 4
            em, trusted = _measure(handle, index, top - bottom, right - left, quarters % 2 == turns % 2)
        if em < MIN_TEXT_HEIGHT:
            continue
        if not trusted:
            left, top, right, bottom = _ink(handle, index)
            if not (top - bottom > 0 or right - left > 0):
                continue
        # How high fonts say they are differs by half an em; the font size does not.
        if quarters % 2 == turns % 2:
            middle = (top + bottom) / 2
            top, bottom = middle + em / 2, middle - em / 2
        else:
            middle = (left + right) / 2
            left, right = middle - em / 2, middle + em / 2
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


def _measure(handle: int, index: int, height: float, width: float, level: bool) -> tuple[float, bool]:
    """Font size as drawn, in points, and whether PDFium's box of the character can be trusted.

    PDFium leaves the boxes of vertical fonts unscaled, and some fonts have no metrics or absurd ones.
    """
    values = (ctypes.c_float * 6)()
    if not text_matrix(handle, index, ctypes.addressof(values)):
        return 0.0, False
    size = abs(font_size(handle, index))
    em = size * math.hypot(values[2], values[3])
    if not math.isfinite(em):
        return 0.0, False
    unscaled = abs(em - size) > 0.02 * em and max(abs(height - size), abs(width - size)) < 0.02 * size
    sized = 0.5 * em <= (height if level else width) <= BOX_ERROR * em
    return em, sized and not unscaled


def _ink(handle: int, index: int) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the ink, for fonts without usable metrics."""
    values = (ctypes.c_double * 4)()
    at = ctypes.addressof(values)
    ink_box(handle, index, at, at + 8, at + 16, at + 24)
    left, right, bottom, top = values
    return left, top, right, bottom


def has_broken_codes(text_page: Any, share: float) -> bool:
    """Whether for more than `share` of a sample of characters PDFium found no Unicode at all."""
    handle = address_of(text_page)
    n = count_characters(handle)
    indices = [i for i in range(0, n, max(1, n // SAMPLE)) if not is_generated(handle, i)]
    broken = sum(1 for index in indices if has_no_unicode(handle, index) == 1)
    return bool(indices) and broken > share * len(indices)
