"""A table of the form with its rival structures: which numbers belong to which row.

Mostly there is one structure. Where numbers have lost their label, a label its numbers, or nearly all
rows the same cell, every way to put them together is kept with a cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product, takewhile

from rapidfuzz import fuzz

from pipeline.costs import load_costs
from pipeline.recover.anchors import Anchor, choose_template
from pipeline.recover.cell_readings import ABSENT, CellReading, RowShape
from pipeline.recover.columns import read_columns
from pipeline.recover.groups import ValueGroup, value_groups
from pipeline.recover.hints import Hints, tokens_of_line
from pipeline.recover.line_table import line_tokens
from pipeline.recover.normalise import key
from pipeline.recover.readings import RowReading, read_row
from pipeline.recover.recovered import RecoveredTable, Structure, Unit, fields_of
from pipeline.recover.slid import is_left_over, numbers_above, slides
from pipeline.recover.strips import Strip, Token
from pipeline.template import Row, Table, load_templates, template_for_year
from pipeline.template import table as load_table

MOST_STRUCTURES = 48
LEAST_BLOCK = 5
"""Labels one below the other, none with numbers, from which on they are a block apart from its numbers."""
LOST_LABELS = 3
"""Labels that such a block may lack."""
LEAST_WORDS, LIKE_A_PART = 5, 70.0
"""Characters of words beside numbers from which on they tell of the label; likeness, of 100, to a part of it."""
LEAST_LABEL = 4
"""Characters of a label from which on it can be told from words that stand anywhere."""
APART, SLID = "行标签与数字分列", "多行数字整体错开一行"
HINTED = "行标签无法辨认，由标注模型认出"
SURE_HINT, DOUBTED = 0.97, 0.5
"""Probability of a row from which on a classifier is believed where the form has no rule that could confirm it, and
what is left of the probability of a reading below it."""
LIKELY_HINT = 0.9
"""From which on it is believed where the rules confirm the sum of several rows."""
LEAST_ANCHORS = {"t2": 2, "t3": 5}
"""Row labels that must be found before a table counts as found; prose names one or two of them."""


def recover_table(
    layouts: list[list[Strip]],
    table_id: str,
    year: int | None,
    hints: Sequence[Hints | None] | None = None,
    labels: bool = True,
) -> RecoveredTable:
    """Finds a table of the form among the strips and all ways to read it.

    Args:
        layouts: the document's strips; several where it can be laid out in several ways, of which the one
            is taken that fills most rows exactly.
        hints: what a classifier says of the numbers of each layout.
        labels: whether the form's labels are looked at, or hints alone.
    """
    found = [
        _recover(strips, table_id, year, hint, labels)
        for strips, hint in zip(layouts, hints or [None] * len(layouts), strict=True)
    ]
    return max(found, key=lambda recovered: (recovered.found, _rows_as_they_stand(recovered)))


def _rows_as_they_stand(recovered: RecoveredTable) -> int:
    return sum(
        not unit.readings[0].note and any(cell.kind != "absent" for cell in unit.readings[0].cells)
        for unit in recovered.structures[0].units
    )


def _recover(
    strips: list[Strip], table_id: str, year: int | None, hints: Hints | None, labels: bool
) -> RecoveredTable:
    if table_id == "t4":
        return _recover_line(strips, load_table(template_for_year(year), table_id), hints, labels)
    table, anchors = choose_template(strips, table_id, year, hints, labels)
    unpinned = _unpinned(anchors, table, strips)
    if table.rules:
        anchors = [anchor for anchor in anchors if anchor.row not in unpinned]
    groups = value_groups(strips, anchors, table)
    if len(anchors) < LEAST_ANCHORS[table_id] or not any(group.tokens for group in groups):
        hint = load_table(template_for_year(year), table_id)
        return RecoveredTable(hint, False, (_absent(hint),))
    # Numbers whose row a classifier alone tells are believed where the arithmetic across rows confirms them.
    hinted = frozenset(anchor.row for anchor in anchors if anchor.hinted is not None)
    note = HINTED if hinted else ""
    structures = [
        Structure(
            tuple(_placed_by(assigned, unit, hinted, unpinned) for unit in units),
            assigned.cost + cost,
            assigned.note or note,
            assigned.left_over,
        )
        for assigned in _assignments(groups, table, numbers_above(strips, anchors, groups, table))
        for units, cost in read_columns(assigned.rows, strips, anchors[0].strip, table)
    ]
    structures.sort(key=lambda structure: structure.cost)
    return RecoveredTable(table, True, tuple(structures[:MOST_STRUCTURES]))


def _unpinned(anchors: list[Anchor], table: Table, strips: list[Strip]) -> frozenset[str]:
    """The rows that only a classifier tells, and whose neighbours are not those of the form: rows that add up to a
    total could change places, and nothing would show it."""
    order = {row.id: i for i, row in enumerate(table.rows)}
    places = {-1, len(table.rows)} | {order[anchor.row] for anchor in anchors}
    least = LIKELY_HINT if table.rules else SURE_HINT

    def is_unpinned(anchor: Anchor) -> bool:
        if anchor.hinted is None:
            return False
        if not table.rules and (anchor.token < 0 or strips[anchor.strip].tokens[anchor.token].kind != "word"):
            # No word stands there that could have told anybody, and no sum will.
            return True
        return anchor.hinted < least and not {order[anchor.row] - 1, order[anchor.row] + 1} <= places

    found = frozenset(anchor.row for anchor in anchors if is_unpinned(anchor))
    if table.rules or all(anchor.hinted is None for anchor in anchors):
        return found
    # Numbers put beside rows that nothing at all was found of.
    return found | (order.keys() - {anchor.row for anchor in anchors})


def _absent(table: Table) -> Structure:
    return Structure(
        tuple(
            Unit(fields_of(table, row), (RowReading((ABSENT,) * len(row.columns)),)) for row in table.rows
        )
    )


# --- which numbers belong to which row -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Assigned:
    rows: dict[str, list[Token]]
    cost: int = 0
    note: str = ""
    moved: frozenset[str] = frozenset()
    """Rows whose numbers did not stand behind their label."""
    left_over: bool = False
    """Whether a row of numbers belongs to no row of the form."""


def _assignments(groups: list[ValueGroup], table: Table, above: ValueGroup | None) -> list[_Assigned]:
    """All ways to give the numbers their rows, cheapest first.

    Args:
        above: numbers right above the first label, which are none of the table's unless its rows have slid.
    """
    groups = _with_whole_labels(groups, table)
    slid = list(slides([above, *groups], table)) if above and table.rules else []
    found = [] if slid else _by_labels(groups, table)
    cost = load_costs().structure.rows_slid
    if not table.rules or (found and found[0].note.startswith(APART)):
        return found
    for slide in slid or slides(groups, table):
        for way in _by_labels(slide.groups, table):
            note = "；".join(filter(None, (way.note, SLID if slide.moved else "")))
            left_over = way.left_over or slide.left_over
            found.append(_Assigned(way.rows, way.cost + cost, note, way.moved | slide.moved, left_over))
    return sorted(found, key=lambda assigned: assigned.cost)[:MOST_STRUCTURES]


def _by_labels(groups: list[ValueGroup], table: Table) -> list[_Assigned]:
    """The ways in which numbers stand behind their labels, but for those that have none."""
    labelled = {group.row: group for group in groups if group.row}
    orphans = [i for i, group in enumerate(groups) if group.row is None and group.has_value]
    base = {row: list(group.tokens) for row, group in labelled.items()}
    doubtful = _last_of_a_block(groups)
    if not orphans:
        return [_Assigned(base, note=APART if doubtful else "", moved=doubtful)]
    if len(orphans) > 3:
        return list(_in_order(_freed(groups, orphans[0]), table))
    options = [_targets(i, groups, table) for i in orphans]
    order = [row.id for row in table.rows]
    found = []
    for choice in product(*options):
        taken = [order.index(target) for target, _, _ in choice if target]
        # Numbers stand in the order of their labels: two rows that changed places would leave every sum as it is.
        if any(behind <= before for before, behind in pairwise(taken)):
            continue
        rows = {row: list(tokens) for row, tokens in base.items()}
        for orphan, (target, _, joined) in zip(orphans, choice, strict=True):
            if target:
                rows[target] = joined if joined is not None else list(groups[orphan].tokens)
        cost = sum(cost for _, cost, _ in choice)
        moved = doubtful | {target for target, cost, _ in choice if target and cost}
        left_over = any(
            target is None and is_left_over(groups, orphan, table)
            for orphan, (target, _, _) in zip(orphans, choice, strict=True)
        )
        found.append(_Assigned(rows, cost, "数字与行标签错开" if moved else "", moved, left_over))
    return sorted(found, key=lambda assigned: assigned.cost)[:MOST_STRUCTURES]


def _with_whole_labels(groups: list[ValueGroup], table: Table) -> list[ValueGroup]:
    """The groups without those that a border which is none cut off: numbers in the lower half of the cell that their
    label stands in, with nothing printed in the upper half, are that label's. What is rather dirt than a number, beside
    words of a label, is no row, nor is a lone number in a line of a page outside its grids, where each row has several:
    mostly the page's own."""
    several = all(len(row.columns) > 1 for row in table.rows)
    kept: list[ValueGroup] = []
    for group in groups:
        last = kept[-1] if kept else None
        if group.row is None and (_is_dirt(group) or (several and _stands_alone(group))):
            continue
        if group.row is None and group.words and _names_another_table(group.words, table):
            continue
        halved = last is not None and last.row is not None and last.tokens and not last.has_value
        if last is not None and halved and group.row is None and group.stands_beside_label_of(last):
            kept[-1] = replace(last, tokens=list(group.tokens))
        else:
            kept.append(group)
    return kept


