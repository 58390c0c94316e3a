"""`python -m tests.annotations.pictures`: the pictures of the screens in docs/, from a real server and a real browser,
of invented reports.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from annotations.push.push import push_cells
from annotations.push.tag_tasks import push_tags
from annotations.selection import AskedCell, AskedOverview, AskedReport, AskedRow, Selection
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, ingest
from pipeline.store.outcomes import listed_files
from pipeline.template import load_templates
from tests.annotations.studio import Studio, copy_prepared, program, running
from training.examples.__main__ import BROWSERS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SIZES = ((1600, 1000), (1280, 800))
CELLS = ("t3.new.natural", "t3.granted.natural", "t3.total.total")


def main() -> None:
    found = program()
    if found is None:
        sys.exit("needs Label Studio: gouji annotate up --install")
    with TemporaryDirectory(prefix="gouji-") as name:
        folder = Path(name)
        with running(found, copy_prepared(found, folder / "data")) as studio:
            selection = _selection(folder)
            overviews = push_cells(folder / "out", _overview(folder / "out"), studio.server, lambda _: None)
            _picture(studio, next(iter(overviews.projects.values())), "annotate-overview", ".gouji .overview")
            cells = push_cells(folder / "out", selection, studio.server, lambda _: None)
            _picture(studio, next(iter(cells.projects.values())), "annotate-cells", ".gouji .card >> nth=2")
            tags = push_tags(folder / "out", selection, studio.server, lambda _: None)
            _picture(studio, next(iter(tags.projects.values())), "annotate-tags", ".lsf-richtext__line >> nth=5")


def _selection(folder: Path) -> Selection:
    reports = folder / "reports"
    reports.mkdir()
    shutil.copy(ROOT / "examples" / "pdf_page_break.pdf", reports)
    ingest([str(reports)], folder / "out", Options(limits=Limits(60.0, 2048)), lambda _: None)
    asked = tuple(
        AskedReport(
            sha256=one.sha256, file=one.name, agency=None, year=None, seconds=0, score=0,
            cells=tuple(AskedCell(field=field, worth=1) for field in CELLS),
        )
        for one in listed_files(folder / "out")
    )  # fmt: skip
    return Selection(name="示例", strategy="worth", seed=0, program="", reports=asked)


def _overview(out: Path) -> Selection:
    """Of a whole table, whatever could be read of it."""
    of = load_templates()["2021"].tables["t3"]
    rows = tuple(
        AskedRow(row=row.id, fields=tuple(f"t3.{row.id}.{column}" for column in row.columns)) for row in of.rows
    )
    asked = tuple(
        AskedReport(
            sha256=one.sha256, file=one.name, agency=None, year=None, seconds=0, score=0, cells=(),
            overview=AskedOverview(table="t3", rows=rows, worth=1),
        )
        for one in listed_files(out)
    )  # fmt: skip
    return Selection(name="总览示例", strategy="worth", seed=0, program="", reports=asked)


def _picture(studio: Studio, project: int, name: str, ready: str) -> None:
    from playwright.sync_api import sync_playwright

    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(base_url=studio.server.url)
        page.goto("/user/login/")
        page.fill("input[name=email]", studio.user)
        page.fill("input[name=password]", studio.password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/user/login" not in url)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.goto(f"/projects/{project}/data?labeling=1")
            page.wait_for_selector(ready)
            page.wait_for_timeout(2_000)
            page.screenshot(path=str(DOCS / f"{name}-{width}.png"))
        browser.close()


if __name__ == "__main__":
    main()
