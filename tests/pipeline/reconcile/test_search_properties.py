"""What holds for the search whatever the table."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reconcile.problem import CellCost, Group, Hypothesis, Problem
from pipeline.reconcile.search import solve
from training.tables import Costs, Table, consistent, damage, equations

SEEDS = st.integers(0, 2**32)


def uniform(rows: list[list[int]]) -> Problem:
    """Every cell a print that costs the same to overrule."""
    width = len(rows[0])
    groups = tuple(
        Group(
            tuple(range(number * width, (number + 1) * width)),
            (Hypothesis(0, tuple(CellCost(((value, 0),), 1000) for value in row)),),
        )
        for number, row in enumerate(rows)
    )
    return Problem(len(rows) * width, groups, equations(len(rows), width))


def flat(table: Table) -> tuple[int, ...]:
    return tuple(value for row in table for value in row)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_consistent_table_is_itself_at_no_cost(seed: int) -> None:
    table = consistent(Random(seed))
    answer = solve(uniform([list(row) for row in table]), margin=999)
    assert answer.complete
    assert [(solution.cost, solution.values) for solution in answer.solutions] == [(0, flat(table))]


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.integers(0, 24), st.integers(0, 6), st.integers(0, 10**6))
def test_one_wrong_number_is_always_repaired(seed: int, row: int, column: int, wrong: int) -> None:
    table = consistent(Random(seed))
    rows = [list(values) for values in table]
    rows[row][column] = wrong
    answer = solve(uniform(rows))
    assert answer.complete
    assert [solution.values for solution in answer.solutions] == [flat(table)]
    assert answer.cost == (0 if wrong == table[row][column] else 1000)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(0, 4))
def test_every_solution_satisfies_every_equation(seed: int, errors: int) -> None:
    random = Random(seed)
    problem = damage(random, consistent(random), errors, "mixed", Costs(blank=2500)).problem
    answer = solve(problem, margin=300, limit=50_000)
    assert answer.solutions
    for solution in answer.solutions:
        for equation in problem.equations:
            values = [solution.values[variable] for variable, _ in equation]
            known = [value for value in values if value is not None]
            assert min(known, default=0) >= 0
            if len(known) == len(values):
                assert sum(v * factor for v, (_, factor) in zip(known, equation, strict=True)) == 0


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(0, 3), st.randoms(use_true_random=False))
def test_the_order_of_the_groups_does_not_matter(seed: int, errors: int, shuffler: Random) -> None:
    random = Random(seed)
    problem = damage(random, consistent(random), errors, "mixed", Costs(blank=2500)).problem
    order = list(range(len(problem.groups)))
    shuffler.shuffle(order)
    shuffled = Problem(problem.n_variables, tuple(problem.groups[number] for number in order), problem.equations)
    straight, mixed = solve(problem, limit=50_000), solve(shuffled, limit=50_000)
    expected = {
        (solution.cost, tuple(solution.hypotheses[number] for number in order), solution.values)
        for solution in straight.solutions
    }
    found = {(solution.cost, solution.hypotheses, solution.values) for solution in mixed.solutions}
    assert straight.complete and mixed.complete
    assert found == expected
    assert len(found) == len(mixed.solutions)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(0, 4))
def test_the_same_problem_gives_the_same_answer(seed: int, errors: int) -> None:
    random = Random(seed)
    problem = damage(random, consistent(random), errors, "mixed").problem
    assert solve(problem, limit=300) == solve(problem, limit=300)
