"""What the classifier says of a document, told of its strips."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from pipeline.recover.hints import Hints
from pipeline.recover.strips import Strip
from pipeline.tag.decode import Tags
from pipeline.tag.labels import row_of
from pipeline.tag.linear import BORDER, END, Piece


def hints_of(strips: Sequence[Strip], tags: Tags) -> Hints:
    """The rows that each value of the strips could be of, with their probabilities."""
    lines: dict[int, list[list[Piece]]] = {}
    for piece in tags.seen.pieces:
        of_block = lines.setdefault(piece.block, [])
        if piece.place == 0:
            of_block.append([])
        of_block[-1].append(piece)
    starts = [number.start for number in tags.numbers]
    found: dict[tuple[int, int], dict[str, float]] = {}
    taken: dict[int, _Taken] = {}
    for s, strip in enumerate(strips):
        seen = taken.setdefault(strip.block, _Taken(tags.seen.text, lines.get(strip.block, [])))
        for t, place in seen.places(strip).items():
            # Glued digits hold several numbers: the first tells the row.
            at = bisect_right(starts, place[0]) - 1
            if at < 0 or tags.numbers[at].end <= place[0]:
                at += 1
            if strip.tokens[t].kind == "value" and at < len(starts) and starts[at] < place[1]:
                found[s, t] = _rows(tags.numbers[at].fields, tags.numbers[at].sure)
    return found


class _Taken:
    """The rows of a block, and what of them strips have been found to be."""

    def __init__(self, text: str, rows: list[list[Piece]]) -> None:
        self.text = text
        self.rows = rows
        self.row = 0
        self.spans: list[tuple[int, int]] = []

    def places(self, strip: Strip) -> dict[int, tuple[int, int]]:
        """Where in the text the words and values of the strip stand, by token. A strip is a row of the block, or one
        of several that share a row: it is looked for in what no strip before has taken, from their row on."""
        if all(token.kind == "blank" for token in strip.tokens):
            return {}
        for row in range(self.row, len(self.rows)):
            found = self._in_row(strip, self.rows[row])
            if found is not None:
                if row != self.row:
                    self.row, self.spans = row, []
                self.spans += found.values()
                return found
        return {}

    def _in_row(self, strip: Strip, pieces: list[Piece]) -> dict[int, tuple[int, int]] | None:
        found: dict[int, tuple[int, int]] = {}
        for t, token in enumerate(strip.tokens):
            shown = token.text.replace("\r", "").replace(END, " ").replace(BORDER, " ")
            if not shown:
                continue
            place = self._free(shown, pieces, list(found.values()))
            if place is None:
                return None
            found[t] = place
        return found

    def _free(self, shown: str, pieces: list[Piece], own: list[tuple[int, int]]) -> tuple[int, int] | None:
        last = own[-1][1] if own else -1
        for piece in pieces:
            at = self.text.find(shown, max(piece.start, last), piece.end)
            while at >= 0:
                span = (at, at + len(shown))
                if all(span[1] <= start or span[0] >= end for start, end in self.spans):
                    return span
                at = self.text.find(shown, at + 1, piece.end)
        return None


def _rows(fields: Sequence[tuple[str, float]], sure: float) -> dict[str, float]:
    rows: dict[str, float] = {}
    for field, share in fields:
        rows[row_of(field)] = rows.get(row_of(field), 0.0) + share * sure
    return rows
