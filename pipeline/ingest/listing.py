"""The list of all files ever found: OUT/files.jsonl, one line a file in the order of their names.

A second run over other paths adds to it; a file that is met again under its name takes its line's place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pipeline.ingest.sources import Found
from pipeline.store.outcomes import LISTING, Listed, listed_files

SEPARATOR = "!"
"""Between an archive's path and the name of what lies in it."""


class Listing:
    """What is found in one run, written as it is found, so that memory does not grow with it."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._half = out / f"{LISTING}.half"
        self._file = self._half.open("w", encoding="utf-8")

    def add(self, found: Found) -> None:
        """Raises OSError where the disk is full."""
        one = Listed(found.name, found.sha256, found.size, found.code, found.message)
        self._file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")

    def finish(self) -> None:
        """Joins it to what was known before."""
        self._file.close()
        lines: dict[str, str] = {}
        for path in (self._out / LISTING, self._half):
            if path.exists():
                with path.open(encoding="utf-8") as old:
                    lines |= {json.loads(line)["name"]: line for line in old}
        whole = self._out / f"{LISTING}.whole.half"
        with whole.open("w", encoding="utf-8") as file:
            file.writelines(lines[name] for name in sorted(lines))
        whole.replace(self._out / LISTING)
        self._half.unlink()

    def close(self) -> None:
        self._file.close()


def listed(out: Path) -> Iterator[Listed]:
    """All lines; none where nothing was listed yet."""
    return listed_files(out) if (out / LISTING).exists() else iter(())
