"""Random consistent tables 3 of the form and what happens to them on the way: for tests and measurements."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from pipeline.reconcile.problem import FREE, CellCost, Group, Hypothesis, Problem

COLUMNS = 7
Fault = Literal["wrong", "missing", "shift", "mixed"]
Table = tuple[tuple[int, ...], ...]
"""Rows of `COLUMNS` values: new, carried in, the leaf rows, their total, carried out."""


@dataclass(frozen=True, slots=True)
class Costs:
    """In thousandths of a nat."""

    number: int = 4000
    blank: int = 700
    shift: int = 1500
    jitter: int = 0
    """Up to so much is added to the cost of every cell, as scores of a reader would."""


@dataclass(frozen=True, slots=True)
class Damaged:
    table: Table
    problem: Problem
    cells: tuple[tuple[int, int], ...]
    """(row, column) of the cells that no longer hold what they did."""


def equations(n_rows: int, n_columns: int = COLUMNS) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Those of table 3 with so many rows (25 on the form of 2021); variable = row * n_columns + column."""
    rows = [
        (*((row * n_columns + column, 1) for column in range(n_columns - 1)), (row * n_columns + n_columns - 1, -1))
        for row in range(n_rows)
    ]
    total, out = n_rows - 2, n_rows - 1
    columns: list[tuple[tuple[int, int], ...]] = []
    for column in range(n_columns):
        signs = ((0, 1), (1, 1), (total, -1), (out, -1))
        columns.append(tuple((row * n_columns + column, sign) for row, sign in signs))
        leaves = tuple((row * n_columns + column, 1) for row in range(2, total))
        columns.append((*leaves, (total * n_columns + column, -1)))
    return (*rows, *columns)


def consistent(random: Random, n_rows: int = 25, n_columns: int = COLUMNS, largest: int = 400) -> Table:
    """A table on which every equality holds. Most cells are 0 and most of the rest is in the first column."""
    total = n_rows - 2
    inner = [[0] * (n_columns - 1) for _ in range(n_rows)]
    density = random.choice((0.05, 0.15, 0.4))
    for column in range(n_columns - 1):
        weight = 1.0 if column == 0 else 0.1
        for row in range(2, total):
            if random.random() < (0.6 if column == 0 else density):
                inner[row][column] = int(random.random() ** 4 * largest * weight) + random.randrange(3)
        inner[total][column] = done = sum(inner[row][column] for row in range(2, total))
        inner[n_rows - 1][column] = out = random.randrange(1 + done // 5) if done else 0
        inner[1][column] = random.randrange(1 + (done + out) // 6)
        inner[0][column] = done + out - inner[1][column]
    return tuple((*row, sum(row)) for row in inner)


def misread(random: Random, value: int) -> int:
    """Another number that a reader may take `value` for: a digit wrong, lost or doubled."""
    digits = str(value)
    while True:
        place = random.randrange(len(digits))
        kind = random.randrange(4)
        if kind == 0:
            changed = digits[:place] + digits[place + 1 :]
        elif kind == 1:
            changed = digits[:place] + digits[place] + digits[place:]
        else:
            changed = digits[:place] + str(random.randrange(10)) + digits[place + 1 :]
        if changed and int(changed) != value:
            return int(changed)


def damage(random: Random, table: Table, errors: int, fault: Fault = "wrong", costs: Costs | None = None) -> Damaged:
    """The table with so many faults, and the problem that it makes.

    A wrong cell holds another number, a missing one nothing at all; a shifted row has lost a cell
    and moved up, which gives one hypothesis for each place the cell could have had.
    """
    costs = costs or Costs()
    n_columns = len(table[0])
    printed: list[list[int | None]] = [list(row) for row in table]
    shifted: set[int] = set()
    cells: list[tuple[int, int]] = []
    while len(cells) < errors:
        row, column = random.randrange(len(table)), random.randrange(n_columns)
        if (row, column) in cells or row in shifted:
            continue
        kind = random.choice(("wrong", "missing", "shift")) if fault == "mixed" else fault
        if kind == "shift" and any(row == other for other, _ in cells):
            continue
        cells.append((row, column))
        if kind == "wrong":
            printed[row][column] = misread(random, table[row][column])
        elif kind == "missing":
            printed[row][column] = None
        else:
            shifted.add(row)
            del printed[row][column]
    # Some agencies leave zeros blank, which is a weaker print.
    blanks = random.random() < 0.3
    groups: list[Group] = []
    for number, row_printed in enumerate(printed):
        variables = tuple(range(number * n_columns, (number + 1) * n_columns))
        row_costs = [_cell(random, value, blanks, costs) for value in row_printed]
        if number in shifted:
            hypotheses = tuple(
                Hypothesis(costs.shift, (*row_costs[:place], FREE, *row_costs[place:])) for place in range(n_columns)
            )
        else:
            hypotheses = (Hypothesis(0, tuple(row_costs)),)
        groups.append(Group(variables, hypotheses))
    problem = Problem(len(table) * n_columns, tuple(groups), equations(len(table), n_columns))
    return Damaged(table, problem, tuple(cells))


def _cell(random: Random, value: int | None, blanks: bool, costs: Costs) -> CellCost:
    if value is None:
        return FREE
    extra = random.randrange(costs.jitter + 1) if costs.jitter else 0
    if value == 0 and blanks:
        return CellCost(((0, 0),), costs.blank + extra)
    return CellCost(((value, 0),), costs.number + extra)
