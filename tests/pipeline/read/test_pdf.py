"""`read_pdf` on pages drawn for the purpose, by hand and by real engines."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Grid, Line
from pipeline.errors import E105, E106, E114, ErrorKind, GoujiError
from pipeline.limits import default_limits
from pipeline.read import pdf_characters, pdf_drawing
from pipeline.read.pdf import read_pdf
from tests.pipeline.read import pdf_pages as draw
from tests.pipeline.read.pdf_pages import PdfPage, pdf_of, ruled, stroke, text

XS = (40.0, 120.0, 180.0, 240.0, 300.0)
YS = (40.0, 60.0, 80.0, 100.0)
ROWS = (("a", "1", "2", "3"), ("b", "4", "", "6"), ("c", "7", "8", "9"))


def read(data: bytes) -> Document:
    return read_pdf(data, "report.pdf", hashlib.sha256(data).hexdigest())


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


def table(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in cells] for _, cells in grid.rows()]


def spans(grid: Grid) -> dict[str, tuple[int, int, int, int]]:
    return {cell.text: (cell.row, cell.column, cell.row_span, cell.column_span) for cell in grid.cells if cell.text}


def fails_with(kind: ErrorKind, data: bytes) -> None:
    with pytest.raises(GoujiError) as caught:
        read(data)
    assert caught.value.kind is kind


# Grids


@pytest.mark.parametrize("pen", [stroke, draw.bar, draw.dashes, draw.double])
def test_every_way_to_draw_rules_gives_the_same_cells(pen: Callable[[float, float, float, float], str]) -> None:
    document = read(pdf_of(ruled(XS, YS, pen) + draw.numbers(XS, YS, ROWS)))
    (grid,) = grids(document)
    assert table(grid) == [list(row) for row in ROWS]
    assert grid.aligned
    assert lines(document) == []
    assert {reading.reader for cell in grid.cells for reading in cell.readings} == {"pdf"}


def test_a_blank_cell_has_one_blank_reading() -> None:
    (grid,) = grids(read(pdf_of(ruled(XS, YS) + draw.numbers(XS, YS, ROWS))))
    (blank,) = [cell for cell in grid.cells if (cell.row, cell.column) == (1, 2)]
    assert [reading.text for reading in blank.readings] == [""]
    assert not blank.unread


def test_boxes_are_points_from_the_top_left() -> None:
    (grid,) = grids(read(pdf_of(ruled(XS, YS) + draw.numbers(XS, YS, ROWS))))
    assert grid.source.page == 1
    assert grid.source.box == pytest.approx((40, 40, 300, 100), abs=0.5)
    assert grid.cells[5].source.box == pytest.approx((120, 60, 180, 80), abs=0.5)


def test_boxes_of_a_cropped_page_count_from_the_crop() -> None:
    page = PdfPage(ruled(XS, YS) + draw.numbers(XS, YS, ROWS) + text(2, 200, "out"), "/CropBox [20 0 380 290]")
    document = read(pdf_of(page))
    (grid,) = grids(document)
    assert grid.source.box == pytest.approx((20, 30, 280, 90), abs=0.5)
    assert (document.pages[0].width, document.pages[0].height) == (360, 290)
    assert lines(document) == []


def test_rectangles_around_cells_are_rules() -> None:
    cells = [
        draw.rectangle(x0 + 0.5, y0 + 0.5, x1 - 0.5, y1 - 0.5) for y0, y1 in pairwise(YS) for x0, x1 in pairwise(XS)
    ]
    (grid,) = grids(read(pdf_of("".join(cells) + draw.numbers(XS, YS, ROWS))))
    assert table(grid) == [list(row) for row in ROWS]


def test_one_path_for_all_rules_is_taken_apart() -> None:
    edges = ruled(XS, YS).replace(" S", "").replace("0.5 w", "") + " S\n"
    (grid,) = grids(read(pdf_of(edges + draw.numbers(XS, YS, ROWS))))
    assert table(grid) == [list(row) for row in ROWS]


def test_rules_within_a_form_are_moved_by_its_matrix() -> None:
    words = draw.numbers(XS, YS, ROWS)
    shifted = ruled([x / 2 - 5 for x in XS], [draw.HEIGHT - (draw.HEIGHT - y) / 2 for y in YS])
    page = PdfPage("q 2 0 0 2 0 0 cm /Fm Do Q " + words, form=shifted, form_matrix="1 0 0 1 5 0")
    (grid,) = grids(read(pdf_of(page)))
    assert table(grid) == [list(row) for row in ROWS]


def merged() -> str:
    """First row one cell wide, then a cell two rows high and one two by two."""
    return "".join(
        [
            draw.rectangle(40, 40, 300, 100),
            stroke(40, 60, 300, 60),
            stroke(120, 60, 120, 100),
            stroke(180, 60, 180, 100),
            stroke(120, 80, 180, 80),
            text(50, 55, "head"),
            text(50, 85, "left"),
            text(125, 75, "up"),
            text(125, 95, "down"),
            text(190, 85, "right"),
        ]
    )


def test_merged_cells_keep_their_spans() -> None:
    (grid,) = grids(read(pdf_of(merged())))
    assert (grid.n_rows, grid.n_columns) == (3, 3)
    assert spans(grid) == {
        "head": (0, 0, 1, 3),
        "left": (1, 0, 2, 1),
        "up": (1, 1, 1, 1),
        "down": (2, 1, 1, 1),
        "right": (1, 2, 2, 1),
    }


def test_lines_of_a_cell_are_joined_by_newlines() -> None:
    cell = text(44, 52, "one", 6) + text(44, 58, "two", 6) + text(130, 55, "x") + text(44, 75, "y")
    (grid,) = grids(read(pdf_of(ruled(XS, YS) + cell)))
    assert grid.cells[0].text == "one\ntwo"


def test_two_tables_and_the_text_between_in_reading_order() -> None:
    low = [y + 120 for y in YS]
    content = (
        draw.numbers(XS, low, ROWS) + ruled(XS, low) + text(40, 130, "between")
        + ruled(XS, YS) + draw.numbers(XS, YS, ROWS) + text(40, 20, "before")
    )  # fmt: skip
    kinds = [block.text if isinstance(block, Line) else type(block).__name__ for block in read(pdf_of(content)).blocks]
    assert kinds == ["before", "Grid", "between", "Grid"]


@pytest.mark.parametrize("missing", ["bottom", "top"])
def test_a_row_cut_by_the_page_end_is_a_row(missing: str) -> None:
    ys = YS[:-1] if missing == "bottom" else YS[1:]
    edges = [stroke(XS[0], y, XS[-1], y) for y in ys] + [stroke(x, YS[0], x, YS[-1]) for x in XS]
    content = "".join(edges) + draw.numbers(XS, YS, ROWS) + text(160, 290, "- 3 -")
    document = read(pdf_of(content))
    (grid,) = grids(document)
    assert table(grid) == [list(row) for row in ROWS]
    assert lines(document) == ["- 3 -"]


def test_a_cut_edge_without_text_is_no_row() -> None:
    edges = [stroke(XS[0], y, XS[-1], y) for y in YS] + [stroke(x, YS[0], x, YS[-1] + 12) for x in XS]
    (grid,) = grids(read(pdf_of("".join(edges) + draw.numbers(XS, YS, ROWS))))
    assert grid.n_rows == 3


def test_open_sides_give_columns() -> None:
    edges = [stroke(XS[0], y, XS[-1], y) for y in YS] + [stroke(x, YS[0], x, YS[-1]) for x in XS[1:-1]]
    (grid,) = grids(read(pdf_of("".join(edges) + draw.numbers(XS, YS, ROWS))))
    assert table(grid) == [list(row) for row in ROWS]


def test_a_merged_cell_as_high_as_the_page_keeps_its_column() -> None:
    """No rule meets the outer side of such a cell, and its label may stand on this page."""
    inner = ruled(XS[1:], YS) + stroke(XS[0], YS[0], XS[0], YS[-1])
    words = draw.numbers(XS[1:], YS, [row[1:] for row in ROWS]) + text(50, 72, "label")
    (grid,) = grids(read(pdf_of(inner + words)))
    assert (grid.n_rows, grid.n_columns) == (3, 4)
    assert spans(grid)["label"] == (0, 0, 3, 1)


def test_a_single_row_left_over_on_a_page_is_a_table() -> None:
    (grid,) = grids(read(pdf_of(ruled(XS, YS[:2]) + draw.numbers(XS, YS[:2], ROWS[:1]))))
    assert table(grid) == [["a", "1", "2", "3"]]


# What is no table


@pytest.mark.parametrize(
    "decoration",
    [
        draw.rectangle(10, 10, 390, 290),
        draw.rectangle(10, 10, 390, 290) + stroke(10, 40, 390, 40),
        draw.rectangle(38, 40, 200, 62, "f") + draw.rectangle(200, 40, 300, 62, "f"),
        stroke(40, 63, 100, 63) + stroke(40, 83, 120, 83),
        ruled((200, 250, 300), (100, 150, 200)),
        draw.rectangle(10, 40, 390, 100) + stroke(10, 66, 390, 66),
        draw.rectangle(10, 40, 390, 100) + stroke(200, 40, 200, 100),
        stroke(30, 40, 30, 100) + stroke(30, 100, 200, 100) + stroke(200, 98, 200, 100),
    ],
    ids=["page border", "border with heading", "shading", "underlines", "chart grid", "boxes", "halves", "axes"],
)
def test_decoration_leaves_lines(decoration: str) -> None:
    document = read(pdf_of(decoration + text(40, 60, "first line") + text(40, 80, "second line")))
    assert grids(document) == []
    assert lines(document) == ["first line", "second line"]


def test_columns_without_rules_are_parted_by_tabs() -> None:
    document = read(pdf_of(draw.numbers(XS, YS, ROWS)))
    assert grids(document) == []
    assert lines(document) == ["a\t1\t2\t3", "b\t4\t6", "c\t7\t8\t9"]


def test_columns_with_horizontal_rules_only_are_parted_by_tabs() -> None:
    edges = "".join(stroke(XS[0], y, XS[-1], y) for y in YS)
    assert lines(read(pdf_of(edges + draw.numbers(XS, YS, ROWS))))[0] == "a\t1\t2\t3"


# Characters


def test_bold_by_double_printing_is_read_once() -> None:
    twice = text(40, 60, "1100 bold") + text(40.3, 60, "1100 bold") + text(40.3, 60.3, "1100 bold")
    assert lines(read(pdf_of(twice))) == ["1100 bold"]
    part = text(40, 60, "1100 bold") + text(45.9, 60, "100 bo")
    assert lines(read(pdf_of(part))) == ["1100 bold"]


def test_repeated_digits_stay() -> None:
    assert lines(read(pdf_of(text(40, 60, "11111 000 ll")))) == ["11111 000 ll"]


def test_drawn_spaces_stay_and_gaps_between_words_become_spaces() -> None:
    assert lines(read(pdf_of(text(40, 60, "a b") + text(58, 60, "c")))) == ["a b c"]


def test_columns_made_with_runs_of_spaces_are_parted_by_tabs() -> None:
    assert lines(read(pdf_of(text(40, 60, "a" + " " * 12 + "10" + " " * 12 + "2")))) == ["a\t10\t2"]


def test_a_hyphen_at_a_line_end_stays_visible() -> None:
    assert lines(read(pdf_of(text(40, 60, "call 0517-") + text(40, 72, "8722")))) == ["call 0517-", "8722"]
    broken = "\n".join(lines(read(pdf_of(text(40, 60, "infor-") + text(40, 72, "mation")))))
    assert broken == "infor-\nmation"


def test_hidden_text_over_visible_text_is_dropped() -> None:
    page = text(40, 60, "seen") + " BT 3 Tr /F1 10 Tf 1 0 0 1 40 200 Tm (hidden) Tj ET"
    document = read(pdf_of(page))
    assert lines(document) == ["seen"]
    assert document.warnings == ()


def test_a_page_of_hidden_text_is_a_scan_with_a_text_layer() -> None:
    document = read(pdf_of(PdfPage("BT 3 Tr /F1 10 Tf 1 0 0 1 40 200 Tm (layer) Tj ET")))
    assert lines(document) == ["layer"]
    assert "第 1 页" in document.warnings[0]


def test_a_slanted_watermark_is_left_out_with_a_warning() -> None:
    mark = " BT /F1 40 Tf 0.707 0.707 -0.707 0.707 60 60 Tm (DRAFT) Tj ET"
    document = read(pdf_of(ruled(XS, YS) + draw.numbers(XS, YS, ROWS) + mark))
    assert table(grids(document)[0]) == [list(row) for row in ROWS]
    assert "水印" in document.warnings[0]


def test_text_on_its_side_stays_in_its_cell() -> None:
    label = " BT /F1 8 Tf 0 1 -1 0 60 230 Tm (abc) Tj ET"
    rows = (("", *ROWS[0][1:]), *ROWS[1:])
    (grid,) = grids(read(pdf_of(ruled(XS, (40, 80, 100, 120)) + draw.numbers(XS, (40, 80, 100, 120), rows) + label)))
    assert grid.cells[0].text == "abc"


def test_vertical_writing_stays_in_its_cell() -> None:
    ys = (40, 100, 120, 140)
    rows = (("", *ROWS[0][1:]), *ROWS[1:])
    content = ruled(XS, ys) + draw.numbers(XS, ys, rows) + draw.vertical_text(60, 45, "三、本年度")
    (grid,) = grids(read(pdf_of(content)))
    assert grid.cells[0].text == "三\n、\n本\n年\n度"
    assert table(grid)[0][1:] == ["1", "2", "3"]


def test_a_number_too_long_for_its_column_stays_whole() -> None:
    (grid,) = grids(read(pdf_of(ruled(XS, YS) + text(113, 55, "12345678901234") + text(185, 55, "7"))))
    assert table(grid)[0] == ["", "12345678901234", "7", ""]


def test_justified_chinese_gets_no_spaces() -> None:
    spread = "".join(draw.chinese_text(40 + 14 * place, 60, word) for place, word in enumerate("本年新收申请"))
    assert lines(read(pdf_of(spread + draw.chinese_text(40, 80, "邮　编")))) == ["本年新收申请", "邮　编"]


# Pages


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_turned_by_its_attribute_comes_out_upright(turn: int) -> None:
    """The content is drawn against the turn, as scanners and landscape exports do."""
    matrix = {
        90: f"0 1 -1 0 {draw.HEIGHT} 0",
        180: f"-1 0 0 -1 {draw.WIDTH} {draw.HEIGHT}",
        270: f"0 -1 1 0 0 {draw.WIDTH}",
    }[turn]
    width, height = (draw.WIDTH, draw.HEIGHT) if turn == 180 else (draw.HEIGHT, draw.WIDTH)
    content = f"q {matrix} cm " + ruled(XS, YS) + draw.numbers(XS, YS, ROWS) + " Q"
    document = read(pdf_of(PdfPage(content, f"/Rotate {turn} /MediaBox [0 0 {width} {height}]")))
    (grid,) = grids(document)
    assert table(grid) == [list(row) for row in ROWS]
    assert (document.pages[0].width, document.pages[0].height) == (draw.WIDTH, draw.HEIGHT)
    assert grid.source.box == pytest.approx((40, 40, 300, 100), abs=0.5)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_shown_on_its_side_is_read_upright_and_located_as_shown(turn: int) -> None:
    document = read(pdf_of(PdfPage(ruled(XS, YS) + draw.numbers(XS, YS, ROWS), f"/Rotate {turn}")))
    (grid,) = grids(document)
    assert table(grid) == [list(row) for row in ROWS]
    expected = {90: (200, 40, 260, 300), 180: (100, 200, 360, 260), 270: (40, 100, 100, 360)}[turn]
    assert grid.source.box == pytest.approx(expected, abs=0.5)


def test_an_image_behind_text_is_a_background() -> None:
    words = "".join(text(40, 60 + 20 * row, "words over a letterhead") for row in range(5))
    document = read(pdf_of(PdfPage("q 400 0 0 300 0 0 cm /Im Do Q " + words, image=True)))
    assert {type(block) for block in document.blocks} == {Line}
    assert document.warnings == ()


def test_a_blank_page_is_nothing() -> None:
    document = read(pdf_of(text(40, 60, "text"), ""))
    assert len(document.pages) == 2
    assert len(document.blocks) == 1
    assert document.warnings == ()


# Files


def test_a_user_password_is_asked_for() -> None:
    fails_with(E106, pdf_of(text(40, 60, "secret"), user_password="user", owner_password="owner"))


def test_an_owner_password_alone_does_not_matter() -> None:
    assert lines(read(pdf_of(text(40, 60, "open"), user_password="", owner_password="owner"))) == ["open"]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_file_cut_short_is_refused(share: float) -> None:
    data = pdf_of(*[text(40, 60, f"page {number}") for number in range(5)])
    fails_with(E105, data[: int(len(data) * share)])


def test_a_file_without_its_end_is_refused_though_its_pages_open() -> None:
    data = pdf_of(text(40, 60, "text"))
    fails_with(E105, data[: data.rindex(b"startxref")])


def test_a_line_appended_by_a_server_does_not_matter() -> None:
    assert lines(read(pdf_of(text(40, 60, "text")) + b"\r\n<!-- served -->\r\n")) == ["text"]


def test_garbage_is_refused() -> None:
    fails_with(E105, b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"%%EOF")


def test_too_many_pages_are_refused() -> None:
    data = pdf_of(*[text(40, 60, "x")] * 3)
    with pytest.raises(GoujiError) as caught:
        read_pdf(data, "report.pdf", "", replace(default_limits(), max_pages=2))
    assert caught.value.kind is E114


def test_a_page_with_too_much_on_it_is_read_in_part_and_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pdf_of(draw.numbers(XS, YS, ROWS) + ruled(XS, YS))
    monkeypatch.setattr(pdf_drawing, "MAX_OBJECTS", 12)
    monkeypatch.setattr(pdf_characters, "MAX_CHARACTERS", 5)
    document = read(data)
    read_part = "".join(lines(document)).replace("\t", "")
    assert read_part and "a123b46c789".startswith(read_part) and len(read_part) <= 5
    assert ["图形过多" in warning or "文字过多" in warning for warning in document.warnings] == [True, True]


SAMPLE = pdf_of(
    PdfPage(merged() + " /Fm Do q 90 0 0 90 300 20 cm /Im Do Q", "/Rotate 90", form=ruled(XS, YS), image=True),
    ruled(XS, YS, draw.dashes) + draw.numbers(XS, YS, ROWS),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    edits=st.lists(
        st.tuples(
            st.integers(0, len(SAMPLE) - 1),
            st.integers(0, 30),
            st.one_of(
                st.binary(max_size=12),
                st.sampled_from([b"1e38", b"-99999999999", b"nan", b"0", b" 0 R", b"<<", b"null", b"/Fm Do"]),
            ),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_damaged_files_fail_in_order_or_are_read(edits: list[tuple[int, int, bytes]]) -> None:
    data = bytearray(SAMPLE)
    for start, length, new in edits:
        data[start : start + length] = new
    try:
        document = read(bytes(data))
    except GoujiError as error:
        assert error.kind in (E105, E106, E114)
    else:
        assert document.text().encode("utf-8") is not None


# Real engines

FORM_LABELS = ("alpha", "beta", "gamma", "delta")


def form(n_rows: int, css: str, table_attributes: str = "") -> str:
    """A table like the form's: a label down the left side, groups of three rows, seven numbers a row."""
    cells = [
        "<tr><td colspan=3 rowspan=2>项目</td><td rowspan=2>自然人</td><td colspan=5>法人或其他组织</td>"
        "<td rowspan=2>总计</td></tr><tr>" + "".join(f"<td>{name}</td>" for name in "商科社法其") + "</tr>"
    ]
    for row in range(n_rows):
        cells.append("<tr>")
        if row == 0:
            cells.append(f"<td rowspan={n_rows}>本年度办理结果</td>")
        if row % 3 == 0:
            cells.append(f"<td rowspan={min(3, n_rows - row)}>组{row // 3}</td>")
        cells.append(f"<td class=label>第{row}行的名称</td>")
        cells.extend(f"<td>{number}</td>" for number in numbers_of(row))
        cells.append("</tr>")
    style = f"td{{border:1px solid black}} table{{border-collapse:collapse;width:100%}} {css}"
    return (
        f"<html><head><meta charset=utf-8><style>{style}</style></head><body><p>收到和处理申请情况</p>"
        f"<table {table_attributes}>{''.join(cells)}</table><p>复议、诉讼情况</p></body></html>"
    )


