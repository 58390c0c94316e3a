"""What is decided of each field of a table."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.record import Candidate, Number, Status, Support
from pipeline.recover.cell_readings import CellReading
from pipeline.template import Rule, Table

SURE_READING = 0.8
"""Probability of a reading from which on it is believed where no rule confirms it."""
MOST_CANDIDATES = 12


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
