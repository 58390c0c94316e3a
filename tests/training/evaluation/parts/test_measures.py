"""From results to counts: arms, groups, agencies."""

from __future__ import annotations

import pytest

from tests.training.evaluation.made import field, report
from training.evaluation.parts.measures import (
    Measure,
    by_arm,
    by_arm_that_reads,
    by_group,
    damages_of,
    groups_of,
    known,
    main_arm,
    tally,
)

RIGHT = Measure("a.b", "甲", "格", lambda one: tally(known(one), lambda cell: cell.right))


def test_arms_come_in_their_order_and_reports_by_name() -> None:
    results = [report(name=name, arm=arm) for arm in ("smallest-change", "rules", "both") for name in ("乙", "丁")]

    assert list(by_arm(results)) == ["both", "rules", "smallest-change"]
    assert [one.name for one in by_arm(results)["rules"]] == ["丁", "乙"]
    assert main_arm(by_arm(results))[0] == "both"
    assert main_arm({}) == ("both", [])


def test_arms_that_only_decide_anew_are_left_out_beside_the_one_that_read() -> None:
    assert list(by_arm_that_reads([report(arm="both"), report(arm="no-reconcile"), report(arm="rules")])) == [
        "both", "rules",
    ]  # fmt: skip
    assert list(by_arm_that_reads([report(arm="no-reconcile")])) == ["no-reconcile"]


def test_every_agency_weighs_the_same_unless_counts_are_added_up() -> None:
    """甲 has 1 of 4 right, 乙 1 of 1: the mean is 5/8, all together 2/5."""
    results = [
        report(field(1), field(2, value=3), name="一", agency="甲"),
        report(field(2, value=3), field(2, value=None), name="二", agency="甲"),
        report(field(0), name="三", agency="乙"),
    ]
    pooled = Measure("a.b", "甲", "格", RIGHT.count, macro=False)

    assert RIGHT.figure("both", results).value == pytest.approx(5 / 8)
    assert pooled.figure("both", results).value == pytest.approx(2 / 5)
    assert RIGHT.figure("both", results).n == pooled.figure("both", results).n == 5
    assert RIGHT.figure("both", results) == RIGHT.figure("both", results[::-1])


def test_reports_of_unknown_agencies_are_agencies_of_their_own() -> None:
    """Of one agency they would be a single one, and there would be no interval."""
    results = [report(field(1), name="一", agency=""), report(field(1, value=2), name="二", agency="")]

    found = RIGHT.figure("both", results)

    assert (found.low, found.high) == (0.0, 1.0)


def test_what_must_not_happen_has_an_upper_bound_where_it_never_happened() -> None:
    """None of 59: 1 - 0.05 ** (1 / 59) is 4.95 %."""
    wrong = Measure("a.c", "乙", "格", lambda one: tally(known(one), lambda cell: not cell.right), must_not_happen=True)

    found = wrong.figure("both", [report(*[field(1)] * 59)])

    assert (found.value, found.n, found.better) == (0.0, 59, "low")
    assert found.high == pytest.approx(1 - 0.05 ** (1 / 59))


def test_groups_as_pages_name_them() -> None:
    one = report(groups=("unseen", "damage rows_fused", "family slid", "layout pipes", "other thing"))

    assert groups_of(one) == ["样式 训练未见", "损坏 rows_fused", "损坏族 slid", "版式 pipes", "other thing"]
    assert damages_of(one) == ["损坏 rows_fused"]
    assert damages_of(report(groups=("undamaged",))) == ["损坏 无"]


def test_groups_of_a_kind_stand_together() -> None:
    results = [
        report(name="一", groups=("layout pipes", "damage row_cut")),
        report(name="二", groups=("damage column_gone", "level fax")),
    ]

    groups = by_group(results, groups_of)

    assert list(groups) == ["损坏 column_gone", "损坏 row_cut", "版式 pipes", "画质 fax"]
    assert [one.name for one in groups["版式 pipes"]] == ["一"]
