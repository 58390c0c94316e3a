"""An overview on a real server, answered in a real browser, pulled, and what is left asked about."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annotations.connect import client
from annotations.pull.pulling import pull
from annotations.push.overview_tasks import overview_task
from annotations.push.push import push_cells
from annotations.screens.tags import names_of_labels
from annotations.select.batch import Wanted, select_batch
from annotations.select.reading import read_out
from annotations.select.settings import load_annotate_settings
from annotations.selection import AskedReport, Selection
from pipeline.acceptance import needs_look
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, ingest
from pipeline.read.open import read_document
from pipeline.record import Report
from pipeline.store.outcomes import find_outcome, listed_files
from tests.annotations.select.test_overviews import asked, torn

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.annotations.studio import Studio

EXAMPLES = Path(__file__).parents[3] / "examples"


def asked_report(report: Report) -> AskedReport:
    return AskedReport(
        sha256="0" * 64, file="x.html", agency=None, year=2021, cells=(), overview=asked(report).overview, seconds=0,
        score=0,
    )  # fmt: skip


def test_what_is_asked_and_what_the_file_shows() -> None:
    path = EXAMPLES / "html_clean.html"
    task = overview_task("批", "mark", asked_report(torn()), torn(), read_document(path), path)
    (overview,) = task.data["overview"]
    keys = [one["hotkey"] for part in ("rows", "columns", "rest", "zeros") for one in overview[part]]
    assert len(keys) == len(set(keys)) == 25 + 7 + 5 + 7
    assert len(overview["cells"]) == 175
    # Of where the table stands this record knows nothing: the whole file is shown.
    assert "程序没有找到" in task.data["evidence"]
    assert task.data["evidence"].count("<table>") >= 1


def chosen(out: Path, name: str) -> Selection:
    settings = load_annotate_settings()
    read = read_out(out, "worth", 0, settings)
    return select_batch(read.sketches, read.asked_before, "worth", 0, Wanted(10, None, 0.0), settings, name)


def record(out: Path) -> Report:
    (one,) = listed_files(out)
    outcome = find_outcome(out, one.sha256)
    assert outcome is not None
    assert outcome.report is not None
    return outcome.report


def open_cells(report: Report) -> set[str]:
    return {field for field, one in report.fields.items() if needs_look(one)}


@pytest.mark.slow
def test_an_overview_by_the_keyboard(tmp_path: Path, label_studio: Studio, browser_page: Page) -> None:
    reports, out = tmp_path / "reports", tmp_path / "out"
    reports.mkdir()
    shutil.copy(EXAMPLES / "table_lost.md", reports)
    ingest([str(reports)], out, Options(limits=Limits(60.0, 2048)), lambda _: None)
    before = open_cells(record(out))
    selection = chosen(out, "总览")
    (first,) = selection.reports
    assert first.overview is not None
    found = push_cells(out, selection, label_studio.server, lambda _: None)
    (project,) = found.projects.values()
    browser_page.set_viewport_size({"width": 1280, "height": 800})
    browser_page.goto(f"/projects/{project}/data?labeling=1")
    browser_page.wait_for_selector(".gouji .overview")
    assert browser_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert browser_page.evaluate(
        "[...document.querySelectorAll('.gouji, .gouji .original, .gouji .cards, .gouji .card')]"
        ".every(one => one.scrollWidth <= one.clientWidth + 1)"
    )
    # Numbers in three rows, of natural persons and in all. All the others are blank but for zeros in the last column.
    rows = [row.row for row in first.overview.rows]
    seen = ("carried_in", "denied_law", "total")
    row_keys = ["1234567890qwertyuiopasdfg"[rows.index(row)] for row in seen]
    for key in (*row_keys, "z", "m", "j", "="):
        browser_page.keyboard.press(key)
    with browser_page.expect_response(lambda one: "/annotations" in one.url and one.request.method == "POST"):
        browser_page.keyboard.press("Control+Enter")
    pulled = pull(
        client(label_studio.server), label_studio.server.url, out, "总览", tmp_path / "gold", names_of_labels(),
        lambda _: None,
    )  # fmt: skip
    assert pulled.problems == []
    assert (pulled.overviews, pulled.overview_left, pulled.verdicts) == (1, 6, {})
    after = record(out)
    numbers = {f"t3.{row}.{column}" for row in seen for column in ("natural", "total")}
    assert numbers <= open_cells(after)
    assert len(open_cells(after)) < len(before) - 100
    assert after.fields["t3.rejected_repeat.legal"].kind == "blank"
    assert after.fields["t3.rejected_repeat.total"].printed == "0"
    (second,) = chosen(out, "其后").reports
    assert second.overview is None
    assert set(second.fields) <= open_cells(after)
