"""The whole of `gouji ingest`, on real files and in real processes."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.errors import GoujiError
from pipeline.ingest.journal import Journal
from pipeline.ingest.outcomes import read_outcome
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, Tally, ingest
from pipeline.store.outcomes import FIRST, path_of

EXAMPLES = Path(__file__).parents[3] / "examples"
REPORTS = ("html_clean.html", "wrong_total.html", "column_missing.txt", "table_lost.md", "pipe_table.md")
LIMITS = Limits(60.0, 2048)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Five reports, a copy of one of them, an empty file and one that is no report."""
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    for name in REPORTS:
        shutil.copy(EXAMPLES / name, folder / name)
    shutil.copy(EXAMPLES / REPORTS[0], folder / "sub" / "copy.html")
    (folder / "empty.html").write_bytes(b"")
    (folder / "minutes.txt").write_text("会议纪要\n" * 50, encoding="utf-8")
    return folder


def run(folder: Path, out: Path, **options: Any) -> Tally:
    return ingest([str(folder)], out, Options(limits=LIMITS, **options), lambda _: None)


def command(folder: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", "ingest", str(folder), "--out", str(out), *more]


def rows(out: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql.replace("FILES", f"'{out}/store/files.parquet'")).fetchall()


def digests(out: Path) -> dict[str, str]:
    """Of all that does not tell how a run went."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in out.rglob("*")
        if path.is_file() and path.relative_to(out).parts[0] != "work" and path.name != "timings.parquet"
    }


def test_every_file_has_one_row(reports, tmp_path):
    tally = run(reports, tmp_path / "out")

    found = rows(tmp_path / "out", "SELECT name, status, code, first FROM FILES ORDER BY name")
    names = [Path(name).relative_to(reports).as_posix() for name, *_ in found]
    assert names == sorted([*REPORTS, "sub/copy.html", "empty.html", "minutes.txt"])
    told = dict(zip(names, (row[1:] for row in found), strict=True))
    assert told["html_clean.html"] == ("clean", None, True)
    # The same content is read once and listed twice.
    assert told["sub/copy.html"] == ("clean", None, False)
    assert told["wrong_total.html"][0] == "repaired"
    assert told["empty.html"][:2] == ("failed", "E102")
    assert told["minutes.txt"][:2] == ("failed", "E201")
    assert (tally.read, tally.kept, tally.files) == (7, 0, 8)
    assert not [one for one in told.values() if (one[0] == "failed") != (one[1] is not None)]


def test_what_is_done_is_not_done_again(reports, tmp_path):
    run(reports, tmp_path / "out")
    before = digests(tmp_path / "out")

    tally = run(reports, tmp_path / "out")

    assert (tally.read, tally.kept) == (0, 7)
    assert digests(tmp_path / "out") == before


@pytest.mark.parametrize("workers", [1, 3])
def test_the_number_of_workers_changes_nothing(reports, tmp_path, workers):
    run(reports, tmp_path / "one")
    run(reports, tmp_path / "other", workers=workers)
    assert digests(tmp_path / "one") == digests(tmp_path / "other")


def test_a_dry_run_reads_and_writes_nothing(reports, tmp_path):
    tally = run(reports, tmp_path / "out", dry_run=True)
    assert (tally.files, tally.to_read, tally.kept) == (8, 7, 0)
    assert not (tmp_path / "out").exists()


def test_failures_are_tried_again_when_asked_for(reports, tmp_path):
    run(reports, tmp_path / "out")
    assert run(reports, tmp_path / "out", retry_failed=True).read == 2
    attempts = rows(tmp_path / "out", f"SELECT max(attempts) FROM '{tmp_path}/out/store/timings.parquet'")
    assert attempts == [(2,)]


def test_results_of_another_program_are_made_anew_unless_only_new_is_asked_for(reports, tmp_path):
    run(reports, tmp_path / "out")
    journal = Journal(tmp_path / "out" / "work" / "journal.jsonl")
    for sha256, known in list(journal.known.items()):
        journal.end(sha256, known.seconds, known.status, known.code, "an older one")
    journal.close()
    (reports / "new.md").write_bytes((EXAMPLES / "rows_fused.md").read_bytes())

    assert run(reports, tmp_path / "out", only_new=True).read == 1
    assert run(reports, tmp_path / "out").read == 7


def test_outcomes_that_the_journal_does_not_know_are_kept(reports, tmp_path):
    run(reports, tmp_path / "out")
    (tmp_path / "out" / "work" / "journal.jsonl").unlink()
    assert run(reports, tmp_path / "out").read == 0


def test_an_outcome_that_is_not_whole_is_made_anew(reports, tmp_path):
    run(reports, tmp_path / "out")
    before = digests(tmp_path / "out")
    sha256 = hashlib.sha256((reports / REPORTS[0]).read_bytes()).hexdigest()
    path = path_of(tmp_path / "out" / FIRST, sha256)
    path.write_bytes(path.read_bytes()[:-20])
    (tmp_path / "out" / "work" / "journal.jsonl").unlink()

    assert run(reports, tmp_path / "out").read == 1
    assert digests(tmp_path / "out") == before


def test_two_runs_do_not_write_into_one_folder(reports, tmp_path):
    met = []

    def meet(_: Tally) -> None:
        if not met:
            met.append(True)
            with pytest.raises(GoujiError, match="E306"):
                run(reports, tmp_path / "out")

    ingest([str(reports)], tmp_path / "out", Options(limits=LIMITS), meet)
    assert met


def test_a_path_that_is_not_there_is_said_before_work_begins(tmp_path):
    with pytest.raises(GoujiError, match="E101"):
        run(tmp_path / "nothing", tmp_path / "out")


def test_a_file_over_which_the_program_ended_twice_alone_is_given_up(reports, tmp_path):
    sha256 = hashlib.sha256((reports / REPORTS[1]).read_bytes()).hexdigest()
    journal = Journal(tmp_path / "out" / "work" / "journal.jsonl")
    journal.begin(sha256, alone=True)
    journal.begin(sha256, alone=True)
    journal.close()

    run(reports, tmp_path / "out")

    outcome = read_outcome(tmp_path / "out" / FIRST, sha256)
    assert outcome is not None
    assert (outcome.status, outcome.code) == ("failed", "E117")
    # Who looks into it may ask for it once more.
    run(reports, tmp_path / "out", retry_failed=True)
    assert read_outcome(tmp_path / "out" / FIRST, sha256).status == "repaired"


def test_killed_and_resumed_it_ends_with_the_same_bytes(reports, tmp_path):
    run(reports, tmp_path / "calm")
    for wait in (0.8, 1.2, 1.6, 2.2):
        process = subprocess.Popen(command(reports, tmp_path / "out", "--quiet"), stdout=subprocess.DEVNULL)
        time.sleep(wait)
        process.kill()
        process.wait()
    run(reports, tmp_path / "out")
    assert digests(tmp_path / "out") == digests(tmp_path / "calm")


def test_it_waits_for_the_workers_of_a_run_that_was_killed(reports, tmp_path):
    """They hold the lock until they notice; started again at once it refused."""
    lock = tmp_path / "out" / "work" / "lock"
    lock.parent.mkdir(parents=True)
    held = (
        "import fcntl, sys, time; file = open(sys.argv[1], 'w'); fcntl.flock(file, fcntl.LOCK_EX);"
        "print(flush=True); time.sleep(1)"
    )
    with subprocess.Popen([sys.executable, "-c", held, str(lock)], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None and worker.stdout.readline()
        assert run(reports, tmp_path / "out").files == 8


def test_a_full_disk_stops_it_and_spoils_nothing(reports, tmp_path):
    run(reports, tmp_path / "calm")

    def small_files_only() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))

    # Python's own caches must not be cut off as well.
    stopped = subprocess.run(
        command(reports, tmp_path / "out"), capture_output=True, text=True, preexec_fn=small_files_only, check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip

    assert stopped.returncode == 1
    assert stopped.stderr.count("E304") == 1
    assert "Traceback" not in stopped.stderr
    run(reports, tmp_path / "out")
    assert digests(tmp_path / "out") == digests(tmp_path / "calm")


def test_an_interrupt_says_how_to_go_on(reports, tmp_path):
    process = subprocess.Popen(
        command(reports, tmp_path / "out"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    while not (tmp_path / "out" / "work" / "journal.jsonl").exists():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "已停止；用同一命令继续" in said
    assert run(reports, tmp_path / "out").files == 8


def test_the_summary_accounts_for_every_file(reports, tmp_path):
    done = subprocess.run(command(reports, tmp_path / "out"), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "文件 8 个：内容 7 份，另有 1 个与之相同" in done.stdout
    for reason in ("E102 文件是空的：1 份", "E201", "失败：2 份"):
        assert reason in done.stdout


@pytest.mark.parametrize(
    "wrong", [["--workers", "0"], ["--timeout", "x"], ["--engine", "spark"], ["--address", "auto"]]
)
def test_wrong_use_is_one_line(reports, tmp_path, wrong):
    done = subprocess.run(command(reports, tmp_path / "out", *wrong), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_nothing_is_left_in_the_temporary_folder(reports, tmp_path):
    before, environment = set(tmp_path.iterdir()), {**os.environ, "TMPDIR": str(tmp_path)}
    started = command(reports, tmp_path / "out", "--quiet")
    process = subprocess.Popen(started, stdout=subprocess.DEVNULL, env=environment)
    time.sleep(1.5)
    process.kill()
    process.wait()
    subprocess.run(started, stdout=subprocess.DEVNULL, env=environment, check=False)
    assert set(tmp_path.iterdir()) == before | {tmp_path / "out"}
