"""The screen of the task *tag this text*: its labels in the form's own words, and what the annotator is told.

One list of labels, so that a region has one label and never two from two lists. Those that running text carries most
often stand first and have a key; the rest is found by typing a part of its name.
"""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from pipeline.tag.labels import SECTIONS, fields
from pipeline.template import Row, Table, load_templates

FROM_NAME, TO_NAME = "tag", "text"
"""What regions are of, and on what."""
NO_FIELD = "不是表中的数"
"""Label of a number that looks like one of the form and is none."""
_SECTION_END = "部分"
"""Of the labels of sections, and of no other."""
_SECTION = f"第{{}}{_SECTION_END}"
_SECTION_KEYS = "123456"
COMMON = {
    "t3.new.total": "q",
    "t3.carried_in.total": "w",
    "t3.granted.total": "e",
    "t3.partial.total": "r",
    "t3.total.total": "t",
    "t3.carried_out.total": "y",
    "t3.new.natural": "a",
    "t3.unavailable_not_held.total": "s",
    "t4.review.total": "d",
    "t4.review.upheld": "f",
    "t4.review.corrected": "g",
    "t4.litigation_direct.total": "z",
    "t4.litigation_after_review.total": "x",
    "t2.normative.published": "c",
    "t2.normative.issued": "v",
    "t2.normative.in_force": "b",
    "t2.licensing.decisions": "i",
    "t2.penalty.decisions": "o",
    "t2.fees.amount": "p",
}
"""What running text states most often, with its key; `u`, which the server has for itself, is none of them."""
NO_FIELD_KEY, FILTER_KEY = "0", "shift+f"
_COLOURS = {"t2": "#2e7d32", "t3": "#1565c0", "t4": "#8e24aa"}
_SECTION_COLOUR, _NO_FIELD_COLOUR = "#b0bec5", "#d84315"
_STYLE = f"""
.gouji-tags {{ display: grid; grid-template-columns: minmax(0, 1fr) minmax(240px, 32%); gap: 12px; }}
.gouji-tags .labels {{ order: 2; position: sticky; top: 0; max-height: calc(100vh - 175px); overflow: hidden auto; }}
.gouji-tags .labels .ant-input {{ position: sticky; top: 0; z-index: 2; }}
.gouji-tags .lsf-label {{ max-width: 100%; height: auto !important; padding: 1px 6px; margin: 0 3px 3px 0 !important; }}
.gouji-tags .lsf-label__text {{ white-space: normal !important; line-height: 1.3; font-size: 13px; }}
.gouji-tags .text {{ max-height: calc(100vh - 150px); overflow: hidden auto; }}
.gouji-tags .lsf-htx-richtext {{
  white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.75 !important; tab-size: 4; }}
.gouji-tags .htx-highlight {{ position: relative; border-radius: 3px; box-shadow: inset 0 0 0 1px #fff; }}
.gouji-tags .htx-highlight:not([data-label]), .gouji-tags .htx-highlight[data-label$="{_SECTION_END}"] {{
  box-shadow: none; border-radius: 0; position: static; }}
.gouji-tags .htx-highlight[data-label]:not([data-label$="{_SECTION_END}"]):hover::after {{
  content: attr(data-label); position: absolute; left: 0; top: 1.7em; z-index: 9; padding: 1px 6px; border-radius: 3px;
  background: #263238; color: #fff; font-size: 12px; line-height: 1.5; white-space: nowrap; pointer-events: none; }}
.gouji-tags .differing {{
  max-height: 24vh; overflow: hidden auto; position: sticky; top: 0; z-index: 8; padding: 4px 8px;
  background: #fff8e1; border: 1px solid #ffe082; border-radius: 3px; }}
.gouji-tags .differing * {{ white-space: pre-wrap; font-size: 13px; font-weight: normal; line-height: 1.6; margin: 0; }}
"""


@cache
def label_of(field: str) -> str:
    """What the screen calls a field: `一、本年新收政府信息公开申请数量·总计`, `（三）1.属于国家秘密·自然人`.

    Raises:
        KeyError: it is no field of any form.
    """
    return _labels()[field]


@cache
def field_of(label: str) -> str:
    """The field of a label; "" for `NO_FIELD`.

    Raises:
        KeyError: it is no label of a number.
    """
    return _fields()[label]


def section_label(section: str) -> str:
    """What the screen calls a section, 一 to 六."""
    return _SECTION.format(section)


def names_of_labels() -> dict[str, str]:
    """By label of the screen: the id of a field, a section (一 to 六), or "" for `NO_FIELD`."""
    return {**{section_label(one): one for one in SECTIONS if one}, **_fields()}


