from __future__ import annotations

from typing import Any

import pytest

from annotations.pull.overview_answers import CANNOT_HOLD, can_hold, overview_answers
from pipeline.errors import GoujiError
from pipeline.template import table

ROWS, COLUMNS = ("new", "granted"), ("natural", "total")


def task(**changes: Any) -> dict[str, Any]:
    cells = [
        {"field": f"t3.{row}.{column}", "kind": "unread", "proposed": None, "printed": None}
        for row in ROWS for column in COLUMNS
    ]  # fmt: skip
    offered = {
        "rows": ROWS, "columns": COLUMNS, "zeros": COLUMNS, "rest": ("zero", "blank", "dash", "mixed", "absent")
    }  # fmt: skip
    overview: dict[str, Any] = {
        part: [{"value": one, "alias": one} for one in codes] for part, codes in offered.items()
    }  # fmt: skip
    overview |= {"template": "2021", "cells": cells}
    return {
        "key": "k", "kind": "overview", "sha256": "a" * 64, "program": "p", "overview": [overview],
        **changes,
    }  # fmt: skip


def said(**chosen: tuple[str, ...]) -> tuple[dict[str, tuple[Any, ...]], list[str]]:
    """By row and column, what was understood; and what was told."""
    regions = [
        {"from_name": f"{part}_0", "to_name": f"{part}_asked_0", "type": "choices", "value": {"choices": list(codes)}}
        for part, codes in chosen.items()
    ]
    told: list[str] = []
    answers = overview_answers(task(), regions, "a", "2026", 9.0, lambda _, message: told.append(message))
    found = {one.field.removeprefix("t3."): (one.verdict, one.kind, one.printed, one.value) for one in answers}
    return found, told


OPEN = ("left_open", None, None, None)
SEEN = ("number_seen", None, None, None)
ZERO = ("corrected", "number", 0, 0)
BLANK = ("corrected", "blank", None, None)


def test_what_is_not_chosen_holds_the_rest() -> None:
    found, told = said(rows=("new",), columns=("natural", "total"), rest=("zero",))
    assert found == {"new.natural": SEEN, "new.total": SEEN, "granted.natural": ZERO, "granted.total": ZERO}
    assert told == []


@pytest.mark.parametrize(
    ("rows", "columns", "holds"),
    [
        ((), (), True),
        (("new", "granted", "total"), ("natural", "total"), True),
        (("new", "carried_out"), ("legal", "total"), True),
        # Something was granted, and in all nothing.
        (("new", "granted", "carried_out"), ("natural", "total"), False),
        (("new", "total"), ("natural", "total"), False),
        # Nothing came in, and something was dealt with.
        (("granted", "total"), ("natural", "total"), False),
        (("new", "granted", "total"), ("natural",), False),
        (("new", "granted", "total"), ("total",), False),
    ],
)
def test_sums_can_hold_or_cannot(rows: tuple[str, ...], columns: tuple[str, ...], holds: bool) -> None:
    of = table("2021", "t3")
    numbers = {field for field in of.field_ids() if field.split(".")[1] in rows and field.split(".")[2] in columns}
    zero = set(of.field_ids()) - numbers
    assert can_hold(of, numbers, zero) is holds
    # Where the others are blank instead, what they mean is not known.
    assert can_hold(of, numbers, set())


def test_what_no_sums_can_fit_settles_nothing() -> None:
    found, told = said(rows=("new",), columns=("natural",), rest=("zero",))
    assert set(found.values()) == {OPEN}
    assert told == [CANNOT_HOLD]


def test_a_table_that_the_file_does_not_have() -> None:
    found, told = said(rest=("absent",))
    assert set(found.values()) == {("unreadable", None, None, None)}
    assert told == []


def test_columns_of_zeros_among_blanks() -> None:
    found, _ = said(rest=("blank",), zeros=("total",))
    assert found == {"new.natural": BLANK, "new.total": ZERO, "granted.natural": BLANK, "granted.total": ZERO}


def test_what_is_not_the_same_everywhere_tells_nothing() -> None:
    found, _ = said(rest=("mixed",))
    assert set(found.values()) == {OPEN}


def test_dashes() -> None:
    found, _ = said(rest=("dash",))
    assert {one[1] for one in found.values()} == {"dash"}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"rows": ("new",), "rest": ("zero",)}, "没有选栏"),
        ({"columns": ("total",), "rest": ("zero",)}, "没有选行"),
        ({"rows": ("new",), "columns": ("total",)}, "没有说其余"),
        ({"rest": ("zero", "blank")}, "既是这样又是那样"),
        ({"rest": ("zero",), "zeros": ("total",)}, "并非空白"),
        ({"rows": ("new",), "columns": ("total",), "rest": ("absent",)}, "没有这张表"),
        ({"rest": ("else",)}, "不认识的选项"),
    ],
)
def test_an_overview_that_contradicts_itself_is_left_out(chosen: dict[str, tuple[str, ...]], told: str) -> None:
    found, why = said(**chosen)
    assert found == {}
    assert len(why) == 1
    assert told in why[0]


@pytest.mark.parametrize("changes", [{"overview": []}, {"overview": None}, {"key": ""}, {"overview": [{"cells": [1]}]}])
def test_a_task_that_was_changed_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(GoujiError, match="E405"):
        overview_answers(task(**changes), [], "a", "2026", None, lambda *_: None)
