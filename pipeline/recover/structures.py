"""A table of the form with its rival structures: which numbers belong to which row.

Mostly there is one structure. Where numbers have lost their label, a label its numbers, or nearly all
rows the same cell, every way to put them together is kept with a cost.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from pipeline.costs import load_costs
from pipeline.document import NOWHERE
from pipeline.recover.anchors import Anchor, choose_template
from pipeline.recover.groups import ValueGroup, value_groups
from pipeline.recover.labels import column_keys
from pipeline.recover.line_table import line_tokens
from pipeline.recover.normalise import key
from pipeline.recover.positions import place_columns
from pipeline.recover.readings import ABSENT, CellReading, RowReading, RowShape, read_row
from pipeline.recover.strips import Strip, Token
from pipeline.template import Row, Table, template_for_year
from pipeline.template import table as load_table

MOST_STRUCTURES = 48
LEAST_LACKING = {"t2": 1, "t3": 2}
"""Rows with fewer digits than cells from which on a table whose digits ran together counts as one that has dropped
its blank cells; no rule of table 2 would tell."""
LEAST_ANCHORS = {"t2": 2, "t3": 5}
"""Row labels that must be found before a table counts as found; prose names one or two of them."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Cells that are read together: a row, or for table 4 the line of all three."""

    fields: tuple[str, ...]
    readings: tuple[RowReading, ...]
    """Cheapest first; at least one."""
    moved: bool = False
    """Its numbers did not stand behind its label: which row they belong to is an assumption."""


@dataclass(frozen=True, slots=True)
class Structure:
    units: tuple[Unit, ...]
    cost: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecoveredTable:
    table: Table
    found: bool
    structures: tuple[Structure, ...]
    """Cheapest first; at least one, of absent cells where the table was not found."""
    strips: tuple[int, int] | None = None
    """First and last strip that it takes."""


def recover_table(layouts: list[list[Strip]], table_id: str, year: int | None) -> RecoveredTable:
    """Finds a table of the form among the strips and all ways to read it.

    Args:
        layouts: the document's strips; several where it can be laid out in several ways, of which the one
            is taken that fills most rows exactly.
    """
    found = [_recover(strips, table_id, year) for strips in layouts]
    return max(found, key=lambda recovered: (recovered.found, _rows_as_they_stand(recovered)))


def _rows_as_they_stand(recovered: RecoveredTable) -> int:
    return sum(
        not unit.readings[0].note and any(cell.kind != "absent" for cell in unit.readings[0].cells)
        for unit in recovered.structures[0].units
    )


def _recover(strips: list[Strip], table_id: str, year: int | None) -> RecoveredTable:
    if table_id == "t4":
        return _recover_line(strips, load_table(template_for_year(year), table_id))
    table, anchors = choose_template(strips, table_id, year)
    groups = value_groups(strips, anchors, table)
    if len(anchors) < LEAST_ANCHORS[table_id] or not any(group.tokens for group in groups):
        hint = load_table(template_for_year(year), table_id)
        return RecoveredTable(hint, False, (_absent(hint),))
    span = (anchors[0].strip, max(anchors[-1].strip, max((group.strip for group in groups), default=0)))
    structures = [
        structure
        for assigned in _assignments(groups, table)
        for structure in _structures(assigned, strips, table, anchors)
    ]
    structures.sort(key=lambda structure: structure.cost)
    return RecoveredTable(table, True, tuple(structures[:MOST_STRUCTURES]), span)


def _absent(table: Table) -> Structure:
    return Structure(
        tuple(
            Unit(_fields(table, row), (RowReading((ABSENT,) * len(row.columns)),)) for row in table.rows
        )
    )


def _fields(table: Table, row: Row) -> tuple[str, ...]:
    return tuple(f"{table.id}.{row.id}.{column}" for column in row.columns)


