"""From a real server into the data."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from annotations.backend.current import CurrentModel
from annotations.backend.refresh import refresh
from annotations.connect import client
from annotations.pull import fetched
from annotations.pull.pulling import Pulled, pull
from annotations.push.asked import digest_of
from annotations.push.journal import Journal, Pushed
from annotations.push.projects import find_project
from annotations.push.tag_tasks import tag_key
from annotations.screens.configuration import cell_screen
from annotations.screens.tags import label_of, names_of_labels, tag_screen
from annotations.selection import AskedReport, Selection, load_selection
from pipeline.answers import load_answers
from pipeline.cli import main
from pipeline.errors import GoujiError
from pipeline.store.outcomes import listed_files
from tests.annotations.pull.made import BATCH, report_of, sha_of, task_data, verdict
from training.gold import find_gold

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

    from tests.annotations.studio import Studio

pytestmark = pytest.mark.slow

CLEAN, BROKEN, PACKED = "html_clean.html", "contradicts_itself.html", "wrong.total.html"
TOTAL, NATURAL, LEGAL = "t3.new.total", "t3.new.natural", "t3.new.legal"
Push = Callable[..., list[int]]


@pytest.fixture(scope="module")
def studio(label_studio: Studio) -> LabelStudio:
    return client(label_studio.server)


@pytest.fixture(scope="module")
def people(studio: LabelStudio) -> list[int]:
    """Two annotators' ids."""
    made = [studio.users.create(email=f"{name}.pull@x.cn", username=name) for name in ("li", "wang")]
    return [one.id for one in made]


@pytest.fixture
def push(studio: LabelStudio, label_studio: Studio, out: Path) -> Iterator[Push]:
    """Tasks into a project of one's own, noted as `push` does."""
    projects = []

    def into(*tasks: dict[str, Any], kind: str = "cells") -> list[int]:
        screen = tag_screen() if kind == "tags" else cell_screen()
        project = studio.projects.create(title=f"勾稽 {BATCH} {len(projects)}", label_config=screen)
        projects.append(project.id)
        bodies: list[Any] = [{"data": data} for data in tasks]
        arrived = studio.projects.import_tasks(id=project.id, request=bodies, return_task_ids=True).task_ids
        Journal(out).end(
            Pushed(label_studio.server.url, data["batch"], kind, project.id, data["key"], task, digest_of(data))
            for data, task in zip(tasks, arrived, strict=True)
        )
        return list(arrived)

    yield into
    for project in projects:
        studio.projects.delete(project)


