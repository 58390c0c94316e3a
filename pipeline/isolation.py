"""Runs a step on a file that may be hostile in a process of its own, which can be stopped.

A parser that loops, eats memory or crashes inside a C library takes down its own process only. POSIX.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import os
import pickle
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from pipeline.errors import E105, E110, E111, E901, GoujiError, tells_of_memory

A = TypeVar("A")
R = TypeVar("R")

_MEGABYTE = 1024 * 1024
_LENGTH = 8
"""Bytes of the length that precedes the message."""
_REMOVALS = 20
_SET_PARENT_DEATH_SIGNAL = 1
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MOST_ARENAS = -1, -3, -8
"""M_TRIM_THRESHOLD, M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's malloc.h."""
_MAPPED, _RESIDENT, _WRITABLE = 0, 1, 5
"""Fields of /proc/self/statm; the last is data and stack."""
_CODE_MB = 2048
"""Address space for what is mapped without being memory of the child's own: the code of libraries, model files, room
that allocators reserve and do not use."""
_NO_MEMORY = pickle.dumps(("memory", None))
"""Ready beforehand: when it is needed, there may be no memory left to make it."""

_isolated = False


def is_isolated() -> bool:
    """Whether this process is such a child, whose whole process group is swept when it ends."""
    return _isolated


def run_limited(function: Callable[[A], R], argument: A, seconds: float, memory_mb: int) -> R:
    """`function(argument)` in a forked child; whatever the child started is gone when this returns.

    Args:
        function: gets a copy of this process's memory; what it changes there is lost.
        argument: handed over as it is.
        seconds: wall-clock time until the child and all its children are killed; above 0.
        memory_mb: memory that the child may claim for itself on top of what this process has now: heap, stacks,
            private mappings that it can write to. Above 0.

    Returns:
        What the function returned, which must be picklable.

    Raises:
        GoujiError: the function's own; E110 out of time; E111 out of memory; E105 where it crashed on the file;
            E901 where it raised anything else.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    # Ours to remove: a child that is killed cannot tidy up after itself.
    folder = tempfile.mkdtemp(prefix="gouji-")
    reading, writing = os.pipe()
    parent, resident = os.getpid(), _pages_of_memory(_RESIDENT)
    # What libraries do around a fork would swallow an interrupt and print about it: it waits until after.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        child = os.fork()
    finally:
        # The child has its own way with signals, set before it lets them through.
        if os.getpid() == parent:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    if child == 0:
        tempfile.tempdir = folder
        _be_child(function, argument, writing, seconds, memory_mb)
    try:
        os.close(writing)
        _own_group(child)
        message, timed_out = _receive(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        status, usage = _end(child)
        _remove(folder)
    if timed_out:
        raise GoujiError(E110, seconds=f"{seconds:g}")
    if message is None:
        raise _death(status, usage.ru_maxrss * 1024 - resident, seconds, memory_mb)
    result: R = _answer(message, memory_mb)
    return result


def _remove(folder: str) -> None:
    for _ in range(_REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not Path(folder).exists():
            return
        # What the child started is dying, but may still have been writing.
        time.sleep(0.01)


def _answer(message: bytes, memory_mb: int) -> Any:
    kind, value = pickle.loads(message)
    if kind == "result":
        return value
    if kind == "memory":
        raise GoujiError(E111, limit=memory_mb)
    raise value


def _receive(reading: int, deadline: float) -> tuple[bytes | None, bool]:
    """The child's message, or None where it ended without one; and whether time ran out."""
    received = bytearray()
    wanted = _LENGTH
    poll = select.poll()
    poll.register(reading, select.POLLIN | select.POLLHUP)
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return None, True
        if not poll.poll(left * 1000 + 1):
            continue
        chunk = os.read(reading, _MEGABYTE)
        if not chunk:
            return None, False
        received += chunk
        if wanted == _LENGTH and len(received) >= _LENGTH:
            wanted += int.from_bytes(received[:_LENGTH], "big")
        if wanted > _LENGTH and len(received) >= wanted:
            return bytes(received[_LENGTH:]), False


