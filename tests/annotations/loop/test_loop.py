"""The loop as a user gives it, against a real server: it waits, goes on, and ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from annotations.connect import TOKEN_VARIABLE, URL_VARIABLE, client
from annotations.loop.counting import count_answers, count_open
from annotations.loop.kept import HISTORY, Kept
from annotations.push.journal import Journal, pushed_tasks
from annotations.selection import load_selection
from pipeline.store.outcomes import find_outcome, listed_files

if TYPE_CHECKING:
    from tests.annotations.studio import Studio

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for path in sorted(EXAMPLES.iterdir()):
        if path.suffix in (".html", ".csv", ".txt", ".md", ".xlsx", ".docx"):
            shutil.copy(path, folder / path.name)
    return folder


def loop(studio: Studio, reports: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    told = {**os.environ, URL_VARIABLE: studio.server.url, TOKEN_VARIABLE: studio.server.token}
    line = [sys.executable, "-m", "pipeline.cli", "annotate", "loop", "--reports", str(reports), "--out", str(out),
            "--rounds", "2", "--count", "2", "--gold", str(EXAMPLES), "--held-out", "0", *more]  # fmt: skip
    return subprocess.Popen(line, env=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(child: subprocess.Popen[str]) -> tuple[int, str, str]:
    said, complained = child.communicate(timeout=300)
    return child.returncode, said, complained


def answer(studio: Studio, out: Path, number: int) -> None:
    """Everything that waits, as it stands: the page shows what the program says, or nothing."""
    connection: Any = client(studio.server)
    selection = load_selection(Kept(out).folder(number) / "selection.json")
    for one in Journal(out).known.values():
        if one.batch != selection.name or one.kind != "cells":
            continue
        data = connection.tasks.get(id=one.task).data
        result = []
        for index, cell in enumerate(data["cells"]):
            alias = cell["choices"][0]["alias"]
            result.append({
                "id": f"v{index}", "from_name": f"verdict_{index}", "to_name": f"why_{index}", "type": "choices",
                "value": {"choices": [alias]},
            })  # fmt: skip
        if data["overview"]:
            # Nothing but zeros in all that is open of the table.
            result.append({
                "id": "r0", "from_name": "rest_0", "to_name": "rest_asked_0", "type": "choices",
                "value": {"choices": ["zero"]},
            })  # fmt: skip
        connection.annotations.create(id=one.task, result=result)


def test_it_waits_for_people_goes_on_and_ends(label_studio: Studio, reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    # One report a round: the answers to one settle it as a whole, and two of the examples are open.
    code, said, complained = ended(loop(label_studio, reports, out, "--tags", "1", "--count", "1"))
    assert code == 0, complained
    assert "第 1 轮等人回答" in said and len(said.strip().splitlines()[-1:]) == 1
    assert label_studio.server.token not in said + complained
    kept = Kept(out)
    assert kept.of(1, "push") == {"tags": 1} and kept.of(1, "pull") is None
    before = kept.of(1, "ingest")
    assert before == count_open(out)
    tasks = dict(Journal(out).known)

    # Asked again before anybody answered it still waits, and asks nothing twice.
    code, said, _ = ended(loop(label_studio, reports, out, "--tags", "1", "--count", "1"))
    assert code == 0 and "第 1 轮等人回答" in said
    assert Journal(out).known == tasks

    answer(label_studio, out, 1)
    # One annotator answers what two were to: the rest is not waited for.
    code, said, complained = ended(loop(label_studio, reports, out, "--close", "--count", "1"))
    assert code == 0, complained
    first = kept.of(1, "pull")
    assert first is not None
    chosen = load_selection(kept.folder(1) / "selection.json")
    assert first["answered"] == first["asked"] == sum(len(one.fields) for one in chosen.reports) > 0
    assert first["open_cells"] < (before or {})["open_cells"]
    lines = [json.loads(line) for line in (out / HISTORY).read_text().splitlines()]
    # The round that was asked just now is not closed with it.
    assert "第 2 轮等人回答" in said and not lines[1]["done"]
    assert lines[0]["done"] and lines[0]["evaluate"]["figures"]["cells.right"] > 0.5
    assert "待看的格" in (out / "curve.html").read_text()


def test_what_waits_is_not_asked_again_when_its_round_was_closed(label_studio: Studio, tmp_path: Path) -> None:
    out, reports = tmp_path / "out", tmp_path / "reports"
    reports.mkdir()
    shutil.copy(EXAMPLES / "table_lost.md", reports)
    # The table as a whole, then the cells of the rows of which something is known; nobody answers.
    assert ended(loop(label_studio, reports, out, "--rounds", "9"))[0] == 0
    asked: set[str] = set()
    for _ in range(6):
        code, said, complained = ended(loop(label_studio, reports, out, "--rounds", "9", "--close"))
        assert code == 0, complained
        fields = [field for one in pushed_tasks(out) for field in one.fields]
        assert len(fields) == len(set(fields)), "asked twice"
        if "暂时没有别的可问" in said:
            break
        asked = set(fields)
    assert "暂时没有别的可问" in said
    assert asked == set(fields)
    # The next call fetches what was answered in the meantime, though its round is closed.
    for number in range(1, 9):
        if (Kept(out).folder(number) / "selection.json").exists():
            answer(label_studio, out, number)
    code, said, complained = ended(loop(label_studio, reports, out, "--rounds", "9"))
    assert code == 0, complained
    assert "暂时没有别的可问" not in said
    before = Kept(out).of(1, "ingest")
    assert before is not None
    assert count_open(out)["open_cells"] < before["open_cells"]


def test_killed_in_the_middle_it_goes_on_at_that_step(label_studio: Studio, reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    kept = Kept(out)
    for step in ("evaluate", "push"):
        child = loop(label_studio, reports, out)
        until = time.monotonic() + 200
        while kept.of(1, step) is None and child.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        stamps = {path: path.stat().st_mtime_ns for path in kept.folder(1).glob("*.json")}
        assert kept.folder(1) / f"{step}.json" in stamps
    code, said, complained = ended(loop(label_studio, reports, out))
    assert code == 0, complained
    assert "等人回答" in said
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    chosen = load_selection(kept.folder(1) / "selection.json")
    assert len(Journal(out).known) == len(chosen.reports)


def test_a_step_that_fails_is_told_and_done_again(label_studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, _, complained = ended(loop(label_studio, tmp_path / "nowhere", out))
    assert code != 0
    assert "E101" in complained and "gouji ingest 没有做成" in complained and "Traceback" not in complained
    assert Kept(out).of(1, "evaluate") is not None and Kept(out).of(1, "ingest") is None


def test_what_was_asked_is_counted(label_studio: Studio, reports: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert ended(loop(label_studio, reports, out))[0] == 0
    chosen = load_selection(Kept(out).folder(1) / "selection.json")
    nothing = count_answers(out, chosen)
    assert nothing["waiting"] == nothing["asked"] and nothing["reports_waiting"] == len(chosen.reports)
    opened = count_open(out)
    read = [find_outcome(out, one.sha256) for one in listed_files(out) if one.sha256]
    assert opened["reports"] == len({one.sha256 for one in read if one and one.report})
    assert opened["open_reports"] <= opened["open_cells"]
