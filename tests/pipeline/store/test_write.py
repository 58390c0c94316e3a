from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import pipeline.store.parts
import pipeline.store.write
from pipeline.acceptance import is_accepted, is_taken
from pipeline.errors import GoujiError
from pipeline.link.rows import Links
from pipeline.store.database import open_store
from pipeline.store.write import write_store
from tests.pipeline.show.reports import clean_report, every_status
from tests.pipeline.store.made import (
    BROKEN,
    PROGRAM,
    environment,
    links,
    make_out,
    outcome_of,
    outcomes,
    reports,
    sha_of,
    timings,
    versions_of,
)


def bytes_of(out: Path) -> dict[str, bytes]:
    store = out / "store"
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in store.rglob("*") if path.is_file()}


def ask(out: Path, sql: str) -> list[tuple]:
    with open_store(out) as store:
        return store.execute(sql).fetchall()


def test_every_field_of_every_report_is_a_row_that_says_the_same(shared_out):
    columns = (
        "field, printed, kind, value, status, confidence, support, candidates, unit, page, box, reader, taken, sentence"
    )
    for report in reports():
        rows = ask(shared_out, f"SELECT {columns} FROM fields WHERE sha256 = '{report.sha256}' ORDER BY position")
        expected = [
            (
                id_, field.printed, field.kind, field.value, field.status, field.confidence, list(field.support),
                [{"value": one.value, "cost": one.cost} for one in field.candidates], field.unit,
                field.source and field.source.page, field.source and field.source.box and list(field.source.box),
                field.source and field.source.reader, is_taken(field),
                report.ledger[id_].sentence if id_ in report.ledger else None,
            )
            for id_, field in report.fields.items()
        ]  # fmt: skip
        assert [row[:10] + row[11:] for row in rows] == [one[:10] + one[11:] for one in expected]
        assert [row[10] and pytest.approx(row[10], rel=1e-6) for row in rows] == [one[10] for one in expected]


def test_a_field_is_told_by_table_row_column_and_label(shared_out):
    columns = "table_id, row_id, column_id, label"
    row = ask(shared_out, f"SELECT DISTINCT {columns} FROM fields WHERE field = 't3.granted.natural'")
    assert row == [("t3", "granted", "natural", "（一）予以公开·自然人")]


def test_a_report_is_one_row_with_its_counts(shared_out):
    report = next(report for report in reports() if report.status == "review" and report.year == 2022)
    (row,) = ask(
        shared_out,
        "SELECT file, agency, year, period_from, published, template_t3, fields_ambiguous, fields_missing, "
        f"findings_warning, findings_inconsistency, warnings, accepted FROM reports WHERE sha256 = '{report.sha256}'",
    )
    assert row == (
        "report.pdf", "青榆市云泽区卫生健康局", 2022, date(2022, 1, 1), date(2023, 1, 20), "2021", 2, 1, 1, 1,
        ["第 4 页有一处文字无法解码"], False,
    )  # fmt: skip


def test_accepted_is_what_acceptance_says(shared_out):
    expected = {report.sha256: is_accepted(report) for report in reports()}
    assert dict(ask(shared_out, "SELECT sha256, accepted FROM reports")) == expected
    assert set(expected.values()) == {True, False}


def test_a_report_without_a_year_has_none(shared_out):
    assert ask(shared_out, "SELECT file, agency FROM reports WHERE year IS NULL") == [("nameless.pdf", None)]
    assert (shared_out / "store" / "fields" / "year=unknown").is_dir()


def test_the_wide_table_has_what_may_be_counted_and_no_more(shared_out):
    report = next(report for report in reports() if report.status == "review" and report.year == 2022)
    settled = ("t3.partial.natural", "t4.review.upheld")
    other = ("t3.denied_law.research", "t4.review.total", "t2.licensing.decisions", "t2.rules.made")
    listed = ", ".join(f'"{name}"' for name in (*settled, *other))
    (values,) = ask(shared_out, f"SELECT {listed} FROM wide WHERE sha256 = '{report.sha256}'")
    (prints,) = ask(shared_out, f"SELECT {listed} FROM wide_printed WHERE sha256 = '{report.sha256}'")
    # Repaired; read and not sure; ambiguous; inconsistent; a dash; a field of the other form.
    assert values == (6, None, None, None, None, None)
    assert prints == ("5", "3", "1", "5", "/", None)


