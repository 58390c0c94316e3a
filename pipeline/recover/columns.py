"""Which column each number of a row belongs to, decided for the table as a whole where all rows suffer alike.

Row by row, a missing cell could stand anywhere. But a converter that drops blank cells drops them in every
row, and a lost column is lost in all of them: what most rows show is decided once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from pipeline.costs import load_costs
from pipeline.document import NOWHERE
from pipeline.recover.cell_readings import ABSENT, CellReading
from pipeline.recover.labels import column_keys
from pipeline.recover.normalise import key
from pipeline.recover.numbers import read_cell
from pipeline.recover.positions import place_columns
from pipeline.recover.readings import RowReading, is_pictured, pieces, read_row
from pipeline.recover.recovered import Unit, fields_of, row_shape
from pipeline.recover.strips import Strip, Token
from pipeline.template import Row, Table

LEAST_LACKING = {"t2": 1, "t3": 2}
"""Rows with fewer digits than cells from which on a table whose digits ran together counts as one that has dropped
its blank cells; no rule of table 2 would tell."""
MOST = 0.6
"""Share of the rows with numbers that makes a fault one of the table and not of a row."""
LEAST_ROWS = 4
"""Rows that must share such a fault."""
HEAD_STRIPS = 24
"""Strips before the first row in which the column heads are looked for."""

Rows = Mapping[str, list[Token]]


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the rows with numbers look."""

    table: Table
    rows: dict[str, list[Token]]
    placed: frozenset[str]
    """Rows whose blank cells were put back by the look of the others."""
    counts: dict[str, int]
    """Tokens by row, of the rows with a number."""
    trim: int | None
    missing_head: int | None

    def width(self, row: str) -> int:
        return next(len(r.columns) for r in self.table.rows if r.id == row)

    def is_pictured(self) -> bool:
        """Whether most rows were seen on a page image with a place for each cell."""
        whole = sum(is_pictured(self.rows[row], self.width(row)) for row in self.counts)
        return whole > 0 and whole >= MOST * len(self.counts)

    def shared(self, rows: int, share: float = MOST) -> bool:
        return self.table.id == "t3" and rows >= max(LEAST_ROWS, share * len(self.counts))


def read_columns(rows: Rows, strips: list[Strip], first: int, table: Table) -> Iterator[tuple[tuple[Unit, ...], int]]:
    """The rows' readings, one set of units for each way in which the table as a whole may be laid out, with its cost.

    Args:
        rows: tokens by row id.
        first: strip of the first row; the column heads stand before it.
    """
    layout = _layout(rows, strips, first, table)
    costs = load_costs().structure
    inner = {row: _between_blanks(layout.rows[row]) for row in layout.counts}
    over = {row: len(pieces(layout.rows[row])) - layout.width(row) for row in layout.counts}
    short = [row for row in over if over[row] == -1]
    gappy = {row for row in over if any(token.kind == "blank" for token in inner[row])}
    wide = [row for row in over if len(inner[row]) == layout.width(row) + 1]
    padded = {
        row: inner[row]
        for row in over
        if over[row] >= 0 and len(inner[row]) == layout.width(row) - 1 and row not in gappy
    } | {
        # The totals are blank too.
        row: [*inner[row], layout.rows[row][-1]]
        for row in over
        if over[row] >= 0
        and len(inner[row]) == layout.width(row) - 2
        and row not in gappy
        and layout.rows[row][-1].kind == "blank"
    }
    led = all(row in short or layout.rows[row][0].kind == "blank" for row in over)
    if layout.is_pictured():
        yield _row_by_row(layout), 0
    elif layout.shared(len(short)) or (short and led and layout.shared(len(over), 0.0)):
        yield from _without_column(layout, _last_cells(layout, len(table.columns) - 1))
    elif layout.shared(len(wide)):
        yield from _with_extra_column(layout, {row: inner[row] for row in wide})
    elif _ends_with_total(layout):
        yield _row_by_row(layout), 0
        yield _totals_only(layout), costs.blanks_moved
    elif layout.missing_head is not None and layout.shared(len(padded), 0.9):
        yield from _without_column(layout, padded)
        yield _row_by_row(layout), costs.lost_cell
    else:
        yield _row_by_row(layout), 0


def _layout(rows: Rows, strips: list[Strip], first: int, table: Table) -> _Layout:
    put_back = place_columns(rows, strips, first, table) if table.id == "t3" else {}
    aligned = _align_columns({**rows, **put_back}, table)
    counts = {
        row.id: len(aligned[row.id]) for row in table.rows if any(t.kind == "value" for t in aligned.get(row.id, []))
    }
    return _Layout(
        table, aligned, frozenset(put_back), counts, _usual_trim(aligned, table), _missing_head(strips, first, table)
    )


