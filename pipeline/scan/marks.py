"""Text that is no print: characters of a seal, and what was written with a coloured pen.

The detector sees them as it sees words. On a page printed in black they tell nothing about where cells end, nor that
a cell is not blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ocr.channels import extremes
from pipeline.scan.ink import UNCOLOURED
from pipeline.scan.parts import TextPart, sliced

if TYPE_CHECKING:
    from pipeline.document import Box, Pixels

DEPTH = 0.35
"""Of the way from paper to the darkest pixel, from which on a pixel is ink."""
NEARLY = 0.85
"""Share of the ink of a mark that is coloured."""
RULE = 0.75
"""Share of the height that an upright rule is dark."""
RIM = 0.2
"""Of the height of a box, above and below, that is not looked at."""
MOST = 0.3
"""Share of the texts of a page in colour, above which the page itself is printed so, and nothing is told by it."""


def marked(parts: Sequence[TextPart], image: Pixels) -> list[TextPart]:
    """The parts, those in colour on a page printed in black told from the others.

    Args:
        image: the straightened page in its colours.
    """
    marks = [_is_coloured(np.asarray(sliced(image, _core(part.box), 0), np.uint8)) for part in parts]
    if not any(marks) or sum(marks) > MOST * len(parts):
        return list(parts)
    return [replace(part, mark=mark) for part, mark in zip(parts, marks, strict=True)]


def _core(box: Box) -> Box:
    """The middle of a box, where no rule runs."""
    rim = RIM * (box[3] - box[1])
    return box[0], box[1] + rim, box[2], box[3] - rim


def _is_coloured(crop: Pixels) -> bool:
    """Whether nearly all ink is coloured. Print under a seal is not, nor are rules beside it."""
    brightest, darkest = extremes(np.ascontiguousarray(crop))
    luma = crop.astype(np.float32).mean(axis=2)
    paper = float(np.median(luma))
    inked = luma < paper - DEPTH * (paper - float(luma.min()))
    chroma = brightest.astype(np.float32) - darkest.astype(np.float32)
    tint = float(np.median(chroma[~inked])) if not inked.all() else 0.0
    tinted = chroma > tint + UNCOLOURED
    # An upright rule that runs through the box is no print of the mark's.
    ruled = (inked & ~tinted).mean(axis=0) >= RULE
    inked &= ~(ruled | np.roll(ruled, 1) | np.roll(ruled, -1))[None, :]
    shares = tinted[inked]
    return bool(shares.size) and float(shares.mean()) >= NEARLY
