"""Decisions taken back: what the arithmetic allows is not yet what is proved.

Each function mends one way in which a table can come out even and wrong.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from pipeline.reconcile.decision import MOST_CANDIDATES, SURE_READING, Decision
from pipeline.reconcile.doubt import held_possible, is_the_doubtful_one
from pipeline.reconcile.rules import assess, rules_by_field
from pipeline.record import Candidate, Number
from pipeline.recover.cell_readings import CellReading
from pipeline.template import Rule, Table

LONGER = 0.03
"""Probability of the same number with a digit more, from which on the shorter one is in doubt."""
UNPRINTED = 2
"""Rules that must agree on a number that was not printed, where some number of each is confirmed by nothing."""


def withhold(table: Table, decisions: dict[str, Decision], moved: Set[str]) -> None:
    """Takes back what rests on too little.

    Args:
        moved: fields of rows whose numbers did not stand behind their label.
    """
    by_field = rules_by_field(table)
    found = {field: decision.value for field, decision in decisions.items()}
    _withhold_doubled_totals(table, decisions)
    _withhold_lone_repairs(decisions, by_field)
    _withhold_unconfirmed(table, decisions, by_field, moved)
    _label_contradictions(table, decisions, found)
    _withhold_doubtful_readings(decisions, by_field)


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


def _withhold_doubtful_readings(decisions: dict[str, Decision], by_field: Mapping[str, list[Rule]]) -> None:
    """Takes back what a reader was not sure of and no rule confirms, and then what was found by that. A rule confirms
    one of its numbers if the others are printed, or follow from what was surely printed elsewhere: a total that was
    added up from them, or a cell that nobody could read, fits whatever was read."""
    values = {field: decision.value for field, decision in decisions.items()}
    printed = {field for field, decision in decisions.items() if _printed_so(decision)}
    follows = _following(decisions, by_field, values)
    withheld = False
    for field, decision in decisions.items():
        cell = decision.cell
        sure = cell.score >= SURE_READING and not _may_be_longer(cell)
        if cell.kind not in {"number", "blank", "dash"} or sure:
            continue
        confirmed = field in follows or any(
            assess(rule, values).verdict == "holds" and printed.issuperset({*rule.fields} - {field})
            for rule in by_field.get(field, ())
        )
        if decision.status == "inconsistent" or not confirmed:
            candidates = {value: 0.0 for value in (decision.value, cell.value) if value is not None}
            for candidate in decision.candidates:
                if candidate.value is not None:
                    candidates.setdefault(candidate.value, candidate.cost)
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
            withheld = True
    if withheld:
        _withhold_groundless(decisions, by_field)


def _may_be_longer(cell: CellReading) -> bool:
    """Whether the reader holds it possible that the number has a digit more at one end: strokes of a pen hide digits,
    and what is left is read as surely as a whole number."""
    shown = str(cell.value)
    longer = (str(value) for value, chance in cell.rivals if chance >= LONGER)
    return cell.kind == "number" and any(
        len(other) > len(shown) and (other.startswith(shown) or other.endswith(shown)) for other in longer
    )


def _following(
    decisions: Mapping[str, Decision], by_field: Mapping[str, list[Rule]], values: Mapping[str, Number | None]
) -> set[str]:
    """The fields whose values follow from what was surely printed, one rule after the other: each from a rule that
    holds and whose other numbers are sure, or follow without it."""
    sure = {f for f, decision in decisions.items() if _printed_so(decision) and decision.cell.score >= SURE_READING}
    known, open_fields = set(sure), set(decisions) - sure
    while found := {
        field
        for field in open_fields
        if any(
            assess(rule, values).verdict == "holds" and known.issuperset({*rule.fields} - {field})
            for rule in by_field.get(field, ())
        )
    }:
        known |= found
        open_fields -= found
    return known - sure


def _withhold_groundless(decisions: dict[str, Decision], by_field: Mapping[str, list[Rule]]) -> None:
    """Takes back numbers that were not printed and that no rule gives any more from those that were, one after the
    other."""
    values = {field: decision.value for field, decision in decisions.items()}
    added = {f: decision for f, decision in decisions.items() if decision.status in {"inferred", "repaired"}}
    open_fields = {field for field, decision in added.items() if not _printed_so(decision)}
    while given := {
        field
        for field in open_fields
        if any(
            assess(rule, values).verdict == "holds" and not open_fields & ({*rule.fields} - {field})
            for rule in by_field.get(field, ())
        )
    }:
        open_fields -= given
    for field in open_fields:
        decisions[field] = _withheld(decisions[field])


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
            held_possible(decision.cell, decision.value) or is_the_doubtful_one(field, asked[0], cells)
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
    table: Table, decisions: dict[str, Decision], by_field: Mapping[str, list[Rule]], moved: Set[str]
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
        if not _gives(rule, unfound, values) or assess(rule, values).verdict != "holds":
            continue
        # Where all are 0, each is: whichever of them was not printed leaves nothing for the others to be.
        settled = all(values[field] == 0 for field in fields)
        for field in fields if settled else unfound or fields:
            confirmed[field] += rule.across_rows or field not in moved or field not in shared
    for rule in table.rules:
        fields = rule.fields
        unfound = [field for field in fields if not _printed_so(decisions[field])]
        others = [field for field in fields if field not in unfound]
        if not _gives(rule, unfound, values) or assess(rule, values).verdict != "holds":
            continue
        if all(confirmed[field] or _is_certain(decisions[field]) for field in others):
            for field in unfound:
                confirmed[field] += UNPRINTED
    _share_within_rows(table, decisions, confirmed, values, moved)
    for field, decision in decisions.items():
        rules = by_field.get(field, [])
        if _assumed(field, decision, rules) and confirmed[field] < (1 if _printed_so(decision) else UNPRINTED):
            decisions[field] = _withheld(decision)


def _gives(rule: Rule, unfound: Sequence[str], values: Mapping[str, Number | None]) -> bool:
    """Whether a rule that holds leaves the numbers that were not printed no choice: it is one, or all are 0 and stand
    on one side, since nothing that is counted is below 0."""
    if len(unfound) <= 1:
        return True
    one_side = set(unfound) <= set(rule.left) or set(unfound) <= set(rule.right)
    return one_side and all(values[field] == 0 for field in unfound)


def _is_certain(decision: Decision) -> bool:
    """Whether the print and its place are beyond doubt without any rule."""
    return not decision.note and decision.cell.score >= SURE_READING


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
    moved: Set[str],
) -> None:
    """A row's own sum, holding on the print, carries what confirms one of its numbers above 0 to the others, and what
    confirms all its parts to their total."""
    for rule in table.rules:
        fields = rule.fields
        if rule.across_rows or moved.isdisjoint(fields):
            continue
        if assess(rule, values).verdict != "holds" or not all(_printed_so(decisions[field]) for field in fields):
            continue
        if any(confirmed[field] and values[field] for field in fields):
            for field in fields:
                confirmed[field] += 1
        elif all(confirmed[field] for field in rule.left):
            confirmed[rule.right[0]] += 1


def _printed_so(decision: Decision) -> bool:
    """Whether the value is what the print says, a blank or a dash saying 0."""
    if decision.cell.kind == "number":
        return decision.status != "repaired"
    return decision.cell.kind in {"blank", "dash"} and not decision.value


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
