"""Which numbers stand together behind which label."""

from __future__ import annotations

from pipeline.recover.anchors import find_anchors
from pipeline.recover.groups import ValueGroup, value_groups
from pipeline.template import table
from tests.pipeline.invented import rows, strips_of

T2, T3 = table("2021", "t2"), table("2021", "t3")


def groups(text: str, table_id: str = "t2") -> list[ValueGroup]:
    form = table("2021", table_id)
    found = strips_of(text)
    return value_groups(found, find_anchors(found, form), form)


def shown(found: list[ValueGroup]) -> list[tuple[str | None, list[str]]]:
    return [(group.row, [token.text for token in group.tokens]) for group in found]


def test_numbers_behind_their_label() -> None:
    text = rows({"规章": [1, 0, 12], "行政规范性文件": [3, "", 4], "行政许可": [80]})
    assert shown(groups(text)) == [("rules", ["1", "0", "12"]), ("normative", ["3", "", "4"]), ("licensing", ["80"])]


def test_numbers_on_the_line_below() -> None:
    text = "规章\n1\t0\t12\n行政规范性文件\n3\t1\t4\n行政许可\n80\n"
    found = shown(groups(text))
    assert ("licensing", ["80"]) in found
    assert [tokens for _, tokens in found if len(tokens) == 3] == [["1", "0", "12"], ["3", "1", "4"]]


def test_one_cell_a_line() -> None:
    text = "规章\n1\n0\n12\n行政规范性文件\n3\n1\n4\n行政许可\n80\n"
    assert shown(groups(text)) == [("rules", ["1", "0", "12"]), ("normative", ["3", "1", "4"]), ("licensing", ["80"])]


def test_blank_lines_are_blank_cells_where_each_cell_has_a_line() -> None:
    text = "规章\n1\n0\n12\n行政规范性文件\n3\n\n4\n行政许可\n80\n行政处罚\n5\n"
    assert dict(shown(groups(text)))["normative"] == ["3", "", "4"]


def test_the_ends_of_a_line_are_borders_where_each_cell_has_a_line() -> None:
    text = "规章\n1\n0\n12\n行政规范性文件\n36\n行政许可\n80\n行政处罚\n5\n"
    assert not any(token.soft for group in groups(text) for token in group.tokens)


def test_numbers_that_lost_their_label_are_a_group_of_their_own() -> None:
    text = rows({"规章": [1, 0, 12], "": [3, 1, 4], "行政许可": [80]})
    assert (None, ["3", "1", "4"]) in [(row, [t for t in cells if t]) for row, cells in shown(groups(text))]


def test_a_note_between_the_label_and_its_numbers_is_no_cell() -> None:
    text = rows({"规章": ["（含修订）", 1, 0, 12], "行政许可": [80]})
    assert shown(groups(text))[0] == ("rules", ["1", "0", "12"])


def test_words_in_a_number_cell_stay_a_cell() -> None:
    text = rows({"规章": [1, "见附件", 12], "行政许可": [80]})
    (row, *_) = groups(text)
    assert [(token.text, token.kind) for token in row.tokens] == [("1", "value"), ("见附件", "value"), ("12", "value")]


def test_words_instead_of_a_number_are_no_blank() -> None:
    (row, *_) = groups(rows({"行政处罚": ["见附件", "", ""], "行政强制": [0]}))
    assert [(token.text, token.kind) for token in row.tokens] == [("见附件", "value"), ("", "blank"), ("", "blank")]


def test_a_note_before_blank_cells_is_no_cell() -> None:
    (row, *_) = groups(rows({"规章": ["（含修订）", "", "", ""], "行政处罚": [1]}))
    assert {token.kind for token in row.tokens} == {"blank"}


def test_the_next_section_ends_the_table() -> None:
    text = rows({"行政许可": [80], "行政事业性收费": ["1.5"], "三、收到和处理政府信息公开申请情况": [], "年份": [2021]})
    assert shown(groups(text)) == [("licensing", ["80"]), ("fees", ["1.5"])]


def test_no_anchors_no_groups() -> None:
    assert value_groups(strips_of("1\n2\n"), [], T3) == []
