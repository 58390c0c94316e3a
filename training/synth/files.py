"""Page images as the files that a user has: a scanned PDF, one picture, a TIFF of several pages."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
from PIL import Image as Pillow

from training.synth.warp import SynthPage

FileFormat: TypeAlias = Literal["png", "jpg", "pdf", "tiff"]
FORMATS: tuple[FileFormat, ...] = ("png", "jpg", "pdf", "tiff")
QUALITY = 92
"""Of JPEG where a file holds its pages so; what a level does to the image has been done before."""


def pages_file(pages: Sequence[SynthPage], wanted: FileFormat) -> tuple[str, bytes]:
    """The suffix and the bytes of one file with all pages. PNG and JPEG hold one: several become a PDF."""
    pictures = [_picture(page) for page in pages]
    bits = all(picture.mode == "1" for picture in pictures)
    if not bits:
        pictures = [picture.convert("RGB") for picture in pictures]
    if wanted in ("png", "jpg") and len(pictures) > 1:
        wanted = "pdf"
    first, rest = pictures[0], pictures[1:]
    buffer = io.BytesIO()
    dpi = round(pages[0].dpi)
    if wanted == "png":
        first.save(buffer, "PNG", dpi=(dpi, dpi))
    elif wanted == "jpg":
        first.convert("RGB").save(buffer, "JPEG", quality=QUALITY, dpi=(dpi, dpi))
    elif wanted == "tiff":
        packing = "group4" if bits else "tiff_lzw"
        first.save(buffer, "TIFF", save_all=True, append_images=rest, compression=packing, dpi=(dpi, dpi))
    else:
        long_ago = time.gmtime(0)
        first.save(
            buffer, "PDF", save_all=True, append_images=rest, resolution=dpi,
            creationDate=long_ago, modDate=long_ago, **({} if bits else {"quality": QUALITY}),
        )  # fmt: skip
    return f".{wanted}", buffer.getvalue()


def _picture(page: SynthPage) -> Pillow.Image:
    """One bit a pixel where the page is black and white, else colour."""
    grey = page.image[:, :, 0]
    if bool(((page.image == 0) | (page.image == 255)).all()) and bool((page.image == grey[:, :, None]).all()):
        return Pillow.fromarray(np.ascontiguousarray(grey)).convert("1")
    return Pillow.fromarray(page.image)
