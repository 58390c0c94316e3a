"""From the wholes of a block to one decision a field: value, status, candidates.

Unique among all wholes within the margin: decided. Otherwise it is said what stands against what:
`inconsistent` where the print itself is not in doubt and only the source can be wrong, `ambiguous`
where we cannot tell what was printed or meant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.reconcile.rules import assess, rules_by_field
from pipeline.reconcile.wholes import Block, Whole
from pipeline.record import Candidate, Number, Status, Support
from pipeline.recover.readings import CellReading
from pipeline.template import Rule, Table

MOST_SURPRISES = 5
"""Cells of a table that may together turn out to hold other than they show; with more it is the source, or our
reading of its structure, that is wrong as a whole."""
MOST_CANDIDATES = 12
LEAST_RIVAL = 0.02
"""Probability from which on a rival reading of a cell is no surprise."""
SURE_READING = 0.8
"""Probability of a reading from which on it is believed where no rule confirms it."""

HARDLY_READ, WITHOUT_DOUBT = 0.5, 0.98
"""Probability below which a reading is hardly one; from which on it is as good as certain."""


@dataclass(frozen=True, slots=True)
class Decision:
    cell: CellReading
    value: Number | None
    status: Status
    confidence: float
    candidates: tuple[Candidate, ...] = ()
    support: tuple[Support, ...] = ()
    rules: tuple[Rule, ...] = ()
    """The rules that forced the value, or that fail on it."""
    note: str = ""
    because: str = ""
    """Evidence from outside the table, in Chinese."""


@dataclass(slots=True)
class TableDecision:
    table: Table
    decisions: dict[str, Decision]
    printed: dict[str, Number | None]
    """Values of the print alone, before any repair."""


def decide_table(table: Table, blocks: list[Block]) -> TableDecision:
    by_field = rules_by_field(table)
    decisions: dict[str, Decision] = {}
    for block in blocks:
        decisions |= _decide_block(block, by_field)
    decisions = {field: decisions[field] for field in table.field_ids()}
    printed = {
        field: decision.cell.value if decision.cell.kind == "number" else None for field, decision in decisions.items()
    }
    moved = frozenset(field for block in blocks for whole in block.wholes for field in whole.moved)
    found = {field: decision.value for field, decision in decisions.items()}
    _withhold_doubled_totals(table, decisions)
    _withhold_lone_repairs(decisions, by_field)
    _withhold_unconfirmed(table, decisions, by_field, moved)
    _label_contradictions(table, decisions, found)
    _withhold_doubtful_readings(decisions, by_field)
    return TableDecision(table, decisions, printed)


def _withhold_doubled_totals(table: Table, decisions: dict[str, Decision]) -> None:
    """Takes back blank totals that come out as twice the number before them, in every row that has one.

    Then the last number of each row is the sum of those before it: it is the total, and the row has lost a cell or
    its blanks have moved; whose the other numbers are is not known.
    """
    doubled: list[tuple[str, ...]] = []
    for rule in table.rules:
        if rule.across_rows or len(rule.left) < 5:
            continue
        total = decisions[rule.right[0]]
        if total.status != "inferred" or total.cell.kind == "number" or not total.value:
            continue
        numbers = [d.value for field in rule.left if (d := decisions[field]).cell.kind == "number" and d.value]
        if len(numbers) > 1:
            if numbers[-1] * 2 != total.value:
                return
            doubled.append(rule.fields)
    for field in [field for fields in doubled for field in fields]:
        decisions[field] = _withheld(decisions[field])


def _held_possible(cell: CellReading, value: Number | None) -> bool:
    """Whether the reader of the cell listed the value, with some weight, as what it may say."""
    return any(rival == value and chance >= LEAST_RIVAL for rival, chance in cell.rivals)


def _is_the_doubtful_one(field: str, rule: Rule, cells: Mapping[str, CellReading]) -> bool:
    """Whether the reader took this print for something else with more than even odds, and is sure of all the others of
    the rule: then it is known which of them is wrong."""
    others = [cells[one] for one in rule.fields if one != field]
    return cells[field].score < HARDLY_READ and all(
        cell.kind in {"number", "blank", "dash"} and cell.score >= WITHOUT_DOUBT for cell in others
    )


def _withhold_doubtful_readings(decisions: dict[str, Decision], by_field: Mapping[str, list[Rule]]) -> None:
    """Takes back what a reader was not sure of and no rule confirms."""
    values = {field: decision.value for field, decision in decisions.items()}
    for field, decision in decisions.items():
        cell = decision.cell
        if cell.kind not in {"number", "blank", "dash"} or cell.score >= SURE_READING:
            continue
        if decision.status == "inconsistent" or not any(
            assess(rule, values).verdict == "holds" for rule in by_field.get(field, ())
        ):
            candidates = {value: 0.0 for value in (decision.value, cell.value) if value is not None}
            for value, chance in cell.rivals:
                candidates.setdefault(value, round(max(0.0, math.log(cell.score / max(chance, 1e-6))), 3))
            ranked = sorted(candidates.items(), key=lambda entry: entry[1])[:MOST_CANDIDATES]
            decisions[field] = replace(
                decision,
                value=None,
                status="ambiguous",
                confidence=0.0,
                support=(),
                candidates=tuple(Candidate(value=value, cost=cost) for value, cost in ranked),
            )


def _withheld(decision: Decision) -> Decision:
    """The decision taken back: its value stays as the one candidate."""
    if decision.status not in {"read", "inferred", "repaired"}:
        return decision
    candidate = Candidate(value=decision.value, cost=0.0)
    return replace(decision, value=None, status="ambiguous", confidence=0.0, support=(), candidates=(candidate,))


def _withhold_lone_repairs(decisions: dict[str, Decision], by_field: Mapping[str, list[Rule]]) -> None:
    """Takes back repairs that a single rule asks for.

    One equality says that something is wrong, not what. Only a total left at 0 is taken for the fault when its
    parts are not 0, since that is how such totals are found, a number that the reader of the page held possible, and
    one that it could hardly read, beside others that it read without doubt. Any other print stays as it is.
    """
    values = {field: decision.value for field, decision in decisions.items()}
    cells = {field: decision.cell for field, decision in decisions.items()}
    for field, decision in decisions.items():
        if decision.status != "repaired":
            continue
        asked = [rule for rule in by_field[field] if assess(rule, values).verdict == "holds"]
        left_at_zero = decision.cell.value == 0 and any(field in rule.right for rule in asked)
        seen = bool(asked) and (
            _held_possible(decision.cell, decision.value) or _is_the_doubtful_one(field, asked[0], cells)
        )
        if len(asked) < 2 and not ((left_at_zero or seen) and not decision.note):
            decisions[field] = replace(
                decision,
                value=decision.cell.value,
                status="inconsistent",
                confidence=0.5,
                support=("reader",),
                candidates=(Candidate(value=decision.value, cost=0.0),),
            )


def _withhold_unconfirmed(
    table: Table, decisions: dict[str, Decision], by_field: Mapping[str, list[Rule]], moved: frozenset[str]
) -> None:
    """Takes back what rests on an assumed structure alone.

    Where a row had to be put together (a lost cell, digits cut apart), its numbers stand where they do only
    by assumption. They are accepted where a rule confirms them: one that holds on what was printed. A value
    that was not printed needs two rules that agree, or one whose other numbers are all confirmed. Where numbers
    did not stand behind their label, or were cut so that the row's own sum holds, the rule must be one that other
    rows share, if the table has such: the row's own sum says nothing of whose row it is or of where to cut.
    """
    if not any(_assumed(field, decision, by_field.get(field, [])) for field, decision in decisions.items()):
        return
    values = {field: decision.value for field, decision in decisions.items()}
    confirmed: dict[str, int] = dict.fromkeys(decisions, 0)
    shared = {field for rule in table.rules if rule.across_rows for field in rule.fields}
    for rule in table.rules:
        fields = rule.fields
        unfound = [field for field in fields if not _printed_so(decisions[field])]
        if len(unfound) > 1 or assess(rule, values).verdict != "holds":
            continue
        for field in unfound or fields:
            confirmed[field] += rule.across_rows or field not in moved or field not in shared
    for rule in table.rules:
        fields = rule.fields
        unfound = [field for field in fields if not _printed_so(decisions[field])]
        others = [field for field in fields if field not in unfound]
        if len(unfound) == 1 and all(confirmed[field] or not decisions[field].note for field in others):
            confirmed[unfound[0]] += 1
    _share_within_rows(table, decisions, confirmed, values, moved)
    for field, decision in decisions.items():
        rules = by_field.get(field, [])
        if _assumed(field, decision, rules) and confirmed[field] < (1 if _printed_so(decision) else 2):
            decisions[field] = _withheld(decision)


def _assumed(field: str, decision: Decision, rules: list[Rule]) -> bool:
    """Whether an accepted value rests on more than what stands in its cell, and rules could confirm it."""
    if not rules or decision.status not in {"read", "inferred", "repaired"}:
        return False
    if decision.note or decision.cell.kind in {"absent", "unread"}:
        return True
    is_total = any(rule.right == (field,) for rule in rules)
    return decision.cell.kind == "blank" and bool(decision.value) and not is_total


def _share_within_rows(
    table: Table,
    decisions: Mapping[str, Decision],
    confirmed: dict[str, int],
    values: Mapping[str, Number | None],
    moved: frozenset[str],
) -> None:
    """A row's own sum, holding on the print, carries what confirms one of its numbers above 0 to the others."""
    for rule in table.rules:
        fields = rule.fields
        if rule.across_rows or not moved.intersection(fields):
            continue
        if assess(rule, values).verdict != "holds" or not all(_printed_so(decisions[field]) for field in fields):
            continue
        if any(confirmed[field] and values[field] for field in fields):
            for field in fields:
                confirmed[field] += 1


