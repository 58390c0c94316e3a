"""Digits of several cells that have run together: every way to cut them into the cells of a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.record import Number
from pipeline.recover.cell_readings import RowShape
from pipeline.recover.normalise import plain
from pipeline.recover.numbers import read_cell
from pipeline.recover.strips import Token

MOST_READINGS = 400
"""Readings of a row at most; a row with more is left unread, since among some of them nothing is proved."""
LONGEST_RUN = 80
"""Digits of a run that are cut into cells at most; a longer one is left unread."""
MOST_STEPS = 20_000
"""Steps that cutting one row may take; a row that needs more is left unread."""

Cut = tuple[tuple[Token, int, int], ...]
"""Per cell: the piece that it is cut from and its character range there."""


class TooMany(Exception):
    """More readings than are worth keeping: the row stays unread."""


def cuts_of(pieces: Sequence[Token], shape: RowShape) -> list[Cut]:
    """All ways to cut the pieces into the cells, each sum of the shape holding; where no way makes all
    sums hold, all ways there are.

    Raises:
        TooMany: where they are too many to say anything by.
    """
    if sum(len(piece.text) for piece in pieces) > LONGEST_RUN:
        raise TooMany
    if not pieces:
        return []
    atoms = [(piece, start, end) for piece in pieces for start, end in _spans(piece.text)]
    by_start: dict[tuple[int, int], list[tuple[Token, int, int]]] = {}
    order = {id(piece): i for i, piece in enumerate(pieces)}
    for piece, start, end in atoms:
        by_start.setdefault((order[id(piece)], start), []).append((piece, start, end))
    exact = _walk(pieces, by_start, shape, check=True)
    return exact or _walk(pieces, by_start, shape, check=False)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Character ranges of a piece that can be a number by themselves (no leading zeros)."""
    for start in range(len(text)):
        for end in range(start + 1, min(len(text), start + 16) + 1):
            part = text[start:end]
            if re.fullmatch(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:亿元|万元|元|件)?|[Oo〇○]", plain(part)):
                yield start, end
    if text in {"-", "/", "—"}:
        yield 0, len(text)


def _walk(
    pieces: Sequence[Token],
    by_start: dict[tuple[int, int], list[tuple[Token, int, int]]],
    shape: RowShape,
    *,
    check: bool,
) -> list[Cut]:
    checks = {total: parts for parts, total in shape.sums}
    found: list[Cut] = []
    room = [sum(len(piece.text) for piece in pieces[i:]) for i in range(len(pieces) + 1)]
    steps = 0

    def value(atom: tuple[Token, int, int], index: int) -> Number | None:
        made = read_cell(atom[0].text[atom[1] : atom[2]], signed=index in shape.signed, decimal=index in shape.decimal)
        return 0 if made.kind == "dash" else made.value if made.kind == "number" else None

    def least_of_total(index: int, values: list[Number]) -> int:
        """Digits that the next total has at least, by the parts read so far."""
        parts = next((parts for total, parts in sorted(checks.items()) if total >= index), ())
        return len(str(sum(values[i] for i in parts if i < index)))

    def step(piece: int, start: int, chosen: list[tuple[Token, int, int]], values: list[Number]) -> None:
        nonlocal steps
        steps += 1
        if len(found) > MOST_READINGS or steps > MOST_STEPS:
            raise TooMany
        index = len(chosen)
        if piece == len(pieces):
            if index == shape.width:
                found.append(tuple(chosen))
            return
        left = room[piece] - start
        if index == shape.width or left < shape.width - index or len(pieces) - piece > shape.width - index:
            return
        if check and left < shape.width - index - 1 + least_of_total(index, values):
            return
        for atom in by_start.get((piece, start), ()):
            if index == shape.width - 1 and atom[2] < len(pieces[piece].text):
                continue
            number = value(atom, index)
            if number is None:
                continue
            if check and index in checks and number != sum(values[i] for i in checks[index]):
                continue
            chosen.append(atom)
            values.append(number)
            if atom[2] == len(pieces[piece].text):
                step(piece + 1, 0, chosen, values)
            else:
                step(piece, atom[2], chosen, values)
            chosen.pop()
            values.pop()

    step(0, 0, [], [])
    return found
