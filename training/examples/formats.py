"""The examples that show a format, or a layout that a converter leaves behind."""

from __future__ import annotations

from training.examples import html, office, texts
from training.examples.drawn import Drawn, MatrixRow, blocks, matrix
from training.examples.example import Example, of_text
from training.examples.report import InventedReport, Paragraph, invent


def html_clean() -> Example:
    report = invent("澄岚市教育局", 2021, 101)
    return of_text("html_clean.html", html.page(report.title, html.body(blocks(report))), report, "干净的网页。")


def html_gbk_nested() -> Example:
    report = invent("霁川市水务局", 2020, 102)
    old = html.page(report.title, html.nested(html.body(blocks(report), "&nbsp;")), "iso-8859-1")
    note = "GBK 编码而自称 iso-8859-1；正文套在两层排版用的表格里。"
    return Example("html_gbk_nested.html", old.encode("gbk"), report, note)


def html_furniture() -> Example:
    report = invent("云浔县民政局", 2022, 103)
    titles = (f"{report.agency}{year}年政府信息公开工作年度报告" for year in (2018, 2019, 2020))
    others = "".join(f"<li><a href='#'>{title}</a></li>" for title in titles)
    before = (
        "<div class='top'>今天是2023年3月6日 星期一 | 无障碍 | <a href='#'>繁體</a></div>\n"
        "<!-- <table><tr><td>（一）予以公开</td><td>99</td></tr></table> -->\n"
        "<nav>您所在的位置：首页 &gt; 公开 &gt; 年报</nav>\n<script>var total = 99; document.write(total);</script>\n"
        "<p>来源：办公室　字号：大 中 小　阅读：1027 次　打印　收藏</p>\n"
    )
    after = (
        "<p>附件：无</p>\n<p>上一篇：三月办事日历　下一篇：春季培训安排</p>\n"
        f"<ul class='related'>{others}</ul>\n<footer>主办：云浔县民政局　网站标识码 0000000000　访问量 88210</footer>\n"
    )
    head = "<style>td { width: 12px } .top { color: #333 }</style>\n"
    page = html.page("年报_云浔县政府网", before + html.body(blocks(report)) + after, head=head)
    return of_text("html_furniture.html", page, report, "正文前后有导航、脚本、注释、相关链接和页脚。")


def pipe_table() -> Example:
    report = invent("望汐市林业局", 2021, 104)
    return of_text("pipe_table.md", texts.markdown(blocks(report), texts.pipes), report, "Markdown 竖线表格。")


def tab_table() -> Example:
    report = invent("梨渚市商务局", 2020, 105)
    return of_text("tab_table.txt", texts.plain(blocks(report), texts.tabs), report, "制表符分隔的表格，2019 版。")


def one_cell_a_line() -> Example:
    report = invent("樾川县司法局", 2021, 106)
    middle = [column.id for column in report.tables["t3"].columns[1:-1]]
    blank = {
        field: ""
        for field, value in report.values.items()
        if field.startswith("t3.") and field.rsplit(".", 1)[1] in middle and not value
    }
    report = report.with_prints(blank)
    text = texts.plain(blocks(report), texts.one_cell_a_line)
    return of_text("one_cell_a_line.txt", text, report, "每格一行，空格成空行；法人或其他组织各栏的零没有填。")


def cells_behind_tabs() -> Example:
    report = invent("沅舟市医疗保障局", 2020, 107)
    text = texts.plain(blocks(report), texts.cells_behind_tabs)
    return of_text("cells_behind_tabs.txt", text, report, "每格在制表符后自成一行，行与行之间空一行，2019 版。")


def run_together() -> Example:
    rows = {
        "carried_in": (1, 0, 0, 0, 0, 0),
        "granted": (11, 2, 0, 0, 1, 0),
        "partial": (4, 0, 0, 0, 0, 0),
        "denied_third_party": (1, 0, 0, 0, 0, 0),
        "unavailable_not_held": (7, 1, 0, 0, 0, 1),
        "rejected_repeat": (2, 0, 0, 0, 0, 0),
        "carried_out": (3, 1, 0, 0, 0, 0),
    }
    report = invent("朔泽县自然资源局", 2022, 108, table3=rows)
    report = report.with_values(
        {"t2.normative.issued": 2, "t2.normative.repealed": 1, "t2.normative.in_force": 7, "t2.fees.amount": 36.5}
    )
    around = [Paragraph("当前位置：首页公开年报"), *blocks(report), Paragraph("扫一扫在手机打开当前页")]
    return of_text("run_together.txt", texts.one_line(around), report, "整页连成一行，格与格之间没有界线。")


