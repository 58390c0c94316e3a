"""What an answer settles besides its own cell, and so which cells of a report to ask about, one after the other.

An answer is supposed and put into the record as a real one would be (`pipeline.answered`), and what stops needing a
look is counted; over all that the cell may turn out to be, each by its probability.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from annotations.select.settings import AnnotateSettings
from annotations.select.suspects import Suspect, likely_values, suspects, wrongness
from annotations.select.zeros import ZeroShares
from annotations.selection import AskedCell
from pipeline.acceptance import DECIDED, needs_look
from pipeline.answered import answered
from pipeline.answers import CellAnswer, ReportAnswers
from pipeline.reconcile.rules import rules_by_field
from pipeline.record import Field, Number, Report
from pipeline.template import Rule, table

TRIED = 16
"""Cells of a table whose answers are put in for trial at each step, those that promise most at a glance."""


def worthiest(
    report: Report, closed: Collection[str], settings: AnnotateSettings, zeros: ZeroShares
) -> list[tuple[Suspect, AskedCell]]:
    """The cells of the next task, in the order in which to ask: at each step the one that makes most cells right for
    its seconds, supposing that those before turned out as is likeliest. What would be settled by them is not asked.

    Args:
        closed: ids of fields that were asked about already.
    """
    parts = {table_id: part_of(report, table_id) for table_id in sorted(report.templates)}
    left = {one.field: one for one in suspects(report, closed, settings)}
    worths: dict[str, float] = {}
    stale = set(parts)
    chosen: list[tuple[Suspect, AskedCell]] = []
    while left and len(chosen) < settings.cells_a_task:
        for table_id in sorted(stale):
            of_table = [one for field_id, one in left.items() if field_id.startswith(f"{table_id}.")]
            worths |= _worths(parts[table_id], of_table, zeros)
        stale = set()
        best = max(left.values(), key=lambda one: worths[one.field] / one.seconds)
        chosen.append((best, AskedCell(field=best.field, worth=round(worths[best.field], 6))))
        del left[best.field]
        table_id = best.field.split(".")[0]
        before = parts[table_id]
        value = likely_values(best.field, before.fields[best.field], zeros)[0][0]
        parts[table_id] = suppose(before, best.field, value)
        stale = {table_id}
        for field_id in settled_by(before, parts[table_id]):
            left.pop(field_id, None)
    return chosen


def part_of(report: Report, table_id: str) -> Report:
    """One table of the record alone; nothing of the others changes what an answer settles in it."""
    of = table(report.templates[table_id], table_id)
    return report.model_copy(
        update={
            "templates": {table_id: report.templates[table_id]},
            "fields": {field_id: report.fields[field_id] for field_id in of.field_ids()},
            "rules": {rule.id: report.rules[rule.id] for rule in of.rules},
            "findings": (), "ledger": {}, "sections": {}, "warnings": (),
        }
    )  # fmt: skip


def suppose(report: Report, field_id: str, value: Number) -> Report:
    """The record as if somebody had seen that number there."""
    one = CellAnswer(
        field=field_id, verdict="corrected", kind="number", printed=value, value=value, annotator="supposed", at=""
    )
    return answered(report, ReportAnswers(sha256=report.sha256, answers=(one,)))


def settled_by(before: Report, after: Report) -> list[str]:
    """Fields that needed a look and need none any more."""
    return [
        field_id
        for field_id, field in after.fields.items()
        if field is not before.fields[field_id] and needs_look(before.fields[field_id]) and not needs_look(field)
    ]


def _worths(part: Report, cells: Sequence[Suspect], zeros: ZeroShares) -> dict[str, float]:
    """Cells expected to be right after the answer that were not before, by field."""
    table_id, template = next(iter(part.templates.items()))
    by_field = rules_by_field(table(template, table_id))
    open_fields = frozenset(field_id for field_id, field in part.fields.items() if _is_undecided(field))
    tries: list[tuple[float, int, Suspect, list[tuple[Number, float]]]] = []
    found = {}
    for position, one in enumerate(cells):
        found[one.field] = one.wrong * one.answerable
        if one.field not in by_field:
            continue
        telling, promise = [], 0.0
        for value, chance in likely_values(one.field, part.fields[one.field], zeros):
            settles = sum(_settles(rule, one.field, value, part.fields, open_fields) for rule in by_field[one.field])
            if settles:
                telling.append((value, chance))
                promise += chance * settles
        if telling:
            tries.append((-promise / one.seconds, position, one, telling))
    for _, _, one, telling in sorted(tries, key=lambda each: each[:2])[:TRIED]:
        more = 0.0
        for value, chance in telling:
            others = settled_by(part, suppose(part, one.field, value))
            more += chance * sum(wrongness(part.fields[other]) for other in others if other != one.field)
        found[one.field] += more * one.answerable
    return found


def _is_undecided(field: Field) -> bool:
    return field.value is None or field.status not in DECIDED


def _settles(
    rule: Rule, field_id: str, value: Number, fields: Mapping[str, Field], open_fields: frozenset[str]
) -> int:
    """About how many other fields the rule may settle once the field has the value: the last one that is open, or all
    that are where nothing is left for them to add up to. Only a glance, to save trying what settles nothing."""
    others = [other for other in rule.fields if other != field_id and other in open_fields]
    if len(others) < 2:
        return len(others)
    if any(other in rule.left for other in others) and any(other in rule.right for other in others):
        return 0
    left, right = (
        sum(value if one == field_id else fields[one].value or 0 for one in side if one not in others)
        for side in (rule.left, rule.right)
    )
    return len(others) if left == right else 0
