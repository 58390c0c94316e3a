"""A table of the form with its rival structures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.document import Cell, Document, Grid, Line, Reading, Source
from pipeline.recover.readings import RowReading
from pipeline.recover.recovered import RecoveredTable, Structure, row_shape
from pipeline.recover.strips import strips
from pipeline.recover.structures import MOST_STRUCTURES, recover_table
from pipeline.template import load_templates, table
from tests.pipeline.invented import LAYOUTS, recovered, rows, strips_of
from training.examples.report import InventedReport, invent

T2 = table("2021", "t2")


def first(found: RecoveredTable, row: str) -> RowReading:
    """The cheapest reading of a row."""
    return next(unit.readings[0] for unit in found.structures[0].units if unit.fields[0].split(".")[1] == row)


def values(found: RecoveredTable, row: str) -> list[object]:
    return [cell.value for cell in first(found, row).cells]


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "run together"])
@pytest.mark.parametrize("year", [2019, 2022])
@pytest.mark.parametrize("table_id", ["t2", "t3", "t4"])
def test_each_layout_gives_the_numbers_back(layout: str, year: int, table_id: str) -> None:
    report = invent("云泽县水务局", year, 11)
    found = recovered(LAYOUTS[layout](report), table_id, year)
    assert found.found
    assert found.table.template == report.tables[table_id].template
    got = {
        field: cell.value
        for unit in found.structures[0].units
        for field, cell in zip(unit.fields, unit.readings[0].cells, strict=True)
    }
    assert got == {field: report.values[field] for field in found.table.field_ids()}
    assert not any(unit.readings[0].note or unit.moved for unit in found.structures[0].units)


@pytest.mark.parametrize("year", [2019, 2022])
def test_a_table_run_together_has_the_numbers_among_its_readings(year: int) -> None:
    report = invent("云泽县水务局", year, 11)
    found = recovered(LAYOUTS["run together"](report), "t3", year)
    for unit in found.structures[0].units:
        truth = tuple(report.values[field] for field in unit.fields)
        assert truth in [tuple(cell.value for cell in reading.cells) for reading in unit.readings]


def test_every_structure_has_every_field_once() -> None:
    report = invent("云泽县水务局", 2021, 5)
    for layout in LAYOUTS.values():
        found = recovered(layout(report), "t3")
        assert 1 <= len(found.structures) <= MOST_STRUCTURES
        for structure in found.structures:
            assert [field for unit in structure.units for field in unit.fields] == found.table.field_ids()


@pytest.mark.parametrize("table_id", ["t2", "t3", "t4"])
@pytest.mark.parametrize(("year", "template"), [(2019, "2019"), (2021, "2021"), (None, "2021")])
def test_a_table_that_is_not_there(table_id: str, year: int | None, template: str) -> None:
    found = recover_table([strips_of("云泽县水务局\n规章是有的\n")], table_id, year)
    assert (found.found, found.table.template) == (False, template)
    assert {cell.kind for unit in found.structures[0].units for cell in unit.readings[0].cells} == {"absent"}


def test_numbers_that_lost_their_label_go_to_the_row_without_numbers() -> None:
    text = rows(
        {"规章": [1, 0, 12], "行政规范性文件": [], "": [3, 1, 4], "行政许可": [80], "行政处罚": [5], "行政强制": [0]}
    )
    assert values(recovered(text, "t2"), "normative") == [3, 1, 4]


def test_numbers_whose_label_is_not_there_go_to_its_place_in_the_form() -> None:
    text = rows({"规章": [1, 0, 12], "": [3, 1, 4], "行政许可": [80], "行政处罚": [5], "行政强制": [0]})
    found = recovered(text, "t2")
    assert values(found, "normative") == [3, 1, 4]
    assert [unit.fields[0] for unit in found.structures[0].units if unit.moved] == ["t2.normative.issued"]


def with_blanks(report: InventedReport) -> InventedReport:
    zeros = [field for field, value in report.values.items() if field.startswith("t3.") and value == 0]
    return report.with_prints(dict.fromkeys(zeros, ""))


def test_rows_are_not_cut_where_blank_cells_left_no_trace() -> None:
    report = with_blanks(invent("云泽县水务局", 2022, 7))
    found = recovered(LAYOUTS["run together"](report), "t3", 2022)
    assert not any(reading.cut for unit in found.structures[0].units for reading in unit.readings)


def test_a_column_that_is_missing_from_every_row_is_tried_everywhere() -> None:
    report = invent("云泽县水务局", 2021, 3)
    form = report.tables["t3"]
    heads = [column.label for column in form.columns if column.id != "social"]
    lines = {
        row.full_label: [report.printed[f"t3.{row.id}.{column}"] for column in row.columns if column != "social"]
        for row in form.rows
    }
    found = recovered("\t".join(["", *heads]) + "\n" + rows(lines), "t3")
    assert len(found.structures) == len(form.columns)
    new = first(found, "new")
    assert [cell.kind for cell in new.cells] == ["number"] * 3 + ["absent"] + ["number"] * 3


def test_several_layouts_the_one_that_fills_more_rows() -> None:
    bad, good = strips_of(rows({"规章": [1], "行政许可": [2]})), strips_of(rows({"规章": [1, 0, 12], "行政许可": [2]}))
    assert values(recover_table([bad, good], "t2", 2021), "rules") == [1, 0, 12]
    assert values(recover_table([good, bad], "t2", 2021), "rules") == [1, 0, 12]


@pytest.mark.parametrize("template", list(load_templates()))
def test_the_shape_of_a_row_says_what_the_form_says(template: str) -> None:
    form = table(template, "t3")
    assert {row_shape(form, row).sums for row in form.rows} == {(((0, 1, 2, 3, 4, 5), 6),)}
    fees = next(row for row in table(template, "t2").rows if row.id == "fees")
    assert row_shape(table(template, "t2"), fees).sums == ()


def seen(
    table_rows: list[list[str]],
    doubtful: dict[tuple[int, int], float] | None = None,
    spans: dict[tuple[int, int], int] | None = None,
) -> Document:
    """A grid on a page image. Args: doubtful: probability of the cells that are not sure, by row and column; spans:
    rows of those that are higher than one."""

    def cell(r: int, c: int, text: str) -> Cell:
        reading = Reading(text, "ocr", (doubtful or {}).get((r, c), 0.99))
        bottom = 20.0 * (r + (spans or {}).get((r, c), 1))
        return Cell(r, c, (reading,), 1, 1, Source(1, (40.0 * c, 20.0 * r, 40.0 * (c + 1), bottom)))

    cells = tuple(cell(r, c, text) for r, row in enumerate(table_rows) for c, text in enumerate(row))
    where = Source(1, (0.0, 0.0, 320.0, 20.0 * len(table_rows)))
    return Document("x", "0" * 64, "image", (Grid(len(table_rows), 8, cells, True, where, pictured=True),))


ALONE, UNPAID = ["", "607", "", "73", "", "2064", "2744"], ["79", "3", "1114", "3", "1025", "", "2224"]
BLANK = [""] * 7


def in_lines(dirt: str = "") -> list[list[str]]:
    """Table 3, two of its labels in three lines that were taken for rows, the numbers beside the second line."""
    form = table("2021", "t3")
    made: list[list[str]] = []
    for row in form.rows:
        if row.id == "other_no_correction":
            made.append(["1.申请人无正当理由逾期不补", *BLANK])
            made.append(["正、行政机关不再处理其政", *ALONE])
            made.append(["府信息公开申请", *BLANK])
        elif row.id == "other_unpaid":
            made.append(["2.申请人逾期未按收费通知要", "", "", dirt, "", "", "", ""])
            made.append(["求缴纳费用、行政机关不再", *UNPAID])
            made.append(["处理其政府信息公开申请", *BLANK])
        elif row.id == "rejected_publication":
            made.append([row.full_label, *BLANK])
        else:
            made.append([row.full_label, "1", "", "", "", "", "", "1"])
    return made


@pytest.mark.parametrize("dirt", ["", "7"])
def test_numbers_without_a_label_stay_in_the_order_of_the_labels(dirt: str) -> None:
    """Two rows that change places leave every sum as it is. On a sealed page a stroke in a blank cell made the second
    row look filled; its numbers went to the first row, those of the first to a blank one above."""
    grid = in_lines(dirt)
    at = next(i for i, row in enumerate(grid) if row[0].startswith("2.申请人"))
    found = recover_table([strips(seen(grid, {(at, 3): 0.49}))], "t3", 2021)
    ways = [
        {unit.fields[0].split(".")[1]: [cell.printed or "" for cell in unit.readings[0].cells] for unit in one.units}
        for one in found.structures
    ]
    assert (ways[0]["other_no_correction"], ways[0]["other_unpaid"]) == (ALONE, UNPAID)
    assert all(way["rejected_publication"] == BLANK for way in ways)
    assert not any((way["other_no_correction"], way["other_unpaid"]) == (UNPAID, ALONE) for way in ways)


def test_words_beside_numbers_tell_whose_they_are() -> None:
    """Of the second label only a middle line is left: by its place alone the row might as well be the one above."""
    grid = in_lines()
    first = next(i for i, row in enumerate(grid) if row[0].startswith("1.申请人"))
    grid[first + 1 : first + 4] = [["正、行政机关不再处理其政", *BLANK], ["府信息公开申请", *BLANK], ["", *BLANK]]
    grid[first + 5][0] = ""
    found = recover_table([strips(seen(grid))], "t3", 2021)
    costs = {
        next(
            (unit.fields[0].split(".")[1] for unit in one.units if unit.readings[0].cells[6].printed == UNPAID[6]), ""
        ): one.cost
        for one in reversed(found.structures)
    }
    assert found.structures[0].cost == costs["other_unpaid"]
    assert costs["other_no_correction"] - costs["other_unpaid"] > 1000, "further apart than what counts as a rival"


def by_row(structure: Structure) -> dict[str, list[str]]:
    return {
        unit.fields[0].split(".")[1]: [cell.printed or "" for cell in unit.readings[0].cells]
        for unit in structure.units
    }


def cut_by_borders() -> list[list[str]]:
    """Table 3, some of whose rows were cut in two by borders that are none, and one label that nobody could read."""
    made: list[list[str]] = []
    for row in table("2021", "t3").rows:
        numbers = ["1", "", "", "", "", "", "1"]
        if row.id == "rejected_publication":
            made += [[row.full_label, *BLANK], ["", "3", "", "", "", "4", "", "7"]]
        elif row.id == "rejected_repeat":
            made += [[row.full_label, "2", "", "", "", "", "", "5"], ["", "", "", "3", "", "", "", ""]]
        elif row.id == "denied_safety":
            made.append(["三1三", "8", "", "", "", "", "1", "9"])
        elif row.id == "unavailable_unclear":
            made += [[row.full_label, *numbers], ["仍不明确", "41", *BLANK[1:]]]
        else:
            made.append([row.full_label, *numbers])
    return made


def test_the_rest_of_a_row_fills_what_nobody_could_read() -> None:
    """A border that ran aslant cut the first numbers off their row, and a piece of one was left there."""
    numbers = ["39", "0", "1", "2", "3", "4", "49"]
    grid: list[list[str]] = []
    for row in table("2021", "t3").rows:
        if row.id == "rejected_mass":
            grid += [["4.无", "?", "", *numbers[2:]], [row.full_label, *numbers[:2], *BLANK[2:]]]
        else:
            grid.append([row.full_label, "1", "", "", "", "", "", "1"])
    document = seen(grid)
    (block,) = document.blocks
    assert isinstance(block, Grid)
    cells = tuple(replace(cell, readings=()) if cell.text == "?" else cell for cell in block.cells)
    document = replace(document, blocks=(replace(block, cells=cells),))
    assert by_row(recover_table([strips(document)], "t3", 2021).structures[0])["rejected_mass"] == numbers


def test_lone_numbers_between_the_pages_of_a_table_are_none_of_its_own() -> None:
    """A page's own number and what was left of a streak; with them a row cut in two was one orphan too many."""
    grid = cut_by_borders()
    places = {row[0]: i for i, row in enumerate(grid)}
    form = {row.id: row.full_label for row in table("2021", "t3").rows}
    halves = {(places[form[row]], 0): 2 for row in ("rejected_publication", "rejected_repeat")}
    middle = places[form["denied_inquiry"]]
    after = {(r - middle, c): rows for (r, c), rows in halves.items()}
    first, second = seen(grid[:middle]), seen(grid[middle:], spans=after)
    lines = ("21", "政务公开", "0.3", "政务公开", "7")
    between = tuple(Line(text, Source(1, (9.0, 900.0, 19.0, 920.0)), reader="ocr") for text in lines)
    found = recover_table([strips(replace(first, blocks=(*first.blocks, *between, *second.blocks)))], "t3", 2021)
    rows = by_row(found.structures[0])
    assert rows["rejected_publication"] == ["3", "", "", "", "4", "", "7"]
    assert rows["denied_safety"] == ["8", "", "", "", "", "1", "9"]
    assert "按次序" not in found.structures[0].note


