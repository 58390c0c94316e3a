"""What the curves say: errors at even steps over all seeds, and how many answers each way needs for the same errors."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from statistics import fmean
from typing import Literal

from pydantic import BaseModel, ConfigDict

from annotations.simulate.curve import Curve
from annotations.simulate.play import Way

STEPS = 100
"""Steps of a curve as it is written down."""
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)
"""Of the cells that need a look, drawn at random: what the errors are then is the mark for the other ways."""
BASE: Way = "random"
NEAR = 0.0005
"""A way that has nothing left to ask and as few errors as the mark but for so many (share of the fields scored) has
reached it at its end: what follows from answers is not always right, and differs a little with what was asked."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Point(_Frozen):
    """Errors when so much was asked: shares of the fields scored, over the seeds."""

    at: float
    """Answers given, or minutes."""
    mean: float
    low: float
    high: float
    accepted: float
    """Mean share that is wrong with nobody looking."""
    open: float
    """Mean share that somebody has to look at yet."""


class Line(_Frozen):
    way: Way
    over: Literal["answers", "minutes"]
    points: tuple[Point, ...]


class Needed(_Frozen):
    """Answers and minutes that one way needs until the errors are as few as the base leaves them after `share`."""

    share: float
    """Of the cells that need a look, answered by the base."""
    error: float
    """Mean share of fields still wrong or open then."""
    way: Way
    answers: float | None
    """Mean over seeds; None where a seed never comes so low."""
    answers_low: float | None
    answers_high: float | None
    minutes: float | None
    ratio: float | None
    """Answers, of those that the base needs."""


class Asked(_Frozen):
    """All answers that a way asks for until nothing is left, means over the seeds."""

    way: Way
    answers: float
    overviews: float
    """Of them, for overviews."""
    numbers: float
    """Of them, numbers other than 0 in single cells."""


class Simulated(_Frozen):
    """All that a simulation found; what simulation.json holds."""

    schema_: Literal["gouji-simulation/2"] = "gouji-simulation/2"
    command: str
    reports: int
    agencies: int
    fields: int
    """Scored."""
    suspects: int
    """Cells that need a look before anything is asked."""
    seeds: tuple[int, ...]
    programs: tuple[str, ...]
    """Marks of the programs that wrote the records."""
    lines: tuple[Line, ...]
    needed: tuple[Needed, ...]
    asked: tuple[Asked, ...]


def lines_of(curves: Sequence[Curve], fields: int) -> tuple[Line, ...]:
    """Two lines a way, in the order in which ways come first; each as far as its longest curve."""
    found = []
    for way in dict.fromkeys(one.way for one in curves):
        those = [one for one in curves if one.way == way]
        answers = [[float(number) for number in one.answers] for one in those]
        minutes = [[seconds / 60 for seconds in one.seconds] for one in those]
        found.append(Line(way=way, over="answers", points=_points(those, answers, fields)))
        found.append(Line(way=way, over="minutes", points=_points(those, minutes, fields)))
    return tuple(found)


def asked_of(curves: Sequence[Curve]) -> tuple[Asked, ...]:
    """One a way, in the order in which ways come first."""
    found = []
    for way in dict.fromkeys(one.way for one in curves):
        those = [one for one in curves if one.way == way]
        answers, overviews, numbers = (
            round(fmean(each), 2)
            for each in zip(*((one.answers[-1], one.overviews, one.numbers) for one in those), strict=True)
        )
        found.append(Asked(way=way, answers=answers, overviews=overviews, numbers=numbers))
    return tuple(found)


def _points(curves: Sequence[Curve], along: Sequence[Sequence[float]], fields: int) -> tuple[Point, ...]:
    end = max(axis[-1] for axis in along)
    points = []
    for step in range(STEPS + 1):
        at = end * step / STEPS
        places = [bisect_right(axis, at + 1e-9) - 1 for axis in along]
        left = [one.open[place] / fields for one, place in zip(curves, places, strict=True)]
        accepted = [one.accepted[place] / fields for one, place in zip(curves, places, strict=True)]
        errors = [one + other for one, other in zip(left, accepted, strict=True)]
        points.append(
            Point(
                at=round(at, 3), mean=round(fmean(errors), 8), low=round(min(errors), 8), high=round(max(errors), 8),
                accepted=round(fmean(accepted), 8), open=round(fmean(left), 8),
            )
        )  # fmt: skip
    return tuple(points)


def needed_of(curves: Sequence[Curve], suspects: int, fields: int) -> tuple[Needed, ...]:
    """For each share, all ways; nothing where the base was not tried. Where the base has nothing left to ask before it
    comes to a share, because answers settle more than they are, this and all later shares are one: the end."""
    base = {one.seed: one for one in curves if one.way == BASE}
    found: list[Needed] = []
    for share in SHARES if base else ():
        places = {seed: bisect_right(one.answers, share * suspects) - 1 for seed, one in base.items()}
        marks = {seed: one.errors[places[seed]] for seed, one in base.items()}
        asked = fmean(base[seed].answers[place] for seed, place in places.items())
        for way in dict.fromkeys(one.way for one in curves):
            those = [one for one in curves if one.way == way and one.seed in marks]
            reached = [_reached(one, marks[one.seed], NEAR * fields) for one in those]
            whole = [one for one in reached if one is not None]
            known = bool(whole) and len(whole) == len(reached)
            answers = [one[0] for one in whole]
            found.append(
                Needed(
                    share=share, error=round(fmean(marks.values()) / fields, 8), way=way,
                    answers=round(fmean(answers), 2) if known else None,
                    answers_low=min(answers) if known else None, answers_high=max(answers) if known else None,
                    minutes=round(fmean(one[1] for one in whole) / 60, 2) if known else None,
                    ratio=round(fmean(answers) / asked, 4) if known and asked else None,
                )
            )  # fmt: skip
        if all(places[seed] == len(one.answers) - 1 for seed, one in base.items()):
            break
    return tuple(found)


def _reached(one: Curve, errors: int, near: float) -> tuple[int, float] | None:
    """Answers and seconds after which there are no more errors than that, or at the end hardly more."""
    for place, left in enumerate(one.errors):
        if left <= errors or (place == len(one.errors) - 1 and left <= errors + near):
            return one.answers[place], one.seconds[place]
    return None
