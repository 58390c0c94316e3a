"""The examples that show a damage to the rows and numbers of a report."""

from __future__ import annotations

from dataclasses import replace

from training.examples import html, texts
from training.examples.drawn import Matrix, MatrixRow, blocks, draw, edit, matrix
from training.examples.example import Example, column_fields, of_text, table_fields
from training.examples.report import InventedReport, Paragraph, invent

BUSY = {
    "carried_in": (2, 1, 0, 0, 0, 0),
    "granted": (14, 5, 1, 2, 3, 0),
    "partial": (6, 2, 0, 0, 1, 1),
    "denied_law": (1, 0, 0, 0, 0, 0),
    "denied_third_party": (3, 1, 0, 0, 0, 0),
    "denied_internal": (2, 0, 0, 0, 0, 0),
    "denied_enforcement": (4, 0, 0, 0, 2, 0),
    "unavailable_not_held": (9, 3, 0, 1, 0, 2),
    "unavailable_to_create": (5, 0, 0, 0, 1, 0),
    "unavailable_unclear": (2, 0, 1, 0, 0, 0),
    "rejected_petition": (7, 1, 0, 0, 0, 0),
    "rejected_repeat": (3, 0, 0, 0, 2, 0),
    "carried_out": (4, 1, 0, 0, 0, 1),
}
"""Table 3 of an office with much to do: most rows differ from each other."""


def _rows3(report: InventedReport) -> Matrix:
    return matrix(draw(report, report.tables["t3"]))


def _row(rows: Matrix, row_id: str) -> MatrixRow:
    return next(row for row in rows if row.row_id == row_id)


def _saying(report: InventedReport, sentence: str) -> InventedReport:
    """The same report with this sentence in the place of the one on applications received."""
    section = (Paragraph(sentence) if "新收" in part.text else part for part in report.sections["一"])
    return replace(report, sections={**report.sections, "一": tuple(section)})


def row_shifted() -> Example:
    report = invent("澄岚市住房和城乡建设局", 2021, 201, table3=BUSY)
    place = 4  # 商业企业: behind three places of labels and 自然人
    rows = edit(_rows3(report), {"unavailable_not_held": lambda cells: (*cells[:place], *cells[place + 1 :], "")})
    text = texts.markdown(blocks(report), texts.pipes, {"t3": texts.pipes(rows)})
    note = "（四）1 一行丢了商业企业一格，后面的数字都左移一格。"
    return of_text("row_shifted.md", text, report, note, ["t3.unavailable_not_held.commercial"])


def label_torn() -> Example:
    report = invent("霁川市交通运输局", 2021, 202, table3=BUSY)
    rows: list[MatrixRow] = []
    for row in _rows3(report):
        if row.row_id == "denied_enforcement":
            rows.append(replace(row, cells=(*row.cells[:3], *[""] * 7)))
            rows.append(MatrixRow("", ("", "", "", *row.cells[3:])))
        else:
            rows.append(row)
    text = texts.plain(blocks(report), texts.tabs, {"t3": texts.tabs(tuple(rows))})
    return of_text("label_torn.txt", text, report, "（三）7 的名称在一行，它的数字在下一行，那一行没有名称。")


def groups_slid() -> Example:
    report = invent("云浔县农业农村局", 2021, 203, table3=BUSY)
    rows = _rows3(report)
    groups = [row.cells[1] for row in rows]
    slid = list(groups)
    for number, group in enumerate(groups):
        if group.startswith(("（三）", "（四）", "（五）")):
            slid[number] = ""
            slid[number + 2] = group
    moved = tuple(
        replace(row, cells=(row.cells[0], group, *row.cells[2:])) if row.row_id else row
        for row, group in zip(rows, slid, strict=True)
    )
    text = texts.plain(blocks(report), texts.tabs, {"t3": texts.tabs(moved)})
    return of_text("groups_slid.txt", text, report, "（三）（四）（五）的组名都低了两行。")


