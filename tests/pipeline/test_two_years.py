"""What the report of the year before settles, and what it must leave alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.ingest.outcomes import read_outcome
from pipeline.ingest.reading import Limits
from pipeline.ingest.run import Options, ingest
from pipeline.reading import read_report
from pipeline.record import Report
from pipeline.store.outcomes import FIRST, LINKED
from training.examples.report import InventedReport, invent
from training.mangle import LAYOUTS
from training.mangle.pages import page_of

AGENCY = "岚皋市水务局"
SUFFIX, WRITE = LAYOUTS["pipes"]
NONE = (0,) * 5
BEFORE = invent(
    AGENCY, 2021, 1, None, {"granted": (10, *NONE), "carried_out": (5, *NONE), "carried_in": (2, *NONE)}
)
AFTER = invent(
    AGENCY, 2022, 2, None, {"granted": (11, 1, *NONE[1:]), "carried_out": (4, *NONE), "carried_in": (5, *NONE)}
)
ILLEGIBLE = dict.fromkeys(("t3.new.natural", "t3.carried_in.natural", "t3.new.total", "t3.carried_in.total"), "##")
"""With these four not to be read, 15 applications are new or carried in, and nothing tells how many are which."""


def written(report: InventedReport, folder: Path, prints: Mapping[str, str] | None = None) -> Path:
    path = folder / f"{report.year}{SUFFIX}"
    path.write_bytes(WRITE(page_of(report.with_prints(prints or {}))))
    return path


def values(report: Report) -> list[object]:
    return [report.fields[field].value for field in ILLEGIBLE]


def test_what_was_carried_out_settles_what_was_carried_in(tmp_path):
    before = read_report(written(BEFORE, tmp_path))
    path = written(AFTER, tmp_path, ILLEGIBLE)

    assert values(read_report(path)) == [None] * 4
    found = read_report(path, before)

    assert values(found) == [10, 5, 11, 5]
    for field in ILLEGIBLE:
        assert found.fields[field].status == "inferred"
        assert "last_year" in found.fields[field].support
        assert "上一年报告" in found.ledger[field].sentence
    assert found.fields["t3.carried_in.natural"].confidence < 0.99


@pytest.mark.parametrize(
    "prints",
    [
        # What is printed stays, whatever last year says.
        dict(zip(ILLEGIBLE, ("11", "4", "12", "4"), strict=True)),
        {"t3.carried_out.total": "9"},
    ],
)
def test_no_print_is_overruled(tmp_path, prints):
    before = read_report(written(BEFORE, tmp_path))
    path = written(AFTER, tmp_path, prints)
    alone, beside = read_report(path), read_report(path, before)
    told = {field: (found.value, found.status) for field, found in alone.fields.items()}
    assert told == {field: (found.value, found.status) for field, found in beside.fields.items()}


def test_another_year_says_nothing(tmp_path):
    before = read_report(written(BEFORE, tmp_path)).model_copy(update={"year": 2020})
    path = written(AFTER, tmp_path, ILLEGIBLE)
    assert values(read_report(path, before)) == [None] * 4


def test_ingestion_reads_again_what_gains_by_the_year_before(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    written(BEFORE, folder)
    sha256 = hashlib.sha256(written(AFTER, folder, ILLEGIBLE).read_bytes()).hexdigest()

    ingest([str(folder)], tmp_path / "out", Options(limits=Limits(60.0, 2048)), lambda _: None)

    first, again = (read_outcome(tmp_path / "out" / name, sha256) for name in (FIRST, LINKED))
    assert values(first.report) == [None] * 4
    assert values(again.report) == [10, 5, 11, 5]
    assert (again.report.status, first.report.status) == ("repaired", "review")
