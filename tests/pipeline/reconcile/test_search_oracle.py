"""The search against a general solver."""

from __future__ import annotations

from random import Random
from typing import get_args

import pytest

from pipeline.reconcile.problem import Problem
from pipeline.reconcile.search import solve
from tests.pipeline.reconcile.test_search import cost_of, random_square
from training.oracle import all_solutions, optimal_cost
from training.tables import Costs, Fault, consistent, damage


def case(seed: int) -> Problem:
    random = Random(seed)
    fault = get_args(Fault)[seed % 4]
    errors = 1 + seed // 4 % (3 if fault == "shift" else 5)
    # Up to three faults in tables with blanks that give way easily; more of them where they do not.
    costs = Costs(blank=700 if errors <= 2 else 3000, jitter=random.choice((0, 300)))
    return damage(random, consistent(random), errors, fault, costs).problem


def check(seed: int) -> None:
    problem = case(seed)
    answer = solve(problem, limit=100_000)
    assert answer.complete
    assert answer.cost == optimal_cost(problem)
    for solution in answer.solutions:
        if None in solution.values:
            continue
        values = tuple(value for value in solution.values if value is not None)
        assert cost_of(problem, solution.hypotheses, values) == solution.cost
        for equation in problem.equations:
            assert sum(factor * values[variable] for variable, factor in equation) == 0


@pytest.mark.parametrize(
    "start", [pytest.param(start, marks=pytest.mark.slow) if start >= 30 else start for start in range(0, 60, 10)]
)
def test_the_least_cost_of_whole_tables(start: int) -> None:
    for seed in range(start, start + 10):
        check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(1000, 1400, 25))
def test_the_least_cost_of_many_whole_tables(start: int) -> None:
    for seed in range(start, start + 25):
        check(seed)


@pytest.mark.parametrize("seed", range(12))
def test_all_wholes_of_small_forms(seed: int) -> None:
    """Six rows by three columns, with cells in three equations, faults of every kind."""
    random = Random(seed)
    table = consistent(random, n_rows=6, n_columns=3, largest=20)
    costs = Costs(number=2000, blank=900, shift=700)
    problem = damage(random, table, random.choice((1, 2, 3)), "mixed", costs).problem
    margin = random.choice((0, 500, 1000))
    answer = solve(problem, margin, limit=1_000_000)
    assert answer.complete
    assert list(answer.solutions) == all_solutions(problem, margin, highest=400)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 160))
def test_all_wholes_of_many_small_forms(seed: int) -> None:
    random = Random(seed)
    table = consistent(random, n_rows=6, n_columns=3, largest=20)
    costs = Costs(number=2000, blank=900, shift=700)
    problem = damage(random, table, random.choice((1, 2, 3, 4)), "mixed", costs).problem
    margin = random.choice((0, 500, 1000, 2500))
    answer = solve(problem, margin, limit=1_000_000)
    assert answer.complete
    assert list(answer.solutions) == all_solutions(problem, margin, highest=400)


@pytest.mark.parametrize("seed", range(4))
def test_all_wholes_of_a_square(seed: int) -> None:
    problem = random_square(Random(seed))
    assert list(solve(problem, 300).solutions) == all_solutions(problem, 300, highest=100)