def _names_another_table(words: str, table: Table) -> bool:
    """Whether the words beside numbers are a label of another table, a row of which got among those of this one."""
    wording = key(words)
    return any(label in wording for label in _labels_elsewhere(table))


@cache
def _labels_elsewhere(table: Table) -> tuple[str, ...]:
    others = [other for other in load_templates()[table.template].tables.values() if other.id != table.id]
    own = {key(label) for row in table.rows for label in (row.label, *row.variants)}
    labels = {key(label) for other in others for row in other.rows for label in (row.label, *row.variants)}
    return tuple(sorted(label for label in labels - own if len(label) >= LEAST_LABEL))


def _is_dirt(group: ValueGroup) -> bool:
    return group.has_value and not group.is_filled and bool(group.words)


def _stands_alone(group: ValueGroup) -> bool:
    lone = group.tokens[0] if len(group.tokens) == 1 else None
    return lone is not None and lone.grid is None and bool(lone.readings)


def _last_of_a_block(groups: list[ValueGroup]) -> frozenset[str]:
    """The row whose label ends a block of labels without numbers: those behind it may begin a block of numbers."""
    first = next((i for i, group in enumerate(groups) if group.has_value), len(groups))
    alone = first < len(groups) and sum(group.row is not None and group.has_value for group in groups) == 1
    row = groups[first].row if alone and first >= LEAST_BLOCK else None
    return frozenset({row}) if row else frozenset()


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
    empty = {g.row for g in groups if g.row and not g.is_filled}
    filled = {g.row for g in groups if g.row and g.is_filled}
    targets: list[Target] = []
    unlabelled = order[low + 1 : high]
    targets += [(row, costs.to_label_before - 100 + costs.per_row_away * i, None) for i, row in enumerate(unlabelled)]
    # Past a row that has its numbers, these would no longer stand in the order of the labels.
    above = list(takewhile(lambda row: row not in filled, reversed(order[: low + 1])))
    for away, row in enumerate([row for row in above if row in empty][:3]):
        directly_behind = away == 0 and before is not None and row == before.row and not before.tokens
        first = 0 if directly_behind else costs.to_label_before
        targets.append((row, first + costs.per_row_away * away, None))
    below = takewhile(lambda row: row not in filled, order[high:])
    for away, row in enumerate([row for row in below if row in empty][:2]):
        targets.append((row, costs.to_label_behind + costs.per_row_away * away, None))
    if before and before.row and before.has_value:
        joined = _joined(before.tokens, group.tokens, len(table.rows[low].columns))
        if joined:
            targets.append((before.row, costs.to_label_before, joined))
    if behind and behind.row and behind.has_value:
        joined = _joined(group.tokens, behind.tokens, len(table.rows[high].columns))
        if joined:
            targets.append((behind.row, costs.to_label_before, joined))
    others = {row.id: costs.other_words for row in table.rows if _has_other_words(group.words, row)}
    targets = [(row, cost + others.get(row or "", 0), tokens) for row, cost, tokens in targets]
    targets.append((None, costs.dropped_group, None))
    return targets


