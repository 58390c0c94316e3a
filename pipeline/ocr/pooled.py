"""Two readers of number cells that have learnt from different pictures, and what they say together.

The recogniser of the engine knows every character and reads digits as it reads words; `number_network` knows numbers
alone and what spoils them. Their answers are pooled logarithmically (Genest and Zidek 1986): a product of powers, so
that a reader that is at a loss does not outvote one that is sure, while two that are sure of different numbers leave
both as rivals.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.ocr.engine import Engine, NumberReading, TextPlace, TextReading
from pipeline.ocr.numbers import DASH

if TYPE_CHECKING:
    from pipeline.document import Pixels
    from pipeline.ocr.number_network import NumberNetwork

RIVALS = 5
SMALLEST = 1e-6
"""A rival less probable than this is not listed."""
WORDS = 0.6
"""Score of a reading in Chinese characters from which on the cell holds words, of which a reader of numbers knows
nothing."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
UNLEARNT = frozenset("%+")
"""Symbols that the network has never seen printed."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a reader is believed. Tried side by side on held-out cells (models/number_reader/card.md)."""

    power: float
    """To which its probabilities are raised."""
    lost: float
    """Share of the cells in which what it says has nothing to do with what is printed."""


GUESSED = 0.02
"""Probability of any one text where a reader is lost."""
OTHERS = 5
"""Texts that neither reader names, as likely as what both hold for impossible."""
RECOGNISER, NETWORK = Trust(0.5, 0.1), Trust(0.9, 0.01)
"""The network errs less."""
SURE, IN_CONFLICT = 0.9, 0.7
"""Probability from which on a reader is sure; of a text at most where both are sure, of different texts. The network
was right in each of nine such cells of held-out pages, and then said 288 of a blurred 238 with 0.98."""

PLAIN = 0.993
"""Probability from which on the network alone is believed. Of 3,764 cells of held-out layouts, written and stamped
over, it says so of 2,429 and is never wrong (`python -m training.number_reader.evaluate
--first-seed 9500`)."""


class PooledEngine:
    """An engine whose number cells are read by the network, too."""

    def __init__(self, engine: Engine, network: NumberNetwork) -> None:
        self.name = f"{engine.name} + {network.name}"
        self._engine = engine
        self._network = network

    def find(self, image: Pixels) -> list[TextPlace]:
        return self._engine.find(image)

    def read(self, crops: Sequence[Pixels]) -> list[TextReading]:
        return self._engine.read(crops)

    def read_labels(self, crops: Sequence[Pixels]) -> list[TextReading]:
        return self._engine.read_labels(crops)

    def read_numbers(self, crops: Sequence[Pixels]) -> list[NumberReading]:
        """The network first, which is the quicker; of what it reads as a plain number the recogniser is not asked."""
        readings = self._network.read_numbers(crops)
        asked = [place for place, reading in enumerate(readings) if not is_plain(reading)]
        by_recogniser = self._engine.read_numbers([crops[place] for place in asked])
        for place, reading in zip(asked, by_recogniser, strict=True):
            readings[place] = pooled(reading, readings[place])
        return readings

    def larger(self) -> Engine | None:
        return self._engine.larger()


def is_plain(by_network: NumberReading) -> bool:
    """Whether the network is so sure of digits and nothing else that another reader would add nothing."""
    text, share = by_network.rivals[0] if by_network.rivals else ("", 0.0)
    return text.isdigit() and share >= PLAIN


def pooled(by_recogniser: NumberReading, by_network: NumberReading) -> NumberReading:
    """What both say of a cell. The recogniser's general reading stays, and where that is words, all that it says."""
    if _holds_words(by_recogniser) or (by_recogniser.rivals and UNLEARNT & set(by_recogniser.rivals[0][0])):
        return by_recogniser
    said = [_Said(_by_value(by_recogniser), RECOGNISER), _Said(_by_value(by_network), NETWORK)]
    shares = {key: math.exp(sum(one.weight(one.share(key)) for one in said)) for one in said for key in one.rivals}
    total = sum(shares.values()) + OTHERS * math.exp(sum(one.weight(one.unnamed) for one in said))
    # Where both say a number, it is written as the recogniser has it, who has seen more commas.
    texts = {key: text for one in reversed(said) for key, (text, _) in one.rivals.items()}
    shares = _in_conflict({key: share / total for key, share in shares.items()}, said)
    ranked = sorted(((texts[key], share) for key, share in shares.items()), key=lambda one: (-one[1], one[0]))
    kept = tuple((text, share) for text, share in ranked[:RIVALS] if share >= SMALLEST)
    return NumberReading(kept, by_recogniser.general, by_network.extent)


def _in_conflict(shares: dict[str, float], said: Sequence[_Said]) -> dict[str, float]:
    """The shares; where both readers are sure, of different texts, that of the better one is taken down to what is in
    doubt, and the other gets the rest."""
    sure = {key for one in said for key, (_, share) in one.rivals.items() if share >= SURE}
    if len(sure) < 2:
        return shares
    better, other = sorted(sure, key=lambda key: (-shares[key], key))
    spare = max(0.0, shares[better] - IN_CONFLICT)
    return {**shares, better: shares[better] - spare, other: shares[other] + spare}


@dataclass(frozen=True, slots=True)
class _Said:
    rivals: Mapping[str, tuple[str, float]]
    """From `_by_value`."""
    trust: Trust

    @property
    def unnamed(self) -> float:
        """Share of a text that is not among the rivals: its part of what these leave."""
        return GUESSED * max(0.0, 1.0 - sum(share for _, share in self.rivals.values()))

    def share(self, key: str) -> float:
        return self.rivals[key][1] if key in self.rivals else self.unnamed

    def weight(self, share: float) -> float:
        """Of a text of that share in the product, as a logarithm; any text has a part of the cells in which the reader
        is lost."""
        trust = self.trust
        return trust.power * math.log((1 - trust.lost) * share + trust.lost * GUESSED)


def _by_value(reading: NumberReading) -> Mapping[str, tuple[str, float]]:
    """The rivals by what they say: a dash is a dash, and commas within a number say nothing."""
    found: dict[str, tuple[str, float]] = {}
    for text, share in reading.rivals:
        key = DASH if text and set(text) <= {"-", DASH} else text.replace(",", "")
        before = found.get(key, (DASH if key == DASH else text, 0.0))
        found[key] = (before[0], before[1] + share)
    return found


def _holds_words(reading: NumberReading) -> bool:
    general = reading.general
    numbers = sum(share for text, share in reading.rivals if not _HAN.search(text))
    return bool(_HAN.search(general.text)) and general.score >= WORDS and general.score > numbers
