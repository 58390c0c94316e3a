from __future__ import annotations

import copy
from typing import Any

import pytest

from annotations.pull.cell_answers import answers_of
from pipeline.errors import GoujiError
from tests.annotations.pull.made import verdict

WORDS = ("blank", "dash", "unreadable", "source", "other")


def cell(field: str, kind: str, printed: Any, proposed: Any, *numbers: str) -> dict[str, Any]:
    codes = [f"is:{number}" for number in numbers] + list(WORDS)
    return {
        "field": field, "kind": kind, "printed": printed, "proposed": proposed, "label": field, "crop": "",
        "reason": "", "choices": [{"value": code, "alias": code} for code in codes],
    }  # fmt: skip


DATA: dict[str, Any] = {
    "key": "k", "kind": "cells", "batch": "b", "sha256": "a" * 64, "program": "p", "adjudicates": False,
    "cells": [
        cell("t3.new.total", "number", 3, 5, "5", "3"),
        cell("t3.new.natural", "number", 4, 4, "4"),
        cell("t3.new.legal", "blank", None, None),
        cell("t2.fees.amount", "number", 12.5, 12.5, "12.5"),
        cell("t2.licensing.change", "number", -3, -3, "-3"),
        cell("t3.granted.total", "unread", None, None, "8"),
    ],
}  # fmt: skip


def said(*regions: dict[str, Any], data: dict[str, Any] = DATA) -> tuple[list[tuple[Any, ...]], list[tuple[str, str]]]:
    """What was understood and what was told."""
    problems: list[tuple[str, str]] = []
    found = answers_of(data, regions, "a", "2026", 1.5, lambda field, message: problems.append((field, message)))
    return [(one.field, one.verdict, one.kind, one.printed, one.value) for one in found], problems


@pytest.mark.parametrize(
    ("index", "code", "typed", "understood"),
    [
        (0, "is:5", None, ("corrected", "number", 5, 5)),
        (0, "is:3", None, ("corrected", "number", 3, 3)),
        (1, "is:4", None, ("ok", "number", 4, 4)),
        (1, "is:4", "４", ("ok", "number", 4, 4)),
        (3, "is:12.5", None, ("ok", "number", 12.5, 12.5)),
        (4, "is:-3", None, ("ok", "number", -3, -3)),
        (5, "is:8", None, ("corrected", "number", 8, 8)),
        (2, "blank", None, ("ok", "blank", None, None)),
        (1, "blank", None, ("corrected", "blank", None, None)),
        (2, "dash", None, ("corrected", "dash", None, None)),
        (1, "unreadable", None, ("unreadable", None, None, None)),
        (1, "unreadable", "  ", ("unreadable", None, None, None)),
        (0, "source", None, ("source_wrong", "number", 3, None)),
        (0, "source", "6", ("source_wrong", "number", 3, 6)),
        (2, "source", "6", ("source_wrong", "blank", None, 6)),
        (1, "other", "1,234", ("corrected", "number", 1234, 1234)),
        (1, "other", "4", ("ok", "number", 4, 4)),
        (3, "other", "12.75", ("corrected", "number", 12.75, 12.75)),
    ],
)
def test_every_answer_is_understood(index, code, typed, understood):
    found, problems = said(*verdict(index, code, typed))
    assert found == [(DATA["cells"][index]["field"], *understood)]
    assert problems == []


@pytest.mark.parametrize(
    ("index", "code", "typed", "told"),
    [
        (1, "is:5", None, "不在任务给出的选项里"),
        (1, "maybe", None, "不在任务给出的选项里"),
        (0, "is:5", "6", "选的是 5，填的是 6"),
        (0, "other", None, "没有填数字"),
        (0, "other", "五", "不是一个数字"),
        (0, "other", "5万", "单位"),
        (0, "other", "5.5", "小数"),
        (0, "other", "-5", "正负号"),
        (0, "blank", "0", "却填了 0"),
        (0, "unreadable", "3", "却填了 3"),
        (0, "source", "3", "正是原文的 3"),
        (5, "source", "3", "没有读出原文"),
    ],
)
def test_an_answer_that_contradicts_itself_is_told_and_the_rest_stands(index, code, typed, told):
    other = 2 if index != 2 else 1
    found, problems = said(*verdict(index, code, typed), *verdict(other, "blank"))
    assert [one[0] for one in found] == [DATA["cells"][other]["field"]]
    ((field, message),) = problems
    assert field == DATA["cells"][index]["field"]
    assert told in message


def test_two_choices_and_a_number_alone_are_told():
    found, problems = said(*verdict(0, "is:5"), *verdict(0, "is:3"), verdict(1, "other", "5")[1])
    assert found == []
    assert [message for _, message in problems] == ["选了两个结论：is:3、is:5", "没有选结论，只填了数字"]


def test_the_same_answer_twice_is_one():
    found, problems = said(*verdict(1, "is:4"), *verdict(1, "is:4"))
    assert len(found) == 1
    assert problems == []


def test_what_was_not_answered_gives_nothing():
    empty = {"from_name": "number_1", "to_name": "why_1", "type": "textarea", "value": {"text": [""]}}
    assert said(empty) == ([], [])


@pytest.mark.parametrize(
    "region",
    [
        {"from_name": "verdict_6", "value": {"choices": ["blank"]}},
        {"from_name": "verdict_x", "value": {"choices": ["blank"]}},
        {"from_name": "verdict_0", "value": {"choices": [1]}},
        {"from_name": "verdict_0", "value": {}},
        {"from_name": "verdict_0"},
        {"id": "r", "type": "relation"},
        "verdict_0",
    ],
)
def test_regions_that_the_screen_does_not_make_are_told(region):
    found, problems = said(region, *verdict(1, "is:4"))
    assert [one[0] for one in found] == ["t3.new.natural"]
    assert "不属于任何一格" in problems[0][1]


def test_who_when_and_what_for_is_kept():
    (one,) = answers_of(
        {**DATA, "adjudicates": True}, verdict(1, "is:4"), "a@x.cn", "2026-01-01T00:00:00Z", 7.5, lambda *_: None
    )
    assert (one.annotator, one.at, one.seconds, one.task, one.program, one.adjudicates, one.proposed) == (
        "a@x.cn", "2026-01-01T00:00:00Z", 7.5, "k", "p", True, 4,
    )  # fmt: skip


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("key"),
        lambda data: data.update(sha256="../../etc"),
        lambda data: data.update(cells=None),
        lambda data: data["cells"].append(data["cells"][0]),
        lambda data: data["cells"][0].update(field="t9.a.b"),
        lambda data: data["cells"][0].update(field=["t3.new.total"]),
        lambda data: data["cells"][0].update(kind="page"),
        lambda data: data["cells"][0].update(printed="3"),
        lambda data: data["cells"][0].update(proposed=float("inf")),
        lambda data: data["cells"][0].update(choices="is:5"),
    ],
)
def test_a_task_that_was_never_pushed_is_refused(spoil):
    data = copy.deepcopy(DATA)
    spoil(data)
    with pytest.raises(GoujiError, match="E405"):
        said(*verdict(1, "is:4"), data=data)