def _has_other_words(words: str, row: Row) -> bool:
    """Whether the words are no part of the row's label, as a line of it would be."""
    wording = key(words)
    return len(wording) >= LEAST_WORDS and fuzz.partial_ratio(wording, key(row.group + row.label)) < LIKE_A_PART


def _joined(first: list[Token], second: list[Token], width: int) -> list[Token] | None:
    """The two halves of a row that was cut: side by side, or cell by cell where each has half the cells, or one has
    all and the other those that it lacks."""
    if len(first) + len(second) == width:
        return first + second
    filled = _filled(first, second, width) or _filled(second, first, width)
    if filled:
        return filled
    first, second = _fitted(first, width), _fitted(second, width)
    if len(first) == len(second) == width:
        pairs = list(zip(first, second, strict=True))
        if all(a.kind == "blank" or b.kind == "blank" for a, b in pairs):
            return [b if a.kind == "blank" else a for a, b in pairs]
    return None


def _filled(whole: list[Token], piece: list[Token], width: int) -> list[Token] | None:
    """The row with cells that were cut off it, each in a column in which it has a cell with nothing that was read."""
    lost = {(token.grid, token.column): token for token in piece if token.text}
    free = {(token.grid, token.column) for token in whole if not token.text and token.column is not None}
    if len(whole) != width or not free.issuperset(lost):
        return None
    return [lost.get((token.grid, token.column), token) for token in whole]


