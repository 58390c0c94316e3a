"""Tokens of a row to readings of its cells: every way to see them as the cells that the form asks for.

A row with as many tokens as cells is read as it stands. Where there are fewer or more, where digits
of several cells have run together, or where spaces may or may not be borders, each possible
reading is kept with a cost; the arithmetic decides later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

from pipeline.costs import load_costs
from pipeline.record import Kind, Number
from pipeline.recover.cell_readings import ABSENT, CellReading, RowShape, cell_reading
from pipeline.recover.digit_runs import MOST_READINGS, Cut, TooMany, cuts_of
from pipeline.recover.normalise import plain
from pipeline.recover.strips import Token, part_of

PLACED = 0.75
"""Probability that a cell without printed rules is the one that it is taken for, where its row has blank ones. The
arithmetic may confirm it; where no rule does, it is not believed."""
LONE, NO_NUMBER = 0.95, 0.1
"""Probability of the number of a row that has one cell, from which on what stands beside it is none of the form's;
that this is a number, below which it is none."""


@dataclass(frozen=True, slots=True)
class RowReading:
    cells: tuple[CellReading, ...]
    cost: int = 0
    note: str = ""
    """What had to be assumed, in Chinese; empty where the row was read as it stands."""
    cut: bool = False
    """Digits that ran together were cut so that the row's own sums hold: that these hold proves nothing."""


def read_row(
    tokens: Sequence[Token],
    shape: RowShape,
    *,
    trim: int | None = None,
    drops_blanks: bool = False,
    prints_zeros: bool = False,
) -> list[RowReading]:
    """All readings of the tokens as the cells of the shape, cheapest first, without doubles.

    Args:
        trim: how many blanks most rows of the table have behind their last cell; None where unknown.
        drops_blanks: whether the converter left blank cells out, so that a missing cell is a blank one.
        prints_zeros: whether a blank at an end of the row may be the place that a lost cell left, as in a table
            whose other rows have no blank cells.
    """
    if not tokens:
        return [RowReading((ABSENT,) * shape.width)]
    tokens = _placed(_lone_number(_in_cells(tokens, shape.width), shape), shape.width)
    try:
        found = _distinct(_all_readings(tokens, shape, trim, drops_blanks, prints_zeros))
    except TooMany:
        found = []
    if not found or len(found) > MOST_READINGS:
        text = " ".join(token.text for token in tokens)
        unread = CellReading("unread", source=tokens[0].source, text=text)
        cost = load_costs().structure.extra_cell
        found = [RowReading((unread,) * shape.width, cost, "数字无法分到各栏")]
    return found


def _all_readings(
    tokens: Sequence[Token], shape: RowShape, trim: int | None, drops_blanks: bool, prints_zeros: bool
) -> list[RowReading]:
    costs = load_costs().structure
    found: list[RowReading] = []
    if is_pictured(tokens, shape.width):
        return [_as_they_stand(tokens, shape)]
    apart = _spaced_apart(tokens, shape)
    if apart:
        return [_as_they_stand(apart, shape, costs.shared_cell, "几格并作一格")]
    if not any(token.soft for token in tokens):
        found += _bordered(list(tokens), shape, trim, drops_blanks)
        if prints_zeros:
            found += _shifted(list(tokens), shape)
    inner = _between_blanks(tokens)
    if any(token.soft for token in tokens) and len(pieces(tokens)) >= shape.width:
        inner = list(tokens)
    if any(token.soft for token in tokens) or (len(inner) < shape.width and _glued(inner, shape)):
        for token_list, cost in _without_numbering(inner or tokens):
            found += [replace(row, cost=row.cost + cost) for row in _run(token_list, shape)]
        apart_at_spaces = pieces(tokens)
        if not found or (1 < len(apart_at_spaces) < shape.width and not _sums_hold(found[0], shape)):
            found += _bordered(apart_at_spaces, shape, None, True)
        # Digits that could not be cut hold cells that nothing tells apart; the blanks beside them are a guess.
        found = [row for row in found if all(cell.kind != "unread" for cell in row.cells)]
    return found


