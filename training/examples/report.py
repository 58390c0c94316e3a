"""Invented reports: consistent numbers of a form, prose that goes with them, and their gold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from pipeline.record import Number
from pipeline.template import Table, load_templates, template_for_year
from training.tables import consistent

TABLES = ("t2", "t3", "t4")


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    level: int = 0
    """1 for the title, 2 for the headings of the sections, 3 for those inside them, 0 for running text."""


@dataclass(frozen=True, slots=True)
class InventedReport:
    agency: str
    year: int
    published: str
    """ISO date."""
    tables: Mapping[str, Table]
    values: Mapping[str, Number]
    """What is true, by field id."""
    printed: Mapping[str, str]
    """What stands on the page; empty text for a blank."""
    sections: Mapping[str, tuple[Paragraph, ...]]
    """Running text by section number, without the heading; sections 二 to 四 hold it before their table."""

    @property
    def title(self) -> str:
        return f"{self.agency}{self.year}年政府信息公开工作年度报告"

    def heading(self, number: str) -> str:
        template = load_templates()[template_for_year(self.year)]
        return f"{number}、{next(section.title for section in template.sections if section.number == number)}"

    def with_prints(self, prints: Mapping[str, str]) -> InventedReport:
        """The same report with other things printed in these fields."""
        return replace(self, printed={**self.printed, **prints})

    def with_values(self, values: Mapping[str, Number]) -> InventedReport:
        """The same report with other true values, printed as they are."""
        prints = {field: str(value) for field, value in values.items()}
        return replace(self, values={**self.values, **values}, printed={**self.printed, **prints})

    def with_section(self, number: str, *texts: str) -> InventedReport:
        """The same report with other running text in a section."""
        return replace(self, sections={**self.sections, number: tuple(Paragraph(text) for text in texts)})


def invent(
    agency: str,
    year: int,
    seed: int,
    templates: Mapping[str, str] | None = None,
    table3: Mapping[str, tuple[int, ...]] | None = None,
) -> InventedReport:
    """A report on which every equality of the form holds.

    Args:
        seed: of everything that is drawn.
        templates: template by table, where not that of the year.
        table3: instead of drawn numbers, the six applicants' columns of the rows that are not all 0;
            （七）总计 and 本年新收 follow from the rest.
    """
    random = Random(seed)
    usual = template_for_year(year)
    tables = {table: load_templates()[(templates or {}).get(table, usual)].tables[table] for table in TABLES}
    values: dict[str, Number] = {}
    values.update(_table2(random, tables["t2"]))
    rows = _table3(tables["t3"], table3) if table3 else consistent(random, len(tables["t3"].rows), largest=60)
    for row, numbers in zip(tables["t3"].rows, rows, strict=True):
        for column, number in zip(tables["t3"].columns, numbers, strict=True):
            values[f"t3.{row.id}.{column.id}"] = number
    values.update(_table4(random, tables["t4"]))
    day = random.randrange(5, 29)
    report = InventedReport(
        agency=agency,
        year=year,
        published=f"{year + 1}-01-{day:02d}",
        tables=tables,
        values=values,
        printed={field: str(value) for field, value in values.items()},
        sections={},
    )
    return replace(report, sections=prose(report, random))


def _table2(random: Random, table: Table) -> dict[str, Number]:
    values: dict[str, Number] = {}
    for row in table.rows:
        for column in row.columns:
            values[f"t2.{row.id}.{column}"] = random.choice((0, 0, 1, 2, 3, 5, 8, 12))
        if "decisions" in row.columns:
            values[f"t2.{row.id}.decisions"] = random.randrange(0, 900)
        if "previous" in row.columns:
            values[f"t2.{row.id}.previous"] = random.randrange(1, 90)
            values[f"t2.{row.id}.change"] = random.choice((-4, -1, 0, 2, 6))
        if row.id == "fees":
            values["t2.fees." + row.columns[-1]] = round(random.random() * 400, 2) if "amount" in row.columns else 0
        if row.id == "procurement":
            values["t2.procurement.projects"] = random.randrange(1, 60)
            values["t2.procurement.amount"] = round(random.random() * 2000, 2)
        if row.id in ("rules", "normative"):
            # 规章 are not for bureaus to make; normative documents are few.
            largest = (1, 1, 1) if row.id == "rules" else (4, 3, 9)
            for column, limit in zip(row.columns, largest, strict=True):
                values[f"t2.{row.id}.{column}"] = random.randrange(limit)
    return values


def _table3(table: Table, given: Mapping[str, tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    nothing = (0,) * (len(table.columns) - 1)
    rows = {row.id: given.get(row.id, nothing) for row in table.rows}
    results = [rows[row.id] for row in table.rows if row.group and row.id != "total"]
    rows["total"] = tuple(sum(column) for column in zip(*results, strict=True))
    columns = zip(rows["total"], rows["carried_out"], rows["carried_in"], strict=True)
    rows["new"] = tuple(done + out - before for done, out, before in columns)
    return tuple((*row, sum(row)) for row in rows.values())


def _table4(random: Random, table: Table) -> dict[str, Number]:
    values: dict[str, Number] = {}
    for row in table.rows:
        parts = [random.choice((0, 0, 0, 1, 2, 4)) for _ in row.columns[:-1]]
        for column, number in zip(row.columns, (*parts, sum(parts)), strict=True):
            values[f"t4.{row.id}.{column}"] = number
    return values


def prose(report: InventedReport, random: Random) -> dict[str, tuple[Paragraph, ...]]:
    """Short running text for the six sections that agrees with the tables."""

    def value(field: str) -> Number:
        return report.values[field]

    year, agency = report.year, report.agency
    disputes = sum(value(f"t4.{row.id}.total") for row in report.tables["t4"].rows[1:])
    posts = random.randrange(40, 900)
    lead = random.choice(
        (
            f"按照《中华人民共和国政府信息公开条例》的规定，{agency}编写了这份报告，数字起止为{year}年1月1日至{year}年12月31日。",
            f"这份报告由{agency}编写，所用数据从{year}年1月1日算起，到{year}年12月31日为止。",
        )
    )
    requests = random.choice(
        (
            "全年新收政府信息公开申请{new}件，上年结转{carried_in}件，办结{done}件，结转下年度继续办理{carried_out}件。",
            "{year}年新收政府信息公开申请{new}件，连同上年结转的{carried_in}件，共办结{done}件，尚有{carried_out}件转入次年。",
        )
    ).format(
        year=year,
        new=value("t3.new.total"),
        carried_in=value("t3.carried_in.total"),
        done=value("t3.total.total"),
        carried_out=value("t3.carried_out.total"),
    )
    problem = random.choice(
        (
            "个别科室报送信息不够及时，解读材料偏重文字。下一步将把报送时限写入科室职责，并增配图解。",
            "栏目之间有重复，群众查找不便。今年已合并三个栏目，明年继续清理旧文。",
        )
    )
    return {
        "一": (
            Paragraph(lead),
            Paragraph("（一）主动公开", 3),
            Paragraph(f"在门户网站和新媒体上共发布信息{posts}条，重点放在办事指南和民生项目上。"),
            Paragraph("（二）依申请公开", 3),
            Paragraph(requests),
            Paragraph("（三）政府信息管理", 3),
            Paragraph("拟稿时同步填写公开属性，由办公室逐件复核，旧文件按季度清理。"),
            Paragraph("（四）平台建设", 3),
            Paragraph("对网站检索和手机版面作了调整，读者留言由专人答复。"),
            Paragraph("（五）监督保障", 3),
            Paragraph("半年检查一次，结果在全局通报，没有发生需要追究责任的情形。"),
        ),
        "二": (),
        "三": (),
        "四": (
            Paragraph(f"因信息公开发生行政复议{value('t4.review.total')}件、行政诉讼{disputes}件。"),
        ),
        "五": (Paragraph(problem),),
        "六": (Paragraph("按规定未向申请人收取信息处理费，没有其他要报告的事。"),),
    }
