"""What the classifier says of a document, told of its strips."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.recover.hints import Hints
from pipeline.recover.strips import Strip
from pipeline.tag.decode import Tags
from pipeline.tag.labels import row_of
from pipeline.tag.linear import BORDER, END


def hints_of(strips: Sequence[Strip], tags: Tags) -> Hints:
    """The rows that each value of the strips could be of, with their probabilities.

    Strips stand in the order of the document, and so do the pieces of its text: each value is looked for behind the
    one before, in its own block.
    """
    text = tags.seen.text
    ends: dict[int, int] = {}
    starts: dict[int, int] = {}
    for piece in tags.seen.pieces:
        starts.setdefault(piece.block, piece.start)
        ends[piece.block] = piece.end
    at = 0
    numbers, following = tags.numbers, 0
    found: dict[tuple[int, int], dict[str, float]] = {}
    for s, strip in enumerate(strips):
        at = max(at, starts.get(strip.block, at))
        for t, token in enumerate(strip.tokens):
            shown = token.text.replace("\r", "").replace(END, " ").replace(BORDER, " ")
            place = text.find(shown, at, ends.get(strip.block, at)) if shown else -1
            if place < 0:
                continue
            at = place + len(shown)
            if token.kind != "value":
                continue
            while following < len(numbers) and numbers[following].end <= place:
                following += 1
            # Glued digits hold several numbers: the first tells the row.
            if following < len(numbers) and numbers[following].start < at:
                found[s, t] = _rows(numbers[following].fields, numbers[following].sure)
    return found


def _rows(fields: Sequence[tuple[str, float]], sure: float) -> dict[str, float]:
    rows: dict[str, float] = {}
    for field, share in fields:
        rows[row_of(field)] = rows.get(row_of(field), 0.0) + share * sure
    return rows
