"""Part 3: rows and columns."""

from __future__ import annotations

import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from tests.training.evaluation.made import failed, field, report
from tests.training.evaluation.parts.found import figure_of, rows_of, share_of
from training.evaluation.parts.grids import STRUCTURES, part
from training.evaluation.results import Alignment
from training.mangle.damages import DAMAGES
from training.mangle.damages_page import paged
from training.synth.layouts import LAYOUTS


def test_precision_recall_and_f1() -> None:
    """3 right of 4 said and 6 there: 3/4, 3/6, and 2·3 / (4 + 6)."""
    found = part([report(rows=Alignment(right=3, said=4, there=6), columns=Alignment(right=4, said=4, there=6))])

    assert share_of(found, "grids.rows.precision") == (0.75, 4)
    assert share_of(found, "grids.rows.recall") == (0.5, 6)
    assert share_of(found, "grids.rows.f1") == (pytest.approx(0.6), 10)
    assert share_of(found, "grids.columns.f1") == (pytest.approx(0.8), 10)


def test_they_are_those_of_the_library() -> None:
    there, said = [1, 1, 1, 1, 0, 1, 0, 1], [1, 0, 1, 1, 1, 0, 1, 1]
    right = sum(a and b for a, b in zip(there, said, strict=True))

    found = part([report(rows=Alignment(right=right, said=sum(said), there=sum(there)))])

    assert share_of(found, "grids.rows.precision")[0] == pytest.approx(precision_score(there, said))
    assert share_of(found, "grids.rows.recall")[0] == pytest.approx(recall_score(there, said))
    assert share_of(found, "grids.rows.f1")[0] == pytest.approx(f1_score(there, said))


def test_counts_of_an_agency_are_added_up_before_the_mean_over_agencies() -> None:
    """甲: 2·(1 + 9) / (2 + 2 + 9 + 9) = 20/22; 乙: 0."""
    results = [
        report(name="一", agency="甲", rows=Alignment(right=1, said=2, there=2)),
        report(name="二", agency="甲", rows=Alignment(right=9, said=9, there=9)),
        report(name="三", agency="乙", rows=Alignment(right=0, said=1, there=1)),
    ]

    found = figure_of(part(results), "grids.rows.f1")

    assert found.value == pytest.approx(10 / 22)
    assert found.low == 0
    assert found.high == pytest.approx(20 / 22)


def test_fields_read_where_they_are_printed() -> None:
    cells = [field(1, placed=True), field(2, placed=True), field(3, placed=False), field(4)]

    assert share_of(part([report(*cells)]), "grids.placed") == (pytest.approx(2 / 3), 3)


def test_structures_that_are_hard_are_shown_apart() -> None:
    good, bad = Alignment(right=4, said=4, there=4), Alignment(right=1, said=4, there=4)
    results = [
        report(name="一", agency="甲", rows=good, columns=good, groups=("damage rows_fused", "damage row_cut")),
        report(name="二", agency="乙", rows=bad, columns=good, groups=("damage rows_fused", "converter pdf")),
        report(name="三", agency="丙", rows=bad, columns=bad, groups=("damage letter_o",)),
    ]

    found = part(results)
    rows = rows_of(found.tables[0])

    assert set(rows) == {"结构 两行并作一行", "结构 行被截断", "结构 跨页相接"}
    assert rows["结构 两行并作一行"]["报告数"] == 2
    assert rows["结构 两行并作一行"]["行 F1"] == pytest.approx((1 + 0.25) / 2)
    assert rows["结构 两行并作一行"]["列 F1"] == 1.0
    assert rows["结构 跨页相接"]["行 F1"] == 0.25
    assert share_of(found, "grids.rows.f1", group="结构 行被截断") == (1.0, 8)


def test_reports_without_places_are_left_out_and_counted() -> None:
    seen = Alignment(right=1, said=1, there=1)
    results = [report(rows=seen), report(name="二"), report(name="三"), failed(3, name="四")]

    found = part(results)

    assert share_of(found, "grids.rows.f1") == (1.0, 2)
    assert "标准答案不记位置的 2 份，没有读成的 1 份" in found.tables[0].note


def test_arms_that_read_nothing_themselves_are_left_out() -> None:
    results = [report(arm=arm, rows=Alignment(right=1, said=1, there=1)) for arm in ("both", "rules", "no-reconcile")]

    assert {one.arm for one in part(results).figures} == {"both", "rules"}


def test_the_structures_name_damages_and_layouts_that_there_are() -> None:
    named = [group.split(" ") for groups in STRUCTURES.values() for group in groups]

    assert {name for kind, name in named if kind == "damage"} <= {*DAMAGES, paged.__name__}
    assert {name for kind, name in named if kind == "pictured"} <= {*LAYOUTS}
