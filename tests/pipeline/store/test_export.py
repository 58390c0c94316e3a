from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline.store.export_workbook
from pipeline.acceptance import is_taken
from pipeline.cli import main
from pipeline.record import Report
from pipeline.show.words import STATUS_WORDS
from pipeline.store.export_cells import guarded
from pipeline.store.write import write_store
from pipeline.template import load_templates
from tests.pipeline.show.reports import clean_report, every_status
from tests.pipeline.store.made import environment, make_out, outcome_of, reports

EVIL = "=HYPERLINK(\"http://x\";\"y\")"
EVIL_FILE = "@SUM(1+1)*cmd|' /C calc'!A0"


def export(out: Path, target: Path, form: str, *more: str) -> Path:
    assert main(["export", str(target), "--format", form, "--out", str(out), *more]) == 0
    return target


def by_sha() -> dict[str, Report]:
    return {report.sha256: report for report in reports()}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_json(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def sheet_rows(path: Path, title: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path, read_only=True)[title].iter_rows(values_only=True))


@pytest.fixture(scope="module")
def exported(shared_out, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    for form in ("csv", "json", "parquet"):
        export(shared_out, folder / form, form)
    export(shared_out, folder / "all.xlsx", "xlsx")
    return folder


def test_wide_json_has_each_value_that_may_be_counted_and_each_print(exported):
    values = {row["sha256"]: row for row in read_json(exported / "json" / "values.jsonl")}
    prints = {row["sha256"]: row for row in read_json(exported / "json" / "printed.jsonl")}
    assert set(values) == set(prints) == set(by_sha())
    for sha256, report in by_sha().items():
        expected = {id_: field.value if is_taken(field) else None for id_, field in report.fields.items()}
        assert {id_: values[sha256][id_] for id_ in report.fields} == expected
        assert {id_: prints[sha256][id_] for id_ in report.fields} == {i: f.printed for i, f in report.fields.items()}
        assert (values[sha256]["agency"], values[sha256]["year"]) == (report.agency, report.year)


def test_long_json_has_every_field_of_every_report_in_order(exported):
    rows = read_json(exported / "json" / "fields.jsonl")
    found = [(row["sha256"], row["field"], row["printed"], row["value"], row["status"]) for row in rows]
    expected = [(s, i, f.printed, f.value, f.status) for s, r in by_sha().items() for i, f in r.fields.items()]
    assert sorted(found, key=str) == sorted(expected, key=str)
    of_one = [row["field"] for row in rows if row["sha256"] == reports()[0].sha256]
    assert of_one == list(reports()[0].fields)
    years = [9999 if row["year"] is None else row["year"] for row in rows]
    assert years == sorted(years)


def test_all_formats_say_the_same(exported):
    parquet = pq.read_table(exported / "parquet" / "values.parquet").to_pylist()
    for row, other in zip(parquet, read_json(exported / "json" / "values.jsonl"), strict=True):
        assert {**row, "published": row["published"] and row["published"].isoformat()} == other
    table = read_csv(exported / "csv" / "values.csv")
    heads = {name: re.sub(r".* \[(.*)\]", r"\1", name) for name in table[0]}
    ids, *rows = sheet_rows(exported / "all.xlsx", "数值")[1:]
    for line, row, cells in zip(table, parquet, rows, strict=True):
        in_sheet = dict(zip(ids, cells, strict=True))
        for name, id_ in heads.items():
            if "." in id_:
                number = row[id_]
                assert line[name] == ("" if number is None else f"{number:g}" if number % 1 == 0 else repr(number))
                assert in_sheet[id_] == number
        assert (line["机关"], line["文件"]) == (row["agency"] or "", row["file"])
        assert (in_sheet["agency"], in_sheet["file"]) == (row["agency"], row["file"])


def test_the_labels_are_the_forms_own(exported):
    label = load_templates()["2021"].tables["t3"].describe("t3.granted.natural")
    assert label == "（一）予以公开·自然人"
    assert f"{label} [t3.granted.natural]" in read_csv(exported / "csv" / "values.csv")[0]
    heads, ids = sheet_rows(exported / "all.xlsx", "原印")[:2]
    assert heads[ids.index("t3.granted.natural")] == label
    field = pq.read_schema(exported / "parquet" / "values.parquet").field("t3.granted.natural")
    assert field.metadata[b"label"].decode() == label


def test_csv_is_what_excel_takes_for_chinese(exported):
    data = (exported / "csv" / "fields.csv").read_bytes()
    assert data.startswith("﻿机关,年度,".encode())
    assert data.count(b"\r\n") == data.count(b"\n") == sum(len(report.fields) for report in reports()) + 1


def test_candidates_and_words_of_the_long_table(exported):
    rows = read_csv(exported / "csv" / "fields.csv")
    row = next(row for row in rows if row["状态"] == "歧义" and row["文件"] == "report.pdf")
    assert (row["可能的值"], row["数值"], row["原印"], row["可直接采用"]) == ("0|1", "", "1", "否")


def test_the_workbook_is_laid_out_for_reading(exported):
    book = openpyxl.load_workbook(exported / "all.xlsx")
    assert book.sheetnames == ["说明", "数值", "原印", "逐格"]
    for title in ("数值", "原印", "逐格"):
        sheet = book[title]
        assert sheet.freeze_panes == "C3"
        assert sheet.auto_filter.ref == f"A2:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
    assert book["逐格"].max_row == 2 + sum(len(report.fields) for report in reports())


def test_cells_that_are_not_simply_as_printed_are_coloured(exported):
    book = openpyxl.load_workbook(exported / "all.xlsx")
    sheet = book["数值"]
    ids = [cell.value for cell in sheet[2]]
    row = next(
        row for row in sheet.iter_rows(min_row=3)
        if (row[ids.index("file")].value, row[ids.index("year")].value) == ("report.pdf", 2022)
    )  # fmt: skip

    def fill(id_: str) -> str:
        return str(row[ids.index(id_)].fill.start_color.rgb)[2:]

    legend = {
        cells[0].value: str(cells[0].fill.start_color.rgb)[2:] for cells in book["说明"].iter_rows() if cells[0].value
    }
    report = every_status()
    for id_, field in report.fields.items():
        expected = "000000" if field.status == "read" else legend[STATUS_WORDS[field.status]]
        assert fill(id_) == expected, id_
    assert len({fill(id_) for id_ in report.fields}) == 6


def test_prints_stay_as_they_are_in_the_workbook(exported):
    heads, ids, *rows = sheet_rows(exported / "all.xlsx", "原印")
    assert heads
    at = ids.index("t2.licensing.decisions")
    assert {row[at] for row in rows} >= {"/", "0"}


def test_a_table_that_does_not_fit_on_a_sheet_goes_on_on_another(shared_out, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.store.export_workbook, "MOST_ROWS", 502)
    path = export(shared_out, tmp_path / "all.xlsx", "xlsx", "--tables", "fields")
    book = openpyxl.load_workbook(path, read_only=True)
    number = sum(len(report.fields) for report in reports())
    assert len(book.sheetnames) == 1 + -(-number // 500)
    assert book.sheetnames[1:3] == ["逐格", "逐格2"]
    rows = [row for name in book.sheetnames[1:] for row in list(book[name].iter_rows(values_only=True))[2:]]
    assert len(rows) == number
    single = tmp_path / "json"
    export(shared_out, single, "json", "--tables", "fields")
    assert [row[3] for row in rows] == [row["field"] for row in read_json(single / "fields.jsonl")]


@pytest.fixture
def evil_out(tmp_path) -> Path:
    report = clean_report(agency=EVIL).model_copy(update={"file": EVIL_FILE})
    write_store(make_out(tmp_path / "evil", [outcome_of(report)]), {}, 1)
    return tmp_path / "evil"


def test_no_text_becomes_a_formula(evil_out, tmp_path):
    path = export(evil_out, tmp_path / "all.xlsx", "xlsx")
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)
    assert sheet_rows(path, "数值")[2][0] == EVIL
    for name in ("values", "fields"):
        row = read_csv(export(evil_out, tmp_path / "csv", "csv") / f"{name}.csv")[0]
        assert (row["机关"], row["文件"]) == (f"'{EVIL}", f"'{EVIL_FILE}")
    # Programs get what was read.
    assert read_json(export(evil_out, tmp_path / "json", "json") / "values.jsonl")[0]["agency"] == EVIL


@pytest.mark.parametrize("text", ["-", "-5", "+3", "1,234", "-0.5", "", "无", "/", "－", "3%", "a=b", "5-3"])
def test_numbers_and_dashes_are_no_formulas(text):
    assert guarded(text) == text


@pytest.mark.parametrize("text", ["=1", " =1", "\t=1", "+1+1", "-1+1", "@a", "＝1+1", "-2+3+cmd|' /C calc'!A0", "--1"])
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@given(st.text(alphabet="=+-@＝－.,%0123 \ta!|'", max_size=8))
def test_guarded_text_begins_no_formula(text):
    kept = guarded(text)
    assert kept in (text, f"'{text}")
    assert kept.startswith("'") or not re.match(r"\s*[=@＝]", kept)
    if kept == text and re.match(r"\s*[-+－]", text):
        assert not re.search(r"[-+－=@a!|' \t]", text[1:])


def test_where_chooses_reports(shared_out, tmp_path):
    rows = read_json(export(shared_out, tmp_path, "json", "--where", "year = 2020 -- only") / "values.jsonl")
    assert {row["year"] for row in rows} == {2020}
    assert len(rows) == sum(report.year == 2020 for report in reports())
    # Fields of the other form have no columns.
    assert "t2.rules.issued" not in rows[0]
    assert "t2.rules.made" in rows[0]


def test_nothing_chosen_gives_heads_alone(shared_out, tmp_path):
    assert read_csv(export(shared_out, tmp_path / "csv", "csv", "--where", "false") / "fields.csv") == []
    assert len(sheet_rows(export(shared_out, tmp_path / "a.xlsx", "xlsx", "--where", "false"), "数值")) == 2
    parquet = export(shared_out, tmp_path / "p", "parquet", "--where", "false")
    assert pq.read_table(parquet / "fields.parquet").num_rows == 0


def test_the_same_export_gives_the_same_bytes(shared_out, exported, tmp_path):
    assert export(shared_out, tmp_path / "again.xlsx", "xlsx").read_bytes() == (exported / "all.xlsx").read_bytes()
    for form, name in (("csv", "fields.csv"), ("parquet", "fields.parquet"), ("json", "printed.jsonl")):
        again = export(shared_out, tmp_path / form, form)
        assert (again / name).read_bytes() == (exported / form / name).read_bytes()


@pytest.mark.parametrize(("form", "target"), [("xlsx", "a.xlsx"), ("csv", "t"), ("json", "t"), ("parquet", "t")])
def test_a_disk_that_takes_no_more_leaves_what_was_there(shared_out, tmp_path, form, target):
    export(shared_out, tmp_path / target, form, "--where", "false")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))\n"
        "from pipeline.cli import main\n"
        f"sys.exit(main(['export', {str(tmp_path / target)!r}, '--format', {form!r}, '--out', {str(shared_out)!r}]))\n"
    )
    root = Path(__file__).resolve().parents[3]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, cwd=root, env={**environment(), "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("gouji: [E304] 无法写出结果：")
    assert done.stderr.count("\n") == 1
    assert "File too large）" in done.stderr
    assert list(temporary.iterdir()) == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