@pytest.fixture
def pulled(studio: LabelStudio, label_studio: Studio, out: Path) -> Callable[..., Pulled]:
    def again(batch: str | None = None, gold: Path | None = None) -> Pulled:
        return pull(studio, label_studio.server.url, out, batch, gold, names_of_labels(), lambda _: None)

    return again


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def test_two_people_answer_and_disagree_and_a_third_settles_it(studio, people, push, pulled, out, tmp_path):
    report = report_of(out, CLEAN)
    right = report.fields[TOTAL].value
    (task,) = push(task_data(report, [TOTAL, NATURAL]))
    first = verdict(0, f"is:{right}") + verdict(1, "other", "１２")
    second = verdict(0, "other", str(right + 1)) + verdict(1, "other", "12")
    one = studio.annotations.create(id=task, result=first, lead_time=12.5, completed_by=people[0])
    studio.annotations.create(id=task, result=second, completed_by=people[1])
    studio.annotations.create(id=task, result=verdict(0, "blank") + verdict(1, "blank"), was_cancelled=True)

    found = pulled(gold=tmp_path / "gold")
    assert (found.tasks, found.answered, found.verdicts) == (1, 1, {"ok": 1, "corrected": 3})
    assert (found.disputed, found.open_cells, found.problems) == (1, 1, [])
    answers = load_answers(out, report.sha256).answers
    assert {(a.annotator, a.field, a.printed, a.seconds) for a in answers} == {
        ("li.pull@x.cn", TOTAL, right, 12.5), ("li.pull@x.cn", NATURAL, 12, 12.5),
        ("wang.pull@x.cn", TOTAL, right + 1, None), ("wang.pull@x.cn", NATURAL, 12, None),
    }  # fmt: skip
    assert all(a.at.endswith("Z") and len(a.at) == 27 for a in answers)
    (asked,) = load_selection(out / "annotate" / "disputed.json").reports
    assert asked.fields == (TOTAL,)
    assert found.agreement
    assert found.agreement[0].printed.agreed.value == 0.5
    assert found.gold
    assert (found.gold.gold, found.gold.annotators) == (0, 2)

    before = digests(out), digests(tmp_path / "gold")
    assert pulled(gold=tmp_path / "gold").changed == 0
    assert (digests(out), digests(tmp_path / "gold")) == before

    (judge,) = push(task_data(report, [TOTAL], adjudicates=True), kind="adjudication")
    waiting = pulled()
    assert (waiting.disputed, waiting.pending) == (1, {(report.sha256, TOTAL)})
    assert load_selection(out / "annotate" / "disputed.json").reports == ()

    studio.annotations.create(id=judge, result=verdict(0, f"is:{right}"), completed_by=people[0])
    # Whoever sees that they were wrong changes their answer.
    changed = verdict(0, f"is:{right}") + verdict(1, "other", "13")
    studio.annotations.update(id=one.id, result=changed)
    settled = pulled(gold=tmp_path / "gold")
    assert settled.disputed == 1
    (asked,) = load_selection(out / "annotate" / "disputed.json").reports
    assert asked.fields == (NATURAL,)
    studio.annotations.update(id=one.id, result=first)
    assert pulled(gold=tmp_path / "gold").disputed == 0
    (gold,) = find_gold(tmp_path / "gold")
    assert gold.printed == {TOTAL: right, NATURAL: 12}
    lines = (out / "annotate" / "examples.jsonl").read_text(encoding="utf-8").splitlines()
    assert {(e["field"], e["printed"], e["annotators"]) for e in map(json.loads, lines)} == {
        (NATURAL, 12, 2), (TOTAL, right, 1),
    }  # fmt: skip


def test_every_kind_of_answer_comes_back(studio, push, pulled, out):
    report = report_of(out, PACKED)
    fields = [field for field, one in report.fields.items() if one.kind == "number" and one.value][:5]
    value = report.fields[fields[0]].value
    (task,) = push(task_data(report, fields))
    codes = [(f"is:{value}", None), ("blank", None), ("dash", None), ("unreadable", None), ("source", "77")]
    result = [region for index, one in enumerate(codes) for region in verdict(index, *one)]
    studio.annotations.create(id=task, result=result)
    assert pulled().verdicts == {"ok": 1, "corrected": 2, "unreadable": 1, "source_wrong": 1}
    said = {one.field: (one.kind, one.printed, one.value) for one in load_answers(out, report.sha256).answers}
    printed = report.fields[fields[4]].value
    assert said == {
        fields[0]: ("number", value, value), fields[1]: ("blank", None, None), fields[2]: ("dash", None, None),
        fields[3]: (None, None, None), fields[4]: ("number", printed, 77),
    }  # fmt: skip


