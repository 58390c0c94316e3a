"""What the network says about tokens, put together to numbers with the fields that they could be, and to lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pipeline.tag.labels import FIRST, INSIDE, OUTSIDE, SECTIONS, fields
from pipeline.tag.linear import BORDER, END, Linear
from pipeline.tag.order import Orders, Span, settled
from pipeline.tag.units import TRADITIONAL_UNITS, UNITS

Shares = NDArray[np.float32]
Run = tuple[int, int, int, int]
"""First and last token (exclusive), first and last character (exclusive) of a number."""
MOST_FIELDS = 5
LEAST_SHARE = 0.01
"""Probability below which a field is not named."""
WITHIN = 2.0
"""Cost, in nats, of an end of a number before digits that may be the ordinal of the next row: `0002.` is 0, 0, 0, 2..
Chosen by hand on the validation split, where anything from 1 to 4 gave the same; no command repeats that."""
FEWEST_TOUCHING, FEWEST_SLASHES = 3, 5
"""Numbers side by side that are a row of cells; slashes alone."""
LEAST_SURE = 0.5
"""Probability from which on something is a number of the form."""
_DASHES = "/-—|. "
_COUNTED = re.compile(rf"[ \u3000]*[{UNITS}{TRADITIONAL_UNITS}]")
_WORD = re.compile(r"[一二三四五六七八九十百千万亿两][\u4e00-\u9fff]")
"""A numeral before a word that is no unit, as in 逐一登记, 一栏, 老百姓."""
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_WRITTEN = re.compile(r"\d(?:[\d.,]*\d)?|[〇零一二两三四五六七八九十百千万亿]+")
"""Characters that are mostly one number, all of it or none."""
_ORDINAL = re.compile(r"[.、．)）]")
"""What stands behind the ordinal of a row."""


@dataclass(frozen=True, slots=True)
class TaggedNumber:
    """A number of the text and what it could be."""

    start: int
    end: int
    """Characters [start, end) of the linear text."""
    sure: float
    """Probability that it is a number of the form at all."""
    fields: tuple[tuple[str, float], ...]
    """Fields with their probabilities given that it is one, most probable first, at most `MOST_FIELDS`."""

    @property
    def field(self) -> str:
        return self.fields[0][0]

    @property
    def share(self) -> float:
        """Probability that it is this field."""
        return self.sure * self.fields[0][1]


@dataclass(frozen=True, slots=True)
class Tags:
    """What the classifier says of a document."""

    seen: Linear
    numbers: tuple[TaggedNumber, ...]
    """In the order of the text."""
    sections: tuple[tuple[str, float], ...]
    """Of each line of the text, with its probability."""


def numbers(
    text: str,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    begins: Shares,
    of: Shares,
    orders: Orders | None = None,
) -> list[TaggedNumber]:
    """The numbers in a text of tokens, in its order.

    Args:
        starts: of the tokens, characters [start, end) of the text.
        begins: tokens x 3, probabilities of `pipeline.tag.labels`.
        of: tokens x fields, probabilities.
        orders: in which ways numbers follow each other; without them each is taken alone.
    """
    found = list(_spans(text, starts, ends, begins, of))
    if orders is not None:
        # What is more probably none than what it most probably is, is none.
        found = [one for one in settled(text, found, orders) if one.sure * float(one.shares.max()) >= 1 - one.sure]
    return [_named(one) for one in found]


def _named(span: Span) -> TaggedNumber:
    names, shares = fields(), span.shares
    order = np.argsort(-shares, kind="stable")[:MOST_FIELDS]
    named = tuple((names[i], float(shares[i])) for i in order if shares[i] >= LEAST_SHARE or i == order[0])
    return TaggedNumber(span.start, span.end, span.sure, named)


def _spans(
    text: str, starts: NDArray[np.int64], ends: NDArray[np.int64], begins: Shares, of: Shares
) -> Iterator[Span]:
    """The numbers as the network sees them, each alone."""
    runs = [(first, last, int(starts[first]), int(ends[last - 1])) for first, last in _runs(text, starts, ends, begins)]
    for strip in _strips(runs):
        whole = _is_row(text, strip)
        for first, last, start, end in strip:
            if whole or (_stands_alone(text, start, end) and not _is_word(text, start, end)):
                shares = np.exp(np.log(of[first:last] + 1e-9).mean(axis=0))
                sure = float((1 - begins[first:last, OUTSIDE]).mean())
                yield Span(start, end, sure, np.asarray(shares / shares.sum(), np.float32))


def _strips(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Numbers that touch each other."""
    strip: list[Run] = []
    for run in runs:
        if strip and strip[-1][3] != run[2]:
            yield strip
            strip = []
        strip.append(run)
    if strip:
        yield strip


