"""PDFium's functions, as cheap to call as Python can call them.

The cost of reading a PDF from Python is the number of calls into PDFium: about 0.4 microseconds each
through the bindings, 0.27 through the prototypes below, which take plain addresses and keep the
interpreter lock (PDFium is not thread-safe, so nothing is lost). A character costs two calls, a drawn
object two or three; everything else is asked only where the answer can differ.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium


def _prototype(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    address = ctypes.cast(function, ctypes.c_void_p).value
    assert address is not None
    return ctypes.PYFUNCTYPE(result, *arguments)(address)


_HANDLE = ctypes.c_void_p
_INT = ctypes.c_int

count_characters = _prototype(pdfium.FPDFText_CountChars, _INT, _HANDLE)
unicode = _prototype(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _HANDLE, _INT)
loose_box = _prototype(pdfium.FPDFText_GetLooseCharBox, _INT, _HANDLE, _INT, _HANDLE)
ink_box = _prototype(pdfium.FPDFText_GetCharBox, _INT, _HANDLE, _INT, _HANDLE, _HANDLE, _HANDLE, _HANDLE)
angle = _prototype(pdfium.FPDFText_GetCharAngle, ctypes.c_float, _HANDLE, _INT)
is_generated = _prototype(pdfium.FPDFText_IsGenerated, _INT, _HANDLE, _INT)
is_hyphen = _prototype(pdfium.FPDFText_IsHyphen, _INT, _HANDLE, _INT)
has_no_unicode = _prototype(pdfium.FPDFText_HasUnicodeMapError, _INT, _HANDLE, _INT)
font_size = _prototype(pdfium.FPDFText_GetFontSize, ctypes.c_double, _HANDLE, _INT)
text_matrix = _prototype(pdfium.FPDFText_GetMatrix, _INT, _HANDLE, _INT, _HANDLE)
text_object = _prototype(pdfium.FPDFText_GetTextObject, _HANDLE, _HANDLE, _INT)
count_objects = _prototype(pdfium.FPDFPage_CountObjects, _INT, _HANDLE)
get_object = _prototype(pdfium.FPDFPage_GetObject, _HANDLE, _HANDLE, _INT)
count_form_objects = _prototype(pdfium.FPDFFormObj_CountObjects, _INT, _HANDLE)
get_form_object = _prototype(pdfium.FPDFFormObj_GetObject, _HANDLE, _HANDLE, ctypes.c_ulong)
object_type = _prototype(pdfium.FPDFPageObj_GetType, _INT, _HANDLE)
object_bounds = _prototype(pdfium.FPDFPageObj_GetBounds, _INT, _HANDLE, _HANDLE, _HANDLE, _HANDLE, _HANDLE)
object_matrix = _prototype(pdfium.FPDFPageObj_GetMatrix, _INT, _HANDLE, _HANDLE)
render_mode = _prototype(pdfium.FPDFTextObj_GetTextRenderMode, _INT, _HANDLE)
image_size = _prototype(pdfium.FPDFImageObj_GetImagePixelSize, _INT, _HANDLE, _HANDLE, _HANDLE)
draw_mode = _prototype(pdfium.FPDFPath_GetDrawMode, _INT, _HANDLE, _HANDLE, _HANDLE)
count_segments = _prototype(pdfium.FPDFPath_CountSegments, _INT, _HANDLE)
get_segment = _prototype(pdfium.FPDFPath_GetPathSegment, _HANDLE, _HANDLE, _INT)
segment_point = _prototype(pdfium.FPDFPathSegment_GetPoint, _INT, _HANDLE, _HANDLE, _HANDLE)
segment_type = _prototype(pdfium.FPDFPathSegment_GetType, _INT, _HANDLE)
segment_closes = _prototype(pdfium.FPDFPathSegment_GetClose, _INT, _HANDLE)

INVISIBLE_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)


def address_of(handle: Any) -> int:
    address = ctypes.cast(handle, ctypes.c_void_p).value
    assert address is not None
    return address