def _printed_so(decision: Decision) -> bool:
    """Whether the value is what the print says, a blank or a dash saying 0."""
    if decision.cell.kind == "number":
        return decision.status != "repaired"
    return decision.cell.kind in {"blank", "dash"} and not decision.value


def _decide_block(block: Block, by_field: Mapping[str, list[Rule]]) -> dict[str, Decision]:
    best = block.wholes[0]
    surprises = [field for field in block.fields if _surprises(best, field, by_field)]
    lone = all(len(by_field.get(field, ())) == 1 for field in block.fields)
    believable = len(surprises) <= (0 if lone else MOST_SURPRISES) and block.proved
    return {field: _decide(field, block, believable, by_field.get(field, [])) for field in block.fields}


def _surprises(whole: Whole, field: str, by_field: Mapping[str, list[Rule]]) -> bool:
    """Whether the whole gives a number, or a blank that is no total, another value than it shows. Where a field has
    one rule alone, a total left at 0 is no surprise, and one surprise is too many: nothing could confirm it."""
    cell, value = whole.cells[field], whole.values[field]
    rules = by_field.get(field, [])
    if _held_possible(cell, value):
        return False
    if cell.kind == "number":
        if len(rules) == 1 and _is_the_doubtful_one(field, rules[0], whole.cells):
            return False
        return value != cell.value and not (len(rules) == 1 and cell.value == 0 and rules[0].right == (field,))
    is_total = any(rule.right == (field,) for rule in rules)
    return cell.kind == "blank" and bool(value) and not is_total


