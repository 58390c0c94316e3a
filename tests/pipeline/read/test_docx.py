"""Word documents, built from their XML."""

from __future__ import annotations

import pytest

from pipeline.document import Document, Grid, Line, Picture
from pipeline.read.docx import read_docx
from pipeline.read.numbering import chinese_number, format_number
from tests.pipeline.read.office_files import STRICT_W, cell, docx, paragraph, report_body, table, wide_cell


def read(body: str, **parts: str) -> Document:
    return read_docx(docx(body, **parts), "report.docx", "0" * 64)  # type: ignore[arg-type]


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


def only_grid(document: Document) -> Grid:
    (grid,) = [block for block in document.blocks if isinstance(block, Grid)]
    return grid


def placed(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.column, cell.row_span, cell.column_span, cell.text) for cell in grid.cells]


def run(inner: str) -> str:
    return f"<w:p><w:r>{inner}</w:r></w:p>"


@pytest.mark.parametrize("namespace", [None, STRICT_W])
def test_merged_cells_in_both_kinds_of_document(namespace: str | None) -> None:
    document = read(report_body(), **({"namespace": namespace} if namespace else {}))
    grid = only_grid(document)
    assert (grid.n_rows, grid.n_columns, grid.aligned) == (4, 4, True)
    assert placed(grid)[7:] == [
        (2, 1, 1, 1, "（一）予以公开"), (2, 2, 1, 1, "7"), (2, 3, 1, 1, "7"),
        (3, 1, 1, 1, "（七）总计"), (3, 2, 1, 1, ""), (3, 3, 1, 1, "12"),
    ]  # fmt: skip
    assert placed(grid)[6] == (2, 0, 2, 1, "三、本年度办理结果")
    assert grid.cells[-1].source.place == "表1 行4 列4"
    assert lines(document)[0] == "云溪县水务局2021年政府信息公开工作年度报告"


def test_cells_merged_the_old_way_across() -> None:
    document = read(
        table(
            cell("甲", '<w:hMerge w:val="restart"/>') + cell("", "<w:hMerge/>") + cell("1"),
            cell("乙") + cell("2") + cell("3"),
        )
    )
    assert placed(only_grid(document))[:2] == [(0, 0, 1, 2, "甲"), (0, 2, 1, 1, "1")]


def test_rows_that_begin_later_keep_their_columns() -> None:
    skipped = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    grid = only_grid(read(table(cell("a") + cell("b"), skipped + cell("c"))))
    assert placed(grid)[2] == (1, 1, 1, 1, "c")


def test_a_merge_down_that_fits_no_cell_above_is_a_cell() -> None:
    grid = only_grid(read(table(cell("a") + cell("b"), cell("c", "<w:vMerge/>") + cell("d"))))
    assert [text for *_, text in placed(grid)] == ["a", "b", "c", "d"]


def test_revisions_show_the_final_version() -> None:
    document = read(
        "<w:p><w:r><w:t>共</w:t></w:r><w:del><w:r><w:delText>11</w:delText></w:r></w:del><w:ins><w:r><w:t>12</w:t></w:r>"
        "</w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:r><w:t>件</w:t></w:r></w:p>"
        + table(cell("a") + cell("b"), "<w:trPr><w:del/></w:trPr>" + cell("x") + cell("y"), cell("c") + cell("d"))
    )
    assert lines(document) == ["共12件"]
    assert [text for *_, text in placed(only_grid(document))] == ["a", "b", "c", "d"]


def test_hidden_text_fields_and_notes_are_left_out() -> None:
    document = read(
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>见</w:t>"
        "</w:r><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r>"
        "<w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>3</w:t></w:r><w:r><w:footnoteReference w:id='1'/></w:r>"
        "<w:fldSimple w:instr='DATE'><w:r><w:t>年</w:t></w:r></w:fldSimple><w:hyperlink><w:r><w:t>网</w:t></w:r>"
        "</w:hyperlink><w:smartTag><w:r><w:t>址</w:t></w:r></w:smartTag></w:p>"
    )
    assert lines(document) == ["见3年网址"]


