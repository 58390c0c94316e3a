"""Which label of the form a text is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.recover.labels import column_keys, match_row, mentions, role
from pipeline.recover.normalise import key
from pipeline.template import Table, load_templates, table

T2, T3, T4 = (table("2021", table_id) for table_id in ("t2", "t3", "t4"))
EVERY_TABLE = [found for template in load_templates().values() for found in template.tables.values()]


@pytest.mark.parametrize("form", EVERY_TABLE, ids=lambda form: f"{form.template} {form.id}")
def test_every_label_of_the_form_is_its_row(form: Table) -> None:
    for row in form.rows:
        for text in (row.label, row.full_label, row.label + row.note, *row.variants):
            found = match_row(text, form)
            assert found is not None, text
            assert (found.row, found.score) == (row.id, 1.0), text


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("（一） 予 以 公 开", "granted"),
        ("規範性文件", "normative"),
        ("規範性檔案", "normative"),
        ("（三）不予公开1.属于国家秘密", "denied_secret"),
        ("不予公开属于国家秘密", "denied_secret"),
        ("（六）其他处理 3.其他", "other_misc"),
    ],
)
def test_other_wordings(text: str, row: str) -> None:
    found = match_row(text, T2 if row == "normative" else T3)
    assert found is not None
    assert (found.row, found.score) == (row, 1.0)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("一、本年新收政府信息公", "new"),
        ("5.要求行政机关确认或重新出", "rejected_confirm"),
        ("2.没有现成信急需要另行制作", "unavailable_to_create"),
        ("4.保护第二方合法权益", "denied_third_party"),
        ("6.属于四类过程性信", "denied_process"),
    ],
)
def test_damaged_labels_score_less(text: str, row: str) -> None:
    found = match_row(text, T3)
    assert found is not None
    assert found.row == row
    assert 0 < found.score < 1


@pytest.mark.parametrize(
    "text", ["", "一、", "县", "申请人情况", "法人或其他组织", "三、本年度办理结果", "云泽县水务局", "0", "字" * 80]
)
def test_what_is_no_row(text: str) -> None:
    assert match_row(text, T3) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.申请人无正当理由逾期不补正、行政机关不再处理", "no_correction"), ("2.申请人逾期未按收费通知要求缴", "unpaid")],
)
def test_long_labels_cut_off(text: str, number: str) -> None:
    found = match_row(text, T3)
    assert found is not None
    assert found.row == f"other_{number}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("自然人", "column"),
        ("商业 企业", "column"),
        ("申请人情况", "heading"),
        ("（三）不予公开", "heading"),
        ("三、收到和处理政府信息公开申请情况", "section"),
        ("四、政府信息公开行政复议、行政诉讼情况", "section"),
        ("五、存在的主要问题及改进情況", "section"),
        ("云泽县水务局", None),
        ("", None),
    ],
)
def test_role(text: str, wanted: str | None) -> None:
    assert role(text, T3) == wanted


@pytest.mark.parametrize("form", EVERY_TABLE, ids=lambda form: f"{form.template} {form.id}")
def test_every_column_head_is_known(form: Table) -> None:
    for column in form.columns:
        assert column_keys(form)[key(column.label)] == column.id


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("规章000行政规范性文件312", ["规章", "行政规范性文件"]),
        ("（一）予以公开70（二）部分公开3", ["（一）予以公开", "（二）部分公开"]),
        ("1.属于国家秘密0 2.其他法律行政法规禁止公开1", ["1.属于国家秘密", "2.其他法律行政法规禁止公开"]),
        ("危及“三安全一稳定”0", ["危及“三安全一稳定”"]),
        ("认真做好各项工作", []),
        ("", []),
    ],
)
def test_labels_inside_a_text(text: str, found: list[str]) -> None:
    assert [mention.text for mention in mentions(text) if mention.row] == found


def test_a_number_before_a_label_may_belong_to_the_row_before() -> None:
    assert [mention.swallowed for mention in mentions("属于国家秘密00000002其他法律行政法规禁止公开")] == ["", "2"]


@given(
    st.lists(
        st.sampled_from(["规章", "（七）总计", "其他", "12", " ", "，", "1.", "行政复议", "局", "\n"]), max_size=12
    )
)
def test_mentions_stand_in_order_and_do_not_overlap(parts: list[str]) -> None:
    text = "".join(parts)
    floor = 0
    for mention in mentions(text):
        assert floor <= mention.start < mention.end <= len(text)
        assert mention.text == text[mention.start : mention.end]
        floor = mention.end
