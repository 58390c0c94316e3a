"""Part 8: what can be taken unseen, what it costs to look at the rest, and whether a confidence means what it says.

A risk is counted over all cells that the gold knows; calibration over those of them that have a value, for where there
is none a confidence claims nothing (risk.grade_cells). Which fields a person must look at: risk.needs_look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from training.evaluation.figures import Figure, Part, Plot, Series, Table, Unit, Value
from training.evaluation.intervals import TAIL, Estimate, drawn_agencies, interval_of_alike
from training.evaluation.parts import held_apart
from training.evaluation.parts.measures import (
    Count,
    Measure,
    by_arm,
    by_arm_that_reads,
    figures_by_arm,
    known,
    main_arm,
    tally,
)
from training.evaluation.results import ARMS, Arm, ReportResult
from training.evaluation.risk import (
    BINS,
    Bin,
    Graded,
    Statistic,
    brier_score,
    calibration_error,
    coverage_at,
    curve,
    estimate,
    excess_area,
    grade_cells,
    grade_reports,
    is_untouched,
    needs_look,
    oracle_points,
    reliability,
    risk_area,
)
from training.evaluation.splits import agency_of

SECONDS_A_FIELD = 20
"""That a person takes to find a field on the page and settle it. Assumed, not measured."""
CELLS_RIGHT, REPORTS_RIGHT = 0.995, 0.99
"""How much of what is taken must be right, where a coverage is asked for."""
MOST_POINTS = 200
"""Of a plotted curve."""
_CODE = re.compile(r".*?\[?\b(E\d{3})\b\]? *")

Arms: TypeAlias = Mapping[Arm, Sequence[ReportResult]]
Sums: TypeAlias = Mapping[str, tuple[float, float]]
"""By agency: how much, over how much."""


def part(results: Sequence[ReportResult]) -> Part:
    arms, reading = by_arm(results), by_arm_that_reads(results)
    main, of_main = main_arm(arms)
    graded = {arm: _Grades.of(those) for arm, those in arms.items()}
    figures = (
        *figures_by_arm(MEASURES, arms),
        *(measure.figure(arm, graded[arm]) for measure in _GRADED_MEASURES for arm in arms),
        *(figure for arm, those in arms.items() for figure in _work(arm, those)),
        *(figure for arm, those in reading.items() for figure in _speed(arm, those)),
        *figures_by_arm((FAILED,), reading),
        *held_apart.figures(main, of_main),
    )
    return Part(
        number=8,
        title="八、可信与代价",
        says="采用的取值里错了多少（只信上限）；按把握由高到低采用，采用多少时会错多少；说“把握九成九”的格是否真有"
        "九成九是对的；有多少报告不必人看，其余的要看多少格。"
        f"需要人看的是歧义、矛盾和没有读到的格；复核时间按每格 {SECONDS_A_FIELD} 秒估算，这是假定，并非实测。"
        "覆盖率是在同一批报告上挑选阈值得到的，只作描述；要有保证的阈值，用 gouji find-threshold。",
        figures=figures,
        tables=(
            _table_of_looks(arms),
            _table_of_bins({arm: grades.valued for arm, grades in graded.items()}),
            _table_of_times(reading),
            _table_of_failures(reading),
            held_apart.table(main, ARMS[main], of_main),
        ),
        plots=tuple(
            plot
            for arm, grades in graded.items()
            for plot in (_risk_plot(arm, grades.cells), _reliability_plot(arm, grades.valued))
        ),
    )


@dataclass(frozen=True, slots=True)
class _Grades:
    """One arm's results in the three ways in which they are graded."""

    cells: Graded
    valued: Graded
    reports: Graded

    @classmethod
    def of(cls, results: Sequence[ReportResult]) -> _Grades:
        return cls(grade_cells(results), grade_cells(results, valued=True), grade_reports(results))


@dataclass(frozen=True, slots=True)
class _GradedMeasure:
    """A statistic of confidences, over all cells or reports together: they are ranked together."""

    id: str
    label: str
    over: Literal["cells", "valued", "reports"]
    statistic: Statistic
    unit: Unit = "share"
    better: Literal["high", "low"] = "low"

    def figure(self, arm: Arm, grades: _Grades) -> Figure:
        found = estimate(getattr(grades, self.over), self.statistic)
        of = "份报告" if self.over == "reports" else "格"
        return _figure(self.id, self.label, arm, found, of, self.unit, self.better)


def _wrong_accepted(result: ReportResult) -> Count:
    return tally([one for one in known(result) if one.accepted], lambda one: not one.right)


def _any_wrong_accepted(result: ReportResult) -> Count:
    return (int(bool(result.wrong_accepted)), 1) if known(result) else (0, 0)


def _untouched_exact(result: ReportResult) -> Count:
    return (int(result.exact), 1) if known(result) and is_untouched(result) else (0, 0)


