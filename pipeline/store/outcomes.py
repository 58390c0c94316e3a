"""Where the outcomes of an output folder lie, and what was found there.

    OUT/outcomes/ab/ab12….json.gz     as first read
    OUT/linked/ab/ab12….json.gz       as read again with the report of the year before; takes the first one's place
    OUT/answers/ab/ab12….json         what people answered about its cells; see pipeline/answers.py
    OUT/files.jsonl                   one line a file found
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.answered import answered
from pipeline.answers import load_answers
from pipeline.errors import E101, E305, GoujiError
from pipeline.outcome import SUFFIX, Outcome

FIRST, LINKED = "outcomes", "linked"
FOLDERS = (LINKED, FIRST)
"""Of OUT; the first that has a content's outcome is the one that counts."""
LISTING = "files.jsonl"


@dataclass(frozen=True, slots=True)
class Listed:
    """One file found, whether it could be opened or not."""

    name: str
    sha256: str
    """Empty where the content could not be had."""
    size: int | None
    """In bytes; None where it is not known."""
    code: str
    message: str


def path_of(folder: Path, sha256: str) -> Path:
    """Where the outcome of a content lies below `OUT/outcomes` or `OUT/linked`."""
    return folder / sha256[:2] / f"{sha256}{SUFFIX}"


def find_outcome(out: Path, sha256: str) -> Outcome | None:
    """The final outcome of a content, with what people answered put in; None where there is none, or none that is
    whole and of this version.

    Raises:
        GoujiError: E305 where the answers are malformed.
        OSError: where it is there and cannot be read.
    """
    for folder in FOLDERS:
        try:
            data = path_of(out / folder, sha256).read_bytes()
        except FileNotFoundError:
            continue
        if (outcome := Outcome.from_bytes(data)) is not None:
            return _with_answers(out, outcome)
    return None


def _with_answers(out: Path, outcome: Outcome) -> Outcome:
    if outcome.report is None:
        return outcome
    report = answered(outcome.report, load_answers(out, outcome.sha256))
    return outcome if report is outcome.report else outcome.model_copy(update={"report": report})


def listed_files(out: Path) -> Iterator[Listed]:
    """The files of `files.jsonl`, in its order.

    Raises:
        GoujiError: E101 where there is no such list; E305 where a line is none of it.
    """
    path = out / LISTING
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield _listed(json.loads(line))
                except (ValueError, KeyError, TypeError):
                    raise GoujiError(E305, reason=f"{path} 第 {number} 行") from None
    except OSError as error:
        raise GoujiError(E101, reason=f"{path}（{error.strerror}）") from None


def _listed(entry: dict[str, str | int]) -> Listed:
    sha256, size = str(entry["sha256"]), int(entry["size"])
    return Listed(
        name=str(entry["name"]), sha256=sha256, size=size if sha256 or size else None,
        code=str(entry["code"]), message=str(entry["message"]),
    )  # fmt: skip
