"""An evaluation as one self-contained HTML page: what matters first, then part by part, then the worst cells.

The page needs no network and no other file but the documents that its cards link to, and it can be read without the
script, which only sorts, filters and tells where on the page one is. Every text goes through `escape` into markup; a
content policy allows no other style or script, and pictures only as data.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite
from pathlib import Path
from urllib.parse import quote

from pipeline.show.self_contained import asset, whole_page
from training.evaluation.figures import Card, Evaluation, Figure, Part, Plot, Table, Value
from training.evaluation.plots import draw
from training.evaluation.words import (
    NOTHING,
    OVERALL,
    are_shares,
    arm_text,
    arms_of,
    figure_text,
    headlines,
    of_arm,
    overall,
    value_text,
)

_MEDIUM, _LONG = 8, 22
"""Characters above which a table's text may be broken into lines: in a narrow window, and everywhere."""
_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/]+={0,2}")


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell of a table."""

    html: str
    value: float | None = None
    """What it is sorted by; None for texts, which are sorted as they read."""
    kind: str = ""
    """Class in the style sheet."""


def write_page(evaluation: Evaluation, folder: Path | None = None) -> str:
    """The whole page as text, to be stored as UTF-8. The same evaluation for the same folder gives the same bytes.

    Args:
        folder: where the page will lie; links to documents given by a relative path start there. None where they are
            relative to the page already.
    """
    style, script = (asset("training.evaluation", f"page.{kind}") for kind in ("css", "js"))
    body = [
        '<a class="skip" href="#main">跳到正文</a>',
        _masthead(evaluation),
        _summary(evaluation),
        '<div class="layout">',
        _contents(evaluation),
        '<main id="main">',
        *(_part(evaluation, part) for part in evaluation.parts),
        _cards(evaluation.cards, folder),
        _notes(evaluation.notes),
        "</main>",
        "</div>",
        f"<footer><p>评测格式 {escape(evaluation.schema_)} · 勾稽 {escape(evaluation.version)}</p></footer>",
    ]
    title = f"勾稽评测：{evaluation.agencies} 个机关，{evaluation.reports} 份报告"
    return whole_page(title, style, script, body, pictures=True)


def _masthead(evaluation: Evaluation) -> str:
    facts = [
        ("报告", f"{evaluation.reports} 份"),
        ("机关", f"{evaluation.agencies} 个"),
        ("方式", "、".join(arm_text(arm) for arm in evaluation.arms) or NOTHING),
        ("程序版本", evaluation.version),
    ]
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    return (
        '<header class="masthead"><p class="kicker">政府信息公开工作年度报告 · 勾稽评测</p>'
        "<h1>有多准，错在哪里</h1>"
        '<p class="lead">每个数字都附有样本数 n 和 95 % 区间，区间由按机关重抽样得来；'
        "“错而采用”是数据使用者不会去看、却是错的格，只应相信它的上限。</p>"
        f'<dl class="facts">{rows}</dl>'
        f'<p class="command"><span>命令</span><code>{escape(evaluation.command)}</code></p></header>'
    )


def _summary(evaluation: Evaluation) -> str:
    """The figures that matter most, of the first arm."""
    if not evaluation.arms:
        return ""
    arm = evaluation.arms[0]
    boxes = []
    for name, figures in headlines(evaluation):
        figure = of_arm(figures, arm)
        boxes.append(f"<div><dt>{escape(name)}</dt>{_headline(figure)}</div>")
    title = escape(f"{arm_text(arm)}：最要紧的五个数")
    return f'<section class="summary" aria-label="{title}"><h2>{title}</h2><dl>{"".join(boxes)}</dl></section>'


def _headline(figure: Figure | None) -> str:
    if figure is None:
        return f'<dd class="value">{NOTHING}</dd>'
    text = figure_text(figure)
    # Of what must not happen, the bound is what is to be believed.
    kind = "interval bound" if text.is_bound else "interval"
    interval = f'<dd class="{kind}">{escape(text.interval)}</dd>' if text.interval else ""
    return f'<dd class="value">{escape(text.value)}</dd>{interval}<dd class="n">n = {escape(text.n)}</dd>'


def _contents(evaluation: Evaluation) -> str:
    entries = [(f"part-{part.number}", part.title) for part in evaluation.parts]
    if evaluation.cards:
        entries.append(("worst", "最差的格"))
    if evaluation.notes:
        entries.append(("notes", "说明"))
    items = "".join(f'<li><a href="#{id_}">{escape(title)}</a></li>' for id_, title in entries)
    return f'<nav class="contents" aria-label="目录"><ol>{items}</ol></nav>'


def _part(evaluation: Evaluation, part: Part) -> str:
    name = f"part-{part.number}"
    plots = "".join(_plot(plot, f"{name}-plot-{number}") for number, plot in enumerate(part.plots, 1))
    split = [figure for figure in part.figures if figure.group != OVERALL]
    return (
        f'<section class="part" id="{name}"><h2>{escape(part.title)}</h2><p class="says">{escape(part.says)}</p>'
        + _figures(evaluation, overall(part), f"{part.title}：指标")
        + (f'<div class="plots">{plots}</div>' if plots else "")
        + "".join(_table(table) for table in part.tables)
        + _split_figures(evaluation, split, part.title)
        + "</section>"
    )


def _split_figures(evaluation: Evaluation, figures: Sequence[Figure], title: str) -> str:
    """Folded away: the part's tables show most of them already, in an order that tells more."""
    if not figures:
        return ""
    rows = _figures(evaluation, figures, f"{title}：分组指标", "groups")
    return f"<details><summary>全部分组指标</summary>{rows}</details>"


