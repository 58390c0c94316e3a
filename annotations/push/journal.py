"""What has been pushed, beside the results, so that a second push makes no doubles.

    OUT/annotate/pushing.jsonl     before tasks go to a server: which ones
    OUT/annotate/pushed.jsonl      for each task that arrived: its number there

Where a kill left the first without the second, the server is asked what it has.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


class Journal:
    """Appended to, never rewritten.

    Raises:
        GoujiError: E305 where a line is none of it; one that a kill cut short at the end is passed over.
        OSError: where it cannot be read or written.
    """

    def __init__(self, out: Path) -> None:
        self._folder = out / FOLDER
        self._folder.mkdir(parents=True, exist_ok=True)
        self.known: dict[tuple[str, str], Pushed] = {}
        """By server and key."""
        self.unsure: dict[tuple[str, int], set[str]] = {}
        """By server and project, keys that may have arrived."""
        for entry in self._entries(BEGUN):
            self.unsure.setdefault((entry["server"], entry["project"]), set()).update(entry["keys"])
        for entry in self._entries(ARRIVED):
            self._note(Pushed(**entry))

    def begin(self, server: str, project: int, keys: Iterable[str]) -> None:
        """Before tasks go out."""
        self._append(BEGUN, [{"server": server, "project": project, "keys": sorted(keys)}])

    def end(self, tasks: Iterable[Pushed]) -> None:
        """After they arrived."""
        arrived = list(tasks)
        self._append(
            ARRIVED,
            ({
                "server": one.server, "batch": one.batch, "kind": one.kind, "project": one.project, "key": one.key,
                "task": one.task,
            } for one in arrived),
        )  # fmt: skip
        for one in arrived:
            self._note(one)

    def _note(self, one: Pushed) -> None:
        self.known[one.server, one.key] = one
        self.unsure.get((one.server, one.project), set()).discard(one.key)

    def _append(self, name: str, entries: Iterable[Mapping[str, object]]) -> None:
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())

    def _entries(self, name: str) -> list[dict[str, Any]]:
        path = self._folder / name
        if not path.exists():
            return []
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            # Cut short by a kill: what it told of is unsure, which the other file says already.
            os.truncate(path, whole)
        found = []
        for number, line in enumerate(data[:whole].splitlines(), start=1):
            try:
                entry = json.loads(line)
                wanted = ({"keys"} if name == BEGUN else {"batch", "kind", "key", "task"}) | {"server", "project"}
                found.append({key: entry[key] for key in sorted(wanted)})
            except (ValueError, KeyError, TypeError):
                raise GoujiError(E305, reason=f"{path} 第 {number} 行") from None
        return found
