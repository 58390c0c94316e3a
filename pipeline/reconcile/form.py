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
from itertools import combinations
from operator import itemgetter
from typing import Any

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
    raising: tuple[int, ...]
    """How its cells move to raise the sum: the number of a cell that grows, n_variables more for one that shrinks."""
    lowering: tuple[int, ...]
    pick_raising: Pick
    """What a list with one entry per move holds for `raising`."""
    pick_lowering: Pick


@dataclass(frozen=True, slots=True)
class Form:
    lines: tuple[Line, ...]
    """One per equation; without cells where nothing is left of it."""
    equality: tuple[bool, ...]
    """Per line, whether it is an equality, not a bound."""
    lines_of: tuple[tuple[tuple[int, int], ...], ...]
    """Per variable, (line, coefficient) of the lines that it stands in."""
    determined: tuple[tuple[int, int], ...]
    """(free variable, bound): the value of the variable is that of the bound."""
    loose: tuple[dict[int, int], ...]
    """Equations that must be 0 over free variables with some play, and cells."""
    loose_variables: tuple[int, ...]

    def linear(self) -> bool:
        """Whether no two cells stand in the same two equalities."""
        pairs: set[tuple[int, int]] = set()
        for lines in self.lines_of:
            for pair in combinations([number for number, _ in lines if self.equality[number]], 2):
                if pair in pairs:
                    return False
                pairs.add(pair)
        return True


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
    masks: tuple[int, ...]
    """Per equation, the bit mask of its variables."""
    forms: dict[int, Form] = field(default_factory=dict)
    networks: dict[int, Any] = field(default_factory=dict)

    def form(self, free: int) -> Form:
        """The form when the variables of the bit mask `free` are free: made one variable at a time."""
        form = self.forms.get(free)
        if form is None:
            if len(self.forms) >= FORMS_KEPT:
                self.forms.clear()
                self.networks.clear()
            if free:
                highest = free.bit_length() - 1
                form = _freed(self, self.form(free ^ 1 << highest), highest)
            else:
                form = _whole(self)
            self.forms[free] = form
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
        n_variables,
        equations,
        tuple(group_of),
        tuple(place_of),
        tuple(tuple(of_group) for of_group in inner),
        tuple(sum(1 << variable for variable in {variable for variable, _ in equation}) for equation in equations),
    )


def _whole(structure: Structure) -> Form:
    rows: list[dict[int, int]] = []
    for equation in structure.equations:
        row: dict[int, int] = {}
        for variable, factor in equation:
            row[variable] = row.get(variable, 0) + factor
        rows.append({variable: factor for variable, factor in row.items() if factor})
    lines_of: list[list[tuple[int, int]]] = [[] for _ in range(structure.n_variables)]
    for number, row in enumerate(rows):
        for variable, factor in row.items():
            lines_of[variable].append((number, factor))
    return Form(
        tuple(_line(structure, row) for row in rows), (True,) * len(rows), tuple(map(tuple, lines_of)), (), (), ()
    )


def _freed(structure: Structure, form: Form, variable: int) -> Form:
    """The form with one more free variable."""
    stands = form.lines_of[variable]
    usable = [number for number, factor in stands if form.equality[number] and abs(factor) == 1]
    if not usable:
        return _with_play(structure, form, variable)
    pivot = min(usable, key=lambda number: (len(form.lines[number].cells), number))
    value = _row(form.lines[pivot])
    sign = -value.pop(variable)
    value = {cell: sign * factor for cell, factor in value.items()}
    changed = {pivot: value}
    for number, factor in stands:
        if number != pivot:
            changed[number] = _substituted(_row(form.lines[number]), variable, factor, value)
    loose = tuple(
        _substituted(dict(row), variable, row[variable], value) if variable in row else row for row in form.loose
    )
    lines, lines_of = _replaced(structure, form, changed)
    equality = (*form.equality[:pivot], False, *form.equality[pivot + 1 :])
    return Form(lines, equality, lines_of, (*form.determined, (variable, pivot)), loose, form.loose_variables)


def _with_play(structure: Structure, form: Form, variable: int) -> Form:
    """The form with a free variable that no equality determines: what it stands in becomes loose."""
    changed: dict[int, dict[int, int]] = {}
    loose = list(form.loose)
    determined = dict(form.determined)
    valued = {line: free for free, line in form.determined}
    freed: list[int] = [variable]
    for number, factor in form.lines_of[variable]:
        row = _row(form.lines[number])
        if form.equality[number]:
            loose.append(row)
            changed[number] = {}
            continue
        if number in valued:
            loose.append({valued[number]: -1, **row})
            freed.append(valued[number])
            del determined[valued[number]]
        # What only takes off can be left out: the cells alone must reach 0.
        changed[number] = {cell: f for cell, f in row.items() if cell != variable} if factor < 0 else {}
    lines, lines_of = _replaced(structure, form, changed)
    loose_variables = tuple(sorted((*form.loose_variables, *freed)))
    return Form(lines, form.equality, lines_of, tuple(determined.items()), tuple(loose), loose_variables)


def _row(line: Line) -> dict[int, int]:
    return dict(zip(line.cells, line.coefficients, strict=True))


def _substituted(row: dict[int, int], variable: int, factor: int, value: dict[int, int]) -> dict[int, int]:
    del row[variable]
    for cell, weight in value.items():
        total = row.get(cell, 0) + factor * weight
        if total:
            row[cell] = total
        else:
            row.pop(cell, None)
    return row


def _replaced(
    structure: Structure, form: Form, changed: dict[int, dict[int, int]]
) -> tuple[tuple[Line, ...], tuple[tuple[tuple[int, int], ...], ...]]:
    lines = list(form.lines)
    lines_of = list(form.lines_of)
    for number, row in changed.items():
        for cell in lines[number].cells:
            lines_of[cell] = tuple([stand for stand in lines_of[cell] if stand[0] != number])
        lines[number] = _line(structure, row)
        for cell, factor in row.items():
            lines_of[cell] = (*lines_of[cell], (number, factor))
    return tuple(lines), tuple(lines_of)


def _line(structure: Structure, row: dict[int, int]) -> Line:
    cells = tuple(sorted(row))
    size, group_of = structure.n_variables, structure.group_of
    raising = tuple([cell if row[cell] > 0 else cell + size for cell in cells])
    lowering = tuple([cell + size if row[cell] > 0 else cell for cell in cells])
    return Line(
        cells,
        tuple([row[cell] for cell in cells]),
        tuple(sorted({group_of[cell] for cell in cells})),
        raising,
        lowering,
        _pick(raising),
        _pick(lowering),
    )


def _pick(moves: tuple[int, ...]) -> Pick:
    # One index alone would give a bare entry, not a tuple.
    return itemgetter(*moves, moves[0]) if moves else tuple