def _figures(evaluation: Evaluation, figures: Sequence[Figure], label: str, kind: str = "") -> str:
    """Figures with the arms side by side; those that differ by arm alone share a row."""
    if not figures:
        return ""
    arms = arms_of(evaluation, figures)
    rows: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        rows.setdefault((figure.id, figure.group), []).append(figure)
    heads = ["指标", *(["组"] if kind else []), *map(arm_text, arms)]
    body = []
    for (_, group), of_row in rows.items():
        shared = {figure_text(figure).n for figure in of_row}
        under = f"n = {next(iter(shared))}" if len(shared) == 1 else ""
        first = of_row[0]
        marks = " · ".join(filter(None, [under, "越低越好" if first.better == "low" else ""]))
        cells = [_Cell(f"{escape(first.label)}{_small(marks)}", kind="long")]
        if kind:
            cells.append(_Cell(escape(group)))
        cells += [_figure_cell(of_arm(of_row, arm), with_n=not under) for arm in arms]
        body.append(cells)
    return _grid(heads, body, label, f"figures {kind}".strip(), set(range(len(heads) - len(arms), len(heads))))


def _figure_cell(figure: Figure | None, with_n: bool) -> _Cell:
    if figure is None:
        return _Cell(NOTHING, kind="number")
    text = figure_text(figure)
    under = _small(text.interval) + _small(f"n = {text.n}" if with_n else "")
    return _Cell(f"<b>{escape(text.value)}</b>{under}", figure.value, "number")


def _small(text: str) -> str:
    return f"<small>{escape(text)}</small>" if text else ""


def _table(table: Table) -> str:
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    shares = [are_shares(name, values) for name, values in zip(table.columns, columns, strict=True)]
    numeric = {index for index, values in enumerate(columns) if any(isinstance(value, int | float) for value in values)}
    body = [
        [_value_cell(value, shares[index], index in numeric) for index, value in enumerate(row)] for row in table.rows
    ]
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    title = f'<h3>{escape(table.title)}<small class="rows">{len(table.rows)} 行</small></h3>'
    if not table.rows:
        return f'{title}<p class="empty">没有可列的内容。</p>{note}'
    return title + _grid(table.columns, body, table.title, "data", numeric) + note


def _value_cell(value: Value, as_share: bool, in_numeric: bool) -> _Cell:
    text = value_text(value, as_share)
    kind = "number" if in_numeric else "long" if len(text) > _LONG else "medium" if len(text) > _MEDIUM else ""
    if isinstance(value, int) and value == 0:
        # Counts of nothing step back; a share of nothing may be what matters.
        kind = "number zero"
    number = value if isinstance(value, int | float) and isfinite(value) else None
    return _Cell(escape(text), number, kind)


