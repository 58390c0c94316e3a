"""Two evaluations side by side: which figures moved, and which of these moves are more than chance.

Figures are compared by their intervals alone, which takes two runs over the same reports for two over different ones
and so sees less than there is. Where the results of the single reports are there too, the same agencies are drawn for
both runs (intervals.difference), and McNemar's test asks of the reports that only one run has entirely right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.errors import E101, E303, GoujiError
from pipeline.show.printable import printable
from training.evaluation.figures import Evaluation, Figure, Table, Unit, Value
from training.evaluation.intervals import counts_by_agency, difference, share
from training.evaluation.results import ARMS, ReportResult
from training.evaluation.splits import agency_of

FEWEST_AGENCIES = 6
"""Five agencies that all move the same way do so by chance in more than 5 % of cases (2 x 0.5^5), six do not; below, a
bootstrap interval does not deserve its name and nothing is called significant."""
RESULTS = "results"
"""The folder beside evaluation.json: ARM/NAME.json, one `ReportResult` each."""

Model = TypeVar("Model", bound=BaseModel)
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure in both runs."""

    id: str
    label: str
    arm: str
    group: str
    unit: Unit
    better: Literal["high", "low", ""]
    old: float | None
    new: float | None
    low: float | None
    high: float | None
    """95 % interval of new less old; None where either run has no interval."""
    n: tuple[int, int]
    agencies: int
    """That the comparison rests on: of the smaller run, or the pairs' own."""

    @property
    def change(self) -> float | None:
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def significant(self) -> bool:
        """Whether the interval excludes 0 and there are agencies enough to believe it."""
        if self.low is None or self.high is None or self.agencies < FEWEST_AGENCIES:
            return False
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class McNemar:
    """Reports that are exact in both runs, in one, in none, and the exact two-sided p of as uneven a share of those in
    just one (McNemar, Psychometrika 12, 1947). It takes reports as independent, also those of one agency."""

    arm: str
    both: int
    only_old: int
    only_new: int
    neither: int
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    old: str
    new: str
    """What the two runs are, in a line."""
    figures: tuple[Difference, ...]
    only_old: tuple[Figure, ...]
    only_new: tuple[Figure, ...]
    paired: tuple[Difference, ...] = ()
    mcnemar: tuple[McNemar, ...] = ()
    pairs: int = 0
    """Results compared, each of one arm and one report."""
    unpaired: int = 0
    """Results without a partner: in one run only, or the document or its gold has changed."""


def compare(
    old: Evaluation,
    new: Evaluation,
    old_results: Sequence[ReportResult] = (),
    new_results: Sequence[ReportResult] = (),
) -> Comparison:
    """Figures matched by (id, arm, group), in the new run's order; and results matched by arm and name, where both runs
    have any."""
    was, now = _figures(old), _figures(new)
    agencies = min(old.agencies, new.agencies)
    pairs = _pairs(old_results, new_results) if old_results and new_results else []
    arms = [arm for arm in ARMS if any(pair[0].arm == arm for pair in pairs)]
    by_arm = {arm: [pair for pair in pairs if pair[0].arm == arm] for arm in arms}
    return Comparison(
        old=_about(old),
        new=_about(new),
        figures=tuple(_by_intervals(was[key], figure, agencies) for key, figure in now.items() if key in was),
        only_old=tuple(figure for key, figure in was.items() if key not in now),
        only_new=tuple(figure for key, figure in now.items() if key not in was),
        paired=tuple(_paired(arm, measure, by_arm[arm]) for arm in arms for measure in _MEASURES),
        mcnemar=tuple(_mcnemar(arm, by_arm[arm]) for arm in arms),
        pairs=len(pairs),
        unpaired=len(old_results) + len(new_results) - 2 * len(pairs) if old_results and new_results else 0,
    )


def run_compare(old: Path, new: Path, markdown: bool = False) -> int:
    """Prints two runs side by side, as a text table or as Markdown; 0.

    Args:
        old: an evaluation.json; results are read from the folder beside it where both runs have one.

    Raises:
        GoujiError: E101 where a file cannot be opened, E303 where it is none of ours.
    """
    comparison = compare(
        _parsed(Evaluation, old), _parsed(Evaluation, new), read_results(old.parent), read_results(new.parent)
    )
    print(as_markdown(comparison) if markdown else as_text(comparison), end="")
    return 0


def read_results(folder: Path) -> list[ReportResult]:
    """All results of the run in this folder, ordered by path; none where they were not kept.

    Raises:
        GoujiError: E101, E303 as `run_compare`.
    """
    return [_parsed(ReportResult, path) for path in sorted((folder / RESULTS).rglob("*.json"))]


