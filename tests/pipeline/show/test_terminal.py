from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from pipeline.record import Candidate
from pipeline.show import words
from pipeline.show.terminal import field_text, print_report
from tests.pipeline.show.reports import clean_report, every_status, plain_field, with_field


def shown(report, width: int = 80, **options: object) -> str:
    out = io.StringIO()
    print_report(report, Console(file=out, width=width, **options))
    return out.getvalue()


def line_with(text: str, wanted: str) -> str:
    return next(line for line in text.splitlines() if wanted in line)


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("report", [every_status("2021"), clean_report("2019")])
def test_no_line_is_wider_than_the_screen(report, width):
    assert max(cell_len(line) for line in shown(report, width).splitlines()) <= width


def test_large_numbers_still_fit_80_columns():
    report = clean_report()
    for field_id in report.fields:
        if field_id.startswith("t3.new."):
            report = with_field(report, field_id, status="repaired", printed="98765432", value=98765431)

    text = shown(report, 80)

    assert max(cell_len(line) for line in text.splitlines()) <= 80
    row = text.split("三、收到和处理")[1].split("二、上年结转")[0]
    assert row.count("98765431改") == 7


def test_every_status_has_its_own_mark():
    text = shown(every_status())

    assert "5→6改" in line_with(text, "（二）部分公开")
    assert "0推" in line_with(text, "3.危及")
    assert "?0|1歧" in line_with(text, "2.其他法律")
    assert "5!矛" in line_with(text, "行政复议  ")
    assert "—缺" in line_with(text, "行政强制")
    assert line_with(text, "规章 ").split() == ["规章", "0", "0"]
    assert line_with(text, "行政许可 ").split() == ["行政许可", "/"]


def test_digits_of_a_column_stand_in_line():
    text = shown(every_status(), 120).split("三、收到和处理")[1].split("四、政府信息")[0]

    rows = [line for line in text.splitlines() if line.rstrip().endswith(("0", "3", "6", "45", "44", "12", "2"))]
    assert len(rows) == 25
    ends = {cell_len(line) for line in rows}
    assert len(ends) == 1


def test_rows_and_groups_stand_in_the_order_of_the_form():
    text = shown(clean_report("2019"))

    labels = [
        *(
            "二、主动公开",
            "规章",
            "政府集中采购",
            "三、收到和处理",
            "一、本年新收",
            "三、本年度办理结果",
            "（一）予以公开",
        ),
        *(
            "（三）不予公开",
            "1.属于国家秘密",
            "（六）其他处理",
            "（七）总计",
            "四、结转下年度",
            "四、政府信息公开行政复议",
        ),
        *("未经复议直接起诉", "复议后起诉"),
    ]
    places = [text.index(label) for label in labels]
    assert places == sorted(places)


def test_findings_and_counts_stand_below():
    text = shown(every_status())

    below = text[text.index("发现") :]
    assert "[矛盾] 行政复议：四种结果之和为 4，总计印 5" in below
    assert "共 200 格：照印 194，推得 1，改正 1，歧义 2，矛盾 1，缺失 1；发现 2 条。" in below
    assert "gouji explain" in below


def test_no_escape_codes_without_a_terminal_or_with_no_color(monkeypatch):
    assert "\x1b" not in shown(every_status())
    monkeypatch.setenv("NO_COLOR", "1")
    text = shown(every_status(), force_terminal=True)
    assert "\x1b[3" not in text
    assert "5→6改" in text


def test_control_characters_of_a_report_never_reach_the_terminal():
    report = every_status().model_copy(update={"agency": "青榆\x1b[31m市\x07", "warnings": ("坏\x1b]0;题\x07",)})

    assert "\x1b" not in shown(report)
    assert "\x07" not in shown(report)


def test_markup_in_a_report_is_text():
    report = clean_report(agency="[red]云泽区[/red]")

    assert "[red]云泽区[/red]" in shown(report)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "repaired", "printed": "1O", "value": 10}, "1O→10改"),
        ({"status": "repaired", "printed": "10", "value": 10}, "10改"),
        ({"status": "inferred", "printed": None, "kind": "blank", "value": 0}, "0推"),
        ({"status": "missing", "printed": None, "kind": "absent", "value": None}, "—缺"),
        ({"status": "inconsistent", "value": 20}, "20!矛"),
        ({"status": "read", "printed": None, "kind": "blank", "value": None}, ""),
    ],
)
def test_a_cell(changes, expected):
    assert field_text(plain_field(10).model_copy(update=changes)).plain == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(13575394432.52, "13575394432.52"), (1e16, "10000000000000000"), (-11, "-11"), (0.0, "0"), (7730.28, "7730.28")],
)
def test_numbers_never_show_exponents(value, expected):
    assert words.number_text(value) == expected


def test_long_lists_are_cut_and_counted():
    report = clean_report()
    candidates = tuple(Candidate(value=value, cost=0) for value in range(7))
    for column in ("natural", "commercial", "research", "social", "legal", "other_org", "total"):
        report = with_field(report, f"t3.new.{column}", status="ambiguous", value=None, candidates=candidates)

    text = shown(report, 120)

    assert "?0|1|2|…歧" in line_with(text, "一、本年新收")
    assert "3|4" not in text
    assert text.split("需要留意的格")[1].count("t3.new.") == 5 + 1
    assert "另有 2 格歧义" in text