def row_cut() -> Example:
    report = invent("望汐市人力资源和社会保障局", 2022, 204, table3=BUSY)
    rows = _rows3(report)
    at = next(number for number, row in enumerate(rows) if row.row_id == "unavailable_to_create")
    cut = rows[at].cells
    first, second = (*cut[:2], cut[2][:7], *cut[3:6], *[""] * 4), ("", "", cut[2][7:], *[""] * 3, *cut[6:])
    lines = texts.pipes((*rows[:at], MatrixRow("", first)))
    rest = (MatrixRow("", second), *rows[at + 1 :])
    lines += ["", "— 4 —", "", *("| " + " | ".join(row.cells) + " |" for row in rest)]
    text = texts.markdown(blocks(report), texts.pipes, {"t3": lines})
    return of_text("row_cut.md", text, report, "（四）2 一行被分页切成两截，中间是页码，后一页没有表头。")


def rows_fused() -> Example:
    report = invent("梨渚市生态环境局", 2021, 205, table3=BUSY)
    fused: list[MatrixRow] = []
    rows = _rows3(report)
    for row in rows:
        if row.row_id == "rejected_petition":
            other = _row(rows, "rejected_repeat")
            pairs = (f"{one} {two}" for one, two in zip(row.cells[2:], other.cells[2:], strict=True))
            fused.append(MatrixRow("", (*row.cells[:2], *pairs)))
        elif row.row_id != "rejected_repeat":
            fused.append(row)
    text = texts.markdown(blocks(report), texts.pipes, {"t3": texts.pipes(tuple(fused))})
    return of_text("rows_fused.md", text, report, "（五）1 和 2 两行并成一行，每格里有两个数字。")


def column_missing() -> Example:
    given = {row: (*numbers[:2], 0, *numbers[3:]) for row, numbers in BUSY.items()}
    report = invent("樾川县卫生健康局", 2021, 206, table3=given)
    rows = tuple(replace(row, cells=(*row.cells[:5], *row.cells[6:])) for row in _rows3(report))
    text = texts.plain(blocks(report), texts.tabs, {"t3": texts.tabs(rows)})
    note = "科研机构一栏连同表头都丢了，它本来全是零。"
    return of_text("column_missing.txt", text, report, note, column_fields(report, "research"))


def digits_glued() -> Example:
    report = invent("沅舟市城市管理局", 2021, 207, table3=BUSY)
    together = {
        row: (lambda cells: (*cells[:3], "".join(cells[3:])))
        for row in ("new", "granted", "unavailable_not_held", "rejected_petition", "total")
    }
    rows = edit(_rows3(report), together)
    line = "".join(_row(matrix(draw(report, report.tables["t4"])), "line").cells)
    heads = texts.tabs(matrix(draw(report, report.tables["t4"])))[:-1]
    text = texts.plain(blocks(report), texts.tabs, {"t3": texts.tabs(rows), "t4": [*heads, line]})
    return of_text("digits_glued.txt", text, report, "表三有五行、表四整行的数字连成一串。")


def mixed_templates() -> Example:
    report = invent("朔泽县财政局", 2023, 208, {"t3": "2019"})
    page = html.page(report.title, html.body(blocks(report)))
    return of_text("mixed_templates.html", page, report, "2023 年的报告，表三仍是 2019 版（其他处理只有一行）。")


def zeros_blank() -> Example:
    report = invent("芷汀市科学技术局", 2020, 209)
    blank = {field: "" for field, value in report.values.items() if field.startswith("t3.") and not value}
    report = report.with_prints(blank)
    page = html.page(report.title, html.body(blocks(report), "&nbsp;"))
    return of_text("zeros_blank.html", page, report, "表三的零都没有填，包括总计。")