def test_tabs_breaks_and_symbols() -> None:
    document = read(
        run("<w:t>规章</w:t><w:tab/><w:t>12</w:t><w:br/><w:t>文件</w:t><w:noBreakHyphen/><w:t>5</w:t>")
        + run('<w:sym w:font="Wingdings" w:char="F081"/><w:sym w:font="Symbol" w:char="F035"/><w:sym w:char="2460"/>')
    )
    assert lines(document) == ["规章\t12", "文件-5", "①5①"]


def test_text_boxes_are_read_once() -> None:
    box = "<w:txbxContent>" + paragraph("框中文字") + "</w:txbxContent>"
    document = read(
        run(
            "<w:t>段</w:t><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
            f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
            "</mc:Fallback></mc:AlternateContent>"
        )
        + run(
            "<mc:AlternateContent><mc:Choice Requires='x'/><mc:Fallback><w:t>备用</w:t></mc:Fallback>"
            "</mc:AlternateContent>"
        )
    )
    assert lines(document) == ["段", "框中文字", "备用"]


def test_tables_in_text_boxes_and_content_controls() -> None:
    inner = table(cell("a") + cell("b"), cell("c") + cell("d"))
    document = read(
        f"<w:sdt><w:sdtPr><w:alias w:val='标记'/></w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
        + run(f"<w:pict><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></w:pict>")
        + table(f"<w:sdt><w:sdtContent>{cell('e')}</w:sdtContent></w:sdt>{cell('f')}", cell("g") + cell("h"))
    )
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    assert [[c.text for c in grid.cells] for grid in grids] == [["a", "b", "c", "d"]] * 2 + [["e", "f", "g", "h"]]
    assert grids[2].source.place == "表3"


def test_a_frame_around_the_report_is_layout() -> None:
    inner = table(cell("a") + cell("b"), cell("c") + cell("d"))
    document = read(table(wide_cell(paragraph("三、收到") + inner + paragraph("四、复议"))))
    shown = [block.text if isinstance(block, Line) else "Grid" for block in document.blocks]
    assert shown == ["三、收到", "Grid", "四、复议"]


def test_a_table_that_divides_a_cell_is_text_of_that_cell() -> None:
    rows = [cell(f"行{n}") + cell("1") + cell("2") for n in range(6)]
    grid = only_grid(read(table(*rows, cell("合计") + wide_cell(table(cell("7") + cell("8"))) + cell("9"))))
    assert [c.text for c in grid.cells][-3:] == ["合计", "7\t8", "9"]


def test_paragraphs_in_a_cell_are_lines_of_it() -> None:
    grid = only_grid(read(table(wide_cell(paragraph("自然") + paragraph("") + paragraph("人 ")) + cell(" \u3000"))))
    assert [c.text for c in grid.cells] == ["自然\n人", ""]
    assert not grid.cells[1].unread


IMAGE = '<w:drawing><wp:inline><wp:extent cx="{}" cy="{}"/><a:blip r:embed="rId9"/></wp:inline></w:drawing>'


def test_pictures_have_sizes_and_leave_a_cell_unread() -> None:
    image = run(IMAGE.format(9525 * 600, 9525 * 400))
    document = read(image + run(IMAGE.format(9525, 9525)) + table(wide_cell(image) + cell("1")))
    assert document.blocks[0] == Picture(600, 400)
    assert sum(isinstance(block, Picture) for block in document.blocks) == 1
    assert [c.unread for c in only_grid(document).cells] == [True, False]


def level(depth: int, format: str, text: str, more: str = "") -> str:
    inner = f'<w:start w:val="1"/><w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{depth}">{inner}</w:lvl>'