def _soft(tokens: list[Token]) -> bool:
    return any(token.soft for token in tokens)


def _row_by_row(layout: _Layout) -> tuple[Unit, ...]:
    table, rows, placed = layout.table, dict(layout.rows), set(layout.placed)
    short = [row for row, count in layout.counts.items() if count < layout.width(row) and not _soft(rows[row])]
    drops_blanks = len(short) >= max(3, 0.4 * len(layout.counts))
    whole = [row for row in layout.counts if all(token.kind == "value" for token in rows[row])]
    prints_zeros = table.id == "t2" or len(whole) >= MOST * len(layout.counts)
    if drops_blanks:
        empty = [row for row, tokens in rows.items() if not tokens]
        placed |= set(empty)
        rows |= {row: [Token("", "blank", NOWHERE)] * layout.width(row) for row in empty}
    units = {
        row.id: _unit(table, row, rows.get(row.id, []), layout.trim, drops_blanks, prints_zeros) for row in table.rows
    }
    if sum(_lacks_digits(tokens, layout.width(row)) for row, tokens in rows.items()) >= LEAST_LACKING[table.id]:
        units = {row: _uncut(unit) for row, unit in units.items()}
    sparse = sum(bool(tokens) for tokens in rows.values()) < len(rows) / 2
    for row in units:
        if row in placed:
            units[row] = _noted(units[row], "转换时丢掉的空格已补入")
        elif sparse and table.id == "t3":
            units[row] = replace(_noted(units[row], "多数行标签后没有数字"), moved=True)
    return tuple(units.values())


def _last_cells(layout: _Layout, width: int) -> dict[str, list[Token]]:
    """The last so many tokens of each row that has nothing but blanks before them: places of the label's columns."""
    found = {}
    for row in layout.counts:
        tokens = pieces(layout.rows[row])
        while len(tokens) > width and tokens[0].kind == "blank":
            tokens.pop(0)
        while len(tokens) > width and tokens[-1].kind == "blank":
            tokens.pop()
        if len(tokens) == width:
            found[row] = tokens
    return found


def _without_column(layout: _Layout, narrow: Rows) -> Iterator[tuple[tuple[Unit, ...], int]]:
    """The table lacks a column: one set of units for each that it may be. The heads may tell which."""
    costs = load_costs().structure
    for place, column in enumerate(layout.table.columns):
        units = tuple(
            _noted(_narrow_unit(layout.table, row, narrow[row.id], place), f"缺“{column.label}”一列")
            if row.id in narrow
            else _unit(layout.table, row, layout.rows.get(row.id, []), layout.trim)
            for row in layout.table.rows
        )
        yield units, costs.lost_column + (0 if layout.missing_head in {None, place} else costs.lost_cell)


def _ends_with_total(layout: _Layout) -> bool:
    """Whether the last number of each row, with blanks behind it, is the sum of those before it: the blank cells
    may have moved to the rows' ends."""
    ends = []
    for row in layout.counts:
        tokens = layout.rows[row]
        values = [read_cell(token.text).value for token in tokens if token.kind == "value"]
        if len(tokens) == layout.width(row) and None not in values and len(values) > 1:
            if tokens[-1].kind != "blank":
                return False
            numbers = [value for value in values if value is not None]
            ends.append((numbers[-1], sum(numbers[:-1])))
    return layout.table.id == "t3" and any(total for total, _ in ends) and all(total == parts for total, parts in ends)


def _totals_only(layout: _Layout) -> tuple[Unit, ...]:
    """Each row's last number is its total; whose the others are is not known."""
    units = []
    for row in layout.table.rows:
        tokens = layout.rows.get(row.id, [])
        values = [token for token in tokens if token.kind == "value"]
        if len(values) > 1:
            unknown = [replace(token, text="", kind="value") for token in tokens[: len(layout.table.columns) - 1]]
            tokens = [*unknown, values[-1]]
        units.append(_noted(_unit(layout.table, row, tokens, layout.trim), "空格挪到了行末"))
    return tuple(units)


def _with_extra_column(layout: _Layout, wide: Rows) -> Iterator[tuple[tuple[Unit, ...], int]]:
    """The table has a column that the form does not have: one set of units for each place where it may stand."""
    for place in range(len(layout.table.columns) + 1):
        units = []
        for row in layout.table.rows:
            tokens = layout.rows.get(row.id, [])
            if row.id in wide:
                tokens = wide[row.id][:place] + wide[row.id][place + 1 :]
            units.append(_noted(_unit(layout.table, row, tokens, layout.trim), f"第 {place + 1} 栏不是表中的栏"))
        yield tuple(units), load_costs().structure.extra_column


