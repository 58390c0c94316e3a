"""What is drawn on a page besides text: rules and images, in PDF page space."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

import pypdfium2.raw as pdfium

from pipeline.document import Box
from pipeline.read.pdf_engine import (
    INVISIBLE_MODES,
    address_of,
    count_form_objects,
    count_objects,
    count_segments,
    draw_mode,
    get_form_object,
    get_object,
    get_segment,
    image_size,
    object_bounds,
    object_matrix,
    object_type,
    render_mode,
    segment_closes,
    segment_point,
    segment_type,
)

MAX_OBJECTS = 200_000
"""Drawn objects and path points looked at on one page; a map or a chart can hold millions."""
MAX_IMAGES = 200
"""Images looked at on one page; more are tiles or ornaments."""
MAX_FORM_DEPTH = 8
"""Form XObjects may hold forms, also themselves."""
MAX_RULE_WIDTH = 4.0
"""Points. What is drawn thinner than this is a rule, whether stroked or filled."""
SLANT = 1.0
"""Points by which the ends of a rule may be out of line."""


@dataclass(frozen=True, slots=True)
class PlacedImage:
    box: Box
    width: int
    height: int
    """Pixels of the image itself; 0 where unknown."""
    n_text_before: int
    """Text objects of the page that are drawn before it, and so lie under it."""
    handle: int
    """PDFium's object; valid while the page is open."""


@dataclass(slots=True)
class Drawing:
    rules: list[Box] = field(default_factory=list)
    """Boxes thinner than `MAX_RULE_WIDTH` in one direction at least."""
    images: list[PlacedImage] = field(default_factory=list)
    n_objects: int = 0
    n_text: int = 0
    n_invisible: int = 0
    complete: bool = True
    """False where `MAX_OBJECTS` cut the page short."""


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
    handle = address_of(page)
    _walk(drawing, handle, count_objects(handle), get_object, _IDENTITY, 0)
    return drawing


def _walk(drawing: Drawing, holder: int, n: int, get: Callable[..., Any], outer: _Matrix, depth: int) -> None:
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
        mode = render_mode(item)
        if mode != pdfium.FPDF_TEXTRENDERMODE_UNKNOWN:
            # Most objects are text, and only text has a mode: their type need not be asked.
            drawing.n_text += 1
            if mode in INVISIBLE_MODES:
                drawing.n_invisible += 1
            continue
        kind = object_type(item)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            if not object_bounds(item, at, at + 4, at + 8, at + 12):
                continue
            left, bottom, right, top = bounds
            if right - left <= MAX_RULE_WIDTH or top - bottom <= MAX_RULE_WIDTH:
                box = (left, bottom, right, top)
                drawing.rules.append(box if plain else _transformed(outer, *box))
            else:
                drawing.rules.extend(_path_rules(drawing, item, outer))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            if len(drawing.images) < MAX_IMAGES and object_bounds(item, at, at + 4, at + 8, at + 12):
                known = image_size(item, ctypes.addressof(sizes), ctypes.addressof(sizes) + 4)
                width, height = (int(sizes[0]), int(sizes[1])) if known else (0, 0)
                left, bottom, right, top = bounds
                box = _transformed(outer, left, bottom, right, top)
                drawing.images.append(PlacedImage(box, width, height, drawing.n_text, item))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MAX_FORM_DEPTH:
            inner = _times(_matrix(item), outer)
            _walk(drawing, item, count_form_objects(item), get_form_object, inner, depth + 1)


def _matrix(item: int) -> _Matrix:
    values = (ctypes.c_float * 6)()
    if not object_matrix(item, ctypes.addressof(values)):
        return _IDENTITY
    a, b, c, d, e, f = values
    return (a, b, c, d, e, f)


def _path_rules(drawing: Drawing, item: int, outer: _Matrix) -> Iterator[Box]:
    """The rules in a path that is not one thin stroke or bar: stroked edges, thin filled parts.

    A filled area as such is shading, not a frame: its edges are no rules.
    """
    modes = (ctypes.c_int * 2)()
    draw_mode(item, ctypes.addressof(modes), ctypes.addressof(modes) + 4)
    stroked = bool(modes[1])
    n = count_segments(item)
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
        segment = get_segment(item, index)
        if not segment or not segment_point(segment, at, at + 4):
            continue
        x, y = values
        kind = segment_type(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO and part:
            yield part
            part = []
        if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            part.append(None)
        part.append((a * x + c * y + e, b * x + d * y + f))
        if segment_closes(segment):
            part.append(part[0])
    if part:
        yield part
