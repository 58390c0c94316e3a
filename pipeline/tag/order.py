"""In what order the numbers of the forms' tables stand, and what that says of numbers that the network is unsure of.

The network sees a window at a time and says of each number alone which field it could be. Where labels are torn or
lost, or every cell stands on a line of its own, it has to count, which it does badly: it is one row or one column off
for a page. How one field follows another is known from labelled reports. A hidden Markov chain over the numbers of a
report weighs both (forward and backward, Rabiner 1989): its states are the fields, its emissions what the network says,
its transitions depend on what stands between two numbers. Several chains compete for each report: tables with a number
in every cell, tables whose zeros are blank, tables that lack one column from top to bottom, tables whose first column
comes before the rest. Each counts for as much as it explains.

Numbers of running text follow no order; there the chain changes nothing.

`UNSEEN_NUMBER`, `ROW_EVIDENCE`, `OWN_WORD`, `FIRST_COLUMN_FIRST` and the shares in `_first_column_first` were chosen by
hand, by what they did on the validation split; no command repeats that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.tag.labels import column_of, fields, row_of
from pipeline.tag.units import UNITS
from pipeline.template import load_templates

Floats = NDArray[np.float32]
NEXT_CELL, NEXT_LINE, LABEL, LABEL_NEXT_LINE, TOUCHING, APART = range(6)
"""What stands between two numbers: nothing but borders; a line end; words; words and a line end; nothing at all;
running text."""
GAPS = APART
"""Kinds of gaps whose order means something."""
NEVER = 1e-5
"""Probability of a step that no report took, in all."""
UNSEEN_NUMBER = 0.02
"""Least probability that a number is none of the form, however sure the network is: page numbers, ordinals."""
ROW_EVIDENCE = 0.8
"""By how much less the network's word for rows counts than its word for columns. Where it miscounts it does so for all
numbers between two labels alike, so of n numbers without words between them each counts `ROW_EVIDENCE / sqrt(n)`.
Chosen by hand (see above)."""
OWN_WORD = 0.3
"""How much the network's own word for a number counts beside what its place says (a linear pool, Stone 1961): where a
table does not stand as any of the ways would have it, the chain is sure and wrong for all of it. Chosen by
hand (see above)."""
SHARE_FLOOR = 1e-7
"""Added to every probability of a field that the network gives: none counts for less, and none is 0."""
FIRST_COLUMN_FIRST = 0.01
"""Probability that a table's first column stands before all the others."""
_HAN = re.compile("[一-鿿]")
_UNIT = re.compile(rf"^[ \u3000]*[{UNITS}]")
_COUNTED = re.compile(rf"[ \u3000]*[{UNITS}号年月日，,。；;]")
_CELL_BEFORE = re.compile(rf"(?:^|[\t\n|\d{UNITS}])[ \u3000]*$")
_CELL_BEHIND = re.compile(rf"[ \u3000]*[{UNITS}][ \u3000]*(?:$|[\t\n|\d])")


class Span(NamedTuple):
    """A number of the text as the network sees it."""

    start: int
    end: int
    """Characters [start, end)."""
    sure: float
    """Probability that it is a number of the form at all."""
    shares: Floats
    """Of the fields, given that it is one."""


@dataclass(frozen=True)
class Orders:
    """Ways in which tables are laid out."""

    shares: Floats
    """How often each is met; they sum up to 1."""
    steps: Floats
    """Ways x gaps x fields x fields: the probability that this field is followed by that one."""
    lost: float = 0.0
    """How often a table of requests lacks one column in a way that is not among these."""


@cache
def form_order() -> tuple[str, ...]:
    """All fields as the forms print them, from the top and from the left; fields that only one form has stand behind
    what precedes them there."""
    found: list[str] = []
    forms = [[f for table in form.tables.values() for f in table.field_ids()] for form in load_templates().values()]
    for form in sorted(forms, key=lambda names: (-len(names), names)):
        before: str | None = None
        for field in form:
            if field not in found:
                found.insert(found.index(before) + 1 if before else 0, field)
            before = field
    return tuple(found)


