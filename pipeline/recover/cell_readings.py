"""One token as one cell of the form, and what the form says of the cells of a row."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.document import NOWHERE, Source
from pipeline.record import Kind, Number
from pipeline.recover.numbers import CellText, read_cell
from pipeline.recover.strips import Token


@dataclass(frozen=True, slots=True)
class CellReading:
    """One cell as one hypothesis sees it."""

    kind: Kind
    printed: str | None = None
    value: Number | None = None
    unit: str | None = None
    source: Source = NOWHERE
    text: str = ""
    """The whole text of the cell, or of the run of digits that it was cut from."""
    reader: str = "text"
    score: float = 1.0
    sure: bool = True
    rivals: tuple[tuple[Number, float], ...] = ()
    """Further values that the reader holds possible, each with its probability."""


ABSENT = CellReading("absent")


@dataclass(frozen=True, slots=True)
class RowShape:
    """What the form says of the cells of a row (or of a line that holds several rows)."""

    width: int
    sums: tuple[tuple[tuple[int, ...], int], ...] = ()
    """Pairs (indices of the parts, index of their total)."""
    signed: frozenset[int] = frozenset()
    decimal: frozenset[int] = frozenset()


def cell_reading(token: Token, index: int, shape: RowShape) -> CellReading:
    token = _possible(token, index, shape)
    made = read_cell(token.text, signed=index in shape.signed, decimal=index in shape.decimal)
    if token.pictured and len(token.text.split()) > 1:
        # Two numbers, or one with dirt beside it; which is the cell's nobody knows.
        made = CellText("unread", None, None)
    first = token.readings[0] if token.readings else None
    rivals = _rivals(token, index, shape)
    if token.kind == "blank":
        reader, score = (first.reader, first.score) if first else ("text", 1.0)
        return CellReading("blank", source=token.source, reader=reader, score=score, rivals=rivals)
    return CellReading(
        "unread" if made.kind == "blank" else made.kind,
        made.printed,
        made.value,
        made.unit,
        token.source,
        token.text,
        first.reader if first else "text",
        first.score if first else 1.0,
        made.sure,
        rivals,
    )


def _possible(token: Token, index: int, shape: RowShape) -> Token:
    """The token without what cannot stand in this cell, where that is what the reader holds most probable: of a number
    with a minus sign where the form counts things the sign is dirt, and the rest of what it says gains by that."""
    if len(token.readings) < 2:
        return token

    def fits(text: str) -> bool:
        made = read_cell(text, signed=index in shape.signed, decimal=index in shape.decimal)
        return made.kind != "unread"

    kept = [one for one in token.readings if fits(one.text)]
    if not kept or fits(token.readings[0].text):
        return token
    whole, rest = sum(one.score for one in token.readings), sum(one.score for one in kept)
    text = kept[0].text
    return replace(
        token,
        text=text,
        kind=token.kind if text else "blank",
        readings=tuple(replace(one, score=min(1.0, one.score * whole / rest)) for one in kept),
    )


def _rivals(token: Token, index: int, shape: RowShape) -> tuple[tuple[Number, float], ...]:
    """What else the reader holds possible; a cell that may be blank may be 0."""
    rivals: dict[Number, float] = {}
    for reading in token.readings[1:]:
        made = read_cell(reading.text, signed=index in shape.signed, decimal=index in shape.decimal)
        value = 0 if made.kind in {"blank", "dash"} else made.value
        if value is not None:
            rivals[value] = rivals.get(value, 0.0) + reading.score
    return tuple(rivals.items())
