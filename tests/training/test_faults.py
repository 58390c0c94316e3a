"""Each single fault of table 3 changes what is printed as its name says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from pipeline.template import load_templates
from training.corpus.pages import marked_page, without_marks
from training.examples.drawn import MatrixRow
from training.examples.report import invent
from training.mangle.faults import FAULTS, struck
from training.mangle.pages import LABELS, Page, Sheet

REPORT = invent("澄岚市教育局", 2021, 5)
SEEDS = range(25)
Cells = tuple[str, ...]


def rows_of(page: Page) -> list[MatrixRow]:
    (sheet,) = (block for block in page if isinstance(block, Sheet) and block.table_id == "t3")
    return list(sheet.rows)


def changed_rows(before: list[MatrixRow], after: list[MatrixRow]) -> list[tuple[Cells, Cells]]:
    """Labels stay as they are; the numbers of the rows that differ, before and after."""
    assert [row.row_id for row in before] == [row.row_id for row in after]
    assert [row.cells[:LABELS] for row in before] == [row.cells[:LABELS] for row in after]
    pairs = zip(before, after, strict=True)
    return [(old.cells[LABELS:], new.cells[LABELS:]) for old, new in pairs if old != new]


def is_one_cell(old: Cells, new: Cells, holds: Callable[[str, str], bool]) -> bool:
    """Whether just one cell differs, in such a way."""
    differing = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and holds(*differing[0])


def without_one(longer: str | Cells, shorter: str | Cells) -> bool:
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


def is_misread(old: str, new: str) -> bool:
    return len(old) == len(new) and sum(a != b for a, b in zip(old, new, strict=True)) == 1


def is_joined(old: Cells, new: Cells) -> bool:
    return any((*old[:at], old[at] + old[at + 1], *old[at + 2 :]) == new for at in range(len(old) - 1))


IN_ONE_ROW: dict[str, Callable[[Cells, Cells], bool]] = {
    "digit": lambda old, new: is_one_cell(old, new, is_misread),
    "digit_lost": lambda old, new: is_one_cell(old, new, without_one),
    "digit_added": lambda old, new: is_one_cell(old, new, lambda a, b: without_one(b, a) and int(a) != int(b)),
    "missed": without_one,
    "blanked": lambda old, new: is_one_cell(old, new, lambda a, b: bool(a) and not b),
    "shift": lambda old, new: new in ((*old[1:], ""), ("", *old[:-1])),
    "cells_fused": is_joined,
}


@pytest.mark.parametrize("fault", IN_ONE_ROW)
def test_a_fault_in_one_row(fault: str) -> None:
    clean = rows_of(without_marks(marked_page(REPORT)))
    made = 0
    for seed in SEEDS:
        page = FAULTS[fault](marked_page(REPORT), Random(seed))
        if page is not None:  # not every row that is drawn has a place for it
            ((old, new),) = changed_rows(clean, rows_of(without_marks(page)))
            assert IN_ONE_ROW[fault](old, new), (old, new)
            made += 1
    assert made > len(SEEDS) / 2


def test_two_rows_in_one() -> None:
    clean = rows_of(without_marks(marked_page(REPORT)))
    for seed in SEEDS:
        page = FAULTS["rows_fused"](marked_page(REPORT), Random(seed))
        assert page is not None
        rows = rows_of(without_marks(page))
        at = next(i for i, row in enumerate(rows) if row != clean[i])
        assert [*rows[:at], *rows[at + 1 :]] == [*clean[:at], *clean[at + 2 :]]
        assert [cell.split("\n") for cell in rows[at].cells[LABELS:]] == [
            list(pair) for pair in zip(clean[at].cells[LABELS:], clean[at + 1].cells[LABELS:], strict=True)
        ]


def test_numbers_one_row_beside_their_labels() -> None:
    clean = rows_of(without_marks(marked_page(REPORT)))
    first = next(i for i, row in enumerate(clean) if row.row_id)
    numbers = [row.cells[LABELS:] for row in clean[first:]]
    seen = set()
    for seed in SEEDS:
        page = FAULTS["row_shift"](marked_page(REPORT), Random(seed))
        assert page is not None
        rows = rows_of(without_marks(page))
        assert [row.cells[:LABELS] for row in rows if row.row_id != "other"] == [row.cells[:LABELS] for row in clean]
        below = [row.cells[LABELS:] for row in rows[first:]]
        gap = below.index(("",) * 7)
        assert below[:gap] + below[gap + 1 :] == numbers
        assert (rows[first].row_id == "other") != (rows[-1].row_id == "other")
        seen.add(rows[-1].row_id)
    assert seen == {"other", "carried_out"}


def test_what_is_struck() -> None:
    """t3.new prints 12 and blanks but for a total of 12, t3.carried_in 3 0 0 0 0 0 3."""
    table = load_templates()["2021"].tables["t3"]
    prints = dict(
        zip((f"t3.new.{column.id}" for column in table.columns), ("12", "", "", "", "", "", "12"), strict=True)
    ) | dict(zip((f"t3.carried_in.{column.id}" for column in table.columns), "3000003", strict=True))
    page = marked_page(REPORT.with_prints(prints))

    def with_row(row_id: str, change: Callable[[Cells], Cells]) -> Page:
        return [
            Sheet(
                "t3",
                tuple(
                    MatrixRow(row_id, (*row.cells[:LABELS], *change(row.cells[LABELS:])))
                    if row.row_id == row_id
                    else row
                    for row in block.rows
                ),
            )
            if isinstance(block, Sheet) and block.table_id == "t3"
            else block
            for block in page
        ]

    lost = struck(page, with_row("new", lambda cells: cells[1:]), table)
    # The total has moved to the blank cell on its left and left its own; the first number is nowhere.
    assert lost.cells == ("t3.new.natural", "t3.new.other_org", "t3.new.total")
    assert lost.numbers == ("t3.new.natural",)

    # Five equal zeros: only the mark tells which of them is gone, and that those behind it have moved.
    zero = struck(page, with_row("carried_in", lambda cells: cells[:4] + cells[5:]), table)
    assert zero.cells == ("t3.carried_in.legal", "t3.carried_in.other_org", "t3.carried_in.total")
    assert zero.numbers == ("t3.carried_in.legal",)

    assert struck(page, page, table) == struck(page, with_row("new", lambda cells: cells), table)
    assert struck(page, page, table).cells == ()
