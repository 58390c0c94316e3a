"""One decision a field: a wrong number is repaired to the right one or labelled, never accepted."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reconcile.decide import decide_table
from pipeline.reconcile.wholes import blocks
from tests.pipeline.invented import ACCEPTED, LAYOUTS, decided, recovered, wrongly_accepted
from tests.pipeline.invented import read as read_report
from training.examples.report import InventedReport, invent
from training.tables import misread

ROWS = {
    "carried_in": (1, 0, 0, 0, 0, 0),
    "granted": (11, 2, 0, 0, 1, 0),
    "partial": (4, 0, 0, 0, 0, 0),
    "unavailable_not_held": (7, 1, 0, 0, 0, 1),
    "carried_out": (3, 1, 0, 0, 0, 0),
}
REPORT = invent("云泽县水务局", 2021, 8, table3=ROWS)
"""Table 3 with few numbers: new 25 4 0 0 1 1 31."""

SLOW = settings(max_examples=15, deadline=None, derandomize=True)
LAYOUT = st.sampled_from(list(LAYOUTS))


def statuses(report: InventedReport, layout: str = "tabs", table_id: str = "t3") -> dict[str, tuple[object, str]]:
    found = decided(LAYOUTS[layout](report), table_id)
    return {field: (decision.value, decision.status) for field, decision in found.decisions.items()}


def test_a_table_that_holds_is_read() -> None:
    assert statuses(REPORT) == {field: (REPORT.values[field], "read") for field in REPORT.tables["t3"].field_ids()}


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "run together"])
@pytest.mark.parametrize("field", ["t3.granted.natural", "t3.total.total", "t3.new.legal", "t3.carried_out.commercial"])
def test_a_wrong_number_is_repaired(layout: str, field: str) -> None:
    found = statuses(REPORT.with_prints({field: "50"}), layout)
    assert found.pop(field) == (REPORT.values[field], "repaired")
    assert all(found[other] == (REPORT.values[other], "read") for other in found)


@pytest.mark.parametrize(("print_", "kind"), [("", "blank"), ("/", "dash"), ("见附件", "unread")])
def test_what_is_not_printed_is_inferred(print_: str, kind: str) -> None:
    field = "t3.total.total"
    decision = decided(LAYOUTS["tabs"](REPORT.with_prints({field: print_})), "t3").decisions[field]
    assert (decision.cell.kind, decision.value, decision.status) == (kind, REPORT.values[field], "inferred")


def test_a_blank_zero_is_inferred() -> None:
    zeros = {field: "" for field, value in REPORT.values.items() if value == 0 and field.startswith("t3.")}
    found = statuses(REPORT.with_prints(zeros))
    assert {found[field] for field in zeros} == {(0, "inferred")}


def test_a_total_of_table_4_that_is_wrong_has_no_other_witness() -> None:
    """Four parts against one total: cheaper to mend the total than a part, and never a part for certain."""
    numbers = dict(zip(REPORT.tables["t4"].field_ids(), [1, 2, 0, 0, 3] + [0] * 10, strict=True))
    report = REPORT.with_values(numbers).with_prints({"t4.review.total": "0"})
    found = statuses(report, table_id="t4")
    assert found["t4.review.total"] == (3, "repaired")
    assert found["t4.review.upheld"] == (1, "read")


def test_a_contradiction_with_no_single_repair_is_labelled_and_keeps_the_print() -> None:
    """Two rows wrong in one column by as much as the total: which is wrong cannot be told."""
    prints = {"t3.granted.natural": "21", "t3.granted.total": "24"}
    report = REPORT.with_prints(prints)
    found = decided(LAYOUTS["tabs"](report), "t3").decisions
    assert found["t3.granted.natural"].status in {"inconsistent", "ambiguous", "repaired"}
    for field, decision in found.items():
        if decision.status in ACCEPTED:
            assert decision.value == REPORT.values[field], field
        if decision.status == "inconsistent":
            assert str(decision.value) == report.printed[field]


def test_candidates_are_given_where_there_are_several() -> None:
    """Two rows have lost the same cells: the column says only what they add up to."""
    fields = [f"t3.{row}.{column}" for row in ("granted", "partial") for column in ("natural", "commercial")]
    found = decided(LAYOUTS["tabs"](REPORT.with_prints(dict.fromkeys(fields, "见附件"))), "t3").decisions
    for field in fields:
        decision = found[field]
        assert (decision.value, decision.status) == (None, "ambiguous") or decision.status == "missing"


@SLOW
@given(st.integers(0, 10**6), st.integers(1, 3), LAYOUT, st.sampled_from([2019, 2022]))
def test_wrong_numbers_are_never_accepted(seed: int, wrong: int, layout: str, year: int) -> None:
    random = Random(seed)
    truth = invent("云泽县水务局", year, seed)
    fields = [field for field in truth.values if field.startswith("t3.")]
    prints = {field: str(misread(random, int(truth.values[field]))) for field in random.sample(fields, wrong)}
    found = read_report(LAYOUTS[layout](truth.with_prints(prints)))
    of_table3 = {field: value for field, value in truth.values.items() if field.startswith("t3.")}
    accepted = wrongly_accepted(found, of_table3)
    assert accepted == {}
    if wrong == 1 and layout != "run together":
        assert {field: found.fields[field].value for field in of_table3} == of_table3


def without_a_cell(random: Random, cells: list[str]) -> list[str]:
    lost = random.choice([i for i, cell in enumerate(cells) if cell.isdigit()])
    return cells[:lost] + cells[lost + 1 :]


def without_its_label(random: Random, cells: list[str]) -> list[str]:
    del random
    return ["" if not cell.isdigit() else cell for cell in cells]


def without_its_numbers(random: Random, cells: list[str]) -> list[str]:
    del random
    return ["" if cell.isdigit() else cell for cell in cells]


def with_two_cells_joined(random: Random, cells: list[str]) -> list[str]:
    first = random.choice([i for i in range(len(cells) - 1) if cells[i].isdigit() and cells[i + 1].isdigit()])
    return [*cells[:first], cells[first] + cells[first + 1], *cells[first + 2 :]]


@pytest.mark.parametrize(
    "damage",
    [without_a_cell, without_its_label, without_its_numbers, with_two_cells_joined],
    ids=lambda damage: damage.__name__,
)
@SLOW
@given(seed=st.integers(0, 10**6))
def test_a_row_that_lost_something_is_put_right_or_labelled(
    damage: Callable[[Random, list[str]], list[str]], seed: int
) -> None:
    random = Random(seed)
    truth = invent("云泽县水务局", 2022, seed)
    lines = LAYOUTS["tabs"](truth).split("\n")
    of_table3 = [i for i, line in enumerate(lines) if sum(cell.isdigit() for cell in line.split("\t")) == 7]
    chosen = random.choice(of_table3)
    lines[chosen] = "\t".join(damage(random, lines[chosen].split("\t")))
    assert wrongly_accepted(read_report("\n".join(lines)), truth.values) == {}


@settings(SLOW, max_examples=5)
@given(st.integers(0, 10**6), st.sampled_from([2019, 2022]))
def test_blank_zeros_that_left_no_trace_are_never_filled_with_others(seed: int, year: int) -> None:
    random = Random(seed)
    truth = invent("云泽县水务局", year, seed)
    zeros = [f for f, value in truth.values.items() if value == 0 and f.startswith("t3.") and random.random() < 0.7]
    report = read_report(LAYOUTS["run together"](truth.with_prints(dict.fromkeys(zeros, ""))))
    assert wrongly_accepted(report, {f: v for f, v in truth.values.items() if f.startswith("t3.")}) == {}


def test_what_rests_on_cutting_alone_is_withheld() -> None:
    """A row cut so that its own sum holds, and no other row to confirm it."""
    lines = ["（一）予以公开213212400204", "（二）部分公开", "1.属于国家秘密", "2.其他法律行政法规禁止公开",
             "2.重复申请", "（七）总计", "四、结转下年度继续办理"]  # fmt: skip
    found = decided("".join(lines), "t3").decisions
    assert not [field for field, decision in found.items() if decision.status in ACCEPTED]


def test_every_field_is_decided_in_the_forms_order() -> None:
    for table_id in ("t2", "t3", "t4"):
        found = recovered("云泽县水务局\n", table_id)
        decisions = decide_table(found.table, blocks(found)).decisions
        assert list(decisions) == found.table.field_ids()
        assert {decision.status for decision in decisions.values()} == {"missing"}