def _end(child: int) -> tuple[int, resource.struct_rusage]:
    """Reaps the child; its group is killed first, while its number cannot yet belong to anyone else.

    A child that died by itself keeps its own cause of death: that is settled before its pipe closes.
    """
    for end in (os.killpg, os.kill):
        try:
            end(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    while True:
        try:
            _, status, usage = os.wait4(child, 0)
        except InterruptedError:
            continue
        return status, usage


def _death(status: int, peak: int, seconds: float, memory_mb: int) -> GoujiError:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return GoujiError(E110, seconds=f"{seconds:g}")
        # A C++ library answers a refused allocation by aborting; the system's own answer is SIGKILL.
        if number == signal.SIGKILL or (number == signal.SIGABRT and peak > 0.7 * memory_mb * _MEGABYTE):
            return GoujiError(E111, limit=memory_mb)
        return GoujiError(E105, reason=f"解析时程序崩溃（{signal.Signals(number).name}）")
    return GoujiError(E901, reason=f"子进程意外退出（{os.waitstatus_to_exitcode(status)}）")


def _own_group(child: int) -> None:
    # Both sides do this, so that the group exists whoever runs first.
    try:
        os.setpgid(child, child)
    except (PermissionError, ProcessLookupError):
        return


def _be_child(function: Callable[[A], R], argument: A, writing: int, seconds: float, memory_mb: int) -> NoReturn:
    global _isolated
    try:
        _own_group(os.getpid())
        _isolated = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        # A crash is told by the parent, in a line.
        faulthandler.disable()
        die_with_parent()
        _tune_allocator()
        # A full collection would touch, and so copy, every page shared with the parent.
        gc.freeze()
        _limit(seconds, memory_mb)
        message = _outcome(function, argument)
        _lift_memory_limit()
        _send(writing, message)
    finally:
        # Never run the parent's exit handlers or flush its buffers a second time.
        os._exit(0)


def _outcome(function: Callable[[A], R], argument: A) -> bytes:
    try:
        return pickle.dumps(("result", function(argument)), pickle.HIGHEST_PROTOCOL)
    except GoujiError as error:
        return pickle.dumps(("error", error))
    except BaseException as error:
        if tells_of_memory(error):
            return _NO_MEMORY
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return pickle.dumps(("error", GoujiError(E901, reason=reason)))


def _send(writing: int, message: bytes) -> None:
    for part in (len(message).to_bytes(_LENGTH, "big"), message):
        view = memoryview(part)
        while view:
            view = view[os.write(writing, view) :]


def _limit(seconds: float, memory_mb: int) -> None:
    # Only the soft limits: LibreOffice, started from here, maps far more than it uses and gets its own.
    for which, wanted in (
        (resource.RLIMIT_DATA, _pages_of_memory(_WRITABLE) + memory_mb * _MEGABYTE),
        (resource.RLIMIT_AS, _pages_of_memory(_MAPPED) + (memory_mb + _CODE_MB) * _MEGABYTE),
        (resource.RLIMIT_CPU, int(seconds) + 5),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _lift_memory_limit() -> None:
    """So that what went wrong can still be told."""
    for which in (resource.RLIMIT_DATA, resource.RLIMIT_AS):
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (hard, hard))


def _pages_of_memory(which: int) -> int:
    """Bytes of this process, with which a child begins: `_MAPPED`, `_RESIDENT` or `_WRITABLE`; 0 where the system does
    not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[which])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()


def _of_libc(name: str) -> Callable[..., int] | None:
    """A function of the C library; None where it has none of that name."""
    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
    return found


_prctl, _mallopt = _of_libc("prctl"), _of_libc("mallopt")


def _tune_allocator() -> None:
    """glibc sets aside 64 MB of address space for nearly every thread, most of it never used, and gives large blocks
    back to the system whenever they are freed, only to ask for them anew: of a page image there are hundreds."""
    if _mallopt is not None:
        _mallopt(_MOST_ARENAS, 1)
        _mallopt(_MMAP_THRESHOLD, 32 * _MEGABYTE)
        _mallopt(_TRIM_THRESHOLD, 256 * _MEGABYTE)


def die_with_parent() -> None:
    """From now on the system kills this process when the one that forked it is gone."""
    if _prctl is not None:
        _prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
