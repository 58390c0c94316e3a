"""The numbers tagged by hand, against the gold beside the reports."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.record import Number
from pipeline.template import load_templates
from training.gold import Gold, find_gold
from training.tagger.hand_gold import MIXED, SECTIONS, HandTagged, load_hand_gold

ROOT = Path(__file__).parents[3]
REPORTS = ROOT.parent / "shared" / "reports"
TAGS = ROOT / "annotations" / "tags"
NAMES = sorted(path.stem for path in TAGS.glob("*.yaml"))
ZERO_WORDS = {"未", "无", "没有", "零"}
WITHOUT = {"haining_2020": {"六"}}
"""Sections that a report does not have."""

pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not here")
each_report = pytest.mark.parametrize("name", NAMES)


@cache
def tagged() -> dict[str, HandTagged]:
    return {one.name: one for one in load_hand_gold(TAGS, REPORTS)}


@cache
def gold() -> dict[str, Gold]:
    return {one.name: one for one in find_gold(REPORTS)}


def raw(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((TAGS / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def spans(one: HandTagged) -> list[tuple[int, str, str]]:
    """Start, text and field of every span, in order."""
    found = []
    for start in sorted(one.begins):
        end = start + 1
        while end < len(one.fields) and one.fields[end] == one.fields[start] and end not in one.begins:
            end += 1
        field = one.fields[start]
        assert field is not None
        found.append((start, one.linear.text[start:end], field))
    return found


def value(text: str) -> Number:
    return 0 if text in ZERO_WORDS else float(text)


def test_every_report_with_gold_is_tagged() -> None:
    assert list(tagged()) == NAMES == sorted(gold())


@each_report
def test_table_numbers_are_those_of_gold(name: str) -> None:
    one = tagged()[name]
    table = [(text, field) for start, text, field in spans(one) if start not in one.prose]
    fields = [field for _, field in table]
    assert len(set(fields)) == len(fields)
    printed = {field: number for field, number in gold()[name].printed.items() if number is not None}
    missing = raw(name).get("missing", {})
    assert missing.keys() <= printed.keys()
    assert set(fields) == printed.keys() - missing.keys()
    assert {field: value(text) for text, field in table} == {field: printed[field] for field in fields}


@each_report
def test_table_numbers_stand_in_the_order_of_the_form(name: str) -> None:
    """Zeros look all the same; their order tells them apart."""
    one, templates = tagged()[name], load_templates()
    forms = gold()[name].templates
    order = [field for table, form in forms.items() for field in templates[form].tables[table].field_ids()]
    places = [order.index(field) for start, _, field in spans(one) if start not in one.prose]
    assert places == sorted(places)


@each_report
def test_cells_hold_one_number_each(name: str) -> None:
    one = tagged()[name]
    numbers = [(start, text) for start, text, _ in spans(one) if start not in one.prose]
    cells = [(piece, text) for start, text in numbers if (piece := one.linear.piece_at(start)).cell]
    assert all(one.linear.text[piece.start : piece.end].strip().removesuffix("元") == text for piece, text in cells)
    assert len({piece.start for piece, _ in cells}) == len(cells)


@each_report
def test_cells_of_a_column_stand_below_each_other(name: str) -> None:
    """Where the file fixes the columns."""
    one = tagged()[name]
    columns: dict[str, set[int]] = {}
    for start, _, field in spans(one):
        cell = one.linear.piece_at(start).cell
        if cell and field.startswith("t3.") and (cell.source.box or cell.source.place):
            columns.setdefault(field.split(".")[2], set()).add(cell.column)
    assert all(len(found) == 1 for found in columns.values())


@each_report
def test_prose_agrees_with_gold_unless_it_says_otherwise(name: str) -> None:
    one, known = tagged()[name], gold()[name].reconciled
    entries = raw(name)["prose"]
    prose = [(text, field) for start, text, field in spans(one) if start in one.prose]
    assert len(prose) == len(entries)
    # Two entries may have the same text and field, but then they differ both or neither.
    says_so = {(entry["text"], entry["fields"][0]): entry.get("differs", False) for entry in entries}
    for text, field in prose:
        differs = known[field] is not None and known[field] != value(text)
        assert says_so[text, field] == differs, (text, field, known[field])


@each_report
def test_unclear_spans_are_marked_as_no_field(name: str) -> None:
    one = tagged()[name]
    assert all(one.fields[place] is None for start, end in one.unclear for place in range(start, end))
    assert all(entry["reason"] for entry in raw(name)["unclear"])


@each_report
def test_sections_begin_with_their_headings(name: str) -> None:
    one = tagged()[name]
    assert len(one.sections) == len(one.linear.lines)
    if MIXED in one.sections:
        assert set(one.sections) == {"", MIXED}
        return
    assert [section for section in SECTIONS if section in one.sections] == [
        section for section in SECTIONS if section not in WITHOUT.get(name, ())
    ]
    for section in SECTIONS:
        lines = [index for index, found in enumerate(one.sections) if found == section]
        if lines and (name, section) != ("leshan_2021", "四"):  # its heading is lost
            start, end = one.linear.lines[lines[0]]
            assert one.linear.text[start:end].strip().startswith(f"{section}、")


@each_report
def test_table_numbers_stand_in_their_section(name: str) -> None:
    one = tagged()[name]
    of_table = {"t2": "二", "t3": "三", "t4": "四"}
    for start, _, field in spans(one):
        if start not in one.prose:
            line = one.linear.text.count("\n", 0, start)
            assert one.sections[line] in {of_table[field.split(".")[0]], MIXED}


def copied(folder: Path, name: str) -> tuple[Path, Path]:
    """A copy of one file and of its report."""
    tags, reports = folder / "tags", folder / "reports"
    tags.mkdir()
    reports.mkdir()
    shutil.copy(TAGS / f"{name}.yaml", tags)
    shutil.copy(gold()[name].document, reports)
    return tags, reports


def test_changed_report_is_refused(tmp_path: Path) -> None:
    tags, reports = copied(tmp_path, "wenling_2021")
    report = next(reports.iterdir())
    report.write_bytes(report.read_bytes() + b"\n")
    with pytest.raises(ValueError, match="sha256 不符"):
        load_hand_gold(tags, reports)


def test_missing_report_is_refused(tmp_path: Path) -> None:
    tags, reports = copied(tmp_path, "wenling_2021")
    next(reports.iterdir()).unlink()
    with pytest.raises(ValueError, match="找到 0 份"):
        load_hand_gold(tags, reports)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"text": "5101", "nth": 1, "fields": ["t3.new.total"]}, "找不到"),
        ({"text": "5101", "at": 3, "fields": ["t3.new.total"]}, "找不到"),
        ({"text": "510", "nth": 0, "fields": ["t3.new.total"]}, "另一个数字中间"),
        ({"text": "5101", "nth": 0, "fields": ["t3.new.all"]}, "已知的字段"),
        ({"text": "5101", "nth": 0, "fields": ["t3.new.total"]}, "重叠"),
        ({"text": 5101, "nth": 0, "fields": ["t3.new.total"]}, "应当写作"),
    ],
)
def test_entries_that_do_not_fit_are_refused(tmp_path: Path, entry: dict[str, Any], message: str) -> None:
    tags, reports = copied(tmp_path, "wenling_2021")
    entries = raw("wenling_2021")
    entries["prose"].append(entry)
    (tags / "wenling_2021.yaml").write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_hand_gold(tags, reports)
