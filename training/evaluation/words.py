"""What figures and table values read like, the same on the page and in the Markdown, and which figures matter most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from training.evaluation.figures import Evaluation, Figure, Part, Value
from training.evaluation.results import ARMS

NOTHING = "—"
OVERALL = Figure.model_fields["group"].default
"""The group of figures that are counted over everything."""
HEADLINES: tuple[tuple[str, str], ...] = (
    ("exact.reports", "整份全对"),
    ("cells.right", "格正确率"),
    ("trust.wrong_accepted", "错而采用"),
    ("trust.untouched", "免复核比例"),
    ("trust.ece", "校准误差 ECE"),
)
"""Ids of the figures that are shown first, and what they are called there."""

Scale = Literal["percent", "per 10000", "plain"]
_OTHER_UNITS = ("秒", "分钟", "Brier", "AURC", "面积", "阈值", "代价")
"""Words in the head of a column or on an axis that say: numbers between 0 and 1 are no shares here."""
_SEPARATED_FROM = 10_000
"""Smaller counts have no thousands separator, for among them are years."""


@dataclass(frozen=True, slots=True)
class FigureText:
    """A figure in words. Every part but the value may be empty."""

    value: str
    interval: str
    """`99.80–99.98 %`, or `上限 万分之 3.00` where only the upper bound is there."""
    n: str
    """`412 份报告`"""
    is_bound: bool = False
    """Whether the interval has an upper end only."""


def figure_text(figure: Figure) -> FigureText:
    """Value and interval on one scale: per 10 000 where the share is below 0.1 %, else per cent."""
    scale = _scale(figure)
    n = f"{count_text(figure.n)} {figure.of}".rstrip()
    if _missing(figure.value):
        return FigureText(NOTHING, "", n)
    assert figure.value is not None
    value = _with_unit(_digits(figure.value, scale, figure), scale, figure)
    if _missing(figure.high):
        return FigureText(value, "", n)
    assert figure.high is not None
    high = _digits(figure.high, scale, figure)
    # One-sided intervals begin at 0: of what must not happen only the upper end says something.
    if _missing(figure.low) or (figure.better == "low" and figure.low == 0):
        return FigureText(value, f"上限 {_with_unit(high, scale, figure)}", n, is_bound=True)
    assert figure.low is not None
    return FigureText(value, _with_unit(f"{_digits(figure.low, scale, figure)}–{high}", scale, figure), n)


def share_text(value: float) -> str:
    """`99.95 %`, or `万分之 4.32` below 0.1 %.

    A share that is not quite 1 or not quite 0 gets as many more digits as it takes not to look like it.
    """
    if 0 < abs(value) < 0.001:
        return f"万分之 {_not_quite(value * 10_000, 10_000)}"
    return f"{_not_quite(value * 100, 100)} %"


def count_text(value: float) -> str:
    if value != int(value):
        return f"{value:,.2f}"
    return f"{int(value):,}" if abs(value) >= _SEPARATED_FROM else str(int(value))


def number_text(value: float) -> str:
    """Four decimals below 1, two below 1000, none above; zeros at the end are left out."""
    decimals = 4 if abs(value) < 1 else 2 if abs(value) < 1000 else 0
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def value_text(value: Value, as_share: bool) -> str:
    """A table's value.

    Args:
        as_share: whether its column holds shares; see `are_shares`.
    """
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return NOTHING
    if isinstance(value, str):
        return value
    if as_share:
        return share_text(value)
    return count_text(value) if isinstance(value, int) else number_text(value)


def are_shares(name: str, values: Iterable[Value]) -> bool:
    """Whether a column, or an axis, is of shares: it has floats, all in 0..1, and its name says nothing else.

    Tables and plots carry no unit (`Figure` does), so this is the one place where it is guessed.
    """
    numbers = [value for value in values if isinstance(value, int | float) and isfinite(value)]
    if not any(isinstance(value, float) for value in numbers) or any(word in name for word in _OTHER_UNITS):
        return False
    return all(0 <= value <= 1 for value in numbers)


def arm_text(arm: str) -> str:
    """An arm in Chinese; what is no arm of ours, as a baseline, is named as it is."""
    return next((name for known, name in ARMS.items() if known == arm), arm)


def arms_of(evaluation: Evaluation, figures: Iterable[Figure]) -> tuple[str, ...]:
    """Arms that the figures have: those of the evaluation in its order, then others as they come."""
    there = dict.fromkeys(figure.arm for figure in figures)
    return (*(arm for arm in evaluation.arms if arm in there), *(arm for arm in there if arm not in evaluation.arms))


def overall(part: Part) -> tuple[Figure, ...]:
    """The part's figures that are counted over everything, not over a split."""
    return tuple(figure for figure in part.figures if figure.group == OVERALL)


def headlines(evaluation: Evaluation) -> tuple[tuple[str, tuple[Figure, ...]], ...]:
    """The figures that matter most, each with its name and one figure an arm; none where the id is not there."""
    figures = [figure for part in evaluation.parts for figure in overall(part)]
    return tuple((name, tuple(figure for figure in figures if figure.id == id_)) for id_, name in HEADLINES)


def of_arm(figures: Sequence[Figure], arm: str) -> Figure | None:
    return next((figure for figure in figures if figure.arm == arm), None)


def _missing(value: float | None) -> bool:
    return value is None or not isfinite(value)


def _scale(figure: Figure) -> Scale:
    if figure.unit != "share":
        return "plain"
    # An upper bound of several per cent over a share of 0 would read 万分之 400.
    small = abs(figure.value or 0.0) < 0.001 and 0 < max(figure.value or 0.0, figure.high or 0.0) < 0.01
    return "per 10000" if small else "percent"


def _digits(value: float, scale: Scale, figure: Figure) -> str:
    if scale == "per 10000":
        return _not_quite(value * 10_000, 10_000)
    if scale == "percent":
        return _not_quite(value * 100, 100)
    if figure.unit == "count":
        whole = all(number is None or number == int(number) for number in (figure.value, figure.low, figure.high))
        return count_text(value) if whole else f"{value:,.2f}"
    short = figure.unit in ("seconds", "minutes") and (value == 0 or value >= 0.01)
    return f"{value:,.{2 if short else 4}f}"


def _with_unit(digits: str, scale: Scale, figure: Figure) -> str:
    if scale == "per 10000":
        return f"万分之 {digits}"
    if scale == "percent":
        return f"{digits} %"
    return digits + {"seconds": " 秒", "minutes": " 分钟"}.get(figure.unit, "")


def _not_quite(value: float, whole: float) -> str:
    """Two decimals, or up to six where fewer would round something below `whole` up to it, or above 0 down to 0."""
    # What sums of floats leave behind is no difference.
    value = round(value, 9)
    text = f"{value:.2f}"
    for decimals in range(3, 7):
        if float(text) not in (0.0, whole) or value in (0.0, whole):
            break
        text = f"{value:.{decimals}f}"
    return text
