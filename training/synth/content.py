"""What a generated report says: an invented report, its tables as one layout draws them, and enough prose that the
tables meet the end of a page in different places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from training.examples.drawn import Drawn, DrawnRow, Slot, blocks
from training.examples.report import InventedReport, Paragraph
from training.mangle.values import draw_report

SENTENCES = (
    "对已公开的文件逐份核对，内容有变动的在原处注明。",
    "办事窗口摆放了查阅终端，并安排工作人员在旁帮助老年人使用。",
    "新进人员上岗前先学条例，再由老同志带着办理两件申请。",
    "涉及个人隐私的内容，发布前一律作遮盖处理。",
    "重要政策出台时，文字解读与图示同日上线。",
    "公众来信由值班人员当日登记，答复稿经分管领导审阅后寄出。",
    "各科室每月末报送一次待公开清单，由办公室汇总后统一编排。",
    "网站改版后，年报、指南和目录放在同一个入口，检索比以往方便。",
    "对申请人当面说明所需材料，能当场答复的不再另行约期。",
    "与档案馆约定移交时限，纸质文件和电子文件同步归档。",
    "今年还请第三方对栏目更新情况作了抽查，问题已全部整改。",
    "政务新媒体账号由专人维护，停更的账号已按程序注销。",
    "信息发布实行科室初审、办公室复审、分管领导终审。",
    "会同法律顾问梳理了常见申请类型，编成答复范本供各单位参照。",
    "公开栏设在服务大厅入口处，纸质公报可以免费取阅。",
    "学习培训以案例为主，由参训人员自己拟写答复书再互相点评。",
)
"""Without numbers: they must not contradict the tables."""
FIGURES = "①②③④⑤⑥⑦⑧⑨"


@dataclass(frozen=True, slots=True)
class Style:
    """How a layout writes the form, apart from its looks."""

    storeys: int = 3
    """Rows in the head of table 3: 2 without 申请人情况, 4 with a title row above it."""
    items: str = "{}."
    """How the third level is numbered: `{}.`, `{}、`, `（{}）` or `circled`."""
    note: bool = True
    """Whether the cell above the labels holds the note of the form, or 项目."""
    published: bool = True


@dataclass(frozen=True, slots=True)
class TrueReport:
    report: InventedReport
    unknown: frozenset[str]
    """Fields whose value cannot be known from the page."""


def draw_content(random: Random, source_errors: bool = False) -> TrueReport:
    """A report whose printed fields are all known, unless `source_errors` allows it an error of its own.

    A table without any number is not drawn: that its blanks are zeros would be a guess.
    """
    while True:
        report, unknown, wrong = draw_report(random)
        shown = {field.split(".")[0] for field, text in report.printed.items() if text}
        if (source_errors or not wrong) and shown == set(report.tables):
            break
    return TrueReport(_longer(_larger(report, random), random), unknown)


def written(report: InventedReport, style: Style) -> list[Paragraph | Drawn]:
    """The blocks of the report in reading order as a layout with this style writes them."""
    found = blocks(report)
    if not style.published:
        del found[1]
    return [_styled(block, style) if isinstance(block, Drawn) else block for block in found]


def fields_of(report: InventedReport, drawn: Drawn, row: DrawnRow) -> tuple[str | None, ...]:
    """Field id of every slot of a row of a drawn table; None for labels and heads."""
    if not row.row_id:
        return (None,) * len(row.slots)
    table = report.tables[drawn.table_id]
    if drawn.table_id == "t4":
        return tuple(f"t4.{group.id}.{column}" for group in table.rows for column in group.columns)
    columns = next(one.columns for one in table.rows if one.id == row.row_id)
    ids = tuple(f"{drawn.table_id}.{row.row_id}.{column}" for column in columns)
    return (*(None,) * (len(row.slots) - len(ids)), *ids)


def _larger(report: InventedReport, random: Random) -> InventedReport:
    """Numbers of table 2 with a heavy tail; the tables 3 and 4 have theirs from `draw_report`."""
    values = {
        field: int(random.random() ** 5 * random.choice((200, 4000, 90_000)))
        for field in report.values
        if field in ("t2.licensing.decisions", "t2.penalty.decisions") and random.random() < 0.7
    }
    return report.with_values(values)


def _longer(report: InventedReport, random: Random) -> InventedReport:
    """Between none and a page more of running text in 一, a little in 五 and 六."""
    sections = dict(report.sections)
    pool = random.sample(SENTENCES, len(SENTENCES))
    extra = {"一": random.randrange(0, 13), "五": random.randrange(0, 3), "六": 1 if random.random() < 0.3 else 0}
    for number, count in extra.items():
        texts = list(sections[number])
        places = [place for place, paragraph in enumerate(texts) if not paragraph.level]
        for _ in range(count):
            place = random.choice(places)
            texts[place] = replace(texts[place], text=texts[place].text + pool.pop())
        sections[number] = tuple(texts)
    return replace(report, sections=sections)


def _styled(drawn: Drawn, style: Style) -> Drawn:
    rows = tuple(replace(row, slots=tuple(_numbered(slot, style.items) for slot in row.slots)) for row in drawn.rows)
    if drawn.table_id == "t3":
        rows = _headed(rows, style)
    return replace(drawn, rows=rows)


def _numbered(slot: Slot, items: str) -> Slot:
    found = re.match(r"([1-9])\.(?=\D)", slot.text)
    if not found or items == "{}.":
        return slot
    digit = found[1]
    number = FIGURES[int(digit) - 1] if items == "circled" else items.format(digit)
    return replace(slot, text=number + slot.text[found.end() :])


def _headed(rows: Sequence[DrawnRow], style: Style) -> tuple[DrawnRow, ...]:
    first, second, third, *rest = rows
    corner = first.slots[0] if style.note else replace(first.slots[0], text="项目")
    if style.storeys == 2:
        second = replace(second, slots=(replace(corner, rows=2), *second.slots))
        return (second, third, *rest)
    first = replace(first, slots=(corner, *first.slots[1:]))
    if style.storeys == 4:
        title = DrawnRow("", (Slot("政府信息公开申请收到和处理情况统计表", 10),))
        return (title, first, second, third, *rest)
    return (first, second, third, *rest)
