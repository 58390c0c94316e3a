"""Rows that a classifier tells: of numbers whose label is lost, beside labels of the form that weigh more."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pipeline.document import Document
from pipeline.recover.anchors import Anchor, choose_template, find_anchors
from pipeline.recover.groups import value_groups
from pipeline.recover.hints import LEAST_SHARE, WEIGHT, HintedRow, Hints, hinted_rows, tokens_of_line
from pipeline.recover.strips import Strip, strips
from pipeline.recover.structures import DOUBTED, recover_table
from pipeline.template import Table, load_templates, table
from tests.pipeline.invented import LAYOUTS, recovered, strips_of
from tests.pipeline.recover.test_structures import by_row
from tests.pipeline.tag.made import document, grid
from training.examples.report import InventedReport, invent

T2, T3, T4 = (table("2021", name) for name in ("t2", "t3", "t4"))


def numbers_of(report: InventedReport, form: Table) -> dict[str, list[str]]:
    return {row.id: [report.printed[f"{form.id}.{row.id}.{column}"] for column in row.columns] for row in form.rows}


def hints_by_strip(found: list[Strip], names: Mapping[int, str], share: float = 1.0) -> Hints:
    """Each value of these strips with the row that the strip is of."""
    return {
        (s, t): {names[s]: share}
        for s, strip in enumerate(found)
        for t, token in enumerate(strip.tokens)
        if token.kind == "value" and s in names
    }


def bare(report: InventedReport, form: Table) -> Document:
    """The table in a grid whose labels are all lost."""
    return document(grid([["", *numbers] for numbers in numbers_of(report, form).values()]))


def hinted(form: Table) -> dict[int, str]:
    """The rows of the form from strip 0 on."""
    return {i: f"{form.id}.{row.id}" for i, row in enumerate(form.rows)}


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("year", [2019, 2022])
@pytest.mark.parametrize("table_id", ["t2", "t3"])
def test_a_table_without_labels_is_recovered_row_by_row(table_id: str, year: int, labels: bool) -> None:
    report = invent("云泽县水务局", year, 11)
    form = report.tables[table_id]
    found = strips(bare(report, form))
    assert not recover_table([found], table_id, year).found
    hints = hints_by_strip(found, hinted(form))
    made = recover_table([found], table_id, year, [hints], labels)
    assert made.found and made.table is form
    assert by_row(made.structures[0]) == numbers_of(report, form)
    assert all(unit.moved for unit in made.structures[0].units), "arithmetic must confirm what no label tells"


def test_numbers_of_table_2_that_no_word_tells_are_in_doubt() -> None:
    """No sum would show it if the rows were others; with words before them they may have been told from these."""
    report = invent("云泽县水务局", 2019, 11)
    form = report.tables["t2"]
    worded = "".join(
        "\t".join(["辨认不出", *(report.printed[f"t2.{row.id}.{column}"] for column in row.columns)]) + "\n"
        for row in form.rows
    )
    for found, doubted in ((strips(bare(report, form)), True), (strips_of(worded), False)):
        made = recover_table([found], "t2", 2019, [hints_by_strip(found, hinted(form))])
        scores = [cell.score for unit in made.structures[0].units for cell in unit.readings[0].cells]
        assert all((score <= DOUBTED) == doubted for score in scores)


def test_lines_of_numbers_without_labels() -> None:
    """Text with tabs, where a row begins with its first number."""
    report = invent("云泽县水务局", 2022, 5)
    found = strips_of("\n".join("\t".join(numbers) for numbers in numbers_of(report, T3).values()) + "\n")
    made = recover_table([found], "t3", 2022, [hints_by_strip(found, hinted(T3))])
    assert made.found and by_row(made.structures[0]) == numbers_of(report, T3)
    assert all(unit.moved for unit in made.structures[0].units)


@pytest.mark.parametrize(
    "behind",
    [
        "四、政府信息公开行政复议、行政诉讼情况\n",
        "",
    ],
)
def test_one_number_a_line_is_cut_where_another_row_begins(behind: str) -> None:
    report = invent("云泽县水务局", 2022, 5)
    lines = [number for numbers in numbers_of(report, T3).values() for number in numbers]
    found = strips_of("\n".join(lines) + "\n" + behind)
    hints = {(i, 0): {f"t3.{row.id}": 1.0} for r, row in enumerate(T3.rows) for i in range(7 * r, 7 * r + 7)}
    assert [row.row for row in hinted_rows(found, T3, hints)] == [row.id for row in T3.rows]
    made = recover_table([found], "t3", 2022, [hints])
    assert made.found and by_row(made.structures[0]) == numbers_of(report, T3)


def test_each_number_in_a_line_knows_the_blank_lines_before_it() -> None:
    """Blank lines may be blank cells: one entry too few and all blanks of the row stand a cell too far left."""
    found = strips_of("1\n2\n\n3\n\n\n4\n5\n")
    hints: Hints = {(s, 0): {"t3.new" if s < 3 else "t3.carried_in": 1.0} for s in range(5)}
    groups = value_groups(found, find_anchors(found, T3, hints), T3)
    assert [[token.text for token in group.tokens] for group in groups] == [["1", "2", "3"], ["4", "5"]]
    assert [group.gaps for group in groups] == [[0, 0, 1, 2], [2, 0]]


def test_words_that_are_no_labels_of_the_form_do_not_matter() -> None:
    report = invent("云泽县水务局", 2022, 5)
    lines = [["某某", *numbers] for numbers in numbers_of(report, T3).values()]
    found = strips(document(grid(lines)))
    made = recover_table([found], "t3", 2022, [hints_by_strip(found, hinted(T3))])
    assert made.found and by_row(made.structures[0]) == numbers_of(report, T3)


def labelled(report: InventedReport) -> list[list[str]]:
    return [[row.full_label, *numbers_of(report, T3)[row.id]] for row in T3.rows]


def test_a_label_beats_a_hint_that_contradicts_it() -> None:
    """Of two rows that are side by side each is said to be the other."""
    report = invent("云泽县水务局", 2022, 5)
    found = strips(document(grid(labelled(report))))
    names = hinted(T3)
    names[4], names[5] = names[5], names[4]
    hints = hints_by_strip(found, names)
    anchors = find_anchors(found, T3, hints)
    assert [(anchor.row, anchor.strip) for anchor in anchors] == [(row.id, i) for i, row in enumerate(T3.rows)]
    assert all(anchor.hinted is None for anchor in anchors)
    made = recover_table([found], "t3", 2022, [hints])
    assert by_row(made.structures[0]) == numbers_of(report, T3)
    assert not any(unit.moved for unit in made.structures[0].units)


def test_hints_that_agree_with_the_labels_change_nothing() -> None:
    report = invent("云泽县水务局", 2022, 5)
    found = strips(document(grid(labelled(report))))
    hints = hints_by_strip(found, hinted(T3))
    assert find_anchors(found, T3, hints) == find_anchors(found, T3)
    assert recover_table([found], "t3", 2022, [hints]) == recover_table([found], "t3", 2022)


def test_a_row_without_a_label_among_rows_with_theirs() -> None:
    report = invent("云泽县水务局", 2022, 5)
    lines = labelled(report)
    lines[6][0] = ""
    lines[9][0] = "三1三"
    found = strips(document(grid(lines)))
    made = recover_table([found], "t3", 2022, [hints_by_strip(found, hinted(T3))])
    assert by_row(made.structures[0]) == numbers_of(report, T3)
    moved = {unit.row for unit in made.structures[0].units if unit.moved}
    assert moved == {T3.rows[6].id, T3.rows[9].id}


def test_without_labels_hints_alone_are_asked() -> None:
    """The labels are there and another way round: with `labels=False` they are not looked at."""
    report = invent("云泽县水务局", 2022, 5)
    lines = labelled(report)
    for line, row in zip(lines, reversed(T3.rows), strict=True):
        line[0] = row.full_label
    found = strips(document(grid(lines)))
    hints = hints_by_strip(found, hinted(T3))
    anchors = find_anchors(found, T3, hints, labels=False)
    assert [anchor.row for anchor in anchors] == [row.id for row in T3.rows]
    assert all(anchor.hinted for anchor in anchors)
    assert find_anchors(found, T3, labels=False) == []
    made = recover_table([found], "t3", 2022, [hints], labels=False)
    assert by_row(made.structures[0]) == numbers_of(report, T3)
    assert not recover_table([found], "t3", 2022, labels=False).found


@pytest.mark.parametrize("template", list(load_templates()))
def test_hints_decide_on_the_form(template: str) -> None:
    form = table(template, "t3")
    found = strips(document(grid([["", *"1000001"]] * len(form.rows))))
    chosen, anchors = choose_template(found, "t3", None, hints_by_strip(found, hinted(form)))
    assert chosen.template == template and len(anchors) == len(form.rows)


# --- rows that numbers are said to be of ----------------------------------------------------------


def test_a_row_by_hand() -> None:
    """The mean over its numbers; what is left to other rows does not count."""
    found = strips_of("某某\t1\t2\t3\n")
    hints: Hints = {(0, 1): {"t3.new": 0.9}, (0, 2): {"t3.new": 0.8, "t3.granted": 0.2}, (0, 3): {"t3.new": 0.7}}
    (row,) = hinted_rows(found, T3, hints)
    assert row == HintedRow("new", 0, 0, row.share, (0, 1)) and row.share == pytest.approx(0.8)
    (anchor,) = find_anchors(found, T3, hints)
    assert anchor == Anchor("new", 0, 0, anchor.score, row.share) and anchor.score == pytest.approx(0.8 * WEIGHT)


@pytest.mark.parametrize(("share", "told"), [(LEAST_SHARE - 0.01, False), (LEAST_SHARE + 0.01, True)])
def test_a_row_must_be_rather_sure(share: float, told: bool) -> None:
    found = strips_of("\t1\t2\n")
    hints: Hints = {(0, t): {"t3.new": share} for t, token in enumerate(found[0].tokens) if token.kind == "value"}
    assert bool(hinted_rows(found, T3, hints)) is told


def test_rows_of_another_table_are_none_of_this() -> None:
    found = strips_of("1\t2\t3\n")
    hints: Hints = {(0, t): {"t2.rules": 1.0} for t in range(3)}
    assert hinted_rows(found, T3, hints) == []
    assert [row.row for row in hinted_rows(found, T2, hints)] == ["rules"]
    assert hinted_rows(found, T3, {}) == []


def test_words_part_the_rows_of_a_line() -> None:
    """Of the word before the numbers the label would be."""
    found = strips_of("甲乙\t1\t2\t丙丁\t3\t4\n")
    names = {1: "t3.new", 2: "t3.new", 4: "t3.carried_in", 5: "t3.carried_in"}
    hinted_ = hinted_rows(found, T3, {(0, t): {row: 1.0} for t, row in names.items()})
    assert [(row.row, row.token, row.first) for row in hinted_] == [("new", 0, (0, 1)), ("carried_in", 3, (0, 4))]


def test_rows_run_together_in_a_strip_are_told_apart() -> None:
    found = strips_of("1\t2\t3\t4\n")
    names = {0: "t3.new", 1: "t3.new", 2: "t3.carried_in", 3: "t3.carried_in"}
    hinted_ = hinted_rows(found, T3, {(0, t): {row: 1.0} for t, row in names.items()})
    assert [(row.row, row.token) for row in hinted_] == [("new", -1), ("carried_in", 1)]


def test_the_label_of_numbers_in_lines_is_the_line_before() -> None:
    found = strips_of("某某\n1\n2\n")
    (row,) = hinted_rows(found, T3, {(1, 0): {"t3.new": 1.0}, (2, 0): {"t3.new": 1.0}})
    assert (row.row, row.strip, row.token, row.first) == ("new", 0, 0, (1, 0))


# --- table 4 --------------------------------------------------------------------------------------

LINE = ["1", "0", "0", "0", "1", "0", "2", "0", "0", "2", "0", "0", "3", "0", "3"]


def hints4(found: list[Strip], first: int = 0, last: int | None = None) -> Hints:
    """The values of the strips [first, last] as those of table 4, in order."""
    values = [
        (s, t)
        for s, strip in enumerate(found)
        for t, token in enumerate(strip.tokens)
        if token.kind == "value" and first <= s <= (len(found) if last is None else last)
    ]
    names = [f"t4.{row.id}" for row in T4.rows for _ in row.columns]
    return {at: {row: 1.0} for at, row in zip(values, names, strict=False)}


@pytest.mark.parametrize("between", ["\t", "\n", " "])
def test_table_4_is_taken_by_its_numbers(between: str) -> None:
    found = strips_of("某某\n" + between.join(LINE) + "\n五、存在的主要问题\n")
    tokens = tokens_of_line(found, T4, hints4(found))
    assert tokens is not None and " ".join(token.text for token in tokens) == " ".join(LINE)
    made = recover_table([found], "t4", 2021, [hints4(found)])
    assert made.found and made.structures[0].units[0].moved
    assert [cell.value for cell in made.structures[0].units[0].readings[0].cells] == list(map(int, LINE))
    assert not recover_table([found], "t4", 2021).found


def test_blank_cells_of_table_4_are_its_own() -> None:
    printed = [number if number != "0" else "" for number in LINE]
    found = strips(document(grid([printed])))
    tokens = tokens_of_line(found, T4, hints4(found))
    assert tokens is not None and [token.text for token in tokens] == printed


def test_a_number_of_prose_before_the_line_is_left_out() -> None:
    found = strips_of("行政复议\t1\n" + "\t".join(LINE) + "\n")
    hints = {**hints4(found, 1), (0, 1): {"t4.review": 1.0}}
    tokens = tokens_of_line(found, T4, hints)
    assert tokens is not None and [token.text for token in tokens] == LINE


@pytest.mark.parametrize("line", [LINE[:-1], [*LINE, "1"]])
def test_a_line_of_another_width_is_not_table_4(line: list[str]) -> None:
    found = strips_of("\t".join(line) + "\n")
    assert tokens_of_line(found, T4, {(0, t): {"t4.review": 1.0} for t in range(len(line))}) is None


def test_an_unsure_line_is_not_table_4() -> None:
    found = strips_of("\t".join(LINE) + "\n")
    assert tokens_of_line(found, T4, {(0, t): {"t4.review": 0.5} for t in range(15)}) is None


def test_a_head_of_the_form_is_asked_before_hints() -> None:
    text = LAYOUTS["tabs"](invent("云泽县水务局", 2021, 11))
    found = strips_of(text)
    made = recover_table([found], "t4", 2021, [hints4(found)])
    assert made == recovered(text, "t4") and made.found and not made.structures[0].units[0].moved
