from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from sklearn.isotonic import IsotonicRegression

from pipeline.confidence import POOLED, Confidence, Group
from pipeline.record import Status, Support
from tests.training.evaluation.made import field, report
from training.evaluation.calibration import (
    LEAST_CELLS,
    as_yaml,
    cross_fitted,
    describe,
    fit,
    knots,
    main,
)
from training.evaluation.results import ReportResult

READER: tuple[Support, ...] = ("reader",)
BOTH: tuple[Support, ...] = ("reader", "arithmetic")


def cells(raw: float, right: int, of: int) -> tuple[list[float], list[float]]:
    return [raw] * of, [1.0] * right + [0.0] * (of - right)


def knots_of(*groups: tuple[list[float], list[float]]) -> tuple[tuple[float, float], ...]:
    raw = np.array([one for group, _ in groups for one in group])
    return knots(raw, np.array([one for _, group in groups for one in group]))


def result(
    raw: float, right: int, of: int, agency: str = "甲", support: tuple[Support, ...] = BOTH, status: Status = "read"
) -> ReportResult:
    fields = (
        field(3, id=f"t3.a.{at}", value=3 if at < right else 4, status=status, confidence=raw, support=support)
        for at in range(of)
    )
    return report(*fields, name=f"{agency} {raw}", agency=agency)


def test_a_confidence_becomes_the_share_that_is_right() -> None:
    assert knots_of(cells(0.5, 100, 200), cells(0.9, 390, 400)) == ((0.5, 0.5), (0.9, 0.975))


def test_confidences_that_rank_the_wrong_way_are_worth_the_same() -> None:
    assert knots_of(cells(0.8, 190, 200), cells(0.9, 180, 200)) == ((0.8, 0.925), (0.9, 0.925))


@pytest.mark.parametrize(("n", "most"), [(300, 0.99), (1000, 0.997), (3000, 0.999), (10_000, 0.9997)])
def test_without_an_error_no_more_is_claimed_than_the_rule_of_three_allows(n: int, most: float) -> None:
    ((_, claimed),) = knots_of(cells(0.9, n, n))

    assert claimed == pytest.approx(1 - 3 / n, abs=1.5e-4)
    assert claimed == pytest.approx(most, abs=1.5e-4)
    assert (claimed - 1e-9) ** n <= 0.05 + 1e-9


def test_certainty_is_never_claimed() -> None:
    assert knots_of(cells(0.9, 200_000, 200_000)) == ((0.9, 0.9999),)


def test_a_few_cells_at_the_top_keep_what_many_below_prove() -> None:
    assert knots_of(cells(0.9, 4990, 5000), cells(0.95, 10, 10)) == ((0.9, 0.998), (0.95, 0.998))


def test_a_few_doubtful_cells_are_not_covered_up_by_many() -> None:
    assert knots_of(cells(0.5, 20, 50), cells(0.9, 9990, 10_000)) == ((0.5, 0.4), (0.9, 0.999))


def test_neighbours_that_chance_may_have_made_are_put_together() -> None:
    """8 of 20 and 15 of 30 lose .24 nats as 23 of 50; with the 45 of 50 beside them they would lose ten."""
    found = knots_of(cells(0.5, 8, 20), cells(0.6, 15, 30), cells(0.7, 45, 50), cells(0.9, 990, 1000))

    assert found == ((0.5, 0.46), (0.6, 0.46), (0.7, 0.9), (0.9, 0.99))


@pytest.mark.parametrize("seed", range(5))
def test_knots_are_a_valid_line_near_the_isotonic_one(seed: int) -> None:
    generator = np.random.default_rng(seed)
    raw = generator.uniform(0.3, 1.0, 4000).round(3)
    right = (generator.uniform(size=4000) < raw**2).astype(float)
    isotonic = IsotonicRegression(out_of_bounds="clip").fit(raw, right).predict(raw)

    group = Group(knots=knots(raw, right))
    found = np.array([group.at(float(one)) for one in raw])

    assert np.abs(found - isotonic).mean() < 0.02
    assert found.mean() == pytest.approx(right.mean(), abs=0.002)
    assert len(group.knots) <= 30


