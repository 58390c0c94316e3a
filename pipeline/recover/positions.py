"""Columns by place: where a converter kept a table as text aligned by spaces, blank cells are only gaps, and
a number's column is seen from what stands above and below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from statistics import median

from pipeline.document import NOWHERE
from pipeline.recover.normalise import key
from pipeline.recover.readings import pieces
from pipeline.recover.strips import Strip, Token, display_width
from pipeline.spans import Span, joined
from pipeline.template import Table

HEAD_STRIPS = 24
"""Strips before the first row in which the column heads are looked for."""


def place_columns(
    rows: Mapping[str, list[Token]], strips: list[Strip], first: int, table: Table
) -> dict[str, list[Token]]:
    """The rows of aligned text whose columns can be told, with their blank cells put back; a label alone on its
    line is a row of blanks.

    Args:
        rows: tokens by row id.
        first: strip of the first row.
    """
    width = len(table.columns)
    cut = {row: pieces(tokens) for row, tokens in rows.items() if tokens and all(t.x is not None for t in tokens)}
    short = [row for row, tokens in cut.items() if len(tokens) < width and any(t.kind == "value" for t in tokens)]
    if len(short) < 3:
        return {}
    # One band a column that holds any number.
    bands = joined(_span(token) for tokens in cut.values() for token in tokens)
    columns = _columns_of(bands, _heads(strips, first, table), width)
    if columns is None:
        return {}
    placed: dict[str, list[Token]] = {}
    for row in rows:
        tokens = cut.get(row, [])
        if not rows[row]:
            placed[row] = [Token("", "blank", NOWHERE)] * width
        if not tokens or len(tokens) >= width:
            continue
        cells: list[Token | None] = [None] * width
        for token in tokens:
            at = next(i for i, band in enumerate(bands) if band[0] <= _span(token)[0] <= band[1])
            if cells[columns[at]] is not None:
                break
            cells[columns[at]] = replace(token, soft=False)
        else:
            blank = replace(tokens[0], text="", kind="blank", soft=False, readings=())
            placed[row] = [cell or blank for cell in cells]
    return placed


def _span(token: Token) -> Span:
    start = token.x or 0
    return (start, start + display_width(token.text))


def _heads(strips: list[Strip], first: int, table: Table) -> list[Span | None]:
    """Where each column's head stands; heads broken over lines are known by the words that no other head has."""
    labels = [key(column.label) for column in table.columns]
    found: list[list[Span]] = [[] for _ in labels]
    for strip in strips[max(0, first - HEAD_STRIPS) : first]:
        for token in strip.tokens:
            wording = key(token.text)
            owners = [i for i, label in enumerate(labels) if len(wording) >= 2 and wording in label]
            if token.x is not None and len(owners) == 1:
                found[owners[0]].append(_span(token))
    return [
        (median(span[0] for span in spans), median(span[1] for span in spans)) if spans else None for spans in found
    ]


def _columns_of(bands: list[Span], heads: list[Span | None], width: int) -> list[int] | None:
    """Index of the column of each band; None where order and heads do not settle it."""
    if len(bands) == width:
        return list(range(width))
    if len(bands) > width or any(head is None for head in heads):
        return None
    known = [head for head in heads if head is not None]
    columns = [min(range(width), key=lambda i: (_apart(band, known[i]), i)) for band in bands]
    if sorted(set(columns)) != columns:
        return None
    spacing = min(b[0] - a[0] for a, b in pairwise(known))
    reach = max(1.0, spacing / 2)
    near = all(_apart(band, known[column]) <= reach for band, column in zip(bands, columns, strict=True))
    return columns if near else None


def _apart(band: Span, head: Span) -> float:
    """How far a band is from a head: by their left ends, their middles or their right ends, whichever is nearest."""
    return min(
        abs(band[0] - head[0]), abs(band[1] - head[1]), abs((band[0] + band[1]) / 2 - (head[0] + head[1]) / 2)
    )
