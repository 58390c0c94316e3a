"""Part 4: numbers read where their place is right, so that faults of the grid are not taken for the reader's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from training.evaluation.figures import Part, Table, Value
from training.evaluation.parts.digits import Misreading, misreading, replaced_digit
from training.evaluation.parts.measures import (
    Count,
    Measure,
    by_arm_that_reads,
    by_group,
    figures_by_arm,
    figures_by_group,
    groups_of,
    main_arm,
    origin_of,
    table_of_groups,
    tally,
)
from training.evaluation.results import ARMS, FieldResult, ReportResult

MISREADINGS: dict[Misreading, str] = {
    "right": "读对",
    "replaced": "一位读成别的数字",
    "lost": "少读数位",
    "added": "多读数位",
    "nothing": "没有读成数字",
    "other": "其他",
}
DIGITS = "0123456789"


def part(results: Sequence[ReportResult]) -> Part:
    arms = by_arm_that_reads(results)
    arm, main = main_arm(arms)
    splits = figures_by_group(EXACT, arm, by_group([one for one in main if _in_place(one)], _splits))
    tables = (
        table_of_groups(f"读数，按来源与页面分（{ARMS[arm]}）", splits, "格数", "读对占比"),
        _table_of_misreadings({ARMS[name]: those for name, those in arms.items()}),
        confusions(main),
    )
    return Part(
        number=4,
        title="四、读数",
        says="只看位置已经放对、又确实印有数字的格：所读与所印逐位相同的占多少。表格结构的错不算在内，勾稽也还没有用上。",
        figures=(*figures_by_arm((EXACT, *CHANGED), arms), *splits),
        tables=tables if splits else (),
    )


def _in_place(result: ReportResult) -> list[FieldResult]:
    return [one for one in result.fields if one.placed and one.gold_printed is not None]


def _misreading(one: FieldResult) -> Misreading:
    assert one.gold_printed is not None
    return misreading(one.gold_printed, one.read)


def _became(what: Misreading) -> Callable[[ReportResult], Count]:
    return lambda result: tally(_in_place(result), lambda one: _misreading(one) == what)


EXACT = Measure("reader.exact", "位置对时读数全对", "格", _became("right"))
CHANGED = tuple(
    Measure(f"reader.{what}", MISREADINGS[what], "格", _became(what), macro=False, better="low")
    for what in ("replaced", "lost", "added")
)


def _splits(result: ReportResult) -> list[str]:
    pictured = [name for name in groups_of(result) if name.startswith(("载体 ", "图像版式 ", "画质 "))]
    return [origin_of(result), *(pictured or ["载体 文字"])]


def _table_of_misreadings(arms: dict[str, list[ReportResult]]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for arm, results in arms.items():
        counts = Counter(_misreading(one) for result in results for one in _in_place(result))
        rows.append((arm, counts.total(), *(counts[what] for what in MISREADINGS)))
    return Table(title="读数错在哪里", columns=("方法", "格数", *MISREADINGS.values()), rows=tuple(rows))


def confusions(results: Sequence[ReportResult]) -> Table:
    """Which digit was read for which, of numbers of equal length that differ in one place: true digits down, read
    ones across."""
    counts = Counter(
        pair
        for result in results
        for one in _in_place(result)
        if one.gold_printed is not None and one.read is not None
        if (pair := replaced_digit(one.gold_printed, one.read))
    )
    across = {true: [counts[true, read] for read in DIGITS] for true in DIGITS}
    return Table(
        title="数字混淆",
        columns=("所印", *(f"读作 {digit}" for digit in DIGITS), "合计"),
        rows=tuple((true, *counted, sum(counted)) for true, counted in across.items()),
        note="只数位数相同、恰有一位不同的读数。",
    )
