"""The equations of a form once its free cells are taken out of them; worked out once and kept.

A free cell takes whatever value its equation asks for, so that the equation no longer tests
anything: it defines the cell. Put into the other equations of the cell it joins them into one.
What is left are equalities between cells that hold a reading, expressions that have to be
non-negative because they are the value of a free cell, and the rest: free cells that the
equations leave some play.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

FORMS_KEPT = 4096

Equation = tuple[tuple[int, int], ...]
Pick = Callable[[list[int]], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Line:
    """A weighted sum of cells that must be 0 (an equality) or at least 0 (a bound)."""

    cells: tuple[int, ...]
    coefficients: tuple[int, ...]
    groups: tuple[int, ...]
    """The groups that its cells belong to, ascending."""
    pick: Pick
    """What a list with one entry per variable holds for `cells`."""


@dataclass(frozen=True, slots=True)
class Form:
    lines: tuple[Line, ...]
    """First the equalities, then the bounds."""
    n_equalities: int
    lines_of: tuple[tuple[tuple[int, int], ...], ...]
    """Per variable, (line, coefficient) of the lines that it stands in."""
    line_with: dict[tuple[int, ...], int]
    """The equality over exactly these cells."""
    determined: tuple[tuple[int, int], ...]
    """(free variable, bound): the value of the variable is that of the bound."""
    loose: tuple[Equation, ...]
    """Equations that must be 0 over free variables with some play, and cells."""
    loose_variables: tuple[int, ...]
    linear: bool
    """No two cells stand in the same two equalities."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What does not depend on the readings: equations and groups."""

    n_variables: int
    equations: tuple[Equation, ...]
    group_of: tuple[int, ...]
    place_of: tuple[int, ...]
    """Per variable, its position in its group."""
    inner: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]
    """Per group, the equations all of whose variables are its own, as (place, coefficient)."""
    forms: dict[int, Form] = field(default_factory=dict)

    def form(self, free: int) -> Form:
        """The form when the variables of the bit mask `free` are free."""
        form = self.forms.get(free)
        if form is None:
            if len(self.forms) >= FORMS_KEPT:
                self.forms.clear()
            form = self.forms[free] = _eliminate(self, free)
        return form


@lru_cache(maxsize=32)
def structure(
    n_variables: int, equations: tuple[Equation, ...], groups: tuple[tuple[int, ...], ...]
) -> Structure:
    group_of = [0] * n_variables
    place_of = [0] * n_variables
    for group, variables in enumerate(groups):
        for place, variable in enumerate(variables):
            group_of[variable] = group
            place_of[variable] = place
    inner: list[list[tuple[tuple[int, int], ...]]] = [[] for _ in groups]
    for equation in equations:
        touched = {group_of[variable] for variable, _ in equation}
        if len(touched) == 1:
            inner[touched.pop()].append(tuple((place_of[variable], factor) for variable, factor in equation))
    return Structure(
        n_variables, equations, tuple(group_of), tuple(place_of), tuple(tuple(of_group) for of_group in inner)
    )


def _eliminate(structure: Structure, mask: int) -> Form:
    active: list[dict[int, int]] = []
    for equation in structure.equations:
        row: dict[int, int] = {}
        for variable, factor in equation:
            row[variable] = row.get(variable, 0) + factor
        active.append({variable: factor for variable, factor in row.items() if factor})
    free = [variable for variable in range(structure.n_variables) if mask >> variable & 1]
    defined: dict[int, dict[int, int]] = {}
    progress = True
    while progress:
        progress = False
        for variable in free:
            if variable in defined:
                continue
            usable = [row for row in active if abs(row.get(variable, 0)) == 1]
            if not usable:
                continue
            pivot = min(usable, key=len)
            active = [row for row in active if row is not pivot]
            sign = -pivot[variable]
            value = {cell: sign * factor for cell, factor in pivot.items() if cell != variable}
            for row in (*active, *defined.values()):
                factor = row.pop(variable, 0)
                if factor:
                    _add(row, value, factor)
            defined[variable] = value
            progress = True
    return _assemble(structure, set(free), active, defined)


def _add(row: dict[int, int], other: dict[int, int], factor: int) -> None:
    for cell, weight in other.items():
        total = row.get(cell, 0) + factor * weight
        if total:
            row[cell] = total
        else:
            row.pop(cell, None)


def _assemble(
    structure: Structure, free: set[int], active: list[dict[int, int]], defined: dict[int, dict[int, int]]
) -> Form:
    equalities: list[dict[int, int]] = []
    bounds: list[dict[int, int]] = []
    determined: list[tuple[int, int]] = []
    loose: list[dict[int, int]] = []
    for row in active:
        if not free.isdisjoint(row):
            loose.append(row)
        elif row and not any(row == kept or row == {c: -f for c, f in kept.items()} for kept in equalities):
            equalities.append(row)
    for variable, value in defined.items():
        play = [factor for cell, factor in value.items() if cell in free]
        if not play:
            determined.append((variable, len(equalities) + len(bounds)))
            bounds.append(value)
            continue
        if max(play) < 0:
            # The cells alone must already reach 0: what the free ones take off only makes it harder.
            bounds.append({cell: factor for cell, factor in value.items() if cell not in free})
        loose.append({variable: -1, **value})
    lines = [_line(structure, row) for row in (*equalities, *bounds)]
    lines_of: list[list[tuple[int, int]]] = [[] for _ in range(structure.n_variables)]
    for number, line in enumerate(lines):
        for cell, factor in zip(line.cells, line.coefficients, strict=True):
            lines_of[cell].append((number, factor))
    pairs: set[tuple[int, int]] = set()
    linear = True
    for of_cell in lines_of:
        numbers = [number for number, _ in of_cell if number < len(equalities)]
        for position, first in enumerate(numbers):
            for second in numbers[position + 1 :]:
                linear = linear and (first, second) not in pairs
                pairs.add((first, second))
    # A free variable in no equation at all has play too.
    loose_variables = sorted(free.difference(variable for variable, _ in determined))
    return Form(
        tuple(lines),
        len(equalities),
        tuple(tuple(of_cell) for of_cell in lines_of),
        {line.cells: number for number, line in enumerate(lines[: len(equalities)])},
        tuple(determined),
        tuple(tuple(sorted(row.items())) for row in loose),
        tuple(loose_variables),
        linear,
    )


def _line(structure: Structure, row: dict[int, int]) -> Line:
    cells = tuple(sorted(row))
    groups = tuple(sorted({structure.group_of[cell] for cell in cells}))
    # One index alone would give a bare entry, not a tuple.
    pick: Pick = itemgetter(*cells, cells[0]) if cells else tuple
    return Line(cells, tuple(row[cell] for cell in cells), groups, pick)
