"""What has been pushed, beside the results, so that a second push makes no doubles.

    OUT/annotate/pushing.jsonl     before tasks go to a server: which ones
    OUT/annotate/pushed.jsonl      for each task that arrived: its number there, and what it asks

Where a kill left the first without the second, the server is asked what it has. Lines of earlier versions do not tell
what a task asks, nor its digest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from sys import intern
from typing import Any, TypeVar

from pipeline.errors import E305, GoujiError

FOLDER, BEGUN, ARRIVED = "annotate", "pushing.jsonl", "pushed.jsonl"


@dataclass(frozen=True, slots=True)
class Pushed:
    """One task on a server."""

    server: str
    """Its address."""
    batch: str
    kind: str
    """`cells`, `tags`, `adjudication`, or `tag-adjudication`."""
    project: int
    key: str
    task: int
    digest: str = ""
    """Of what the answers to it depend on; empty where that is not known."""
    sha256: str = ""
    """Of the report whose cells it asks about; empty where it asks about none, or that is not known."""
    fields: tuple[str, ...] = ()
    """Those cells."""
    overview: bool = False
    """Whether it asks about them as a table."""


def pushed_tasks(out: Path) -> Iterator[Pushed]:
    """All tasks that ever arrived on any server, in that order, one at a time: what they ask is much where there are
    many. Nothing is written; a line that is being written just now is passed over.

    Raises:
        GoujiError: E305 where a line is none of it.
        OSError: where it cannot be read.
    """
    return _entries(out / FOLDER / ARRIVED, _pushed)


class Journal:
    """Appended to, never rewritten.

    Raises:
        GoujiError: E305 where a line is none of it; one that a kill cut short at the end is removed.
        OSError: where it cannot be read or written.
    """

    def __init__(self, out: Path) -> None:
        self._folder = out / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self.known: dict[tuple[str, str], Pushed] = {}
        """By server and key; without the cells that they ask about, which are many: `pushed_tasks` has them."""
        self.unsure: dict[tuple[str, int], dict[str, str]] = {}
        """By server and project, keys that may have arrived, with their digests."""
        for name in (BEGUN, ARRIVED):
            # What a kill cut short: it told of tasks that are unsure, which the first of them says already.
            _cut_to_whole_lines(self._folder / name)
        for server, project, digests in _entries(self._folder / BEGUN, _begun):
            self.unsure.setdefault((server, project), {}).update(digests)
        for one in pushed_tasks(out):
            self._note(one)

    def begin(self, server: str, project: int, digests: Mapping[str, str]) -> None:
        """Before tasks go out.

        Args:
            digests: by key, of what the answers to the task depend on.
        """
        keys = sorted(digests)
        self._append(
            BEGUN, [{"server": server, "project": project, "keys": keys, "digests": [digests[key] for key in keys]}]
        )

    def end(self, tasks: Iterable[Pushed]) -> None:
        """After they arrived."""
        arrived = list(tasks)
        # What is empty need not be said of each of a hundred thousand texts.
        told = ([(name, value) for name, value in asdict(one).items() if value or name in _ALWAYS] for one in arrived)
        self._append(ARRIVED, map(dict, told))
        for one in arrived:
            self._note(one)

    def _note(self, one: Pushed) -> None:
        self.known[one.server, one.key] = replace(one, sha256="", fields=())
        self.unsure.get((one.server, one.project), {}).pop(one.key, None)

    def _append(self, name: str, entries: Iterable[Mapping[str, object]]) -> None:
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())


_ALWAYS = frozenset({"server", "batch", "kind", "project", "key", "task"})
"""What every line tells of a task that arrived."""
_Entry = TypeVar("_Entry")


def _pushed(entry: dict[str, Any]) -> Pushed:
    return Pushed(
        server=intern(entry["server"]), batch=intern(entry["batch"]), kind=intern(entry["kind"]),
        project=entry["project"], key=entry["key"], task=entry["task"], digest=entry.get("digest", ""),
        sha256=entry.get("sha256", ""), fields=tuple(map(intern, entry.get("fields", ()))),
        overview=entry.get("overview") is True,
    )  # fmt: skip


def _begun(entry: dict[str, Any]) -> tuple[str, int, dict[str, str]]:
    keys = entry["keys"]
    return entry["server"], entry["project"], dict(zip(keys, entry.get("digests", [""] * len(keys)), strict=True))


def _cut_to_whole_lines(path: Path) -> None:
    """What is appended is to begin a line."""
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        is_whole = file.read() == b"\n"
    if not is_whole:
        os.truncate(path, path.read_bytes().rfind(b"\n") + 1)


def _entries(path: Path, understood: Callable[[dict[str, Any]], _Entry]) -> Iterator[_Entry]:
    """Line by line. What follows the last line's end is passed over. Raises as `pushed_tasks` does."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                entry = understood(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise GoujiError(E305, reason=f"{path} 第 {number} 行") from None
            yield entry