def heads_invented() -> Example:
    """Bold print and page starts taken for headings and heads of tables."""
    report = invent("砺川市文化和旅游局", 2023, 109)
    lines: list[str] = []
    for block in blocks(report):
        if isinstance(block, Drawn):
            rows = matrix(block)
            if block.table_id == "t3":
                head = MatrixRow("", tuple(f"数据{number}" for number in range(1, len(rows[0].cells) + 1)))
                lines += [*texts.pipes(rows[:16]), "", "## 续表", "", *texts.pipes((head, *rows[16:]))]
            else:
                lines += texts.pipes(rows)
        elif block.level or len(block.text) < 24:
            lines.append(f"{'#' * max(block.level - 1, 0)} {block.text}".strip())
        else:
            # In the middle of a sentence, as where the print is bold from there to the end of the line.
            lines += [block.text[:13], "", f"## {block.text[13:21]}", "", block.text[21:]]
        lines.append("")
    note = "标题插在句子中间；表三在中途被分开，后半加上了自造的表头。"
    return of_text("heads_invented.md", "\n".join(lines), report, note)


def numbers_odd() -> Example:
    rows = {
        "carried_in": (12, 0, 0, 0, 0, 0),
        "granted": (1034, 21, 0, 3, 2, 0),
        "partial": (120, 10, 0, 0, 0, 1),
        "denied_internal": (16, 0, 0, 0, 0, 0),
        "unavailable_not_held": (208, 13, 0, 1, 0, 0),
        "rejected_petition": (7, 0, 0, 0, 0, 0),
        "carried_out": (30, 2, 0, 0, 0, 0),
    }
    report = invent("榆澜县公安局", 2021, 110, table3=rows)
    report = report.with_values(
        {"t2.licensing.decisions": 12045, "t2.penalty.decisions": 3108, "t2.fees.amount": 712.18}
    )
    report = report.with_prints(
        {
            "t2.licensing.decisions": "12,045",
            "t2.penalty.decisions": "３１０８件",
            "t2.fees.amount": "712.18万元",
            "t3.new.natural": "1,403",
            "t3.granted.natural": "１０３４",
            "t3.granted.total": "1，060",
            "t3.partial.natural": "12O",
            "t3.partial.commercial": "1o",
            "t3.unavailable_not_held.natural": "2 08",
            "t3.carried_out.natural": "3〇",
            "t3.denied_internal.natural": "16件",
        }
    )
    note = "全角数字、千分位、数字中的空格、以字母 O 代零、带单位。"
    return of_text("numbers_odd.md", texts.markdown(blocks(report), texts.pipes), report, note)


def docx_merged() -> Example:
    report = invent("芷汀市体育局", 2022, 111)
    return Example("docx_merged.docx", office.docx(blocks(report)), report, "Word 文档：合并单元格，标题在文本框里。")


def xlsx_form() -> Example:
    report = invent("鹭汀市统计局", 2023, 112)
    return Example("xlsx_form.xlsx", office.xlsx(blocks(report)), report, "年报填在一张工作表里，有合并单元格。")


def csv_form() -> Example:
    report = invent("墨原县审计局", 2021, 113)
    text = office.comma_separated(blocks(report))
    return Example("csv_form.csv", text.encode("gb18030"), report, "工作表另存的 CSV，GB18030 编码。")


def rtf_form() -> Example:
    report = invent("澄岚市信访局", 2020, 114)
    return Example("rtf_form.rtf", office.rtf(blocks(report)).encode(), report, "RTF，2019 版；读它要装 LibreOffice。")


def pdf_source() -> tuple[InventedReport, str]:
    """What the PDF example is printed from: table 3 meets the end of a page in the middle of a row."""
    report = invent("霁川市应急管理局", 2021, 115)
    style = (
        "<style>@page { size: A4; margin: 22mm 18mm } body { font: 15px/1.7 'Noto Sans CJK SC', sans-serif }"
        "table { border-collapse: collapse; width: 100% }"
        "td { border: 1px solid #000; padding: 4px; text-align: center }"
        "h1 { text-align: center; font-size: 22px } h1, h2, h3 { font-weight: normal }"
        # Table 3 begins a page that is too short for it, and a row may break between two of its lines.
        "h2:nth-of-type(3) { break-before: page } td { orphans: 1; widows: 1 }</style>\n"
    )
    return report, html.page(report.title, html.body(blocks(report)), head=style)


def pdf_page_break() -> Example:
    report, _ = pdf_source()
    return Example("pdf_page_break.pdf", None, report, "由浏览器打印的 PDF：表三跨页，分页处在一行中间。")


FORMATS = (
    html_clean,
    html_gbk_nested,
    html_furniture,
    pipe_table,
    tab_table,
    one_cell_a_line,
    cells_behind_tabs,
    run_together,
    heads_invented,
    numbers_odd,
    docx_merged,
    xlsx_form,
    csv_form,
    rtf_form,
    pdf_page_break,
)
