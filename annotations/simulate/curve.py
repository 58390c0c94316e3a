"""The reports of a held-out corpus asked in the order of each way, and how the errors go down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from annotations.select.choosing import FarthestFirst, Queue, queue_of
from annotations.select.settings import AnnotateSettings
from annotations.select.zeros import ZeroShares
from annotations.simulate.gold_answers import Errors
from annotations.simulate.held_out import HeldOut
from annotations.simulate.play import DRAWN, Play, Way, play

_ONLY = 0
"""Seed of plays that no seed changes."""


@dataclass(frozen=True, slots=True)
class Curve:
    """What is still wrong after each task of one way with one seed; the first entry is before any. Lists of one
    length."""

    way: Way
    seed: int
    answers: Sequence[int]
    """That were given so far."""
    seconds: Sequence[float]
    open: Sequence[int]
    accepted: Sequence[int]
    overviews: int = 0
    """Answers that all overviews took."""
    numbers: int = 0
    """Answers about single cells that are a number other than 0."""

    @property
    def errors(self) -> list[int]:
        return [one + other for one, other in zip(self.open, self.accepted, strict=True)]


def curves(
    reports: Sequence[HeldOut], ways: Sequence[Way], seeds: Sequence[int], settings: AnnotateSettings,
    zeros: ZeroShares, workers: int = 1, done: Callable[[], None] | None = None,
) -> Iterator[Curve]:  # fmt: skip
    """One curve for each way and seed; `done` is told after each."""
    with ProcessPoolExecutor(workers) as pool:
        try:
            for way in ways:
                plays: list[Play] = []
                for seed in seeds:
                    if not plays or way in DRAWN:
                        of_seed = seed if way in DRAWN else _ONLY
                        many = len(reports)
                        plays = list(
                            pool.map(
                                play, reports, [way] * many, [of_seed] * many, [settings] * many, [zeros] * many,
                                chunksize=4,
                            )
                        )  # fmt: skip
                    yield curve(plays, way, seed, settings)
                    if done is not None:
                        done()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def curve(plays: Sequence[Play], way: Way, seed: int, settings: AnnotateSettings) -> Curve:
    """The tasks of all reports in the order of the way; a report's next task may be taken when its last one is done."""
    queue: Queue | FarthestFirst = queue_of("random" if way == "anything" else way, seed, settings)
    by_sha256 = {one.steps[0].sketch.sha256: one for one in plays if one.steps}
    for one in by_sha256.values():
        queue.add(one.steps[0].sketch)
    now = _sum([one.before for one in plays])
    answers, seconds, left, accepted = [0], [0.0], [now.open], [now.accepted]
    while (taken := queue.take()) is not None:
        task = taken[0].task
        of_report = by_sha256[taken[0].sha256]
        before = of_report.steps[task - 1].after if task else of_report.before
        step = of_report.steps[task]
        after = step.after
        answers.append(answers[-1] + step.answers)
        seconds.append(round(seconds[-1] + step.seconds, 3))
        left.append(left[-1] + after.open - before.open)
        accepted.append(accepted[-1] + after.accepted - before.accepted)
        if task + 1 < len(of_report.steps):
            queue.add(of_report.steps[task + 1].sketch)
    steps = [step for one in plays for step in one.steps]
    return Curve(
        way, seed, answers, seconds, left, accepted,
        overviews=sum(step.answers for step in steps if step.sketch.overview is not None),
        numbers=sum(step.numbers for step in steps),
    )  # fmt: skip


def _sum(errors: Sequence[Errors]) -> Errors:
    return Errors(sum(one.open for one in errors), sum(one.accepted for one in errors))