def test_sections_and_findings_are_those_of_the_records(shared_out):
    sections = {(r.sha256, n, s.title, s.text) for r in reports() for n, s in r.sections.items()}
    findings = {(r.sha256, f.level, f.code, f.message, f.left, f.fields) for r in reports() for f in r.findings}
    assert set(ask(shared_out, "SELECT sha256, section, title, text FROM sections")) == sections
    rows = ask(shared_out, "SELECT sha256, level, code, message, left_value, fields FROM findings")
    assert {(*row[:5], tuple(row[5])) for row in rows} == findings
    assert len(findings) > 3


def test_every_file_has_its_row(shared_out):
    rows = {
        name: rest
        for name, *rest in ask(shared_out, "SELECT name, bytes, status, code, first, program FROM files ORDER BY name")
    }
    assert len(rows) == len(outcomes()) + 3
    assert rows["c/copy.html"] == [1000, outcomes()[0].status, None, False, PROGRAM]
    assert rows["d/locked.pdf"] == [None, "failed", "E101", True, None]
    assert rows["e/style.css"] == [12, "skipped", "E118", True, None]
    assert rows[f"b/{BROKEN[:8]}.html"] == [7, "failed", "E105", True, PROGRAM]
    assert [row[3] for row in rows.values()].count(True) == len(outcomes()) + 2


def test_what_linking_says_stands_beside_the_reports(shared_out):
    (later,) = [report.sha256 for report in reports() if report.file == "later.pdf"]
    assert ask(shared_out, "SELECT count(*) FROM links") == [(3,)]
    assert ask(shared_out, f"SELECT year, preferred, before, note FROM links WHERE sha256 = '{later}'") == [
        (2022, True, None, "没有上年的报告")
    ]
    assert ask(shared_out, "SELECT field, printed_a, printed_b FROM differences") == [("t3.partial.natural", "6", "5")]
    assert ask(shared_out, "SELECT agency_key, count(*) FROM reports WHERE NOT preferred GROUP BY 1") == [
        ("青榆市云泽区卫生健康局", 1)
    ]
    evidence = sha_of(clean_report("2019").to_json())
    assert ask(shared_out, f"SELECT last_year FROM reports WHERE sha256 = '{later}'") == [(evidence,)]


def test_an_outcome_of_the_second_pass_takes_the_place_of_the_first(tmp_path):
    first = outcome_of(every_status())
    second = outcome_of(clean_report(), first.sha256)
    make_out(tmp_path, [first])
    make_out(tmp_path, [second], "linked")
    write_store(tmp_path, {}, 1)
    assert ask(tmp_path, "SELECT status FROM reports") == [("clean",)]


def test_what_is_not_read_yet_is_pending(tmp_path):
    first, torn, missing = (outcome_of(report) for report in versions_of(clean_report(), 3))
    make_out(tmp_path, [first, torn, missing])
    for sha256, text in ((torn.sha256, b"\x1f\x8b half"), (missing.sha256, None)):
        path = tmp_path / "outcomes" / sha256[:2] / f"{sha256}.json.gz"
        path.unlink() if text is None else path.write_bytes(text)
    write_store(tmp_path, {}, 1)
    statuses = dict(ask(tmp_path, "SELECT sha256, status FROM files WHERE sha256 IS NOT NULL AND first"))
    assert statuses == {first.sha256: "clean", torn.sha256: "pending", missing.sha256: "pending"}
    assert ask(tmp_path, "SELECT sha256 FROM reports") == [(first.sha256,)]


def test_the_same_bytes_however_many_processes_and_whatever_was_there(tmp_path):
    alone, together = make_out(tmp_path / "1"), make_out(tmp_path / "2")
    write_store(together, {}, 1)
    write_store(together, timings(), 2, links())
    write_store(alone, timings(), 1, links())
    assert bytes_of(alone) == bytes_of(together)
    assert len(bytes_of(alone)) > 20
    assert sorted(path.name for path in together.iterdir()) == ["files.jsonl", "outcomes", "store"]


