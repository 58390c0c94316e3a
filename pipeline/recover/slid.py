"""Numbers that stand one row beside their labels: rows slid between a label without numbers and numbers without label.

A converter or an editor puts one empty row too many into the numbers of a table, and from there on each stands one row
too low; or one too few, and each stands one too high. What shows it are the two ends: a row with a label and no number,
and, past all the rows between, a row of numbers that has no label. But that may as well be a row that nothing was
printed in and a line that does not belong to the table. Both are handed on; the arithmetic tells, or nothing does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from pipeline.record import Number
from pipeline.recover.anchors import Anchor
from pipeline.recover.groups import ValueGroup
from pipeline.recover.numbers import read_cell
from pipeline.recover.readings import pieces
from pipeline.recover.strips import Strip, Token
from pipeline.template import Table

LEAST_NUMBERS = 2
"""Numbers in a line by themselves from which on they are no page number."""


@dataclass(frozen=True, slots=True)
class Slide:
    """The groups as they are if rows have slid, or, where none is `moved`, if the numbers without label are no row."""

    groups: list[ValueGroup]
    moved: frozenset[str] = frozenset()
    left_over: bool = False


def numbers_above(
    strips: Sequence[Strip], anchors: Sequence[Anchor], groups: Sequence[ValueGroup], table: Table
) -> ValueGroup | None:
    """A row of numbers without label right above the first label. Years, or the numbers of the columns, may stand in
    the head of a table; only what adds up as the form's rows do, or has no total, is one of them."""
    at = anchors[0].strip - 1
    if at < 0 or any(token.kind == "word" for token in strips[at].tokens):
        return None
    group = ValueGroup(None, at, list(strips[at].tokens))
    values = [token for token in pieces(group.tokens) if token.kind == "value"]
    if not is_row(group, table) or _grid(group.tokens) != _grid(strips[at + 1].tokens):
        return None
    numbers = [read_cell(token.text).value or 0 for token in values]
    last = max((c for g in groups for t in g.tokens if t.kind == "value" and (c := t.column) is not None), default=0)
    no_total = len(numbers) == 1 or all(token.column is not None and token.column < last for token in values)
    return group if no_total or numbers[-1] == sum(numbers[:-1]) else None


def is_row(group: ValueGroup, table: Table) -> bool:
    """Whether numbers without label look like a row of the form, and no words stand beside them: they are several, or
    one in as many cells as a row has."""
    texts = (token.text.split() for token in group.tokens if token.kind == "value")
    numbers = len(list(chain.from_iterable(texts)))
    in_cells = len(group.tokens) >= len(table.columns) and not any(token.soft for token in group.tokens)
    return group.row is None and not group.words and numbers >= (1 if in_cells else LEAST_NUMBERS)


def slides(groups: Sequence[ValueGroup], table: Table) -> Iterator[Slide]:
    """Every way in which rows may have slid by one towards a row of numbers without label; and, for each such row that
    they may have slid towards, the groups without it."""
    order = [None, *(row.id for row in table.rows), None]
    for i, orphan in enumerate(groups):
        if not is_row(orphan, table):
            continue
        above = [k for k in range(i - 1, -1, -1) if groups[k].row]
        below = [k for k in range(i + 1, len(groups)) if groups[k].row]
        ends = (groups[above[0]].row if above else None, groups[below[0]].row if below else None)
        if ends not in pairwise(order):
            # A row of the form has no label just here: these are its numbers.
            continue
        # The row next to the numbers is theirs without any slide, `structures.py` gives it them; not above the table.
        found = [*_towards(groups, i, above, table, 1), *_towards(groups, i, below, table, 1 if above else 0)]
        if found:
            yield from found
            yield Slide([*groups[:i], *groups[i + 1 :]], left_over=is_left_over(groups, i, table))


def is_left_over(groups: Sequence[ValueGroup], place: int, table: Table) -> bool:
    """Whether numbers that go to no row are a row all the same, and not the one before them once more."""
    before = next((group for group in reversed(groups[:place]) if group.row), None)
    numbers = _numbers(groups[place])
    repeats = before is not None and any(numbers) and numbers == _numbers(before)
    return is_row(groups[place], table) and not repeats


def _numbers(group: ValueGroup) -> list[Number]:
    """Those of its cells; a blank is 0."""
    return [read_cell(token.text).value or 0 for token in pieces(group.tokens)]


def _towards(
    groups: Sequence[ValueGroup], orphan: int, labelled: Sequence[int], table: Table, nearest: int
) -> Iterator[Slide]:
    """One slide for each row without numbers on one side.

    Args:
        labelled: places of the rows on that side, from the numbers without label on.
        nearest: of these, the first that may be the one without numbers.
    """
    order = {row.id: i for i, row in enumerate(table.rows)}
    for n, place in enumerate(labelled):
        here, towards = groups[place], groups[labelled[n - 1]] if n else groups[orphan]
        if n and abs(order[here.row or ""] - order[towards.row or ""]) != 1:
            return
        # Of several such rows, one below the other, it is all the same which one the numbers have left.
        if n < nearest or here.is_filled or not towards.is_filled:
            continue
        slid = list(groups)
        for to, come in zip(labelled[: n + 1], (orphan, *labelled[:n]), strict=True):
            slid[to] = replace(groups[to], tokens=list(groups[come].tokens), gaps=list(groups[come].gaps))
        moved = frozenset(row for k in labelled[: n + 1] if (row := groups[k].row))
        yield Slide([*slid[:orphan], *slid[orphan + 1 :]], moved)


def _grid(tokens: Sequence[Token]) -> object:
    return next((token.grid for token in tokens if token.grid is not None), None)
