"""What recovery hands on: each table with its rival structures, each row with its rival readings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.recover.cell_readings import RowShape
from pipeline.recover.readings import RowReading
from pipeline.template import Row, Table


@dataclass(frozen=True, slots=True)
class Unit:
    """Cells that are read together: a row, or for table 4 the line of all three."""

    fields: tuple[str, ...]
    readings: tuple[RowReading, ...]
    """Cheapest first; at least one."""
    moved: bool = False
    """Its numbers did not stand behind its label: which row they belong to is an assumption."""

    @property
    def row(self) -> str:
        """Id of its (first) row."""
        return self.fields[0].split(".")[1]


@dataclass(frozen=True, slots=True)
class Structure:
    units: tuple[Unit, ...]
    cost: int = 0
    note: str = ""
    left_over: bool = False
    """A row of numbers without label belongs to no row of the form in it."""


@dataclass(frozen=True, slots=True)
class RecoveredTable:
    table: Table
    found: bool
    structures: tuple[Structure, ...]
    """Cheapest first; at least one, of absent cells where the table was not found."""


def fields_of(table: Table, row: Row) -> tuple[str, ...]:
    return tuple(f"{table.id}.{row.id}.{column}" for column in row.columns)


def row_shape(table: Table, row: Row) -> RowShape:
    """What the form says of the cells of a row by themselves."""
    return _row_shape(table, table.rows.index(row))


@cache
def _row_shape(table: Table, index: int) -> RowShape:
    row = table.rows[index]
    fields = fields_of(table, row)
    sums = tuple(
        (tuple(fields.index(part) for part in rule.left), fields.index(rule.right[0]))
        for rule in table.rules
        if len(rule.right) == 1 and set(rule.left) | set(rule.right) <= set(fields)
    )
    return RowShape(
        len(fields),
        sums,
        frozenset(i for i, column in enumerate(row.columns) if column in table.signed),
        frozenset(i for i, column in enumerate(row.columns) if column in table.decimal),
    )
