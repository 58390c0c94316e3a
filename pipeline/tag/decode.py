"""What the network says about tokens, put together to numbers with the fields that they could be, and to lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pipeline.tag.labels import FIRST, INSIDE, OUTSIDE, SECTIONS, fields
from pipeline.tag.linear import BORDER, END, Linear

Shares = NDArray[np.float32]
MOST_FIELDS = 5
LEAST_SHARE = 0.01
"""Probability below which a field is not named."""


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
    text: str, starts: NDArray[np.int64], ends: NDArray[np.int64], begins: Shares, of: Shares
) -> list[TaggedNumber]:
    """The numbers in a text of tokens.

    Args:
        begins: tokens x 3, probabilities of `pipeline.tag.labels`.
        of: tokens x fields, probabilities.
    """
    found: list[TaggedNumber] = []
    names = fields()
    for first, last in _runs(text, starts, ends, begins):
        if not _stands_alone(text, int(starts[first]), int(ends[last - 1])):
            continue
        shares = np.exp(np.log(of[first:last] + 1e-9).mean(axis=0))
        shares /= shares.sum()
        order = np.argsort(-shares, kind="stable")[:MOST_FIELDS]
        named = tuple((names[i], float(shares[i])) for i in order if shares[i] >= LEAST_SHARE or i == order[0])
        sure = float((1 - begins[first:last, OUTSIDE]).mean())
        found.append(TaggedNumber(int(starts[first]), int(ends[last - 1]), sure, named))
    return found


_DASHES = "/-—|. "
_WRITTEN = re.compile(r"\d[\d.,]*|[〇零一二两三四五六七八九十百千万亿]+")
"""Characters that are mostly one number, all of it or none."""


def _runs(
    text: str, starts: NDArray[np.int64], ends: NDArray[np.int64], begins: Shares
) -> Iterator[tuple[int, int]]:
    """First and last tokens (exclusive) of the numbers. Digits side by side are one number, or none, by what is said of
    them all, unless one of them is said to begin another: glued cells."""
    kinds = begins.argmax(axis=1).copy()
    for run in _WRITTEN.finditer(text):
        first, last = (int(np.searchsorted(starts, place)) for place in run.span())
        if last - first < 2 or starts[first] != run.start():
            continue
        if begins[first:last, OUTSIDE].mean() >= 0.5:
            kinds[first:last] = OUTSIDE
            continue
        inner = kinds[first + 1 : last]
        inner[inner == OUTSIDE] = INSIDE
        if kinds[first] == OUTSIDE:
            kinds[first] = FIRST
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


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a dash is all that stands in its cell, and no part of an address or of a rule; true of all else."""
    if text[start:end].strip(_DASHES):
        return True
    before, behind = text[start - 1 : start], text[end : end + 1]
    return all(not char or char.isspace() or char == "|" for char in (before, behind))


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
