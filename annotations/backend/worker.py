"""The process that trains beside the service: `python -m annotations.backend.worker DATA CONFIG`.

    DATA/training.lock       held as long as it trains
    DATA/training/begun.json     what it learns from; there until it has come to an end
    DATA/training/…          checkpoints
"""

from __future__ import annotations

import fcntl
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from annotations.backend.current import MODELS, folder_of, make_current
from annotations.backend.learning import texts_of_received, training_row
from annotations.backend.received import Queue, mark_of, note_training
from annotations.backend.retraining import put_in_place, retrain
from annotations.screens.tags import names_of_labels
from pipeline.errors import GoujiError
from pipeline.ingest.outcomes import write_whole

LOCK, WORK, BEGUN = "training.lock", "training", "begun.json"
MOST_STARTS = 5
"""So often a training that died is taken up again."""


def main(arguments: list[str]) -> int:
    """0 when a training came to an end, whatever came of it; 1 where it could not; 3 where another one is at work."""
    data, config = Path(arguments[0]), Path(arguments[1])
    data.mkdir(parents=True, exist_ok=True)
    with (data / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 3
        begun = _begun(data)
        if begun["starts"] > MOST_STARTS:
            return _ended(data, begun, error="训练多次被中断")
        try:
            return _ended(data, begun, **_trained(data, config, begun["rows"]))
        except (OSError, ValueError, GoujiError) as error:
            return _ended(data, begun, error=str(error).splitlines()[0])


def is_at_work(data: Path) -> bool:
    """Whether a process trains here."""
    try:
        with (data / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def is_unfinished(data: Path) -> bool:
    """Whether a training was begun that came to no end."""
    return (data / WORK / BEGUN).exists()


def _begun(data: Path) -> dict[str, Any]:
    """What was begun before, or is now: what comes in meanwhile is for the next training."""
    path = data / WORK / BEGUN
    try:
        begun = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        received = Queue(data).all()
        rows = [row for text in texts_of_received(received, names_of_labels()) if (row := training_row(text))]
        begun = {"starts": 0, "learnt": {one.name: mark_of(one) for one in received}, "rows": rows}
    begun["starts"] += 1
    write_whole(path, json.dumps(begun, ensure_ascii=False).encode())
    found: dict[str, Any] = begun
    return found


def _trained(data: Path, config: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    from training.tagger.settings import load_settings

    made = retrain(rows, load_settings(config), data / WORK, folder_of(data))
    if made.no_worse:
        put_in_place(made.folder, data / MODELS / made.version)
        make_current(data, made.version)
    return {"version": made.version, "taken": made.no_worse, "old": made.old, "new": made.new, "texts": len(rows)}


def _ended(data: Path, begun: dict[str, Any], **what: Any) -> int:
    note_training(data, {"learnt": begun["learnt"], **what})
    # Only what was noted may be forgotten.
    shutil.rmtree(data / WORK, ignore_errors=True)
    return 1 if "error" in what else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
