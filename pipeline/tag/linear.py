"""A document as one text, the way the token classifier sees it.

A line of text ends with a line end; the cells of a row of a grid stand side by side with borders between them. Where
each character comes from is kept, so that what the classifier says about a character can be told of a cell or a line.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from pipeline.document import Cell, Document, Grid, Line

BORDER, END = "\t", "\n"
MOST_BLANK_LINES = 2
"""Blank lines one after the other that are told; more say nothing else."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell, or a line of text, and where it stands in the whole."""

    start: int
    end: int
    """Without the border or line end behind it."""
    block: int
    """Index of its block in the document."""
    cell: Cell | None = None
    """None for a line of text."""
    place: int = 0
    """How many cells of its row stand before it."""
    of: int = 1
    """Cells of its row."""


@dataclass(frozen=True)
class Linear:
    text: str
    pieces: tuple[Piece, ...]
    """In order; every character but borders and line ends lies in one."""

    @cached_property
    def _starts(self) -> list[int]:
        return [piece.start for piece in self.pieces]

    def piece_at(self, place: int) -> Piece:
        """The piece that a character belongs to; a border or line end belongs to the piece before it."""
        return self.pieces[max(0, bisect_right(self._starts, place) - 1)]

    @cached_property
    def lines(self) -> tuple[tuple[int, int], ...]:
        """Start and end of every line, line ends not included."""
        found, start = [], 0
        for end, char in enumerate(self.text):
            if char == END:
                found.append((start, end))
                start = end + 1
        if start < len(self.text):
            found.append((start, len(self.text)))
        return tuple(found)


def linear(document: Document) -> Linear:
    """The text of a document with the places of its cells and lines. Pictures leave nothing behind."""
    parts: list[str] = []
    pieces: list[Piece] = []
    at = blank = 0

    def put(text: str) -> None:
        nonlocal at
        parts.append(text)
        at += len(text)

    for index, block in enumerate(document.blocks):
        if isinstance(block, Line):
            text = block.text.strip("\r\n")
            blank = blank + 1 if not text.strip() and BORDER not in text else 0
            if blank > MOST_BLANK_LINES:
                continue
            pieces.append(Piece(at, at + len(text), index))
            put(text + END)
        elif isinstance(block, Grid):
            blank = 0
            for _, cells in block.rows():
                for place, cell in enumerate(cells):
                    # A line end inside a cell is no end of the row.
                    text = cell.text.replace("\r", "").replace(END, " ").replace(BORDER, " ")
                    pieces.append(Piece(at, at + len(text), index, cell, place, len(cells)))
                    put(text + (BORDER if place + 1 < len(cells) else END))
    return Linear("".join(parts), tuple(pieces))
