"""Columns decided for the table as a whole, seen through to the numbers that are accepted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pipeline.document import Reading, Source
from pipeline.reconcile.decision import TableDecision
from pipeline.record import Number
from pipeline.recover.columns import read_columns
from pipeline.recover.strips import Token
from pipeline.template import table
from tests.pipeline.invented import ACCEPTED, decided, recovered, rows
from training.examples.report import InventedReport, invent

Cells = list[str]

HEADS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
NOTHING = {"granted": (0,) * 6, "carried_out": (0,) * 6, "carried_in": (0,) * 6}


def report_of(**numbers: tuple[int, ...]) -> InventedReport:
    """Rows of table 3 that are not all 0, by the six kinds of applicants; the rest follows."""
    return invent("云泽县水务局", 2021, 3, table3={**NOTHING, **numbers})


ONLY_PEOPLE = report_of(granted=(4, 0, 0, 0, 0, 0), denied_process=(2, 0, 0, 0, 0, 0), carried_out=(1, 0, 0, 0, 0, 0))
SCATTERED = report_of(
    granted=(4, 2, 0, 0, 0, 1),
    denied_process=(2, 0, 0, 0, 3, 0),
    other_misc=(0, 0, 0, 0, 0, 5),
    carried_out=(1, 0, 0, 0, 0, 0),
)


def page(
    report: InventedReport,
    change: Callable[[Cells], Cells] = list,
    heads: Cells = HEADS,
    before: Cells | None = None,
) -> str:
    """Table 3 with a tab between the cells; `before` are cells between each label and its numbers."""
    between = before or []
    lines = {
        row.full_label: [*between, *change([report.printed[f"t3.{row.id}.{column}"] for column in row.columns])]
        for row in report.tables["t3"].rows
    }
    return "\t".join(["", *between, *heads]) + "\n" + rows(lines)


def blanked(report: InventedReport) -> InventedReport:
    """With blank cells for the zeros of all columns; the totals of empty rows go blank too."""
    return report.with_prints({field: "" for field, value in report.values.items() if field[:2] == "t3" and not value})


def truth(report: InventedReport) -> dict[str, Number]:
    return {field: value for field, value in report.values.items() if field.startswith("t3.")}


def accepted(table: TableDecision) -> dict[str, Number | None]:
    return {field: found.value for field, found in table.decisions.items() if found.status in ACCEPTED}


def wrong(table: TableDecision, report: InventedReport) -> Mapping[str, Number | None]:
    expected = truth(report)
    return {field: value for field, value in accepted(table).items() if value != expected[field]}


def without(place: int) -> Callable[[Cells], Cells]:
    return lambda cells: [*cells[:place], *cells[place + 1 :]]


def test_a_table_as_it_should_be() -> None:
    assert accepted(decided(page(SCATTERED), "t3")) == truth(SCATTERED)


@pytest.mark.parametrize("place", [1, 2, 3, 5])
def test_a_lost_column_is_known_by_its_missing_head(place: int) -> None:
    text = page(ONLY_PEOPLE, without(place), without(place)(HEADS))
    found = recovered(text, "t3")
    column = found.table.columns[place]
    kinds = [cell.kind for cell in found.structures[0].units[0].readings[0].cells]
    assert kinds == ["absent" if i == place else "number" for i in range(7)]
    assert f"缺“{column.label}”一列" in found.structures[0].units[0].readings[0].note
    assert accepted(decided(text, "t3")) == truth(ONLY_PEOPLE)


def test_the_numbers_of_a_lost_column_follow_from_the_totals() -> None:
    found = decided(page(SCATTERED, without(4), without(4)(HEADS)), "t3")
    assert accepted(found) == truth(SCATTERED)
    assert (found.decisions["t3.denied_process.legal"].value, found.decisions["t3.denied_process.legal"].status) == (
        3, "inferred",
    )  # fmt: skip


def test_a_lost_column_that_nothing_tells_leaves_open_what_its_rivals_see_otherwise() -> None:
    # All heads are there, and the sums say nothing about the side on which a column is gone.
    text = page(SCATTERED, without(2))
    assert len(recovered(text, "t3").structures) == 7
    found = decided(text, "t3")
    with_numbers = {row.id for row in SCATTERED.tables["t3"].rows if SCATTERED.values[f"t3.{row.id}.total"]}
    rival = {f"t3.{row}.{column}" for row in with_numbers for column in ("commercial", "research", "social")}
    assert {found.decisions[field].status for field in rival} == {"ambiguous"}
    # Where all rivals see zeros, they are zeros.
    assert accepted(found) == {
        field: 0 for field in truth(SCATTERED) if field.split(".")[1] not in with_numbers
    }


@pytest.mark.parametrize("place", [0, 3, 7])
def test_a_column_that_the_form_does_not_have(place: int) -> None:
    heads = [*HEADS[:place], "占比", *HEADS[place:]]
    text = page(SCATTERED, lambda cells: [*cells[:place], "9", *cells[place:]], heads)
    notes = {unit.readings[0].note for structure in recovered(text, "t3").structures for unit in structure.units}
    assert notes == {f"第 {place} 栏不是表中的栏" for place in range(1, 9)}
    # Only without this one do the sums hold.
    assert accepted(decided(text, "t3")) == truth(SCATTERED)


def test_a_column_of_shares_is_no_number_of_the_form() -> None:
    found = decided(page(SCATTERED, lambda cells: [*cells, "3%"], [*HEADS, "占比"]), "t3")
    assert wrong(found, SCATTERED) == {}


def test_blanks_moved_to_the_ends_of_the_rows() -> None:
    def moved(cells: Cells) -> Cells:
        return [*filter(None, cells), *("" for cell in cells if not cell)]

    text = page(blanked(SCATTERED), moved)
    found = decided(text, "t3")
    assert wrong(found, SCATTERED) == {}
    # The last number of a row is its sum, whoever the others belong to.
    totals = {field: value for field, value in truth(SCATTERED).items() if field.endswith(".total") and value}
    assert {field: accepted(found).get(field) for field in totals} == totals
    # 3 and 5 stand first in their rows, and did not come from natural persons.
    assert not {"t3.denied_process.legal", "t3.other_misc.natural"} & set(accepted(found))


@pytest.mark.parametrize("n_blank", [1, 2])
def test_blank_places_of_the_label_before_the_numbers(n_blank: int) -> None:
    text = page(SCATTERED, before=[""] * n_blank)
    assert accepted(decided(text, "t3")) == truth(SCATTERED)


def test_blank_places_of_the_label_before_some_of_the_rows_that_lack_a_column() -> None:
    # Rows whose label is merged over both its places have no blank one, the others have it before the numbers.
    merged = {"new", "carried_in", "granted", "partial", "total", "carried_out"}
    lines = {
        row.full_label: [
            *([] if row.id in merged else [""]),
            *without(3)([ONLY_PEOPLE.printed[f"t3.{row.id}.{column}"] for column in row.columns]),
        ]
        for row in ONLY_PEOPLE.tables["t3"].rows
    }
    found = decided("\t".join(["", *without(3)(HEADS)]) + "\n" + rows(lines), "t3")
    assert accepted(found) == truth(ONLY_PEOPLE)


def test_blank_places_of_the_label_hide_that_most_rows_lack_a_column() -> None:
    """Found on a synthetic report: labels over one, two and three places, blank zeros, a column gone, all heads there.

    With a blank place of the label for its first cell, a row looked whole, one column too far to the right.
    """
    report = blanked(ONLY_PEOPLE)
    places = {"new": 2, "carried_in": 2, "total": 1, "carried_out": 2, "granted": 1, "partial": 1}
    lines = {
        row.full_label: [
            *[""] * places.get(row.id, 0),
            *without(3)([report.printed[f"t3.{row.id}.{column}"] for column in row.columns]),
        ]
        for row in report.tables["t3"].rows
    }
    found = decided("\t".join(["", "", "", *HEADS]) + "\n" + rows(lines), "t3")
    assert wrong(found, report) == {}


@pytest.mark.parametrize("n_blank", [1, 2])
def test_blank_places_of_the_label_before_all_rows_that_lack_a_column(n_blank: int) -> None:
    text = page(ONLY_PEOPLE, without(3), without(3)(HEADS), [""] * n_blank)
    assert wrong(decided(text, "t3"), ONLY_PEOPLE) == {}


def test_a_converter_that_drops_blank_cells() -> None:
    text = page(blanked(SCATTERED), lambda cells: [cell for cell in cells if cell])
    found = decided(text, "t3")
    assert wrong(found, SCATTERED) == {}
    # A row without any number is a row of blanks, in each reading of the others.
    unit = next(u for u in recovered(text, "t3").structures[0].units if u.fields[0].startswith("t3.partial."))
    assert {cell.kind for cell in unit.readings[0].cells} == {"blank"}
    assert "转换时丢掉的空格已补入" in unit.readings[0].note


def seen_row(grid: int, first: int, *texts: str) -> list[Token]:
    """A row of table 3 on a page image, from this column of this grid on."""
    return [
        Token(
            text, "value" if text else "blank", Source(page=grid), (Reading(text, "ocr", 0.99),),
            column=first + place, grid=grid, pictured=True,
        )
        for place, text in enumerate(texts)
    ]  # fmt: skip


def test_the_columns_of_one_page_say_nothing_of_those_of_the_next() -> None:
    """On the second page a streak runs through the labels: there the numbers begin a column later, behind a blank."""
    form = table("2021", "t3")
    whole = ("5", "0", "0", "0", "0", "1", "")
    first, second = form.rows[:12], form.rows[12:]
    rows = {row.id: seen_row(1, 2, *whole) for row in first}
    rows |= {row.id: seen_row(2, 3, *whole) for row in second[:3]}
    rows |= {row.id: seen_row(2, 2, "", *whole) for row in second[3:]}
    ((units, cost),) = read_columns(rows, [], 0, form)
    assert cost == 0
    for unit in units:
        assert [cell.value for cell in unit.readings[0].cells] == [5, 0, 0, 0, 0, 1, None]
