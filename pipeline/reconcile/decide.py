"""From the wholes of a block to one decision a field: value, status, candidates.

Unique among all wholes within the margin: decided. Otherwise it is said what stands against what:
`inconsistent` where the print itself is not in doubt and only the source can be wrong, `ambiguous`
where we cannot tell what was printed or meant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from pipeline.reconcile.decision import MOST_CANDIDATES, Decision, TableDecision
from pipeline.reconcile.doubt import held_possible, is_the_doubtful_one
from pipeline.reconcile.rules import rules_by_field
from pipeline.reconcile.wholes import Block, Whole
from pipeline.reconcile.withhold import withhold
from pipeline.record import Candidate, Number, Status, Support
from pipeline.recover.cell_readings import CellReading
from pipeline.template import Rule, Table

MOST_SURPRISES = 5
"""Cells of a table that may together turn out to hold other than they show; with more it is the source, or our
reading of its structure, that is wrong as a whole."""

LEFT_OVER = "有一行数字没有行标签，而各行合不上"


def decide_table(table: Table, blocks: list[Block]) -> TableDecision:
    by_field = rules_by_field(table)
    decisions: dict[str, Decision] = {}
    for block in blocks:
        decisions |= _decide_block(block, by_field)
    decisions = {field: decisions[field] for field in table.field_ids()}
    printed = {
        field: decision.cell.value if decision.cell.kind == "number" else None for field, decision in decisions.items()
    }
    moved = {field for block in blocks for whole in block.wholes for field in whole.moved}
    withhold(table, decisions, moved)
    return TableDecision(table, decisions, printed)


def _decide_block(block: Block, by_field: Mapping[str, list[Rule]]) -> dict[str, Decision]:
    best = block.wholes[0]
    surprises = [field for field in block.fields if _surprises(best, field, by_field)]
    lone = all(len(by_field.get(field, ())) == 1 for field in block.fields)
    # Where a row of numbers is left over, what does not add up may be for want of it: nothing is mended then.
    most = 0 if lone or best.left_over else MOST_SURPRISES
    believable = len(surprises) <= most and block.proved
    made = {field: _decide(field, block, believable, by_field.get(field, [])) for field in block.fields}
    return {field: _doubted(one) for field, one in made.items()} if best.left_over and surprises else made


def _doubted(decision: Decision) -> Decision:
    """The decision in a table with a row of numbers too many in which something does not add up: which numbers stand
    beside their labels is not known. The value stays as the one candidate."""
    if decision.status not in {"read", "inferred", "repaired"}:
        return decision
    candidate = Candidate(value=decision.value, cost=0.0)
    return Decision(decision.cell, None, "ambiguous", 0.0, (candidate,), (), decision.rules, LEFT_OVER)


def _surprises(whole: Whole, field: str, by_field: Mapping[str, list[Rule]]) -> bool:
    """Whether the whole gives a number, or a blank that is no total, another value than it shows. Where a field has
    one rule alone, a total left at 0 is no surprise, and one surprise is too many: nothing could confirm it."""
    cell, value = whole.cells[field], whole.values[field]
    rules = by_field.get(field, [])
    if held_possible(cell, value):
        return False
    if cell.kind == "number":
        if len(rules) == 1 and is_the_doubtful_one(field, rules[0], whole.cells):
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
