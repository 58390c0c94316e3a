"""What was measured about reading digits: configs/digit_confusions.yaml, written by training/confusions.py.

A recogniser is surer of itself than it should be, and where it errs it errs in its own way: 6 is read as 0 more often
than as 4. Both were counted on generated pages. Here the counts become probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import E302, GoujiError

Seen = Literal["nothing", "doubtful", "bar", "coloured", "ink", "strange"]
"""What `find_ink` makes of a crop: no ink, ink that may be dirt, one flat bar, coloured ink only, ink. Strange is ink
that the recogniser reads as something else than a number."""
Printed = Literal["blank", "dash", "number"]
Count = Annotated[int, Field(ge=0)]

_ALPHA = 0.5
"""Added to every count (Jeffreys' prior of a Dirichlet distribution)."""
_NEIGHBOURS = 12
"""Confusions of one text that are followed up."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Confusions(_Part):
    """Of one recogniser."""

    temperature: Annotated[float, Field(gt=0, le=10)] = 1.0
    """Divides the logarithms of its output."""
    weight: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the probability that goes by the counts and not by the output."""
    characters: Mapping[str, Mapping[str, Count]] = Field(default_factory=dict)
    """Read -> printed -> how often. Nothing read or nothing printed is the empty string."""

    def neighbours(self, text: str) -> list[tuple[str, float]]:
        """What may be printed where the text was read: the texts one confusion away with their probabilities, most
        probable first, and the text itself with the rest; the sum is 1."""
        found: dict[str, float] = {}
        for place, read in enumerate(text):
            for printed, share in self._shares(read):
                other = text[:place] + printed + text[place + 1 :]
                found[other] = found.get(other, 0.0) + share
        for place in range(len(text) + 1):
            for printed, share in self._shares(""):
                other = text[:place] + printed + text[place:]
                found[other] = found.get(other, 0.0) + share
        found.pop(text, None)
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_NEIGHBOURS]
        total = sum(share for _, share in ranked)
        scale = min(1.0, 0.5 / total) if total else 1.0
        ranked = [(other, share * scale) for other, share in ranked]
        return [(text, 1.0 - min(total, 0.5)), *ranked]

    def _shares(self, read: str) -> list[tuple[str, float]]:
        """Other characters that were printed where this one was read, with their smoothed shares."""
        counts = self.characters.get(read, {})
        total = sum(counts.values()) + _ALPHA * 11
        return [(printed, (count + _ALPHA) / total) for printed, count in counts.items() if printed != read]


class Calibration(_Part):
    """Everything that was measured."""

    command: str = ""
    seen: Mapping[Seen, Mapping[Printed, Count]] = Field(default_factory=dict)
    """What the pixels show -> what was printed -> how often."""
    recognisers: Mapping[str, Confusions] = Field(default_factory=dict)

    def printed(self, seen: Seen) -> dict[Printed, float]:
        """Smoothed probabilities of what is printed, given what the pixels show."""
        counts = self.seen.get(seen, _ASSUMED[seen])
        total = sum(counts.values()) + 3 * _ALPHA
        kinds: tuple[Printed, ...] = ("blank", "dash", "number")
        return {kind: (counts.get(kind, 0) + _ALPHA) / total for kind in kinds}


_ASSUMED: Mapping[Seen, Mapping[Printed, int]] = {
    "nothing": {"blank": 200},
    "doubtful": {"blank": 1, "number": 9},
    "bar": {"dash": 90, "blank": 10},
    "ink": {"number": 1000},
    "strange": {"blank": 30, "number": 70},
    "coloured": {"blank": 50, "number": 50},
}
"""Where nothing was measured. Bars and coloured ink never are: generated pages have few dashes, and what is coloured
there is always a seal or a pen, while elsewhere whole tables are printed in blue."""


@cache
def load_calibration() -> Calibration:
    """Raises GoujiError E302 where the file was damaged."""
    path = resources.files("configs") / "digit_confusions.yaml"
    if not path.is_file():
        return Calibration()
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Calibration.model_validate(raw)
    except (yaml.YAMLError, ValidationError) as error:
        raise GoujiError(E302, reason=f"digit_confusions.yaml：{str(error).splitlines()[0]}") from None
