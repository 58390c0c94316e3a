"""Kinds of regions, their reading order, furniture, and which tables count: places and texts with known answers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Box
from pipeline.ocr.regions import Proposal
from pipeline.scan.furniture import repeated
from pipeline.scan.headings import PlacedLine
from pipeline.scan.layout import lay_out, reading_groups

PAGE = (1000, 1400)
PROSE = "本机关全年在门户网站公开信息三百余条，并按时答复各项申请，未收取费用"


def line(text: str, top: float, left: float = 100, right: float = 900, height: float = 24) -> PlacedLine:
    return ((left, top, right, top + height), text)


def kinds(
    lines: Sequence[PlacedLine], tables: Sequence[Box] = (), proposals: Sequence[Proposal] = (), first: bool = True
) -> list[tuple[str, int]]:
    """Kind and level of every line."""
    found = {region.line: region for region in lay_out(PAGE, tables, lines, proposals, first)}
    return [(found[index].kind, found[index].level) for index in range(len(lines))]


# --- headings --------------------------------------------------------------------------------------------------------


def test_a_page_of_a_report() -> None:
    lines = [
        line("某市商务局", 90, 350, 650, 34),
        line("2023年政府信息公开工作年度报告", 140, 250, 750, 34),
        line("发布日期：2024-01-10", 200, 380, 620),
        line("一、总体情况", 260, 150, 330),
        line(PROSE, 300, 150),
        line("（一）主动公开", 340, 150, 350),
        line(PROSE, 380, 150),
        line("二、主动公开政府信息情况", 420, 150, 500),
        line("- 1 -", 1340, 480, 520),
    ]
    found = kinds(lines, [(100, 460, 900, 1250)])
    assert [level for _, level in found] == [1, 1, 0, 2, 0, 3, 0, 2, 0]
    assert [kind for kind, _ in found] == [
        *("heading", "heading", "text", "heading", "text", "heading", "text", "heading", "furniture")
    ]


@pytest.mark.parametrize(
    "parts",
    [
        ["平潭综合实验区管委会2021年政府信息公开工作年度报告"],
        ["平潭综合实验区管委会", "2021年政府信息公开工作年度报告"],
        ["平潭综合实验区管委会", "2021年政府信息公开", "工作年度报告"],
        ["平潭综合实验区管委会2021年政府信息公开工作", "年度报告"],
    ],
)
def test_a_title_over_several_lines(parts: list[str]) -> None:
    lines = [
        line(text, 100 + 50 * row, 500 - 16 * len(text), 500 + 16 * len(text), 34) for row, text in enumerate(parts)
    ]
    lines += [line(PROSE, 400), line(PROSE, 440)]
    assert kinds(lines) == [("heading", 1)] * len(parts) + [("text", 0)] * 2
    assert kinds(lines, first=False) == [("text", 0)] * len(lines)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("一、总体情况", 2),
        ("—、总体情况", 2),
        ("三、收到和处理政府信息公开申请情况", 2),
        ("四、政府信息公开行政复议、行政诉讼情况", 2),
        ("五、存在的主要问题及改进情况", 2),
        ("第六部分其他需要报告的事项", 2),
        ("（二）依申请公开", 3),
        ("一、本机关全年公开信息312条，比上年多20条", 0),
        ("（一）主动公开。全年在网站公布", 0),
        ("一是加强组织领导", 0),
        ("根据《条例》要求编制本年度报告", 0),
        ("总体情况", 0),
        ("2023年1月1日", 0),
    ],
)
def test_headings_by_their_wording(text: str, level: int) -> None:
    assert kinds([line(PROSE, 600), line(text, 640, 150, 600), line(PROSE, 680)])[1] == (
        "heading" if level else "text", level
    )  # fmt: skip


def test_a_title_without_its_number_must_stand_out() -> None:
    named, other = "主动公开政府信息情况", "我们的服务"
    around = [line(PROSE, 600), line(PROSE, 720)]
    assert kinds([*around, line(named, 660, 150, 400)])[2] == ("text", 0)
    assert kinds([*around, line(named, 660, 150, 500, 34)])[2] == ("heading", 2)
    proposal = Proposal("heading", (140, 655, 420, 690), 0.9)
    assert kinds([*around, line(named, 660, 150, 400)], proposals=[proposal])[2] == ("heading", 2)
    assert kinds([*around, line(other, 660, 150, 400)], proposals=[proposal])[2] == ("text", 0)


# --- furniture -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["- 3 -", "—3—", "·3·", "3", "第3页", "第 3 页 共 5 页", "3/10", "共5页"])
@pytest.mark.parametrize("top", [40, 1340])
def test_page_numbers_in_the_margin(text: str, top: float) -> None:
    assert kinds([line(text, top, 480, 520), line(PROSE, 400)]) == [("furniture", 0), ("text", 0)]


@pytest.mark.parametrize("text", ["- 3 -", "3", "第3页"])
def test_no_page_number_in_the_middle_of_a_page(text: str) -> None:
    assert kinds([line(PROSE, 400), line(text, 700, 480, 520), line(PROSE, 1000)])[1] == ("text", 0)


def test_a_number_of_a_table_is_no_page_number() -> None:
    table = (100, 300, 900, 1300)
    assert kinds([line("0", 1310, 480, 500)], [table]) == [("text", 0)]
    row = [line("总计", 1320, 120, 180), line("3", 1320, 300, 320), line("0", 1320, 480, 500)]
    assert kinds(row) == [("text", 0)] * 3
    assert kinds([line("3", 1340, 480, 500)], [table]) == [("furniture", 0)]


def test_a_heading_at_the_foot_of_a_page_is_no_furniture() -> None:
    lines = [line(PROSE, 1200), line("三、收到和处理政府信息公开申请情况", 1340, 150, 600)]
    proposal = Proposal("furniture", (100, 1330, 900, 1380), 0.9)
    assert kinds(lines, proposals=[proposal])[1] == ("heading", 2)


def test_a_layout_model_alone_makes_no_furniture_of_a_table() -> None:
    everywhere = [Proposal("furniture", (0, 0, 1000, 1400), 0.99)]
    lines = [line("某市商务局文件", 40, 100, 300), line("结转下年度继续办理", 1340, 100, 400), line(PROSE, 700)]
    assert [kind for kind, _ in kinds(lines, proposals=everywhere)] == ["furniture", "text", "text"]


def test_what_comes_again_on_several_pages() -> None:
    pages = [
        [
            line("某市商务局年报", 30, 100, 300),
            line(PROSE if number != 2 else "二、主动公开政府信息情况", 80),
            line(f"文字{number}行", 700),
            line(f"{number + 1} 某市商务局", 1350, 450, 550),
        ]
        for number in range(4)
    ]
    pages[3][0] = line("某市商务周年报", 33, 104, 302)  # read anew, a letter wrong
    expected = {(page, place) for page in range(4) for place in (0, 3)}
    assert repeated([PAGE] * 4, pages) - {(0, 1), (1, 1), (3, 1)} == expected
    assert (2, 1) not in repeated([PAGE] * 4, pages)


def test_bare_numbers_must_count_with_the_pages() -> None:
    def at_foot(numbers: Sequence[str]) -> set[tuple[int, int]]:
        return repeated([PAGE] * len(numbers), [[line(number, 1350, 480, 520)] for number in numbers])

    assert at_foot(["1", "2", "3"]) == {(0, 0), (1, 0), (2, 0)}
    assert at_foot(["0", "0", "0"]) == set()
    assert at_foot(["7"]) == set()


def test_a_running_title_stays_once() -> None:
    title = "某市商务局2023年政府信息公开工作年度报告"
    assert repeated([PAGE] * 3, [[line(title, 30), line(PROSE, 400)] for _ in range(3)]) == {(1, 0), (2, 0)}


def test_heads_of_tables_that_every_page_repeats_stay() -> None:
    for text in ("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项）", "申请人情况", "三、收到和处理申请情况"):
        assert repeated([PAGE] * 3, [[line(text, 60)] for _ in range(3)]) == set()


# --- reading order ---------------------------------------------------------------------------------------------------


def column(left: float, right: float, top: float = 200, count: int = 12, step: float = 40) -> list[Box]:
    return [(left, top + step * row, right - (row % 4 == 3) * 30, top + step * row + 24) for row in range(count)]


def test_two_columns_under_a_title_and_over_a_foot() -> None:
    boxes = [(150.0, 100.0, 850.0, 140.0), *column(80, 480), *column(520, 920), (200.0, 800.0, 800.0, 824.0)]
    mixed = [boxes[i] for i in range(0, 26, 2)] + [boxes[i] for i in range(1, 26, 2)]
    groups = [[mixed[i] for i in group] for group in reading_groups(PAGE, [], mixed)]
    assert [sorted(group) for group in groups] == [
        *([boxes[0]], sorted(boxes[1:13]), sorted(boxes[13:25]), [boxes[25]])
    ]


def test_two_pages_on_one_sheet() -> None:
    """Left a title, prose and a page number; right a table, a line and a page number."""
    lines = [
        line("一、总体情况", 100, 150, 300),
        *((box, PROSE) for box in column(100, 900)),
        line("- 2 -", 1340, 480, 520),
        line("照。", 100, 1100, 1140),
        line("三、收到和处理政府信息公开申请情况", 1250, 1150, 1500),
        line("- 3 -", 1340, 1480, 1520),
    ]
    regions = lay_out((2000, 1400), [(1100, 150, 1900, 1200)], lines)
    assert [region.line for region in regions] == [*range(15), None, 15, 16]
    assert [region.line for region in regions if region.kind == "furniture"] == [13, 16]
    assert [region.order for region in regions] == list(range(18))


def test_a_last_page_with_little_on_a_sheet_of_two() -> None:
    boxes = [*column(100, 900), *column(1100, 1900, count=2)]
    assert reading_groups((2000, 1400), [], boxes) == [list(range(12)), [12, 13]]


def test_a_table_without_rules_stays_whole() -> None:
    labels = [(100.0, 200.0 + 40 * row, 200.0 + 60 * (row % 4), 224.0 + 40 * row) for row in range(12)]
    places = [(600.0 + 150 * column, 200.0 + 40 * row) for row in range(12) for column in (0, 1)]
    numbers = [(left, top, left + 20, top + 24) for left, top in places]
    for size in (PAGE, (1400, 1000)):
        assert len(reading_groups(size, [], [*labels, *numbers])) == 1


def test_tables_and_text_in_one_sequence() -> None:
    lines = [line(PROSE, 900), line("三、收到和处理政府信息公开申请情况", 500), line(PROSE, 100)]
    regions = lay_out(PAGE, [(100, 540, 900, 880), (100, 140, 900, 480)], lines)
    assert [(region.table, region.line) for region in regions] == [
        *((None, 2), (1, None), (None, 1), (0, None), (None, 0))
    ]


def test_an_empty_page() -> None:
    assert lay_out(PAGE, [], []) == ()
    assert reading_groups(PAGE, [], []) == []


boxes_on_page = st.tuples(
    st.integers(0, 900), st.integers(0, 1300), st.integers(1, 400), st.integers(1, 60)
).map(lambda one: (float(one[0]), float(one[1]), float(one[0] + one[2]), float(one[1] + one[3])))  # fmt: skip


@given(st.lists(boxes_on_page, max_size=30), st.lists(boxes_on_page, max_size=3))
def test_everything_is_read_once(boxes: list[Box], tables: list[Box]) -> None:
    groups = reading_groups(PAGE, tables, boxes)
    assert sorted(index for group in groups for index in group) == list(range(len(boxes)))
    regions = lay_out(PAGE, tables, [(box, "文字") for box in boxes])
    assert sorted(region.line for region in regions if region.line is not None) == list(range(len(boxes)))
    assert sorted(region.table for region in regions if region.table is not None) == list(range(len(tables)))
