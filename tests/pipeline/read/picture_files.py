"""Images for tests: pages that can be told apart, in every format that is read."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480


def page_image(number: int = 1, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """White, with a red bar at the top left corner and `number` black squares below."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] // 4, size[1] // 8), fill=(200, 0, 0))
    for square in range(number):
        draw.rectangle((20 + 40 * square, size[1] // 2, 40 + 40 * square, size[1] // 2 + 20), fill="black")
    return image


def saved(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def tiff(*pages: Image.Image, **options: Any) -> bytes:
    return saved(pages[0], "TIFF", save_all=True, append_images=list(pages[1:]), **options)


def scanned_pdf(*pages: Image.Image, dots: float = 150) -> bytes:
    """A PDF with one image a page and nothing else."""
    return saved(pages[0], "PDF", save_all=True, append_images=list(pages[1:]), resolution=dots)
