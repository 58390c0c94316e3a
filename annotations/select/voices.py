"""How far the voices that a record has on a cell disagree: what was read, what each further look at it gave, the
candidates, the decision, each equality, and what the text or the year before says."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from pipeline.reconcile.rules import rules_by_field
from pipeline.record import Field, Number, Report
from pipeline.recover.numbers import read_cell
from pipeline.template import Rule, load_templates, table

FROM_OUTSIDE = ("PROSE", "LAST_YEAR", "CHANGE")
"""Codes of findings that say of one field another number than the table."""
Vote = Number | None


def disagreement(report: Report, field_id: str) -> float:
    """Entropy of the votes in nats: 0 where all say the same or nobody says anything. Candidates share one vote."""
    field = report.fields[field_id]
    votes: defaultdict[Vote, float] = defaultdict(float)
    for vote in _votes_of_readers(field):
        votes[vote] += 1.0
    whole = sum(math.exp(-one.cost) for one in field.candidates)
    for one in field.candidates:
        votes[one.value] += math.exp(-one.cost) / whole
    if field.value is not None:
        votes[field.value] += 1.0
    table_id = field_id.split(".")[0]
    if (template := report.templates.get(table_id)) in load_templates():
        for rule in rules_by_field(table(template, table_id)).get(field_id, ()):
            if (wanted := _wanted(rule, field_id, report.fields)) is not None:
                votes[wanted] += 1.0
    for finding in report.findings:
        if finding.code in FROM_OUTSIDE and finding.fields == (field_id,) and finding.left is not None:
            votes[finding.left] += 1.0
    total = sum(votes.values())
    return -sum(share / total * math.log(share / total) for share in votes.values() if share) if total else 0.0


def _votes_of_readers(field: Field) -> list[Vote]:
    texts = [look.text for look in field.source.looks] if field.source else []
    if field.kind == "number" and field.printed is not None:
        texts.append(field.printed)
    return [value for text in texts if (value := read_cell(text, signed=True, decimal=True).value) is not None]


def _wanted(rule: Rule, field_id: str, fields: Mapping[str, Field]) -> Vote:
    """The number that makes the equality hold; None where the others are not known."""
    others = [fields[other].value for other in rule.fields if other != field_id]
    if any(value is None for value in others):
        return None
    left, right = (
        sum(fields[other].value or 0 for other in side if other != field_id) for side in (rule.left, rule.right)
    )
    return right - left if field_id in rule.left else left - right
