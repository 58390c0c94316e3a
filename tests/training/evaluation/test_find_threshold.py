from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.stats import binom

from pipeline.errors import GoujiError
from tests.training.evaluation.made import field, report
from training.evaluation.find_threshold import (
    GRID,
    Step,
    cells_needed,
    command,
    describe,
    find_threshold,
    steps,
    steps_tested,
    why_none,
)
from training.evaluation.intervals import upper_bound
from training.evaluation.results import ReportResult

RUNS = 200


def steps_of(levels: Mapping[float, tuple[int, int]]) -> tuple[Step, ...]:
    """Steps of one agency's cells, given as confidence -> (wrong, cells)."""
    found = []
    for threshold in GRID:
        above = [counts for level, counts in levels.items() if level >= threshold]
        wrong, cells = sum(one for one, _ in above), sum(of for _, of in above)
        found.append(Step(threshold, upper_bound({"甲": (wrong, cells)})))
    return tuple(found)


def result(levels: Mapping[float, tuple[int, int]], agency: str = "甲") -> ReportResult:
    fields = [
        field(3, id=f"t3.a.{level}.{at}", value=4 if at < wrong else 3, status="read", confidence=level)
        for level, (wrong, cells) in levels.items()
        for at in range(cells)
    ]
    return report(*fields, name=agency, agency=agency)


def written(folder: Path, *results: ReportResult) -> Path:
    for one in results:
        path = folder / "results" / one.arm / f"{one.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.model_dump_json(), encoding="utf-8")
    return folder


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command(parser.add_subparsers())
    given = parser.parse_args(["find-threshold", *words])
    code: int = given.run(given)
    return code


def test_how_many_cells_it_takes() -> None:
    """Without an error n cells prove a risk of 1 - .05^(1/n): 59 for 5 %, 2995 for a thousandth."""
    assert cells_needed(0, 0.05) == 59
    assert cells_needed(0, 0.001) == 2995


@pytest.mark.parametrize("wrong", [0, 1, 3, 17])
def test_so_many_cells_are_enough_and_one_fewer_is_not(wrong: int) -> None:
    """The bound is at most the risk where so few errors have at most 5 % chance at that risk."""
    needed = cells_needed(wrong, 0.02)

    assert binom.cdf(wrong, needed, 0.02) <= 0.05 < binom.cdf(wrong, needed - 1, 0.02)


def test_the_lowest_threshold_that_passes() -> None:
    found = steps_of({0.99: (0, 100), 0.95: (0, 100), 0.9: (50, 100)})

    chosen = find_threshold(found, 0.05)

    assert chosen is not None
    assert (chosen.threshold, chosen.cells) == (0.95, 200)


def test_behind_the_first_failure_nothing_is_looked_at() -> None:
    """From 0.9 on 6 of 20100 cells are wrong, which would do; from 0.99 on 6 of 100, which does not."""
    found = steps_of({0.99: (6, 100), 0.9: (0, 20000)})

    assert find_threshold(found, 0.05) is None
    assert [step.threshold for step in steps_tested(found, 0.05)] == [0.99]
    line = why_none(found, 0.05)
    assert "100 格中错 6 格" in line and f"{cells_needed(6, 0.05)} 格" in line and "\n" not in line


def test_thresholds_with_too_few_cells_to_pass_are_passed_over() -> None:
    found = steps_of({0.999: (1, 58), 0.99: (0, 100)})

    assert steps_tested(found, 0.05)[0].threshold == 0.99
    chosen = find_threshold(found, 0.05)
    assert chosen is not None and chosen.wrong.events == 1


def test_too_few_cells_in_all_is_said_in_one_line() -> None:
    found = steps_of({0.99: (0, 58)})

    assert find_threshold(found, 0.05) is None
    assert "只有 58 格，即使一格不错也要 59 格" in why_none(found, 0.05)


def test_a_risk_above_the_one_asked_for_is_rarely_let_pass() -> None:
    """Where every threshold has a true risk above 1 %, naming one is an error, allowed in 5 % of runs."""
    generator = np.random.default_rng(0)
    cells = {0.9999: 700, 0.999: 700, 0.99: 2000, 0.9: 3000}
    passed = 0
    for _ in range(RUNS):
        levels = {level: (int(generator.binomial(n, 0.0101)), n) for level, n in cells.items()}
        passed += find_threshold(steps_of(levels), 0.01) is not None

    assert 0 < passed / RUNS <= 0.05 + 2 * (0.05 * 0.95 / RUNS) ** 0.5


def test_only_accepted_cells_with_known_gold_count() -> None:
    fields = (
        field(3, confidence=0.95),
        field(3, value=4, status="read", confidence=0.95),
        field(3, value=3, status="inconsistent", confidence=0.95),
        field(None, known=False, confidence=0.95),
        field(3, confidence=0.94),
    )
    by_threshold = {step.threshold: step for step in steps([report(*fields)])}

    assert (by_threshold[0.95].wrong.events, by_threshold[0.95].cells) == (1, 2)
    assert by_threshold[0.97].cells == 0
    assert by_threshold[0.97].bound == 1.0
    assert by_threshold[0.0].cells == 3


def test_agencies_with_wrong_cells_are_named() -> None:
    found = steps([result({0.99: (1, 300)}, "甲"), result({0.99: (0, 300)}, "乙")])
    chosen = find_threshold(found, 0.05)

    assert chosen is not None
    assert "600 格中错 1 格" in describe(chosen, 0.05)
    assert "2 个机关中 1 个有错格" in describe(chosen, 0.05)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = result({0.99: (50, 100)}, "丙").model_copy(update={"arm": "rules"})
    folder = written(tmp_path, result({0.99: (0, 100)}), other)
    target = tmp_path / "acceptance.yaml"

    assert run("--risk", "0.05", "--results", str(folder), "--write", str(target)) == 0
    assert "把握 ≥ 0" in capsys.readouterr().out
    raw = yaml.safe_load(target.read_text(encoding="utf-8"))
    assert raw["threshold"] == 0.0
    assert (raw["cells"], raw["wrong"], raw["risk"]) == (100, 0, 0.05)
    assert raw["bound"] == pytest.approx(1 - 0.05**0.01, abs=1e-6)
    assert raw["command"] == "gouji find-threshold --risk 0.05"
    assert str(tmp_path) not in target.read_text(encoding="utf-8")


def test_the_command_where_nothing_can_be_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path, result({0.99: (0, 100)}))
    target = tmp_path / "acceptance.yaml"

    assert run("--risk", "0.001", "--results", str(folder), "--write", str(target)) == 1
    assert capsys.readouterr().out.count("\n") == 1
    assert not target.exists()


def test_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(GoujiError, match="E101"):
        run("--risk", "0.01", "--results", str(tmp_path))
    for risk in ("0", "1", "nan", "viel"):
        with pytest.raises(SystemExit):
            run("--risk", risk)
