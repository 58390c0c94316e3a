"""From a recovered table to its cheapest wholes."""

from __future__ import annotations

import pytest

from pipeline.costs import load_costs
from pipeline.reconcile.problem import FREE
from pipeline.reconcile.wholes import blocks, cell_cost
from pipeline.recover.cell_readings import ABSENT, CellReading
from tests.pipeline.invented import LAYOUTS, recovered, rows
from training.examples.report import invent

COSTS = load_costs()


def number(value: int | float, sure: bool = True, rivals: tuple[tuple[int, float], ...] = ()) -> CellReading:
    return CellReading("number", str(value), value, sure=sure, score=0.6 if rivals else 1.0, rivals=rivals)


@pytest.mark.parametrize(
    ("cell", "is_total", "kept", "other"),
    [
        (number(7), False, ((7, 0),), COSTS.print.part),
        (number(0), False, ((0, 0),), COSTS.print.part_zero),
        (number(7), True, ((7, 0),), COSTS.print.total),
        (number(0), True, ((0, 0),), COSTS.print.total_zero),
        (number(7, sure=False), False, ((7, 0),), COSTS.print.part + COSTS.print.unsure),
        (CellReading("blank"), False, ((0, 0),), COSTS.blank.part),
        (CellReading("blank"), True, ((0, 0),), COSTS.blank.total),
        (CellReading("dash", "/"), False, ((0, 0),), COSTS.print.dash),
    ],
)
def test_what_another_value_costs(
    cell: CellReading, is_total: bool, kept: tuple[tuple[int, int], ...], other: int
) -> None:
    found = cell_cost(cell, is_total, COSTS)
    assert (found.choices, found.other) == (kept, other)


@pytest.mark.parametrize("cell", [ABSENT, CellReading("unread", "?"), number(2.5), number(-1)])
def test_a_cell_that_says_nothing_may_be_anything(cell: CellReading) -> None:
    assert cell_cost(cell, False, COSTS) == FREE


def test_a_rival_of_the_reader_costs_what_it_is_less_likely() -> None:
    found = cell_cost(number(8, rivals=((3, 0.3), (6, 1e-9), (8, 0.1))), False, COSTS)
    assert found.of(8) == 0
    assert found.of(3) == 693
    assert found.of(6) == found.other == COSTS.print.part


def test_table_2_falls_apart_into_its_rows() -> None:
    report = invent("云泽县水务局", 2021, 4)
    found = blocks(recovered(LAYOUTS["tabs"](report), "t2"))
    assert [block.fields[0].split(".")[1] for block in found] == [row.id for row in report.tables["t2"].rows]


@pytest.mark.parametrize("table_id", ["t3", "t4"])
def test_tables_with_rules_are_decided_as_a_whole(table_id: str) -> None:
    report = invent("云泽县水务局", 2021, 4)
    (block,) = blocks(recovered(LAYOUTS["tabs"](report), table_id))
    assert list(block.fields) == report.tables[table_id].field_ids()
    assert block.proved
    assert block.wholes[0].cost == 0
    assert block.wholes[0].values == {field: report.values[field] for field in block.fields}


def test_wholes_are_ordered_and_within_the_margin() -> None:
    report = invent("云泽县水务局", 2021, 4).with_prints({"t4.review.total": "77", "t3.new.natural": "999"})
    for table_id in ("t3", "t4"):
        (block,) = blocks(recovered(LAYOUTS["tabs"](report), table_id))
        costs = [whole.cost for whole in block.wholes]
        assert costs == sorted(costs)
        assert costs[0] > 0
        assert costs[-1] <= costs[0] + COSTS.margin


@pytest.mark.parametrize("table_id", ["t2", "t3", "t4"])
def test_nothing_follows_from_a_table_that_is_not_there(table_id: str) -> None:
    (block,) = blocks(recovered("云泽县水务局\n", table_id))
    assert not block.decidable
    assert set(block.wholes[0].values.values()) == {None}


def test_nothing_follows_from_blanks_alone() -> None:
    report = invent("云泽县水务局", 2021, 4)
    blank = report.with_prints({field: "" for field in report.values if field.startswith("t4.")})
    (block,) = blocks(recovered(LAYOUTS["tabs"](blank), "t4"))
    assert not block.decidable


def test_last_year_ranks_readings_of_a_row_run_together() -> None:
    before, behind = (
        {"规章": [0, 0, 0], "规范性文件": [0, 0, 0]},
        {"其他对外管理服务事项": [0, 0, 0], "行政处罚": [1, 2, 3]},
    )
    found = recovered(rows(before) + "行政许可 1122134\n" + rows(behind), "t2", 2020)
    licensing = next(block for block in blocks(found) if block.fields[0] == "t2.licensing.previous")
    with_last_year = blocks(found, {"t2.licensing.previous": 112})
    expected = next(block for block in with_last_year if block.fields == licensing.fields)
    assert len({whole.values["t2.licensing.previous"] for whole in licensing.wholes}) > 1
    assert {whole.values["t2.licensing.previous"] for whole in expected.wholes} == {112}
