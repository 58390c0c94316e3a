"""Where the parts of a report begin, in every way that pages print their headings."""

import pytest

from pipeline.document import Cell, Document, Grid, Line, Reading
from pipeline.read.text import read_text
from pipeline.recover.sections import find_sections

TITLES = {
    "一": "总体情况",
    "二": "主动公开政府信息情况",
    "三": "收到和处理政府信息公开申请情况",
    "四": "政府信息公开行政复议、行政诉讼情况",
    "五": "存在的主要问题及改进情况",
    "六": "其他需要报告的事项",
}
PROSE = {number: f"这里写{title[:4]}的内容，第{number}处。" for number, title in TITLES.items()}


def document(text: str) -> Document:
    return read_text(text.encode(), "r.txt", "0" * 64)


def report(heading: str = "{number}、{title}\n", titles: dict[str, str] = TITLES, end: str = "\n") -> str:
    return "".join(heading.format(number=n, title=t) + PROSE[n] + end for n, t in titles.items())


@pytest.mark.parametrize(
    "heading",
    [
        "{number}、{title}\n",
        "## {number}、{title}\n",
        "## **{number}、{title}**\n",
        "{number}、 {title}\n",
        "{number}.{title}\n",
        "{number}，{title}\n",
        "第{number}部分 {title}\n",
        "{number}、\n{title}\n",
        "{title}\n",
        "??{number}、{title}\n",
        "{number}、{title}",
        "{number}、{title}。",
    ],
)
def test_headings_in_each_shape(heading: str) -> None:
    found = find_sections(document(report(heading)))
    assert list(found) == list(TITLES)
    for number, section in found.items():
        assert section.title == TITLES[number]
        assert section.text.strip("。\n") == PROSE[number].strip("。")


@pytest.mark.parametrize("joint", ["", " "])
def test_headings_in_a_page_of_one_line(joint: str) -> None:
    found = find_sections(document("某县水务局2021年报告 " + report("{number}、{title}" + joint, end=joint)))
    assert {number: section.text for number, section in found.items()} == PROSE


