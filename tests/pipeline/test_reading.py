"""A report from file to record."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document, Line
from pipeline.errors import GoujiError
from pipeline.isolation import run_limited
from pipeline.read.html import read_html
from pipeline.reading import read_report, report_of
from pipeline.record import Report
from tests.pipeline.invented import LAYOUTS, read, wrongly_accepted
from training.examples.report import InventedReport, invent

EXAMPLES = Path(__file__).parents[2] / "examples"
REPORT = invent("云泽县水务局", 2021, 21)
UNRELATED = ["云泽县位于山水之间", "联系电话见网站首页", "欢迎来信来访", "本页最后更新于上月", "版权所有"]


def text(report: InventedReport = REPORT, layout: str = "tabs") -> str:
    return LAYOUTS[layout](report)


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "run together"])
@pytest.mark.parametrize("year", [2019, 2020, 2021, 2023])
def test_a_clean_report(layout: str, year: int) -> None:
    report = invent("云泽县水务局", year, year)
    found = read(text(report, layout))
    assert (found.status, found.agency, found.year, found.published) == ("clean", report.agency, year, report.published)
    assert found.templates == {table_id: form.template for table_id, form in report.tables.items()}
    assert {field: got.value for field, got in found.fields.items()} == report.values
    assert list(found.sections) == list("一二三四五六")
    assert {result.decided for result in found.rules.values()} == {"holds"}
    assert set(found.ledger) == set(found.fields)
    assert [finding for finding in found.findings if finding.level != "info"] == []


def test_a_form_of_another_year_is_a_finding() -> None:
    mixed = invent("云泽县水务局", 2023, 4, templates={"t3": "2019"})
    found = read(text(mixed))
    assert found.templates == {"t2": "2021", "t3": "2019", "t4": "2021"}
    assert [finding.code for finding in found.findings].count("TEMPLATE") == 1


@pytest.mark.parametrize(
    ("prints", "status"),
    [
        ({}, "clean"),
        ({"t3.granted.natural": "7777"}, "repaired"),
        ({"t3.new.total": "/"}, "repaired"),
        ({"t4.review.pending": ""}, "clean"),
        ({"t2.penalty.decisions": "见附件"}, "review"),
    ],
)
def test_status_of_the_report(prints: dict[str, str], status: str) -> None:
    report = REPORT.with_values(dict.fromkeys(REPORT.tables["t4"].field_ids(), 0))
    assert read(text(report.with_prints(prints))).status == status


def test_a_report_without_a_table_is_partial() -> None:
    lines = [line for line in text().split("\n") if "\t" not in line or "行政复议" not in line]
    kept = (
        "\n".join(lines).split("四、政府信息公开行政复议")[0]
        + "五、存在的主要问题及改进情况\n无。\n六、其他需要报告的事项\n无。\n"
    )
    found = read(kept)
    assert found.status == "partial"
    assert "TABLE" in [finding.code for finding in found.findings]
    assert {got.status for field, got in found.fields.items() if field.startswith("t4.")} <= {"missing", "inferred"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("今天天气很好。\n明天也是。\n", "E201"),
        ("主动公开信息数\t1\n收到申请数\t2\n申请答复数\t2\n历年累计\t9\n", "E202"),
        (" \n", "E102"),
    ],
)
def test_what_is_no_report(content: str, code: str) -> None:
    with pytest.raises(GoujiError) as raised:
        read(content)
    assert raised.value.kind.code == code


def test_prose_alone_is_a_report_without_tables() -> None:
    found = read(
        "一、总体情况\n本年新收政府信息公开申请12件。\n二、主动公开政府信息情况\n见网站。\n三、收到和处理政府信息公开申请情况\n见网站。\n"
    )
    assert found.status == "partial"
    new = found.fields["t3.new.total"]
    assert (new.value, new.status, new.support) == (12, "inferred", ("prose",))


def test_prose_does_not_overrule_a_table() -> None:
    total = REPORT.values["t3.new.total"]
    found = read(text(REPORT.with_section("一", f"本年新收政府信息公开申请{int(total) + 3}件。")))
    assert found.fields["t3.new.total"].value == total
    assert (total, "PROSE") in [(finding.right, finding.code) for finding in found.findings]


# --- last year -----------------------------------------------------------------------------------


def with_carried(report: Report, **changes: object) -> Report:
    return report.model_copy(update=changes)


def test_last_years_record_supports_and_contradicts() -> None:
    before = read(text(invent("云泽县水务局", 2020, 5)))
    found = read(text(), last_year=before)
    expected = before.fields["t3.carried_out.natural"].value
    same = REPORT.values["t3.carried_in.natural"] == expected
    assert ("last_year" in found.fields["t3.carried_in.natural"].support) is same
    assert ("LAST_YEAR" in [finding.code for finding in found.findings]) or same


@pytest.mark.parametrize("changes", [{"year": 2018}, {"year": 2021}, {"agency": "云泽县林业局"}])
def test_another_record_says_nothing(changes: dict[str, object]) -> None:
    before = with_carried(read(text(invent("云泽县水务局", 2020, 5))), **changes)
    assert read(text(), last_year=before) == read(text())


# --- the record ----------------------------------------------------------------------------------


def test_the_name_of_the_file_decides_nothing(tmp_path: Path) -> None:
    reports = []
    for name in ("a.txt", "云泽县林业局2019年年报.txt"):
        (tmp_path / name).write_text(text(), encoding="utf-8")
        reports.append(read_report(tmp_path / name))
    assert reports[0].sha256 == hashlib.sha256(text().encode()).hexdigest()
    assert reports[0] == reports[1].model_copy(update={"file": "a.txt"})


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_two_runs_give_the_same_bytes(layout: str) -> None:
    report = REPORT.with_prints({"t3.granted.natural": "7777", "t4.review.total": "55"})
    first = read(text(report, layout)).to_json()
    assert read(text(report, layout)).to_json() == first
    assert Report.from_json(first).to_json() == first


def test_the_seed_of_hashing_changes_nothing(tmp_path: Path) -> None:
    paths = []
    for layout in LAYOUTS:
        path = tmp_path / f"{layout}.txt"
        path.write_text(
            text(REPORT.with_prints({"t3.granted.natural": "7777", "t3.partial.total": ""}), layout), "utf-8"
        )
        paths.append(str(path))
    program = (
        "import sys; from pathlib import Path; from pipeline.reading import read_report\n"
        "for name in sys.argv[1:]: sys.stdout.write(read_report(Path(name)).to_json())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, *paths],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert outputs != {b""}


@settings(max_examples=10, deadline=None)
@given(st.permutations(UNRELATED), st.integers(0, len(UNRELATED)))
def test_unrelated_lines_do_not_matter(lines: list[str], before: int) -> None:
    title, *body = text().split("\n")
    around = "\n".join([title, *lines[:before], *body, *lines[before:]])
    got, plain = read(around), read(text())
    assert {f: (x.value, x.status) for f, x in got.fields.items()} == {
        f: (x.value, x.status) for f, x in plain.fields.items()
    }


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(sorted(LAYOUTS)))
def test_numbers_of_tables_with_rules_are_right_or_labelled(seed: int, layout: str) -> None:
    truth = invent("云泽县水务局", 2022, seed)
    bound = {field: value for field, value in truth.values.items() if not field.startswith("t2.")}
    assert wrongly_accepted(read(text(truth, layout)), bound) == {}


def test_every_field_points_to_its_source() -> None:
    lines = text().split("\n")
    for field, got in read(text()).fields.items():
        assert got.source is not None
        assert got.source.line is not None
        assert got.source.chars is not None
        start, end = got.source.chars
        assert lines[got.source.line - 1][start:end].strip() == got.printed, field


def test_a_table_cut_off_keeps_the_rows_that_are_there(tmp_path: Path) -> None:
    """Rows that stand behind their labels with a number in each cell are read, however much else is lost."""
    rows = {
        "一、本年新收政府信息公开申请数量": [8, 2, 0, 0, 0, 0, 10],
        "二、上年结转政府信息公开申请数量": [0, 0, 0, 0, 0, 0, 0],
        "（一）予以公开": [5, 1, 0, 0, 0, 0, 6],
        "（二）部分公开": [0, 0, 0, 0, 0, 0, 0],
        "1.属于国家秘密": [0, 0, 0, 0, 0, 0, 0],
    }
    heads = "自然人\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t总计"
    lines = [f"{label}\t" + "\t".join(map(str, numbers)) for label, numbers in rows.items()]
    path = tmp_path / "x.txt"
    path.write_text(f"青屿县水利局2022年政府信息公开工作年度报告\n\t{heads}\n" + "\n".join(lines), encoding="utf-8")
    report = read_report(path)
    assert report.status == "partial"
    found = report.fields["t3.granted.natural"], report.fields["t3.granted.total"], report.fields["t3.new.total"]
    assert [(field.value, field.status) for field in found] == [(5, "read"), (6, "read"), (10, "read")]
    assert report.fields["t3.total.total"].value is None


def test_a_file_whose_pages_could_not_all_be_read_is_partial_and_says_so() -> None:
    """It once was refused as no report, since the pages that hold the report were those left out."""
    document = Document("x.pdf", "0" * 64, "pdf", (Line("某页"),), warnings=("第 2 页没有读。",), defeated=(2,))
    report = report_of(document)
    assert report.status == "partial" and report.warnings == ("第 2 页没有读。",)


def test_rows_of_another_table_among_those_of_table_2() -> None:
    # Their numbers are beside words that name them: they are nobody else's.
    def row(*cells: object) -> str:
        return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"

    before = [
        row("信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"), row("规章", 0, 0, 0),
        row("规范性文件", 3, 1, 2), row("信息内容", "上一年项目数量", "本年增/减", "处理决定数量"),
        row("行政许可", 63, 0, 419), row("其他对外管理服务事项", 73, 2, 232),
    ]  # fmt: skip
    strayed = [
        row("二、上年结转政府信息公开申请数量", 13, "", "", "", "", "", 13),
        row("（一）予以公开", 13, "", "", 1, "", "", 14),
    ]
    behind = [row("信息内容", "上一年项目数量", "本年增/减"), row("行政事业性收费", 89, 0)]
    head = "<h1>砺川县水务局2020年政府信息公开工作年度报告</h1><h2>二、主动公开政府信息情况</h2><table>"

    def table_2(rows: list[str]) -> dict[str, object]:
        page = f"{head}{''.join(rows)}</table>".encode()
        report = report_of(read_html(page, "x.html", ""), None, "never")
        return {id_: field.value for id_, field in report.fields.items() if id_.startswith("t2.")}

    assert table_2(before + strayed + behind) == table_2(before + behind)


def test_a_scan_of_several_pages_is_read_in_the_memory_that_the_command_line_allows(tmp_path: Path) -> None:
    """Networks that hoarded the memory of their runs had come to twice what is in use, and pages were lost."""
    digital = pypdfium2.PdfDocument(EXAMPLES / "pdf_page_break.pdf")
    pages = [digital[number].render(scale=2.2).to_pil().convert("RGB") for number in range(len(digital))]
    scan = tmp_path / "scan.pdf"
    pages[0].save(scan, save_all=True, append_images=pages[1:], resolution=158)
    record = run_limited(read_report, scan, 120, 1000)
    assert not [warning for warning in record.warnings if "没有读出" in warning]
