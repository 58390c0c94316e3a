"""What a simulation leaves behind: JSON, CSV, one page that needs nothing else, and a table for the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from annotations.simulate.measures import BASE, Asked, Line, Needed, Simulated
from annotations.simulate.play import WAYS
from pipeline.errors import E304, GoujiError
from pipeline.show.self_contained import asset, whole_page
from training.evaluation.figures import Plot, Series
from training.evaluation.outputs import as_csv
from training.evaluation.plots import draw
from training.evaluation.words import share_text

SHOWN = "anything"
"""The way that is drawn only as far as the others go: it asks about all cells that there are."""
MEASURE = (
    "错误率：标准答案知道取值的格中，取值不对或仍要人看的所占比例。答案取自标准答案，不会答错；"
    "空白只答“空白”，它是多少由勾稽推定。分钟按 configs/annotate.yaml 的假定计算。"
)
_COLUMNS = ("way", "over", "at", "error", "error_low", "error_high", "wrong_accepted", "open")


def write_simulated(simulated: Simulated, folder: Path) -> None:
    """Writes simulation.json, curves.csv, curves.html and needed.md. The same simulation gives the same bytes.

    Raises:
        GoujiError: E304, where something cannot be written.
    """
    rows = [
        (line.way, line.over, one.at, one.mean, one.low, one.high, one.accepted, one.open)
        for line in simulated.lines
        for one in line.points
    ]
    files = {
        "simulation.json": simulated.model_dump_json(indent=1) + "\n",
        "curves.csv": as_csv(_COLUMNS, rows),
        "curves.html": page(simulated),
        "needed.md": "\n".join(table(simulated)) + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            half = folder / f"{name}.half"
            half.write_bytes(text.encode())
            half.replace(folder / name)
    except OSError as error:
        raise GoujiError(E304, reason=f"{folder}（{error.strerror}）") from None


def table(simulated: Simulated) -> Iterator[str]:
    """Answers each way needs, as Markdown: a row a mark, a column a way, the ratio to the base in brackets."""
    ways = list(dict.fromkeys(one.way for one in simulated.needed))
    yield f"| {WAYS[BASE]}：已答 | 此时错误率 | {' | '.join(WAYS[way] for way in ways)} |"
    yield f"|--:|--:|{'--:|' * len(ways)}"
    for share in dict.fromkeys(one.share for one in simulated.needed):
        those = [one for one in simulated.needed if one.share == share]
        yield f"| {share:.0%} | {those[0].error:.2%} | {' | '.join(map(_cell, those))} |"
    yield f"| 问到没有可问的为止 | | {' | '.join(map(_whole, simulated.asked))} |"


def _cell(one: Needed) -> str:
    if one.answers is None or one.ratio is None:
        return "达不到"
    spread = "" if one.answers_low == one.answers_high else f"，{one.answers_low:.0f}–{one.answers_high:.0f}"
    return f"{one.answers:.0f} 答（{one.ratio:.2f}{spread}；{one.minutes:.0f} 分钟）"


def _whole(one: Asked) -> str:
    overviews = f"总览 {one.overviews:.0f}，" if one.overviews else ""
    return f"{one.answers:.0f} 答（{overviews}0 以外的数字 {one.numbers:.0f}）"


def page(simulated: Simulated) -> str:
    """The curves as one self-contained HTML page."""
    facts = [
        ("报告", f"{simulated.reports} 份"), ("机关", f"{simulated.agencies} 个"), ("计分的格", f"{simulated.fields}"),
        ("待看的格", f"{simulated.suspects}"), ("种子", "、".join(map(str, simulated.seeds))),
    ]  # fmt: skip
    listed = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    plots = "".join(
        f'<figure class="plot"><figcaption>{escape(plot.title)}</figcaption>{draw(plot, f"plot-{number}")}'
        f'<p class="note">{escape(plot.note)}</p></figure>'
        for number, plot in enumerate(_plots(simulated))
    )
    heads, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table(simulated))
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows)
    style, script = (asset("training.evaluation", f"page.{kind}") for kind in ("css", "js"))
    return whole_page(
        "勾稽：选哪些格给人看", style, script,
        [
            '<header class="masthead"><p class="kicker">勾稽 · 模拟的学习曲线</p><h1>答多少，错误少多少</h1>',
            f'<p class="lead">{escape(MEASURE)}</p><dl class="facts">{listed}</dl>',
            f'<p class="command"><span>命令</span><code>{escape(simulated.command)}</code></p></header>',
            '<div class="layout"><nav class="contents" aria-label="目录"><ol><li><a href="#curves">曲线</a></li>'
            '<li><a href="#needed">要答多少</a></li></ol></nav><main id="main"><section class="part" id="curves">',
            f'<h2>曲线</h2><div class="plots">{plots}</div></section>',
            '<section class="part" id="needed"><h2>降到同样的错误率要答多少</h2>',
            '<p class="says">括号内是与随机（待看的格）之比、各种子的范围、预计分钟。</p>',
            f'<div class="scroll whole" tabindex="0"><table class="figures"><thead><tr>{head}</tr></thead>',
            f"<tbody>{body}</tbody></table></div></section></main></div>",
        ],
    )  # fmt: skip


def _plots(simulated: Simulated) -> Iterator[Plot]:
    for over, name in (("answers", "答的个数"), ("minutes", "用去的分钟")):
        lines = [line for line in simulated.lines if line.over == over]
        end = max((line.points[-1].at for line in lines if line.way != SHOWN), default=0.0)
        means = [_mean(line, end) for line in lines]
        lowest = min((line.points[-1].mean for line in lines if line.way != SHOWN), default=0.0)
        yield Plot(
            title=f"错误率与{name}", kind="lines", x=name, y="错误率",
            series=(*means, *(series for line in lines for series in _range(line))),
            note=f"实线是各种子的均值，虚线是最低与最高；“{WAYS['anything']}”只画到其余各法问完为止。"
            f"其余各法最低到 {share_text(lowest)}：剩下的是程序采用而错了的格和表式不对的格，没有人会去看。",
        )  # fmt: skip


def _mean(line: Line, end: float) -> Series:
    points = [one for one in line.points if line.way != SHOWN or one.at <= end]
    return Series(name=WAYS[line.way], points=tuple((one.at, one.mean) for one in points))


def _range(line: Line) -> Iterator[Series]:
    """The least and the most over the seeds, of the two ways that are compared most."""
    if line.way in ("worth", BASE) and any(one.low != one.high for one in line.points):
        low = tuple((one.at, one.low) for one in line.points)
        high = tuple((one.at, one.high) for one in line.points)
        yield Series(name=f"{WAYS[line.way]}：最低", points=low, dashed=True)
        yield Series(name=f"{WAYS[line.way]}：最高", points=high, dashed=True)
