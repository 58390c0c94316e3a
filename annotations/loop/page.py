"""The history of rounds as one page that needs nothing else: how much is open after how many answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import accumulate
from typing import Any

from pipeline.show.self_contained import asset, whole_page
from training.evaluation.figures import Plot, Series
from training.evaluation.plots import draw
from training.evaluation.words import NOTHING, value_text

FIGURES = {
    "cells.right": "格正确率", "exact.reports": "整份全对", "trust.untouched": "免复核的报告",
    "trust.wrong_accepted": "错而采用的格", "trust.ece": "校准误差 ECE",
}  # fmt: skip
"""Of the evaluation, by id."""
DRAWN = ("cells.right", "exact.reports", "trust.untouched")
SAYS = (
    "评测用的模拟报告取自没有参与训练的机关，--gold 给出的由使用者保证；"
    "“待看的格”是读入的报告里须由人看过才能采用的格。"
)
Round = Mapping[str, Any]
_COLUMNS = ("轮", "模型", *FIGURES.values(), "待看的格", "问了", "答了", "改了", "答后待看")


def page(rounds: Sequence[Round]) -> str:
    """The same rounds give the same bytes."""
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in map(_row, rounds))
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in _COLUMNS)
    plots = "".join(
        f'<figure class="plot"><figcaption>{escape(plot.title)}</figcaption>{draw(plot, f"plot-{number}")}'
        f'<p class="note">{escape(plot.note)}</p></figure>'
        for number, plot in enumerate(_plots(rounds))
    )
    style, script = (asset("training.evaluation", f"page.{kind}") for kind in ("css", "js"))
    return whole_page(
        "勾稽：人工核对各轮", style, script,
        [
            '<header class="masthead"><p class="kicker">勾稽 · 人工核对</p><h1>一轮一轮</h1>',
            f'<p class="lead">{SAYS}</p></header>',
            f'<div class="layout"><nav class="contents"></nav><main id="main"><section class="part">'
            f'<div class="plots">{plots}</div>',
            f'<div class="scroll whole" tabindex="0"><table class="figures"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div></section></main></div>",
        ],
    )  # fmt: skip


def curve(rounds: Sequence[Round]) -> list[tuple[int, int]]:
    """(answered so far, open cells), before the first answer and after each round."""
    done = [one for one in rounds if one["done"]]
    if not rounds or "ingest" not in rounds[0]:
        return []
    answered = accumulate(int(one["pull"]["answered"]) for one in done)
    start = (0, int(rounds[0]["ingest"]["open_cells"]))
    return [start, *((at, int(one["pull"]["open_cells"])) for at, one in zip(answered, done, strict=True))]


def _plots(rounds: Sequence[Round]) -> Iterator[Plot]:
    points = tuple((float(x), float(y)) for x, y in curve(rounds))
    yield Plot(
        title="待看的格与已答的格", kind="lines", x="已答的格", y="待看的格",
        series=(Series(name="待看的格", points=points),), note="第一点在问之前，其后每轮一点。",
    )  # fmt: skip
    lines = []
    for figure in DRAWN:
        values = ((float(one["round"]), _figure(one, figure)) for one in rounds)
        known = tuple((x, y) for x, y in values if y is not None)
        lines.append(Series(name=FIGURES[figure], points=known))
    yield Plot(title="各轮的评测", kind="lines", x="轮", y="比例", series=tuple(lines), note="")


def _figure(one: Round, figure: str) -> float | None:
    found = one.get("evaluate", {}).get("figures", {}).get(figure)
    return None if found is None else float(found)


def _row(one: Round) -> list[str]:
    pulled, read = one.get("pull", {}), one.get("ingest", {})
    counts = (read.get("open_cells"), pulled.get("asked"), pulled.get("answered"), pulled.get("corrected"))
    cells = [*counts, pulled.get("open_cells")]
    return [
        str(one["round"]),
        str(one.get("train", {}).get("version", NOTHING)),
        *(value_text(_figure(one, figure), as_share=True) for figure in FIGURES),
        *(value_text(cell, as_share=False) for cell in cells),
    ]
