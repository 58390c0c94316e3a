"""The search on small problems, where every whole can be listed by trying."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest

from pipeline.reconcile.problem import FREE, Answer, CellCost, Group, Hypothesis, Problem, Solution
from pipeline.reconcile.search import solve
from training.tables import equations


def printed(value: int, other: int = 1000) -> CellCost:
    return CellCost(((value, 0),), other)


def single(*cells: CellCost) -> Problem:
    """One row: all but the last cell sum to the last."""
    equation = tuple((i, 1 if i < len(cells) - 1 else -1) for i in range(len(cells)))
    return Problem(len(cells), (Group(tuple(range(len(cells))), (Hypothesis(0, cells),)),), (equation,))


def state(problem: Problem, hypotheses: tuple[int, ...], values: tuple[int, ...]) -> tuple[int, ...] | None:
    """Which of its readings each cell holds, -1 for another value; None where one cannot."""
    states = []
    for group, number in zip(problem.groups, hypotheses, strict=True):
        for variable, cell in zip(group.variables, group.hypotheses[number].cells, strict=True):
            if cell.of(values[variable]) is None:
                return None
            kept = [choice for choice, cost in cell.choices if cost != cell.other]
            states.append(kept.index(values[variable]) if values[variable] in kept else -1)
    return tuple(states)


def cost_of(problem: Problem, hypotheses: tuple[int, ...], values: tuple[int, ...]) -> int:
    total = 0
    for group, number in zip(problem.groups, hypotheses, strict=True):
        total += group.hypotheses[number].cost
        for variable, cell in zip(group.variables, group.hypotheses[number].cells, strict=True):
            total += cell.of(values[variable]) or 0
    return total


def by_trying(problem: Problem, points: list[tuple[int, ...]], margin: int) -> tuple[Solution, ...]:
    """What `solve` has to answer, from all value vectors that satisfy the equations."""
    wholes: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, list[tuple[int, ...]]]] = {}
    for hypotheses in product(*[range(len(group.hypotheses)) for group in problem.groups]):
        for values in points:
            states = state(problem, hypotheses, values)
            if states is not None:
                cost = cost_of(problem, hypotheses, values)
                wholes.setdefault((hypotheses, states), (cost, []))[1].append(values)
    if not wholes:
        return ()
    most = min(cost for cost, _ in wholes.values()) + margin
    found = []
    for (hypotheses, _), (cost, vectors) in wholes.items():
        if cost <= most:
            columns = [set(column) for column in zip(*vectors, strict=True)]
            found.append(Solution(cost, hypotheses, tuple(c.pop() if len(c) == 1 else None for c in columns)))
    return ordered(found)


def ordered(solutions: list[Solution]) -> tuple[Solution, ...]:
    return tuple(
        sorted(solutions, key=lambda s: (s.cost, s.hypotheses, tuple(-1 if v is None else v for v in s.values)))
    )


def square() -> tuple[tuple[tuple[int, int], ...], ...]:
    """Two by two cells with their sums: rows (0 1 2), (3 4 5), (6 7 8)."""
    rows = [((3 * r, 1), (3 * r + 1, 1), (3 * r + 2, -1)) for r in range(3)]
    columns = [((c, 1), (c + 3, 1), (c + 6, -1)) for c in range(3)]
    return (*rows, *columns)


HIGHEST = 9
SQUARE_POINTS: list[tuple[int, ...]] = [
    (a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d) for a, b, c, d in product(range(HIGHEST + 1), repeat=4)
]


def random_cell(random: Random, value: int) -> CellCost:
    kind = random.random()
    if kind < 0.12:
        return FREE
    if kind < 0.2:
        return CellCost((), random.choice((0, 300)))
    if kind < 0.26:
        return CellCost(((value, random.choice((200, 400))),), 0)
    if kind < 0.5:
        values = random.sample(range(5), random.choice((1, 2, 3)))
        costs = [random.choice((0, 200, 500, 1000)) for _ in values]
        return CellCost(tuple(zip(values, costs, strict=True)), random.choice((None, 300, 1000)))
    return CellCost(((value, 0),), random.choice((300, 1000, 1300)))


def random_square(random: Random) -> Problem:
    a, b, c, d = (random.randrange(3) for _ in range(4))
    values = [a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d]
    for _ in range(random.randrange(3)):
        values[random.randrange(9)] = random.randrange(5)
    groups = []
    for row in range(3):
        hypotheses = tuple(
            Hypothesis(
                random.choice((0, 0, 250, 500)), tuple(random_cell(random, v) for v in values[3 * row : 3 * row + 3])
            )
            for _ in range(random.choice((1, 1, 1, 2, 3)))
        )
        groups.append(Group((3 * row, 3 * row + 1, 3 * row + 2), hypotheses))
    return Problem(9, tuple(groups), square())


def test_a_consistent_row_stays_as_it_is() -> None:
    answer = solve(single(printed(2), printed(3), printed(5)))
    assert answer == Answer((Solution(0, (0,), (2, 3, 5)),), True)


def test_one_wrong_number_of_a_lone_row_ties_with_every_other() -> None:
    answer = solve(single(printed(2), printed(3), printed(6)))
    assert {solution.values for solution in answer.solutions} == {(3, 3, 6), (2, 4, 6), (2, 3, 5)}
    assert answer.complete


def test_a_number_cannot_fall_below_zero() -> None:
    answer = solve(single(printed(9), printed(1), printed(3)))
    assert {solution.values for solution in answer.solutions} == {(2, 1, 3), (9, 1, 10)}


def test_a_free_cell_follows_from_the_rest() -> None:
    assert solve(single(FREE, printed(1), printed(3))).solutions == (Solution(0, (0,), (2, 1, 3)),)


def test_a_free_cell_that_would_be_negative_makes_another_cell_change() -> None:
    answer = solve(single(FREE, printed(4), printed(3)))
    assert answer.solutions == (
        Solution(1000, (0,), (None, None, 3)),
        Solution(1000, (0,), (None, 4, None)),
    )


def test_two_free_cells_that_can_trade_have_no_value() -> None:
    assert solve(single(FREE, FREE, printed(3))).solutions == (Solution(0, (0,), (None, None, 3)),)


def test_two_free_cells_of_a_sum_of_zero_are_zero() -> None:
    assert solve(single(FREE, FREE, printed(0))).solutions == (Solution(0, (0,), (0, 0, 0)),)


def test_changed_cells_that_can_trade_are_reported_once() -> None:
    answer = solve(single(printed(2, 100), printed(3, 100), CellCost(((7, 0),), None)), margin=100)
    assert answer.solutions == (
        Solution(100, (0,), (2, 5, 7)),
        Solution(100, (0,), (4, 3, 7)),
        Solution(200, (0,), (None, None, 7)),
    )


def test_impossible_is_proved() -> None:
    fixed = CellCost(((1, 0),), None)
    assert solve(single(fixed, fixed, fixed)) == Answer((), True)


def test_a_hypothesis_without_any_value_is_never_taken() -> None:
    row = single(printed(2), printed(3), printed(5))
    bad = Hypothesis(0, (CellCost((), None), printed(3), printed(5)))
    problem = Problem(3, (Group((0, 1, 2), (bad, Hypothesis(700, row.groups[0].hypotheses[0].cells))),), row.equations)
    assert solve(problem).solutions == (Solution(700, (1,), (2, 3, 5)),)


def test_same_values_under_two_hypotheses_are_both_listed() -> None:
    cells = (printed(2), printed(3), printed(5))
    row = single(*cells)
    problem = Problem(3, (Group((0, 1, 2), (Hypothesis(10, cells), Hypothesis(5, cells))),), row.equations)
    assert solve(problem, margin=5).solutions == (Solution(5, (1,), (2, 3, 5)), Solution(10, (0,), (2, 3, 5)))


def test_a_dear_hypothesis_beats_a_cheap_one_that_does_not_add_up() -> None:
    row = single(printed(2), printed(3), printed(5))
    hypotheses = (
        Hypothesis(0, (printed(2), printed(3), printed(9))),
        Hypothesis(900, (printed(2), printed(7), printed(9))),
    )
    problem = Problem(3, (Group((0, 1, 2), hypotheses),), row.equations)
    assert solve(problem).solutions == (Solution(900, (1,), (2, 7, 9)),)


def test_the_limit_is_told() -> None:
    answer = solve(single(printed(2), printed(3), printed(6)), limit=1)
    assert not answer.complete


def test_variables_without_equation() -> None:
    problem = Problem(2, (Group((0, 1), (Hypothesis(0, (FREE, printed(4, 50))),)),), ())
    assert solve(problem, margin=50).solutions == (Solution(0, (0,), (None, 4)), Solution(50, (0,), (None, None)))


@pytest.mark.parametrize("seed", range(60))
def test_all_wholes_of_a_small_square(seed: int) -> None:
    random = Random(seed)
    problem = random_square(random)
    margin = random.choice((0, 200, 700))
    answer = solve(problem, margin, limit=1_000_000)
    assert answer.complete
    assert answer.solutions == by_trying(problem, SQUARE_POINTS, margin)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 400))
def test_all_wholes_of_many_small_squares(seed: int) -> None:
    random = Random(seed)
    problem = random_square(random)
    margin = random.choice((0, 200, 700, 1500))
    answer = solve(problem, margin, limit=1_000_000)
    assert answer.complete
    assert answer.solutions == by_trying(problem, SQUARE_POINTS, margin)


def test_the_form_of_2021_has_39_equations() -> None:
    made = equations(25)
    assert len(made) == 39
    uses = [sum(variable == used for equation in made for used, _ in equation) for variable in range(175)]
    assert [uses[row * 7] for row in range(25)] == [2] * 23 + [3, 2]
