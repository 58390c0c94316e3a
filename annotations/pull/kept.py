"""Answers into OUT/answers: added to what is there, so that a pull that comes twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.answers import CellAnswer, load_answers, path_of
from pipeline.errors import E304, GoujiError
from pipeline.ingest.outcomes import write_whole


def keep_answers(out: Path, sha256: str, answers: Iterable[CellAnswer]) -> bool:
    """Whether something came to what was known about the content.

    Raises:
        GoujiError: E304 where it cannot be written, E305 where what is there is malformed.
    """
    before = load_answers(out, sha256)
    after = before.with_answers(answers)
    if after == before:
        return False
    write(path_of(out, sha256), after.to_bytes())
    return True


def write(path: Path, data: bytes) -> None:
    """The file as a whole, or as it was before.

    Raises:
        GoujiError: E304.
    """
    try:
        write_whole(path, data)
    except OSError as error:
        raise GoujiError(E304, reason=f"{path}（{error.strerror}）") from None
