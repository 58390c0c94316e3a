"""Which pages of a PDF are read by their looks: scans, and pages whose text cannot be what they show."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from pipeline.read.pdf_characters import Character, Characters, has_broken_codes
from pipeline.read.pdf_drawing import Drawing, PlacedImage
from pipeline.read.pdf_frame import Frame, frame_size
from pipeline.read.pdf_pictures import CAPTION, Area
from pipeline.read.pdf_plausible import is_plausible

BROKEN_SHARE = 0.1
"""Share of characters without a meaning from which on a page is not read by its text."""
MARGIN = 0.08
"""Share of the page height at its top and bottom where page numbers, addresses and dates of printing stand."""
SCANNED = 0.5
"""Share of a page under images from which on, with hardly any text between its margins, it is a scan."""
COARSE = 40.0
"""Dots an inch. Images below are shadings and ornaments; nothing can be read on them."""
HIDDEN = 0.9
"""Share of the text of a page that is covered or transparent from which on its text is the text layer of a scan."""
OPAQUE = 0.95
"""Share of an image's pixels that cover what is under them, from which on the image as a whole does."""
_SAMPLES = 24
"""Points across and down at which it is looked whether an image covers the page."""

_GLANCE = 0.5
"""Pixels a point at which it is looked whether anything is on a page at all."""
_PAPER = 250
"""Least brightness of a pixel, of 255, that shows nothing."""

LAYER = "的文字是扫描件附带的隐藏文字层，未予采用"
BROKEN = "的文字编码已损坏"


def is_blank(page: Any) -> bool:
    """Whether a viewer shows an empty page, whatever stands in the file."""
    bitmap = page.render(scale=_GLANCE)
    try:
        return bool((bitmap.to_numpy() >= _PAPER).all())
    finally:
        bitmap.close()


def is_scan(
    page: Any, text_page: Any, frame: Frame, drawing: Drawing, characters: Characters, areas: Sequence[Area]
) -> tuple[bool, str]:
    """Whether the page has to be read by its looks, and why its text does not count, where it has any.

    Args:
        page: the page of pypdfium2, open; `text_page` its text.
        areas: of the images on it.
    """
    found = (*characters.upright, *characters.sideways)
    n_characters = sum(1 for one in found if not one[4].isspace())
    if not n_characters and not characters.n_broken:
        return is_covered(areas, frame) or not is_blank(page), ""
    broken = characters.n_broken > BROKEN_SHARE * (n_characters + characters.n_broken)
    if broken or has_broken_codes(text_page, BROKEN_SHARE) or not is_plausible("".join([one[4] for one in found])):
        return True, BROKEN
    if characters.invisible:
        # Without anything to see, the hidden text is all there is.
        return (True, LAYER) if drawing.n_objects > drawing.n_text else (False, "")
    if not is_covered(areas, frame):
        return False, ""
    if not has_text(found, frame):
        return True, LAYER if drawing.n_invisible else ""
    if has_covered_text(page, drawing.images, drawing.n_text, frame) or has_transparent_text(page):
        return True, LAYER
    return False, ""


def is_covered(areas: Sequence[Area], frame: Frame) -> bool:
    """Whether images fine enough to be a scan cover the page, alone or as tiles."""
    width, height = frame_size(frame)
    boxes = [area.box for area in areas if not 0 < area.scale * 72 < COARSE]
    steps = [(number + 0.5) / _SAMPLES for number in range(_SAMPLES)]
    covered = sum(
        any(x0 <= x * width <= x1 and y0 <= y * height <= y1 for x0, y0, x1, y1 in boxes) for x in steps for y in steps
    )
    return covered >= SCANNED * _SAMPLES**2


def has_text(characters: Iterable[Character], frame: Frame) -> bool:
    """Whether more than page numbers and captions stands between the margins of a page."""
    _, height = frame_size(frame)
    low, high = MARGIN * height, (1 - MARGIN) * height
    return sum(low < (top + bottom) / 2 < high and not text.isspace() for _, top, _, bottom, text in characters) > (
        CAPTION
    )


def has_covered_text(page: Any, images: Iterable[PlacedImage], n_text: int, frame: Frame) -> bool:
    """Whether the text of a page lies under an image that hides it.

    Args:
        page: the page of pypdfium2, open.
        n_text: text objects on the page.
    """
    width, height = frame_size(frame)
    for image in images:
        if image.n_text_before < HIDDEN * n_text or Area(image.box, 0, 0).size < SCANNED * width * height:
            continue
        if _is_opaque(page, image):
            return True
    return False


def _is_opaque(page: Any, image: PlacedImage) -> bool:
    item = ctypes.cast(image.handle, pdfium.FPDF_PAGEOBJECT)
    if pdfium.FPDFPageObj_HasTransparency(item):
        return False
    raw = pdfium.FPDFImageObj_GetRenderedBitmap(page.pdf.raw, page.raw, item)
    if not raw:
        return False
    bitmap = pypdfium2.PdfBitmap.from_raw(raw)
    try:
        if bitmap.format != pdfium.FPDFBitmap_BGRA:
            return True
        return bool((bitmap.to_numpy()[:, :, 3] > 127).mean() >= OPAQUE)
    finally:
        bitmap.close()


def has_transparent_text(page: Any) -> bool:
    """Whether almost all text of a page is drawn with a colour that does not show."""
    n = n_unseen = 0
    colour = [ctypes.c_uint() for _ in range(4)]
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
        n += 1
        if pdfium.FPDFPageObj_GetFillColor(item.raw, *colour) and colour[3].value == 0:
            n_unseen += 1
    return n > 0 and n_unseen >= HIDDEN * n
