"""What was begun and what came to an end: the one thing of an ingestion that depends on how it went.

    OUT/work/journal.jsonl      {"begin": SHA256, "alone": false}
                                {"end": SHA256, "seconds": 0.03, "status": "clean", "code": "", "program": "…"}

Lines are only added. A line that a kill tore is passed over, and so is everything that is no such line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class History:
    """What is known of one content."""

    attempts: int = 0
    """How often it was begun."""
    unfinished_alone: int = 0
    """How often in a row it was begun while nothing else was at work, and the program ended with it."""
    seconds: float = 0.0
    """Of the last attempt that came to an end."""
    status: str = ""
    """Empty until an attempt comes to an end."""
    code: str = ""
    program: str = ""


class Journal:
    """Open for adding, with all that was added before."""

    def __init__(self, path: Path) -> None:
        self.known: dict[str, History] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        torn = False
        if path.exists():
            with path.open("rb") as lines:
                for line in lines:
                    torn = not line.endswith(b"\n")
                    self._learn(line)
        self._file: TextIOWrapper = path.open("a", encoding="utf-8")
        if torn:
            self._file.write("\n")

    def of(self, sha256: str) -> History:
        return self.known.setdefault(sha256, History())

    def begin(self, sha256: str, alone: bool = False) -> None:
        """Raises OSError where the disk is full."""
        self._add({"begin": sha256, "alone": alone})

    def end(self, sha256: str, seconds: float, status: str, code: str, program: str) -> None:
        """Raises OSError where the disk is full."""
        self._add({"end": sha256, "seconds": round(seconds, 3), "status": status, "code": code, "program": program})

    def close(self) -> None:
        self._file.close()

    def _add(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry)
        self._file.write(line + "\n")
        self._file.flush()
        self._learn(line.encode())

    def _learn(self, line: bytes) -> None:
        try:
            entry = json.loads(line)
            if "begin" in entry:
                history = self.of(str(entry["begin"]))
                history.attempts += 1
                history.unfinished_alone += bool(entry["alone"])
            else:
                history = self.of(str(entry["end"]))
                history.seconds, history.unfinished_alone = float(entry["seconds"]), 0
                history.status, history.code = str(entry["status"]), str(entry["code"])
                history.program = str(entry["program"])
        except (ValueError, KeyError, TypeError):
            return