def _lacks_digits(tokens: list[Token], width: int) -> bool:
    """Whether digits that ran together, or nothing behind a label, are too few for one in each cell."""
    digits = sum(len(re.sub(r"[^\d/-]", "", token.text)) for token in tokens)
    return digits < width and all(token.soft for token in tokens)


def _uncut(unit: Unit) -> Unit:
    """Leaves a row unread that could only be cut: where blank cells left no trace, so may some of this row's have."""
    kept = tuple(reading for reading in unit.readings if not reading.cut)
    if kept:
        return replace(unit, readings=kept)
    cut = unit.readings[0]
    unread = tuple(CellReading("unread", source=cell.source, text=cell.text) for cell in cut.cells)
    return replace(unit, readings=(RowReading(unread, 0, "数字连写而空格没有留下痕迹"),))


def _noted(unit: Unit, note: str) -> Unit:
    return replace(unit, readings=tuple(replace(reading, note=note) for reading in unit.readings))


def _unit(
    table: Table,
    row: Row,
    tokens: list[Token],
    trim: int | None,
    drops_blanks: bool = False,
    prints_zeros: bool = False,
) -> Unit:
    readings = read_row(
        tokens, row_shape(table, row), trim=trim, drops_blanks=drops_blanks, prints_zeros=prints_zeros
    )
    return Unit(fields_of(table, row), tuple(readings))


def _narrow_unit(table: Table, row: Row, tokens: list[Token], lost: int) -> Unit:
    """A row of a table that lacks the column `lost`."""
    shape = row_shape(table, row)
    readings = (
        replace(reading, cells=(*reading.cells[:lost], ABSENT, *reading.cells[lost:]))
        for reading in read_row(tokens, replace(shape, width=shape.width - 1, sums=()))
    )
    return Unit(fields_of(table, row), tuple(readings))


def _between_blanks(tokens: list[Token]) -> list[Token]:
    """Without the blanks at both ends."""
    values = [i for i, token in enumerate(tokens) if token.kind == "value"]
    return tokens[values[0] : values[-1] + 1] if values else []


def _align_columns(rows: dict[str, list[Token]], table: Table) -> dict[str, list[Token]]:
    """Rows with too few or too many cells put right by the columns in which the full rows have theirs,
    where the file fixes columns."""
    if table.id != "t3":
        return rows
    width = len(table.columns)
    whole = _usual_columns(rows.values(), width)
    aligned = dict(rows)
    for row, tokens in rows.items():
        if len(tokens) == width or not tokens or any(token.column is None for token in tokens):
            continue
        same = [others for others in rows.values() if others and others[0].grid == tokens[0].grid]
        # The pieces of a table on several pages are grids of their own, on page images with other phantom columns.
        columns = _usual_columns(same, width) or (() if tokens[0].pictured else whole)
        by_column = {token.column: token for token in tokens}
        strays = [token for token in tokens if token.column not in columns and token.kind == "value"]
        if columns and not strays and len(by_column) == len(tokens) and all(one in by_column for one in columns):
            aligned[row] = [by_column[column] for column in columns]
    return aligned


def _usual_columns(rows: Iterable[list[Token]], width: int) -> tuple[int | None, ...]:
    """The columns in which most full rows have their cells; none where fewer than three agree."""
    full = Counter(
        tuple(token.column for token in tokens)
        for tokens in rows
        if len(tokens) == width and all(token.column is not None for token in tokens)
    )
    if not full:
        return ()
    columns, times = min(full.most_common(), key=lambda entry: (-entry[1], entry[0]))
    return columns if times >= 3 and len(set(columns)) == width else ()


def _usual_trim(rows: dict[str, list[Token]], table: Table) -> int | None:
    """How many blanks most rows with all their numbers have behind the last one."""
    trims: Counter[int] = Counter()
    for row in table.rows:
        tokens = rows.get(row.id, [])
        values = [i for i, token in enumerate(tokens) if token.kind == "value"]
        if len(values) == len(row.columns) < len(tokens):
            trims[len(tokens) - 1 - values[-1]] += 1
    return min(trims.most_common(), key=lambda entry: (-entry[1], entry[0]))[0] if trims else None


def _missing_head(strips: list[Strip], first: int, table: Table) -> int | None:
    """Index of the one column whose head the table lacks; None where all heads, or several, are missing."""
    heads = column_keys(table)
    seen = set()
    for strip in strips[max(0, first - HEAD_STRIPS) : first]:
        for token in strip.tokens:
            wording = key(token.text)
            found = process.extractOne(wording, heads.keys(), scorer=fuzz.ratio, score_cutoff=75)
            parts = {column for head, column in heads.items() if len(wording) >= 2 and wording in head}
            if found:
                seen.add(heads[found[0]])
            elif len(parts) == 1:
                seen |= parts
    missing = [i for i, column in enumerate(table.columns) if column.id not in seen]
    return missing[0] if len(missing) == 1 else None