def _decide(field: str, block: Block, believable: bool, rules: list[Rule]) -> Decision:
    cell, doubtful = _reading(field, block.wholes)
    note = next((whole.notes[field] for whole in block.wholes if field in whole.notes), "")
    note = note if believable or not rules else note or "整表的读法要改动太多"
    if not block.decidable:
        return Decision(cell, None, "missing", 0.0, note=note)
    values = {whole.values[field] for whole in block.wholes}
    if len(values) == 1 and None not in values and (believable or cell.value in values):
        decision = _settled(cell, next(iter(values)), rules, note, doubtful)
        probability = sum(whole.probability for whole in block.wholes)
        return decision if probability >= 1 else replace(decision, confidence=decision.confidence * probability)
    candidates = _candidates(field, block.wholes)
    if cell.kind == "number" and not doubtful:
        return Decision(cell, cell.value, "inconsistent", 0.5, candidates, ("reader",), tuple(rules), note)
    finite = tuple(candidate for candidate in candidates if candidate.value is not None)
    if not finite or (values == {None}):
        nothing = cell.kind in {"absent", "blank", "dash"} or (cell.kind == "unread" and not cell.text)
        status: Status = "missing" if nothing else "ambiguous"
        return Decision(cell, None, status, 0.0, note=note)
    if doubtful and cell.kind == "number":
        cell = replace(cell, kind="unread", printed=None, value=None)
    return Decision(cell, None, "ambiguous", 0.0, finite, (), tuple(rules), note)


