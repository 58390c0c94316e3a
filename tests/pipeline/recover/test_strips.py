"""What stands side by side, in reading order."""

from __future__ import annotations

import pytest

from pipeline.document import Cell, Document, Grid, Line, Reading, Source
from pipeline.read.text import read_text
from pipeline.recover.strips import Strip, Token, display_width, has_spaced_lines, part_of, strips
from tests.pipeline.invented import strips_of


def shown(found: list[Strip]) -> list[list[str]]:
    return [[token.text for token in strip.tokens] for strip in found]


def kinds(strip: Strip) -> str:
    """One letter a token: w(ord), v(alue), b(lank)."""
    return "".join(token.kind[0] for token in strip.tokens)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("规章\t3\t0\t12", "wvvv"),
        ("规章\t3\t\t12", "wvbv"),
        ("| 规章 | / | 无 | 12件 |", "wvvv"),
        ("| 规章 | 1,234 | １２ | 22（其中修订 16 件） |", "wvvv"),
        ("\t5", "v"),
        ("5|", "v"),
        ("自然人", "w"),
        ("1.", "w"),
        ("规章 3 0 12", "wv"),
        ("规章000行政规范性文件312", "wvwv"),
    ],
)
def test_kinds_of_tokens(line: str, wanted: str) -> None:
    (strip,) = strips_of(line)
    assert kinds(strip) == wanted


@pytest.mark.parametrize(
    "line",
    [
        "— 5 —",
        "- 12 -",
        "第 3 页",
        "第3页 共8页",
        "全年共受理申请12件，均已办结。",
        "予以公开的信息有很多，详见网站首页的公开目录，欢迎查阅。",
    ],
)
def test_page_numbers_and_sentences_are_left_out(line: str) -> None:
    assert shown(strips_of(f"{line}\n规章\t0\t0\t1")) == [["规章", "0", "0", "1"]]


def test_blank_lines_are_gaps() -> None:
    assert [strip.gap for strip in strips_of("自然人\n\n\n3\n4\n")] == [0, 2, 0]


def test_lines_of_spaces_may_be_blank_cells() -> None:
    document = read_text(("3\n" + "  \n" * 10 + "\n4\n").encode(), "x.txt", "0" * 64)
    assert has_spaced_lines(document)
    assert sum(kinds(strip) == "b" for strip in strips(document, spaced_cells=True)) == 10
    assert all(kinds(strip) != "b" for strip in strips(document))


def test_numbers_without_borders_are_soft() -> None:
    (strip,) = strips_of("规章 3 0 12")
    assert [token.soft for token in strip.tokens] == [False, True]
    (strip,) = strips_of("规章\t3\t0\t12")
    assert not any(token.soft for token in strip.tokens)


def test_the_next_labels_number_is_noted() -> None:
    (strip,) = strips_of("1.属于国家秘密00000002其他法律行政法规禁止公开0000000")
    assert [token.swallowed for token in strip.tokens if token.kind == "value"] == ["2", ""]


@pytest.mark.parametrize(
    "text",
    [
        "　　规章 3 0 12",
        "规章 3 0 12",
        "规章000行政规范性文件312",
        "    自然人      总计",
        "  12  ",
        "规章\t3\t0\t12",
        "| 规章 3 | 4 |",
    ],
)
def test_places_in_the_line_are_true(text: str) -> None:
    """Where a place is narrower than the line, it is exactly the token's."""
    for strip in strips_of(text):
        for token in strip.tokens:
            assert token.source.line == 1
            assert token.source.chars is not None
            start, end = token.source.chars
            assert token.text in text[start:end]
            if (start, end) != (0, len(text)) and "|" not in text:
                assert text[start:end] == token.text


def test_no_place_is_made_up_where_marks_were_taken_away() -> None:
    (strip,) = strips_of("**规章** 3 0 12")
    assert {token.source.chars for token in strip.tokens} == {(0, len("**规章** 3 0 12"))}


def test_columns_of_aligned_text() -> None:
    (strip,) = strips_of("  规章    3     12")
    assert [token.x for token in strip.tokens] == [2, 10]


def test_display_width() -> None:
    assert display_width("规章 3") == 6


def test_part_of_a_token_keeps_its_place() -> None:
    token = Token("12 345", "value", Source(line=4, chars=(10, 16)), soft=True, x=20)
    part = part_of(token, 3, 6)
    assert (part.text, part.source.chars, part.x) == ("345", (13, 16), 23)
    assert part_of(Token("12", "value", Source(line=4, chars=(0, 40))), 1, 2).source.chars == (0, 40)


def grid(*texts: tuple[str | None, ...], aligned: bool = True) -> Document:
    cells = tuple(
        Cell(row, column, () if text is None else (Reading(text, "ocr"),))
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
    )
    return Document("x", "0" * 64, "html", (Grid(len(texts), max(map(len, texts)), cells, aligned),))


def test_columns_of_a_grid_are_kept_where_the_file_fixes_them() -> None:
    (strip,) = strips(grid(("规章", "3", "", "12")))
    assert [token.column for token in strip.tokens] == [0, 1, 2, 3]
    (strip,) = strips(grid(("规章", "3", "", "12"), aligned=False))
    assert {token.column for token in strip.tokens} == {None}


def test_a_cell_that_nobody_could_read_is_no_blank() -> None:
    (strip,) = strips(grid(("规章", None, "", "12")))
    assert kinds(strip) == "wvbv"
    assert strip.tokens[1].text == ""


def test_rows_fused_into_one_are_parted() -> None:
    found = strips(grid(("规章\n行政规范性文件", "3\n4", "0\n1", "12\n20")))
    assert shown(found) == [["规章", "3", "0", "12"], ["行政规范性文件", "4", "1", "20"]]


def test_a_label_that_shares_its_cell_with_numbers() -> None:
    (strip,) = strips(grid(("规章 3 0 12", "")))
    assert kinds(strip) == "wvb"


def test_lines_keep_the_order_of_the_document() -> None:
    document = Document("x", "0" * 64, "text", (Line("规章"), Line(""), Line("3"), Line("行政处罚")))
    assert shown(strips(document)) == [["规章"], ["3"], ["行政处罚"]]


def test_a_row_of_a_grid_in_which_no_cell_begins_is_no_strip() -> None:
    """Two cells over both rows: the second row once came out as a strip without tokens."""
    cells = tuple(Cell(0, column, (Reading(text, "ocr"),), row_span=2) for column, text in enumerate(("规章", "3")))
    found = strips(Document("x", "0", "pdf", (Grid(2, 2, cells),)))
    assert shown(found) == [["规章", "3"]]
