"""Where the rows of a table stand: each row label found once, in the order of the form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

from rapidfuzz import fuzz

from pipeline.recover.hints import WEIGHT, HintedRow, Hints, hinted_rows
from pipeline.recover.labels import column_keys, match_row, role
from pipeline.recover.normalise import key
from pipeline.recover.strips import Strip
from pipeline.template import Table, load_templates, template_for_year

FAR = 60
"""Tokens between two neighbouring anchors from which the distance counts against them."""
FAR_PENALTY = 0.4
MISSING_PENALTY = 0.3
"""What a row of the template without a label among those found counts against the template."""
LEAST_HEADS = 3
LIKE_ENOUGH = 45.0
"""Likeness, of 100, of a damaged label that its place confirms."""
DAMAGED = 0.5
"""Score of such an anchor."""
HEAD_BONUS = 0.5
"""What a column head of the template seen in the document counts for it."""


@dataclass(frozen=True, slots=True)
class Anchor:
    row: str
    strip: int
    token: int
    """-1 where numbers alone tell the row, and no word stands before them in their strip."""
    score: float
    hinted: float | None = None
    """Where it is no label that tells the row but a classifier: the probability, 0 where it says so of other numbers
    too."""


def find_anchors(
    strips: list[Strip], table: Table, hints: Hints | None = None, labels: bool = True
) -> list[Anchor]:
    """The best chain of row labels in the form's order.

    Prose that names some rows loses against the table that names them all; a label that the document
    has twice is taken where its neighbours stand.

    Args:
        hints: what a classifier says of the numbers; weighs less than a label of the form.
        labels: whether labels are looked at, or hints alone.
    """
    order = {row.id: i for i, row in enumerate(table.rows)}
    found = _labels(strips, table) if labels else []
    if hints:
        found = _with_hints(found, hinted_rows(strips, table, hints), strips)
    best: list[float] = []
    back: list[int] = []
    for i, (here, anchor) in enumerate(found):
        score, previous = anchor.score, -1
        for j in range(i):
            there, before = found[j]
            if order[before.row] >= order[anchor.row] or _share_numbers(before, anchor, strips):
                continue
            distance = FAR_PENALTY * min(4.0, max(0, here - there - FAR) / FAR)
            if best[j] + anchor.score - distance > score + 1e-9:
                score, previous = best[j] + anchor.score - distance, j
        best.append(score)
        back.append(previous)
    if not found:
        return []
    i = max(range(len(found)), key=lambda k: (best[k], -k))
    chain = []
    while i >= 0:
        chain.append(found[i][1])
        i = back[i]
    return chain[::-1]


def _with_hints(
    labels: list[tuple[int, Anchor]], rows: list[HintedRow], strips: list[Strip]
) -> list[tuple[int, Anchor]]:
    """Labels and hinted rows in the order of the document."""
    before = list(accumulate((len(strip.tokens) for strip in strips), initial=0))
    times = Counter(row.row for row in rows)
    hinted = [
        (
            before[row.first[0]] + row.first[1],
            Anchor(row.row, row.strip, row.token, WEIGHT * row.share, row.share if times[row.row] == 1 else 0.0),
        )
        for row in rows
    ]
    return sorted([*labels, *hinted], key=lambda entry: (entry[0], entry[1].hinted is not None))


def _share_numbers(first: Anchor, second: Anchor, strips: list[Strip]) -> bool:
    """Whether two anchors, of which a classifier gave one, would have the same numbers: no cell stands between them."""
    if first.hinted is None and second.hinted is None:
        return False
    (s1, t1), (s2, t2) = sorted(((first.strip, first.token), (second.strip, second.token)))
    for s in range(s1, s2 + 1):
        tokens = strips[s].tokens[t1 + 1 if s == s1 else 0 : max(t2, 0) if s == s2 else None]
        if any(token.kind != "word" for token in tokens):
            return False
    return True


def _labels(strips: list[Strip], table: Table) -> list[tuple[int, Anchor]]:
    """What could be a label of a row, each with the number of tokens before it."""
    found: list[tuple[int, Anchor]] = []
    position = 0
    for s, strip in enumerate(strips):
        is_head = _is_head(strip, table)
        for t, token in enumerate(strip.tokens):
            position += 1
            if token.kind == "word" and not (is_head and key(token.text) in column_keys(table)):
                match = match_row(token.text, table)
                if match:
                    followed = _followed_by_value(strips, s, t)
                    found.append((position, Anchor(match.row, s, t, match.score + (0.2 if followed else 0.0))))
    return found


def _is_head(strip: Strip, table: Table) -> bool:
    """Whether the strip is a row of column heads, some of which read like row labels (其他, 总计)."""
    if any(token.kind == "value" for token in strip.tokens):
        return False
    heads = {column_keys(table).get(key(token.text)) for token in strip.tokens if token.kind == "word"} - {None}
    return len(heads) >= LEAST_HEADS


def _followed_by_value(strips: list[Strip], s: int, t: int) -> bool:
    rest = strips[s].tokens[t + 1 :]
    if rest:
        return rest[0].kind != "word"
    return s + 1 < len(strips) and strips[s + 1].tokens[0].kind != "word"


def choose_template(
    strips: list[Strip], table_id: str, year: int | None, hints: Hints | None = None, labels: bool = True
) -> tuple[Table, list[Anchor]]:
    """The template whose labels the table carries; the year decides only between equals."""
    words = {key(token.text) for strip in strips for token in strip.tokens if token.kind == "word"}
    hint = template_for_year(year)
    ranked = []
    for template in load_templates().values():
        table = template.tables[table_id]
        anchors = find_anchors(strips, table, hints, labels)
        score = sum(anchor.score for anchor in anchors) - MISSING_PENALTY * _passed_over(table, anchors)
        heads = {column for wording, column in column_keys(table).items() if wording in words}
        score += HEAD_BONUS * len(heads) if table_id == "t2" else 0.0
        ranked.append((score + (0.1 if template.id == hint else 0.0), template.first_year, table, anchors))
    _, _, table, anchors = max(ranked, key=lambda entry: (entry[0], entry[1]))
    return table, _with_damaged_neighbours(strips, anchors, table)


def _with_damaged_neighbours(strips: list[Strip], anchors: list[Anchor], table: Table) -> list[Anchor]:
    """With the rows of a drawn grid whose label is too short to be known with a wrong character in it (规章): the row
    before one that is known, with its number of cells and a label that looks a little like it."""
    by_row = {anchor.row: anchor for anchor in anchors}
    taken = {anchor.strip for anchor in anchors}
    for row, behind in zip(table.rows, table.rows[1:], strict=False):
        anchor = by_row.get(behind.id)
        if row.id in by_row or anchor is None or anchor.strip == 0 or anchor.strip - 1 in taken:
            continue
        strip = strips[anchor.strip - 1]
        words = [t for t, token in enumerate(strip.tokens) if token.kind == "word"]
        cells = [token for token in strip.tokens if token.kind != "word"]
        if strip.n_columns is None or words != [0] or len(cells) != len(row.columns):
            continue
        if fuzz.ratio(key(strip.tokens[0].text), key(row.label)) >= LIKE_ENOUGH:
            by_row[row.id] = Anchor(row.id, anchor.strip - 1, 0, DAMAGED)
    return sorted(by_row.values(), key=lambda one: (one.strip, one.token))


def _passed_over(table: Table, anchors: list[Anchor]) -> int:
    """Rows of the form between the first and the last one found that have no label; its ends may be cut off."""
    order = [row.id for row in table.rows]
    return order.index(anchors[-1].row) - order.index(anchors[0].row) + 1 - len(anchors) if anchors else 0


def ends_table(text: str, table: Table) -> bool:
    """Whether a text is the title of a section: nothing behind it belongs to the table before it."""
    return role(text, table) == "section"