def test_kinds_of_evidence_are_fitted_apart_and_few_cells_by_all() -> None:
    table = fit(
        [
            result(0.99, 990, 1000, "甲"),
            result(0.99, 180, LEAST_CELLS, "乙", READER),
            result(0.97, 100, LEAST_CELLS - 1, "丙", ("arithmetic",), "repaired"),
        ]
    )

    assert sorted(table.groups) == [POOLED, "read with arithmetic", "read without arithmetic"]
    assert table.calibrated(0.99, "read", BOTH) == 0.99
    assert table.calibrated(0.99, "read", READER) == 0.6
    assert table.calibrated(0.97, "repaired", ("arithmetic",)) == pytest.approx(100 / (LEAST_CELLS - 1), abs=1e-4)
    assert (table.cells, table.reports, table.agencies) == (1000 + 2 * LEAST_CELLS - 1, 3, 3)


def test_only_cells_with_a_value_and_known_gold_are_fitted_on() -> None:
    fields = (
        field(3, confidence=0.9),
        field(3, value=None, status="ambiguous"),
        field(None, known=False, confidence=0.9),
    )

    assert fit([report(*fields)]) == Confidence(
        command=fit([]).command, cells=1, reports=1, agencies=1, groups={}
    )


def test_an_agency_is_judged_by_fits_on_others_alone() -> None:
    """One agency is always right and one always wrong: each gets what the other is worth."""
    found = cross_fitted([result(0.9, 400, 400, "甲"), result(0.9, 0, 400, "乙")])

    assert {(agency, after) for _, agency, after in found} == {("甲", 0.0), ("乙", 0.9925)}
    assert len(found) == 800


def test_a_single_agency_cannot_be_judged() -> None:
    assert cross_fitted([result(0.9, 400, 400)]) == []
    assert "fewer than two agencies" in describe([result(0.9, 400, 400)])


def test_before_and_after_by_hand() -> None:
    """Four agencies of 400 cells, claimed .9, right .75: off by .15 before, by nothing after."""
    lines = describe([result(0.9, 300, 400, agency) for agency in "甲乙丙丁"]).splitlines()

    pooled = next(line for line in lines if line.startswith(POOLED)).split()
    assert pooled[1:3] == ["1600", "400"]
    assert "0.15000" in pooled
    brier_before, brier_after = 0.75 * 0.01 + 0.25 * 0.81, 0.75 * 0.25**2 + 0.25 * 0.75**2
    assert f"{brier_before:.5f}" in pooled and f"{brier_after:.5f}" in pooled


def test_what_is_written_reads_back_and_is_the_same_again() -> None:
    results = [result(0.99, 990, 1000, "甲"), result(0.9, 200, 300, "乙", READER)]
    table = fit(results)

    text = as_yaml(table, results)

    assert Confidence.model_validate(yaml.safe_load(text)) == table
    assert text == as_yaml(fit(list(reversed(results))), list(reversed(results)))
    assert "1300 cells of 0 real and 2 synthetic reports, 2 agencies, years 2021 to 2021" in text
    assert max(len(line) for line in text.splitlines()) <= 120


def test_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for one in (result(0.9, 300, 400, "甲"), result(0.9, 300, 400, "乙")):
        for arm in ("both", "rules"):
            path = tmp_path / "results" / arm / f"{one.agency}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(one.model_copy(update={"arm": arm}).model_dump_json(), encoding="utf-8")
    target = tmp_path / "confidence.yaml"
    monkeypatch.setattr(sys, "argv", ["calibration", "--results", str(tmp_path), "--write", str(target)])

    main()

    assert "ECE" in capsys.readouterr().out
    text = target.read_text(encoding="utf-8")
    assert Confidence.model_validate(yaml.safe_load(text)).calibrated(0.9, "read", BOTH) == 0.75
    assert "cells: 800" in text
    assert str(tmp_path) not in text
