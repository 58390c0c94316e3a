"""Tasks that somebody changed on the server, and what is counted of answers, without one."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from annotations.pull.fetched import Annotation, Task
from annotations.pull.pulling import CHANGED, SUPPLIED, Pulled, _take
from annotations.pull.summary import summary
from annotations.push.asked import asked_fields, digest_of
from annotations.push.cell_tasks import task_key
from annotations.push.journal import Pushed
from annotations.selection import AskedOverview, AskedReport, AskedRow
from pipeline.answers import load_answers
from pipeline.record import Report
from pipeline.template import table
from tests.annotations.pull.made import BATCH, NEW_YEAR, task_data, verdict
from tests.pipeline.show.reports import clean_report, with_field

FIELD, OTHER = "t2.penalty.decisions", "t3.new.total"


def report() -> Report:
    """One field repaired, another with no value."""
    mended = with_field(clean_report(), FIELD, value=1286, printed="1288", status="repaired")
    return with_field(mended, OTHER, status="missing", kind="unread", printed=None, value=None)


def overview() -> dict[str, Any]:
    of = table("2021", "t3")
    fields = of.field_ids()
    asked = AskedReport(
        sha256="b" * 64, file="x", agency=None, year=None, cells=(), seconds=0, score=0,
        overview=AskedOverview(table="t3", rows=(AskedRow(row="", fields=tuple(fields)),), worth=0),
    )  # fmt: skip
    choices = {
        "rows": [row.id for row in of.rows], "columns": [column.id for column in of.columns],
        "rest": ["zero", "blank", "dash", "mixed"], "zeros": [column.id for column in of.columns],
    }  # fmt: skip
    offered = {part: [{"value": name, "alias": name} for name in names] for part, names in choices.items()}
    cells = [{"field": field, "kind": "absent", "proposed": None, "printed": None} for field in fields]
    return {
        "key": task_key(BATCH, asked, False), "kind": "overview", "batch": BATCH, "sha256": "b" * 64, "program": "p",
        "adjudicates": False, "cells": [], "overview": [{"template": "2021", **offered, "cells": cells}],
    }  # fmt: skip


def chosen(**parts: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"from_name": f"{part}_0", "value": {"choices": list(names)}} for part, names in parts.items()]


def take(
    out: Path, data: dict[str, Any], result: list[dict[str, Any]], pushed: dict[str, Any] | None = None,
    digest: str | None = None, people: tuple[str, ...] = ("A",), found: Pulled | None = None,
) -> Pulled:  # fmt: skip
    """Of a task that the server has as `data`, and that was pushed as `pushed`."""
    was = pushed or data
    known = Pushed("s", BATCH, "cells", 1, was["key"], 1, digest_of(was) if digest is None else digest)
    given = tuple(Annotation(at, tuple(result), who, NEW_YEAR, 1.0) for at, who in enumerate(people))
    found = found or Pulled(batch=BATCH)
    _take(Task(1, data, given, True), 1, known, None, out, {}, found)
    return found


EDITS: list[dict[str, Any]] = [
    {"proposed": 9999}, {"printed": 9999}, {"kind": "blank"}, {"choices": [{"alias": "mended"}]}
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_what_was_proposed_and_changed_since_is_not_taken(tmp_path: Path, edit: dict[str, Any]) -> None:
    pushed = task_data(report(), [FIELD, OTHER])
    changed = copy.deepcopy(pushed)
    changed["cells"][0] |= edit
    found = take(tmp_path, changed, verdict(0, "mended"), pushed)
    assert [one.message for one in found.problems] == [CHANGED]
    assert (found.asked, load_answers(tmp_path, pushed["sha256"]).answers) == (set(), ())


def test_what_is_only_looked_at_may_change_and_older_tasks_have_no_digest(tmp_path: Path) -> None:
    pushed = task_data(report(), [FIELD, OTHER])
    changed = copy.deepcopy(pushed)
    changed["cells"][0]["crop"] = changed["evidence"] = "<p>别的</p>"
    found = take(tmp_path, changed, verdict(0, "mended"), pushed)
    assert (found.problems, found.verdicts) == ([], {"ok": 1})
    changed["cells"][0]["proposed"] = 9999
    assert take(tmp_path, changed, verdict(0, "mended"), pushed, digest="").problems == []


def test_of_an_overview_nothing_may_change(tmp_path: Path) -> None:
    pushed = overview()
    assert set(asked_fields(pushed)) == set(table("2021", "t3").field_ids())
    assert take(tmp_path, pushed, chosen(rest=("zero",))).problems == []
    changed = copy.deepcopy(pushed)
    changed["overview"][0]["rows"][0]["alias"] = "total"
    found = take(tmp_path, changed, chosen(rest=("zero",)), pushed)
    assert [one.message for one in found.problems] == [CHANGED]


@pytest.mark.parametrize("name", ["kind", "field"])
@pytest.mark.parametrize("value", [["number"], {"a": 1}, 3, None])
def test_whatever_json_holds_ends_no_pull(tmp_path: Path, name: str, value: object) -> None:
    data = task_data(report(), [FIELD])
    data["cells"][0][name] = value
    found = take(tmp_path, data, verdict(0, "mended"))
    assert len(found.problems) == 1
    assert "任务中" in found.problems[0].message


def test_overviews_are_counted_apart_and_what_corrects_nothing_is_no_correction(tmp_path: Path) -> None:
    data = task_data(report(), [FIELD, OTHER])
    answers = verdict(0, "other", "12") + verdict(1, "other", "13")
    found = take(tmp_path, data, answers)
    assert found.verdicts == {"corrected": 1, SUPPLIED: 1}
    assert not any("总览" in line for line in summary(found))
    seen = chosen(rows=("carried_in", "denied_law", "total"), columns=("natural", "total"), rest=("zero",))
    take(tmp_path, overview(), seen, people=("A", "B"), found=found)
    assert found.problems == []
    assert found.verdicts == {"corrected": 1, SUPPLIED: 1}
    assert (found.overviews, found.overview_left) == (2, 12)
    cells = len(asked_fields(overview()))
    assert found.overview_cells == 2 * cells - 12
    told = list(summary(found))
    assert told[1].startswith("格子的答案 2 个：与程序一致 0，改正 1，补上 1，看不清 0，原文印错 0；")
    assert told[2] == f"总览 2 份：定下 {2 * cells - 12} 格，另有 12 格要逐格问"