@pytest.mark.parametrize(
    ("number", "title"),
    [
        ("二", "主动公开政府政府情况"),
        ("四", "政府信息公开行政法复议、行政诉讼情况"),
        ("三", "收到和处理政府信息公开申请情"),
        ("一", "概述"),
        ("一", "政府信息公开概况"),
        ("四", "因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
        ("五", "工作中存在的主要问题及整改措施"),
        ("六", "需要报告的其他事项"),
        ("二", "主動公開政府信息情況"),
    ],
)
def test_other_wordings_and_misspellings(number: str, title: str) -> None:
    found = find_sections(document(report(titles=TITLES | {number: title})))
    assert list(found) == list(TITLES)
    assert found[number].title == title


def test_preface_that_names_all_headings_is_no_heading() -> None:
    for joint in ("，", "、", "；"):
        numbered = joint.join(f"{n}、{t}" for n, t in TITLES.items())
        plain = joint.join(TITLES.values())
        for names in (numbered, plain):
            for end in ("\n", ""):
                found = find_sections(document(f"全文包括：{names}等六个部分。{end}" + report()))
                assert {n: s.text for n, s in found.items()} == PROSE, (joint, names, end)


def test_table_of_contents_is_no_heading() -> None:
    contents = "目录\n" + "".join(f"{n}、{t}……{i}\n" for i, (n, t) in enumerate(TITLES.items(), start=1))
    assert {n: s.text for n, s in find_sections(document(contents + report())).items()} == PROSE


def test_list_inside_the_first_part_does_not_win() -> None:
    inner = "一、加强组织领导\n二、做好主动公开\n三、规范依申请公开\n四、完善平台\n五、强化监督\n六、其他工作\n"
    text = report().replace(PROSE["一"], PROSE["一"] + "\n" + inner)
    found = find_sections(document(text))
    assert found["二"].title == TITLES["二"]
    assert inner.strip() in found["一"].text


def test_rows_of_table_3_are_no_headings() -> None:
    rows = (
        "一、本年新收政府信息公开申请数量\n3\n二、上年结转政府信息公开申请数量\n0\n三、本年度办理结果\n（一）予以公开\n3\n"
        "（七）总计\n3\n四、结转下年度继续办理\n0\n"
    )
    found = find_sections(document(report().replace(PROSE["三"], PROSE["三"] + "\n" + rows)))
    assert list(found) == list(TITLES)
    assert found["三"].text == PROSE["三"]
    assert found["四"].title == TITLES["四"]


def test_tables_are_left_out_of_the_text() -> None:
    row = tuple(Cell(0, column, (Reading(text, "text"),)) for column, text in enumerate(["规章", "3", "0", "7"]))
    blocks = (
        Line("二、主动公开政府信息情况"),
        Line("本年公开情况见下表。"),
        Grid(1, 4, row),
        Line("三、收到和处理政府信息公开申请情况"),
        Line("无。"),
    )
    found = find_sections(Document("r", "", "html", blocks))
    assert found["二"].text == "本年公开情况见下表。"
    assert found["三"].text == "无。"


def test_table_run_together_with_prose() -> None:
    text = (
        "一、总体情况做了工作。二、主动公开政府信息情况第二十条第（一）项信息内容本年制发件数本年废止件数现行有效件数规章000"
        "行政规范性文件102第二十条第（五）项信息内容本年处理决定数量行政许可35三、收到和处理政府信息公开申请情况收到5件。"
        "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）申请人情况自然人一、本年新收政府信息公开申请数量500000"
        "5四、结转下年度继续办理0000000四、政府信息公开行政复议、行政诉讼情况行政复议行政诉讼结果维持结果纠正其他结果尚未审结"
        "总计000000000000000五、存在的主要问题及改进情况有差距。六、其他需要报告的事项无。"
    )
    found = find_sections(document(text))
    assert {n: s.text for n, s in found.items()} == {
        "一": "做了工作。", "二": "", "三": "收到5件。", "四": "", "五": "有差距。", "六": "无。"
    }


def test_lost_headings_are_missing_and_the_rest_stands() -> None:
    titles = {number: TITLES[number] for number in "一三六"}
    assert list(find_sections(document(report(titles=titles)))) == ["一", "三", "六"]


def test_page_numbers_and_broken_titles() -> None:
    text = report().replace(
        "四、政府信息公开行政复议、行政诉讼情况", "- 3 -\n四、因政府信息公开工作被申请行政复议、提起行政诉讼\n情况"
    )
    found = find_sections(document(text))
    assert found["四"].title == "因政府信息公开工作被申请行政复议、提起行政诉讼情况"
    assert found["四"].text == PROSE["四"]
    assert "3" not in found["三"].text


@pytest.mark.parametrize(
    "text", ["今天天气很好。", "一、总则\n二、职责\n三、附则", "关于召开会议的通知\n一、时间\n二、地点"]
)
def test_other_documents_have_no_sections(text: str) -> None:
    assert find_sections(document(text)) == {}


def test_titles_without_numbers_in_a_page_of_one_line() -> None:
    text = (
        "总体情况 做好工作。主动公开政府信息情况 信息内容 规章 0 0 0 "
        "收到和处理政府信息公开申请情况 申请人情况 自然人 其他需要报告的事项 无。"
    )
    assert list(find_sections(document(text)))[-3:] == ["二", "三", "六"]


def test_table_decides_between_two_places_for_a_heading() -> None:
    text = "一、总体情况\n主动公开政府信息情况\n见下。\n二、主动公开政府信息情况\n第二十条第（一）项\n规章\n0\n"
    assert "见下。" in find_sections(document(text))["一"].text


def test_the_one_word_of_a_part_stays() -> None:
    assert find_sections(document("三、收到和处理政府信息公开申请情况\n无\n"))["三"].text == "无"


def test_arabic_and_bracketed_numbers() -> None:
    for heading in ("{arabic}、{title}\n", "（{number}）{title}\n"):
        text = "".join(
            heading.format(arabic=i, number=n, title=t) + PROSE[n] + "\n"
            for i, (n, t) in enumerate(TITLES.items(), start=1)
        )
        assert {n: s.text for n, s in find_sections(document(text)).items()} == PROSE