def _in_cells(tokens: Sequence[Token], width: int) -> Sequence[Token]:
    """The tokens without numbers among words, where on a page with rules each number of the row has a cell of its own:
    what looks like one in its label is dirt."""
    own = [token for token in tokens if not token.among_words]
    return own if is_pictured(own, width) and not any(token.implied for token in own) else tokens


def _lone_number(tokens: Sequence[Token], shape: RowShape) -> Sequence[Token]:
    """The number of a row that has one cell, where nothing else on the page image is one: a stroke of a pen, or what a
    seal left, in a place that a border parts from it which the form does not have."""
    if shape.width != 1 or len(tokens) < 2 or any(not token.pictured or token.soft for token in tokens):
        return tokens
    numbers = [token for token in tokens if _has_digit(token.text)]
    others = [token for token in tokens if not _has_digit(token.text)]
    if len(numbers) != 1 or not numbers[0].readings or numbers[0].readings[0].score < LONE:
        return tokens
    doubt = max(sum(one.score for one in token.readings if _has_digit(one.text)) for token in others)
    return numbers if doubt < NO_NUMBER else tokens


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _placed(tokens: Sequence[Token], width: int) -> list[Token]:
    """The tokens of a row, those of a table without rules no surer than their places. Where there is a number for each
    cell of the form, it is known which is whose; where one is blank, its neighbours' numbers may be its own."""
    if sum(max(1, len(token.text.split())) for token in tokens if token.kind == "value") == width:
        return list(tokens)
    return [
        replace(token, readings=tuple(replace(one, score=PLACED * one.score) for one in token.readings))
        if token.implied
        else token
        for token in tokens
    ]


def is_pictured(tokens: Sequence[Token], width: int) -> bool:
    """Whether the tokens are the cells of a whole row on a page image, each in its place."""
    return len(tokens) == width and all(token.pictured and not token.soft for token in tokens)


def _spaced_apart(tokens: Sequence[Token], shape: RowShape) -> list[Token] | None:
    """The tokens cut at their spaces, where cells that share a token then fill the row exactly."""
    if len(tokens) >= shape.width or any(token.soft for token in tokens):
        return None
    apart = pieces([replace(token, soft=True) if token.kind == "value" else token for token in tokens])
    while len(apart) > shape.width and apart[0].kind == "blank":
        apart.pop(0)
    while len(apart) > shape.width and apart[-1].kind == "blank":
        apart.pop()
    return apart if len(apart) == shape.width else None


def _sums_hold(row: RowReading, shape: RowShape) -> bool:
    """Whether the form asks for sums in the row and all of them hold on what the reading says."""
    values = [cell.value or 0 for cell in row.cells]
    return bool(shape.sums) and all(sum(values[i] for i in parts) == values[total] for parts, total in shape.sums)


def _distinct(rows: list[RowReading]) -> list[RowReading]:
    best: dict[tuple[tuple[Kind, Number | None], ...], RowReading] = {}
    for row in rows:
        content = tuple((cell.kind, cell.value) for cell in row.cells)
        if content not in best or row.cost < best[content].cost:
            best[content] = row
    return sorted(best.values(), key=lambda row: row.cost)


# --- cells with borders --------------------------------------------------------------------------


