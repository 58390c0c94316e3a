"""From how sure a decision is by rule of thumb to the probability that its value is what the agency reported.

pipeline/reconcile gives a field a confidence that ranks well enough and means little. What such confidences were worth
on reports with gold is in configs/confidence.yaml: for each kind of evidence a few knots, between which the probability
goes in a straight line. How they are fitted: training/evaluation/calibration.py. A file without knots changes nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.errors import E302, GoujiError
from pipeline.record import Status, Support

VALUED: frozenset[Status] = frozenset({"read", "repaired", "inferred", "inconsistent"})
"""Statuses whose fields have a value; of the others a confidence claims nothing and stays as it is."""
POOLED = "pooled"
"""The group of all evidence, for kinds of which too little was seen."""
DIGITS = 4

Probability = Annotated[float, Field(ge=0, le=1)]
Knot = tuple[Probability, Probability]
"""Confidence before, and after."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Group(_Part):
    """What was counted of one kind of evidence."""

    cells: int = 0
    """On which the knots rest."""
    knots: tuple[Knot, ...] = Field(min_length=1)
    """The first numbers strictly ascending, the second never descending."""

    @field_validator("knots")
    @classmethod
    def _ascend(cls, knots: tuple[Knot, ...]) -> tuple[Knot, ...]:
        for before, after in pairwise(knots):
            if before[0] >= after[0] or before[1] > after[1]:
                raise ValueError(f"knots do not ascend: {before}, {after}")
        return knots

    def at(self, raw: float) -> float:
        """Piecewise linear; below the first knot and above the last it stays what it is there."""
        place = bisect_right(self.knots, raw, key=lambda knot: knot[0])
        if place == 0:
            return self.knots[0][1]
        if place == len(self.knots):
            return self.knots[-1][1]
        (left, low), (right, high) = self.knots[place - 1 : place + 1]
        return low + (high - low) * (raw - left) / (right - left)


class Confidence(_Part):
    """configs/confidence.yaml."""

    command: str = ""
    """What wrote it; empty where nothing was fitted."""
    cells: int = 0
    reports: int = 0
    agencies: int = 0
    groups: Mapping[str, Group] = Field(default_factory=dict)

    def calibrated(self, raw: float, status: Status, support: Sequence[Support]) -> float:
        """See `calibrated`."""
        group = self.groups.get(group_of(status, support)) or self.groups.get(POOLED)
        if group is None or status not in VALUED:
            return round(raw, DIGITS)
        return round(group.at(raw), DIGITS)


def group_of(status: Status, support: Sequence[Support]) -> str:
    """The kind of evidence: the status, and whether the arithmetic of the form speaks for the value, as
    `read with arithmetic`."""
    return f"{status} {'with' if 'arithmetic' in support else 'without'} arithmetic"


def calibrated(raw: float, status: Status, support: Sequence[Support]) -> float:
    """The probability that the value is what the agency reported, 0..1, four digits.

    Within one kind of evidence a higher confidence never becomes a lower probability.

    Args:
        raw: the decision's own confidence, 0..1.

    Raises:
        GoujiError: E302 where configs/confidence.yaml is malformed.
    """
    return load_confidence().calibrated(raw, status, support)


@cache
def load_confidence() -> Confidence:
    """What ships with the program.

    Raises:
        GoujiError: E302 where the file is malformed.
    """
    text = (resources.files("configs") / "confidence.yaml").read_text(encoding="utf-8")
    raw: Any = yaml.safe_load(text)
    try:
        return Confidence.model_validate(raw)
    except ValidationError as error:
        raise GoujiError(E302, reason=f"confidence.yaml: {error.errors()[0]['loc']}") from error
