"""Real processes that die, hang and fail."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from pipeline.ingest import workers
from pipeline.ingest.workers import Ended, work_through


def work(job: int | str) -> int | str:
    """Numbers are doubled; some words do harm."""
    if job == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if job == "hangs":
        time.sleep(60)
    if job == "fails":
        raise ValueError("no")
    return job * 2


def ends(jobs: list[int | str], count: int = 2, seconds: float = 30.0) -> dict[int | str, Ended]:
    return {ended.job: ended for ended in work_through(jobs, work, count, seconds, lambda _: None)}


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_job_comes_to_an_end_once(count):
    found = list(work_through(range(40), work, count, 30.0, lambda _: None))
    assert sorted((ended.job, ended.result) for ended in found) == [(job, 2 * job) for job in range(40)]
    assert {ended.how for ended in found} == {"done"}


def test_no_jobs_no_ends():
    assert list(work_through([], work, 2, 30.0, lambda _: None)) == []


def test_a_process_that_dies_costs_its_own_job():
    found = ends([1, "dies", 2, "dies too", 3, "fails", 4])
    assert {job for job, ended in found.items() if ended.how == "done"} == {1, 2, 3, 4, "dies too"}
    assert (found["dies"].how, found["dies"].result) == ("died", None)
    assert found["fails"].how == "raised"
    assert isinstance(found["fails"].error, ValueError)


def test_a_process_that_does_not_answer_is_killed(monkeypatch):
    monkeypatch.setattr(workers, "GRACE", 0.5)
    started = time.monotonic()
    found = ends([1, "hangs", 2, 3], seconds=0.5)
    assert time.monotonic() - started < 20
    assert found["hangs"].how == "silent"
    assert [found[job].result for job in (1, 2, 3)] == [2, 4, 6]


def test_jobs_are_taken_as_processes_become_free():
    taken, begun = [], []

    def jobs():
        for job in range(10):
            taken.append(job)
            yield job

    for ended in work_through(jobs(), work, 2, 30.0, begun.append):
        # Two are under way, and none is waiting.
        assert len(taken) <= len(begun) <= 10
        assert ended.job in begun
    assert begun == list(range(10))


def children() -> set[str]:
    own = os.getpid()
    return set((Path("/proc") / str(own) / "task" / str(own) / "children").read_text(encoding="ascii").split())


def test_nobody_is_left_when_it_is_left_early():
    before = children()
    run = work_through([1, "hangs"], work, 2, 30.0, lambda _: None)
    assert next(run).result == 2
    assert len(children() - before) == 2
    run.close()
    assert children() <= before
