"""The question that the search answers: groups of cells with rival readings, held together by equalities.

All costs are whole numbers (thousandths of a nat), so that a tie is a tie. Values are non-negative
integers. The cost of a whole is the sum, over the groups, of the cost of the hypothesis chosen and
of what each of its cells costs at its value.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellCost:
    """What it costs a cell to hold a value."""

    choices: tuple[tuple[int, int], ...] = ()
    """Pairs (value, cost), values distinct, costs >= 0: the readings of the cell."""
    other: int | None = None
    """Cost of any value not among the choices; None where no other value is possible."""

    def of(self, value: int) -> int | None:
        """Cost of `value`, None where the cell cannot hold it."""
        for choice, cost in self.choices:
            if choice == value:
                return cost
        return self.other


FREE = CellCost((), 0)
"""An absent or unread cell: any value, at no cost."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to see a group of cells (a row of the form)."""

    cost: int
    cells: tuple[CellCost, ...]
    """One per variable of the group, in the order of `Group.variables`."""


@dataclass(frozen=True, slots=True)
class Group:
    variables: tuple[int, ...]
    hypotheses: tuple[Hypothesis, ...]
    """At least one."""


@dataclass(frozen=True, slots=True)
class Problem:
    n_variables: int
    groups: tuple[Group, ...]
    """Every variable belongs to exactly one group."""
    equations: tuple[tuple[tuple[int, int], ...], ...]
    """Each a tuple of (variable, coefficient), coefficients +1 or -1; the weighted sum must be 0."""


@dataclass(frozen=True, slots=True)
class Solution:
    cost: int
    hypotheses: tuple[int, ...]
    """Per group, the index of the hypothesis chosen."""
    values: tuple[int | None, ...]
    """Per variable; None where several values are possible at this cost with the same choices."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All wholes whose cost is at most the optimum plus the margin asked for."""

    solutions: tuple[Solution, ...]
    """Ordered by cost, then by hypotheses and values; empty where nothing was found."""
    complete: bool
    """False where the search met its limit: then `solutions` may lack some, and nothing is proved."""

    @property
    def cost(self) -> int | None:
        return self.solutions[0].cost if self.solutions else None
