"""The judge sees what it is there to see."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.document import Document
from pipeline.read.open import read_document
from pipeline.reading import report_of
from pipeline.record import Field, Report
from training.fuzz.judge import judge, made_up, shared

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "examples" / "html_clean.html"
FIELD, NEIGHBOUR = "t3.granted.natural", "t3.granted.commercial"


@pytest.fixture(scope="module")
def document() -> Document:
    return read_document(PAGE)


@pytest.fixture(scope="module")
def report(document: Document) -> Report:
    return report_of(document, None, "never")


def changed(report: Report, name: str, **changes: object) -> Report:
    field = report.fields[name].model_copy(update=changes)
    return report.model_copy(update={"fields": {**report.fields, name: field}})


def field_of(report: Report, name: str) -> Field:
    field = report.fields[name]
    assert field.status == "read" and field.source is not None
    return field


def test_a_valid_report(report: Report, document: Document) -> None:
    assert made_up(report, document) == []
    assert shared(report, document) == ([], [])
    verdict = judge(PAGE)
    assert (verdict.what, verdict.accepted) == ("report", 200)
    assert verdict.seconds > 0 and verdict.busy > 0


def test_a_number_that_stands_nowhere(report: Report, document: Document) -> None:
    printed = field_of(report, FIELD).printed
    invented = made_up(changed(report, FIELD, printed="98765", value=98765), document)
    assert len(invented) == 1 and invented[0].startswith(f"{FIELD} printed '98765'")
    assert made_up(changed(report, FIELD, value=98765), document) == [f"{FIELD} is 98765, printed {printed!r}"]
    assert made_up(changed(report, FIELD, printed=None), document) == [f"{FIELD} is read, but nothing is printed"]
    # A value that is repaired is no print.
    assert made_up(changed(report, FIELD, value=98765, status="repaired"), document) == []


def test_a_number_that_stands_in_another_cell(report: Report, document: Document) -> None:
    printed = field_of(report, FIELD).printed or ""
    other = next(field for field in report.fields.values() if field.printed and field.printed not in printed)
    assert len(made_up(changed(report, FIELD, printed=other.printed, value=other.value), document)) == 1


def test_two_fields_with_one_print(report: Report, document: Document) -> None:
    neighbour = field_of(report, NEIGHBOUR)
    same = changed(report, FIELD, printed=neighbour.printed, value=neighbour.value, source=neighbour.source)
    assert made_up(same, document) == []
    proved, unproved = shared(same, document)
    assert len(proved) == 1 and unproved == []
    assert proved[0].startswith(f"{FIELD}、{NEIGHBOUR} take ")
    proved, unproved = shared(changed(same, FIELD, support=("reader",)), document)
    assert proved == [] and len(unproved) == 1


def test_how_files_go(tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    (tmp_path / "other.txt").write_text("今天天气很好。", encoding="utf-8")
    assert judge(tmp_path / "empty.html").said.startswith("[E102]")
    assert judge(tmp_path / "other.txt").what == "refused"


@pytest.mark.parametrize("what", ["broken", "crashed", "slow", "greedy"])
def test_a_reader_that_goes_wrong(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> Report:
        if what == "crashed":
            os.abort()
        if what == "slow":
            time.sleep(60)
        if what == "greedy":
            return bytearray(2_000_000_000)  # type: ignore[return-value]
        raise IndexError("list index out of range")

    monkeypatch.setattr("training.fuzz.judge.report_of", wrong)
    assert judge(PAGE, seconds=5, memory_mb=500).what == what


def test_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "training.fuzz", "--kind", "csv", "--only", "3", "--keep", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["csv-3.csv"]
    assert done.stdout.splitlines()[-1] == f"files kept in {tmp_path}"
    command = [*command[:3], "--kind", "x"]
    wrong = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert wrong.returncode == 2
    assert wrong.stderr.splitlines()[-1].endswith("没有找到可以损坏的文件")
