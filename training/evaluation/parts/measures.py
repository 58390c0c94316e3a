"""From results to figures: what is counted in one report, added up by agency, for each arm and group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from training.evaluation.figures import Figure, Table
from training.evaluation.intervals import counts_by_agency, figure, rare_figure
from training.evaluation.results import ARMS, Arm, FieldResult, ReportResult

Count: TypeAlias = tuple[int, int]
"""(right, of): how many, and of how many."""
Names: TypeAlias = Callable[[ReportResult], Iterable[str]]
"""The groups that a report is in, as pages name them: the kind, a space, which one."""

ALL = "全部"
UNKNOWN = "不详"
ORIGINS: Mapping[str, str] = {"real": "真实报告", "synthetic": "生成报告", "injected": "注入错误的报告"}
KINDS: Mapping[str, str] = {
    "family": "损坏族", "damage": "损坏", "source": "原文错误", "layout": "版式", "converter": "转换",
    "pictured": "图像版式", "level": "画质",
}  # fmt: skip
"""First word of a group of a result, and the word for it on pages."""
LONE: Mapping[str, str] = {
    "unseen": "样式 训练未见", "seen": "样式 训练已见", "undamaged": "损坏 无", "pictures": "载体 页面图像",
}  # fmt: skip
"""Groups of a result that are one word."""
ORDER = ("年份", "省份", "来源", "样式", "载体", *KINDS.values())
"""In which pages list the kinds; others come last."""
READ_BY_BOTH: tuple[Arm, ...] = ("no-reconcile", "smallest-change")
"""Arms that decide anew on what `both` read; beside it, their places and readings would be the same figures again."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A share, counted report by report."""

    id: str
    label: str
    of: str
    """What is counted, in Chinese: 份报告, 格."""
    count: Callable[[ReportResult], Count]
    macro: bool = True
    """The mean over agencies, each weighing the same. False, all counts added up, for what most agencies have few or
    none of: there a mean over agencies would be made of agencies with one count each."""
    better: Literal["high", "low", ""] = "high"
    must_not_happen: bool = False
    """Then the pooled rate is given with its upper bound, the only side of it that is to be believed."""

    def figure(self, arm: str, results: Iterable[ReportResult], group: str = ALL) -> Figure:
        counts = counts_by_agency(results, self.count)
        if self.must_not_happen:
            return rare_figure(self.id, self.label, arm, counts, of=self.of, group=group)
        return figure(
            self.id, self.label, arm, counts, of=self.of, group=group, macro=self.macro, better=self.better
        )


def by_arm(results: Iterable[ReportResult]) -> dict[Arm, list[ReportResult]]:
    """The arms that there are, in the order of `ARMS`, the main one first, each with its results by name."""
    ordered = sorted(results, key=lambda result: result.name)
    found = {arm: [result for result in ordered if result.arm == arm] for arm in ARMS}
    return {arm: those for arm, those in found.items() if those}


def by_arm_that_reads(results: Iterable[ReportResult]) -> dict[Arm, list[ReportResult]]:
    """The same without the arms that repeat the reading of another one that is there."""
    found = by_arm(results)
    return {arm: those for arm, those in found.items() if not ("both" in found and arm in READ_BY_BOTH)}


def main_arm(arms: Mapping[Arm, list[ReportResult]]) -> tuple[Arm, list[ReportResult]]:
    """The first arm that is there: `both` in a whole run."""
    return next(iter(arms.items()), ("both", []))


def by_group(results: Iterable[ReportResult], names: Names) -> dict[str, list[ReportResult]]:
    """Group -> its results; the kinds in their order, and by name within a kind."""
    found: dict[str, list[ReportResult]] = {}
    for result in results:
        for name in names(result):
            found.setdefault(name, []).append(result)
    return dict(sorted(found.items(), key=lambda item: (_rank(item[0]), item[0])))


def groups_of(result: ReportResult) -> list[str]:
    """All groups that the result names, as pages name them: `损坏 rows_fused` for `damage rows_fused`."""
    return [_shown(group) for group in result.groups]


def damages_of(result: ReportResult) -> list[str]:
    """`损坏 rows_fused` and the like; `损坏 无` of a report made without any."""
    return [name for name in groups_of(result) if name.startswith("损坏 ")]


def origin_of(result: ReportResult) -> str:
    return f"来源 {ORIGINS[result.origin]}"


def figures_by_arm(measures: Sequence[Measure], arms: Mapping[Arm, list[ReportResult]]) -> tuple[Figure, ...]:
    return tuple(measure.figure(arm, results) for measure in measures for arm, results in arms.items())


def figures_by_group(measure: Measure, arm: str, groups: Mapping[str, list[ReportResult]]) -> tuple[Figure, ...]:
    return tuple(measure.figure(arm, results, group) for group, results in groups.items())


def table_of_groups(title: str, figures: Iterable[Figure], n: str, share: str, note: str = "") -> Table:
    """One figure a row: group, n, share and interval.

    Args:
        n: head of the column of what is counted.
        share: head of the column of shares.
    """
    rows = tuple((one.group, one.n, one.value, one.low, one.high) for one in figures)
    return Table(title=title, columns=("分组", n, share, "下限", "上限"), rows=rows, note=note)


def known(result: ReportResult) -> list[FieldResult]:
    return [one for one in result.fields if one.known]


def tally(fields: Iterable[FieldResult], holds: Callable[[FieldResult], bool]) -> Count:
    """How many of the fields are so, and how many there are."""
    answers = [holds(one) for one in fields]
    return sum(answers), len(answers)


def _shown(group: str) -> str:
    kind, _, name = group.partition(" ")
    return LONE.get(group) or (f"{KINDS[kind]} {name}" if kind in KINDS else group)


def _rank(group: str) -> int:
    kind = group.partition(" ")[0]
    return ORDER.index(kind) if kind in ORDER else len(ORDER)
