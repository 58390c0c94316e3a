"""What a damage is, and the page's rows as damages change them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import TypeAlias

from training.examples.drawn import MatrixRow
from training.mangle.pages import HEAD, LABELS, OTHER, Page, Sheet

Damage: TypeAlias = Callable[[Page, Random], "Page | None"]
"""The page with the damage; None where the page has nothing that it could befall."""


def on_table(page: Page, table_id: str, change: Callable[[list[MatrixRow]], list[MatrixRow] | None]) -> Page | None:
    changed: Page = []
    for block in page:
        if isinstance(block, Sheet) and block.table_id == table_id:
            rows = change(list(block.rows))
            if rows is None:
                return None
            changed.append(replace(block, rows=tuple(rows)))
        else:
            changed.append(block)
    return changed


def form_rows(rows: Sequence[MatrixRow]) -> list[int]:
    """Places of the rows of table 3 that still have all their cells."""
    return [i for i, row in enumerate(rows) if row.row_id not in (HEAD, OTHER) and len(row.cells) == LABELS + 7]