def _failed(result: ReportResult) -> bool:
    return bool(result.error) or result.status == "failed"


MEASURES = (
    Measure("trust.wrong_accepted", "错而采用的格", "格", _wrong_accepted, must_not_happen=True),
    Measure("trust.wrong_accepted.reports", "含错而采用的报告", "份报告", _any_wrong_accepted, must_not_happen=True),
    Measure("trust.untouched", "免复核的报告", "份报告", lambda one: (int(is_untouched(one)), 1)),
    Measure("trust.untouched.exact", "免复核的报告中全对的", "份报告", _untouched_exact, macro=False),
)
FAILED = Measure("trust.failed", "未能读成的报告", "份报告", lambda one: (int(_failed(one)), 1), better="low")
_GRADED_MEASURES = (
    _GradedMeasure(
        "trust.coverage.cells", f"采用的格 {CELLS_RIGHT:.1%} 对时的覆盖率", "cells", coverage_at(1 - CELLS_RIGHT),
        better="high",
    ),
    _GradedMeasure(
        "trust.coverage.reports", f"采用的报告 {REPORTS_RIGHT:.0%} 全对时的覆盖率", "reports",
        coverage_at(1 - REPORTS_RIGHT), better="high",
    ),
    _GradedMeasure("trust.aurc", "风险—覆盖曲线下面积（AURC）", "cells", risk_area, "number"),
    _GradedMeasure("trust.aurc.excess", "其中次序不当所致（E-AURC）", "cells", excess_area, "number"),
    _GradedMeasure("trust.ece", f"校准误差（ECE，约 {BINS} 箱，各箱格数相近）", "valued", calibration_error),
    _GradedMeasure("trust.brier", "Brier 分数", "valued", brier_score, "number"),
)  # fmt: skip


def _work(arm: Arm, results: Sequence[ReportResult]) -> tuple[Figure, Figure]:
    """Fields to look at and minutes, a report: means over agencies."""
    looks = [sum(needs_look(field) for field in result.fields) for result in results]
    most = max(len(result.fields) for result in results)
    fields = _mean(_sums([(agency_of(one), n, 1) for one, n in zip(results, looks, strict=True)]), float(most))
    minutes = _scaled(fields, SECONDS_A_FIELD / 60)
    return (
        _figure("trust.looks", "每份报告要看的格", arm, fields, "份报告", "count", "low"),
        _figure("trust.minutes", "每份报告的复核时间（估算）", arm, minutes, "份报告", "minutes", "low"),
    )


def _speed(arm: Arm, results: Sequence[ReportResult]) -> tuple[Figure, ...]:
    """Pages a second over all reports together, failed ones too: their time was spent. Nothing where none was timed."""
    timed = [result for result in results if result.seconds > 0]
    if not timed:
        return ()
    found = _rate(_sums([(agency_of(one), one.pages, one.seconds) for one in timed]), sum(one.pages for one in timed))
    return (_figure("trust.pages_a_second", "每秒页数", arm, found, "页", "number", "high"),)


def _risk_plot(arm: Arm, graded: Graded) -> Plot:
    found = curve(graded)
    last = len(found.coverage) - 1
    kept = sorted({round(at * last / (MOST_POINTS - 1)) for at in range(MOST_POINTS)}) if last >= 0 else []
    points = tuple((float(found.coverage[at]), float(found.risk[at])) for at in kept)
    return Plot(
        title=f"风险—覆盖曲线（{ARMS[arm]}）",
        kind="lines",
        x="覆盖率",
        y="采用者中错的占比",
        series=(
            Series(name=ARMS[arm], points=points),
            Series(name=f"{ARMS[arm]}：最好的次序", points=oracle_points(graded), dashed=True),
        ),
        note=f"按把握由高到低采用 {graded.n} 格；同一把握的格一起采用。虚线：所有对的都排在错的之前。",
    )


def _reliability_plot(arm: Arm, graded: Graded) -> Plot:
    bins = reliability(graded)
    least = min((end for one in bins for end in (one.confidence, one.right)), default=0.0)
    return Plot(
        title=f"校准图（{ARMS[arm]}）",
        kind="lines",
        x="把握",
        y="实际正确的占比",
        series=(
            Series(name=ARMS[arm], points=tuple((one.confidence, one.right) for one in bins)),
            Series(name="把握即占比", points=((least, least), (1.0, 1.0)), dashed=True),
        ),
        note=f"{graded.n} 格有取值，分成约 {BINS} 箱，各箱格数相近；同一把握的格不分开，格多的自成一箱。",
    )


