"""What is noted of tasks that were pushed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from annotations.connect import client
from annotations.push.asked import asked_fields, digest_of
from annotations.push.bringing import bring
from annotations.push.journal import ARRIVED, FOLDER, Journal, Pushed, pushed_tasks
from annotations.push.projects import Screen, project
from annotations.screens.configuration import cell_instructions, cell_screen
from pipeline.errors import GoujiError
from tests.annotations.pull.made import task_data
from tests.pipeline.show.reports import clean_report

if TYPE_CHECKING:
    from tests.annotations.studio import Studio

FIELDS = ("t2.penalty.decisions", "t3.new.total")
OLD = {"server": "s", "batch": "批", "kind": "cells", "project": 1, "key": "old", "task": 3}


def overview(*fields: str) -> dict[str, Any]:
    cells = [{"field": field, "kind": "absent", "proposed": None, "printed": None} for field in fields]
    return {
        "key": "o", "kind": "overview", "batch": "批", "sha256": "b" * 64, "program": "p", "cells": [],
        "heading": "h", "evidence": "<p></p>", "form": "<p></p>",
        "overview": [{"template": "2021", "rows": [], "cells": cells}],
    }  # fmt: skip


def text() -> dict[str, Any]:
    return {"key": "t", "kind": "tags", "batch": "批", "sha256": "c" * 64, "text": "x"}


def cells(**changes: Any) -> dict[str, Any]:
    return task_data(clean_report(), list(FIELDS)) | changes


@pytest.fixture
def server_project(label_studio: Studio) -> Iterator[int]:
    """A project of one's own."""
    studio = client(label_studio.server)
    made = project(studio, "勾稽 记录 核对", Screen(cell_screen(), cell_instructions()))
    yield made
    studio.projects.delete(made)


def brought(
    out: Path, label_studio: Studio, to: int, tasks: Sequence[Mapping[str, Any]], there: dict[str, int]
) -> None:
    bodies = [{"data": dict(one)} for one in tasks]
    server = label_studio.server
    bring(client(server), server, Journal(out), to, "批", "cells", bodies, there)


@pytest.mark.slow
def test_what_tasks_ask_is_noted(tmp_path: Path, label_studio: Studio, server_project: int) -> None:
    one, table = cells(), overview("t3.new.total", "t3.new.natural")
    brought(tmp_path, label_studio, server_project, [one, table], {})
    first, second = pushed_tasks(tmp_path)
    assert (first.sha256, first.fields, first.overview) == (one["sha256"], FIELDS, False)
    assert first.digest == digest_of(one)
    assert (second.sha256, second.fields, second.overview) == ("b" * 64, asked_fields(table), True)
    # What tasks ask is much, and neither push nor pull needs it.
    assert {task.fields for task in Journal(tmp_path).known.values()} == {()}
    assert Journal(tmp_path).known[label_studio.server.url, one["key"]].digest == digest_of(one)
    # The server gives back what was pushed: nobody has changed it.
    data: Any = client(label_studio.server).tasks.get(id=first.task).data
    assert digest_of(data) == first.digest


@pytest.mark.slow
def test_of_a_task_that_a_killed_push_had_brought_the_digest_is_that_of_then(
    tmp_path: Path, label_studio: Studio, server_project: int
) -> None:
    then, now = cells(program="then"), cells(program="now")
    Journal(tmp_path).begin(label_studio.server.url, server_project, {then["key"]: digest_of(then)})
    brought(tmp_path, label_studio, server_project, [now, overview("t3.new.total")], {now["key"]: 7})
    arrived = {one.key: one for one in pushed_tasks(tmp_path)}
    assert (arrived[then["key"]].task, arrived[then["key"]].digest) == (7, digest_of(then))
    assert arrived["o"].digest == digest_of(overview("t3.new.total"))


def test_of_texts_only_short_lines_are_noted(tmp_path: Path) -> None:
    Journal(tmp_path).end([Pushed("s", "批", "tags", 1, "t", 3, digest_of(text()))])
    # Nothing of a text is left out of what is asked next, and there may be a hundred thousand of them.
    assert set(json.loads((tmp_path / FOLDER / ARRIVED).read_text())) == set(OLD)
    assert asked_fields(text()) == ()


def test_lines_of_earlier_versions_are_read(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / ARRIVED).write_text(json.dumps(OLD) + "\n")
    (tmp_path / FOLDER / "pushing.jsonl").write_text(json.dumps({"server": "s", "project": 1, "keys": ["k"]}) + "\n")
    journal = Journal(tmp_path)
    assert journal.known["s", "old"] == Pushed("s", "批", "cells", 1, "old", 3)
    assert journal.unsure == {("s", 1): {"k": ""}}


def test_a_line_that_is_being_written_is_left_as_it_is(tmp_path: Path) -> None:
    Journal(tmp_path).end([Pushed("s", "批", "cells", 1, "a", 7)])
    path = tmp_path / FOLDER / ARRIVED
    with path.open("a", encoding="utf-8") as file:
        file.write('{"server": "s", "ba')
    before = path.read_bytes()
    assert [one.key for one in pushed_tasks(tmp_path)] == ["a"]
    assert path.read_bytes() == before


@pytest.mark.parametrize("spoilt", [{"key": None}, {"fields": 3}, {"fields": [None]}, {"batch": 1}])
def test_a_line_that_is_none_of_it_is_told(tmp_path: Path, spoilt: dict[str, Any]) -> None:
    (tmp_path / FOLDER).mkdir()
    entry = {name: value for name, value in (OLD | spoilt).items() if value is not None}
    (tmp_path / FOLDER / ARRIVED).write_text(json.dumps(entry) + "\n")
    with pytest.raises(GoujiError, match=r"E305.*第 1 行"):
        Journal(tmp_path)


def test_a_digest_tells_what_answers_depend_on() -> None:
    one = cells()
    looked_at = [cell | {"crop": "<img>", "label": "别的", "reason": "另有缘由"} for cell in one["cells"]]
    assert digest_of(one | {"cells": looked_at, "evidence": "<p>x</p>", "form": "", "heading": "x"}) == digest_of(one)
    through_json = json.loads(json.dumps(one, sort_keys=True))
    through_json["cells"][0]["proposed"] = float(one["cells"][0]["proposed"])
    assert digest_of(through_json) == digest_of(one)
    changes: list[dict[str, Any]] = [{"proposed": 9999}, {"printed": 9999}, {"kind": "blank"}, {"choices": []}]
    others = [one | {"cells": [one["cells"][0] | change, one["cells"][1]]} for change in changes]
    others += [one | {"program": "other"}, one | {"overview": [{}]}, one | {"cells": None}, one | {"cells": ["x"]}]
    digests = {digest_of(one), *map(digest_of, others)}
    assert len(digests) == 1 + len(others)