@cache
def _labels() -> dict[str, str]:
    """By field, in the order of the forms, the newest first: a field that several have is called as the newest does."""
    found: dict[str, str] = {}
    for form in reversed(load_templates().values()):
        for table in form.tables.values():
            for row in table.rows:
                for column in row.columns:
                    name = f"{_row_label(table, row)}·{table.column(column).label}"
                    found.setdefault(f"{table.id}.{row.id}.{column}", name)
    assert len(set(found.values())) == len(found) == len(fields())
    return found


@cache
def _fields() -> dict[str, str]:
    return {**{label: field for field, label in _labels().items()}, NO_FIELD: ""}


def _row_label(table: Table, row: Row) -> str:
    if row.group.startswith("（"):
        return row.group[: row.group.index("）") + 1] + row.full_label
    return f"{row.group} {row.full_label}" if table.line and row.group else row.full_label


@cache
def tag_screen(adjudicates: bool = False) -> str:
    """The labelling configuration.

    Args:
        adjudicates: whether it is of tasks with texts that people tagged differently; they tell where.
    """
    view = Element("View", {"className": "gouji-tags"})
    SubElement(view, "Style").text = _STYLE
    side = SubElement(view, "View", {"className": "labels"})
    SubElement(
        side, "Filter",
        {"name": "find", "toName": FROM_NAME, "hotkey": FILTER_KEY, "minlength": "0", "casesensitive": "false",
         "placeholder": "查找标签：输入名称的一部分，回车选第一个（Shift+F）"},
    )  # fmt: skip
    labels = SubElement(side, "Labels", {"name": FROM_NAME, "toName": TO_NAME, "showInline": "true", "opacity": "0.3"})
    for section, key in zip(SECTIONS[1:], _SECTION_KEYS, strict=True):
        _add(labels, section_label(section), _SECTION_COLOUR, "整个部分，从标题到末行", key)
    _add(labels, NO_FIELD, _NO_FIELD_COLOUR, "看起来像、其实不是表中的数", NO_FIELD_KEY)
    for field, key in COMMON.items():
        _add(labels, label_of(field), _COLOURS[field[:2]], field, key)
    for field, label in _labels().items():
        if field not in COMMON:
            _add(labels, label, _COLOURS[field[:2]], field)
    text = SubElement(view, "View", {"className": "text"})
    SubElement(text, "Header", {"value": "$heading", "size": "5"})
    if adjudicates:
        # The server shows one prediction at a time: without this nobody would know of the others.
        places = SubElement(text, "View", {"className": "differing"})
        SubElement(places, "Header", {"value": "$differing", "size": "5"})
    SubElement(text, "Text", {"name": TO_NAME, "value": "$text", "granularity": "symbol"})
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _add(labels: Element, value: str, colour: str, hint: str, key: str | None = None) -> None:
    told = {"value": value, "background": colour, "hint": hint}
    SubElement(labels, "Label", {**told, "hotkey": key} if key else told)


def tag_instructions(adjudicates: bool = False) -> str:
    """What the annotator is told, as HTML."""
    if adjudicates:
        first = (
            "<li><b>裁定</b>：几个人标得不同的文本。预先标好的是各人一致的部分；不一致的各处列在文字上方，每人怎么标的"
            "也写在那里，请逐处定夺、补标，然后提交（Ctrl+回车）。提交的标注就是定论。</li>"
        )
    else:
        first = (
            "<li>程序已经标好它认为的数字和部分，多数是对的。只改错的、删多的、补漏的，然后提交（Ctrl+回车）。</li>"
        )
    return (
        "<h4>给文字标注：哪个数字是表中的哪一格，哪几行是哪一部分</h4><ol>"
        f"{first}"
        "<li><b>补标</b>：先按键或点标签，再拖选数字（不带单位）。“无”“未”“没有”说的是 0，也要标。</li>"
        "<li><b>改标签</b>：点已标的数字，再按键或点正确的标签。<b>删除</b>：点它，按退格键。按 Esc 取消选中。</li>"
        "<li>标签常用的在前，有快捷键；其余按 Shift+F 输入名称的一部分（如“国家秘密”“自然人”），回车选中。</li>"
        "<li>往年的数、其他口径的数（点击量、留言数等）不标；程序标错了就删掉，或改成"
        f"“{NO_FIELD}”（键 {NO_FIELD_KEY}）。</li>"
        "<li>一个数同时是几格之和，或几格各有这个数：用各格的标签在同一处各标一次，这处不计对错。</li>"
        "<li>“第一部分”到“第六部分”（键 1 到 6）从该部分的标题拖选到它的最后一行，每个部分只标一次。</li>"
        "<li>表格里的数字同样要核对：一格一个标签，行与列都要对。</li></ol>"
    )
