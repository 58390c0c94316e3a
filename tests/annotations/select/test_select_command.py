from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotations.push.cell_tasks import task_key
from annotations.push.journal import Journal, Pushed
from annotations.select.command import FOLDER, add
from annotations.select.settings import load_annotate_settings
from annotations.selection import Selection, load_selection
from pipeline.answers import CellAnswer, ReportAnswers, path_of
from pipeline.cli import Parser
from pipeline.errors import GoujiError
from pipeline.record import Report
from pipeline.store.write import write_store
from tests.annotations.select.made import LONE, reports_of, unread
from tests.pipeline.store.made import PROGRAM, links, make_out, outcome_of, outcomes, timings


def run(*arguments: str | int | Path) -> int:
    parser = Parser()
    add(parser.add_subparsers())
    parsed = parser.parse_args(["select", *map(str, arguments)])
    code: int = parsed.run(parsed)
    return code


@pytest.fixture
def out(tmp_path: Path) -> Path:
    contents = [outcome_of(report, report.sha256) for report in reports_of("甲", "乙", "丙", "丁")]
    return make_out(tmp_path, contents)


def test_a_batch_is_written_and_told(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(out, "--count", 3, "--batch", "第一批") == 0
    chosen = load_selection(out / FOLDER / "第一批.json")
    assert (chosen.name, chosen.strategy, len(chosen.reports)) == ("第一批", "worth", 3)
    assert chosen.program == PROGRAM
    assert all(one.fields == (LONE,) for one in chosen.reports)
    told = capsys.readouterr().out
    assert "3 份报告 3 格" in told
    assert "至少尚有 1 格" in told


def test_the_number_of_workers_changes_nothing(out: Path) -> None:
    for workers in (1, 2):
        assert run(out, "--count", 4, "--workers", workers, "--output", out / f"{workers}.json") == 0
    assert (out / "1.json").read_bytes() == (out / "2.json").read_bytes()


def test_answered_cells_are_not_asked_again(out: Path) -> None:
    first = reports_of("甲")[0]
    said = CellAnswer(field=LONE, verdict="unreadable", annotator="甲", at="2026-11-23T08:00:00Z")
    path = path_of(out, first.sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(ReportAnswers(sha256=first.sha256, answers=(said,)).to_bytes())
    assert run(out, "--count", 4, "--output", out / "next.json") == 0
    asked = {one.sha256 for one in load_selection(out / "next.json").reports}
    assert asked == {one.sha256 for one in reports_of("甲", "乙", "丙", "丁")[1:]}


def push(out: Path, chosen: Selection, *which: int) -> list[Pushed]:
    """Notes that tasks of a batch arrived."""
    tasks = [
        Pushed(
            "http://s", chosen.name, "cells", 1, task_key(chosen.name, one, False), number, "", one.sha256, one.fields,
            one.overview is not None,
        )
        for number, one in enumerate(chosen.reports) if not which or number in which
    ]  # fmt: skip
    Journal(out).end(tasks)
    return tasks


def batch(out: Path, name: str, *more: str) -> Selection:
    assert run(out, "--count", 4, "--batch", name, *more) == 0
    return load_selection(out / FOLDER / f"{name}.json")


def answer(out: Path, task: Pushed, **said: Any) -> None:
    given = CellAnswer(annotator="甲", at="2026-11-23T08:00:00Z", task=task.key, **said)
    path = path_of(out, task.sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(ReportAnswers(sha256=task.sha256, answers=(given,)).to_bytes())


def test_what_waits_for_an_answer_is_not_asked_again(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = batch(out, "第一批")
    assert len(first.reports) == 4
    waiting = push(out, first, 0, 1)
    capsys.readouterr()
    second = batch(out, "第二批")
    told = capsys.readouterr().out
    assert {one.sha256 for one in second.reports} == {one.sha256 for one in first.reports[2:]}
    assert "全部待看：2 份 2 格" in told
    assert "另有 2 格已推送、还没有人答，没有再选；--again 可重选" in told
    # Workers are told of it too, and whoever wants it asked all the same.
    assert batch(out, "第二批", "--workers", "2") == second
    assert {one.sha256 for one in batch(out, "重选", "--again").reports} == {one.sha256 for one in first.reports}
    assert "另有" not in capsys.readouterr().out.split("写到")[-2]
    # An overview that left the cell open is an answer.
    answer(out, waiting[0], field=LONE, verdict="left_open")
    third = batch(out, "第三批")
    assert waiting[0].sha256 in {one.sha256 for one in third.reports}
    assert waiting[1].sha256 not in {one.sha256 for one in third.reports}


def test_where_all_waits_it_is_told(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    push(out, batch(out, "第一批"))
    capsys.readouterr()
    assert run(out, "--count", 4, "--batch", "第二批") == 0
    assert capsys.readouterr().out.splitlines() == [
        "没有要人看的格（4 份内容）", "另有 4 格已推送、还没有人答，没有再选；--again 可重选"
    ]  # fmt: skip


def test_of_what_earlier_versions_pushed_nothing_is_left_out(out: Path) -> None:
    first = batch(out, "第一批")
    old = {"server": "s", "batch": "第一批", "kind": "cells", "project": 1, "task": 1}
    keys = [task_key("第一批", one, False) for one in first.reports]
    lines = "".join(json.dumps(old | {"key": key}) + "\n" for key in keys)
    (out / "annotate" / "pushed.jsonl").write_text(lines)
    assert batch(out, "第二批").reports == first.reports


def test_a_table_of_which_an_overview_waits_is_left_alone(tmp_path: Path) -> None:
    report = lost("t3")
    out = make_out(tmp_path, [outcome_of(report, report.sha256)])
    chosen = batch(out, "第一批")
    (first,) = chosen.reports
    assert first.overview is not None
    # It asks about one row; of the others an overview would be worth its time.
    some = first.model_copy(update={"overview": first.overview.model_copy(update={"rows": first.overview.rows[:1]})})
    (task,) = push(out, chosen.model_copy(update={"reports": (some,)}))
    (second,) = batch(out, "第二批").reports
    assert second.overview is None
    assert not set(second.fields) & set(task.fields)
    assert batch(out, "重选", "--again").reports == chosen.reports


def test_of_versions_only_the_preferred_one_is_asked_about(tmp_path: Path) -> None:
    out = make_out(tmp_path)
    write_store(out, timings(), 1, links())
    assert run(out, "--count", 100, "--output", out / "all.json") == 0
    asked = {one.sha256 for one in load_selection(out / "all.json").reports}
    passed_over = {sha256 for sha256, one in links().linked.items() if not one.preferred}
    reports = {one.sha256 for one in outcomes() if one.report}
    assert passed_over
    assert asked
    assert asked <= reports - passed_over


def test_nothing_to_ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "files.jsonl").write_text("")
    assert run(tmp_path, "--count", 1) == 0
    assert "没有要人看的格" in capsys.readouterr().out
    assert not (tmp_path / FOLDER).exists()


def lost(table_id: str) -> Report:
    """Nothing was found of the table."""
    report = reports_of("甲")[0]
    of_table = [field_id for field_id in report.fields if field_id.startswith(f"{table_id}.")]
    report = unread(report, *of_table)
    gone = {field_id: report.fields[field_id].model_copy(update={"kind": "absent"}) for field_id in of_table}
    return report.model_copy(update={"fields": report.fields | gone})


def test_a_lost_table_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = lost("t4")
    make_out(tmp_path, [outcome_of(report, report.sha256)])
    assert run(tmp_path, "--count", 1) == 0
    assert "15 格所在的表整张没有找到：先问总览，余下的逐格录入" in capsys.readouterr().out


WRONG = ("--count 0", "--count 1 --twice 2", "--count 1 --minutes 0", "--count 1 --batch a/b")


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_use_is_one_line(out: Path, wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(out, *wrong.split()) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_no_output_folder(tmp_path: Path) -> None:
    with pytest.raises(GoujiError, match="E101"):
        run(tmp_path / "none", "--count", 1)


def test_where_nothing_can_be_written(out: Path) -> None:
    (out / "file").write_text("")
    with pytest.raises(GoujiError, match="E304"):
        run(out, "--count", 1, "--output", out / "file" / "x.json")


def test_the_settings_ship_with_the_program() -> None:
    assert json.loads(load_annotate_settings().model_dump_json())["cells_a_task"] == 8
