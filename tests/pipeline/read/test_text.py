"""Text and Markdown: which tables become grids, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document, Grid, Line
from pipeline.errors import GoujiError
from pipeline.read.text import read_text


def read(text: str) -> Document:
    return read_text(text.encode(), "report.txt", "0" * 64)


def grid(text: str) -> list[list[str]]:
    (found,) = [block for block in read(text).blocks if isinstance(block, Grid)]
    return [[cell.text for cell in cells] for _, cells in found.rows()]


TWO = [["规章", "3", "12"], ["行政许可", "80", ""]]


@pytest.mark.parametrize(
    "text",
    [
        "规章\t3\t12\n行政许可\t80\t\n",
        "| 规章 | 3 | 12 |\n| 行政许可 | 80 | |\n",
        "规章|3|12\n行政许可|80|\n",
        "| 规章 | 3 | 12 |\n|---|---:|:--|\n| 行政许可 | 80 | |\n",
        "| **规章** | 3 | 12 |\n| 行政许可 | 80 | &nbsp; |\n",
        "+----------+----+----+\n| 规章     | 3  | 12 |\n+----------+----+----+\n"
        "| 行政许可 | 80 |    |\n+----------+----+----+\n",
        '{| class="wikitable"\n! 规章 !! 3 !! 12\n|-\n| 行政许可 || 80 || \n|}\n',
        "<table><tr><td>规章</td><td>3</td><td>12</td></tr><tr><td>行政许可</td><td>80</td><td></td></tr></table>\n",
    ],
    ids=["tabs", "pipes", "bare pipes", "Markdown", "emphasis", "ruled", "MediaWiki", "HTML"],
)
def test_a_table_becomes_a_grid(text: str) -> None:
    assert grid(text) == TWO


def test_a_dashed_table() -> None:
    text = "规章     3    12\n-------- ---- ----\n行政许可 80   5\n行政处罚      7\n"
    assert grid(text) == [["规章", "3", "12"], ["行政许可", "80", "5"], ["行政处罚", "", "7"]]


def test_merged_cells_of_a_ruled_table() -> None:
    text = "+----+----+\n| 规章    |\n+----+----+\n| 3  | 12 |\n+----+----+\n"
    (found,) = [block for block in read(text).blocks if isinstance(block, Grid)]
    assert [(cell.text, cell.column_span) for cell in found.cells] == [("规章", 2), ("3", 1), ("12", 1)]


def test_merged_cells_of_a_wiki_table() -> None:
    text = "{|\n| rowspan=2 | 规章 || 3\n|-\n| 12\n|}\n"
    (found,) = [block for block in read(text).blocks if isinstance(block, Grid)]
    assert [(cell.text, cell.row, cell.column, cell.row_span) for cell in found.cells] == [
        ("规章", 0, 0, 2), ("3", 0, 1, 1), ("12", 1, 1, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "aligned"), [("规章\t3\t12\n", False), ("{|\n| 规章 || 3\n|}\n", True)])
def test_columns_are_fixed_only_where_the_file_fixes_them(text: str, aligned: bool) -> None:
    assert [block.aligned for block in read(text).blocks if isinstance(block, Grid)] == [aligned]


def test_lines_of_cells_that_follow_each_other_are_one_grid() -> None:
    found = read("一、总体情况\n规章\t3\t12\n行政许可\t80\t\n\n行政处罚\t1\t2\n")
    assert [type(block) for block in found.blocks[:4]] == [Line, Grid, Line, Grid]


def test_blank_lines_are_kept() -> None:
    assert [block.text for block in read("3\n\n\n4\n").blocks if isinstance(block, Line)] == ["3", "", "", "4", ""]


@pytest.mark.parametrize(
    ("raw", "text", "level"),
    [
        ("# 一、总体情况", "一、总体情况", 1),
        ("### 一、总体情况 ###", "一、总体情况", 3),
        ("#一、总体情况", "#一、总体情况", 0),
        ("**一、总体情况**", "一、总体情况", 0),
        ("1\\. 属于国家秘密", "1. 属于国家秘密", 0),
        ("规章&nbsp;3", "规章\u00a03", 0),
        ("规章<br>3", "规章\n3", 0),
        ("<span style='x'>规章</span>", "规章", 0),
        ("收入<5万元且>3", "收入<5万元且>3", 0),
    ],
)
def test_marks_of_markdown_are_taken_away(raw: str, text: str, level: int) -> None:
    line = read(raw).blocks[0]
    assert isinstance(line, Line)
    assert (line.text, line.heading) == (text, level)


def test_places_of_cells() -> None:
    lines = ["一、总体情况", "| 规章 | 3 |", "| 行政许可 | 80 |"]
    (found,) = [block for block in read("\n".join(lines)).blocks if isinstance(block, Grid)]
    for cell in found.cells:
        assert cell.source.line is not None
        assert cell.source.chars is not None
        assert lines[cell.source.line - 1][slice(*cell.source.chars)].strip() == cell.text


def test_tables_of_html_inside_text_know_their_line() -> None:
    rows = "".join(f"<tr><td>规章{i}</td><td>{i}</td><td>{i}</td></tr>" for i in range(4))
    text = f"一、总体情况\n\n<table>\n{rows}\n</table>\n二、主动公开政府信息情况\n\n<table>{rows}</table>\n"
    blocks = read(text).blocks
    assert [block.source.line for block in blocks if isinstance(block, Grid)] == [3, 8]
    assert {cell.source.line for block in blocks if isinstance(block, Grid) for cell in block.cells} == {3, 8}
    assert [block.source.line for block in blocks if isinstance(block, Line) and "二、" in block.text] == [6]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, ending: str) -> None:
    text = ending.join(["云泽县水务局2021年政府信息公开工作年度报告", "规章\t3\t12", "行政许可\t80\t"])
    found = read_text(text.encode(encoding), "x.txt", "0" * 64)
    assert found.text() == "云泽县水务局2021年政府信息公开工作年度报告\n规章\t3\t12\n行政许可\t80\t"


@pytest.mark.parametrize(("data", "code"), [(b"", "E102"), (b" \n\t\n", "E102"), (b"\x00\x01\x02\x03" * 50, "E105")])
def test_what_is_no_text(data: bytes, code: str) -> None:
    with pytest.raises(GoujiError) as raised:
        read_text(data, "x.txt", "0" * 64)
    assert raised.value.kind.code == code


PIECES = st.sampled_from(
    [
        "规章",
        "12",
        "|",
        "\t",
        "\n",
        " ",
        "-",
        "+---+",
        "---",
        "{|",
        "|}",
        "|-",
        "<table>",
        "</table>",
        "<td>",
        "#",
        "*",
        "\\",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join).filter(str.strip))
def test_any_text_is_read_and_keeps_its_numbers(text: str) -> None:
    found = read(f"首\n{text}")
    assert found.text().count("12") == text.count("12") or "<" in text or "|" in text
    for block in found.blocks:
        if isinstance(block, Grid):
            assert all(0 <= cell.row < block.n_rows and 0 <= cell.column < block.n_columns for cell in block.cells)
