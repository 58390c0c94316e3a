"""A thousand texts of two hundred regions each, brought to a real server; `pytest -s -m slow` on this file prints the
seconds that it takes.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from annotations.connect import client
from annotations.push.bringing import bring
from annotations.push.journal import Journal
from annotations.push.projects import Screen, project
from annotations.push.tag_predictions import model_of, shipped_folder, version_of
from annotations.push.tag_tasks import KIND, SAMPLING, portions, tag_key, tag_tasks
from annotations.screens.tags import tag_instructions, tag_screen
from annotations.selection import AskedReport
from pipeline.read.open import read_document
from pipeline.tag.linear import linear

if TYPE_CHECKING:
    from tests.annotations.studio import Studio

EXAMPLE = Path(__file__).parents[3] / "examples" / "csv_form.csv"
TASKS, REGIONS = 1_000, 200
MOST_SECONDS = 120.0
"""Issue 7."""


@pytest.mark.slow
def test_a_thousand_tasks_of_two_hundred_regions_in_two_minutes(
    label_studio: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    studio = client(label_studio.server)
    target = project(studio, "勾稽 一千 标注", Screen(tag_screen(), tag_instructions(), sampling=SAMPLING))
    version = version_of()
    seen = linear(read_document(EXAMPLE))
    asked = AskedReport(sha256="0" * 64, file="x", agency=None, year=2021, cells=(), seconds=0, score=0)
    (one,) = tag_tasks(asked, seen, "p", "一千", model_of(shipped_folder(), version), version)
    regions = one["predictions"][0]["result"]
    # The report has fewer: they are repeated, each with a name of its own.
    many = [{**regions[at % len(regions)], "id": f"r{at}"} for at in range(REGIONS)]
    made: list[dict[str, Any]] = [
        {
            "data": {**one["data"], "key": tag_key("一千", str(number))},
            "predictions": [{**one["predictions"][0], "result": many}],
        }
        for number in range(TASKS)
    ]
    journal = Journal(tmp_path)
    started = time.monotonic()
    for portion in portions(iter(made)):
        bring(studio, label_studio.server, journal, target, "一千", KIND, portion, {})
    seconds = time.monotonic() - started
    with capsys.disabled():
        print(json.dumps({"tasks": TASKS, "regions": REGIONS, "seconds": round(seconds, 1)}))
    assert len(journal.known) == TASKS
    known = studio.projects.get(id=target)
    assert (known.task_number, known.total_predictions_number) == (TASKS, TASKS)
    assert seconds < MOST_SECONDS
