"""The reports of examples/: every number right, none made up, and the whole record as it was last looked at."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from pipeline.reading import read_report
from pipeline.reconcile.rules import assess
from pipeline.record import Report, Status
from training.evaluate import score
from training.examples.damages import DAMAGES
from training.examples.example import Example
from training.examples.formats import FORMATS
from training.gold import find_gold, load_gold

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
GOLDEN = ROOT / "tests" / "golden"
WRITE = "GOUJI_WRITE_GOLDEN"
NAMES = [gold.name for gold in find_gold(EXAMPLES)]
THROUGH_OFFICE = {"rtf_form"}
"""Read through LibreOffice, whose versions differ: no golden record."""

needs_office = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice missing"),
]


@cache
def record(name: str) -> Report:
    return read_report(load_gold(EXAMPLES / f"{name}.gold.json").document)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=needs_office if name in THROUGH_OFFICE else ()) for name in NAMES]
)
def test_every_number_is_right_and_none_is_made_up(name: str) -> None:
    gold = load_gold(EXAMPLES / f"{name}.gold.json")
    report = record(name)
    _, faults = score(report, gold)
    assert faults == ()
    assert (report.agency, report.year) == (gold.agency, gold.year)
    assert report.templates == gold.templates
    assert list(report.sections) == list("一二三四五六")


@pytest.mark.parametrize(
    ("name", "field", "status"),
    [
        ("html_clean", "t3.new.total", "read"),
        ("row_shifted", "t3.unavailable_not_held.commercial", "inferred"),
        ("column_missing", "t3.new.research", "inferred"),
        ("zeros_blank", "t3.denied_secret.total", "inferred"),
        ("wrong_total", "t3.total.total", "repaired"),
        ("wrong_total", "t4.review.total", "repaired"),
        ("contradicts_itself", "t3.granted.natural", "inconsistent"),
        ("table_lost", "t3.new.total", "inferred"),
        ("table_lost", "t3.new.natural", "missing"),
    ],
)
def test_what_the_damage_did_shows_in_the_status(name: str, field: str, status: Status) -> None:
    assert record(name).fields[field].status == status


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("wrong_total", "t3.total.total"),
        ("prose_contradicts", "t3.new.total"),
        ("contradicts_itself", "t3.granted.total"),
    ],
)
def test_contradictions_of_the_source_are_findings(name: str, field: str) -> None:
    assert any(field in finding.fields for finding in record(name).findings)


def test_a_repair_keeps_what_was_printed_and_names_its_rules() -> None:
    report = record("wrong_total")
    entry = report.ledger["t3.total.total"]
    assert report.fields["t3.total.total"].printed == "79"
    assert report.fields["t3.total.total"].value == 85
    assert entry.rules and entry.equations


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def one_field_a_line(report: Report) -> str:
    """The whole record as JSON, so laid out that a change to a field is a change to one line."""
    parts = []
    for key, value in json.loads(report.to_json()).items():
        if isinstance(value, dict) and value:
            inner = (f"{as_json(name)}: {as_json(entry)}" for name, entry in value.items())
            parts.append(f"{as_json(key)}: {{\n" + ",\n".join(inner) + "\n}")
        else:
            parts.append(f"{as_json(key)}: {as_json(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


@pytest.mark.parametrize("name", [name for name in NAMES if name not in THROUGH_OFFICE])
def test_golden_record(name: str) -> None:
    """Byte for byte; `make golden` writes them anew, and the difference is there to be read."""
    path = GOLDEN / f"{name}.json"
    written = one_field_a_line(record(name))
    assert json.loads(written) == json.loads(record(name).to_json())
    if os.environ.get(WRITE):
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == written


def test_no_golden_record_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(NAMES) - THROUGH_OFFICE


def test_writing_is_switched_off() -> None:
    assert WRITE not in os.environ, f"unset {WRITE}: while it is set the golden records agree with anything"


MAKERS: list[Callable[[], Example]] = [*FORMATS, *DAMAGES]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_every_equality_holds_on_what_is_true(make: Callable[[], Example]) -> None:
    report = make().report
    for table in report.tables.values():
        for rule in table.rules:
            assert assess(rule, report.values).verdict == "holds", rule.id


def test_every_example_has_an_agency_of_its_own() -> None:
    agencies = [load_gold(EXAMPLES / f"{name}.gold.json").agency for name in NAMES]
    assert len(set(agencies)) == len(agencies) == len(MAKERS)


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_file_is_what_the_generator_writes(make: Callable[[], Example]) -> None:
    example = make()
    assert example.stem == make.__name__
    assert (EXAMPLES / f"{example.stem}.gold.json").read_text(encoding="utf-8") == example.gold()
    if example.data is not None:
        assert (EXAMPLES / example.name).read_bytes() == example.data
