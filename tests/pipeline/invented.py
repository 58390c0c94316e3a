"""Invented reports as text, and what the program makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.document import Source
from pipeline.read.text import read_text
from pipeline.reading import report_of
from pipeline.reconcile.decide import decide_table
from pipeline.reconcile.decision import TableDecision
from pipeline.reconcile.wholes import blocks
from pipeline.record import Number, Report
from pipeline.recover.recovered import RecoveredTable
from pipeline.recover.strips import Strip, Token, strips
from pipeline.recover.structures import recover_table
from training.examples import drawn, texts
from training.examples.report import InventedReport

ACCEPTED = ("read", "repaired", "inferred")

LAYOUTS: Mapping[str, Callable[[InventedReport], str]] = {
    "tabs": lambda report: texts.plain(drawn.blocks(report), texts.tabs),
    "pipes": lambda report: texts.markdown(drawn.blocks(report), texts.pipes),
    "one cell a line": lambda report: texts.plain(drawn.blocks(report), texts.one_cell_a_line),
    "cells behind tabs": lambda report: texts.plain(drawn.blocks(report), texts.cells_behind_tabs),
    "run together": lambda report: texts.markdown(drawn.blocks(report), texts.nothing_between),
}
"""Every way in which converters leave a table as text."""


def read(text: str, last_year: Report | None = None) -> Report:
    return report_of(read_text(text.encode(), "report.txt", "0" * 64), last_year)


def strips_of(text: str) -> list[Strip]:
    return strips(read_text(text.encode(), "report.txt", "0" * 64))


def recovered(text: str, table_id: str, year: int = 2021) -> RecoveredTable:
    return recover_table([strips_of(text)], table_id, year)


def decided(text: str, table_id: str, year: int = 2021) -> TableDecision:
    found = recovered(text, table_id, year)
    return decide_table(found.table, blocks(found))


def wrongly_accepted(report: Report, truth: Mapping[str, Number | None]) -> dict[str, tuple[Number | None, str]]:
    """Fields that the report claims to know and that are otherwise: value and status by field id."""
    return {
        field: (found.value, found.status)
        for field, value in truth.items()
        if (found := report.fields[field]).status in ACCEPTED and found.value != value
    }


def tokens(*cells: str | None, soft: bool = False) -> list[Token]:
    """One token a cell, '' for a blank one, None for one that nobody could read; each on a line of its own."""
    made = []
    for number, cell in enumerate(cells, start=1):
        text = cell or ""
        kind = "blank" if cell == "" else "value"
        made.append(Token(text, kind, Source(line=number, chars=(0, len(text))), soft=soft))  # type: ignore[arg-type]
    return made


def rows(table_rows: Mapping[str, Sequence[int | str]], separator: str = "\t") -> str:
    """Lines of a label and its numbers."""
    return "\n".join(separator.join([label, *map(str, numbers)]) for label, numbers in table_rows.items()) + "\n"
