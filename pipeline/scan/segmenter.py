"""What a small network sees on a page: cell borders, drawn or only implied, tables, lines of text.

Beside `pipeline.scan.rules`, which finds what is drawn by its shape alone. How it was trained and what it is worth is
said in models/segmenter/card.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from pipeline.ocr.runtime import packaged_network
from pipeline.scan.rules import Masks, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.scan.ink import Grey

PACKAGE = "models.segmenter"
RULED, OPEN = "segmenter.onnx", "open.onnx"
"""The network for printed tables, and the one that has also learnt from tables without any rule: it sees more of those,
and too much in the others."""
MULTIPLE = 32
"""Height and width that the network takes are multiples of this."""
THREADS = 2
POSSIBLE, SURE = 0.3, 0.5
"""Probability from which on a pixel may be one of a border; which one of its stroke must reach."""
SHORTEST = 10
"""Pixels of the map: shorter strokes are no borders of cells."""
AREA = 0.5
"""Probability from which on a pixel is one of a table, or of text."""


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """All maps are 0 to 255, of one size: that of `pipeline.scan.rules.scaled`; 128 and above is yes."""

    masks: Masks
    """Level and upright borders of cells, also where no rule is drawn."""
    table: Grey
    text: Grey
    """Lines of text, letter and digit alike."""
    foreign: Grey
    """Seals and handwriting, as far as they are left in the grey image."""


def segment(grey: Grey, threads: int = THREADS, model: str = RULED) -> Segments:
    """What stands where on a page that is upright and flat but for a degree or two.

    Args:
        grey: `pipeline.scan.ink.ink` of the page.
        threads: of the network; the first call of a process with a number makes its session.
        model: `RULED` or `OPEN`.
    """
    small, scale = scaled(grey)
    maps = probabilities(small, threads, model)
    height, width = small.shape

    def enlarged(shares: NDArray[np.float32], sure: float) -> Grey:
        # Half the resolution: the corner of the map is that of the image, which is what `resize` holds to.
        full = cv2.resize(shares, (2 * shares.shape[1], 2 * shares.shape[0]), interpolation=cv2.INTER_LINEAR)
        return _as_bytes(np.asarray(full[:height, :width], dtype=np.float32), sure)

    masks = Masks(
        enlarged(_strokes(maps[0], along=1), POSSIBLE), enlarged(_strokes(maps[1], along=0), POSSIBLE), scale
    )
    return Segments(masks, enlarged(maps[2], AREA), enlarged(maps[3], AREA), enlarged(maps[4], AREA))


def _strokes(shares: NDArray[np.float32], along: int) -> NDArray[np.float32]:
    """The map without strokes that are nowhere sure, or short.

    Args:
        along: the axis along which strokes run.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats((shares >= POSSIBLE).astype(np.uint8), connectivity=8)
    sure = np.zeros(count, dtype=bool)
    sure[labels[shares >= SURE]] = True
    sure &= stats[:, cv2.CC_STAT_WIDTH if along else cv2.CC_STAT_HEIGHT] >= SHORTEST
    # What lies below the threshold belongs to no stroke and fades out the edges of those that stay.
    sure[0] = True
    return np.where(sure[labels], shares, np.float32(0)).astype(np.float32)


def probabilities(small: Grey, threads: int = THREADS, model: str = RULED) -> NDArray[np.float32]:
    """5 x H/2 x W/2 in [0, 1], sides rounded up to what the network takes: level and upright borders, table, text,
    foreign."""
    height, width = small.shape
    padded = np.zeros((1, 1, _rounded(height), _rounded(width)), np.float32)
    padded[0, 0, :height, :width] = (255 - small.astype(np.float32)) / np.float32(255)
    (maps,) = packaged_network(PACKAGE, model, threads, hoards=False).run(None, {"ink": padded})
    return cast("NDArray[np.float32]", maps[0])


def _rounded(side: int) -> int:
    return max(2, -(-side // MULTIPLE)) * MULTIPLE


def _as_bytes(shares: NDArray[np.float32], sure: float) -> Grey:
    """0 to 255, `sure` at 127.5."""
    below = shares * (127.5 / sure)
    above = 127.5 + (shares - sure) * (127.5 / (1 - sure))
    return np.asarray(np.clip(np.where(shares < sure, below, above) + 0.5, 0, 255), dtype=np.uint8)