def _bordered(tokens: list[Token], shape: RowShape, trim: int | None, drops_blanks: bool) -> list[RowReading]:
    costs = load_costs().structure
    width, n = shape.width, len(tokens)
    if n == width:
        return [_as_they_stand(tokens, shape)]
    if n > width:
        return _too_many(tokens, shape, trim)
    missing = width - n
    if not any(token.kind == "value" for token in tokens):
        blank = CellReading("blank", source=tokens[0].source)
        return [RowReading((blank,) * width)]
    cuts = _split_one(tokens) if missing == 1 else ()
    split = [_as_they_stand(cut, shape, costs.glued_cells, "两格数字连写") for cut in cuts]
    each, note = (costs.dropped_blank, "空格被丢弃") if drops_blanks else (costs.lost_cell, "缺一格，整行移位")
    filler = CellReading("blank") if drops_blanks else ABSENT
    if comb(width, missing) > MOST_READINGS:
        return []
    rows = []
    for places in combinations(range(width), missing):
        cells: list[CellReading] = []
        rest = iter(tokens)
        for index in range(width):
            cells.append(filler if index in places else cell_reading(next(rest), index, shape))
        rows.append(RowReading(tuple(cells), each * missing, note))
    return rows + split


def _shifted(tokens: list[Token], shape: RowShape) -> Iterator[RowReading]:
    """A cell lost somewhere in the row, and a blank at one of its ends that fills it up again."""
    costs = load_costs().structure
    spare = len(tokens) - shape.width
    if spare < 0 or any(token.kind != "blank" for token in tokens[shape.width :]):
        return
    row = tokens[: shape.width]
    for end in (0, shape.width - 1):
        if row[end].kind != "blank":
            continue
        rest = row[:end] + row[end + 1 :]
        for place in range(shape.width):
            if place != end:
                cells = [cell_reading(token, i + (i >= place), shape) for i, token in enumerate(rest)]
                yield RowReading((*cells[:place], ABSENT, *cells[place:]), costs.lost_cell, "缺一格，整行移位")


def _split_one(tokens: list[Token]) -> Iterator[list[Token]]:
    """One token of the row taken for the digits of two cells; on a page image these stand apart."""
    for i, token in enumerate(tokens):
        digits = plain(token.text).strip()
        if token.kind == "value" and digits.isdigit() and not token.pictured:
            for at in range(1, len(digits)):
                left, right = digits[:at], digits[at:]
                if (left == "0" or left[0] != "0") and (right == "0" or right[0] != "0"):
                    yield [*tokens[:i], replace(token, text=left), replace(token, text=right), *tokens[i + 1 :]]


def _between_blanks(tokens: Sequence[Token]) -> list[Token]:
    values = [i for i, token in enumerate(tokens) if token.kind == "value"]
    return list(tokens[values[0] : values[-1] + 1]) if values else []


def _as_they_stand(tokens: Sequence[Token], shape: RowShape, cost: int = 0, note: str = "") -> RowReading:
    return RowReading(tuple(cell_reading(token, i, shape) for i, token in enumerate(tokens)), cost, note)


def _too_many(tokens: list[Token], shape: RowShape, trim: int | None) -> list[RowReading]:
    """More tokens than cells: blanks at the ends are no cells; failing that, some token is none."""
    costs = load_costs().structure
    extra = len(tokens) - shape.width
    rows = []
    for behind in range(extra + 1):
        before = extra - behind
        cut = tokens[:before] + (tokens[len(tokens) - behind :] if behind else [])
        if all(token.kind == "blank" for token in cut):
            usual = trim is None or behind == min(trim, extra)
            kept = tokens[before : len(tokens) - behind]
            rows.append(_as_they_stand(kept, shape, 0 if usual else costs.other_trim))
    if rows:
        return rows
    values = [token for token in tokens if token.kind == "value"]
    if len(values) == shape.width:
        return [_as_they_stand(values, shape, costs.other_trim, "空格不在格位上")]
    if len(values) < shape.width:
        blanks = [i for i, token in enumerate(tokens) if token.kind == "blank"]
        if comb(len(blanks), extra) > MOST_READINGS:
            return []
        for drop in combinations(blanks, extra):
            kept = [token for i, token in enumerate(tokens) if i not in drop]
            rows.append(_as_they_stand(kept, shape, costs.other_trim, "多出空格"))
        return rows
    if len(values) - shape.width <= 2:
        for drop in combinations(range(len(values)), len(values) - shape.width):
            kept = [token for i, token in enumerate(values) if i not in drop]
            rows.append(_as_they_stand(kept, shape, costs.extra_cell * len(drop), "行内多出数字"))
        joined = _pieces_joined(values, shape.width)
        rows += [_as_they_stand(kept, shape, costs.crossed_space, "数字被空格断开") for kept in joined]
    return rows


