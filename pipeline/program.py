"""A mark of everything that a record depends on besides its file: code, configuration and models as installed."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from itertools import chain

PACKAGES = ("pipeline", "configs", "models")
SUFFIXES = (".py", ".yaml", ".json", ".onnx")
NO_PART = frozenset({"configs/annotate.yaml"})
"""What says how people are asked: no record depends on it."""


@cache
def program_mark() -> str:
    """Sixteen hexadecimal digits, the same wherever the same program is installed."""
    mark = hashlib.sha256(version("gouji").encode())
    files = chain.from_iterable(_files(resources.files(package), package) for package in PACKAGES)
    for name, file in sorted(files, key=lambda item: item[0]):
        mark.update(name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return mark.hexdigest()[:16]


def _files(folder: Traversable, name: str) -> list[tuple[str, Traversable]]:
    found = []
    for entry in folder.iterdir():
        path = f"{name}/{entry.name}"
        if entry.is_dir():
            found += _files(entry, path)
        elif path.endswith(SUFFIXES) and path not in NO_PART:
            found.append((path, entry))
    return found
