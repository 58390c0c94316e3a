"""What can be done to an image: odd kinds and shapes of it, and headers that say what is not so."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from random import Random

from PIL import Image, ImageOps

from training.fuzz.damage import Damage, flipped

_SIZES = (0, 1, 7, 65535, 100_000, 2**31 - 1, 2**32 - 1)
_MODES = ("1", "L", "P", "RGBA", "CMYK", "I", "F", "LA", "YCbCr", "I;16", "HSV")
_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF", "JPEG2000")


def _opened(data: bytes) -> Image.Image | None:
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except Exception:
        # Pillow's decoders fail in any way they like on what was damaged before.
        return None
    return image


def _saved(image: Image.Image, kind: str) -> bytes | None:
    made = io.BytesIO()
    try:
        image.save(made, kind)
    except (OSError, ValueError, KeyError, struct.error):
        return None
    return made.getvalue()


def another_kind(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """In another colour space and format."""
    image = _opened(data)
    if image is None:
        return flipped(rng, data, others)
    try:
        image = image.convert(rng.choice(_MODES))
    except ValueError:
        return flipped(rng, data, others)
    return _saved(image, rng.choice(_FORMATS)) or flipped(rng, data, others)


def another_shape(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Turned, mirrored, a stripe, a dot, inverted, empty."""
    image = _opened(data)
    if image is None:
        return flipped(rng, data, others)
    image = image.convert("RGB")
    how = rng.choice(("turned", "mirrored", "stripe", "pillar", "dot", "inverted", "empty", "small", "large", "part"))
    width, height = image.size
    made = {
        "turned": lambda: image.rotate(rng.choice((90, 180, 270, 7, -3)), expand=True, fillcolor="white"),
        "mirrored": lambda: ImageOps.mirror(image),
        "stripe": lambda: image.resize((4000, 8)),
        "pillar": lambda: image.resize((8, 4000)),
        "dot": lambda: image.resize((1, 1)),
        "inverted": lambda: ImageOps.invert(image),
        "empty": lambda: Image.new("RGB", image.size, rng.choice(("white", "black", "grey"))),
        "small": lambda: image.resize((max(1, width // 6), max(1, height // 6))),
        "large": lambda: image.resize((width * 2, height * 2)),
        "part": lambda: image.crop((width // 3, height // 3, width, height)),
    }[how]()
    return _saved(made, "PNG") or data


def header_lies(rng: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Width and height of a PNG, its checksum right again; of other formats a few of the first bytes."""
    if not data.startswith(b"\x89PNG") or len(data) < 33:
        return flipped(rng, data[:200], others) + data[200:]
    head = bytearray(data[12:29])
    struct.pack_into(">I", head, 4 if rng.choice((True, False)) else 8, rng.choice(_SIZES))
    if rng.choice((True, False, False)):
        head[12:17] = bytes(rng.choice((0, 1, 2, 3, 4, 6, 8, 16, 255)) for _ in range(5))
    return data[:12] + bytes(head) + struct.pack(">I", zlib.crc32(bytes(head))) + data[33:]


OF_IMAGES: tuple[Damage, ...] = (another_kind, another_shape, header_lies)