def _reading(field: str, wholes: tuple[Whole, ...]) -> tuple[CellReading, bool]:
    """The most probable reading of the field over the wholes, and whether they differ in what was printed."""
    if len(wholes) == 1:
        return wholes[0].cells[field], False
    weights: dict[tuple[str, Number | None], float] = {}
    first: dict[tuple[str, Number | None], CellReading] = {}
    for whole in wholes:
        cell = whole.cells[field]
        content = (cell.kind, cell.value)
        weights[content] = weights.get(content, 0.0) + math.exp(-(whole.cost - wholes[0].cost) / 1000)
        first.setdefault(content, cell)
    ranked = sorted(weights, key=lambda content: (-round(weights[content], 9), str(content)))
    return first[ranked[0]], len(weights) > 1


def _candidates(field: str, wholes: tuple[Whole, ...]) -> tuple[Candidate, ...]:
    cheapest = wholes[0].cost
    costs: dict[Number | None, int] = {}
    for whole in wholes:
        value = whole.values[field]
        costs[value] = min(costs.get(value, whole.cost), whole.cost)
    ranked = sorted(costs.items(), key=lambda entry: (entry[1], entry[0] is None, entry[0] or 0))
    return tuple(Candidate(value=value, cost=(cost - cheapest) / 1000) for value, cost in ranked[:MOST_CANDIDATES])


def _settled(
    cell: CellReading, value: Number | None, rules: list[Rule], note: str, doubtful: bool
) -> Decision:
    if cell.kind == "number" and cell.value == value:
        confidence = 0.95 if doubtful or note or not cell.sure else 0.999 if rules else 0.99
        support: tuple[Support, ...] = ("reader", "arithmetic") if rules else ("reader",)
        return Decision(cell, value, "read", confidence * cell.score, (), support, tuple(rules), note)
    if cell.kind == "number":
        return Decision(cell, value, "repaired", 0.97, (), ("arithmetic",), tuple(rules), note)
    if not rules:
        return Decision(cell, None, "missing", 0.0, note=note)
    confidence = 0.99 if cell.kind in {"blank", "dash"} and not value else 0.97
    return Decision(cell, value, "inferred", confidence, (), ("arithmetic",), tuple(rules), note)


def _label_contradictions(
    table: Table, decisions: dict[str, Decision], found: Mapping[str, Number | None]
) -> None:
    """Marks what an unsettled contradiction touches.

    Args:
        found: values before any was withheld: what a rule fails on is in doubt even where some of it is withheld.

    Where a sum over rows fails and no single repair mends it, it is not known which row is wrong, and a
    wrong row may be wrong in any of its columns: all cells of the rows summed are `inconsistent`.
    """
    failing = [rule for rule in table.rules if assess(rule, found).verdict == "fails"]
    touched: dict[str, list[Rule]] = {}
    for rule in failing:
        fields = rule.fields
        rows = {field.split(".")[1] for field in fields}
        for field in decisions:
            if field in fields or (len(rows) > 1 and field.split(".")[1] in rows):
                touched.setdefault(field, []).append(rule)
    for field, rules in touched.items():
        decision = decisions[field]
        if decision.cell.kind == "number":
            keeps = decision.status != "ambiguous"
            decisions[field] = replace(
                decision,
                value=decision.cell.value if keeps else None,
                status="inconsistent" if keeps else "ambiguous",
                confidence=min(decision.confidence, 0.5),
                support=("reader",) if keeps else (),
                rules=tuple(rules),
            )
        elif decision.status == "inferred":
            decisions[field] = replace(
                decision,
                value=None,
                status="ambiguous",
                confidence=0.0,
                candidates=(Candidate(value=decision.value, cost=0.0),),
                support=(),
                rules=tuple(rules),
            )