def test_what_is_wrong_is_told_and_the_rest_is_kept(studio, push, pulled, out):
    clean, broken = report_of(out, CLEAN), report_of(out, BROKEN)
    spoilt, changed, good = push(
        task_data(clean, [TOTAL, NATURAL]), task_data(broken, [TOTAL]), task_data(report_of(out, PACKED), [TOTAL])
    )
    studio.annotations.create(id=spoilt, result=verdict(0, "other", "12万") + verdict(1, "other", "12"))
    studio.annotations.create(id=changed, result=verdict(0, "blank"))
    studio.annotations.create(id=good, result=verdict(0, "blank"))
    other = task_data(broken, [LEGAL])["cells"]
    studio.tasks.update(id=str(changed), data={**task_data(broken, [TOTAL]), "cells": other})
    found = pulled()
    assert [(one.task, one.field) for one in found.problems] == [(spoilt, TOTAL), (changed, "")]
    assert "12万" in found.problems[0].message
    assert "改动" in found.problems[1].message
    assert [one.field for one in load_answers(out, clean.sha256).answers] == [NATURAL]
    assert load_answers(out, broken.sha256).answers == ()
    assert len(load_answers(out, sha_of(out, PACKED)).answers) == 1


def test_all_pages_come_though_tasks_come_and_go_meanwhile(studio, push, out, monkeypatch):
    monkeypatch.setattr(fetched, "PAGE", 3)
    report = report_of(out, CLEAN)
    fields = list(report.fields)[:10]
    tasks = push(*(task_data(report, [field]) for field in fields))
    project = studio.tasks.get(id=str(tasks[0])).project
    seen = []
    for task in fetched.tasks_of(studio, project, {}):
        seen.append(task.id)
        if len(seen) == 3:
            studio.tasks.delete(id=str(tasks[0]))
    assert seen == tasks


def test_a_pull_that_was_killed_goes_on(studio, push, pulled, out, monkeypatch):
    reports = [report_of(out, name) for name in (CLEAN, BROKEN, PACKED)]
    for task in push(*(task_data(report, [TOTAL]) for report in reports)):
        studio.annotations.create(id=task, result=verdict(0, "dash"))
    taken = []

    def stop(*arguments: Any) -> bool:
        if taken:
            raise KeyboardInterrupt
        taken.append(arguments)
        return real(*arguments)

    from annotations.pull import pulling

    real = pulling.keep_answers
    with monkeypatch.context() as patch:
        patch.setattr(pulling, "keep_answers", stop)
        with pytest.raises(KeyboardInterrupt):
            pulled()
    assert sum(bool(load_answers(out, report.sha256).answers) for report in reports) == 1
    assert pulled().changed == 2
    assert all(load_answers(out, report.sha256).answers for report in reports)


def test_batches_are_told_apart(studio, push, pulled, out):
    clean, broken = report_of(out, CLEAN), report_of(out, BROKEN)
    for data in (task_data(clean, [TOTAL], "甲"), task_data(broken, [TOTAL], "乙")):
        (task,) = push(data)
        studio.annotations.create(id=task, result=verdict(0, "dash"))
    assert pulled("乙").tasks == 1
    assert load_answers(out, clean.sha256).answers == ()
    assert pulled().tasks == 2
    with pytest.raises(GoujiError, match=r"丙.*甲"):
        pulled("丙")


def test_a_project_that_is_gone_keeps_no_other_from_being_pulled(studio, push, pulled, out, label_studio):
    (task,) = push(task_data(report_of(out, CLEAN), [TOTAL]))
    studio.annotations.create(id=task, result=verdict(0, "dash"))
    Journal(out).end([Pushed(label_studio.server.url, "旧", "cells", 99999, "k", 1)])
    found = pulled()
    assert [(one.project, one.task) for one in found.problems] == [(99999, None)]
    assert found.verdicts == {"corrected": 1}


def test_tags_become_a_file(studio, push, pulled, out):
    report = report_of(out, CLEAN)
    text = "一、总体情况\n全年新收申请17件，办结。\n"
    data = {
        "key": tag_key(BATCH, report.sha256), "kind": "tags", "batch": BATCH, "sha256": report.sha256, "text": text,
        "file": "in/报告.html", "agency": None, "year": None, "program": "p", "adjudicates": False, "heading": "h",
        "plain_lines": [],
    }  # fmt: skip
    (task,) = push(data, kind="tags")
    assert pulled().tags == 0
    at = text.index("17")
    value = {"start": at, "end": at + 2, "text": "17", "labels": [label_of(TOTAL)]}
    studio.annotations.create(
        id=task, result=[{"id": "r", "from_name": "tag", "to_name": "text", "type": "labels", "value": value}]
    )
    found = pulled()
    assert (found.tags, found.problems) == (1, [])
    made = (out / "annotate" / "tags" / f"报告-{report.sha256[:8]}.yaml").read_text(encoding="utf-8")
    assert f'prose:\n  - {{text: "17", nth: 0, fields: [{TOTAL}]}}\n' in made


