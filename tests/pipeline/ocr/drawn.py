"""Cells and lines drawn with the fonts that the machine has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_FOLDERS = (Path("/usr/share/fonts"), Path.home() / ".local" / "share" / "fonts", Path("/Library/Fonts"))
_NAMES = ("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc", "uming.ttc", "DejaVuSerif.ttf")
FONTS: Sequence[Path] = [
    path for name in _NAMES for folder in _FOLDERS if folder.is_dir() for path in sorted(folder.rglob(name))[:1]
]
CHINESE: Sequence[Path] = [path for path in FONTS if not path.name.startswith("DejaVu")]


def cell(text: str, font: int = 0, size: float = 28, width: int = 120, height: int = 60) -> NDArray[np.uint8]:
    """The inside of a cell with the text in its middle; sizes in pixels."""
    if not FONTS:
        pytest.skip("no known font on this machine")
    image = Image.new("L", (width, height), 248)
    face = ImageFont.truetype(str(FONTS[font % len(FONTS)]), size)
    ImageDraw.Draw(image).text((width / 2, height / 2), text, font=face, fill=25, anchor="mm")
    return np.repeat(np.asarray(image)[:, :, None], 3, axis=2)


def page(lines: Sequence[str], size: float = 30) -> NDArray[np.uint8]:
    """A white page with one line of text under the other, 80 pixels apart, from (100, 100)."""
    if not CHINESE:
        pytest.skip("no Chinese font on this machine")
    image = Image.new("L", (1200, 200 + 80 * len(lines)), 255)
    face = ImageFont.truetype(str(CHINESE[0]), size)
    for row, text in enumerate(lines):
        ImageDraw.Draw(image).text((100, 100 + 80 * row), text, font=face, fill=0)
    return np.repeat(np.asarray(image)[:, :, None], 3, axis=2)
