from __future__ import annotations

import os
import signal
import threading

import pytest

from pipeline.ingest.stopping import noted_interrupts
from pipeline.ingest.workers import work_through


def test_it_is_raised_where_it_is_looked_for_and_nowhere_else() -> None:
    usual = signal.getsignal(signal.SIGINT)
    reached = False
    with pytest.raises(KeyboardInterrupt), noted_interrupts() as check:
        check()
        os.kill(os.getpid(), signal.SIGINT)
        reached = True
        check()
    assert reached
    assert signal.getsignal(signal.SIGINT) is usual


def test_a_second_one_is_raised_at_once() -> None:
    with pytest.raises(KeyboardInterrupt), noted_interrupts():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("went on")


def test_elsewhere_than_in_the_main_thread_nothing_changes() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def run() -> None:
        with noted_interrupts() as check:
            check()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [before]


def _twice(number: int) -> int:
    return 2 * number


def test_while_processes_work_it_is_not_lost() -> None:
    # In the middle of the work, whatever the program is about to do: start a process, hand over, wait.
    ended = []
    with pytest.raises(KeyboardInterrupt):
        for one in work_through(iter(range(100)), _twice, 2, 10.0, lambda _: None):
            ended.append(one.result)
            if len(ended) == 3:
                os.kill(os.getpid(), signal.SIGINT)
    assert 3 <= len(ended) <= 5
