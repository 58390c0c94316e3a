"""Annotations as the server told of them: the queue of the training to come, on disk before the server has its answer.

    DATA/received/12-345.json     the last state of annotation 345 of project 12, with the text that it is of
    DATA/trainings.jsonl          a line for each training that came to an end, with what it had learnt from

What is in the first and in no line of the second waits. A file is whole or not there, so that a kill loses nothing that
was answered.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import E305, GoujiError
from pipeline.ingest.outcomes import write_whole

FOLDER, TRAININGS = "received", "trainings.jsonl"


class _FromServer(BaseModel):
    """The server tells more than is asked."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TaggedTask(_FromServer):
    """What of a task's data is needed to learn from it."""

    kind: str = ""
    text: str = ""
    plain_lines: tuple[int, ...] = ()
    sha256: str = ""
    agency: str | None = None
    year: int | None = None


class Received(BaseModel):
    """One annotation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project: int
    task: int
    annotation: int
    annotator: int | None
    at: str
    """When the server last changed it, as the server writes it."""
    data: TaggedTask
    result: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        return f"{self.project}-{self.annotation}"

    def to_bytes(self) -> bytes:
        return (self.model_dump_json() + "\n").encode()


class Queue:
    """The annotations of a folder. Several threads may use it."""

    def __init__(self, data: Path) -> None:
        """Raises GoujiError: E305 where something in the folder is malformed."""
        self._data = data
        self._lock = threading.Lock()
        self._marks = {one.name: mark_of(one) for one in self.all()}

    def put(self, one: Received) -> bool:
        """On disk when it returns. Whether it is new: an older state than the known one is not.

        Raises:
            OSError: where it cannot be written.
        """
        with self._lock:
            path = self._path(one.name)
            if path.exists() and _read(path).at > one.at:
                return False
            mark = mark_of(one)
            new = self._marks.get(one.name) != mark
            if new:
                write_whole(path, one.to_bytes())
                self._marks[one.name] = mark
            return new

    def remove(self, project: int, annotation: int) -> bool:
        """Whether it was there. Raises OSError where it cannot be removed."""
        name = f"{project}-{annotation}"
        with self._lock:
            self._path(name).unlink(missing_ok=True)
            return self._marks.pop(name, None) is not None

    def all(self) -> list[Received]:
        """In the order of projects and annotations. Raises GoujiError: E305 where one is malformed."""
        return sorted(map(_read, (self._data / FOLDER).glob("*.json")), key=lambda one: (one.project, one.annotation))

    def waiting(self) -> int:
        """How many no finished training has learnt from, as they are now.

        Raises:
            GoujiError: E305 where the list of trainings is malformed.
        """
        done = {tuple(pair) for entry in trainings(self._data) for pair in entry["learnt"].items()}
        with self._lock:
            return sum(pair not in done for pair in self._marks.items())

    def _path(self, name: str) -> Path:
        return self._data / FOLDER / f"{name}.json"


def mark_of(one: Received) -> str:
    """Of its content, not of when it came."""
    return hashlib.sha256(one.model_copy(update={"at": ""}).to_bytes()).hexdigest()[:16]


def trainings(data: Path) -> Iterator[dict[str, Any]]:
    """The trainings that came to an end, oldest first. Raises GoujiError: E305."""
    path = data / TRAININGS
    if not path.exists():
        return
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            entry = json.loads(line) if line.strip() else None
            if entry is not None and not isinstance(entry["learnt"], dict):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            raise GoujiError(E305, reason=f"{path} 第 {number} 行") from None
        if entry is not None:
            yield entry


def note_training(data: Path, entry: dict[str, Any]) -> None:
    """Adds a line; the file is replaced as a whole, so that no kill leaves half of one. Raises OSError."""
    path = data / TRAININGS
    before = path.read_bytes() if path.exists() else b""
    write_whole(path, before + json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> Received:
    try:
        return Received.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise GoujiError(E305, reason=f"{path}（{error.errors()[0]['msg']}）") from None