def row_shape(table: Table, row: Row) -> RowShape:
    fields = _fields(table, row)
    sums = tuple(
        (tuple(fields.index(part) for part in rule.left), fields.index(rule.right[0]))
        for rule in table.rules
        if len(rule.right) == 1 and set(rule.left) | set(rule.right) <= set(fields)
    )
    return RowShape(
        len(fields),
        sums,
        frozenset(i for i, column in enumerate(row.columns) if column in table.signed),
        frozenset(i for i, column in enumerate(row.columns) if column in table.decimal),
    )


# --- which numbers belong to which row -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Assigned:
    rows: dict[str, list[Token]]
    cost: int = 0
    note: str = ""
    moved: frozenset[str] = frozenset()
    """Rows whose numbers did not stand behind their label."""


def _assignments(groups: list[ValueGroup], table: Table) -> list[_Assigned]:
    labelled = {group.row: group for group in groups if group.row}
    orphans = [i for i, group in enumerate(groups) if group.row is None and group.has_value]
    base = {row: list(group.tokens) for row, group in labelled.items()}
    if not orphans:
        return [_Assigned(base)]
    if len(orphans) > 3:
        return list(_in_order(groups, base, table))
    options = [_targets(i, groups, table) for i in orphans]
    found = []
    for choice in product(*options):
        taken = [target for target, _, _ in choice if target]
        if len(set(taken)) < len(taken):
            continue
        rows = {row: list(tokens) for row, tokens in base.items()}
        for orphan, (target, _, joined) in zip(orphans, choice, strict=True):
            if target:
                rows[target] = joined if joined is not None else list(groups[orphan].tokens)
        cost = sum(cost for _, cost, _ in choice)
        moved = frozenset(target for target, cost, _ in choice if target and cost)
        found.append(_Assigned(rows, cost, "数字与行标签错开" if moved else "", moved))
    return sorted(found, key=lambda assigned: assigned.cost)[:MOST_STRUCTURES]


Target = tuple[str | None, int, list[Token] | None]
"""Row id (None: no row), cost, and the tokens where they are joined with those that the row has."""


def _targets(orphan: int, groups: list[ValueGroup], table: Table) -> list[Target]:
    """The rows that numbers without a label may belong to."""
    costs = load_costs().structure
    order = [row.id for row in table.rows]
    group = groups[orphan]
    before = next((g for g in reversed(groups[:orphan]) if g.row), None)
    behind = next((g for g in groups[orphan + 1 :] if g.row), None)
    low = order.index(before.row) if before and before.row else -1
    high = order.index(behind.row) if behind and behind.row else len(order)
    empty = {g.row for g in groups if g.row and not g.has_value}
    targets: list[Target] = []
    unlabelled = order[low + 1 : high]
    targets += [(row, costs.to_label_before - 100 + costs.per_row_away * i, None) for i, row in enumerate(unlabelled)]
    away = 0
    for row in reversed(order[: low + 1]):
        if row in empty:
            directly_behind = away == 0 and before is not None and row == before.row and not before.tokens
            first = 0 if directly_behind else costs.to_label_before
            targets.append((row, first + costs.per_row_away * away, None))
            away += 1
        if away > 2:
            break
    for away, row in enumerate([row for row in order[high:] if row in empty][:2]):
        targets.append((row, costs.to_label_behind + costs.per_row_away * away, None))
    if before and before.row and before.has_value:
        joined = _joined(before.tokens, group.tokens, len(table.rows[low].columns))
        if joined:
            targets.append((before.row, costs.to_label_before, joined))
    if behind and behind.row and behind.has_value:
        joined = _joined(group.tokens, behind.tokens, len(table.rows[high].columns))
        if joined:
            targets.append((behind.row, costs.to_label_before, joined))
    targets.append((None, costs.dropped_group, None))
    return targets


