"""Tasks and answers as the screen makes them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from annotations.pull.kept import keep_answers
from annotations.push.cell_tasks import task_key
from annotations.push.choices import choices, number_on_page
from annotations.selection import AskedCell, AskedReport
from pipeline.answers import CellAnswer
from pipeline.record import Report
from pipeline.store.outcomes import find_outcome, listed_files

BATCH = "一"
NEW_YEAR = "2026-01-01T00:00:00.000000Z"


def sha_of(out: Path, ending: str) -> str:
    return next(one.sha256 for one in listed_files(out) if one.name.endswith(ending))


def report_of(out: Path, ending: str) -> Report:
    outcome = find_outcome(out, sha_of(out, ending))
    assert outcome is not None and outcome.report is not None
    return outcome.report


def task_data(report: Report, fields: list[str], batch: str = BATCH, adjudicates: bool = False) -> dict[str, Any]:
    """What `push` would ask of these cells, without what is only to be looked at."""
    asked = AskedReport(
        sha256=report.sha256, file=report.file, agency=report.agency, year=report.year, seconds=0, score=0,
        cells=tuple(AskedCell(field=field, worth=1) for field in fields),
    )  # fmt: skip
    cells = [
        {
            "field": field, "label": field, "crop": "<p></p>", "reason": "看", "proposed": found.value,
            "printed": number_on_page(found), "kind": found.kind, "choices": choices(found, place),
        }
        for place, field in enumerate(fields) for found in (report.fields[field],)
    ]  # fmt: skip
    return {
        "key": task_key(batch, asked, adjudicates), "kind": "cells", "batch": batch, "sha256": report.sha256,
        "file": report.file, "agency": report.agency, "year": report.year, "program": "p", "adjudicates": adjudicates,
        "heading": "h", "evidence": "<p></p>", "form": "<p></p>", "cells": cells,
        "overview": [],
    }  # fmt: skip


def verdict(index: int, code: str, typed: str | None = None) -> list[dict[str, Any]]:
    """The regions of one cell."""
    to = f"why_{index}"
    regions: list[dict[str, Any]] = [
        {"id": f"v{index}", "from_name": f"verdict_{index}", "to_name": to, "type": "choices",
         "value": {"choices": [code]}}
    ]  # fmt: skip
    if typed is not None:
        value = {"text": [typed]}
        regions.append(
            {"id": f"n{index}", "from_name": f"number_{index}", "to_name": to, "type": "textarea", "value": value}
        )
    return regions


def answer(field: str, printed: float | None, who: str = "a@x.cn", **more: Any) -> CellAnswer:
    """A number that was seen, or whatever `more` says."""
    said: dict[str, Any] = {"verdict": "corrected", "kind": "number", "printed": printed, "value": printed}
    task = hashlib.sha256(field.encode()).hexdigest()[:24]
    return CellAnswer(**{"field": field, "annotator": who, "task": task, "at": NEW_YEAR, **said, **more})


def keep(out: Path, ending: str, *answers: CellAnswer) -> None:
    assert keep_answers(out, sha_of(out, ending), answers)