LISTS = (
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "chineseCountingThousand", "%1、")
    + level(1, "chineseCounting", "（%2）")
    + level(2, "decimal", "%3.")
    + level(3, "decimal", "%1.%4", "<w:isLgl/>")
    + "</w:abstractNum>"
    '<w:abstractNum w:abstractNumId="1">' + level(0, "bullet", "\uf0b7") + "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
    "</w:lvlOverride></w:num>"
)


def item(text: str, list_id: int, depth: int) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>')


def test_automatic_numbers_are_written_out_and_restart_below_their_parent() -> None:
    document = read(
        item("总体情况", 1, 0) + item("主动公开", 1, 1) + item("依申请", 1, 1) + item("条", 1, 2) + item("收到", 1, 0)
        + item("再", 1, 1) + item("混合", 1, 3) + item("点", 2, 0) + item("无", 0, 0),
        numbering=LISTS,
    )  # fmt: skip
    assert lines(document) == [
        "一、总体情况", "（一）主动公开", "（二）依申请", "1.条", "二、收到", "（一）再", "2.1 混合", "点", "无",
    ]  # fmt: skip


def test_a_list_with_a_start_of_its_own_begins_there() -> None:
    document = read(item("a", 1, 0) + item("b", 3, 0) + item("c", 3, 0), numbering=LISTS)
    assert lines(document) == ["一、a", "五、b", "六、c"]


def test_numbers_in_table_cells_count_in_reading_order() -> None:
    body = table(*(wide_cell(item(label, 1, 2)) + cell("0") for label in ("属于国家秘密", "其他禁止公开", "危及安全")))
    assert [c.text for c in only_grid(read(body, numbering=LISTS)).cells][::2] == [
        "1.属于国家秘密", "2.其他禁止公开", "3.危及安全",
    ]  # fmt: skip


def test_styles_bring_headings_and_numbers() -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{number}">{inner}</w:style>'
        for number, inner in (
            (1, '<w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'),
            (2, '<w:name w:val="mine"/><w:basedOn w:val="1"/>'),
            (3, '<w:name w:val="deep"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr>'),
            (4, '<w:name w:val="loop"/><w:basedOn w:val="4"/>'),
        )
    )
    numbering = LISTS.replace('<w:lvlText w:val="%1、"/>', '<w:pStyle w:val="1"/><w:lvlText w:val="%1、"/>', 1)
    body = "".join(paragraph("题", f'<w:pStyle w:val="{n}"/>') for n in range(1, 5))
    document = read(body, styles=styles, numbering=numbering)
    shown = [(block.text, block.heading) for block in document.blocks if isinstance(block, Line)]
    assert shown == [("一、题", 1), ("二、题", 1), ("题", 3), ("题", 0)]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (25, "二十五"),
        (101, "一百〇一"),
        (110, "一百一十"),
        (1001, "一千〇一"),
    ],
)
def test_chinese_numbers(number: int, shown: str) -> None:
    assert chinese_number(number) == shown


@pytest.mark.parametrize(
    ("format", "shown"),
    [("decimalEnclosedCircleChinese", "③"), ("upperRoman", "III"), ("lowerLetter", "c"), ("decimalZero", "03"),
     ("ideographTraditional", "丙"), ("chineseLegalSimplified", "叁"), ("decimalFullWidth", "３"), ("unheard-of", "3"),
     ("none", "")],
)  # fmt: skip
def test_number_formats(format: str, shown: str) -> None:
    assert format_number(3, format) == shown


def test_a_page_put_in_whole_is_read() -> None:
    document = read_docx(
        docx(
            '<w:altChunk r:id="rId8"/>',
            relations='<Relationship Id="rId8" Type="x/aFChunk" Target="chunk.html"/>',
            more={"word/chunk.html": "<p>整页</p><table><tr><td>1<td>2</table>".encode("gbk")},
        ),
        "x",
        "",
    )
    assert lines(document) == ["整页"]
    assert [c.text for c in only_grid(document).cells] == ["1", "2"]