def _joined(first: list[Token], second: list[Token], width: int) -> list[Token] | None:
    """The two halves of a row that was cut: side by side, or cell by cell where each has half the cells."""
    if len(first) + len(second) == width:
        return first + second
    first, second = _fitted(first, width), _fitted(second, width)
    if len(first) == len(second) == width:
        pairs = list(zip(first, second, strict=True))
        if all(a.kind == "blank" or b.kind == "blank" for a, b in pairs):
            return [b if a.kind == "blank" else a for a, b in pairs]
    return None


def _fitted(tokens: list[Token], width: int) -> list[Token]:
    """Without the blanks before the first cell that stand for the label's columns."""
    spare = max(0, len(tokens) - width)
    return tokens[spare:] if all(token.kind == "blank" for token in tokens[:spare]) else tokens


def _in_order(groups: list[ValueGroup], base: dict[str, list[Token]], table: Table) -> Iterator[_Assigned]:
    """Labels in one place and their numbers in another: matched one by one, from the first and from the last."""
    costs = load_costs().structure
    orphans = [group for group in groups if group.row is None and group.has_value]
    empty = [row.id for row in table.rows if not any(token.kind == "value" for token in base.get(row.id, []))]
    ways = [empty[: len(orphans)]]
    if len(empty) > len(orphans):
        ways.append(empty[-len(orphans) :])
    for way in ways:
        rows = {row: list(tokens) for row, tokens in base.items()}
        rows |= {row: list(group.tokens) for row, group in zip(way, orphans, strict=False)}
        lost = max(0, len(orphans) - len(way))
        cost = costs.to_label_before + lost * costs.dropped_group
        yield _Assigned(rows, cost, "行标签与数字分列，按次序对应", frozenset(way))


# --- the cells of the rows -----------------------------------------------------------------------


def _structures(assigned: _Assigned, strips: list[Strip], table: Table, anchors: list[Anchor]) -> Iterator[Structure]:
    placed = place_columns(assigned.rows, strips, anchors[0].strip, table) if table.id == "t3" else {}
    aligned = _align_columns(assigned.rows | placed, table)
    counts = {
        row.id: len(aligned[row.id]) for row in table.rows if any(t.kind == "value" for t in aligned.get(row.id, []))
    }
    widths = {row.id: len(row.columns) for row in table.rows}
    short = [row for row, count in counts.items() if count < widths[row] and not any(t.soft for t in aligned[row])]
    one_short = [row for row in short if counts[row] == widths[row] - 1]
    whole = [row for row in counts if all(token.kind == "value" for token in aligned[row])]
    prints_zeros = len(whole) >= 0.6 * len(counts)
    trim = _usual_trim(aligned, table)
    lost_column = table.id == "t3" and len(one_short) >= max(4, 0.6 * len(counts))
    drops_blanks = not lost_column and len(short) >= max(3, 0.4 * len(counts))
    if lost_column:
        costs = load_costs().structure
        known = _missing_head(strips, anchors[0].strip, table)
        narrow = {row for row in counts if len(_between_blanks(aligned[row])) == widths[row] - 1}
        for place, column in enumerate(table.columns):
            note = f"缺“{column.label}”一列"
            units = tuple(
                _noted(_narrow_unit(table, row, _between_blanks(aligned[row.id]), place), note)
                if row.id in narrow
                else _unit(table, row, aligned.get(row.id, []), trim)
                for row in table.rows
            )
            extra = costs.lost_column + (0 if known in {None, place} else costs.lost_cell)
            units = tuple(replace(unit, moved=unit.fields[0].split(".")[1] in assigned.moved) for unit in units)
            yield Structure(units, assigned.cost + extra, assigned.note)
        return
    if drops_blanks:
        empty = [row for row, tokens in aligned.items() if not tokens]
        placed = placed | {row: [Token("", "blank", NOWHERE)] * widths[row] for row in empty}
        aligned = aligned | {row: placed[row] for row in empty}
    one_over = {row for row in counts if len(_between_blanks(aligned[row])) == widths[row] + 1}
    if table.id == "t3" and len(one_over) >= max(4, 0.6 * len(counts)):
        yield from _with_extra_column(assigned, aligned, one_over, trim, table)
        return
    units = tuple(
        _unit(table, row, aligned.get(row.id, []), trim, drops_blanks, prints_zeros) for row in table.rows
    )
    if sum(_lacks_digits(tokens, widths[row]) for row, tokens in aligned.items()) >= LEAST_LACKING[table.id]:
        units = tuple(_uncut(unit) for unit in units)
    units = tuple(
        _noted(unit, "转换时丢掉的空格已补入") if unit.fields[0].split(".")[1] in placed else unit for unit in units
    )
    units = tuple(replace(unit, moved=unit.fields[0].split(".")[1] in assigned.moved) for unit in units)
    yield Structure(units, assigned.cost, assigned.note)


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


