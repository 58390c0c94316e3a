"""Ingestion beside reading in a loop: reports a second, what accounting for every file costs, and memory on the way.

The loop is `gouji read --json` over the same files in one process, its output thrown away: it looks for no files, keeps
nothing, links nothing and writes no tables.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from training.held_memory import early_and_late, watched
from training.soak.corpus import chains

EVERY = 0.25
"""Seconds between two looks at the memory of the processes."""

@dataclass(frozen=True, slots=True)
class Ingested:
    """Over one set of reports."""

    reports: int
    loop: float
    """Reports a second, read in a loop."""
    one: float
    """The same ingested by one worker."""
    two: float
    """And by two."""
    overhead: float
    """Seconds of ingestion by one worker, less those of reading reports a second time with the year before beside them,
    over those of the loop, less 1."""
    again: int
    """Reports read a second time."""
    memory_early: int
    """Megabytes that the program and its workers hold around report `SMALL`, or half-way where there are fewer."""
    memory_late: int
    """The same towards the end."""


def measure(folder: Path, reports: int, rounds: int = 1) -> Ingested:
    """Writes the reports into the folder and reads them; loop and ingestion take turns, medians of `rounds`."""
    files = _written(folder / "reports", reports)
    again = 0
    loop, one, two, spent_again = [], [], [], []
    memory: list[tuple[int, int]] = []
    for _ in range(rounds):
        loop.append(_loop(files))
        one.append(_ingest(folder, 1, []))
        again, seconds = _second_readings(folder)
        spent_again.append(seconds)
        two.append(_ingest(folder, 2, memory))
    early, late = early_and_late(memory, reports)
    rates = [round(reports / statistics.median(times), 1) for times in (loop, one, two)]
    overhead = (statistics.median(one) - statistics.median(spent_again)) / statistics.median(loop) - 1
    return Ingested(reports, rates[0], rates[1], rates[2], round(overhead, 3), again, early, late)


def _written(folder: Path, reports: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    made = chains(Random("bench ingest"), reports)
    files = []
    for number in range(reports):
        name, data = next(made)
        files.append(folder / f"{number:06d}-{name}")
        files[-1].write_bytes(data)
    return files


def _loop(files: Sequence[Path]) -> float:
    started = time.monotonic()
    # So many names fit into one command line.
    for at in range(0, len(files), 2_000):
        command = [sys.executable, "-m", "pipeline.cli", "read", "--json", *map(str, files[at : at + 2_000])]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.monotonic() - started


def _ingest(folder: Path, workers: int, memory: list[tuple[int, int]]) -> float:
    """Seconds; `memory` gets (reports done, megabytes) as it goes."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    started = time.monotonic()
    command = [
        sys.executable, "-m", "pipeline.cli", "ingest", str(folder / "reports"), "--out", str(out), "--quiet",
        "--workers", str(workers),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory += watched(process, out, EVERY)
    return time.monotonic() - started


def _second_readings(folder: Path) -> tuple[int, float]:
    """How many reports the run read a second time, and the seconds that this took."""
    ended: set[str] = set()
    again, seconds = 0, 0.0
    for line in (folder / "out" / "work" / "journal.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "end" in entry and entry["end"] in ended:
            again, seconds = again + 1, seconds + entry["seconds"]
        ended.add(entry.get("end", ""))
    return again, seconds
