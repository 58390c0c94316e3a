"""Image files (PNG, JPEG, TIFF and so on) decoded one at a time: upright, on white, at a size fit for reading.

Sizes come from the headers alone. Nothing here keeps a decoded image.
"""

from __future__ import annotations

import io
import logging
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias
from warnings import catch_warnings, simplefilter

import numpy as np
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from pipeline.errors import E105, E107, E114, GoujiError
from pipeline.limits import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Pixels

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""

_FORMATS = [
    decoder.format
    for decoder in (
        PngImagePlugin.PngImageFile,
        JpegImagePlugin.JpegImageFile,
        TiffImagePlugin.TiffImageFile,
        WebPImagePlugin.WebPImageFile,
        BmpImagePlugin.BmpImageFile,
        GifImagePlugin.GifImageFile,
        Jpeg2KImagePlugin.Jpeg2KImageFile,
        AvifImagePlugin.AvifImageFile,
    )
]
"""Pillow's other decoders are of no use here and only more code for a file to attack."""
SHORT_SIDE = 2900
"""Pixels. An A4 page at 350 dpi; larger images are reduced to it, long strips by their narrow side."""
MAX_READ_PIXELS = 60_000_000
"""What an image is reduced to where its sides alone would leave more."""
_ORIENTATION = 0x0112
_SUBFILE = 0x00FE
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What a camera's note of how it was held asks for; 1 is upright."""
_LEAST_STRETCH, _MOST_STRETCH = 1.1, 4.0
"""Fax machines scan twice as finely across as down; a ratio of resolutions outside of these is noise or an error."""

# What Pillow has to say of a damaged file is for its developers; without a handler it would go to stderr.
logging.getLogger("PIL").addHandler(logging.NullHandler())


def image_sizes(data: bytes, limits: Limits) -> list[Size | None]:
    """Size of each page of an image file as it is shown: upright, its pixels square.

    Only a TIFF has more than one; of an animation the first image counts.

    Returns:
        One entry a page, None where the page's header is damaged; thumbnails that a TIFF marks as such are (0, 0).

    Raises:
        GoujiError: E105 no image, or its header is damaged; E107 above `max_image_pixels`; E114 above `max_pages`.
    """
    _check(_webp_size(data), limits)
    with _decoding(), _opened(data) as image:
        if not isinstance(image, TiffImagePlugin.TiffImageFile):
            _check(image.size, limits)
            return [_shown_size(image)]
        sizes: list[Size | None] = []
        while len(sizes) <= limits.max_pages:
            try:
                image.seek(len(sizes))
                thumbnail = bool(int(image.tag_v2.get(_SUBFILE, 0)) & 1)
                sizes.append((0, 0) if thumbnail else _shown_size(image))
            except EOFError:
                break
            except MemoryError:
                raise
            except Exception:
                # As with `_decoding`; a page that cannot even be found ends the file.
                if not _has_page(image, len(sizes)):
                    break
                sizes.append(None)
                continue
            _check(image.size, limits)
    if len(sizes) > limits.max_pages:
        raise GoujiError(E114, pages=f"至少 {len(sizes)}", limit=limits.max_pages)
    return sizes


def reading_size(size: Size) -> Size:
    """The size at which an image of this size is read."""
    width, height = size
    scale = min(1.0, SHORT_SIDE / min(width, height), (MAX_READ_PIXELS / (width * height)) ** 0.5)
    return max(1, round(width * scale)), max(1, round(height * scale))


def decode_image(data: bytes, page: int = 0) -> Pixels:
    """The pixels of one page of an image file, `reading_size` of what `image_sizes` says.

    Args:
        page: from 0.

    Raises:
        GoujiError: E105 where it cannot be decoded in full.
    """
    with _decoding(), _opened(data) as image:
        if page:
            image.seek(page)
        wanted = reading_size(_shown_size(image))
        turn = _TURNS.get(_orientation(image))
        if wanted != _shown_size(image):
            # Lets the JPEG decoder leave out what would be thrown away.
            image.draft("RGB", wanted[::-1] if _is_on_its_side(image) else wanted)
        image.load()
        shown = _on_white(image if turn is None else image.transpose(turn))
        if shown.size != wanted:
            smaller = wanted[0] < shown.width or wanted[1] < shown.height
            shown = shown.resize(wanted, Image.Resampling.BOX if smaller else Image.Resampling.BICUBIC)
        return np.array(shown, dtype=np.uint8)


