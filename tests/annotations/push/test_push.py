"""Real tasks on a real server, answered in a real browser."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annotations.connect import client
from annotations.push.journal import BEGUN, FOLDER, Journal, Pushed
from annotations.push.projects import find_project, keys_of, title_of
from annotations.push.push import Tally, push_cells
from annotations.selection import AskedCell, AskedReport, Selection
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, ingest
from pipeline.store.outcomes import listed_files

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.annotations.studio import Studio

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[3] / "examples"
CELLS = ("t3.new.natural", "t3.new.total", "t3.granted.natural")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    reports = tmp_path / "reports"
    reports.mkdir()
    for name in ("html_clean.html", "csv_form.csv", _pdf()):
        shutil.copy(EXAMPLES / name, reports / name)
    ingest([str(reports)], tmp_path / "out", Options(limits=Limits(60.0, 2048)), lambda _: None)
    return tmp_path / "out"


def _pdf() -> str:
    return next(path.name for path in sorted(EXAMPLES.glob("*.pdf")))


def selected(out: Path, batch: str, *endings: str) -> Selection:
    reports = tuple(
        AskedReport(
            sha256=one.sha256, file=one.name, agency=None, year=2021, seconds=30, score=1,
            cells=tuple(AskedCell(field=field, worth=1) for field in CELLS),
        )
        for one in listed_files(out) if not endings or one.name.endswith(endings)
    )  # fmt: skip
    return Selection(name=batch, strategy="worth", seed=0, program="p", reports=reports)


def pushed(out: Path, selection: Selection, studio: Studio) -> Tally:
    return push_cells(out, selection, studio.server, lambda _: None)


def test_a_second_push_makes_no_doubles(out: Path, label_studio: Studio) -> None:
    selection = selected(out, "两次")
    assert (pushed(out, selection, label_studio).pushed, len(selection.reports)) == (3, 3)
    again = pushed(out, selection, label_studio)
    assert (again.pushed, again.known, again.left_out) == (0, 3, [])
    studio = client(label_studio.server)
    project = find_project(studio, title_of("两次", "cells"))
    assert project is not None
    assert len(keys_of(studio, project)) == 3
    assert len(list(studio.tasks.list(project=project))) == 3


def test_killed_between_sending_and_noting(out: Path, label_studio: Studio) -> None:
    selection = selected(out, "中断")
    pushed(out, selection, label_studio)
    # As a kill leaves it: what was begun is noted, what arrived is cut in the middle of a line.
    arrived = out / FOLDER / "pushed.jsonl"
    arrived.write_bytes(arrived.read_bytes()[:-200])
    assert len(Journal(out).known) < 3
    again = pushed(out, selection, label_studio)
    assert (again.pushed, again.known) == (0, 3)
    assert len(Journal(out).known) == 3
    studio = client(label_studio.server)
    project = find_project(studio, title_of("中断", "cells"))
    assert project is not None
    assert len(list(studio.tasks.list(project=project))) == 3


def test_what_cannot_be_asked_is_told_and_the_rest_goes_on(out: Path, label_studio: Studio) -> None:
    selection = selected(out, "缺一")
    Path(selection.reports[0].file).unlink()
    found = pushed(out, selection, label_studio)
    assert found.pushed == 2
    assert len(found.left_out) == 1
    assert "E305" in found.left_out[0]


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800)])
def test_three_cells_are_answered_with_four_keys(
    out: Path, label_studio: Studio, browser_page: Page, size: tuple[int, int]
) -> None:
    batch = f"四键{size[0]}"
    found = pushed(out, selected(out, batch, ".pdf"), label_studio)
    (project,) = found.projects.values()
    browser_page.set_viewport_size({"width": size[0], "height": size[1]})
    browser_page.goto(f"/projects/{project}/data?labeling=1")
    browser_page.wait_for_selector(".gouji .card >> nth=2")
    images = browser_page.locator(".gouji img")
    browser_page.wait_for_function("[...document.querySelectorAll('.gouji img')].every(one => one.complete)")
    assert images.count() >= 4
    assert browser_page.evaluate("[...document.querySelectorAll('.gouji img')].every(one => one.naturalWidth > 20)")
    # Nothing to scroll to at the side, of the page or of its halves.
    assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert browser_page.evaluate(
        "[...document.querySelectorAll('.gouji, .gouji .original, .gouji .cards, .gouji .card')]"
        ".every(one => one.scrollWidth <= one.clientWidth + 1)"
    )
    for key in ("1", "q", "a"):
        browser_page.keyboard.press(key)
    with browser_page.expect_response(lambda one: "/annotations" in one.url and one.request.method == "POST"):
        browser_page.keyboard.press("Control+Enter")
    (task,) = client(label_studio.server).tasks.list(project=project, fields="all")
    assert task.annotations is not None
    said = {
        region["from_name"]: region["value"]["choices"] for one in task.annotations for region in one["result"]
    }  # fmt: skip
    asked = task.data["cells"]
    assert said == {f"verdict_{index}": [cell["choices"][0]["alias"]] for index, cell in enumerate(asked)}


def test_a_line_cut_in_the_middle_of_a_character_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin("s", 1, {"a": "1", "b": "2"})
    journal.end([Pushed("s", "批", "cells", 1, "a", 7), Pushed("s", "批", "cells", 1, "b", 8)])
    arrived = tmp_path / FOLDER / "pushed.jsonl"
    whole = arrived.read_bytes()
    arrived.write_bytes(whole[: whole.rindex("批".encode()) + 1])
    again = Journal(tmp_path)
    assert [one.task for one in again.known.values()] == [7]
    assert again.unsure == {("s", 1): {"b": "2"}}
    again.end([Pushed("s", "批", "cells", 1, "b", 8)])
    assert arrived.read_bytes() == whole


def test_the_journal_tells_what_is_none_of_it(tmp_path: Path) -> None:
    from pipeline.errors import GoujiError

    Journal(tmp_path).begin("s", 1, {"k": "1"})
    assert Journal(tmp_path).unsure == {("s", 1): {"k": "1"}}
    (tmp_path / FOLDER / BEGUN).write_text(json.dumps({"other": 1}) + "\n", encoding="utf-8")
    with pytest.raises(GoujiError, match="E305"):
        Journal(tmp_path)
