"""Numbers that stand one row beside their labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from pipeline.costs import load_costs
from pipeline.reconcile.decision import TableDecision
from pipeline.template import table
from tests.pipeline.invented import decided, recovered, rows

T3 = table("2021", "t3")
ROWS = [row.id for row in T3.rows]
NOTHING = [0, 0, 0, 0, 0, 0, 0]
BLANK = [""] * 7
NUMBERS = {
    "new": [9, 2, 0, 0, 0, 1, 12],
    "carried_in": [1, 0, 0, 0, 0, 0, 1],
    "granted": [5, 0, 0, 0, 0, 0, 5],
    "partial": [0, 2, 0, 0, 0, 0, 2],
    "denied_law": [1, 0, 0, 0, 0, 0, 1],
    "unavailable_not_held": [3, 0, 0, 0, 0, 1, 4],
    "total": [9, 2, 0, 0, 0, 1, 12],
    "carried_out": [1, 0, 0, 0, 0, 0, 1],
}
"""What is counted: 12 new and 1 from last year are 12 dealt with and 1 left over. All other rows are 0."""
Numbers = Sequence[int | str]
Slide = Callable[[list[Numbers], str], str]


def whole(blank_zeros: bool = False) -> list[Numbers]:
    made: list[Numbers] = [NUMBERS.get(row, NOTHING) for row in ROWS]
    return [["" if blank_zeros and not number else number for number in numbers] for numbers in made]


def printed(numbers: Sequence[Numbers], above: Numbers | None = None, below: Numbers | None = None) -> str:
    """Table 3 with these numbers behind its labels, and rows of numbers without label above or below."""
    text = rows({row.full_label: row_numbers for row, row_numbers in zip(T3.rows, numbers, strict=True)})
    outer = ["\t".join(["", *map(str, row)]) + "\n" if row else "" for row in (above, below)]
    heads = "\t".join(["", *(column.label for column in T3.columns)]) + "\n"
    return heads + outer[0] + text + outer[1]


def slid_down(numbers: list[Numbers], gap: str) -> str:
    at = ROWS.index(gap)
    return printed([*numbers[:at], BLANK, *numbers[at:-1]], below=numbers[-1])


def slid_up(numbers: list[Numbers], gap: str) -> str:
    at = ROWS.index(gap)
    return printed([*numbers[1 : at + 1], BLANK, *numbers[at + 1 :]], above=numbers[0])


def wrong(found: TableDecision, truth: Mapping[str, Sequence[int]]) -> dict[str, object]:
    """Accepted values that are not the true ones."""
    values = {
        f"t3.{row}.{column}": value
        for row in ROWS
        for column, value in zip((one.id for one in T3.columns), truth.get(row, NOTHING), strict=True)
    }
    return {
        field: decision.value
        for field, decision in found.decisions.items()
        if decision.status in {"read", "repaired", "inferred"} and decision.value != values[field]
    }


def settled(found: TableDecision) -> int:
    return sum(decision.status in {"read", "inferred"} for decision in found.decisions.values())


@pytest.mark.parametrize("gap", ["new", "carried_in", "granted", "denied_law", "rejected_petition", "total"])
@pytest.mark.parametrize("slide", [slid_down, slid_up])
def test_slid_numbers_stand_beside_their_labels_again(slide: Slide, gap: str) -> None:
    found = decided(slide(whole(), gap), "t3")
    assert wrong(found, NUMBERS) == {}
    assert [found.decisions[f"t3.{row}.total"].value for row in ("new", "carried_in", "total", "carried_out")] == [
        12, 1, 12, 1,
    ]  # fmt: skip


def test_what_was_assumed_is_said() -> None:
    found = decided(slid_down(whole(), "granted"), "t3")
    assert found.decisions["t3.granted.total"].note == "多行数字整体错开一行"
    assert found.decisions["t3.new.total"].note == ""
    assert settled(found) == 175


@pytest.mark.parametrize("slide", [slid_down, slid_up])
def test_blank_zeros_leave_open_which_row_is_empty_but_nothing_wrong(slide: Slide) -> None:
    for gap in ROWS:
        assert wrong(decided(slide(whole(blank_zeros=True), gap), "t3"), NUMBERS) == {}, gap


def test_where_rows_of_one_sum_may_have_slid_or_not_nothing_tells() -> None:
    """Between a blank row and a row of zeros without label stands one number, 1: it is of 属于国家秘密 or of the row
    below it, and either way all sums hold."""
    numbers = whole()
    at = ROWS.index("denied_secret")
    numbers[at] = BLANK
    lines = printed(numbers).splitlines(keepends=True)
    head = 1
    lines.insert(head + at + 2, "\t".join(["", *map(str, NOTHING)]) + "\n")
    found = decided("".join(lines), "t3")
    for row in ("denied_secret", "denied_law"):
        for column in ("natural", "total"):
            decision = found.decisions[f"t3.{row}.{column}"]
            assert (decision.status, decision.value) == ("ambiguous", None)
            assert {candidate.value for candidate in decision.candidates} == {0, 1}
    beside = {"denied_secret", "denied_law"}
    others = [d for field, d in found.decisions.items() if field.split(".")[1] not in beside]
    assert {decision.status for decision in others} == {"read"}


def test_zeros_that_have_slid_are_zeros() -> None:
    """Nobody can tell whether they have, nor does it matter."""
    none: list[Numbers] = [NOTHING for _ in ROWS]
    found = decided(slid_down(none, "granted"), "t3")
    assert {decision.value for decision in found.decisions.values()} == {0}


@pytest.mark.parametrize(
    "row",
    [NUMBERS["total"], [1, 2, 3, 4, 5, 6, 7], [2022, 2021], [4], NOTHING],
    ids=["total repeated", "numbers of columns", "years", "page", "zeros"],
)
@pytest.mark.parametrize("blank_zeros", [False, True])
def test_numbers_that_belong_to_no_row_change_nothing(row: list[int], blank_zeros: bool) -> None:
    numbers = whole(blank_zeros)
    for text in (printed(numbers, above=row), printed(numbers, below=row)):
        found = decided(text, "t3")
        assert wrong(found, NUMBERS) == {}
        assert settled(found) == 175


def test_with_a_row_left_over_nothing_is_mended() -> None:
    """A misprint is mended where all numbers have their row. Where some have none, it may be for want of them that the
    others do not add up."""
    numbers = whole()
    numbers[ROWS.index("granted")] = [4, 0, 0, 0, 0, 0, 5]
    assert decided(printed(numbers), "t3").decisions["t3.granted.natural"].status == "repaired"
    repeated = decided(printed(numbers, below=NUMBERS["carried_out"]), "t3")
    assert repeated.decisions["t3.granted.natural"].status == "repaired", "the last row once more is nobody's"
    found = decided(printed(numbers, below=[2, 0, 0, 0, 0, 0, 2]), "t3")
    assert {decision.status for decision in found.decisions.values()} <= {"ambiguous", "inconsistent"}
    assert found.decisions["t3.new.total"].candidates[0].value == 12


def test_a_slide_and_a_stray_row_cost_the_same() -> None:
    found = recovered(slid_down(whole(), "granted"), "t3")
    assert [(one.cost, one.left_over) for one in found.structures[:2]] == [
        (load_costs().structure.rows_slid, False),
        (load_costs().structure.rows_slid, True),
    ]


def test_a_table_without_sums_is_not_thought_slid() -> None:
    numbers = {"行政规范性文件": [3, 1, 4], "行政许可": [80], "": [5, 2, 1], "行政处罚": [7], "行政强制": [0]}
    text = rows({"规章": [], **numbers})
    assert not any("错开一行" in one.note for one in recovered(text, "t2").structures)
