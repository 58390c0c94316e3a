"""What a pull found, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from annotations.pull.pulling import FLAGGED, PROBLEMS, SUPPLIED, Problem, Pulled
from pipeline.errors import E405
from pipeline.show.printable import printable

if TYPE_CHECKING:
    from rich.console import Console

    from annotations.pull.tag_disputes import TagAgreement
    from training.evaluation.agreement import Agreement
    from training.evaluation.intervals import Estimate

VERDICTS: dict[str, str] = {
    "ok": "与程序一致", "corrected": "改正", SUPPLIED: "补上", "unreadable": "看不清", "source_wrong": "原文印错",
}  # fmt: skip
"""Of answers about single cells; the other verdicts are those of overviews."""
MOST_LINES = 20
"""Of each sort that are shown."""


def summary(found: Pulled) -> Iterator[str]:
    """Line by line, what there is and what is left to do."""
    told = "，".join(f"{word} {found.verdicts[verdict]}" for verdict, word in VERDICTS.items())
    yield f"任务 {found.tasks} 个：{found.answered} 个有答案，{found.open_tasks} 个还在等人答"
    yield f"格子的答案 {found.verdicts.total()} 个：{told}；{found.changed} 份报告有新答案"
    if found.overviews:
        left = f"，另有 {found.overview_left} 格要逐格问" if found.overview_left else ""
        yield f"总览 {found.overviews} 份：定下 {found.overview_cells} 格{left}"
    yield f"还没有定论的格 {found.open_cells} 个；有人答过的报告 {found.reports} 份，{found.unsettled} 份还有要看的格"
    pending = f"，另有 {len(found.pending)} 格已在等人裁定" if found.pending else ""
    to_push = found.disputed + found.alone > len(found.pending)
    push = "，用 gouji annotate push --adjudicate 交人裁定" if to_push else ""
    alone = f"，只有一人答过、与程序和勾稽关系都不合的格 {found.alone} 个" if found.alone else ""
    yield f"各人不一致、没有裁定的格 {found.disputed} 个{alone}{pending}{push}"
    if found.tags:
        yield f"文字标注 {found.tags} 份，在 annotate/tags"
    if found.disputed_texts:
        waiting = len(found.disputed_texts & found.pending_texts)
        pending = f"，其中 {waiting} 份已在等人裁定" if waiting else ""
        push = "，用 gouji annotate push --tags --adjudicate 交人裁定" if len(found.disputed_texts) > waiting else ""
        yield f"各人标得不一致、没有裁定的文字 {len(found.disputed_texts)} 份{pending}{push}"
    if found.gold is not None:
        withdrawn = f"，撤回 {found.gold.withdrawn} 份" if found.gold.withdrawn else ""
        yield f"标准答案 {found.gold.gold} 份{withdrawn}；各人的答案 {found.gold.annotators} 份"
    if found.flags:
        yield f"按表内勾稽值得再看一眼的等式 {len(found.flags)} 条（答案不因此改动）："
        lines = [f"  {one.file}　{one.rule} {one.label}：{one.equation}" for one in found.flags]
        yield from _some(lines, FLAGGED)


def problems(found: Sequence[Problem]) -> Iterator[str]:
    """What could not be taken over."""
    lines = []
    for one in found:
        where = f"项目 {one.project}" + ("" if one.task is None else f" 任务 {one.task}")
        who = "".join(f" {part}" for part in (one.annotator, one.field) if part)
        lines.append(f"  {where}{who}：{one.message}")
    if lines:
        yield f"[{E405.code}] {len(lines)} 处答案没有收下，其余都收下了。{E405.remedy}；答错的，请标注员改正后再 pull："
        yield from _some(lines, PROBLEMS)


def _some(lines: Sequence[str], file: str) -> Iterator[str]:
    yield from map(printable, lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        yield f"  … 另有 {len(lines) - MOST_LINES} 处，全部在 annotate/{file}"


def show_agreement(found: Sequence[Agreement], console: Console) -> None:
    """A row for each two annotators."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    console.print("标注员之间的一致程度：", style="bold")
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("标注员", overflow="fold")
    for name in ("报告", "格", "原印一致", "κ", "取值一致", "κ", "类别 κ", "不一致"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        numbers = (
            str(one.reports), str(one.cells), _share(one.printed.agreed), _decimal(one.printed.kappa),
            _share(one.reconciled.agreed), _decimal(one.reconciled.kappa), _decimal(one.kinds_kappa),
            str(len(one.disagreements)),
        )  # fmt: skip
        table.add_row(Text(printable(f"{one.first}、{one.second}")), *map(Text, numbers))
    console.print(table)


def show_tag_agreement(found: Sequence[TagAgreement], console: Console) -> None:
    """A row for each two annotators who tagged a text in common."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    console.print("标注员之间标注文字的一致程度（起止和标签都相同才算相同）：", style="bold")
    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("标注员", overflow="fold")
    for name in ("文字", "数字 F1", "相同", "各标", "部分 F1", "相同", "各标"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found:
        cells = [str(one.texts)]
        for part in (one.numbers, one.sections):
            cells += [_decimal(part.f1), str(part.both), f"{part.first}、{part.second}"]
        table.add_row(Text(printable(f"{one.first}、{one.second}")), *map(Text, cells))
    console.print(table)


def _share(found: Estimate) -> str:
    return "—" if found.value is None else f"{found.value:.1%}"


def _decimal(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"