def numbers_of(row: int) -> list[int]:
    return [row * 10 + column for column in range(7)]


def check_form(document: Document, n_rows: int) -> None:
    found = []
    for grid in grids(document):
        assert grid.n_columns == 10
        for _, cells in grid.rows():
            values = [cell.text for cell in cells if cell.column >= 3]
            if len(values) == 7 and all(value.isdigit() for value in values):
                label = next(cell.text for cell in cells if cell.column == 2)
                found.append((label.replace("\n", ""), [int(value) for value in values]))
    assert found == [(f"第{row}行的名称", numbers_of(row)) for row in range(n_rows)]
    assert [line for line in lines(document) if not line.isdigit()] == ["收到和处理申请情况", "复议、诉讼情况"]


needs_chromium = pytest.mark.skipif(draw.CHROMIUM is None, reason="needs chromium")
needs_libreoffice = pytest.mark.skipif(draw.SOFFICE is None, reason="needs soffice")

CSS = {
    "plain": "",
    "dashed": "td{border:1px dashed black}",
    "dotted": "td{border:1px dotted black}",
    "double": "td{border:3px double black}",
    "spaced": "table{border-collapse:separate;border-spacing:2px;border:1px solid black}",
    "open sides": "table{border:none} td:first-child{border-left:none} td:last-child{border-right:none}",
    "over pages": "td.label{height:70pt}",
    "landscape over pages": "@page{size:A4 landscape} td.label{height:40pt}",
    "turned": "@page{size:A4;page-orientation:rotate-left}",
}


