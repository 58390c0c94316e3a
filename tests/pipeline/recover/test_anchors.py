"""Where the rows of a table stand, and which form it is."""

from __future__ import annotations

import pytest

from pipeline.recover.anchors import choose_template, ends_table, find_anchors
from pipeline.template import load_templates, table
from tests.pipeline.invented import rows, strips_of

T2, T3 = table("2021", "t2"), table("2021", "t3")
EVERY_FORM = [(template.id, table_id) for template in load_templates().values() for table_id in ("t2", "t3")]


def labelled(template: str, table_id: str) -> str:
    return rows({row.full_label: [0] * len(row.columns) for row in table(template, table_id).rows})


@pytest.mark.parametrize(("template", "table_id"), EVERY_FORM)
def test_every_row_is_found_once_in_order(template: str, table_id: str) -> None:
    form = table(template, table_id)
    found = find_anchors(strips_of(labelled(template, table_id)), form)
    assert [anchor.row for anchor in found] == [row.id for row in form.rows]


@pytest.mark.parametrize(("template", "table_id"), EVERY_FORM)
@pytest.mark.parametrize("year", [None, 2019, 2023])
def test_the_labels_decide_on_the_form(template: str, table_id: str, year: int | None) -> None:
    found, _ = choose_template(strips_of(_head(template, table_id) + labelled(template, table_id)), table_id, year)
    assert found.template == template


def _head(template: str, table_id: str) -> str:
    return "\t".join(["信息内容", *(column.label for column in table(template, table_id).columns)]) + "\n"


@pytest.mark.parametrize(("year", "template"), [(2019, "2019"), (2021, "2021"), (None, "2021")])
def test_the_year_decides_where_the_labels_do_not(year: int | None, template: str) -> None:
    found, anchors = choose_template(strips_of("自然人\n商业企业\n"), "t3", year)
    assert (found.template, anchors) == (template, [])


@pytest.mark.parametrize(("year", "template"), [(2020, "2019"), (2022, "2021")])
@pytest.mark.parametrize("part", [slice(0, 12), slice(5, 15)])
def test_a_table_cut_off_is_of_the_years_form(year: int, template: str, part: slice) -> None:
    lines = labelled("2021", "t3").splitlines()[part]
    found, anchors = choose_template(strips_of("\n".join(lines)), "t3", year)
    assert (found.template, len(anchors)) == (template, len(lines))


def test_a_label_in_prose_loses_against_the_table() -> None:
    text = "规章\n行政许可\n全年工作情况\n" + "无关的一行\n" * 3 + labelled("2021", "t2")
    found = find_anchors(strips_of(text), T2)
    assert [anchor.strip for anchor in found] == list(range(6, 12))


def test_a_head_that_is_also_a_row_is_no_row() -> None:
    """`其他` and `总计` are columns as well as rows of table 3."""
    text = "自然人\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t总计\n" + labelled("2021", "t3")
    found = find_anchors(strips_of(text), T3)
    assert min(anchor.strip for anchor in found) == 1
    assert len(found) == len(T3.rows)


def test_rows_out_of_order_are_not_followed() -> None:
    found = find_anchors(strips_of(rows({"行政处罚": [1], "规章": [0, 0, 0], "行政许可": [2]})), T2)
    assert [anchor.row for anchor in found] == ["rules", "licensing"]


def test_nothing_to_find() -> None:
    assert find_anchors(strips_of("云泽县水务局\n"), T3) == []
    assert find_anchors([], T3) == []


@pytest.mark.parametrize(
    ("text", "ends"), [("四、政府信息公开行政复议、行政诉讼情况", True), ("（七）总计", False), ("水务局", False)]
)
def test_ends_table(text: str, ends: bool) -> None:
    assert ends_table(text, T3) is ends
