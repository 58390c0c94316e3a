from __future__ import annotations

import json
from pathlib import Path

import pytest

from annotations.select.command import FOLDER, add
from annotations.select.settings import load_annotate_settings
from annotations.selection import load_selection
from pipeline.answers import CellAnswer, ReportAnswers, path_of
from pipeline.cli import Parser
from pipeline.errors import GoujiError
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
    assert "尚有 1 格" in told


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


def test_a_lost_table_is_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = reports_of("甲")[0]
    lost = unread(report, *(field_id for field_id in report.fields if field_id.startswith("t4.")))
    fields = {
        field_id: field.model_copy(update={"kind": "absent"}) if field_id.startswith("t4.") else field
        for field_id, field in lost.fields.items()
    }
    lost = lost.model_copy(update={"fields": fields})
    make_out(tmp_path, [outcome_of(lost, lost.sha256)])
    assert run(tmp_path, "--count", 1) == 0
    assert "15 格所在的表整张没有找到" in capsys.readouterr().out


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