def _table_of_looks(arms: Arms) -> Table:
    rows: list[tuple[Value, ...]] = []
    for arm, results in arms.items():
        statuses = [field.status for result in results for field in result.fields if needs_look(field)]
        counts = [statuses.count(status) for status in ("ambiguous", "inconsistent", "missing")]
        untouched = sum(is_untouched(result) for result in results)
        rows.append((ARMS[arm], len(results), untouched, *counts, sum(counts)))
    return Table(
        title="要人看的格",
        columns=("方法", "报告数", "免复核", "歧义", "矛盾", "没有读到", "合计"),
        rows=tuple(rows),
        note="改正和推得的格直接采用，不算在内。机关留空而无从推知的格看了也不会知道更多，也不算。",
    )


def _table_of_bins(graded: Mapping[Arm, Graded]) -> Table:
    bins: list[tuple[Arm, Bin]] = [(arm, one) for arm, found in graded.items() for one in reliability(found)]
    return Table(
        title="校准图的各箱",
        columns=("方法", "平均把握", "实际正确的占比", "格数", "错的格数"),
        rows=tuple(
            (ARMS[arm], round(one.confidence, 5), round(one.right, 5), one.n, round(one.n * (1 - one.right)))
            for arm, one in bins
        ),
    )


def _table_of_times(arms: Arms) -> Table:
    """Page images and other files apart: they differ in time by a hundred times."""
    rows: list[tuple[Value, ...]] = []
    for arm, results in arms.items():
        for kind, pictured in (("页面图像", True), ("其他", False)):
            own = [one for one in results if one.seconds > 0 and _is_picture(one) == pictured]
            if own:
                seconds = [one.seconds for one in own]
                pages = sum(one.pages for one in own)
                median, late = (round(float(one), 3) for one in np.quantile(seconds, (0.5, 0.95)))
                rows.append((ARMS[arm], kind, len(own), pages, round(pages / sum(seconds), 3), median, late))
    return Table(
        title="用时",
        columns=("方法", "文件", "报告数", "页数", "每秒页数", "每份秒数，中位", "每份秒数，九五分位"),
        rows=tuple(rows),
        note="一份报告从打开到得出记录的时间，单个进程。",
    )


def _is_picture(result: ReportResult) -> bool:
    return any(group.startswith("level ") for group in result.groups)


def _table_of_failures(arms: Arms) -> Table:
    """By arm and error code, the commonest first."""
    rows: list[tuple[Value, ...]] = []
    for arm, results in arms.items():
        failed: dict[str, list[ReportResult]] = {}
        for result in results:
            if _failed(result):
                failed.setdefault(_code(result.error), []).append(result)
        for code, own in sorted(failed.items(), key=lambda item: (-len(item[1]), item[0])):
            reason = _CODE.sub("", own[0].error, count=1).split("。")[0]
            rows.append((ARMS[arm], code, reason, len(own), len(own) / len(results), own[0].name))
    return Table(
        title="未能读成的报告，按原因",
        columns=("方法", "代码", "原因（第一份的）", "报告数", "占全部报告", "例"),
        rows=tuple(rows),
    )


def _code(error: str) -> str:
    found = _CODE.match(error)
    return found[1] if found else "无代码"


def _sums(rows: Sequence[tuple[str, float, float]]) -> Sums:
    found: dict[str, tuple[float, float]] = {}
    for agency, more, over in rows:
        before = found.get(agency, (0.0, 0.0))
        found[agency] = before[0] + more, before[1] + over
    return dict(sorted(found.items()))


def _mean(sums: Sums, most: float) -> Estimate:
    """The mean over agencies of their own means, which lie between 0 and `most`."""
    above, below = np.array(list(sums.values())).T
    each, n = above / below, int(below.sum())
    value = float(each.mean())
    if len(each) == 1:
        return Estimate(value, None, None, n, 1)
    if np.ptp(each) == 0:
        low, high = interval_of_alike(value, len(each), 0.0, most)
    else:
        low, high = np.quantile(each[drawn_agencies(len(each))].mean(axis=1), (TAIL, 1 - TAIL))
    return Estimate(value, float(low), float(high), n, len(each))


def _rate(sums: Sums, n: int) -> Estimate:
    """All added up, over all added up."""
    above, below = np.array(list(sums.values())).T
    value = float(above.sum() / below.sum())
    if len(above) == 1:
        return Estimate(value, None, None, n, 1)
    picked = drawn_agencies(len(above))
    low, high = np.quantile(above[picked].sum(axis=1) / below[picked].sum(axis=1), (TAIL, 1 - TAIL))
    return Estimate(value, float(low), float(high), n, len(above))


def _scaled(found: Estimate, by: float) -> Estimate:
    value, low, high = (None if one is None else one * by for one in (found.value, found.low, found.high))
    return Estimate(value, low, high, found.n, found.agencies)


def _figure(
    id: str, label: str, arm: Arm, found: Estimate, of: str, unit: Unit, better: Literal["high", "low"]
) -> Figure:
    return Figure(
        id=id, label=label, arm=arm, value=found.value, low=found.low, high=found.high, n=found.n, of=of, unit=unit,
        better=better,
    )  # fmt: skip
