"""Part 6: what the arithmetic mends, and what it spoils.

Before is the number that was read, after is the value. Both are held against what the agency reported. Every known
field was right as read or was not: `repair.harm` is counted over the former, `repair.recall` over the latter, and
`repair.precision` over the fields that were changed, whichever they were.

Reports with one injected fault each are counted apart from all others, fault by fault. There it is known which cells
the fault strikes, so that it can also be said how many reports came out of it whole.

A blank or dash whose reported value is 0 was read rightly where no number was read there: to whoever sums up it is 0,
and giving 0 for it is no repair. Anywhere else nothing is not 0. In a report that could not be read at all nothing was
right as read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.record import Number
from training.evaluation.cases import FAULT, STRUCK
from training.evaluation.figures import Figure, Part, Table, Value
from training.evaluation.parts.measures import (
    Count,
    Measure,
    by_arm,
    by_group,
    damages_of,
    figures_by_arm,
    known,
    tally,
)
from training.evaluation.results import ARMS, FieldResult, ReportResult, same

NUMBER = 6
FAULTS: Mapping[str, str] = {
    "none": "无（对照）",
    "digit": "一位数字错",
    "digit_lost": "少一位数字",
    "digit_added": "多一位数字",
    "missed": "漏一格",
    "blanked": "一格变空",
    "shift": "一行左右错一格",
    "cells_fused": "两格连成一格",
    "rows_fused": "两行并成一行",
    "row_shift": "标签上下错一行",
}
"""Injected faults, and what pages call them."""


def part(results: Sequence[ReportResult]) -> Part:
    arms = by_arm(results)
    splits: list[Figure] = []
    rows: list[tuple[Value, ...]] = []
    for arm, those in arms.items():
        for group, own in by_group(those, damages_of).items():
            figures = [measure.figure(arm, own, group) for measure in MEASURES]
            splits += figures
            rows.append((ARMS[arm], group, len(own), *_cells(figures)))
    table = Table(
        title="按注入的损坏",
        columns=(
            "方法", "分组", "报告数", "改动格", "改对", "改对下限", "改对上限",
            "应改格", "改回", "改回下限", "改回上限", "原对格", "改坏", "改坏上限", "不作决定",
        ),
        rows=tuple(rows),
        note="一份报告可带几种损坏，每种都算它一次。",
    )  # fmt: skip
    return Part(
        number=NUMBER,
        title="六、勾稽改正",
        says="勾稽之前是所读的数，之后是取值，都与机关实报的数相比。改动了的有多少改对，该改的有多少改了回来，"
        "原来读对的有多少反被改坏（只信上限），又有多少格不作决定留给人看。“不做勾稽”与“改动最少”是对照。"
        "实报为零的空白或横线，没有读出数字即算读对，填上零不算改动。",
        figures=(*figures_by_arm(MEASURES, arms), *splits),
        tables=(table,),
    )


def with_injected(made: Part, results: Sequence[ReportResult]) -> Part:
    """The part with figures and a table of reports that have one injected fault each; its other figures stay."""
    arms = by_arm(results)
    figures: list[Figure] = []
    rows: list[tuple[Value, ...]] = []
    for fault, name in FAULTS.items():
        for arm, those in arms.items():
            own = [one for one in those if f"{FAULT}{fault}" in one.groups]
            if own:
                of_fault = [measure.figure(arm, own, f"注入 {name}") for measure in (*MEASURES, MENDED)]
                figures += of_fault
                mended = of_fault[-1]
                cells = _cells(of_fault[:-1])
                unseen = sum(bool(one.wrong_accepted) for one in own)
                rows.append((name, ARMS[arm], len(own), mended.value, mended.low, mended.high, unseen, *cells))
    table = Table(
        title="单个已知错误，按种类",
        columns=(
            "错误", "方法", "报告数", "改好的报告", "改好下限", "改好上限", "含错而采用的报告", "改动格", "改对",
            "改对下限", "改对上限", "应改格", "改回", "改回下限", "改回上限", "原对格", "改坏", "改坏上限", "不作决定",
        ),
        rows=tuple(rows),
        note="表三的数取自标准答案，每份报告只有一处错误，“无”是没有注入的同一批报告。改好：错误所及的格全对，且表三"
        "没有一格错而采用。读错而照用的格不算改坏，见“含错而采用的报告”。这些报告没有人发布过，只在此处计数。",
    )  # fmt: skip
    says = f"{made.says}另把已知的错误逐个注入取自标准答案的表三，每份只有一处，按错误的种类单独计数。"
    return made.model_copy(
        update={"says": says, "figures": (*made.figures, *figures), "tables": (*made.tables, table)}
    )


def is_mended(result: ReportResult) -> bool:
    """Whether all cells that the injected fault strikes are right, and nothing wrong would be taken unseen."""
    cells = {group.removeprefix(STRUCK) for group in result.groups if group.startswith(STRUCK)}
    return not result.wrong_accepted and all(one.right for one in known(result) if one.field in cells)


def before(result: ReportResult, one: FieldResult) -> Number | None:
    """The number read, and 0 for a blank or dash that means 0 and was not read as a number."""
    blank = one.gold_printed is None and same(one.gold, 0) and not result.error
    return 0 if blank and one.read is None else one.read


def was_right(result: ReportResult, one: FieldResult) -> bool:
    return same(before(result, one), one.gold)


def is_changed(result: ReportResult, one: FieldResult) -> bool:
    """Whether a value is given out that is not what was read; a field left open or kept as printed is not changed."""
    return one.accepted and not same(one.value, before(result, one))


def _count(
    among: Callable[[ReportResult, FieldResult], bool], holds: Callable[[FieldResult], bool]
) -> Callable[[ReportResult], Count]:
    return lambda result: tally([one for one in known(result) if among(result, one)], holds)


def _is_right(one: FieldResult) -> bool:
    return one.right


PRECISION = Measure("repair.precision", "改动之中改对", "格改动", _count(is_changed, _is_right), macro=False)
RECALL = Measure(
    "repair.recall", "应改之中改回", "格应改", _count(lambda *cell: not was_right(*cell), _is_right), macro=False
)
HARM = Measure(
    "repair.harm", "原来读对反被改坏", "格原对",
    _count(was_right, lambda one: one.accepted and not one.right), must_not_happen=True,
)  # fmt: skip
ABSTENTION = Measure(
    "repair.abstention", "不作决定", "格", _count(lambda *_: True, lambda one: not one.accepted), better=""
)
MEASURES = (PRECISION, RECALL, HARM, ABSTENTION)
MENDED = Measure(
    "repair.mended", "注入的错误全部改好且无错而采用", "份报告", lambda result: (int(is_mended(result)), 1)
)


def _cells(figures: Sequence[Figure]) -> tuple[Value, ...]:
    precision, recall, harm, abstention = figures
    return (
        precision.n, precision.value, precision.low, precision.high,
        recall.n, recall.value, recall.low, recall.high,
        harm.n, harm.value, harm.high, abstention.value,
    )  # fmt: skip