def gap(text: str, before: tuple[int, int], behind: tuple[int, int]) -> int:
    """What stands between two numbers, given as characters [start, end)."""
    if in_running_text(text, *before) or in_running_text(text, *behind):
        return APART
    between = text[before[1] : behind[0]]
    if not between:
        return TOUCHING
    # A unit in its cell is no label.
    if _HAN.search(_UNIT.sub("", between, count=1)):
        return LABEL_NEXT_LINE if "\n" in between else LABEL
    return NEXT_LINE if "\n" in between else NEXT_CELL


def in_running_text(text: str, start: int, end: int) -> bool:
    """Whether a number looks like one of a sentence: in words, or with its unit or a mark behind it and not alone in
    its cell."""
    if _HAN.search(text, start, end):
        return True
    if not _COUNTED.match(text, end):
        return False
    return not (_CELL_BEHIND.match(text, end) and _CELL_BEFORE.search(text[max(0, start - 4) : start]))


def settled(text: str, found: Sequence[Span], orders: Orders) -> list[Span]:
    """The numbers with what their order says of them as well.

    Args:
        text: that they stand in.
        found: from the first to the last.
    """
    if not found:
        return []
    gaps = [gap(text, one[:2], other[:2]) for one, other in pairwise(found)]
    seen, sure = _evidence(text, found, gaps)
    ways = len(orders.shares)
    # Over running text any field follows any other.
    apart = np.full_like(orders.steps[:, 0], 1 / len(fields()))
    steps = {kind: apart if kind == APART else orders.steps[:, kind] for kind in {*gaps}}
    real, none, support = _forward(seen, sure, [steps[kind] for kind in gaps], ways)
    back = _backward(seen, sure, [steps[kind] for kind in gaps], ways)
    # Ways by what they explain.
    support = support + np.log(orders.shares.astype(np.float64))
    weights = np.exp(support - support.max())
    weights /= weights.sum()
    made = []
    for place, span in enumerate(found):
        is_one, is_none = (part[place].astype(np.float64) * back[place] for part in (real, none))
        total = (is_one + is_none).sum(axis=1)
        shares = (weights / total) @ is_one
        made.append(_pooled(span, shares, 0.0 if in_running_text(text, span.start, span.end) else OWN_WORD))
    return made


def _pooled(span: Span, shares: NDArray[np.float64], own: float) -> Span:
    """The number by its place and by the network's own word, which counts so much."""
    one = float(shares.sum())
    mixed = (1 - own) * shares / max(one, 1e-30) + own * span.shares
    return Span(span.start, span.end, (1 - own) * one + own * span.sure, mixed.astype(np.float32))


def _evidence(text: str, found: Sequence[Span], gaps: Sequence[int]) -> tuple[Floats, Floats]:
    """How much more likely each field is by the network's word than without it, numbers x fields, and how sure it is
    that it is one."""
    rows, row_at = np.unique([row_of(field) for field in fields()], return_inverse=True)
    shares = np.stack([span.shares for span in found]) + SHARE_FLOOR
    of_row = np.zeros((len(found), len(rows)), np.float32)
    np.add.at(of_row.T, row_at, shares.T)
    by_row = np.log(of_row)[:, row_at]
    weight = ROW_EVIDENCE / np.sqrt(_together(gaps))[:, None]
    in_tables = weight * by_row + (np.log(shares) - by_row)
    prose = np.asarray([in_running_text(text, span.start, span.end) for span in found])
    logs = np.where(prose[:, None], np.log(shares), in_tables)
    seen = np.exp(logs - logs.max(axis=1, keepdims=True))
    # How much more likely than any field at all: a number of which the network says nothing counts 1.
    seen *= seen.shape[1] / seen.sum(axis=1, keepdims=True)
    sure = np.clip([span.sure for span in found], 1e-3, 1 - UNSEEN_NUMBER).astype(np.float32)
    return seen.astype(np.float32), sure


def _together(gaps: Sequence[int]) -> NDArray[np.int64]:
    """Of each number, how many stand together with no words between them."""
    counts = np.ones(len(gaps) + 1, np.int64)
    first = 0
    for place in range(len(counts)):
        if place == len(gaps) or gaps[place] not in (NEXT_CELL, NEXT_LINE, TOUCHING):
            counts[first : place + 1] = place + 1 - first
            first = place + 1
    return counts