def _fitted(tokens: list[Token], width: int) -> list[Token]:
    """Without the blanks before the first cell that stand for the label's columns."""
    spare = max(0, len(tokens) - width)
    return tokens[spare:] if all(token.kind == "blank" for token in tokens[:spare]) else tokens


def _freed(groups: list[ValueGroup], first: int) -> list[ValueGroup]:
    """The groups, the one before the first without a label set free too where it has the only numbers that a label
    has until then: the last of a block of labels is not the owner of the first of a block of numbers."""
    last = groups[first - 1] if first else None
    free = sum(group.row is None and group.has_value for group in groups)
    block = first >= LEAST_BLOCK and first + LOST_LABELS >= free
    if last is None or not last.has_value or not block or any(group.has_value for group in groups[: first - 1]):
        return groups
    freed = [replace(last, tokens=[]), replace(last, row=None)]
    return groups[: first - 1] + freed + groups[first:]


def _in_order(groups: list[ValueGroup], table: Table) -> Iterator[_Assigned]:
    """Labels in one place and their numbers in another: matched one by one, from the first and from the last."""
    costs = load_costs().structure
    orphans = [group for group in groups if group.row is None and group.has_value]
    base = {group.row: list(group.tokens) for group in groups if group.row}
    empty = [row.id for row in table.rows if not any(token.kind == "value" for token in base.get(row.id, []))]
    ways = [empty[: len(orphans)]]
    if len(empty) > len(orphans):
        ways.append(empty[-len(orphans) :])
    for way in ways:
        rows = {row: list(tokens) for row, tokens in base.items()}
        rows |= {row: list(group.tokens) for row, group in zip(way, orphans, strict=False)}
        lost = max(0, len(orphans) - len(way))
        cost = costs.to_label_before + lost * costs.dropped_group
        yield _Assigned(rows, cost, f"{APART}，按次序对应", frozenset(way))


def _placed_by(assigned: _Assigned, unit: Unit, hinted: Set[str], unpinned: Set[str]) -> Unit:
    """The unit with what is known of how its row was found.

    Args:
        hinted: rows that a classifier tells.
        unpinned: those of them that might as well be others.
    """
    readings = unit.readings
    if unit.row in unpinned:
        readings = tuple(replace(one, cells=tuple(map(_doubted, one.cells))) for one in readings)
    return replace(unit, readings=readings, moved=unit.moved or unit.row in assigned.moved | hinted)


def _doubted(cell: CellReading) -> CellReading:
    return replace(cell, score=min(cell.score, DOUBTED))


# --- table 4 -------------------------------------------------------------------------------------


def _recover_line(strips: list[Strip], table: Table, hints: Hints | None, labels: bool) -> RecoveredTable:
    """Table 4: the numbers of all rows stand in one line under a head of two storeys."""
    fields = tuple(table.field_ids())
    sums = tuple((tuple(fields.index(part) for part in rule.left), fields.index(rule.right[0])) for rule in table.rules)
    shape = RowShape(len(fields), sums)
    found = line_tokens(strips, table) if labels else None
    hinted = tokens_of_line(strips, table, hints) if found is None and hints else None
    if found is None and hinted is None:
        return RecoveredTable(table, False, (_absent(table),))
    readings = read_row(found[0] if found else hinted or [], shape, prints_zeros=True)
    unit = Unit(fields, tuple(readings), moved=found is None)
    return RecoveredTable(table, True, (Structure((unit,), note="" if found else HINTED),))
