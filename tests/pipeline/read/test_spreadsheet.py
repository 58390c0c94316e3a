"""Workbooks of both kinds."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from pipeline.document import Document, Grid
from pipeline.errors import E105, GoujiError
from pipeline.read.sheet_format import shown_number
from pipeline.read.spreadsheet import read_xls, read_xlsx
from tests.pipeline.read.office_files import needs_office, office_convert, package, saved, workbook


def read(data: bytes) -> Document:
    return read_xlsx(data, "report.xlsx", "0" * 64)


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def placed(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.column, cell.row_span, cell.column_span, cell.text) for cell in grid.cells]


ROWS: list[list[object]] = [
    ["申请人情况", None, "自然人", "总计"],
    ["一、本年新收", None, 12, 12.0],
    ["三、办理结果", "（一）予以公开", 7, None],
    [None, "（七）总计", "12", " \u3000"],
]
MERGES = ("A1:B1", "A2:B2", "A3:A4")
EXPECTED = [
    (0, 0, 1, 2, "申请人情况"), (0, 2, 1, 1, "自然人"), (0, 3, 1, 1, "总计"),
    (1, 0, 1, 2, "一、本年新收"), (1, 2, 1, 1, "12"), (1, 3, 1, 1, "12"),
    (2, 0, 2, 1, "三、办理结果"), (2, 1, 1, 1, "（一）予以公开"), (2, 2, 1, 1, "7"), (2, 3, 1, 1, ""),
    (3, 1, 1, 1, "（七）总计"), (3, 2, 1, 1, "12"), (3, 3, 1, 1, ""),
]  # fmt: skip


def test_merged_cells_are_spans_and_whole_numbers_are_whole() -> None:
    (grid,) = grids(read(workbook(ROWS, MERGES)))
    assert placed(grid) == EXPECTED
    assert (grid.n_rows, grid.n_columns, grid.aligned) == (4, 4, True)
    assert grid.cells[4].source.place == "年报!C2"


@needs_office
def test_the_binary_kind_says_the_same(tmp_path: Path) -> None:
    data = office_convert(workbook(ROWS, MERGES), "xlsx", "xls", tmp_path)
    document = read_xls(data, "report.xls", "")
    (grid,) = grids(document)
    assert placed(grid) == EXPECTED
    assert document.format == "xls"


@needs_office
def test_libre_office_writes_the_same_workbook(tmp_path: Path) -> None:
    (grid,) = grids(read(office_convert(workbook(ROWS, MERGES), "xlsx", "xlsx:Calc MS Excel 2007 XML", tmp_path)))
    assert placed(grid) == EXPECTED


def test_blank_edges_are_trimmed_and_places_are_kept() -> None:
    (grid,) = grids(read(workbook([[], [], [None, None, "a", None], [None, None, None, "b", None], []])))
    assert placed(grid) == [(0, 0, 1, 1, "a"), (0, 1, 1, 1, ""), (1, 0, 1, 1, ""), (1, 1, 1, 1, "b")]
    assert grid.cells[0].source.place == "年报!C3"


def test_hidden_and_empty_sheets_are_left_out() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "见"
    hidden = book.create_sheet("底稿")
    hidden["A1"] = "藏"
    hidden.sheet_state = "hidden"
    book.create_sheet("空")
    document = read(saved(book))
    assert [cell.text for grid in grids(document) for cell in grid.cells] == ["见"]
    assert any("底稿" in warning for warning in document.warnings)


def test_formulas_give_the_stored_result_or_nothing() -> None:
    document = read(workbook([["=1+1", 3]]))
    assert [cell.unread for cell in grids(document)[0].cells] == [True, False]
    assert document.warnings


@needs_office
def test_formulas_with_a_stored_result_give_it(tmp_path: Path) -> None:
    data = office_convert(workbook([["=1+1", '="共"&3']]), "xlsx", "xlsx:Calc MS Excel 2007 XML", tmp_path)
    assert [cell.text for cell in grids(read(data))[0].cells] == ["2", "共3"]


def test_dates_percentages_and_units_come_as_shown() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    shown = [
        (0.339, "0.0%", "33.9%"), (712.187895, "0.00", "712.187895"), (1234, "#,##0", "1234"), (3, '0"万元"', "3万元"),
        (date(2021, 1, 20), "yyyy-mm-dd", "2021-01-20"), (datetime(2021, 1, 20), 'yyyy"年"m"月"d"日"', "2021年1月20日"),
        (-11, "General", "-11"), (True, "General", "TRUE"), (5, '[Red]0_);"负"0', "5"),
        (1e15, "General", "1000000000000000"),
    ]  # fmt: skip
    for column, (value, number_format, _) in enumerate(shown, 1):
        cell = sheet.cell(1, column)
        cell.value = value  # type: ignore[assignment]
        cell.number_format = number_format
    assert [cell.text for cell in grids(read(saved(book)))[0].cells] == [text for *_, text in shown]


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [(0.1 + 0.2, None, "0.3"), (0.00001, None, "0.00001"), (5.0, None, "5"), (44216, "m月d日", "1月20日"),
     (0.5, "h:mm", "12:00"), (float("inf"), "yyyy", "inf"), (1e300, "yyyy-mm-dd", "1e+300"), (0.29, "0%", "29%")],
)  # fmt: skip
def test_numbers_as_shown(number: float, code: str | None, text: str) -> None:
    assert shown_number(number, code) == text


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def by_hand(sheet: str, more: dict[str, str | bytes] | None = None) -> bytes:
    """A workbook such as report generators write: without styles, shared strings or references."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    return package(
        {
            "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{relation}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
            f'Type="{relation}/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}">{sheet}</worksheet>',
            **(more or {}),
        }
    )  # fmt: skip


