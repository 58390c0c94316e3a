"""`python -m training.soak --files 20000 --kills 10 --out out/soak`: ingestion killed at random and resumed ends with
the same bytes as one that was left alone, every file with exactly one final row.

    OUT/corpus       the files
    OUT/calm         the undisturbed run
    OUT/killed       the other: `kill -9` of the program at random times, of one of its workers at other times
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from training.held_memory import early_and_late, watched
from training.soak.corpus import write_corpus

EVERY = 5.0
"""Seconds between two looks at the memory that is held."""

SAME = ("files.jsonl", "outcomes", "linked", "store")
"""What a run leaves besides its journal."""
DIFFERENT = ("timings",)
"""Of the store: what depends on how a run went, and nothing else."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """What came of it."""

    files: int
    rows: int
    """Final rows of the manifest."""
    calm_seconds: float
    killed_seconds: float
    kills: int
    workers_killed: int
    statuses: dict[str, int]
    differing: tuple[str, ...]
    """Files of the results that are not the same in both runs."""
    memory_early: int
    """Megabytes held in the undisturbed run around its thousandth report."""
    memory_late: int
    """The same towards its end."""
    outside: tuple[str, ...]
    """Files that were written elsewhere."""

    @property
    def holds(self) -> bool:
        return self.files == self.rows and not self.differing and not self.outside


def soak(out: Path, files: int, kills: int, seed: int, workers: int, timeout: float) -> Soaked:
    """Both runs, compared."""
    out.mkdir(parents=True, exist_ok=True)
    corpus = out / "corpus"
    write_corpus(corpus, files, seed)
    calm, killed = out / "calm", out / "killed"
    for folder in (calm, killed):
        shutil.rmtree(folder, ignore_errors=True)
    before = _listing(out)
    started = time.monotonic()
    memory = _finish(corpus, calm, workers, timeout)
    calm_seconds = time.monotonic() - started
    done, workers_killed, started = 0, 0, time.monotonic()
    random = Random(f"{seed} kills")
    # Spread over the whole: a run that is killed only while it starts shows little.
    pause = calm_seconds / (kills + 1)
    while done < kills:
        process = _start(corpus, killed, workers, timeout)
        time.sleep(pause * random.uniform(0.3, 1.3) / 2)
        if process.poll() is None and random.random() < 0.7:
            workers_killed += _kill_a_worker(process.pid, random)
        time.sleep(pause * random.uniform(0.3, 1.3) / 2)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        done += 1
        print(f"killed {done} of {kills}", file=sys.stderr)
    _finish(corpus, killed, workers, timeout)
    killed_seconds = time.monotonic() - started
    names, statuses = _manifest(killed)
    early, late = early_and_late(memory, _files_of(calm))
    return Soaked(
        files=_files_of(calm), rows=len(set(names)) if len(set(names)) == len(names) else -1,
        calm_seconds=round(calm_seconds, 1), killed_seconds=round(killed_seconds, 1), kills=done,
        workers_killed=workers_killed, statuses=statuses, differing=_differing(calm, killed),
        memory_early=early, memory_late=late, outside=tuple(sorted(_listing(out) - before)),
    )  # fmt: skip


def _command(corpus: Path, out: Path, workers: int, timeout: float) -> list[str]:
    return [
        sys.executable, "-m", "pipeline.cli", "ingest", str(corpus), "--out", str(out), "--workers", str(workers),
        "--timeout", f"{timeout:g}", "--quiet",
    ]  # fmt: skip


def _start(corpus: Path, out: Path, workers: int, timeout: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen(_command(corpus, out, workers, timeout), stdout=subprocess.DEVNULL)


def _finish(corpus: Path, out: Path, workers: int, timeout: float) -> list[tuple[int, int]]:
    """Runs to the end; (files done, megabytes held) on the way."""
    process = _start(corpus, out, workers, timeout)
    memory = watched(process, out, EVERY)
    if process.returncode not in (0, 1):
        raise SystemExit(f"gouji ingest ended with {process.returncode}")
    return memory


def _kill_a_worker(pid: int, random: Random) -> int:
    """Kills one of the processes that the program started; how many that were."""
    try:
        children = (Path("/proc") / str(pid) / "task" / str(pid) / "children").read_text(encoding="ascii").split()
    except OSError:
        return 0
    if not children:
        return 0
    try:
        os.kill(int(random.choice(children)), signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def _files_of(out: Path) -> int:
    with (out / "files.jsonl").open(encoding="utf-8") as lines:
        return sum(1 for _ in lines)


def _manifest(out: Path) -> tuple[list[str], dict[str, int]]:
    """Names and counts by status of the final rows."""
    import duckdb

    with duckdb.connect() as connection:
        asked = "SELECT name, status FROM read_parquet(?)"
        rows = connection.execute(asked, [str(out / "store" / "files.parquet")]).fetchall()
    statuses: dict[str, int] = {}
    for _, status in rows:
        statuses[status] = statuses.get(status, 0) + 1
    return [name for name, _ in rows], dict(sorted(statuses.items()))


def _differing(one: Path, other: Path) -> tuple[str, ...]:
    left, right = (_digests(folder) for folder in (one, other))
    return tuple(sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name)))


def _digests(folder: Path) -> dict[str, str]:
    paths = [path for name in SAME for path in [folder / name, *(folder / name).rglob("*")] if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
        if not path.stem.startswith(DIFFERENT)
    }


def _listing(out: Path) -> set[str]:
    """What lies beside the results, and above: nothing may come to be there."""
    beside = {str(path) for path in out.iterdir() if path.name not in ("calm", "killed")}
    return beside | {str(path) for path in out.parent.iterdir()} | {str(path) for path in (out / "corpus").rglob("*")}


def main() -> None:
    parser = argparse.ArgumentParser(description="Ingestion under strain.")
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds a report")
    parser.add_argument("--out", type=Path, default=Path("out/soak"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    found = soak(given.out, given.files, given.kills, given.seed, given.workers, given.timeout)
    print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    raise SystemExit(0 if found.holds else 1)


if __name__ == "__main__":
    main()
