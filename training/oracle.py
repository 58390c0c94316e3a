"""The same question put to a general solver (OR-tools CP-SAT): what `pipeline.reconcile.search` is checked against."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from pipeline.reconcile.problem import CellCost, Problem, Solution

HIGHEST = 10**7
"""Values are looked for in 0 .. HIGHEST."""


@dataclass(slots=True)
class _Model:
    model: Any
    values: list[Any]
    states: list[Any] = field(default_factory=list)
    """Literals that together tell one whole from another."""
    hypotheses: list[list[Any]] = field(default_factory=list)
    costs: list[tuple[int, Any]] = field(default_factory=list)

    @property
    def cost(self) -> Any:
        return sum(cost * literal for cost, literal in self.costs)


def optimal_cost(problem: Problem, seconds: float = 60.0) -> int | None:
    """The least cost, None where there is no solution; raises TimeoutError where CP-SAT could not tell."""
    built = _build(problem, HIGHEST, exact=False)
    built.model.minimize(built.cost)
    solver = _solver(seconds)
    status = solver.solve(built.model)
    if status == cp_model.INFEASIBLE:
        return None
    if status != cp_model.OPTIMAL:
        raise TimeoutError(f"CP-SAT ended with {solver.status_name(status)}")
    least: int = round(solver.objective_value)
    return least


def all_solutions(problem: Problem, margin: int = 0, highest: int = 1000) -> list[Solution]:
    """Every whole that costs at most the least plus `margin`, in the order of `Answer.solutions`.

    For small problems: each whole, and each of its values, is a call to CP-SAT. Values are looked for
    in 0 .. highest.
    """
    built = _build(problem, highest, exact=True)
    solver = _solver(60.0)
    built.model.minimize(built.cost)
    if solver.solve(built.model) == cp_model.INFEASIBLE:
        return []
    least = round(solver.objective_value)
    built.model.clear_objective()
    built.model.add(built.cost <= least + margin)
    found: list[Solution] = []
    while True:
        status = solver.solve(built.model)
        if status == cp_model.INFEASIBLE:
            break
        assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        chosen = [solver.boolean_value(literal) for literal in built.states]
        cost = sum(cost for cost, literal in built.costs if solver.boolean_value(literal))
        hypotheses = tuple(
            next(number for number, literal in enumerate(of_group) if solver.boolean_value(literal))
            for of_group in built.hypotheses
        )
        values = [solver.value(value) for value in built.values]
        found.append(Solution(cost, hypotheses, _unique(problem, highest, chosen, values)))
        built.model.add_bool_or(
            [literal.negated() if true else literal for literal, true in zip(built.states, chosen, strict=True)]
        )
    found.sort(key=lambda s: (s.cost, s.hypotheses, tuple(-1 if v is None else v for v in s.values)))
    return found


def _unique(problem: Problem, highest: int, chosen: list[bool], values: list[int]) -> tuple[int | None, ...]:
    """The values, None where the same choices allow another."""
    result: list[int | None] = list(values)
    for variable, value in enumerate(values):
        if result[variable] is None:
            continue
        built = _build(problem, highest, exact=True)
        for literal, true in zip(built.states, chosen, strict=True):
            built.model.add(literal == int(true))
        built.model.add(built.values[variable] != value)
        solver = _solver(60.0)
        if solver.solve(built.model) != cp_model.INFEASIBLE:
            for other, target in enumerate(built.values):
                if solver.value(target) != values[other]:
                    result[other] = None
    return tuple(result)


def _solver(seconds: float) -> Any:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = 1
    return solver


def _build(problem: Problem, highest: int, exact: bool) -> _Model:
    """With `exact`, the states of a cell exclude one another; otherwise only the least cost is right."""
    model: Any = cp_model.CpModel()
    built = _Model(model, [model.new_int_var(0, highest, f"x{v}") for v in range(problem.n_variables)])
    for group in problem.groups:
        literals = [model.new_bool_var("h") for _ in group.hypotheses]
        model.add_exactly_one(literals)
        built.hypotheses.append(literals)
        built.states.extend(literals)
        for literal, hypothesis in zip(literals, group.hypotheses, strict=True):
            built.costs.append((hypothesis.cost, literal))
            for variable, cell in zip(group.variables, hypothesis.cells, strict=True):
                _cell(built, literal, built.values[variable], cell, highest, exact)
    for equation in problem.equations:
        model.add(sum(factor * built.values[variable] for variable, factor in equation) == 0)
    return built


def _cell(built: _Model, hypothesis: Any, value: Any, cell: CellCost, highest: int, exact: bool) -> None:
    model = built.model
    states = []
    kept = [(choice, cost) for choice, cost in cell.choices if cost != cell.other]
    for choice, cost in kept:
        state = model.new_bool_var("choice")
        model.add(value == choice).only_enforce_if(state)
        states.append(state)
        built.costs.append((cost, state))
    if cell.other is not None:
        state = model.new_bool_var("other")
        states.append(state)
        built.costs.append((cell.other, state))
        if kept and (exact or any(cost > cell.other for _, cost in kept)):
            edges = [-1, *sorted(choice for choice, _ in kept), highest + 1]
            gaps = [[low + 1, high - 1] for low, high in pairwise(edges) if low + 1 <= high - 1]
            domain = cp_model.Domain.from_intervals(gaps)
            model.add_linear_expression_in_domain(value, domain).only_enforce_if(state)
    built.states.extend(states)
    # Exactly one state where the hypothesis is chosen, none where it is not.
    model.add(sum(states) == 1).only_enforce_if(hypothesis)
    model.add(sum(states) == 0).only_enforce_if(hypothesis.negated())
