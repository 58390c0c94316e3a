"""Part 1: reports in which nothing is wrong, and which those are.

A report is what people publish and sum up, so one wrong cell spoils it. Reports of which the gold knows no field are
left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from training.evaluation.figures import Part, Table
from training.evaluation.parts.measures import (
    UNKNOWN,
    Count,
    Measure,
    by_arm,
    by_group,
    figures_by_arm,
    figures_by_group,
    groups_of,
    known,
    main_arm,
    origin_of,
    table_of_groups,
    tally,
)
from training.evaluation.results import ARMS, FieldResult, ReportResult
from training.evaluation.splits import agency_of


def part(results: Sequence[ReportResult]) -> Part:
    arms = by_arm(results)
    arm, main = main_arm(arms)
    splits = figures_by_group(EXACT, arm, by_group([one for one in main if known(one)], _splits))
    table = table_of_groups(
        f"整份全对，按年份、省份、来源与损坏分（{ARMS[arm]}）", splits, "报告数", "全对占比",
        "一份报告可同时属于几个分组；只涉及一个机关的分组没有区间。",
    )  # fmt: skip
    return Part(
        number=1,
        title="一、整份全对",
        says="一份报告只要有一格错，就不能放心引用。这里数的是：标准答案所知的每一格，数值与类别（印有数字，还是空白"
        "或横线）都对的报告占多少；没有读成的报告算错。先按机关求占比，再对机关平均，大机关不多占分量。",
        figures=(*figures_by_arm((EXACT, VALUES), arms), *splits),
        tables=(table, _agencies(main, ARMS[arm])),
    )


def is_exact(result: ReportResult) -> bool:
    """Whether every field that the gold knows has its value, and was found to be the kind of print that it is."""
    return all(one.right and is_kind_right(one) for one in known(result))


def is_kind_right(one: FieldResult) -> bool:
    """Whether a number was found where one is printed, a blank where there is a blank, and a dash where there is one.

    Where the gold says `blank` or `dash`, somebody saw that cell in the file: another kind is wrong, and so is no cell
    at all (`absent`) or one that could not be read (`unread`). A blank of which the file keeps no trace, because it was
    merged with another cell or a converter dropped it, is nobody's to find: the gold gives no kind for it, nor
    `gold_kind` for anything that a made report printed before its damages. There whatever is no number will do.
    """
    if one.gold_kind in ("blank", "dash"):
        return one.kind == one.gold_kind
    if one.gold_printed is not None:
        return one.kind == "number"
    return one.kind != "number" or not one.printed


def _one_report(result: ReportResult, holds: bool) -> Count:
    return (int(holds), 1) if known(result) else (0, 0)


EXACT = Measure("exact.reports", "整份全对（数值与类别）", "份报告", lambda one: _one_report(one, is_exact(one)))
VALUES = Measure("exact.values", "整份全对（只看数值）", "份报告", lambda one: _one_report(one, one.exact))


def _splits(result: ReportResult) -> list[str]:
    return [
        f"年份 {result.year or UNKNOWN}",
        f"省份 {result.province or UNKNOWN}",
        origin_of(result),
        *groups_of(result),
    ]


def _agencies(results: Sequence[ReportResult], arm: str) -> Table:
    """Agency by agency, those with most reports that are not exact first."""
    rows = []
    for agency in sorted({agency_of(one) for one in results}):
        own = [one for one in results if agency_of(one) == agency and known(one)]
        if own:
            exact = sum(is_exact(one) for one in own)
            right, of = tally([field for one in own for field in known(one)], lambda field: field.right)
            rows.append((agency, own[0].province or UNKNOWN, len(own), len(own) - exact, exact / len(own), right / of))
    rows.sort(key=lambda row: (-row[3], row[0]))
    return Table(
        title=f"各机关（{arm}）",
        columns=("机关", "省份", "报告数", "未全对", "全对占比", "格正确率"),
        rows=tuple(rows),
        note="单个机关的报告很少，其占比只说明错在哪里，不能当作该机关的正确率。",
    )
