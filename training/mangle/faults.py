"""Single faults of table 3 by name, and which fields one of them strikes.

They are damages like others, kept apart from `DAMAGES` because they are meant to be the only thing that is wrong with
a page; also, what is drawn from `DAMAGES` by a seed must stay what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.template import Table
from training.mangle.damage import Damage
from training.mangle.damages import DAMAGES, cell_blanked, digit_added, digit_lost
from training.mangle.damages_rows import row_shifted, rows_slid
from training.mangle.pages import LABELS, Page, Sheet

FAULTS: Mapping[str, Damage] = {
    "digit": DAMAGES["digit_misread"],
    "digit_lost": digit_lost,
    "digit_added": digit_added,
    "missed": DAMAGES["cell_lost"],
    "blanked": cell_blanked,
    "shift": row_shifted,
    "cells_fused": DAMAGES["digits_glued"],
    "rows_fused": DAMAGES["rows_fused"],
    "row_shift": rows_slid,
}
"""One digit of a cell wrong, gone or too many; a cell gone without a gap, or with one; a row one column aside; two
cells of a row run together; two rows in one; numbers one row above or below their labels."""
NOTHING_LOST = frozenset({"row_shift"})
"""Faults that leave every number whole and only put it elsewhere."""


@dataclass(frozen=True, slots=True)
class Struck:
    """Field ids, in the form's order."""

    cells: tuple[str, ...]
    """Whose own cell no longer shows what it showed."""
    numbers: tuple[str, ...]
    """Of these, whose number stands nowhere any more as it was printed."""


def struck(before: Page, after: Page, table: Table) -> Struck:
    """What a fault did to the numbers of table 3.

    Args:
        before, after: pages on which numbers are marked with their field (`training.corpus.marked`), so that two equal
            numbers are not taken for one another.
    """
    was, now = _by_field(before, table), _by_field(after, table)
    whole = {cell for row in _sheet(after).rows for cell in row.cells}
    cells = tuple(field for field in was if now.get(field, "") != was[field])
    return Struck(cells, tuple(field for field in cells if was[field] and was[field] not in whole))


def _by_field(page: Page, table: Table) -> dict[str, str]:
    """What stands in the place of each field of table 3, whoever's number it is."""
    rows = {row.row_id: row.cells[LABELS:] for row in _sheet(page).rows}
    return {
        f"{table.id}.{row.id}.{column}": text
        for row in table.rows
        for column, text in zip(row.columns, rows.get(row.id, ()), strict=False)
    }


def _sheet(page: Page) -> Sheet:
    return next(block for block in page if isinstance(block, Sheet) and block.table_id == "t3")
