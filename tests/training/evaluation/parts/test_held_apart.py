from __future__ import annotations

import pytest

from tests.training.evaluation.made import report_of_cells
from training.evaluation.parts import held_apart
from training.evaluation.results import ReportResult

PROVINCES = ("江苏", "浙江")


def reports(wrong_in: str = "") -> list[ReportResult]:
    """Two provinces of three agencies each, two years, 2,000 cells of confidence 0.9 a report."""
    return [
        report_of_cells(
            f"{province}{agency}-{year}", f"{province}{agency}局", province, year, cells=2_000,
            wrong=20 if province == wrong_in else 0,
        )
        for province in PROVINCES
        for agency in "甲乙丙"
        for year in (2021, 2022)
    ]  # fmt: skip


def rows(results: list[ReportResult]) -> dict[str, tuple]:
    table = held_apart.table("both", "并用", results)
    return {str(row[0]): dict(zip(table.columns, row, strict=True)) for row in table.rows}


def test_agencies_provinces_and_later_years_are_tested():
    found = rows(reports())
    assert list(found) == [f"机关 {at}/5" for at in range(1, 6)] + ["省份 江苏", "省份 浙江", "年度 2022 起"]
    assert (found["省份 江苏"]["机关数"], found["省份 江苏"]["报告数"]) == (3, 6)
    assert found["年度 2022 起"]["报告数"] == 6


def test_the_threshold_comes_from_the_other_side():
    found = rows(reports(wrong_in="浙江"))

    # In 江苏 nothing is wrong, so all may be taken, however sure; in 浙江 one cell of a hundred is wrong.
    assert found["省份 浙江"]["另一侧所定的把握下限"] == 0
    assert found["省份 浙江"]["错的格数"] == 120
    assert found["省份 浙江"]["错的占比上限"] > 0.01
    # The other way round no threshold keeps to one in a thousand: nothing is taken.
    assert found["省份 江苏"]["另一侧所定的把握下限"] is None
    assert found["省份 江苏"]["采用的格占比"] == 0
    assert found["省份 江苏"]["错的占比上限"] is None


def test_figures_say_what_the_table_says():
    figures = {(one.id, one.group): one for one in held_apart.figures("both", reports(wrong_in="浙江"))}
    assert figures["apart.wrong", "受检 省份 浙江"].value == pytest.approx(0.01)
    assert figures["apart.wrong", "受检 省份 浙江"].n == 12_000
    assert figures["apart.taken", "受检 省份 浙江"].value == 1
    assert figures["exact.reports", "受检 省份 浙江"].value == 0
    assert figures["exact.reports", "受检 省份 江苏"].value == 1


def test_one_agency_alone_cannot_be_divided_by_agency():
    results = [report_of_cells(f"r{year}", "甲局", "浙江", year) for year in (2021, 2022)]
    assert [split.name for split in held_apart.splits_of(results)] == ["年度 2022 起"]
