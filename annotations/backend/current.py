"""Which model is the current one: DATA/current.json names it, or it is the one that comes with the program."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations.push.tag_predictions import MODEL_FILES, model_of, shipped_folder, version_of
from pipeline.errors import E305, GoujiError
from pipeline.ingest.outcomes import write_whole
from pipeline.tag.model import Model

FILE, MODELS = "current.json", "models"


@dataclass(frozen=True, slots=True)
class Current:
    folder: Path
    version: str
    model: Model


class CurrentModel:
    """Looks anew whenever it is asked; a model that was replaced on disk is loaded anew."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._seen: Any = None
        self._current: Current | None = None

    def get(self) -> Current:
        """Raises GoujiError: E115 where there is no model, E305 where the file that names it is malformed."""
        with self._lock:
            folder = folder_of(self._data)
            state = (folder, [_state(folder / name) for name in MODEL_FILES])
            if self._current is None or state != self._seen:
                version = version_of(folder)
                self._current, self._seen = Current(folder, version, model_of(folder, version)), state
            return self._current


def folder_of(data: Path) -> Path:
    """The folder of the current model. Raises GoujiError: E305."""
    path = data / FILE
    try:
        name = json.loads(path.read_text(encoding="utf-8"))["model"]
        if not isinstance(name, str) or Path(name).name != name:
            raise TypeError
    except FileNotFoundError:
        return shipped_folder()
    except (OSError, ValueError, KeyError, TypeError):
        raise GoujiError(E305, reason=str(path)) from None
    return data / MODELS / name


def make_current(data: Path, name: str) -> None:
    """Has DATA/models/NAME used from now on. Raises OSError."""
    write_whole(data / FILE, (json.dumps({"model": name}) + "\n").encode())


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