def with_part(kind: str, content: str) -> dict[str, str | bytes]:
    """What `by_hand` takes to have one part more that the workbook points to."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    return {
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
        f'Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{relation}/{kind}" Target="{kind}.xml"/></Relationships>',
        f"xl/{kind}.xml": content,
    }


def test_cells_without_references_follow_each_other() -> None:
    data = by_hand(
        '<sheetData><row><c t="inlineStr"><is><r><t>规</t></r><r><t>章</t></r><rPh><t>gz</t></rPh></is></c>'
        '<c><v>1</v></c></row><row><c t="str"><v>文件</v></c><c t="e"><v>#DIV/0!</v></c></row></sheetData>'
    )
    assert [cell.text for cell in grids(read(data))[0].cells] == ["规章", "1", "文件", "#DIV/0!"]


def test_cells_in_the_far_corner_do_not_fill_the_memory() -> None:
    data = by_hand(
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>2</v></c></row></sheetData>'
    )
    document = read(data)
    assert grids(document) == []
    assert document.warnings


def test_a_sheet_padded_to_its_last_row() -> None:
    padding = "".join(f'<row r="{row}"><c r="A{row}" s="0"/></row>' for row in range(3, 60_000))
    data = by_hand(
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2"/>'
        f'{padding}<row r="60000"><c r="B60000"><v>2</v></c></row><row r="1048576" ht="12"/></sheetData>'
    )
    (grid,) = grids(read(data))
    assert (grid.n_rows, grid.n_columns) == (60_000, 2)
    assert [cell.text for cell in grid.cells if cell.text] == ["1", "2"]


def test_formats_named_by_number_only() -> None:
    styles = f'<styleSheet xmlns="{SHEET}"><cellXfs><xf/><xf numFmtId="58"/><xf numFmtId="10"/></cellXfs></styleSheet>'
    data = by_hand(
        '<sheetData><row r="1"><c r="A1" s="1"><v>44216</v></c><c r="B1" s="2"><v>0.339</v></c><c r="C1"><v>3</v></c>'
        "</row></sheetData>",
        with_part("styles", styles),
    )
    assert [cell.text for cell in grids(read(data))[0].cells] == ["1月20日", "33.9%", "3"]


def test_faults_in_what_is_not_read_do_no_harm() -> None:
    fonts = '<fonts><font><family val="255"/><color rgb="nonsense"/></font></fonts>'
    styles = f'<styleSheet xmlns="{SHEET}">{fonts}<cellXfs><xf fontId="7" nonsense="1"/></cellXfs></styleSheet>'
    data = by_hand(
        '<sheetData><row r="1"><c r="A1" s="0" t="inlineStr"><is><r><rPr><family val="255"/></rPr><t>件</t></r></is>'
        '</c></row></sheetData><hyperlinks><hyperlink ref="A1" id="nowhere"/></hyperlinks><drawing id="nowhere"/>'
        '<conditionalFormatting><cfRule type="nonsense"/></conditionalFormatting>',
        with_part("styles", styles),
    )
    assert [cell.text for cell in grids(read(data))[0].cells] == ["件"]


def test_dates_written_out_are_never_shown_as_numbers() -> None:
    data = by_hand('<sheetData><row r="1"><c r="A1" t="d"><v>2021-01-20</v></c></row></sheetData>')
    assert [cell.text for cell in grids(read(data))[0].cells] == ["2021-01-20"]


@pytest.mark.parametrize(
    "cell",
    ['<c r="A1" t="s"><v>9</v></c>', '<c r="A1"><v>abc</v></c>', '<c r="1A"><v>1</v></c>',
     '<c r="A1" s="99"><v>1</v></c>', '<c r="A1" t="b"><v>x</v></c>', f'<c r="A1"><v>1{"0" * 400}</v></c>'],
)  # fmt: skip
def test_damaged_cells_are_told_as_damage(cell: str) -> None:
    with pytest.raises(GoujiError) as raised:
        read(by_hand(f'<sheetData><row r="1">{cell}</row></sheetData>'))
    assert raised.value.kind is E105
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("reference", ["A1:XFD1048576", "A1:XFD1", "B2:A1", "A0:B0", "nonsense", "A1:A1048576"])
def test_absurd_merges_do_no_harm(reference: str) -> None:
    data = by_hand(
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row></sheetData><mergeCells>'
        f'<mergeCell ref="{reference}"/></mergeCells>'
    )
    (grid,) = grids(read(data))
    assert grid.cells[0].text == "1"
    assert grid.n_rows * grid.n_columns < 1000
