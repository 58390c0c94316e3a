"""Part 2: cell by cell, split so that the many zeros do not hide the rest.

Every known cell is one of three: `nonzero`, its value is not 0, printed or not (some agencies leave totals blank);
`zero`, its value is 0 and something is printed; `blank`, its value is 0 and nothing, or a dash, is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from training.evaluation.figures import Figure, Part
from training.evaluation.parts.digits import one_digit_off
from training.evaluation.parts.measures import Count, Measure, by_arm, figures_by_arm, known, tally
from training.evaluation.results import FieldResult, ReportResult, same

Sort = Literal["nonzero", "zero", "blank"]
SORTS: dict[Sort, str] = {"nonzero": "非零格", "zero": "印作零的格", "blank": "空白格（实为零）"}
BASELINE = "全零基线"
"""As an arm: 0 for every cell."""


def part(results: Sequence[ReportResult]) -> Part:
    arms = by_arm(results)
    # Every report once, whichever arms went over it.
    reports = list({one.name: one for those in reversed(arms.values()) for one in those}.values())
    baseline: list[Figure] = [measure.figure(BASELINE, reports) for measure in _accuracy(_is_zero)]
    return Part(
        number=2,
        title="二、逐格正确率",
        says="表里大半是零，一律答零也能得高分，所以非零格、印作零的格与空白格分开算，并列出“全零基线”。"
        "一位之差的错最难用眼睛看出：数字恰好错、漏或多一位；另列单个非零数字整个没有读出的。",
        figures=(*figures_by_arm(_accuracy(_is_right), arms), *baseline, *figures_by_arm(DIGITS, arms)),
    )


def sort_of(one: FieldResult) -> Sort:
    """Which of the three a known cell is."""
    if one.gold:
        return "nonzero"
    return "blank" if one.gold_printed is None else "zero"


def _is_right(one: FieldResult) -> bool:
    return one.right


def _is_zero(one: FieldResult) -> bool:
    return same(one.gold, 0)


def _accuracy(holds: Callable[[FieldResult], bool]) -> tuple[Measure, ...]:
    def of_sort(sort: Sort) -> Callable[[ReportResult], Count]:
        return lambda result: tally([one for one in known(result) if sort_of(one) == sort], holds)

    return (
        Measure("cells.right", "格正确率", "格", lambda result: tally(known(result), holds)),
        *(Measure(f"cells.{sort}", f"{name}正确率", "格", of_sort(sort)) for sort, name in SORTS.items()),
    )


def _of_printed(holds: Callable[[FieldResult], bool]) -> Callable[[ReportResult], Count]:
    return lambda result: tally([one for one in known(result) if one.gold_printed is not None], holds)


def _of_single(holds: Callable[[FieldResult], bool]) -> Callable[[ReportResult], Count]:
    """Over cells that print one digit and no zero: a zero lost is taken for a blank and costs nothing."""
    return lambda result: tally([one for one in known(result) if one.gold_printed in range(1, 10)], holds)


DIGITS = (
    Measure(
        "cells.digit_read", "一位之差：所读与所印", "格",
        _of_printed(lambda one: one_digit_off(one.gold_printed, one.read)), macro=False, better="low",
    ),
    Measure(
        "cells.digit_decided", "一位之差：取值与实报", "格",
        _of_printed(lambda one: one_digit_off(one.gold, one.value)), macro=False, better="low",
    ),
    Measure(
        "cells.single_read", "单个非零数字未读出", "格",
        _of_single(lambda one: one.read is None), macro=False, better="low",
    ),
    Measure(
        "cells.single_decided", "单个非零数字最终仍为空或零", "格",
        _of_single(lambda one: not one.right and not one.value), macro=False, better="low",
    ),
)  # fmt: skip
