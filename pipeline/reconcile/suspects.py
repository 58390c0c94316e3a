"""The cells that the arithmetic points to, and those that it cannot vouch for: what is worth a second look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.reconcile.decision import SURE_READING, TableDecision
from pipeline.reconcile.rules import assess, rules_by_field

if TYPE_CHECKING:
    from pipeline.document import Box

CONFIRMED_BY = 2
"""Rules that hold on the print from which on a cell that was read surely needs no second look."""


def suspects(tables: Iterable[TableDecision]) -> set[tuple[int, Box]]:
    """Page and box of the cells of page images that should be read again.

    Those in a rule that fails on the print, those that did not come out as read, those of which the reader was not
    sure, and those above 0 that fewer than two rules confirm.
    """
    found: set[tuple[int, Box]] = set()
    for table in tables:
        by_field = rules_by_field(table.table)
        verdicts = {rule.id: assess(rule, table.printed).verdict for rule in table.table.rules}
        for field, decision in table.decisions.items():
            where = decision.cell.source
            if where.page is None or where.box is None:
                continue
            held = [verdicts[rule.id] for rule in by_field.get(field, ())]
            settled = decision.status == "read" or (decision.status == "inferred" and not decision.value)
            sure = decision.cell.score >= SURE_READING
            confirmed = held.count("holds") >= CONFIRMED_BY or (bool(held) and not decision.value)
            if "fails" in held or not settled or not sure or not confirmed:
                found.add((where.page, where.box))
    return found
