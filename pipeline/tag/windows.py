"""A text as windows of tokens that a network can take, and what it says of them as one answer for each token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.tag.linear import Linear

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST_PLACES = 32
"""Cells of a row that are told apart; the last stands for all behind it."""
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text in tokens; all arrays have one entry a token."""

    ids: Integers
    starts: Integers
    ends: Integers
    """Characters [start, end) of the text."""
    places: Integers
    """How many cells of its row stand before the one that it is in, at most `MOST_PLACES - 1`."""
    of: Integers
    """Cells of that row, at most `MOST_PLACES - 1`; 1 in running text."""


def tokens_of(
    text: str, piece_starts: Sequence[int], places: Sequence[int], of: Sequence[int], by: Tokenizer
) -> Tokens:
    """The tokens of a text whose cells and lines begin at these characters."""
    made = by.encode(text, add_special_tokens=False)
    ids = np.asarray(made.ids, np.int64)
    offsets = np.asarray(made.offsets, np.int64).reshape(-1, 2)
    piece = np.maximum(np.searchsorted(np.asarray(piece_starts, np.int64), offsets[:, 0], side="right") - 1, 0)
    most = MOST_PLACES - 1
    place = np.minimum(np.asarray(places or [0], np.int64), most)[piece]
    width = np.minimum(np.asarray(of or [1], np.int64), most)[piece]
    return Tokens(ids, offsets[:, 0], offsets[:, 1], place, width)


def tokens_of_linear(seen: Linear, by: Tokenizer) -> Tokens:
    pieces = seen.pieces
    return tokens_of(
        seen.text, [one.start for one in pieces], [one.place for one in pieces], [one.of for one in pieces], by
    )


@dataclass(frozen=True, slots=True)
class Ends:
    """Ids of the tokens at the ends of a window, and of what fills up shorter ones."""

    start: int
    end: int
    fill: int


def network_input(chosen: Sequence[tuple[Tokens, int, int]], ends: Ends) -> dict[str, Integers]:
    """What the network is given for windows [start, end) of texts, filled up to the longest: windows x tokens, with the
    two ends of a window around its own."""
    size = 2 + max(end - start for _, start, end in chosen)
    shape = (len(chosen), size)
    ids = np.full(shape, ends.fill, np.int64)
    places, of, there = (np.zeros(shape, np.int64) for _ in range(3))
    for i, (tokens, start, end) in enumerate(chosen):
        inner = slice(1, 1 + end - start)
        ids[i, 0], ids[i, inner], ids[i, 1 + end - start] = ends.start, tokens.ids[start:end], ends.end
        places[i, inner], of[i, inner] = tokens.places[start:end], tokens.of[start:end]
        there[i, : 2 + end - start] = 1
    return {"ids": ids, "places": places, "of": of, "there": there}


def windows(count: int, size: int, overlap: int) -> list[tuple[int, int]]:
    """First and last tokens (exclusive) of the windows of a text of so many tokens."""
    if count <= size:
        return [(0, count)]
    step = size - overlap
    starts = [*range(0, count - size, step), count - size]
    return [(start, start + size) for start in starts]


def merged(parts: Sequence[NDArray[np.float32]], places: Sequence[tuple[int, int]], count: int) -> NDArray[np.float32]:
    """One answer a token out of those of the windows, tokens x classes; a window counts for little at its ends, where
    it sees only one side."""
    total = np.zeros((count, parts[0].shape[1]), np.float32)
    weights = np.zeros((count, 1), np.float32)
    for part, (start, end) in zip(parts, places, strict=True):
        inside = np.arange(end - start)
        weight = (1 + np.minimum(inside, inside[::-1])).astype(np.float32)[:, None]
        total[start:end] += weight * part
        weights[start:end] += weight
    return total / weights