@contextmanager
def _decoding() -> Iterator[None]:
    """On a damaged image Pillow fails wherever it happens to stumble, with any error, and libtiff tells stderr."""
    try:
        with catch_warnings(), _silenced():
            simplefilter("ignore")
            yield
    except (MemoryError, GoujiError):
        raise
    except Image.DecompressionBombError:
        raise GoujiError(E107, reason="图像的像素太多") from None
    except UnidentifiedImageError:
        raise GoujiError(E105, reason="图像的文件头无法解析") from None
    except Exception as error:
        raise GoujiError(E105, reason=f"图像无法解码（{type(error).__name__}）") from None


@contextmanager
def _silenced() -> Iterator[None]:
    """Without what C libraries write to stderr, which is for one line a file."""
    try:
        kept = os.dup(2)
    except OSError:
        # There is no stderr.
        yield
        return
    sys.stderr.flush()
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        yield image


def _has_page(image: TiffImagePlugin.TiffImageFile, page: int) -> bool:
    """Whether the directory of a TIFF's page could be found, whatever is in it."""
    return len(getattr(image, "_frame_pos", ())) > page and image.tell() == page


def _check(size: Size, limits: Limits) -> None:
    width, height = size
    if width * height > limits.max_image_pixels:
        raise GoujiError(E107, reason=f"图像有 {width}×{height} 像素，上限 {limits.max_image_pixels} 像素")


def _webp_size(data: bytes) -> Size:
    """Size of a WebP file by its header, (0, 0) for anything else: Pillow takes the memory before it tells the size."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return 0, 0
    if data[12:16] == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _shown_size(image: Image.Image) -> Size:
    width, height = image.size
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        across, down = _resolution(image)
        ratio = across / down
        if _LEAST_STRETCH < ratio < _MOST_STRETCH:
            return width, round(height * ratio)
        if _LEAST_STRETCH < 1 / ratio < _MOST_STRETCH:
            return round(width / ratio), height
    return (height, width) if _is_on_its_side(image) else (width, height)


def _orientation(image: Image.Image) -> int:
    """As a key of `_TURNS`; 1 for a TIFF, which Pillow turns itself, its size too."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return 1
    # A PNG may have its note after the pixels; looking for it there would decode them.
    if isinstance(image, PngImagePlugin.PngImageFile) and "exif" not in image.info:
        return 1
    orientation = image.getexif().get(_ORIENTATION, 1)
    return orientation if isinstance(orientation, int) else 1


def _is_on_its_side(image: Image.Image) -> bool:
    return _orientation(image) in (5, 6, 7, 8)


def _resolution(image: TiffImagePlugin.TiffImageFile) -> tuple[float, float]:
    """Dots an inch across and down the image as it is shown; (1, 1) where it does not say."""
    dots = image.info.get("dpi")
    if not dots or not all(dot > 0 for dot in dots):
        return 1.0, 1.0
    across, down = map(float, dots)
    return (down, across) if image.tag_v2.get(_ORIENTATION) in (5, 6, 7, 8) else (across, down)


def _on_white(image: Image.Image) -> Image.Image:
    """The image in red, green and blue, what is transparent shown as on paper."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith(("I", "F")):
        return _from_deep(image)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return image.convert("RGB")


def _from_deep(image: Image.Image) -> Image.Image:
    """Grey of more than 8 bits; 16 are assumed where the values allow it."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    values: NDArray[np.float32] = np.asarray(image, dtype=np.float32)
    grey: NDArray[np.float32]
    low, high = float(values.min()), float(values.max())
    if low >= 0 and 255 < high <= 65535:
        grey = values / np.float32(257)
    elif low >= 0 and high <= 255:
        grey = values * np.float32(255 if high <= 1 and image.mode == "F" else 1)
    else:
        grey = (values - np.float32(low)) * np.float32(255 / max(high - low, 1e-9))
    return Image.fromarray(np.clip(np.rint(grey), 0, 255).astype(np.uint8)).convert("RGB")
