from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.training.evaluation.made import report_of_cells as report
from training.evaluation.results import ReportResult
from training.evaluation.splits import Split, agency_of, by_agency, by_province, later_years, without_shared

PROVINCES = ["浙江", "江苏", "湖南", "四川", "山东", "河北", "甘肃"]


def corpus(provinces: Sequence[str] = PROVINCES) -> list[ReportResult]:
    """Three agencies a province, with one, two and three reports; the last ones are of the later years."""
    return [
        report(f"{province}{agency}-{year}", f"{province}{agency}", province, year)
        for province in provinces
        for agency, years in (("甲局", (2023,)), ("乙局", (2022, 2023)), ("丙局", (2020, 2021, 2022)))
        for year in years
    ]


def sides(results: Sequence[ReportResult], split: Split) -> tuple[set[str], set[str]]:
    return {agency_of(results[at]) for at in split.train}, {agency_of(results[at]) for at in split.test}


def test_a_report_of_an_unknown_agency_stands_for_itself() -> None:
    assert agency_of(report("r1", "甲局")) == agency_of(report("r2", "甲局")) == "甲局"
    assert agency_of(report("r3")) == "r3"


@pytest.mark.parametrize("split", [by_agency, by_province])
def test_no_agency_is_on_both_sides_and_all_are_tested_once(
    split: Callable[[Sequence[ReportResult]], list[Split]],
) -> None:
    results = corpus()
    found = split(results)
    assert len(found) == 5
    assert sorted(at for one in found for at in one.test) == list(range(len(results)))
    for one in found:
        train, test = sides(results, one)
        assert train and test and not train & test
        assert sorted((*one.train, *one.test)) == list(range(len(results)))


def test_who_is_tested_together_does_not_hang_on_the_order() -> None:
    results = corpus()
    other = results[::-1]
    assert [sides(results, one) for one in by_agency(results)] == [sides(other, one) for one in by_agency(other)]


def test_fewer_agencies_than_folds() -> None:
    results = [report("r1", "甲局"), report("r2", "乙局"), report("r3", "甲局")]
    assert [one.name for one in by_agency(results)] == ["机关 1/2", "机关 2/2"]
    assert sorted(one.test for one in by_agency(results)) == [(0, 2), (1,)]
    assert by_agency(results[:1]) == by_agency([]) == []


def test_no_province_is_on_both_sides() -> None:
    results = corpus()
    for one in by_province(results):
        train = {results[at].province for at in one.train}
        test = {results[at].province for at in one.test}
        assert not train & test
        assert one.name == "省份 " + "、".join(sorted(test))


def test_few_provinces_are_left_out_one_by_one() -> None:
    results = corpus(["浙江", "江苏"])
    assert [(one.name, len(one.test)) for one in by_province(results)] == [("省份 江苏", 6), ("省份 浙江", 6)]
    assert by_province(corpus(["浙江"])) == by_province([]) == []


def test_an_agency_goes_one_way_though_its_reports_do_not_agree_on_the_province() -> None:
    results = [
        report("r0", "甲局", "浙江"),
        report("r1", "甲局", ""),
        report("r2", "甲局", "江苏"),
        report("r3", "甲局", "浙江"),
        report("r4", "乙局", "江苏"),
        report("r5", "丙局", ""),
        report("r6", "", "江苏"),
    ]
    # 丙局 may be of either province.
    assert by_province(results) == [
        Split("省份 江苏", train=(0, 1, 2, 3), test=(4, 6)),
        Split("省份 浙江", train=(4, 6), test=(0, 1, 2, 3)),
    ]


def test_the_latest_year_that_leaves_enough() -> None:
    years = [2019, 2019, 2020, None, 2020, 2021, 2021, 2022, 2019, 2020, 2021]
    results = [report(f"r{at}", f"{at}局", year=year) for at, year in enumerate(years)]
    # Of ten with a year one is of 2022 and four of 2021 on.
    assert later_years(results, 0.1) == Split("年度 2022 起", (0, 1, 2, 4, 5, 6, 8, 9, 10), (7,))
    assert later_years(results) == Split("年度 2021 起", (0, 1, 2, 4, 8, 9), (5, 6, 7, 10))
    assert later_years(results, 0.4) == later_years(results)
    assert later_years(results, 0.41) == Split("年度 2020 起", (0, 1, 8), (2, 4, 5, 6, 7, 9, 10))
    assert later_years(results, 0.8) is None
    assert later_years([report("r1", year=2020), report("r2", year=2020)]) is None
    assert later_years([report("r1")]) is None


def test_agencies_on_both_sides_of_the_years_can_be_left_out() -> None:
    results = corpus()
    split = later_years(results)
    assert split is not None and split.name == "年度 2023 起"
    train, test = sides(results, split)
    assert train & test == {f"{province}乙局" for province in PROVINCES}
    train, test = sides(results, without_shared(results, split))
    assert not train & test
    assert train == {f"{province}丙局" for province in PROVINCES}
    assert without_shared(results, split).test == split.test