def as_text(comparison: Comparison) -> str:
    """For a terminal: columns padded to the width that is seen, where a Chinese character takes two places."""
    blocks = []
    for table in _tables(comparison):
        cells = [list(table.columns), *([_cell(cell) for cell in row] for row in table.rows)]
        widths = [max(_width(row[column]) for row in cells) for column in range(len(table.columns))]
        lines = [
            "  ".join(cell + " " * (wide - _width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]
        rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
        blocks.append("\n".join([table.title, "", lines[0], rule, *lines[1:], *([table.note] if table.note else [])]))
    return "\n\n".join([_head(comparison), *blocks]) + "\n"


def as_markdown(comparison: Comparison) -> str:
    blocks = []
    for table in _tables(comparison):
        rows = [table.columns, ["---"] * len(table.columns), *([_escaped(cell) for cell in row] for row in table.rows)]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        blocks.append("\n".join([f"## {table.title}", "", *lines, *(["", table.note] if table.note else [])]))
    return "\n\n".join([_head(comparison), *blocks]) + "\n"


@dataclass(frozen=True, slots=True)
class _Measure:
    id: str
    label: str
    count: Callable[[ReportResult], tuple[int, int]]
    macro: bool
    better: Literal["high", "low"]


_MEASURES = (
    _Measure("paired.exact", "全对的报告", lambda one: (int(one.exact), 1), True, "high"),
    _Measure(
        "paired.right",
        "取值对的格",
        lambda one: (sum(field.right for field in one.fields), sum(field.known for field in one.fields)),
        True,
        "high",
    ),
    # Of all cells that the gold knows, not of those accepted: the two runs then share a denominator. Pooled, as what is
    # rare is in the figures.
    _Measure(
        "paired.wrong_accepted",
        "错而采用的格",
        lambda one: (len(one.wrong_accepted), sum(field.known for field in one.fields)),
        False,
        "low",
    ),
)


def _figures(evaluation: Evaluation) -> dict[Key, Figure]:
    return {(one.id, one.arm, one.group): one for part in evaluation.parts for one in part.figures}


def _by_intervals(old: Figure, new: Figure, agencies: int) -> Difference:
    """The interval of the difference from those of its two sides, each taken as independent of the other: the distances
    to their ends are squared and added (Newcombe, Statistics in Medicine 17, 1998, method 10; Zou and Donner,
    ibid. 27, 2008)."""
    was, now = _ends(old), _ends(new)
    low = high = None
    if was and now:
        low = now[1] - was[1] - hypot(now[1] - now[0], was[2] - was[1])
        high = now[1] - was[1] + hypot(now[2] - now[1], was[1] - was[0])
    return Difference(
        new.id, new.label, new.arm, new.group, new.unit, new.better, old.value, new.value, low, high,
        (old.n, new.n), agencies,
    )  # fmt: skip


def _ends(figure: Figure) -> tuple[float, float, float] | None:
    """(low, value, high)."""
    if figure.value is None or figure.low is None or figure.high is None:
        return None
    return figure.low, figure.value, figure.high


def _pairs(old: Sequence[ReportResult], new: Sequence[ReportResult]) -> list[tuple[ReportResult, ReportResult]]:
    """Both runs' results on the same bytes with the same gold; a corrected gold would pass for a better program."""
    before = {(one.arm, one.name): one for one in old}
    found = ((before.get((one.arm, one.name)), one) for one in new)
    return [(was, now) for was, now in found if was is not None and _question(was) == _question(now)]


def _question(result: ReportResult) -> tuple[object, ...]:
    return result.sha256, sorted((one.field, one.known, repr(one.gold)) for one in result.fields)


def _paired(arm: str, measure: _Measure, pairs: Sequence[tuple[ReportResult, ReportResult]]) -> Difference:
    # The agency as the new run names it, for both sides: a name put right since must not part a report from itself.
    names = {was.name: agency_of(now) for was, now in pairs}
    old = counts_by_agency((was.model_copy(update={"agency": names[was.name]}) for was, _ in pairs), measure.count)
    new = counts_by_agency((now for _, now in pairs), measure.count)
    found = difference(old, new, measure.macro)
    was, now = share(old, measure.macro), share(new, measure.macro)
    return Difference(
        measure.id, measure.label, arm, "全部", "share", measure.better, was.value, now.value, found.low, found.high,
        (was.n, now.n), found.agencies,
    )  # fmt: skip


def _mcnemar(arm: str, pairs: Sequence[tuple[ReportResult, ReportResult]]) -> McNemar:
    from scipy.stats import binomtest

    outcomes = [(was.exact, now.exact) for was, now in pairs]
    only_old, only_new = outcomes.count((True, False)), outcomes.count((False, True))
    differing = only_old + only_new
    p = float(binomtest(only_new, differing, 0.5).pvalue) if differing else 1.0
    return McNemar(arm, outcomes.count((True, True)), only_old, only_new, outcomes.count((False, False)), p)


def _parsed(model: type[Model], path: Path) -> Model:
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        raise GoujiError(E101, reason=f"{path}（{error.strerror}）") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "整个文件"
        raise GoujiError(E303, reason=printable(f"{path} 不是本版本的评测结果，{place}: {first['msg']}")) from None


def _head(comparison: Comparison) -> str:
    return f"旧：{printable(comparison.old)}\n\n新：{printable(comparison.new)}"


def _about(evaluation: Evaluation) -> str:
    return f"gouji {evaluation.version}，{evaluation.reports} 份报告，{evaluation.agencies} 个机关"


_ON_INTERVALS = (
    "差的区间由两边各自的区间合成，偏宽；只给上界的指标（如错而采用）在此看不出显著，要看成对比较。"
    "区间逐项各为 95%：即使毫无变化，每 20 项里也会有至多约一项碰巧显著。"
)
_COLUMNS = ("指标", "方式", "范围", "n", "旧", "新", "新减旧", "95% 区间", "判断")


def _tables(comparison: Comparison) -> list[Table]:
    tables = []
    if comparison.paired:
        note = f"两次评测中同一文件、同一标准答案的结果成对比较，共 {comparison.pairs} 对；按机关重抽样。"
        note += f"另有 {comparison.unpaired} 个结果没有配上，未计。" if comparison.unpaired else ""
        tables.append(_differences("成对比较", comparison.paired, note))
        tables.append(_mcnemar_table(comparison.mcnemar))
    elif comparison.unpaired:
        tables.append(Table(title="成对比较", columns=("说明",), rows=(("两次评测没有同一文件、同一标准答案的结果",),)))
    tables.append(_differences("各项指标", comparison.figures, _ON_INTERVALS))
    for title, figures in (("只见于旧", comparison.only_old), ("只见于新", comparison.only_new)):
        if figures:
            rows = tuple((one.label, _arm(one.arm), one.group, one.n, _value(one.value, one.unit)) for one in figures)
            tables.append(Table(title=title, columns=("指标", "方式", "范围", "n", "值"), rows=rows))
    return tables


def _differences(title: str, differences: Sequence[Difference], note: str) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            one.label, _arm(one.arm), one.group,
            str(one.n[1]) if one.n[0] == one.n[1] else f"旧 {one.n[0]}，新 {one.n[1]}",
            _value(one.old, one.unit), _value(one.new, one.unit), _change(one.unit, one.change),
            _change(one.unit, one.low, one.high), _verdict(one),
        )
        for one in differences
    ]  # fmt: skip
    return Table(title=title, columns=_COLUMNS, rows=tuple(rows), note=note)


