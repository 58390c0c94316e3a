"""What a classifier says of the numbers of a document, as evidence for the recovery of tables: rows that numbers are
of, though their label is lost or cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from pipeline.recover.strips import Strip, Token
from pipeline.template import Table

LEAST_SHARE = 0.6
"""Mean probability of a row from which on its numbers are an anchor of it."""
WEIGHT = 0.9
"""What such an anchor counts beside a label of the form, at the probability 1."""

RowShares: TypeAlias = Mapping[str, float]
"""Rows (`t3.new`) and their probabilities."""
Hints: TypeAlias = Mapping[tuple[int, int], RowShares]
"""By the place of the value: strip and token."""


@dataclass(frozen=True, slots=True)
class HintedRow:
    """Numbers side by side, or one below the other, that are of one row."""

    row: str
    strip: int
    """Where an anchor of the row would stand: the strip of the word before the numbers, or of the first of them."""
    token: int
    """The word; -1 where no word stands before the numbers."""
    share: float
    """Mean probability, 0 to 1."""
    first: tuple[int, int]
    """Strip and token of the first number."""


def hinted_rows(strips: list[Strip], table: Table, hints: Hints) -> list[HintedRow]:
    """The rows of the table that the classifier is rather sure of, in the order of the document."""
    if not hints:
        return []
    prefix = f"{table.id}."
    names = {f"{prefix}{row.id}" for row in table.rows}
    found = []
    for piece in _pieces(strips, hints, names):
        shares: dict[str, float] = {}
        for place in piece:
            for row, share in hints[place].items():
                if row in names:
                    shares[row] = shares.get(row, 0.0) + share
        row = max(sorted(shares), key=lambda one: shares[one], default="")
        share = shares.get(row, 0.0) / len(piece)
        if row and share >= LEAST_SHARE:
            strip, token = _word_before(strips, *piece[0])
            found.append(HintedRow(row.removeprefix(prefix), strip, token, share, piece[0]))
    return found


def _pieces(strips: list[Strip], hints: Hints, names: set[str]) -> Iterator[list[tuple[int, int]]]:
    """Values that no word parts: those of a strip, or of strips of one value each one below the other, these cut
    where another row begins."""
    column: list[tuple[int, int]] = []
    for s, strip in enumerate(strips):
        if len(strip.tokens) == 1:
            if strip.tokens[0].kind == "word":
                yield from _by_row(column, hints, names)
                column = []
            elif (s, 0) in hints:
                column.append((s, 0))
            continue
        yield from _by_row(column, hints, names)
        column = []
        for is_word, part in groupby(enumerate(strip.tokens), key=lambda pair: pair[1].kind == "word"):
            places = [(s, t) for t, _ in part if (s, t) in hints]
            if places and not is_word:
                yield from _by_row(places, hints, names)
    yield from _by_row(column, hints, names)


def _by_row(places: list[tuple[int, int]], hints: Hints, names: set[str]) -> Iterator[list[tuple[int, int]]]:
    def best(place: tuple[int, int]) -> str:
        return max(sorted(hints[place]), key=lambda row: hints[place][row], default="")

    piece: list[tuple[int, int]] = []
    for place in places:
        row = best(place)
        if piece and row != best(piece[-1]) and row in names and hints[place][row] > LEAST_SHARE:
            yield piece
            piece = []
        piece.append(place)
    if piece:
        yield piece


def _word_before(strips: list[Strip], s: int, t: int) -> tuple[int, int]:
    """The word that the label of these numbers would be."""
    words = [i for i in range(t) if strips[s].tokens[i].kind == "word"]
    if words:
        return s, words[-1]
    if len(strips[s].tokens) == 1 and s and len(strips[s - 1].tokens) == 1 and strips[s - 1].tokens[0].kind == "word":
        return s - 1, 0
    return s, t - 1 if t else -1


def tokens_of_line(strips: list[Strip], table: Table, hints: Hints) -> list[Token] | None:
    """The values and blanks of a table whose numbers stand in one line, where the classifier knows most of them."""
    names = {f"{table.id}.{row.id}" for row in table.rows}
    sure = [
        place for place, shares in sorted(hints.items()) if sum(shares.get(row, 0.0) for row in names) >= LEAST_SHARE
    ]
    width = len(table.field_ids())
    for start in range(len(sure)):
        for end in range(len(sure), start, -1):
            first, last = sure[start][0], sure[end - 1][0]
            tokens = [token for strip in strips[first : last + 1] for token in strip.tokens if token.kind != "word"]
            # A line without borders is one token, however many numbers stand in it.
            count = sum(len(token.text.split()) if token.soft else 1 for token in tokens)
            if count == width:
                return tokens
            if count < width:
                break
    return None
