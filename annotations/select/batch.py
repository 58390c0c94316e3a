"""A batch: the first tasks of a queue, as a file that `push` reads."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotations.select.choosing import queue_of
from annotations.select.settings import AnnotateSettings
from annotations.select.sketch import Sketch, Strategy, rank
from annotations.selection import AskedReport, Selection


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is to be asked, and of how many people."""

    count: int
    """Reports at most."""
    minutes: float | None
    """Of people, all together; None for no limit."""
    twice: float
    """Share of the reports that two people answer, 0..1."""


def select_batch(
    sketches: Iterable[Sketch], asked_before: Iterable[tuple[str, tuple[str, ...]]], strategy: Strategy, seed: int,
    wanted: Wanted, settings: AnnotateSettings, name: str = "",
) -> Selection:  # fmt: skip
    """The batch; the same for the same sketches in any order.

    Args:
        asked_before: agency key and form of each report of which cells were answered in earlier rounds.
        name: of the batch; where it is empty, one that says what is in it.
    """
    queue = queue_of(strategy, seed, settings)
    for agency_key, form in asked_before:
        queue.note(agency_key, form)
    for one in sketches:
        queue.add(one)
    taken: list[tuple[Sketch, float]] = []
    seconds = 0.0
    while len(taken) < wanted.count and (found := queue.take()) is not None:
        seconds += found[0].seconds * (1 + wanted.twice)
        if wanted.minutes is not None and seconds > wanted.minutes * 60 and taken:
            break
        taken.append(found)
    # An overview is asked of one person: the sums, and the cells that come after it, check what they say.
    twice = _asked_twice([one for one, _ in taken if one.overview is None], wanted.twice, seed)
    reports = tuple(_asked(one, score, 2 if one.sha256 in twice else 1) for one, score in taken)
    programs = Counter(one.program for one, _ in taken)
    return Selection(
        name=name or f"{strategy}-{_mark(reports)}",
        strategy=strategy,
        seed=seed,
        program=min(programs, key=lambda mark: (-programs[mark], mark), default=""),
        reports=reports,
    )


def _asked(one: Sketch, score: float, annotators: int) -> AskedReport:
    return AskedReport(
        sha256=one.sha256, file=one.file, agency=one.agency, year=one.year, cells=one.cells,
        overview=one.overview, seconds=one.seconds, score=round(score, 6), annotators=annotators,
    )  # fmt: skip


def _asked_twice(taken: Sequence[Sketch], share: float, seed: int) -> frozenset[str]:
    ordered = sorted((one.sha256 for one in taken), key=lambda sha256: rank(seed, "twice", sha256))
    return frozenset(ordered[: round(share * len(ordered))])


def _mark(reports: Sequence[AskedReport]) -> str:
    """Two rounds of the same strategy ask about other cells and have other names."""
    mark = hashlib.sha256()
    for one in reports:
        mark.update(f"{one.sha256} {' '.join(one.fields)}\n".encode())
    return mark.hexdigest()[:8]
