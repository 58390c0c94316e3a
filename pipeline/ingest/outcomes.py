"""Writing outcomes: one file a content, named by its SHA-256, whole or not there. Where they lie:
pipeline/store/outcomes.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.outcome import SUFFIX, Outcome
from pipeline.store.outcomes import FIRST, path_of

_HALF = ".half"


def write_outcome(folder: Path, outcome: Outcome) -> None:
    """Raises OSError where the disk is full or the folder cannot be written to."""
    write_whole(path_of(folder, outcome.sha256), outcome.to_bytes())


def read_outcome(folder: Path, sha256: str) -> Outcome | None:
    """None where there is none, or none of this version."""
    try:
        return Outcome.from_bytes(path_of(folder, sha256).read_bytes())
    except OSError:
        return None


def first_below(out: Path, prefix: str) -> Iterator[Outcome]:
    """The outcomes of the first pass of all contents whose SHA-256 begins so, in its order. `prefix` has at most two
    characters."""
    for folder in sorted((out / FIRST).glob(f"{prefix}*")):
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            found = read_outcome(out / FIRST, path.name.removesuffix(SUFFIX))
            if found is not None:
                yield found


def write_whole(path: Path, data: bytes) -> None:
    """The file is there with all its bytes, or as it was before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two processes at work on one file must not write into one half.
    half = path.with_name(f"{path.name}.{os.getpid()}{_HALF}")
    try:
        half.write_bytes(data)
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise


def remove_halves(out: Path) -> None:
    """What a kill left behind."""
    for half in out.rglob(f"*{_HALF}"):
        half.unlink(missing_ok=True)