def regions(text: str, *given: tuple[str, int, str]) -> list[dict[str, Any]]:
    """Of the nth number that reads so, the field."""
    found = []
    for shown, nth, name in given:
        at = -1
        for _ in range(nth + 1):
            at = text.index(shown, at + 1)
        value = {"start": at, "end": at + len(shown), "text": shown, "labels": [label_of(name)]}
        found.append({"id": f"r{at}", "from_name": "tag", "to_name": "text", "type": "labels", "value": value})
    return found


def test_two_people_tag_differently_and_a_third_settles_it(
    studio, people, pulled, out, label_studio, monkeypatch, capsys
):
    monkeypatch.setattr("annotations.command.STEPS", ("push", "pull"))
    monkeypatch.setenv("GOUJI_LABEL_STUDIO_TOKEN", label_studio.server.token)
    report = report_of(out, CLEAN)
    original = Path(next(one.name for one in listed_files(out) if one.sha256 == report.sha256))
    asked = AskedReport(
        sha256=report.sha256, file=str(original), agency=None, year=2021, cells=(), seconds=0, score=0, annotators=2
    )
    chosen = Selection(name="裁", strategy="worth", seed=0, program="p", reports=(asked,))
    (out / "chosen.json").write_bytes(chosen.to_bytes())
    where = ["--url", label_studio.server.url]
    assert main(["annotate", "push", str(out), "--tags", "--selection", str(out / "chosen.json"), *where]) == 0
    project = find_project(studio, "勾稽 裁 标注（两人）")
    (task,) = studio.tasks.list(project=project, fields="all")
    text = task.data["text"]
    assert (task.data["adjudicates"], studio.projects.get(id=project).maximum_annotations) == (False, 2)
    assert (pulled().tags, (out / "annotate" / "disputed-tags").exists()) == (0, False)

    shown = [found.group() for found in re.finditer(r"(?<![0-9])[1-9][0-9]*(?![0-9])", text)]
    both, other = (shown[0], 0, TOTAL), next(one for one in shown if one != shown[0])
    first = studio.annotations.create(
        id=task.id, result=regions(text, both, (other, 0, NATURAL)), lead_time=60.0, completed_by=people[0]
    )
    studio.annotations.create(
        id=task.id, result=regions(text, both, (other, 0, LEGAL)), lead_time=90.0, completed_by=people[1]
    )
    found = pulled()
    assert (found.tags, found.disputed_texts, found.problems) == (1, {report.sha256}, [])
    (path,) = (out / "annotate" / "tags").glob("*.yaml")
    assert "reason: disputed" in path.read_text(encoding="utf-8")
    (again,) = load_selection(out / "annotate" / "disputed-tags.json").reports
    assert (again.sha256, again.score, again.seconds, again.cells) == (report.sha256, 2.0, 90.0, ())
    (pair,) = found.tag_agreement
    assert (pair.first, pair.second, pair.texts, pair.numbers.f1) == ("li.pull@x.cn", "wang.pull@x.cn", 1, 0.5)
    before = digests(out)
    assert pulled("裁").disputed_texts == {report.sha256}
    assert digests(out) == before
    capsys.readouterr()
    assert main(["annotate", "pull", str(out), "--no-store", *where]) == 0
    said = capsys.readouterr().out
    assert "没有裁定的文字 1 份，用 gouji annotate push --tags --adjudicate" in said
    assert "0.500" in said

    # What people tagged is at hand though the report is not.
    original.rename(f"{original}.away")
    try:
        assert main(["annotate", "push", str(out), "--tags", "--adjudicate", *where]) == 0
        assert main(["annotate", "push", str(out), "--tags", "--adjudicate", *where]) == 0
    finally:
        Path(f"{original}.away").rename(original)
    said = capsys.readouterr().out
    assert "推送 1 个任务，已在服务器上的 0 个" in said
    assert "推送 0 个任务，已在服务器上的 1 个" in said
    project = find_project(studio, "勾稽 裁 标注裁定")
    assert project is not None
    (judge,) = studio.tasks.list(project=project, fields="all")
    assert judge.data["heading"].endswith("（裁定：1 处不一致）")
    assert (judge.data["adjudicates"], judge.data["text"]) == (True, text)
    assert studio.projects.get(id=project).model_version == "各人一致"
    sizes = {one.model_version: len(one.result) for one in studio.predictions.list(project=project)}
    assert sizes == {"各人一致": 1, "标注员 li.pull@x.cn": 2, "标注员 wang.pull@x.cn": 2}
    # The service, were it told of this project, would not put the model's word in place of the people's.
    assert refresh(studio, project, CurrentModel(out).get()) == 0

    waiting = pulled()
    assert (waiting.disputed_texts, waiting.pending_texts) == ({report.sha256}, {report.sha256})
    assert load_selection(out / "annotate" / "disputed-tags.json").reports == ()
    assert "reason: disputed" in path.read_text(encoding="utf-8")

    studio.annotations.create(id=judge.id, result=regions(text, both, (other, 0, LEGAL)), completed_by=people[0])
    # Whoever changes their own tags now changes nothing of it.
    studio.annotations.update(id=first.id, result=[])
    settled = pulled()
    assert (settled.tags, settled.disputed_texts, settled.pending_texts) == (1, set(), set())
    made = path.read_text(encoding="utf-8")
    assert "disputed" not in made
    assert (f"[{TOTAL}]" in made, f"[{LEGAL}]" in made, f"[{NATURAL}]" in made) == (True, True, False)
    assert list((out / "annotate" / "disputed-tags").iterdir()) == []
    assert load_selection(out / "annotate" / "disputed-tags.json").reports == ()
    before = digests(out)
    assert pulled().tags == 1
    assert digests(out) == before
    assert main(["annotate", "push", str(out), "--tags", "--adjudicate", *where]) == 0
    assert len(list(studio.tasks.list(project=project))) == 1


