"""Hypotheses made ready for the search: default values, what a change costs at least, free cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    growth: tuple[int, ...]
    """Per cell, the least that a greater value costs more; NEVER where there is none or the cell is free."""
    decline: tuple[int, ...]
    """The same for a smaller value."""
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
        growth: list[int] = []
        decline: list[int] = []
        free = 0
        special: list[tuple[int, tuple[tuple[int, int], ...]]] = []
        possible = True
        for variable, cell in zip(group.variables, hypothesis.cells, strict=True):
            choices, other = cell.choices, cell.other
            if len(choices) == 1 and other is not None and other > choices[0][1] and choices[0][0] >= 0:
                value, cost = choices[0]
                values.append(value)
                growth.append(other - cost)
                decline.append(other - cost if value else NEVER)
                base += cost
                continue
            kept = readings(cell)
            if kept and (other is None or kept[0][1] < other):
                value, cost = kept[0]
                values.append(value)
                otherwise = NEVER if other is None else other - cost
                growth.append(min([c - cost for v, c in kept if v > value], default=otherwise))
                growth[-1] = min(growth[-1], otherwise)
                decline.append(min([c - cost for v, c in kept if v < value], default=NEVER))
                decline[-1] = min(decline[-1], otherwise if value else NEVER)
                base += cost
            elif other is not None:
                free |= 1 << variable
                values.append(0)
                growth.append(NEVER)
                decline.append(NEVER)
                base += other
                if kept:
                    special.append((len(values) - 1, kept))
            else:
                possible = False
                break
        if possible:
            view = View(
                number, base, base, tuple(values), tuple(growth), tuple(decline), free, hypothesis.cells, ()
            )
            found.extend(_variants(view, special, group, inner) if special else [_charged(view, group, inner)])
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
        variant = replace(view, base=base, least=base, values=tuple(values), free=free, barred=tuple(barred))
        variants.append(_charged(variant, group, inner))
    return variants


def _charged(view: View, group: Group, inner: tuple[tuple[tuple[int, int], ...], ...]) -> View:
    """With the least that it costs to make the equations inside the group hold."""
    if len(group.hypotheses) == 1:
        return view
    charge = 0
    for equation in inner:
        total = sum(view.values[place] * factor for place, factor in equation)
        if not total:
            continue
        free = [factor for place, factor in equation if view.free >> group.variables[place] & 1]
        # A free cell takes up any difference of the right sign.
        if any(factor * total < 0 for factor in free):
            continue
        moves = [
            view.decline[place] if factor * total > 0 else view.growth[place] for place, factor in equation
        ]
        charge = max(charge, min(moves))
    return replace(view, least=view.base + charge)
