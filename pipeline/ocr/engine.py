"""What an OCR engine gives: places of text on an image, and what stands there with its rivals.

An engine is one module that implements `Engine` and a line in `pipeline.ocr.load`. Images are `Pixels` of
`pipeline.document`: height x width x 3, RGB, uint8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.document import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class TextPlace:
    """Where a line of text stands."""

    corners: NDArray[np.float32]
    """4 x 2, pixels (x, y): top left, top right, bottom right, bottom left, as the text is read."""
    score: float
    """Of the detector, in (0, 1]."""


@dataclass(frozen=True, slots=True)
class TextReading:
    """What stands on a crop."""

    text: str
    score: float
    """Mean probability of its characters, in [0, 1]; for a blank number cell the probability that it is blank."""
    spans: tuple[tuple[float, float], ...] = ()
    """Where each character of `text` stands, as shares [0, 1] of the crop's width; empty where the engine does not
    say."""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What number stands on the crop of a cell: rivals, most probable first, probabilities that sum to at most 1."""

    rivals: tuple[tuple[str, float], ...]
    """(text, probability). A text is empty (nothing is printed), a number, or a dash; or, where the crop shows
    something else, what the general reading says."""
    general: TextReading
    """The same crop read without the restriction to numbers."""
    extent: tuple[float, float] | None = None
    """From where to where the digits stand, as shares [0, 1] of the crop's width; None where the reader does not
    say."""


class Engine(Protocol):
    name: str
    """Stands in the record as the reader: `paddleocr/PP-OCRv6-small`."""

    def find(self, image: Pixels) -> list[TextPlace]:
        """Lines of text on a page or a part of one, row by row from the top, in a row from the left."""
        ...

    def read(self, crops: Sequence[Pixels]) -> list[TextReading]:
        """One line of text a crop, in the order given."""
        ...

    def read_labels(self, crops: Sequence[Pixels]) -> list[TextReading]:
        """Likewise, of lines whose words are known beforehand, such as the form's labels: as quickly as is safe."""
        ...

    def read_numbers(self, crops: Sequence[Pixels]) -> list[NumberReading]:
        """Number cells, in the order given; several sizes in one call are fine."""
        ...

    def larger(self) -> Engine | None:
        """The engine with which suspect cells are looked at again; None where there is no better one."""
        ...
