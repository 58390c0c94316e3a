"""A node of the search: what is decided so far, and what of it still fails."""

from __future__ import annotations

from pipeline.reconcile.bound import SURPLUS, WANT, Need
from pipeline.reconcile.form import Form, Structure
from pipeline.reconcile.problem import CellCost
from pipeline.reconcile.view import NEVER, View

Demand = tuple[tuple[int, ...], int]
"""So many of these cells must still change."""


class Node:
    """A part of the wholes: what is decided so far, and what the cells hold if nothing else changes."""

    __slots__ = (
        "change", "cost", "demands", "form", "free", "gathered", "open_groups", "residual", "second",
        "unknown", "values", "views", "whole",
    )  # fmt: skip

    def __init__(
        self,
        form: Form,
        free: int,
        views: tuple[View, ...],
        open_groups: tuple[int, ...],
        values: list[int],
        change: list[int],
        residual: list[int],
        cost: int,
        demands: tuple[Demand, ...],
        second: bool = False,
        gathered: tuple[int, ...] = (),
        unknown: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.form = form
        self.free = free
        self.views = views
        self.whole: list[int] | None = None
        """Per equation, the weighted sum with free cells at 0; made when asked for."""
        self.open_groups = open_groups
        """Groups that may still switch to another view, ascending."""
        self.values = values
        self.change = change
        """Per move (growth of each variable, then decline of each), the least it costs; NEVER once settled."""
        self.residual = residual
        """Per line of the form, the weighted sum."""
        self.cost = cost
        self.demands = demands
        self.second = second
        """Whether only loops are left to find."""
        self.gathered = gathered
        """Cells that change as part of a loop."""
        self.unknown = unknown
        """Those of them whose value is unknown, each with 1 where it grows and -1 where it declines."""


def cost_of(cell: int, node: Node, structure: Structure) -> CellCost:
    """What each value of a cell costs as the node sees its group."""
    return node.views[structure.group_of[cell]].cells[structure.place_of[cell]]


def residual_of(form: Form, values: list[int]) -> list[int]:
    residual = [0] * len(form.lines)
    for value, lines in zip(values, form.lines_of, strict=True):
        if value:
            for line, factor in lines:
                residual[line] += factor * value
    return residual


def signs_of(node: Node) -> list[int]:
    """Per line, whether it has SURPLUS or WANT or, through cells that are still unknown, perhaps either."""
    signs = [(SURPLUS if value > 0 else WANT) if value else 0 for value in node.residual]
    for cell, direction in node.unknown:
        for number, factor in node.form.lines_of[cell]:
            if node.form.equality[number]:
                signs[number] |= SURPLUS if factor * direction > 0 else WANT
            elif factor * direction > 0:
                signs[number] |= SURPLUS
    return signs


def needs_of(node: Node, signs: list[int]) -> list[Need]:
    """What must still change: in a failing line one cell, of a demand as many as it says."""
    form = node.form
    needs: list[Need] = []
    demanded = set()
    for cells, count in node.demands:
        left = count - sum(cell in cells for cell in node.gathered)
        if left > 0:
            demanded.add(cells)
            needs.append((cells, None, left, ()))
    for number, sign in enumerate(signs):
        if sign == WANT or (sign == SURPLUS and form.equality[number]):
            line = form.lines[number]
            if demanded and form.equality[number] and line.cells in demanded:
                continue
            if sign == SURPLUS:
                needs.append((line.lowering, line.pick_lowering, 1, line.groups))
            else:
                needs.append((line.raising, line.pick_raising, 1, line.groups))
    return needs


def failing_line(node: Node) -> int | None:
    """The failing equality with the fewest ways to mend it that is not yet known to need several."""
    form = node.form
    demanded = {cells for cells, _ in node.demands}
    best: tuple[int, int] | None = None
    chosen: int | None = None
    for number, value in enumerate(node.residual):
        if not value or not form.equality[number]:
            continue
        line = form.lines[number]
        if demanded and line.cells in demanded:
            continue
        ways = (len(line.cells), -abs(value))
        if best is None or ways < best:
            best, chosen = ways, number
    return chosen


def demands_after(form: Form, demands: tuple[Demand, ...], cell: int, residual: list[int]) -> tuple[Demand, ...]:
    """The demands left once `cell` has changed. One change alone never mends what holds, so 2 stays 2 there."""
    left: list[Demand] = []
    for cells, count in demands:
        if cell in cells:
            same = [n for n, _ in form.lines_of[cell] if form.equality[n] and form.lines[n].cells == cells]
            if not same:
                count -= 1
            elif any(residual[number] for number in same):
                continue
        if count:
            left.append((cells, count))
    return tuple(left)


def least_loop(node: Node) -> int:
    """A lower bound of what any further change to a whole that holds costs.

    Whatever moves, each equality that it stands in needs another cell that moves it back.
    """
    form, change = node.form, node.change
    size = len(node.values)
    linear = form.linear()
    back: list[tuple[int, int] | None] = []
    for line, equality in zip(form.lines, form.equality, strict=True):
        counts = equality and line.cells
        back.append((min(line.pick_lowering(change)), min(line.pick_raising(change))) if counts else None)
    least = NEVER
    for move, own in enumerate(change):
        if own >= least:
            continue
        cell, sign = move % size, 1 if move < size else -1
        others = []
        for number, factor in form.lines_of[cell]:
            pair = back[number]
            if pair is not None:
                others.append(pair[0] if factor * sign > 0 else pair[1])
        least = min(least, own + (sum(others) if linear else max(others, default=0)))
    return least


def see(variables: tuple[int, ...], view: View, values: list[int], change: list[int]) -> None:
    size = len(values)
    for variable, value, growth, decline in zip(variables, view.values, view.growth, view.decline, strict=True):
        values[variable] = value
        change[variable] = growth
        change[variable + size] = decline
