from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.confidence import POOLED, Confidence, Group, calibrated, group_of, load_confidence
from pipeline.errors import GoujiError

TABLE = Confidence(
    groups={
        "read with arithmetic": Group(knots=((0.5, 0.2), (0.9, 0.8))),
        POOLED: Group(knots=((0.0, 0.1), (1.0, 0.6))),
    }
)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    load_confidence.cache_clear()
    yield
    load_confidence.cache_clear()


@pytest.mark.parametrize(
    ("raw", "expected"), [(0.0, 0.2), (0.5, 0.2), (0.6, 0.35), (0.7, 0.5), (0.9, 0.8), (0.99, 0.8)]
)
def test_straight_between_knots_and_level_outside(raw: float, expected: float) -> None:
    assert TABLE.calibrated(raw, "read", ("reader", "arithmetic")) == expected


def test_kinds_of_evidence_have_their_own_line_or_that_of_all() -> None:
    assert group_of("read", ("reader", "arithmetic", "prose")) == "read with arithmetic"
    assert group_of("inferred", ("prose",)) == "inferred without arithmetic"
    assert TABLE.calibrated(0.5, "read", ("reader",)) == 0.35
    assert TABLE.calibrated(0.5, "repaired", ("arithmetic",)) == 0.35


def test_where_there_is_no_value_nothing_is_claimed() -> None:
    assert TABLE.calibrated(0.0, "ambiguous", ()) == 0.0
    assert TABLE.calibrated(0.0, "missing", ()) == 0.0


def test_without_knots_nothing_changes_but_digits() -> None:
    assert Confidence().calibrated(0.123456, "read", ("reader",)) == 0.1235
    only = Confidence(groups={"repaired with arithmetic": Group(knots=((0.97, 0.9),))})
    assert only.calibrated(0.97, "read", ("reader",)) == 0.97
    assert only.calibrated(0.5, "repaired", ("arithmetic",)) == 0.9


def test_the_line_is_that_of_numpy_and_never_descends() -> None:
    generator = np.random.default_rng(0)
    xs, ys = np.sort(generator.uniform(size=9)), np.sort(generator.uniform(size=9))
    group = Group(knots=tuple(zip(xs.tolist(), ys.tolist(), strict=True)))
    raws = np.linspace(0, 1, 1001)

    found = [group.at(float(raw)) for raw in raws]

    assert found == pytest.approx(np.interp(raws, xs, ys).tolist())
    table = Confidence(groups={POOLED: group})
    rounded = [table.calibrated(float(raw), "read", ()) for raw in raws]
    assert all(before <= after for before, after in pairwise(rounded))


@pytest.mark.parametrize("knots", [(), ((0.5, 0.9), (0.6, 0.8)), ((0.5, 0.1), (0.5, 0.2)), ((0.5, 1.1),)])
def test_knots_that_do_not_ascend_or_are_no_probabilities_are_refused(knots: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValidationError):
        Group(knots=knots)


def test_the_shipped_file_is_read_and_used() -> None:
    table = load_confidence()

    for status in ("read", "repaired", "inferred", "inconsistent", "ambiguous", "missing"):
        found = calibrated(0.97, status, ("arithmetic",))
        assert found == table.calibrated(0.97, status, ("arithmetic",))
        assert 0 <= found <= 1


def test_a_malformed_file_is_an_error_with_a_number(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "confidence.yaml").write_text("groups: {pooled: {knots: [[0.9, 0.5], [0.8, 0.6]]}}", encoding="utf-8")
    monkeypatch.setattr("pipeline.confidence.resources.files", lambda _: tmp_path)

    with pytest.raises(GoujiError, match=r"E302.*confidence\.yaml.*pooled"):
        load_confidence()