def _is_row(text: str, strip: Sequence[Run]) -> bool:
    """Whether numbers that touch are a row of cells that ran together, in which a dash is a cell: `38000---38`."""
    if len(strip) < FEWEST_TOUCHING:
        return False
    shown = text[strip[0][2] : strip[-1][3]]
    return any(char.isdecimal() for char in shown) or (set(shown) == {"/"} and len(strip) >= FEWEST_SLASHES)


def _runs(
    text: str, starts: NDArray[np.int64], ends: NDArray[np.int64], begins: Shares
) -> Iterator[tuple[int, int]]:
    """First and last tokens (exclusive) of the numbers."""
    kinds = begins.argmax(axis=1).copy()
    for run in _WRITTEN.finditer(text):
        first, last = (int(np.searchsorted(starts, place)) for place in run.span())
        if last - first >= 2 and starts[first] == run.start():
            ended = WITHIN if _ORDINAL.match(text, run.end()) else np.inf
            # A sign before them may be a part of it.
            signed = first > 0 and kinds[first - 1] != OUTSIDE and ends[first - 1] == starts[first]
            logs = np.log(begins[first:last] + 1e-6)
            if not signed and _is_one_number(text, run):
                kinds[first:last] = _one_or_none(begins[first:last])
            else:
                kinds[first:last] = _likeliest(logs, ended, bool(signed))
    place = 0
    while place < len(kinds):
        if kinds[place] == OUTSIDE:
            place += 1
            continue
        last = place + 1
        # A number neither begins inside of another one nor goes on over a border.
        while last < len(kinds) and kinds[last] == INSIDE and not _parted(text, ends[last - 1], starts[last]):
            last += 1
        yield place, last
        place = last


def _is_one_number(text: str, run: re.Match[str]) -> bool:
    """Whether characters are one number or none for certain: thousands, or digits with a unit behind them."""
    shown = run.group()
    # No number begins with a zero; several that ran together do.
    counted = shown.isdecimal() and (len(shown) == 1 or shown[0] not in "0０") and _COUNTED.match(text, run.end())
    return bool(counted or _THOUSANDS.fullmatch(shown))


def _one_or_none(shares: Shares) -> NDArray[np.int64]:
    """The kinds of characters that are one number or none (`_is_one_number`), whichever is likelier."""
    kinds = np.full(len(shares), INSIDE, np.int64)
    kinds[0] = FIRST
    return kinds if float(shares[:, OUTSIDE].mean()) < LEAST_SURE else np.zeros_like(kinds)


def _likeliest(logs: NDArray[np.float32], ended: float, signed: bool) -> NDArray[np.int64]:
    """The likeliest kinds of digits side by side. They are one number, or several that ran together, or none.

    Args:
        logs: digits x 3, logarithms of probabilities.
        ended: cost of a number that ends among them before digits of none.
        signed: whether what stands before them belongs to a number too.
    """
    cost = np.zeros((3, 3))
    cost[FIRST, OUTSIDE] = cost[INSIDE, OUTSIDE] = ended
    cost[OUTSIDE, FIRST] = cost[OUTSIDE, INSIDE] = np.inf
    # Where nothing else decides, they are one.
    cost[FIRST, FIRST] = cost[INSIDE, FIRST] = 1e-6
    best = logs[0].astype(np.float64)
    if not signed:
        best[INSIDE] = -np.inf
    came = np.zeros((len(logs), 3), np.int64)
    for place in range(1, len(logs)):
        ways = best[:, None] - cost
        came[place] = ways.argmax(axis=0)
        best = ways.max(axis=0) + logs[place]
    kinds = np.zeros(len(logs), np.int64)
    kinds[-1] = best.argmax()
    for place in range(len(logs) - 1, 0, -1):
        kinds[place - 1] = came[place, kinds[place]]
    return kinds


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a dash is all that stands in its cell, and no part of an address or of a rule; true of all else."""
    if text[start:end].strip(_DASHES):
        return True
    before, behind = text[start - 1 : start], text[end : end + 1]
    return all(not char or char.isspace() or char == "|" for char in (before, behind))


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether a lone numeral is part of a word."""
    return end - start == 1 and _WORD.match(text, start) is not None and not _COUNTED.match(text, end)


def _parted(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return BORDER in between or END in between


def line_sections(seen: Linear, starts: NDArray[np.int64], sections: Shares) -> list[tuple[str, float]]:
    """The section of each line of the text with its probability; a line without words has that of the line before."""
    found: list[tuple[str, float]] = []
    of_token = np.searchsorted(np.asarray([start for start, _ in seen.lines]), starts, side="right") - 1
    said = {
        line: sections[[i for i, _ in group]].mean(axis=0)
        for line, group in groupby(enumerate(of_token), key=lambda pair: pair[1])
    }
    for line in range(len(seen.lines)):
        share = said.get(line)
        if share is None:
            found.append(found[-1] if found else ("", 1.0))
        else:
            best = int(share.argmax())
            found.append((SECTIONS[best], float(share[best])))
    return found
