"""What was printed, apart from paper, light and coloured stamps."""

from __future__ import annotations

from dataclasses import dataclass
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
COLOUR_SPREAD, LEAST_COLOURED = 1.5, 4.0
"""Pixels over which colour is averaged; grey levels of it that noise does not reach in the mean. Files store colour at
half the resolution of light, so that a thin stroke has lost most of its own to the paper beside it, and black print
next to it has got some."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """How ink of a colour is told from black print under or beside it."""

    share: tuple[float, float]
    """Of its darkness, by which it is brighter in its own channel than in the others: black up to the first, of the
    colour throughout from the second on."""
    clear: tuple[float, float]
    """Brightness in its own channel up to which there is print; from which on there is nothing but the stroke."""


PEN, SEAL = Stroke((0.1, 0.18), (45.0, 70.0)), Stroke((0.2, 0.35), (140.0, 190.0))
"""Blue is as dark as print but for its colour; red is as bright as paper in its own channel."""


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

    Args:
        grey: of the same image, by `ink`.
    """
    white = np.maximum(np.percentile(image[::8, ::8].reshape(-1, 3), 90, axis=0), 60.0).astype(np.float32)
    balanced = np.minimum(image * (white.max() / white), np.float32(255.0))
    brightest, darkest = extremes(np.asarray(balanced, dtype=np.float32))
    chroma = brightest - darkest
    if np.count_nonzero(chroma > COLOURED) < LEAST_COLOUR * chroma.size:
        return grey
    red, green, blue = cv2.split(balanced)
    plain = np.minimum(grey, np.float32(PAPER))
    for own, one, other, stroke in ((red, green, blue, SEAL), (blue, red, green, PEN)):
        plain += _alone(own, np.maximum(one, other), np.minimum(one, other), stroke) * (PAPER - plain)
    return np.asarray(plain, dtype=np.uint8)


def _alone(
    own: NDArray[np.float32], brighter: NDArray[np.float32], darker: NDArray[np.float32], stroke: Stroke
) -> NDArray[np.float32]:
    """How far each pixel is a stroke of a colour with no print under it, 0 to 1.

    Args:
        own: the channel of the colour.
        brighter: the brighter of the two others.
        darker: the darker of them.
    """
    colour = cv2.GaussianBlur(own - brighter, (0, 0), COLOUR_SPREAD)
    darkness = cv2.GaussianBlur(np.float32(255.0) - darker, (0, 0), COLOUR_SPREAD)
    share = _ramp(colour / np.maximum(darkness, np.float32(1.0)), stroke.share)
    return np.where(colour > LEAST_COLOURED, share * _ramp(own, stroke.clear), np.float32(0.0))


def _ramp(values: NDArray[np.float32], ends: tuple[float, float]) -> NDArray[np.float32]:
    """0 up to the first end, 1 from the second on."""
    return np.clip((values - np.float32(ends[0])) / np.float32(ends[1] - ends[0]), 0.0, 1.0)


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
