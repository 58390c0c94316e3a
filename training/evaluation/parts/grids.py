"""Part 3: whether numbers are put into the row and the column that they stand in.

The readings of the digits do not matter here, nor the arithmetic. Reports of which the gold tells no places, or that
could not be read, are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from training.evaluation.figures import Figure, Part, Table
from training.evaluation.parts.measures import (
    Count,
    Measure,
    by_arm_that_reads,
    by_group,
    figures_by_arm,
    figures_by_group,
    main_arm,
    tally,
)
from training.evaluation.results import ARMS, Alignment, ReportResult

STRUCTURES: Mapping[str, tuple[str, ...]] = {
    "结构 行被截断": ("damage row_cut", "pictured mingti_cut"),
    "结构 两行并作一行": ("damage rows_fused",),
    "结构 缺列或缺行尾": ("damage column_gone", "damage trailing_dropped"),
    "结构 跨页相接": (
        "damage page_number", "damage head_repeated", "damage paged",
        "converter pdf", "converter pdftotext", "converter pdftotext_layout", "converter pdftotext_bare",
        "converter ocr_lines", "converter ocr_rows",
    ),
}  # fmt: skip
"""What befell the grid, and the groups of results that it befell: damages of configs/corpus.yaml, the layout of page
images that breaks inside rows, and the converters that go over paper, whose tables run on across pages."""


def part(results: Sequence[ReportResult]) -> Part:
    arms = by_arm_that_reads(results)
    arm, main = main_arm(arms)
    placed = [one for one in main if _is_placed(one)]
    failed = sum(bool(one.error) for one in main if not _is_placed(one))
    groups = by_group(placed, structures_of)
    of_rows, of_columns = (figures_by_group(measure, arm, groups) for measure in (ROW_F1, COLUMN_F1))
    rows = tuple(_row(row, column, len(groups[row.group])) for row, column in zip(of_rows, of_columns, strict=True))
    table = Table(
        title=f"受损表格的行列对位（{ARMS[arm]}）",
        columns=("分组", "报告数", "行 F1", "行下限", "行上限", "列 F1", "列下限", "列上限"),
        rows=rows,
        note=f"未计入本部分的报告：标准答案不记位置的 {len(main) - len(placed) - failed} 份，没有读成的 {failed} 份。",
    )
    return Part(
        number=3,
        title="三、行列对位",
        says="数字读得再准，放错行列也是错。这里只看位置，不看数字读对没有：放进某行（列）的数字确实印在该行（列）的，"
        "占放入的多少（精确率）、占实印的多少（召回率）；F1 在每个机关内为二者的调和平均，再对机关平均。"
        "另列被截断、并行、缺列、跨页的表格。",
        figures=(*figures_by_arm(MEASURES, arms), *of_rows, *of_columns),
        tables=(table,),
    )


def structures_of(result: ReportResult) -> list[str]:
    return [name for name, groups in STRUCTURES.items() if not set(groups).isdisjoint(result.groups)]


def _is_placed(result: ReportResult) -> bool:
    return result.rows is not None or result.columns is not None


Axis = Callable[[ReportResult], Alignment | None]


def _precision(axis: Axis) -> Callable[[ReportResult], Count]:
    return lambda result: (found.right, found.said) if (found := axis(result)) else (0, 0)


def _recall(axis: Axis) -> Callable[[ReportResult], Count]:
    return lambda result: (found.right, found.there) if (found := axis(result)) else (0, 0)


def _f1(axis: Axis) -> Callable[[ReportResult], Count]:
    """F1 = 2 right / (said + there), so that it adds up over reports as any share does."""
    return lambda result: (2 * found.right, found.said + found.there) if (found := axis(result)) else (0, 0)


def _rows(result: ReportResult) -> Alignment | None:
    return result.rows


def _columns(result: ReportResult) -> Alignment | None:
    return result.columns


def _placed(result: ReportResult) -> Count:
    return tally([one for one in result.fields if one.placed is not None], lambda one: bool(one.placed))


F1_OF = "处（放入与实印合计）"
ROW_F1 = Measure("grids.rows.f1", "行对位 F1", F1_OF, _f1(_rows))
COLUMN_F1 = Measure("grids.columns.f1", "列对位 F1", F1_OF, _f1(_columns))
MEASURES = (
    Measure("grids.rows.precision", "行对位精确率", "处放入", _precision(_rows)),
    Measure("grids.rows.recall", "行对位召回率", "处实印", _recall(_rows)),
    ROW_F1,
    Measure("grids.columns.precision", "列对位精确率", "处放入", _precision(_columns)),
    Measure("grids.columns.recall", "列对位召回率", "处实印", _recall(_columns)),
    COLUMN_F1,
    Measure("grids.placed", "读数取自该格本来的位置", "格", _placed),
)


def _row(row: Figure, column: Figure, reports: int) -> tuple[str | int | float | None, ...]:
    return row.group, reports, row.value, row.low, row.high, column.value, column.low, column.high