def wrong_total() -> Example:
    report = invent("砺川市市场监督管理局", 2022, 210, table3=BUSY)
    report = report.with_values(
        {
            "t4.review.upheld": 3,
            "t4.review.corrected": 1,
            "t4.review.other": 0,
            "t4.review.pending": 2,
            "t4.review.total": 6,
        }
    )
    report = report.with_prints(
        {"t3.total.total": str(report.values["t3.total.total"] - 6), "t4.review.total": "0"}
    )
    report = report.with_section("四", "行政复议的情况见下表。")
    page = html.page(report.title, html.body(blocks(report)))
    note = "（七）总计的总计少了 6；行政复议的总计印成 0，四项之和是 6。"
    total = report.values["t3.total.total"]
    findings = (
        f"表三 总计栏：（一）至（六）各项之和 {total} ≠ （七）总计 {report.printed['t3.total.total']}",
        f"表四 行政复议：分项之和 {report.values['t4.review.total']} ≠ 总计 {report.printed['t4.review.total']}",
    )
    return replace(of_text("wrong_total.html", page, report, note), source_findings=findings)


def prose_contradicts() -> Example:
    report = invent("榆澜县发展和改革局", 2021, 211, table3=BUSY)
    new, done = report.values["t3.new.total"], report.values["t3.total.total"]
    report = _saying(report, f"2021年新收政府信息公开申请{new + 5}件，结转下年度继续办理的也已答复。")
    page = html.page(report.title, html.body(blocks(report)))
    note = f"正文说新收 {new + 5} 件，表三是 {new} 件（办结 {done} 件），各项勾稽都支持表三。"
    findings = (f"正文：新收 {new + 5} 件，表三为 {new} 件",)
    return replace(of_text("prose_contradicts.html", page, report, note), source_findings=findings)


def contradicts_itself() -> Example:
    report = invent("墨原县教育局", 2021, 212, table3=BUSY)
    raised = {"t3.granted.natural": 14 + 2, "t3.granted.total": 25 + 2}
    report = report.with_prints({field: str(value) for field, value in raised.items()})
    page = html.page(report.title, html.body(blocks(report)))
    # Any result of 2 or more may be the one that counts two applications too many; or （七）总计 counts too few.
    suspects = {
        f"t3.{row.id}.{column}"
        for row in report.tables["t3"].rows
        for column in ("natural", "total")
        if row.group and report.values[f"t3.{row.id}.natural"] >= 2
    }
    note = "自然人和总计两栏的分项之和都比（七）总计多 2，改哪一行都说得通，没有唯一的改法。"
    done = {column: int(report.values[f"t3.total.{column}"]) for column in ("natural", "total")}
    findings = (
        f"表三 自然人栏：（一）至（六）各项之和 {done['natural'] + 2} ≠ （七）总计 {done['natural']}",
        f"表三 总计栏：（一）至（六）各项之和 {done['total'] + 2} ≠ （七）总计 {done['total']}",
    )
    example = of_text("contradicts_itself.html", page, report, note)
    return replace(example, unknown=frozenset(suspects), source_findings=findings)


def table_lost() -> Example:
    rows = {"granted": (4, 0, 0, 0, 0, 0), "unavailable_not_held": (2, 0, 0, 0, 0, 0)}
    report = invent("鹭汀市民族宗教事务局", 2021, 213, table3=rows)
    report = _saying(report, "全年新收政府信息公开申请6件，其中予以公开4件，本机关不掌握相关政府信息无法提供2件。")
    heads = texts.pipes(tuple(row for row in _rows3(report) if not row.row_id))
    text = texts.markdown(blocks(report), texts.pipes, {"t3": heads})
    fields = frozenset(table_fields(report, "t3"))
    known = ("t3.new.total", "t3.granted.total", "t3.unavailable_not_held.total")
    example = of_text("table_lost.md", text, report, "表三只剩表头，正文给出其中三个总计。", fields)
    return replace(example, unknown=fields - {*known}, source_findings=(f"正文：{'、'.join(known)} 取自正文",))


DAMAGES = (
    row_shifted,
    label_torn,
    groups_slid,
    row_cut,
    rows_fused,
    column_missing,
    digits_glued,
    mixed_templates,
    zeros_blank,
    wrong_total,
    prose_contradicts,
    contradicts_itself,
    table_lost,
)