def _forward(
    seen: Floats, sure: Floats, steps: Sequence[Floats], ways: int
) -> tuple[list[Floats], list[Floats], NDArray[np.float64]]:
    """Of each number, ways x fields: the probability that it is this field, that it is none and the number of the form
    before it was this field; and the logarithm of how well each way explains the whole."""
    count = seen.shape[1]
    before = np.full((ways, count), 1 / count, np.float32)
    real, none, support = [], [], np.zeros(ways)
    for place in range(len(seen)):
        # One core gives what eight give: no BLAS.
        came = np.einsum("hi,hij->hj", before, steps[place - 1]) if place else before
        is_one, is_none = came * seen[place] * sure[place], before * (1 - sure[place])
        total = (is_one + is_none).sum(axis=1, keepdims=True)
        real.append(is_one / total)
        none.append(is_none / total)
        support += np.log(total[:, 0].astype(np.float64))
        before = real[-1] + none[-1]
    return real, none, support


def _backward(seen: Floats, sure: Floats, steps: Sequence[Floats], ways: int) -> list[Floats]:
    """Of each number, ways x fields: how well what follows is explained where it is this field."""
    last = np.ones((ways, seen.shape[1]), np.float32)
    found = [last]
    for place in range(len(seen) - 2, -1, -1):
        after = last * seen[place + 1] * sure[place + 1]
        last = np.einsum("hij,hj->hi", steps[place], after) + last * (1 - sure[place + 1])
        last = last / last.max(axis=1, keepdims=True)
        found.append(last)
    return found[::-1]


def load_orders(path: Path) -> Orders | None:
    """The ways that a file holds and those that follow from them; None where there is no file."""
    if not path.exists():
        return None
    with np.load(path) as held:
        steps = np.exp(held["steps"].astype(np.float32))
        return with_damaged(Orders(held["shares"], steps, float(held["lost"])))


def with_damaged(orders: Orders) -> Orders:
    """These ways, and those of tables of requests that lack one column, or have their first one before the others.

    Args:
        orders: the first of them that of tables with a number in every cell.
    """
    full = orders.steps[0].astype(np.float64)
    columns = list(dict.fromkeys(column_of(field) for field in form_order() if field.startswith("t3.")))
    more = [_without(full, column) for column in columns]
    more.append(_first_column_first(full))
    shares = [*orders.shares, *(orders.lost / len(columns) for _ in columns), FIRST_COLUMN_FIRST]
    steps = np.concatenate([orders.steps, np.stack(more).astype(np.float32)])
    return Orders((np.asarray(shares) / sum(shares)).astype(np.float32), steps)


def _requests() -> list[int]:
    """Fields of the table of requests, as the form prints them."""
    return [fields().index(field) for field in form_order() if field.startswith("t3.")]


def _without(steps: NDArray[np.float64], column: str) -> NDArray[np.float64]:
    """The steps where this column is lost: what would go there goes to the field behind it."""
    made, order = steps.copy(), _requests()
    for field, behind in zip(order, [*order[1:], None], strict=True):
        if column_of(fields()[field]) == column:
            if behind is not None:
                made[:, :, behind] += steps[:, :, field]
            made[:, :, field] = 0
    return _whole(made)


def _first_column_first(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The steps where the first column of a page stands from top to bottom before the others: pdftotext gives
    tables so whose labels reach into it."""
    made, order = steps.copy(), _requests()
    width = len({column_of(fields()[field]) for field in order})
    first, second, last = order[::width], order[1::width], order[width - 1 :: width]
    for start, end in zip(first, last, strict=True):
        down = steps[:, end][:, first]
        down = down / np.maximum(down.sum(axis=1, keepdims=True), 1e-12)
        made[:, start] *= 0.02
        made[:, start, first] += 0.9 * down
        # Mostly the whole table stands on one page.
        made[:, start, second[0]] += 0.05
        made[:, start, second] += 0.03 / len(second)
        turn = steps[:, end][:, first]
        made[:, end, first] = 0.03 * turn.sum(axis=1, keepdims=True) / len(first)
        made[:, end, second] += 0.97 * turn
    return _whole(made)


def _whole(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same summing up to 1, nothing impossible."""
    shares = steps / np.maximum(steps.sum(axis=-1, keepdims=True), 1e-12)
    return np.asarray((1 - NEVER) * shares + NEVER / steps.shape[-1])
