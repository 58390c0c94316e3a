"""Ctrl-C while processes are at work: noted, and raised where nothing is lost by it.

An exception that a signal raises anywhere can be swallowed (while a lock is released before a fork, while an object is
freed) or leave a process half made. So the signal only leaves a note here, and whoever waits for the processes looks
for it; a second Ctrl-C is raised at once.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Check = Callable[[], None]


@contextmanager
def noted_interrupts() -> Iterator[Check]:
    """While it lasts Ctrl-C is noted; what it gives raises KeyboardInterrupt where there was one. In a thread that
    signals do not reach, or where something else than an exception was wanted, all stays as it is."""
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield lambda: None
        return
    asked = False

    def note(*_: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    def check() -> None:
        if asked:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, usual)
