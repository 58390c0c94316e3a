"""The numbers that stand together: each anchored row with the tokens that follow its label, and
groups of numbers that have lost their label."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from pipeline.document import NOWHERE, Source
from pipeline.recover.anchors import Anchor, ends_table
from pipeline.recover.labels import role
from pipeline.recover.strips import Strip, Token
from pipeline.template import Table

DIRT = 0.5
"""Probability of a number on a page image below which its cell may as well be blank."""
TAIL = 6
"""Strips behind the last anchor that may still belong to the table."""


@dataclass(slots=True)
class ValueGroup:
    """Value and blank tokens in order."""

    row: str | None
    """Row id of the label that they follow; None where no label is near."""
    strip: int
    tokens: list[Token] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    """Blank lines before each token, and (last entry) behind the last one: one cell a line only."""
    one_a_line: bool = False
    sure: float = 1.0
    """How like its label is to the form's."""
    label: Source = NOWHERE
    """Where that label stands."""
    words: str = ""
    """What stands beside numbers without a label: mostly a line of the label that they belong to."""

    @property
    def has_value(self) -> bool:
        return any(token.kind == "value" for token in self.tokens)

    @property
    def is_filled(self) -> bool:
        """Whether it has a value that is rather one than dirt in a blank cell."""
        return any(
            token.kind == "value" and (not token.readings or token.readings[0].score >= DIRT) for token in self.tokens
        )

    def stands_beside_label_of(self, other: ValueGroup) -> bool:
        """Whether the cell of the other's label reaches down beside these numbers, on a page."""
        box, page = other.label.box, other.label.page
        boxes = [token.source.box for token in self.tokens if token.source.page == page and token.source.box]
        middles = [(one[1] + one[3]) / 2 for one in boxes]
        return box is not None and bool(middles) and all(box[1] < middle < box[3] for middle in middles)


def value_groups(strips: list[Strip], anchors: list[Anchor], table: Table) -> list[ValueGroup]:
    """Groups in document order, from the first anchor to the end of the table."""
    if not anchors:
        return []
    by_strip: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        by_strip.setdefault(anchor.strip, []).append(anchor)
    first, last = anchors[0].strip, anchors[-1].strip
    groups: list[ValueGroup] = []
    current: ValueGroup | None = None
    marked = [strip for strip in strips[first : last + 1] if strip.cell]
    gaps_end_rows = bool(marked) and sum(strip.gap > 0 for strip in marked) < len(marked) / 2
    for s in range(first, min(len(strips), last + TAIL + 200)):
        strip, here = strips[s], by_strip.get(s, [])
        if s > last and (_ends(strip, table) or (s > last + TAIL and len(strip.tokens) > 1)):
            if current is not None and current.one_a_line:
                current.gaps.append(strip.gap)
            break
        single = len(strip.tokens) == 1
        if single and not here:
            token = strip.tokens[0]
            if gaps_end_rows and strip.gap and current is not None and current.tokens:
                current = None
            if token.kind == "blank" and current is None:
                continue
            if token.kind == "word":
                if current is not None and current.tokens:
                    if current.one_a_line:
                        current.gaps.append(strip.gap)
                    current = None
                    if s > last and not any(char.isdigit() for char in token.text):
                        break
                continue
            if current is not None and token.soft and _is_full(current, table):
                current.gaps.append(strip.gap)
                current = None
            if current is None:
                if s > last and not (token.soft and len(token.text.split()) > 1):
                    break
                current = ValueGroup(None, s, one_a_line=True)
                groups.append(current)
            current.tokens.append(token)
            current.gaps.append(strip.gap)
            continue
        if current is not None and current.one_a_line:
            current.gaps.append(strip.gap)
        current = None
        if here:
            made = _labelled(strip, s, here, table)
            groups += made
            if single or not made[-1].tokens:
                current = made[-1]
                current.one_a_line = single
                if current.tokens and single:
                    # The row has no label: its first number is the strip.
                    current.gaps.append(strip.gap)
        else:
            tokens = _of_numbers([token for token in strip.tokens if token.kind != "word"], table)
            words = [token for token in strip.tokens if token.kind == "word"]
            if any(token.kind == "value" for token in tokens) and not (s > last and words):
                groups.append(ValueGroup(None, s, tokens, words="".join(token.text for token in words)))
    _fill_blank_lines(groups, strips, first, table)
    return groups


def _of_numbers(tokens: list[Token], table: Table) -> list[Token]:
    """The tokens without the blank or unread cells before the first that can be a number's: those are labels'."""
    spare = max(0, len(tokens) - len(table.columns))
    taken = next((i for i, token in enumerate(tokens[:spare]) if token.text), spare)
    return tokens[taken:]