def test_rows_that_a_border_cut_are_whole_again() -> None:
    """On a worn page four such rows were told apart by their order alone, and one of them was not found."""
    grid = cut_by_borders()
    places = {row[0]: i for i, row in enumerate(grid)}
    form = {row.id: row.full_label for row in table("2021", "t3").rows}
    halves = {(places[form[row]], 0): 2 for row in ("rejected_publication", "rejected_repeat")}
    found = recover_table([strips(seen(grid, {(places["仍不明确"], 1): 0.24}, halves))], "t3", 2021)
    rows = by_row(found.structures[0])
    assert rows["rejected_publication"] == ["3", "", "", "", "4", "", "7"]
    assert rows["rejected_repeat"] == ["2", "", "3", "", "", "", "5"]
    assert rows["denied_safety"] == ["8", "", "", "", "", "1", "9"]
    assert rows["unavailable_unclear"] == ["1", "", "", "", "", "", "1"]
    moved = {unit.fields[0].split(".")[1] for unit in found.structures[0].units if unit.moved}
    assert "rejected_publication" not in moved, "its label stands beside both halves"


def test_a_digit_in_a_label_is_dirt_where_each_number_has_its_cell() -> None:
    """Behind 行政处罚 a speck was read as 1: the row had a number more than cells, and both were in doubt."""
    numbers = ["3", "", "", "", "", "1", "4"]
    grid = [[row.full_label, *numbers] for row in table("2021", "t3").rows]
    grid[4][0] += "1"
    (unit,) = (one for one in recover_table([strips(seen(grid))], "t3", 2021).structures[0].units[4:5])
    assert [cell.printed or "" for cell in unit.readings[0].cells] == numbers and not unit.readings[0].note


def test_in_a_table_with_one_number_a_row_a_lone_number_in_a_line_is_a_row() -> None:
    """Without rules the numbers of table 2 may stand outside of what was taken for the table."""
    t2 = table("2021", "t2")
    labels = {row.id: row.full_label for row in t2.rows}
    grid = seen([[labels[row], ""] for row in ("rules", "normative", "licensing")])
    number = Line("26", Source(1, (300.0, 44.0, 320.0, 58.0)), reader="ocr")
    below = seen([[labels["penalty"], "63"]])
    found = recover_table([strips(replace(grid, blocks=(*grid.blocks, number, *below.blocks)))], "t2", 2021)
    assert by_row(found.structures[0])["licensing"] == ["26"]
