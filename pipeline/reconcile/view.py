"""Hypotheses made ready for the search: default values, what a change costs at least, free cells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from pipeline.reconcile.problem import CellCost, Group

NEVER = 1 << 60
"""Stands for the cost of what cannot be."""


@dataclass(frozen=True, slots=True)
class View:
    """One hypothesis of a group with, for each cell, the value that it holds unless it changes."""

    hypothesis: int
    base: int
    """Cost of the hypothesis with all its cells as they stand."""
    least: int
    """A lower bound of its cost once the equations inside the group hold."""
    values: tuple[int, ...]
    """0 for a free cell."""
    changes: tuple[int, ...]
    """Per cell, the least that another value costs more; NEVER where it cannot change or is free."""
    free: int
    """Bit mask of the free variables."""
    cells: tuple[CellCost, ...]
    barred: tuple[tuple[int, frozenset[int]], ...]
    """(variable, values): what a free cell must not hold, as another view stands for it."""


def readings(cell: CellCost) -> tuple[tuple[int, int], ...]:
    """The choices that differ from any other value, the cheapest first."""
    kept = [choice for choice in cell.choices if choice[0] >= 0 and choice[1] != cell.other]
    return tuple(sorted(kept, key=lambda choice: choice[1]))


def views(group: Group, inner: tuple[tuple[tuple[int, int], ...], ...]) -> list[View]:
    """All views of a group, the one with the lowest bound first; empty where no hypothesis can be.

    A free cell that could also hold one of its readings, at a higher cost, gives a view for each.
    """
    found: list[View] = []
    for number, hypothesis in enumerate(group.hypotheses):
        base = hypothesis.cost
        values: list[int] = []
        changes: list[int] = []
        free = 0
        special: list[tuple[int, tuple[tuple[int, int], ...]]] = []
        possible = True
        for variable, cell in zip(group.variables, hypothesis.cells, strict=True):
            choices, other = cell.choices, cell.other
            if len(choices) == 1 and other is not None and other > choices[0][1] and choices[0][0] >= 0:
                value, cost = choices[0]
                values.append(value)
                changes.append(other - cost)
                base += cost
                continue
            kept = readings(cell)
            if kept and (other is None or kept[0][1] < other):
                value, cost = kept[0]
                values.append(value)
                rest = [choice[1] for choice in kept[1:2]] + ([] if other is None else [other])
                changes.append(min(rest) - cost if rest else NEVER)
                base += cost
            elif other is not None:
                free |= 1 << variable
                values.append(0)
                changes.append(NEVER)
                base += other
                if kept:
                    special.append((len(values) - 1, kept))
            else:
                possible = False
                break
        if possible:
            view = _charged(
                View(number, base, 0, tuple(values), tuple(changes), free, hypothesis.cells, ()), group, inner
            )
            found.append(view)
            if special:
                found[-1:] = _variants(view, special, group, inner)
    found.sort(key=lambda view: view.least)
    return found


def _variants(
    view: View,
    special: list[tuple[int, tuple[tuple[int, int], ...]]],
    group: Group,
    inner: tuple[tuple[tuple[int, int], ...], ...],
) -> list[View]:
    variants: list[View] = []
    for combination in product(*[(None, *kept) for _, kept in special]):
        base, free, values = view.base, view.free, list(view.values)
        barred: list[tuple[int, frozenset[int]]] = []
        for (place, kept), choice in zip(special, combination, strict=True):
            variable = group.variables[place]
            if choice is None:
                barred.append((variable, frozenset(value for value, _ in kept)))
            else:
                values[place] = choice[0]
                base += choice[1] - (view.cells[place].other or 0)
                free &= ~(1 << variable)
        variant = View(
            view.hypothesis, base, 0, tuple(values), view.changes, free, view.cells, tuple(barred)
        )
        variants.append(_charged(variant, group, inner))
    return variants


def _charged(view: View, group: Group, inner: tuple[tuple[tuple[int, int], ...], ...]) -> View:
    charge = 0
    if len(group.hypotheses) > 1:
        for equation in inner:
            if any(view.free >> group.variables[place] & 1 for place, _ in equation):
                continue
            if sum(view.values[place] * factor for place, factor in equation):
                charge = max(charge, min(view.changes[place] for place, _ in equation))
    return View(
        view.hypothesis,
        view.base,
        view.base + charge,
        view.values,
        view.changes,
        view.free,
        view.cells,
        view.barred,
    )
