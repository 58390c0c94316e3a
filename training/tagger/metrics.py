"""How well numbers and sections are told: strict entity F1, per kind, with what is unseen apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from training.corpus.labelled import Span

BINS = 15
"""Of the reliability plot, as Guo et al. (2017) have them."""


@dataclass(slots=True)
class Counted:
    """Entities found, there, and right."""

    right: int = 0
    found: int = 0
    there: int = 0

    def add(self, other: Counted) -> None:
        self.right += other.right
        self.found += other.found
        self.there += other.there

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 0.0

    @property
    def f1(self) -> float:
        """0 to 1; strict: both ends and the field are right."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def entities(found: Iterable[tuple[int, int, str]], there: Iterable[tuple[int, int, str]]) -> Counted:
    """Strict entity counts of one text."""
    said, true = set(found), set(there)
    return Counted(len(said & true), len(said), len(true))


@dataclass(slots=True)
class Reliability:
    """Probabilities and whether they were right."""

    shares: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def error(self) -> float:
        """Expected calibration error, 0 to 1, over `BINS` bins of equal width."""
        if not self.shares:
            return 0.0
        shares, right = np.asarray(self.shares), np.asarray(self.right, float)
        places = np.minimum((shares * BINS).astype(int), BINS - 1)
        total = 0.0
        for bin_ in range(BINS):
            inside = places == bin_
            if inside.any():
                total += inside.mean() * abs(shares[inside].mean() - right[inside].mean())
        return float(total)


def bio(length: int, spans: Sequence[Span]) -> list[str]:
    """One tag a character, as `seqeval` takes them."""
    tags = ["O"] * length
    for span in spans:
        tags[span.start : span.end] = [f"I-{span.field}"] * (span.end - span.start)
        tags[span.start] = f"B-{span.field}"
    return tags
