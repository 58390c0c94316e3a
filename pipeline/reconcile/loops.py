"""The second part of the search: loops, changes of which none is alone in any equation that it touches.

Cells are gathered one by one, with one of their readings or without a value, until every equation that they
touch holds at least two; then the values that are missing are solved for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.reconcile.bound import Need
from pipeline.reconcile.form import Line, Structure
from pipeline.reconcile.integers import Row, Work, settle
from pipeline.reconcile.node import Node, cost_of
from pipeline.reconcile.view import NEVER, readings


def gathering(node: Node, needs: list[Need], structure: Structure, most: int) -> Iterator[Node]:
    """By the first of some cells, at least one of which is part of a loop.

    Args:
        needs: what must still change in the node; empty where it holds.
        most: nodes that cost more are left out, where that is seen at once.
    """
    size = len(node.values)
    moves: Iterable[int] = range(size)
    if needs:
        moves = min(needs, key=lambda need: sum(node.change[move] < NEVER for move in need[0]))[0]
    change = node.change
    for cell in [move % size for move in moves]:
        least = min(change[cell], change[cell + size])
        if least >= NEVER:
            continue
        change = change.copy()
        change[cell] = change[cell + size] = NEVER
        if node.cost + least > most:
            continue
        of_cell = cost_of(cell, node, structure)
        states: list[tuple[int | None, int, int]] = [(*choice, 0) for choice in readings(of_cell)[1:]]
        if of_cell.other is not None:
            states.append((None, of_cell.other, 1))
            if node.values[cell]:
                states.append((None, of_cell.other, -1))
        old = of_cell.of(node.values[cell]) or 0
        for value, price, direction in states:
            cost = node.cost + price - old
            values, residual, unknown = node.values, node.residual, node.unknown
            if value is None:
                unknown = (*unknown, (cell, direction))
            else:
                values, residual = values.copy(), residual.copy()
                for line, factor in node.form.lines_of[cell]:
                    residual[line] += factor * (value - values[cell])
                values[cell] = value
            gathered = (*node.gathered, cell)
            yield Node(
                node.form, node.free, node.views, (), values, change, residual, cost, node.demands,
                True, gathered, unknown,
            )  # fmt: skip


def values_of(node: Node, structure: Structure, work: Work) -> tuple[int | None, ...] | None:
    """The values of all variables, None for those with several; None where there is no solution.

    Raises:
        OutOfWork: where that takes more steps than are left.
    """
    form, unknown = node.form, {cell for cell, _ in node.unknown}
    values: list[int | None] = list(node.values)
    holes: dict[int, frozenset[int]] = {}
    for view in node.views:
        holes.update(view.barred)
    rows: list[tuple[dict[int, int], int]] = []
    asked = [*sorted(unknown), *form.loose_variables]
    if unknown:
        for cell in unknown:
            of_cell = cost_of(cell, node, structure)
            holes[cell] = frozenset(value for value, _ in readings(of_cell))
        for line, equality in zip(form.lines, form.equality, strict=True):
            row, right = _reduced(line, node, unknown)
            if row and equality:
                rows.append((row, right))
    for variable, number in form.determined:
        row, right = _reduced(form.lines[number], node, unknown) if unknown else ({}, -node.residual[number])
        if row:
            rows.append(({**row, variable: -1}, right))
            asked.append(variable)
            continue
        if right > 0 or -right in holes.get(variable, ()):
            return None
        values[variable] = -right
    if not asked:
        return tuple(values)
    asked_set = set(asked)
    for equation in form.loose:
        right = -sum(factor * node.values[cell] for cell, factor in equation.items() if cell not in asked_set)
        rows.append(({cell: factor for cell, factor in equation.items() if cell in asked_set}, right))
    number_of = {variable: number for number, variable in enumerate(asked)}
    numbered: list[Row] = [
        ({number_of[cell]: factor for cell, factor in row.items()}, right) for row, right in rows
    ]
    barred = {number_of[variable]: values_ for variable, values_ in holes.items() if variable in number_of}
    settled = settle(len(asked), numbered, barred, work)
    if settled is None:
        return None
    for variable, value in zip(asked, settled, strict=True):
        values[variable] = value
    return tuple(values)


def _reduced(line: Line, node: Node, unknown: set[int]) -> tuple[dict[int, int], int]:
    """The unknown part of a line, and what it must be for the line to be 0."""
    row: dict[int, int] = {}
    right = 0
    for cell, factor in zip(line.cells, line.coefficients, strict=True):
        if cell in unknown:
            row[cell] = factor
        else:
            right -= factor * node.values[cell]
    return row, right
