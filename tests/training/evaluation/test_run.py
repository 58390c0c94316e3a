"""The real pipeline over a few example reports, stopped, resumed, and made anew where something has changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline.errors import GoujiError
from training.evaluation import run as runs
from training.evaluation.cases import CASE_SUFFIX, find_cases
from training.evaluation.results import Arm
from training.evaluation.run import load, result_path, run

EXAMPLES = Path(__file__).parents[3] / "examples"
NAMES = ("pipe_table.md", "wrong_total.html", "digits_glued.txt")
ARMS: tuple[Arm, ...] = ("both", "no-reconcile", "smallest-change")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "gold"
    (made / "sub").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        target = made / "sub" if number == 0 else made
        shutil.copy(EXAMPLES / name, target)
        shutil.copy(EXAMPLES / f"{Path(name).stem}.gold.json", target)
    return made


def test_arms_of_a_run(folder: Path, tmp_path: Path) -> None:
    cases = find_cases(folder)
    assert [case.name for case in cases] == ["digits_glued", "sub/pipe_table", "wrong_total"]
    run(cases, ARMS, tmp_path / "out", 2)
    results = {(one.arm, one.name): one for one in load(cases, ARMS, tmp_path / "out")}
    assert len(results) == 9
    assert all(results["both", case.name].exact for case in cases)
    plain, ours = results["no-reconcile", "wrong_total"], results["both", "wrong_total"]
    assert sum(one.right for one in plain.fields) < sum(one.right for one in ours.fields)
    assert plain.wrong_accepted and not ours.wrong_accepted
    assert results["both", "wrong_total"].source_inconsistent == results["both", "wrong_total"].flagged != ()
    assert not results["both", "sub/pipe_table"].source_inconsistent and not results["both", "sub/pipe_table"].flagged


def test_the_same_run_makes_the_same_bytes_whatever_the_workers(folder: Path, tmp_path: Path) -> None:
    cases = find_cases(folder)
    for name, workers in (("one", 1), ("two", 2)):
        run(cases, ARMS, tmp_path / name, workers)
    for arm in ARMS:
        for case in cases:
            one, two = (json.loads(result_path(tmp_path / name, arm, case.name).read_text()) for name in ("one", "two"))
            assert {**one, "seconds": 0} == {**two, "seconds": 0}


def test_what_is_done_stays_and_what_has_changed_is_done_anew(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    cases = find_cases(folder)
    run(cases, ("both",), out)
    paths = [result_path(out, "both", case.name) for case in cases]
    before = [path.stat().st_mtime_ns for path in paths]
    result_path(out, "both", "wrong_total").write_text("{", encoding="utf-8")  # as no kill leaves it
    gold = folder / f"digits_glued{CASE_SUFFIX}"
    gold.write_text('{"province": "浙江省", "groups": ["damage x"]}', encoding="utf-8")
    told: list[tuple[int, int]] = []
    cases = find_cases(folder)
    run(cases, ("both",), out, 1, lambda done, all_: told.append((done, all_)))
    after = [path.stat().st_mtime_ns for path in paths]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, False]
    assert told == [(2, 3), (3, 3)]
    assert load(cases, ("both",), out)[0].groups == ("damage x",)
    monkeypatch.setattr(runs, "program_mark", lambda: "another program")
    run(cases, ("both",), out)
    assert all(path.stat().st_mtime_ns > new for path, new in zip(paths, after, strict=True))


def test_a_report_that_cannot_be_read_is_a_result(folder: Path, tmp_path: Path) -> None:
    (folder / "wrong_total.html").write_text("<p>没有表格</p>", encoding="utf-8")
    cases = find_cases(folder)
    run(cases, ARMS, tmp_path / "out")
    failed = [one for one in load(cases, ARMS, tmp_path / "out") if one.name == "wrong_total"]
    assert [one.status for one in failed] == ["failed"] * 3
    assert all(one.error.startswith("[E2") for one in failed)
    assert {field.status for one in failed for field in one.fields} == {"missing"}


def test_a_malformed_case_is_one_line(folder: Path) -> None:
    (folder / f"wrong_total{CASE_SUFFIX}").write_text('{"provinz": 1}', encoding="utf-8")
    with pytest.raises(GoujiError, match=r"E303.*wrong_total\.case\.json"):
        find_cases(folder)