@needs_chromium
@pytest.mark.parametrize("css", CSS.values(), ids=CSS.keys())
def test_forms_printed_by_chromium(css: str, tmp_path: Path) -> None:
    check_form(read(draw.printed_by_chromium(form(21, css), tmp_path)), 21)


@needs_chromium
def test_a_row_cut_by_the_page_end_gives_a_row_on_both_pages(tmp_path: Path) -> None:
    tall = "<br>".join(f"第{line}句" for line in range(60))
    html = form(2, "td{vertical-align:top}").replace("第1行的名称", tall)
    first, second = grids(read(draw.printed_by_chromium(html, tmp_path)))
    assert (first.source.page, second.source.page) == (1, 2)
    assert (first.n_columns, second.n_columns) == (10, 10)
    upper = next(cell for cell in first.cells if (cell.row, cell.column) == (first.n_rows - 1, 2))
    lower = next(cell for cell in second.cells if (cell.row, cell.column) == (0, 2))
    assert (upper.text + "\n" + lower.text).split("\n") == tall.split("<br>")
    assert table(first)[-1][-7:] == [str(number) for number in numbers_of(1)]
    assert table(second)[0][-7:] == [""] * 7


@needs_chromium
def test_a_form_without_rules_gives_rows_with_tabs(tmp_path: Path) -> None:
    document = read(draw.printed_by_chromium(form(6, "td{border:none;white-space:nowrap}"), tmp_path))
    assert grids(document) == []
    rows = [line.split("\t")[-7:] for line in lines(document) if "行的名称" in line]
    assert rows == [[str(number) for number in numbers_of(row)] for row in range(6)]


@needs_libreoffice
@pytest.mark.parametrize("css", ["", "td.label{height:70pt}"], ids=["plain", "over pages"])
def test_forms_exported_by_libreoffice(css: str, tmp_path: Path) -> None:
    html = form(21, css, "border=1 cellspacing=0")
    check_form(read(draw.printed_by_libreoffice(html, tmp_path)), 21)
