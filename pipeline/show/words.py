"""The Chinese words and marks for what a record says, the same in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pipeline.record import Field, Kind, Level, Number, Report, ReportStatus, Status, Support
from pipeline.show.printable import printable

STATUS_MARKS: Mapping[Status, str] = {
    "read": "",
    "inferred": "推",
    "repaired": "改",
    "ambiguous": "歧",
    "inconsistent": "矛",
    "missing": "缺",
}
STATUS_WORDS: Mapping[Status, str] = {
    "read": "照印",
    "inferred": "推得",
    "repaired": "改正",
    "ambiguous": "歧义",
    "inconsistent": "矛盾",
    "missing": "缺失",
}
STATUS_MEANINGS: Mapping[Status, str] = {
    "read": "采用原文所印",
    "inferred": "原文没有印出，由其余数字推得",
    "repaired": "原文或识读有误，唯一的改法",
    "ambiguous": "有几个同样成立的答案，不作选择",
    "inconsistent": "原文自身勾稽不符，没有唯一的改法，保留原文",
    "missing": "原文没有，也推不出",
}
WORTH_A_LOOK: frozenset[Status] = frozenset({"repaired", "ambiguous", "inconsistent", "missing"})
"""What a person should check: not what was printed, and not what follows from it."""

REPORT_STATUS_WORDS: Mapping[ReportStatus, str] = {
    "clean": "无误",
    "repaired": "经改正或推算，勾稽全部相符",
    "inconsistent": "原文自相矛盾",
    "review": "有待人工判断",
    "partial": "报告不完整",
    "failed": "失败",
}
KIND_WORDS: Mapping[Kind, str] = {
    "number": "数字",
    "blank": "空白",
    "dash": "横线或“无”",
    "unread": "有格，未能识读",
    "absent": "没有这一格",
}
SUPPORT_WORDS: Mapping[Support, str] = {
    "reader": "原文",
    "arithmetic": "勾稽",
    "prose": "正文叙述",
    "last_year": "上年报告",
    "annotator": "人工标注",
}
LEVEL_WORDS: Mapping[Level, str] = {"info": "提示", "warning": "注意", "inconsistency": "矛盾"}
RULE_WORDS: Mapping[str, str] = {"holds": "相符", "fails": "不符", "not assessable": "无法判断"}


def number_text(value: Number | None) -> str:
    """A value in plain digits, never in exponent notation; empty where there is none."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else format(Decimal(repr(value)).normalize(), "f")


def candidates_text(field: Field, most: int = 3) -> str:
    """`3|5`: what a cell could hold, cheapest first; `…` where there are more than `most`."""
    shown = [number_text(candidate.value) or "空" for candidate in field.candidates[:most]]
    return "|".join(shown) + ("|…" if len(field.candidates) > most else "")


def is_changed(field: Field) -> bool:
    """Whether the decision shows another number than the print, so that both must be shown."""
    return field.status == "repaired" and field.printed is not None and field.printed != number_text(field.value)


def source_text(field: Field) -> str:
    """Where the print stands, in words; empty where nothing is known."""
    source = field.source
    if source is None:
        return ""
    parts = []
    if source.page is not None:
        parts.append(f"第 {source.page} 页")
    if source.line is not None:
        parts.append(f"第 {source.line} 行")
    if source.chars is not None:
        first, last = source.chars[0] + 1, source.chars[1]
        parts.append(f"第 {first}–{last} 字" if last > first else f"第 {first} 字")
    if source.box is not None:
        left, top, right, bottom = source.box
        parts.append(f"坐标 {left:.0f},{top:.0f}–{right:.0f},{bottom:.0f}")
    if source.place:
        parts.append(printable(source.place))
    return "，".join(parts)


def count_statuses(report: Report) -> dict[Status, int]:
    """Number of fields by status, in the order of the legend, zeros included."""
    counts: dict[Status, int] = dict.fromkeys(STATUS_MARKS, 0)
    for field in report.fields.values():
        counts[field.status] += 1
    return counts


def templates_text(templates: Mapping[str, str]) -> str:
    """`2021 版`, or table by table where they differ."""
    if len(set(templates.values())) == 1:
        return f"{next(iter(templates.values()))} 版"
    names = {"t2": "表二", "t3": "表三", "t4": "表四"}
    return "，".join(f"{names.get(table, table)} {template} 版" for table, template in templates.items())