def test_only_timings_depend_on_the_run(tmp_path):
    out = make_out(tmp_path)
    write_store(out, timings(), 1, links())
    before = bytes_of(out)
    write_store(out, {}, 1, links())
    after = bytes_of(out)
    assert {name for name in before if before[name] != after[name]} == {"timings.parquet"}


def test_shards_have_two_digits_where_there_are_many_contents(tmp_path, monkeypatch):
    out = make_out(tmp_path)
    write_store(out, {}, 1)
    one_digit = ask(out, "SELECT * FROM fields ORDER BY sha256, position")
    monkeypatch.setattr(pipeline.store.write, "TWO_DIGITS_ABOVE", len(outcomes()) - 1)
    write_store(out, {}, 1)
    names = {path.stem for path in (out / "store" / "fields").rglob("*.parquet")}
    assert names == {f"part-{report.sha256[:2]}" for report in reports()}
    assert ask(out, "SELECT * FROM fields ORDER BY sha256, position") == one_digit


def test_row_groups_are_small_and_nothing_is_lost_between_them(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline.store.parts, "ROWS", 300)
    monkeypatch.setattr(pipeline.store.write, "CHUNK", 2)
    many = [outcome_of(report) for report in versions_of(clean_report(), 12)]
    write_store(make_out(tmp_path, many), {}, 1)
    groups = [
        metadata.row_group(index).num_rows
        for path in (tmp_path / "store" / "fields").rglob("*.parquet")
        for metadata in [pq.read_metadata(path)]
        for index in range(metadata.num_row_groups)
    ]
    assert max(groups) <= 300
    assert sum(groups) == 12 * len(clean_report().fields)
    assert ask(tmp_path, "SELECT sum(\"t2.penalty.decisions\") FROM wide") == [(sum(range(12)),)]


def test_a_store_without_any_report_can_be_asked_all_the_same(tmp_path):
    write_store(make_out(tmp_path, [outcomes()[-1]]), {}, 2)
    for table in ("reports", "wide", "wide_printed", "fields", "findings", "sections", "links", "differences"):
        assert ask(tmp_path, f"SELECT count(*) FROM {table}") == [(0,)]
    assert ask(tmp_path, "SELECT DISTINCT status FROM files ORDER BY 1") == [("failed",), ("skipped",)]


def test_names_that_are_no_utf8_are_kept_readable(tmp_path):
    make_out(tmp_path, [outcomes()[-1]])
    with (tmp_path / "files.jsonl").open("a", encoding="utf-8") as listing:
        entry = {"name": "z\udcce.html", "sha256": "", "size": 0, "code": "E101", "message": "x"}
        listing.write(json.dumps(entry) + "\n")
    write_store(tmp_path, {}, 1)
    assert ask(tmp_path, "SELECT max(name) FROM files") == [("z\\udcce.html",)]


def test_pandas_reads_a_partitioned_table_as_it_is(shared_out):
    table = pq.read_table(shared_out / "store" / "reports")
    assert table.num_rows == len(reports())
    assert set(table["year"].to_pylist()) >= {"2022", "unknown"}


def test_the_list_of_files_must_be_there_and_whole(tmp_path):
    with pytest.raises(GoujiError, match="E101"):
        write_store(tmp_path, {}, 1)
    (tmp_path / "files.jsonl").write_text('{"name": "a"\n', encoding="utf-8")
    with pytest.raises(GoujiError, match=r"E305.*第 1 行"):
        write_store(tmp_path, {}, 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_disk_that_takes_no_more_leaves_the_old_store(tmp_path, workers):
    """The real refusal of the system: files may have no more than so many bytes."""
    out = make_out(tmp_path)
    write_store(out, {}, 1, Links())
    before = bytes_of(out)
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from pipeline.errors import GoujiError\n"
        "from pipeline.store.write import write_store\n"
        "if __name__ == '__main__':\n"
        "    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        "    try:\n"
        f"        write_store(Path({str(out)!r}), {{}}, {workers})\n"
        "    except GoujiError as error:\n"
        "        print(error)\n"
    )
    script = tmp_path / "full.py"
    script.write_text(code, encoding="utf-8")
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, cwd=root, env=environment()
    )
    assert done.stdout.startswith(f"[E304] 无法写出结果：{out}（File too large）")
    assert done.stdout.count("\n") == 1
    assert bytes_of(out) == before
    assert not (out / "store.next").exists()