def _with_extra_column(
    assigned: _Assigned, aligned: dict[str, list[Token]], wide: set[str], trim: int | None, table: Table
) -> Iterator[Structure]:
    """A column that the form does not have, at each place where it may stand."""
    for place in range(len(table.columns) + 1):
        units = []
        for row in table.rows:
            tokens = aligned.get(row.id, [])
            if row.id in wide:
                inner = _between_blanks(tokens)
                tokens = inner[:place] + inner[place + 1 :]
            unit = _noted(_unit(table, row, tokens, trim), f"第 {place + 1} 栏不是表中的栏")
            units.append(replace(unit, moved=row.id in assigned.moved))
        yield Structure(tuple(units), assigned.cost + load_costs().structure.extra_column, assigned.note)


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
    return Unit(_fields(table, row), tuple(readings))


def _narrow_unit(table: Table, row: Row, tokens: list[Token], lost: int) -> Unit:
    """A row of a table that lacks the column `lost`."""
    shape = row_shape(table, row)
    readings = (
        replace(reading, cells=(*reading.cells[:lost], ABSENT, *reading.cells[lost:]))
        for reading in read_row(tokens, replace(shape, width=shape.width - 1, sums=()))
    )
    return Unit(_fields(table, row), tuple(readings))


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
    full = Counter(
        tuple(token.column for token in tokens)
        for tokens in rows.values()
        if len(tokens) == width and all(token.column is not None for token in tokens)
    )
    if not full:
        return rows
    columns, times = min(full.most_common(), key=lambda entry: (-entry[1], entry[0]))
    if times < 3 or len(set(columns)) < width:
        return rows
    aligned = dict(rows)
    for row, tokens in rows.items():
        if len(tokens) != width and tokens and all(token.column is not None for token in tokens):
            by_column = {token.column: token for token in tokens}
            strays = [token for token in tokens if token.column not in columns and token.kind == "value"]
            if not strays and len(by_column) == len(tokens) and sum(column in by_column for column in columns) == width:
                aligned[row] = [by_column[column] for column in columns]
    return aligned


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
    seen = {
        heads[wording]
        for strip in strips[max(0, first - 24) : first]
        for token in strip.tokens
        if (wording := key(token.text)) in heads
    }
    missing = [i for i, column in enumerate(table.columns) if column.id not in seen]
    return missing[0] if len(missing) == 1 else None


# --- table 4 -------------------------------------------------------------------------------------


def _recover_line(strips: list[Strip], table: Table) -> RecoveredTable:
    """Table 4: the numbers of all rows stand in one line under a head of two storeys."""
    fields = tuple(table.field_ids())
    sums = tuple((tuple(fields.index(part) for part in rule.left), fields.index(rule.right[0])) for rule in table.rules)
    shape = RowShape(len(fields), sums)
    found = line_tokens(strips, table)
    if found is None:
        return RecoveredTable(table, False, (_absent(table),))
    tokens, first, last = found
    readings = read_row(tokens, shape, drops_blanks=False)
    return RecoveredTable(table, True, (Structure((Unit(fields, tuple(readings)),)),), (first, last))
