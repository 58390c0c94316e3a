"""How much of an output folder is open, and how much of what was asked has been answered."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from annotations.push.cell_tasks import task_key
from annotations.selection import Selection
from pipeline.acceptance import needs_look
from pipeline.answers import disputed, final, load_answers
from pipeline.store.outcomes import find_outcome, listed_files


def count_open(out: Path) -> dict[str, int]:
    """`reports` that were read, `open_reports` and `open_cells` that a person would have to look at, answers put in.

    Raises:
        GoujiError: E101 where there is no list of files, E305 where something is malformed.
    """
    found = {"reports": 0, "open_reports": 0, "open_cells": 0}
    for sha256 in dict.fromkeys(one.sha256 for one in listed_files(out) if one.sha256):
        outcome = find_outcome(out, sha256)
        if outcome is None or outcome.report is None:
            continue
        cells = sum(map(needs_look, outcome.report.fields.values()))
        found["reports"] += 1
        found["open_reports"] += cells > 0
        found["open_cells"] += cells
    return found


def count_answers(out: Path, selection: Selection) -> dict[str, Any]:
    """Of the cells of a selection: how many are `asked`, `answered` and `waiting`, `corrected` of the answered ones,
    and `disputed`; and of the reports how many are `reports_waiting`. A report waits until as many people have
    answered all its cells as were to.

    Raises:
        GoujiError: E305 where answers are malformed.
    """
    found = {"asked": 0, "answered": 0, "corrected": 0, "disputed": 0, "waiting": 0, "reports_waiting": 0}
    for one in selection.reports:
        answers = load_answers(out, one.sha256)
        counts, against = final(answers), disputed(answers)
        # What the same cells were asked in an earlier task is no answer to this one.
        key = task_key(selection.name, one, False)
        people = [_people(answers.answers, field, key) for field in one.fields]
        found["asked"] += len(one.fields)
        found["answered"] += sum(field in counts for field in one.fields)
        found["corrected"] += sum(field in counts and counts[field].verdict != "ok" for field in one.fields)
        found["disputed"] += sum(field in against for field in one.fields)
        found["waiting"] += sum(number == 0 for number in people)
        found["reports_waiting"] += any(number < one.annotators for number in people)
    return found


def _people(answers: Iterable[Any], field: str, task: str) -> int:
    return len({one.annotator for one in answers if one.field == field and one.task == task})
