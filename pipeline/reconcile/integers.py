"""Which values a few unknown non-negative integers can have under linear equalities, exactly.

Simplex over rational numbers with branching; used where a search ends with unknowns that its
equations do not settle one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

Row = tuple[Mapping[int, int], int]
"""Coefficients by variable, and what the weighted sum must be."""
Rational = int | Fraction


class OutOfWork(Exception):
    """The work allowed was used up."""


class Work:
    """Counts steps down; raises OutOfWork below zero."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise OutOfWork


def settle(
    n_variables: int, rows: Sequence[Row], holes: Mapping[int, frozenset[int]], work: Work
) -> list[int | None] | None:
    """Per variable its value, None where it has several; None altogether where there is no solution.

    Args:
        n_variables: variables are 0 .. n_variables - 1, each a non-negative integer.
        rows: the equalities.
        holes: values that a variable must not have.
        work: one step is spent for every pivot.

    Raises:
        OutOfWork: before the answer was known.
    """
    first = _optimum(n_variables, rows, holes, {}, {}, None, work)
    if first is None:
        return None
    tableau = _Tableau(n_variables, rows, work)
    seen: list[int] = [int(value) for value in first]
    several = [False] * n_variables
    for variable in range(n_variables):
        for sign in (1, -1):
            if several[variable]:
                break
            bounded = tableau.minimise({variable: sign})
            if not bounded:
                several[variable] = True
                break
            point = tableau.point()
            if point[variable] == seen[variable]:
                continue
            if not _allowed(point, holes):
                found = _optimum(n_variables, rows, holes, {}, {}, (variable, sign), work)
                # Bounded above, or minimise() would have said so; so there is an optimum.
                assert found is not None
                point = found
            for other, value in enumerate(point):
                several[other] = several[other] or value != seen[other]
    return [None if several[variable] else seen[variable] for variable in range(n_variables)]


def _allowed(point: Sequence[Rational], holes: Mapping[int, frozenset[int]]) -> bool:
    return all(value.denominator == 1 for value in point) and not any(
        point[variable] in values for variable, values in holes.items()
    )


def _optimum(
    n_variables: int,
    rows: Sequence[Row],
    holes: Mapping[int, frozenset[int]],
    lower: dict[int, int],
    upper: dict[int, int],
    goal: tuple[int, int] | None,
    work: Work,
) -> list[Rational] | None:
    """A solution, the least by `goal` (variable, sign) where one is given; branches where it must."""
    best: list[Rational] | None = None
    stack = [(lower, upper)]
    while stack:
        low, high = stack.pop()
        if any(low.get(variable, 0) > bound for variable, bound in high.items()):
            continue
        # Bounds become rows with a slack each: x = slack + low, x + slack = high.
        extended: list[Row] = list(rows)
        width = n_variables
        for variable, bound in low.items():
            extended.append(({variable: 1, width: -1}, bound))
            width += 1
        for variable, bound in high.items():
            extended.append(({variable: 1, width: 1}, bound))
            width += 1
        tableau = _Tableau(width, extended, work)
        if not tableau.feasible:
            continue
        if goal is not None:
            tableau.minimise({goal[0]: goal[1]})
        point = tableau.point()[:n_variables]
        if best is not None and goal is not None and goal[1] * point[goal[0]] >= goal[1] * best[goal[0]]:
            continue
        split = _split(point, holes)
        if split is None:
            best = point
            if goal is None:
                return best
            continue
        variable, below, above = split
        stack.append((low | {variable: above}, high))
        if below >= 0:
            stack.append((low, high | {variable: below}))
    return best


def _split(point: Sequence[Rational], holes: Mapping[int, frozenset[int]]) -> tuple[int, int, int] | None:
    """(variable, highest value below, lowest value above) to branch on, None where the point will do."""
    for variable, value in enumerate(point):
        if value.denominator != 1:
            floor = value.numerator // value.denominator
            return variable, floor, floor + 1
        if value in holes.get(variable, ()):
            return variable, int(value) - 1, int(value) + 1
    return None


class _Tableau:
    """Equalities over non-negative variables, kept solved for a basis. Bland's rule: it never cycles."""

    def __init__(self, n_variables: int, rows: Sequence[Row], work: Work) -> None:
        self.n_variables = n_variables
        self.work = work
        self.rows: list[dict[int, Rational]] = []
        self.right: list[Rational] = []
        self.basis: list[int] = []
        for coefficients, right in rows:
            sign = -1 if right < 0 else 1
            row: dict[int, Rational] = {v: sign * factor for v, factor in coefficients.items() if factor}
            if not row and not right:
                continue
            # An artificial variable for every row, driven to zero first.
            artificial = n_variables + len(self.rows)
            row[artificial] = 1
            self.rows.append(row)
            self.right.append(sign * right)
            self.basis.append(artificial)
        last = n_variables + len(self.rows)
        self.minimise(dict.fromkeys(range(n_variables, last), 1))
        self.feasible = all(
            value == 0 for value, variable in zip(self.right, self.basis, strict=True) if variable >= n_variables
        )
        if self.feasible:
            self._drop_artificial()

    def _drop_artificial(self) -> None:
        for number in range(len(self.rows) - 1, -1, -1):
            if self.basis[number] < self.n_variables:
                continue
            entering = min((v for v in self.rows[number] if v < self.n_variables), default=None)
            if entering is None:
                del self.rows[number], self.right[number], self.basis[number]
            else:
                self._pivot(number, entering)
        for row in self.rows:
            for variable in [v for v in row if v >= self.n_variables]:
                del row[variable]

    def minimise(self, goal: Mapping[int, int]) -> bool:
        """Moves to a basis where the weighted sum `goal` is least; False where it has no least value."""
        while True:
            reduced: dict[int, Rational] = dict(goal)
            for row, variable in zip(self.rows, self.basis, strict=True):
                weight = goal.get(variable, 0)
                if weight:
                    for cell, factor in row.items():
                        reduced[cell] = reduced.get(cell, 0) - weight * factor
            entering = min((v for v, weight in reduced.items() if weight < 0), default=None)
            if entering is None:
                return True
            leaving: int | None = None
            least: Rational = 0
            for number, row in enumerate(self.rows):
                factor = row.get(entering, 0)
                if factor > 0:
                    ratio = _divide(self.right[number], factor)
                    if leaving is None or (ratio, self.basis[number]) < (least, self.basis[leaving]):
                        leaving, least = number, ratio
            if leaving is None:
                return False
            self._pivot(leaving, entering)

    def _pivot(self, number: int, entering: int) -> None:
        self.work.spend()
        row = self.rows[number]
        pivot = row[entering]
        if pivot != 1:
            row = self.rows[number] = {cell: _divide(factor, pivot) for cell, factor in row.items()}
            self.right[number] = _divide(self.right[number], pivot)
        right = self.right[number]
        for other, target in enumerate(self.rows):
            factor = target.get(entering, 0)
            if other == number or not factor:
                continue
            for cell, weight in row.items():
                total = target.get(cell, 0) - factor * weight
                if total:
                    target[cell] = total
                else:
                    target.pop(cell, None)
            self.right[other] -= factor * right
        self.basis[number] = entering

    def point(self) -> list[Rational]:
        values: list[Rational] = [0] * self.n_variables
        for variable, right in zip(self.basis, self.right, strict=True):
            values[variable] = right
        return values


def _divide(numerator: Rational, denominator: Rational) -> Rational:
    quotient = Fraction(numerator) / denominator
    return quotient.numerator if quotient.denominator == 1 else quotient