def _grid(heads: Sequence[str], rows: Iterable[Sequence[_Cell]], label: str, kind: str, numeric: set[int]) -> str:
    """A table in a box of its own that scrolls; the script makes its heads sort and gives it a filter."""
    head = "".join(
        f'<th scope="col"{" class=number" if index in numeric else ""}>{escape(text)}</th>'
        for index, text in enumerate(heads)
    )
    body = "".join(f"<tr>{''.join(_td(cell, index) for index, cell in enumerate(row))}</tr>" for row in rows)
    # Figures are read as a whole; only long tables get a box of limited height.
    box = "scroll whole" if kind == "figures" else "scroll"
    return (
        f'<div class="{box}" tabindex="0" role="region" aria-label="{escape(label)}"><table class="{kind}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _td(cell: _Cell, index: int) -> str:
    tag = 'th scope="row"' if index == 0 else "td"
    kind = f' class="{cell.kind}"' if cell.kind else ""
    value = f' data-value="{cell.value!r}"' if cell.value is not None else ""
    return f"<{tag}{kind}{value}>{cell.html}</{tag.split()[0]}>"


def _plot(plot: Plot, name: str) -> str:
    note = f'<p class="note">{escape(plot.note)}</p>' if plot.note else ""
    return f'<figure class="plot"><figcaption>{escape(plot.title)}</figcaption>{draw(plot, name)}{note}</figure>'


def _cards(cards: Sequence[Card], folder: Path | None) -> str:
    if not cards:
        return ""
    faults = Counter(card.fault for card in cards)
    # They do nothing without the script, which shows them.
    buttons = f'<button type="button" aria-pressed="true" data-fault="">全部 {len(cards)}</button>' + "".join(
        f'<button type="button" aria-pressed="false" data-fault="{escape(fault)}">{escape(fault)} {count}</button>'
        for fault, count in faults.items()
    )
    return (
        f'<section id="worst"><h2>最差的格<small>{len(cards)} 格</small></h2>'
        '<p class="says">错得最要紧的在前：错而采用的，其次是错的，再次是未定的。</p>'
        f'<div class="faults" role="group" aria-label="按错法筛选" hidden>{buttons}</div>'
        f'<ol class="cards">{"".join(_card(card, folder) for card in cards)}</ol></section>'
    )


def _card(card: Card, folder: Path | None) -> str:
    numbers = [("原印", card.printed), ("取值", card.value), ("标准", card.gold), ("把握", f"{card.confidence:.1%}")]
    terms = "".join(
        f"<div><dt>{name}</dt><dd>{escape(value if value else NOTHING)}</dd></div>" for name, value in numbers
    )
    if _PICTURE.fullmatch(card.crop):
        source = f'<img src="{escape(card.crop)}" alt="原件上的这一格">'
    else:
        source = f'<blockquote tabindex="0">{escape(card.text)}</blockquote>' if card.text else ""
    page = "" if card.page is None else f" 第 {card.page} 页"
    href = _href(card.document, card.page, folder)
    where = f'<a href="{escape(href)}">打开原件{page}</a>' if href else page
    return (
        f'<li class="card" data-fault="{escape(card.fault)}"><p class="what"><span class="fault">{escape(card.fault)}'
        f"</span><b>{escape(card.label)}</b><code>{escape(card.field)}</code></p>"
        f'<dl class="numbers">{terms}</dl>{source}'
        + (f'<p class="sentence">{escape(card.sentence)}</p>' if card.sentence else "")
        + f'<p class="where"><span>{escape(card.report)}</span>{where}</p></li>'
    )


def _href(document: str, page: int | None, folder: Path | None) -> str:
    """A relative link, or one to a file where the path is absolute; no text of a document can make it anything else."""
    if not document:
        return ""
    if Path(document).is_absolute():
        link = "file:///" + quote(Path(document).as_posix().lstrip("/"))
    else:
        # The colon of what looks like a scheme is quoted too.
        link = quote(Path(os.path.relpath(document, folder) if folder else document).as_posix())
    return f"{link}#page={page}" if page is not None and document.lower().endswith(".pdf") else link


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f'<section id="notes"><h2>说明</h2><ul>{items}</ul></section>'
