"""What was printed, apart from paper, light and coloured stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Pixels

    Grey: TypeAlias = NDArray[np.uint8]
    """Height x width; 0 is ink, 255 paper."""

COLOURED = 48
"""Difference between the brightest and the darkest channel from which on a pixel counts as coloured."""
BACKGROUND = 12
"""Times by which the image is shrunk to see its background."""
PAPER = 235


def ink(image: Pixels) -> Grey:
    """The image in grey on even paper.

    A red seal or blue writing is bright in its own channel, where black print under it stays dark: coloured pixels are
    taken from their brightest channel. Shading is divided out.
    """
    brightest = image.max(axis=2)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    spread = cv2.subtract(brightest, image.min(axis=2))
    # Edges of JPEG blocks are coloured a little: the change from grey to the brightest channel is gradual.
    weight = np.clip((spread.astype(np.float32) - COLOURED / 2) / COLOURED, 0, 1)
    plain = (grey + (brightest.astype(np.float32) - grey) * weight).astype(np.uint8)
    height, width = plain.shape
    small = cv2.resize(
        plain, (max(1, width // BACKGROUND), max(1, height // BACKGROUND)), interpolation=cv2.INTER_AREA
    )
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 5)
    paper = np.maximum(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR), 60)
    return cast("Grey", cv2.divide(plain, paper, scale=PAPER))


def threshold(grey: Grey) -> int:
    """The grey below which a pixel is ink."""
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return int(min(max(level, 110), 200))


def coloured(image: Grey) -> Pixels:
    """The same with three channels, as recognisers take it."""
    return np.repeat(image[:, :, None], 3, axis=2)
