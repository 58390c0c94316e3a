"""Memory that ingestion and its workers hold while it runs, by how many reports are done."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

SMALL = 1_000
"""Report from which on memory is to stay what it is."""


def watched(process: subprocess.Popen[bytes], out: Path, every: float) -> list[tuple[int, int]]:
    """Waits for `gouji ingest --out OUT` to end; (reports done, megabytes held) each `every` seconds."""
    journal, memory = out / "work" / "journal.jsonl", []
    while process.poll() is None:
        time.sleep(every)
        held = _held(process.pid)
        if held and journal.exists():
            # A beginning and an end a report.
            memory.append((journal.read_bytes().count(b"\n") // 2, held))
    return memory


def early_and_late(memory: Sequence[tuple[int, int]], reports: int) -> tuple[int, int]:
    """Megabytes held around report `SMALL`, or half-way where there are fewer, and towards the end."""
    return _around(memory, min(SMALL, reports // 2)), _around(memory, reports * 9 // 10)


def _held(pid: int) -> int:
    """Megabytes of the process and its children that are not shared with one another (their proportional set size)."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return 0
    total = 0
    for one in (str(pid), *children):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total // 1024


def _around(memory: Sequence[tuple[int, int]], reports: int) -> int:
    """The most held while about so many were done."""
    near = sorted(memory, key=lambda one: abs(one[0] - reports))[:5]
    return max((held for _, held in near), default=0)
