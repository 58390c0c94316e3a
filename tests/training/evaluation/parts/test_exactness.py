"""Part 1, on reports whose faults can be counted at a glance."""

from __future__ import annotations

import pytest

from pipeline.record import Kind
from tests.training.evaluation.made import blank, failed, field, report
from tests.training.evaluation.parts.found import figure_of, rows_of, share_of
from training.evaluation.parts.exactness import is_exact, is_kind_right, part


def test_a_number_is_found_where_one_is_printed_and_none_where_none_is() -> None:
    assert is_kind_right(field(3))
    assert is_kind_right(blank())
    assert is_kind_right(field(0, gold_printed=None, read=None, printed="/", kind="dash"))
    assert is_kind_right(field(0, gold_printed=None, read=None, kind="absent"))
    assert is_kind_right(field(0, gold_printed=None, read=None, kind="number"))
    assert not is_kind_right(field(0, gold_printed=None, read=0))
    assert not is_kind_right(field(3, read=None))
    assert not is_kind_right(field(3, read=None, printed="工", kind="unread"))


@pytest.mark.parametrize("kind", ["blank", "dash", "absent", "unread", "number"])
def test_where_the_gold_tells_a_blank_only_a_blank_will_do(kind: Kind) -> None:
    printed = {"dash": "/", "number": "0"}.get(kind)
    one = field(0, gold_printed=None, gold_kind="blank", read=None, printed=printed, kind=kind)

    assert is_kind_right(one) == (kind == "blank")
    assert is_kind_right(one.model_copy(update={"gold_kind": "dash"})) == (kind == "dash")
    assert is_kind_right(one.model_copy(update={"gold_kind": None})) == (kind != "number")
    assert is_exact(report(field(3), one)) == (kind == "blank")


def test_a_number_that_the_gold_tells_is_a_number() -> None:
    assert is_kind_right(field(3, gold_kind="number"))
    assert not is_kind_right(field(3, gold_kind="number", read=None, kind="blank"))


def test_values_may_all_be_right_where_a_kind_is_wrong() -> None:
    """Of three reports one is right in all, one found a 0 where nothing is printed, one has a wrong value."""
    results = [
        report(field(3), blank(), name="一"),
        report(field(3), field(0, gold_printed=None, read=0), name="二"),
        report(field(3), field(4, value=5), name="三"),
    ]

    found = part(results)

    assert share_of(found, "exact.reports") == (pytest.approx(1 / 3), 3)
    assert share_of(found, "exact.values") == (pytest.approx(2 / 3), 3)


def test_fields_that_the_gold_does_not_know_count_neither_way() -> None:
    unknown = field(7, known=False, value=9)

    assert is_exact(report(field(3), unknown))
    assert share_of(part([report(unknown), report(field(3), name="二")]), "exact.reports") == (1.0, 1)


def test_a_report_that_could_not_be_read_is_wrong() -> None:
    assert share_of(part([failed(3, name="一"), report(field(3), name="二")]), "exact.reports") == (0.5, 2)


def test_every_agency_weighs_the_same() -> None:
    """甲 has three exact reports, 乙 one that is not: half, and not three quarters."""
    results = [report(field(1), name=name, agency="甲") for name in "一二三"]
    results.append(report(field(1, value=2), name="四", agency="乙"))

    found = figure_of(part(results), "exact.reports")

    assert (found.value, found.n, found.of, found.unit) == (0.5, 4, "份报告", "share")
    assert (found.low, found.high) == (0.0, 1.0)


def test_arms_each_have_their_figures_and_splits_are_of_the_first() -> None:
    results = [report(field(1, value=2), arm="rules"), report(field(1), arm="both")]

    found = part(results)

    assert share_of(found, "exact.reports", "both") == (1.0, 1)
    assert share_of(found, "exact.reports", "rules") == (0.0, 1)
    assert {one.arm for one in found.figures if one.group != "全部"} == {"both"}


def test_splits_by_year_province_origin_and_groups() -> None:
    results = [
        report(field(1), name="一", agency="甲", year=2020, groups=("damage row_cut", "layout pipes")),
        report(field(1, value=2), name="二", agency="乙", year=2021, groups=("damage row_cut",)),
        report(field(1), name="三", agency="丙", year=None, province="", origin="real"),
    ]

    found = part(results)
    rows = rows_of(found.tables[0])

    assert list(rows) == [
        "年份 2020", "年份 2021", "年份 不详", "省份 不详", "省份 浙江", "来源 生成报告", "来源 真实报告",
        "损坏 row_cut", "版式 pipes",
    ]  # fmt: skip
    assert rows["损坏 row_cut"] == {"分组": "损坏 row_cut", "报告数": 2, "全对占比": 0.5, "下限": 0.0, "上限": 1.0}
    assert rows["来源 真实报告"] == {
        "分组": "来源 真实报告", "报告数": 1, "全对占比": 1.0, "下限": None, "上限": None,
    }  # fmt: skip
    assert share_of(found, "exact.reports", group="损坏 row_cut") == (0.5, 2)


def test_agencies_with_most_faulty_reports_come_first() -> None:
    results = [
        report(field(1), field(1), name="一", agency="甲"),
        report(field(1), field(1, value=2), name="二", agency="乙"),
        report(field(1), field(1), name="三", agency="乙"),
    ]

    assert part(results).tables[1].rows == (("乙", "浙江", 2, 1, 0.5, 0.75), ("甲", "浙江", 1, 0, 1.0, 1.0))


def test_without_reports_there_are_no_figures() -> None:
    assert part([]).figures == ()
