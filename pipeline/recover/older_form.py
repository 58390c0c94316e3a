"""The statistics form of 2008-2018, recognised so that it can be refused by name."""

from __future__ import annotations

import re

from pipeline.document import Document

_MARKS = (
    "主动公开信息数", "主动公开文件数", "收到申请数", "当面申请数", "网络申请数", "申请答复数",
    "同意公开答复数", "同意部分公开答复数", "不同意公开答复数", "否决公开", "不予公开答复数", "历年累计",
    "行政申诉数", "回应公众关注热点", "参加或举办新闻发布会",
    "政府公报公开政府信息数", "统计指标", "制发规范性文件总数",
)  # fmt: skip
LEAST_MARKS = 4


def is_older_form(document: Document) -> bool:
    """Whether the document carries at least some of the old form's own row labels."""
    text = re.sub(r"\s+", "", document.text())
    return sum(mark in text for mark in _MARKS) >= LEAST_MARKS
