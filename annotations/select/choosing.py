"""In which order reports are asked about: one queue a strategy. Sketches may be added while others are taken, so that a
report comes again with its next task.

The order is that of the sketches and the seed; in which order they were added does not matter.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from annotations.select.settings import AnnotateSettings
from annotations.select.sketch import Sketch, Strategy, rank


class Queue:
    """Takes the sketch that its strategy wants next."""

    def __init__(self, strategy: Strategy, seed: int, settings: AnnotateSettings) -> None:
        self._strategy, self._seed, self._settings = strategy, seed, settings
        self._heap: list[tuple[float, float, str, Sketch]] = []
        self._agencies: Counter[str] = Counter()
        self._forms: Counter[str] = Counter()
        self._now = 0.0

    def note(self, agency_key: str, form: Iterable[str]) -> None:
        """A report that was asked about, now or in an earlier round: its agency and its form are not new any more."""
        self._agencies[agency_key] += 1
        self._forms.update(form)

    def add(self, one: Sketch) -> None:
        heapq.heappush(self._heap, self._entry(one))

    def take(self) -> tuple[Sketch, float] | None:
        """The next one with its score, higher for sooner; None where none is left."""
        while self._heap:
            entry = heapq.heappop(self._heap)
            one = entry[-1]
            if self._strategy == "worth" and self._heap and (now := self._entry(one)) > self._heap[0]:
                # Others of its agency or form were taken in the meantime, and its turn comes later.
                heapq.heappush(self._heap, now)
                continue
            if self._strategy == "worth":
                entry = self._entry(one)
                self.note(one.agency_key, one.form)
            if self._strategy == "random":
                self._now = entry[0]
            return one, -entry[0]
        return None

    def _entry(self, one: Sketch) -> tuple[float, float, str, Sketch]:
        """What the heap sorts by: the least first."""
        tie = rank(self._seed, one.sha256, str(one.task))
        return self._wanted(one, tie), tie, one.sha256, one

    def _wanted(self, one: Sketch, tie: float) -> float:
        if self._strategy == "random":
            # Cells are drawn, not reports: one with twice as many comes twice as soon, as clocks that ring would.
            return self._now - math.log(tie) / max(1, one.left)
        if self._strategy == "uncertainty":
            return one.confidence
        if self._strategy == "committee":
            return -one.entropy
        return -self._score(one)

    def _score(self, one: Sketch) -> float:
        """Cells made right in a minute; more for what was never asked about, less for an agency asked already."""
        new = sum(1 / (1 + self._forms[name]) for name in one.form) / len(one.form)
        spread = self._settings.same_agency ** self._agencies[one.agency_key]
        return one.worth / one.seconds * 60 * (1 + self._settings.novelty * new) * spread


class FarthestFirst:
    """Takes the report least like all taken before: k centres, chosen greedily (Gonzalez, Theoretical Computer Science
    38, 1985). The first is drawn by the seed. A report's next task comes after the first ones of all."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._waiting: list[Sketch] = []
        self._far: NDArray[np.float64] = np.empty(0)
        self._points: NDArray[np.float64] = np.empty((0, 0))
        self._later: list[Sketch] = []

    def note(self, agency_key: str, form: Iterable[str]) -> None:
        """Nothing: distances are between reports that can still be asked about."""

    def add(self, one: Sketch) -> None:
        self._later.append(one)

    def take(self) -> tuple[Sketch, float] | None:
        if not self._waiting:
            if not self._later:
                return None
            # The order in which they were added must not matter.
            self._waiting = sorted(self._later, key=lambda one: rank(self._seed, one.sha256, str(one.task)))
            self._later = []
            self._points = np.array([one.features for one in self._waiting])
            self._far = np.full(len(self._waiting), np.inf)
        at = int(np.argmax(self._far))
        one, distance = self._waiting[at], float(self._far[at])
        from_it = np.linalg.norm(self._points - self._points[at], axis=1)
        self._far = np.delete(np.minimum(self._far, from_it), at)
        self._points = np.delete(self._points, at, axis=0)
        del self._waiting[at]
        return one, distance if math.isfinite(distance) else float(len(one.features))


def queue_of(strategy: Strategy, seed: int, settings: AnnotateSettings) -> Queue | FarthestFirst:
    return FarthestFirst(seed) if strategy == "diverse" else Queue(strategy, seed, settings)
