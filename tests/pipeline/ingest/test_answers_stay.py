"""What people answered is in the store, and no later run loses it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from pipeline.answers import CellAnswer, ReportAnswers, path_of
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, ingest, rewrite_store
from pipeline.store.database import open_store
from pipeline.store.outcomes import listed_files

EXAMPLES = Path(__file__).parents[3] / "examples"
FIELD = "t3.new.natural"


def answered_values(out: Path) -> list[tuple[object, ...]]:
    asked = "SELECT field, value FROM fields WHERE list_contains(support, 'annotator')"
    with open_store(out) as store:
        return store.execute(asked).fetchall()


def findings(out: Path) -> list[tuple[object, ...]]:
    with open_store(out) as store:
        return store.execute("SELECT code FROM findings WHERE code = 'ANNOTATOR'").fetchall()


def test_answers_stay_whatever_is_read_again(tmp_path: Path) -> None:
    reports, out = tmp_path / "reports", tmp_path / "out"
    reports.mkdir()
    shutil.copy(EXAMPLES / "html_clean.html", reports)
    options = Options(limits=Limits(60.0, 2048))
    ingest([str(reports)], out, options, lambda _: None)
    assert answered_values(out) == []
    (listed,) = listed_files(out)
    answer = CellAnswer(
        field=FIELD, verdict="corrected", kind="number", printed=4321, value=4321, annotator="甲",
        at="2026-11-23T08:00:00Z",
    )  # fmt: skip
    path = path_of(out, listed.sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(ReportAnswers(sha256=listed.sha256).with_answers([answer]).to_bytes())
    rewrite_store(out, 1)
    assert answered_values(out) == [(FIELD, 4321)]
    # Read anew from scratch, as another version of the program would.
    shutil.rmtree(out / "outcomes")
    shutil.copy(EXAMPLES / "wrong_total.html", reports)
    ingest([str(reports)], out, replace(options, retry_failed=True), lambda _: None)
    assert answered_values(out) == [(FIELD, 4321)]
    # What the program says by itself is told beside it.
    assert findings(out) == [("ANNOTATOR",)]
