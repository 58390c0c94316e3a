"""What was printed, apart from paper, light and coloured stamps."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, cast

import cv2
import numpy as np

from pipeline.ocr.channels import extremes

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
LEAST_COLOUR = 1e-4
"""Share of the pixels that are coloured on a page with strokes of a pen."""
UNCOLOURED = 22.0
"""Difference between the brightest and the darkest channel that black print has at its edges."""
BRIGHT, SEAL_LIFT = 140.0, 0.6
"""Brightness in red from which on a pixel of a seal has no print under it; how much of what it has beyond
`UNCOLOURED` is added to it."""
BLUISH, BLUE = 0.1, 0.18
"""How much bluer than its other channels ink is, in its darkness: black up to here, from here on blue throughout. Files
store colour at half the resolution of light, so that a thin stroke has lost most of its own to the paper beside it, and
black print next to it has got some: what counts is the mean of both over `COLOUR_SPREAD`."""
COLOUR_SPREAD = 1.5
"""Pixels."""
LEAST_BLUE = 4.0
"""Grey levels of blue that noise does not reach in the mean."""
PRINT, STROKE = 45.0, 70.0
"""Brightness in its brightest channel up to which a pixel is print, be there a stroke over it or not; from which on it
is nothing but a stroke."""


def ink(image: Pixels) -> Grey:
    """The image in grey on even paper.

    A red seal or blue writing is bright in its own channel, where black print under it stays dark: coloured pixels are
    taken from their brightest channel. Shading is divided out.
    """
    plain = _plain(image)
    return cast("Grey", cv2.divide(plain, _paper(plain), scale=PAPER))


def without_pen(image: Pixels, grey: Grey) -> Grey:
    """The image in grey without what is blue, be it as dark as a pen's stroke over a number, and without what is left
    of a red seal; `grey` itself where the page has neither. Words printed in blue are gone too: it is for number cells
    beside black print.

    Red needs little: in its own channel a seal is nearly as bright as paper, and print under it is dark.

    Args:
        grey: of the same image, by `ink`.
    """
    white = np.maximum(np.percentile(image[::8, ::8].reshape(-1, 3), 90, axis=0), 60.0).astype(np.float32)
    balanced = np.minimum(image * (white.max() / white), np.float32(255.0))
    brightest, darkest = extremes(np.asarray(balanced, dtype=np.float32))
    chroma = brightest - darkest
    if np.count_nonzero(chroma > COLOURED) < LEAST_COLOUR * chroma.size:
        return grey
    seal = (balanced[..., 0] >= brightest) & (chroma > COLOURED) & (brightest > BRIGHT)
    red = np.where(seal, brightest + SEAL_LIFT * (chroma - UNCOLOURED), np.float32(0.0))
    plain = np.minimum(np.maximum(grey, red), np.float32(PAPER))
    return np.asarray(plain + _pen(balanced, brightest) * (PAPER - plain), dtype=np.uint8)


def _pen(balanced: NDArray[np.float32], brightest: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each pixel is a blue stroke with no print under it, 0 to 1."""
    red, green, blue = cv2.split(balanced)
    bluer = cv2.GaussianBlur(blue - cv2.max(red, green), (0, 0), COLOUR_SPREAD)
    darkness = cv2.GaussianBlur(np.float32(255.0) - cv2.min(red, green), (0, 0), COLOUR_SPREAD)
    share = np.clip((bluer / np.maximum(darkness, np.float32(1.0)) - BLUISH) / (BLUE - BLUISH), 0.0, 1.0)
    clear = np.clip((brightest - PRINT) / (STROKE - PRINT), 0.0, 1.0)
    return np.asarray(np.where(bluer > LEAST_BLUE, share * clear, 0.0), dtype=np.float32)


def _plain(image: Pixels) -> Grey:
    brightest, darkest = extremes(image)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    spread = cv2.subtract(brightest, darkest)
    if int(spread.max()) <= COLOURED // 2:
        return grey
    # Edges of JPEG blocks are coloured a little: the change from grey to the brightest channel is gradual.
    weight = np.clip((spread.astype(np.float32) - COLOURED / 2) / COLOURED, 0, 1)
    return np.asarray(grey + (brightest.astype(np.float32) - grey) * weight, dtype=np.uint8)


def _paper(plain: Grey) -> Grey:
    """How bright the paper is at each pixel."""
    height, width = plain.shape
    small = cv2.resize(
        plain, (max(1, width // BACKGROUND), max(1, height // BACKGROUND)), interpolation=cv2.INTER_AREA
    )
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 5)
    return np.maximum(np.asarray(cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)), 60)


def threshold(grey: Grey) -> int:
    """The grey below which a pixel is ink."""
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return int(min(max(level, 110), 200))


def coloured(image: Grey) -> Pixels:
    """The same with three channels, as recognisers take it."""
    return np.repeat(image[:, :, None], 3, axis=2)
