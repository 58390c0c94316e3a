"""The real reports with gold, where they are at hand: nothing may be accepted that is wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from pipeline.read.charset import decode
from pipeline.reading import read_report
from pipeline.record import Finding, Report
from pipeline.recover.numbers import read_cell
from training.gold import Gold, load_gold

REPORTS = Path(__file__).parents[2] / "shared" / "reports"
RIGHT = {
    "real/hongze_2023": (186, 186),
    "real/hongze_2024": (186, 186),
    "real/pingtan_2019": (196, 197),
    "real/pingtan_2020": (145, 151),
    "real/pingtan_2021": (200, 200),
    "real/shanghai_office_2019": (198, 198),
    "seeds/haining_2020": (198, 198),
    "seeds/hegang_2021": (200, 200),
    "seeds/leshan_2021": (28, 28),
    "seeds/tongxiang_2021": (200, 200),
    "seeds/wenling_2021": (200, 200),
}
"""Values right, of those that can be known."""
SEEDS = [name for name in RIGHT if name.startswith("seeds/")]
ACCEPTED = {"read", "repaired", "inferred"}
AGENCY_AS_PRINTED = {"平潭综合实验区管委会": "平潭综合实验区"}
"""Gold names the office behind the report where its text names only the place."""

pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not here")
each_report = pytest.mark.parametrize("name", RIGHT)


def gold(name: str) -> Gold:
    return load_gold(REPORTS / f"{name}.gold.json")


@cache
def report(name: str, before: str | None = None) -> Report:
    return read_report(gold(name).document, report(before) if before else None)


def count_right(name: str, found: Report) -> int:
    scored = {field: value for field, value in gold(name).reconciled.items() if value is not None}
    return sum(found.fields[field].value == value for field, value in scored.items())


@each_report
def test_nothing_wrong_is_accepted(name: str) -> None:
    fields = report(name).fields
    wrong = {
        field: (fields[field].value, value)
        for field, value in gold(name).reconciled.items()
        if value is not None and fields[field].value != value and fields[field].status in ACCEPTED
    }
    assert wrong == {}


@each_report
def test_how_many_are_right(name: str) -> None:
    scored = sum(value is not None for value in gold(name).reconciled.values())
    assert (count_right(name, report(name)), scored) == RIGHT[name]


def test_last_years_record_settles_what_the_page_does_not() -> None:
    found = report("real/pingtan_2020", "real/pingtan_2019")
    assert count_right("real/pingtan_2020", found) == 150
    assert found.fields["t2.coercion.previous"].support[-1] == "last_year"


@each_report
def test_what_cannot_be_known_is_not_claimed(name: str) -> None:
    fields = report(name).fields
    claimed = {
        field: fields[field].value
        for field, value in gold(name).reconciled.items()
        if value is None and fields[field].status in ACCEPTED
    }
    assert claimed == {}


@pytest.mark.parametrize("name", SEEDS)
def test_the_print_of_the_seeds(name: str) -> None:
    found = {
        field: read_cell(field_found.printed or "", signed=True, decimal=True).value
        for field, field_found in report(name).fields.items()
    }
    assert found == dict(gold(name).printed)


@each_report
def test_agency_year_and_forms(name: str) -> None:
    found, wanted = report(name), gold(name)
    assert wanted.agency is not None
    assert found.agency == AGENCY_AS_PRINTED.get(wanted.agency, wanted.agency)
    assert (found.year, found.templates) == (wanted.year, wanted.templates)


@pytest.mark.parametrize(
    ("name", "code", "left", "right"),
    [
        ("seeds/haining_2020", "CHANGE", 457, 467),
        ("seeds/haining_2020", "PROSE", 457, 467),
        ("seeds/wenling_2021", "PROSE", 0, 4),
        ("seeds/wenling_2021", "PROSE", 5101, 5084),
        ("seeds/tongxiang_2021", "SUM", 1, 0),
        ("real/shanghai_office_2019", "PROSE", 258, 275),
        ("real/shanghai_office_2019", "PROSE", 265, 337),
        ("real/hongze_2023", "SUM", 11, 0),
        ("real/hongze_2023", "SUM", 5, 0),
        ("real/pingtan_2020", "SUM", 26, 20),
        ("real/pingtan_2020", "SUM", 27, 21),
    ],
)
def test_contradictions_of_the_source_are_found(name: str, code: str, left: int, right: int) -> None:
    assert [f for f in report(name).findings if (f.code, f.left, f.right) == (code, left, right)]


@pytest.mark.parametrize("name", ["seeds/hegang_2021", "real/pingtan_2019", "real/pingtan_2021"])
def test_nothing_is_found_where_nothing_is_wrong(name: str) -> None:
    loud: list[Finding] = [finding for finding in report(name).findings if finding.level != "info"]
    assert loud == []


@pytest.mark.parametrize("name", ["real/pingtan_2019", "real/pingtan_2020", "real/pingtan_2021", *SEEDS])
def test_places_in_text_files_are_true(name: str) -> None:
    lines = decode(gold(name).document.read_bytes()).text.splitlines()
    for field, found in report(name).fields.items():
        if found.printed and found.source and found.source.line:
            assert found.source.chars is not None
            start, end = found.source.chars
            assert found.printed in lines[found.source.line - 1][start:end], field