def test_the_command_puts_answers_into_the_store(studio, push, out, label_studio, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("annotations.command.STEPS", ("pull",))
    monkeypatch.setenv("GOUJI_LABEL_STUDIO_TOKEN", label_studio.server.token)
    report = report_of(out, CLEAN)
    (task,) = push(task_data(report, [TOTAL, NATURAL]))
    studio.annotations.create(id=task, result=verdict(0, "other", "4321") + verdict(1, "other", "1.5"))
    arguments = ["annotate", "pull", str(out), "--url", label_studio.server.url, "--gold", str(tmp_path / "gold")]
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert "改正 1" in said.out
    assert "4321" in said.out
    # Program and arithmetic say otherwise: somebody else has to look before it is gold.
    assert "只有一人答过、与程序和勾稽关系都不合的格 1 个" in said.out
    assert "标准答案 0 份" in said.out
    assert "E405" in said.err
    assert NATURAL in said.err
    assert label_studio.server.token not in said.out + said.err
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT value FROM '{out}/store/fields/**/*.parquet' WHERE sha256 = ? AND field = ?",
            [report.sha256, TOTAL],
        ).fetchall()
    assert rows == [(4321,)]


def test_nothing_pushed_is_told(pulled):
    with pytest.raises(GoujiError, match=r"E101.*push"):
        pulled()
