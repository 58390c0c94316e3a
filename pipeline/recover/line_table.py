"""Table 4: fifteen numbers in one line, under a head of two storeys. Found by its head."""

from __future__ import annotations

from pipeline.recover.anchors import ends_table
from pipeline.recover.labels import column_keys
from pipeline.recover.normalise import key
from pipeline.recover.strips import Strip, Token
from pipeline.template import Table

LEAST_HEADS = 4
"""Column heads that must stand together before they count as the head of table 4."""
TITLE = 10
"""Strips before the line within which its title must stand where its head cannot be read."""
HEAD_WORDS = ("复议", "诉讼", "审结", "结果")
HEAD_GAP = 8
"""Strips without a head that may lie within the head."""


def line_tokens(strips: list[Strip], table: Table) -> tuple[list[Token], int, int] | None:
    """The value and blank tokens of the line, and the first and last strip of the table; None where there is no
    such head. Where the rows stand one below the other, each with its own numbers, these are taken in the form's
    order."""
    heads = column_keys(table)
    rows = {key(label): row.id for row in table.rows for label in (row.label, *row.variants)}
    total = next(column.id for column in table.columns if column.label == "总计")
    positions = [
        (s, t, heads.get(key(token.text)) or "row")
        for s, strip in enumerate(strips)
        for t, token in enumerate(strip.tokens)
        if token.kind == "word" and (key(token.text) in heads or key(token.text) in rows)
    ]
    clusters: list[list[tuple[int, int, str]]] = []
    for position in positions:
        if clusters and position[0] - clusters[-1][-1][0] <= HEAD_GAP:
            clusters[-1].append(position)
        else:
            clusters.append([position])
    stacked = next((found for c in clusters if (found := _stacked(strips, c[0][0], c[-1][0], rows, table))), None)
    if stacked:
        return stacked
    fitting = [
        cluster
        for merged in clusters
        for cluster in _parted(merged, strips)
        if sum(what not in {"row", total, "other"} for _, _, what in cluster) >= LEAST_HEADS
    ]
    width = len(table.field_ids())
    if not fitting:
        return _under_illegible_head(strips, width)
    cluster = max(fitting, key=lambda c: (len(c), c[0]))
    first, last_head = cluster[0][0], cluster[-1]
    full = next((s for s in range(last_head[0], last_head[0] + HEAD_GAP) if _is_full_line(strips, s, width)), None)
    if full is not None:
        return list(strips[full].tokens), first, full
    tokens, last = _behind(strips, last_head[0], last_head[1], table)
    return tokens, first, last


def _is_full_line(strips: list[Strip], s: int, width: int) -> bool:
    """Whether a strip is a row of drawn cells, one for each number and no words."""
    if s >= len(strips) or strips[s].n_columns != width or len(strips[s].tokens) != width:
        return False
    kinds = {token.kind for token in strips[s].tokens}
    return "word" not in kinds and "value" in kinds


def _under_illegible_head(strips: list[Strip], width: int) -> tuple[list[Token], int, int] | None:
    """The one full line of a page image whose head could not be read, known by words of the title or the head."""
    for s in range(len(strips)):
        if not _is_full_line(strips, s, width):
            continue
        before = "".join(token.text for strip in strips[max(0, s - TITLE) : s] for token in strip.tokens)
        if any(word in before for word in HEAD_WORDS):
            return list(strips[s].tokens), max(0, s - 1), s
    return None


_Head = tuple[int, int, str]


def _parted(heads: list[_Head], strips: list[Strip]) -> list[list[_Head]]:
    """The heads cut apart where numbers stand between them: the head of the table is unbroken."""
    parts: list[list[_Head]] = []
    for head in heads:
        if parts and not _value_between(parts[-1][-1], head, strips):
            parts[-1].append(head)
        else:
            parts.append([head])
    return parts


def _value_between(left: _Head, right: _Head, strips: list[Strip]) -> bool:
    for s in range(left[0], right[0] + 1):
        tokens = strips[s].tokens
        inner = tokens[left[1] + 1 if s == left[0] else 0 : right[1] if s == right[0] else len(tokens)]
        if any(token.kind == "value" for token in inner):
            return True
    return False


def _behind(strips: list[Strip], s: int, t: int, table: Table) -> tuple[list[Token], int]:
    """Values and blanks behind the head, to the next words."""
    width = len(table.field_ids())
    tokens: list[Token] = []
    for token in strips[s].tokens[t + 1 :]:
        if token.kind != "word":
            tokens.append(token)
        elif any(value.kind == "value" for value in tokens):
            return tokens, s
    if not any(token.kind == "value" for token in tokens):
        tokens = []
    last = s
    for index in range(s + 1, len(strips)):
        strip = strips[index]
        if len(tokens) >= width and any(token.kind == "value" for token in tokens):
            break
        words = [token for token in strip.tokens if token.kind == "word"]
        if words and (tokens or ends_table(words[0].text, table) or len(words) == len(strip.tokens)):
            if not tokens and not ends_table(words[0].text, table) and index - s <= 3:
                continue
            break
        tokens += [token for token in strip.tokens if token.kind != "word"]
        last = index
    lines = strips[last - len(tokens) + 1 : last + 2]
    one_a_line = len(lines) > len(tokens) and all(len(strip.tokens) == 1 for strip in lines[:-1])
    if tokens and len(tokens) < width and one_a_line:
        tokens = _with_blank_lines(tokens, [strip.gap for strip in lines], strips[s].gap, width)
    while len(tokens) > width and tokens[-1].kind == "blank":
        tokens.pop()
    return tokens, last


def _with_blank_lines(tokens: list[Token], gaps: list[int], usual: int, width: int) -> list[Token]:
    """The tokens of a line whose cells stand one below the other, blank lines being blank cells; as they are where
    that does not make the line full.

    Args:
        gaps: blank lines before each token, and behind the last.
        usual: blank lines between cells that are not blank, as the head shows.
    """
    blank = Token("", "blank", tokens[0].source)
    for lines_a_blank in (1, usual + 1):
        filled: list[Token] = []
        for token, gap in zip(tokens, gaps, strict=False):
            filled += [blank] * (max(0, gap - usual) // lines_a_blank)
            filled.append(token)
        behind = max(0, gaps[-1] - usual) // lines_a_blank
        if len(filled) <= width <= len(filled) + behind:
            return filled + [blank] * (width - len(filled))
    return tokens


def _stacked(
    strips: list[Strip], first: int, last: int, rows: dict[str, str], table: Table
) -> tuple[list[Token], int, int] | None:
    """The numbers of rows that stand one below the other, each behind its own label."""
    found: dict[str, list[Token]] = {}
    end = last
    for s in range(first, min(len(strips), last + 4)):
        tokens = strips[s].tokens
        for t, token in enumerate(tokens):
            row = rows.get(key(token.text)) if token.kind == "word" else None
            values = [other for other in tokens[t + 1 :] if other.kind != "word"]
            if row and len(values) == len(table.columns) and any(other.kind == "value" for other in values):
                found[row] = values
                end = s
    if len(found) < len(table.rows):
        return None
    return [token for row in table.rows for token in found[row.id]], first, end