def _mcnemar_table(tests: Sequence[McNemar]) -> Table:
    return Table(
        title="全对的报告：McNemar 精确检验",
        columns=("方式", "两次都全对", "只有旧全对", "只有新全对", "都不全对", "p"),
        rows=tuple(
            (_arm(one.arm), one.both, one.only_old, one.only_new, one.neither, f"{one.p:.3g}") for one in tests
        ),
        note="检验把各份报告看作彼此独立；同一机关有多份报告时，以上表的区间为准。",
    )


def _verdict(one: Difference) -> str:
    if one.low is None or one.change is None:
        return "无从判断"
    if not one.significant:
        return "不显著" if one.agencies >= FEWEST_AGENCIES else f"不足 {FEWEST_AGENCIES} 个机关"
    if not one.better:
        return "显著上升" if one.change > 0 else "显著下降"
    return "显著变好" if (one.change > 0) == (one.better == "high") else "显著变差"


_SHOWN: dict[Unit, tuple[int, int, str, str]] = {
    "share": (100, 2, "%", " 百分点"),
    "count": (1, 0, "", ""),
    "seconds": (1, 2, " 秒", " 秒"),
    "minutes": (1, 1, " 分钟", " 分钟"),
    "number": (1, 3, "", ""),
}
"""By unit: factor, decimals, and what follows a value and a difference."""


def _value(value: float | None, unit: Unit) -> str:
    factor, decimals, words, _ = _SHOWN[unit]
    return "-" if value is None else f"{factor * value:.{decimals}f}{words}"


def _change(unit: Unit, *changes: float | None) -> str:
    """A difference, or the two ends of its interval."""
    factor, decimals, _, words = _SHOWN[unit]
    known = [f"{factor * change:+.{decimals}f}" for change in changes if change is not None]
    return " 至 ".join(known) + words if known else "-"


def _arm(arm: str) -> str:
    return {str(key): words for key, words in ARMS.items()}.get(arm, arm)


def _cell(value: Value) -> str:
    return "-" if value is None else printable(str(value))


def _escaped(value: Value) -> str:
    return _cell(value).replace("|", "\\|")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