def _is_full(group: ValueGroup, table: Table) -> bool:
    """Whether lines of several numbers have given the row all that it can hold: the next one is another row's."""
    width = next((len(row.columns) for row in table.rows if row.id == group.row), len(table.columns))
    lines = [token for token in group.tokens if token.soft and len(token.text.split()) > 1]
    return bool(lines) and sum(len(token.text.split()) for token in group.tokens) >= width


def _ends(strip: Strip, table: Table) -> bool:
    words = [token for token in strip.tokens if token.kind == "word"]
    return any(ends_table(token.text, table) for token in words[:2])


def _labelled(strip: Strip, index: int, anchors: list[Anchor], table: Table) -> list[ValueGroup]:
    """One group per anchor of the strip: what follows its label, up to the next label. Words that are neither a note
    nor a head, where no number follows, are a cell that holds no number (`见附件`), not a blank one."""
    groups = []
    for i, anchor in enumerate(anchors):
        end = anchors[i + 1].token if i + 1 < len(anchors) else len(strip.tokens)
        tokens = _behind_label(strip.tokens[anchor.token + 1 : end])
        if not any(token.kind == "value" for token in tokens) and i == 0:
            before = [token for token in strip.tokens[: anchor.token] if token.kind == "value"]
            tokens = before if len(before) > 1 else tokens
        if anchor.score >= 1 and not any(token.kind == "value" for token in tokens):
            words = [token for token in strip.tokens[anchor.token + 1 : end] if _says_no_number(token, table)]
            tokens = [*(replace(word, kind="value") for word in words[-1:]), *tokens]
        label = strip.tokens[anchor.token].source if anchor.token >= 0 else NOWHERE
        groups.append(ValueGroup(anchor.row, index, tokens, sure=min(1.0, anchor.score), label=label))
    return groups


def _says_no_number(token: Token, table: Table) -> bool:
    return token.kind == "word" and not token.text.startswith(("(", "（")) and role(token.text, table) is None


def _behind_label(tokens: tuple[Token, ...]) -> list[Token]:
    """The value and blank tokens behind a label. Words before the first number belong to the label; words
    behind it end the row where cells have no borders, and are a cell that holds no number where they have."""
    values: list[Token] = []
    started = False
    for token in tokens:
        started = started or token.kind == "value"
        if token.kind != "word":
            values.append(token)
        elif started and values[-1].soft:
            break
        elif started:
            values.append(replace(token, kind="value"))
        else:
            values.clear()
    return values


def _fill_blank_lines(groups: list[ValueGroup], strips: list[Strip], first: int, table: Table) -> None:
    """Turns blank lines into blank cells where each cell has a line of its own.

    Blank lines also separate cells; how many do is seen at the column heads, which are never blank. Where the
    lines so counted are the cells, the ends of a line are borders.
    """
    lined = [group for group in groups if group.one_a_line]
    last = max((group.strip for group in groups), default=first)
    if not lined or any(strip.cell for strip in strips[first : last + 1]):
        return
    usual = _usual_gap(strips, first, table)
    widths = {row.id: len(row.columns) for row in table.rows}
    best: tuple[int, list[list[Token]]] | None = None
    for lines_a_blank in (1, usual + 1):
        filled = [_with_blanks(group, usual, lines_a_blank) for group in lined]
        fits = sum(
            len(tokens) == widths.get(group.row or "", len(table.columns))
            for group, tokens in zip(lined, filled, strict=True)
        )
        if best is None or fits > best[0]:
            best = (fits, filled)
    if best and best[0] >= max(2, len(lined) // 3):
        for group, tokens in zip(lined, best[1], strict=True):
            width = widths.get(group.row or "", len(table.columns))
            while len(tokens) > width and tokens[-1].kind == "blank":
                tokens.pop()
            group.tokens = [replace(token, soft=False) for token in tokens]


def _usual_gap(strips: list[Strip], first: int, table: Table) -> int:
    gaps = Counter(
        strips[s].gap
        for s in range(max(1, first - 20), first)
        if len(strips[s].tokens) == 1 and role(strips[s].tokens[0].text, table) == "column"
    )
    return min(gaps.most_common(), key=lambda entry: (-entry[1], entry[0]))[0] if gaps else 0


def _with_blanks(group: ValueGroup, usual: int, lines_a_blank: int) -> list[Token]:
    blank = Token("", "blank", group.tokens[0].source if group.tokens else NOWHERE)
    tokens: list[Token] = []
    for i, gap in enumerate(group.gaps):
        tokens += [blank] * (max(0, gap - usual) // lines_a_blank)
        if i < len(group.tokens):
            tokens.append(group.tokens[i])
    return tokens
