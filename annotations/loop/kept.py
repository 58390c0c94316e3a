"""What is known of the rounds: a file for each step that came to an end.

    DIR/rounds/1/select.json     that step 1's selection is done, and what came of it
    DIR/history.jsonl            a line for each round, made anew from these

A step without its file is done again, and each step does what is left to do: a kill costs no more than one step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import E304, E305, GoujiError
from pipeline.ingest.outcomes import write_whole

ROUNDS, HISTORY = "rounds", "history.jsonl"
STEPS = ("train", "evaluate", "ingest", "select", "push", "pull")
"""In their order."""


class Kept:
    """The steps of an output folder."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def folder(self, number: int) -> Path:
        """Of a round, from 1."""
        return self.out / ROUNDS / str(number)

    def of(self, number: int, step: str) -> dict[str, Any] | None:
        """What came of a step; None where it is not done. Raises GoujiError: E305 where its file is malformed."""
        path = self.folder(number) / f"{step}.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(found, dict):
                raise ValueError
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise GoujiError(E305, reason=str(path)) from None
        return found

    def note(self, number: int, step: str, came: dict[str, Any]) -> None:
        """That a step is done, and the history brought up to date. Raises GoujiError: E304."""
        self.write(self.folder(number) / f"{step}.json", json.dumps(came, ensure_ascii=False, indent=1) + "\n")
        lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in self.history())
        self.write(self.out / HISTORY, "".join(lines))

    def history(self) -> list[dict[str, Any]]:
        """A round each, with what came of its steps so far."""
        return list(self._rounds())

    def _rounds(self) -> Iterator[dict[str, Any]]:
        number = 1
        while steps := {step: came for step in STEPS if (came := self.of(number, step)) is not None}:
            yield {"round": number, "done": "pull" in steps, **steps}
            number += 1

    @staticmethod
    def write(path: Path, text: str) -> None:
        """The file as a whole. Raises GoujiError: E304."""
        try:
            write_whole(path, text.encode())
        except OSError as error:
            raise GoujiError(E304, reason=f"{path}（{error.strerror}）") from None