def _pieces_joined(tokens: list[Token], width: int) -> Iterator[list[Token]]:
    """Two neighbouring tokens taken as one number that a space has cut."""
    if len(tokens) != width + 1:
        return
    for i in range(width):
        left, right = tokens[i], tokens[i + 1]
        if left.text.isdigit() and right.text.isdigit() and not left.text.startswith("0"):
            yield [*tokens[:i], _joined((left, right)), *tokens[i + 2 :]]


def _joined(tokens: Sequence[Token]) -> Token:
    """The tokens as one, no surer than the least sure of them."""
    text = "".join(token.text for token in tokens)
    first = min((token.readings[0] for token in tokens if token.readings), key=lambda one: one.score, default=None)
    return replace(tokens[0], text=text, readings=(replace(first, text=text),) if first else ())


# --- digits run together -------------------------------------------------------------------------


def _glued(tokens: Sequence[Token], shape: RowShape) -> bool:
    """Whether digits of several cells may share a token: there are too few tokens and enough digits. On a page image
    they stand apart, and what is read of them has a space."""
    if any(token.pictured for token in tokens):
        return False
    values = [token for token in tokens if token.kind == "value"]
    return len(values) == len(tokens) and sum(len(re.sub(r"\D", "", token.text)) for token in values) >= shape.width


def _without_numbering(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], int]]:
    """The tokens, and the tokens without the last digit where that may be the next label's number."""
    costs = load_costs().structure
    last = tokens[-1]
    if last.swallowed and plain(last.text).rstrip().endswith(last.swallowed):
        cut = plain(last.text).rstrip()[: -len(last.swallowed)].rstrip()
        if cut:
            yield [*tokens[:-1], part_of(last, 0, len(cut))], 0
        yield list(tokens), costs.kept_number
    else:
        yield list(tokens), 0


def pieces(tokens: Sequence[Token]) -> list[Token]:
    """Soft tokens cut at their spaces."""
    cut: list[Token] = []
    for token in tokens:
        if not token.soft or not token.text:
            cut.append(token)
            continue
        cut += (part_of(token, *match.span()) for match in re.finditer(r"[^\s|]+", token.text))
    return cut


def _run(tokens: Sequence[Token], shape: RowShape) -> list[RowReading]:
    """Readings of soft tokens: at their spaces where that gives the cells, else cut further."""
    costs = load_costs().structure
    apart = pieces(tokens)
    if len(apart) == shape.width:
        return [_as_they_stand(apart, shape)]
    if len(apart) > shape.width:
        return _too_many(apart, shape, None)
    rows = [_cut_row(cut, shape) for cut in cuts_of(apart, shape)]
    if rows:
        return rows
    if len(apart) == 1:
        return []
    whole = _joined(apart)
    return [
        replace(_cut_row(cut, shape), cost=costs.crossed_space, note="数字被空格断开且连写")
        for cut in cuts_of([whole], shape)
    ]


def _cut_row(cut: Cut, shape: RowShape) -> RowReading:
    cells = []
    for index, (piece, start, end) in enumerate(cut):
        cell = cell_reading(part_of(piece, start, end), index, shape)
        cells.append(replace(cell, text=piece.text))
    if all(end - start == len(piece.text) for piece, start, end in cut):
        return RowReading(tuple(cells))
    return RowReading(tuple(cells), 0, "各栏数字连写", cut=True)
