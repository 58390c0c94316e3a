"""What a reader of the report should know."""

from __future__ import annotations

import pytest

from pipeline.reconcile.findings import change_findings, prose_findings, sum_findings
from pipeline.record import Finding, Number
from pipeline.recover.prose import ProseNumber
from pipeline.template import table
from tests.pipeline.invented import LAYOUTS, decided, rows
from training.examples.report import invent

REPORT = invent("云泽县水务局", 2021, 8)
T3 = {"t3": table("2021", "t3")}


def sums(prints: dict[str, str], table_id: str = "t3") -> list[Finding]:
    return list(sum_findings(decided(LAYOUTS["tabs"](REPORT.with_prints(prints)), table_id)))


@pytest.mark.parametrize("table_id", ["t2", "t3", "t4"])
def test_nothing_where_all_sums_hold(table_id: str) -> None:
    assert sums({}, table_id) == []


def test_each_broken_sum_is_found_with_both_sides() -> None:
    true = int(REPORT.values["t3.total.total"])
    found = sums({"t3.total.total": str(true + 5)})
    assert {finding.difference for finding in found} == {-5}
    assert len(found) == 3
    assert all("已改正：（七）总计·总计" in finding.message for finding in found)
    assert all(finding.clause and finding.level == "inconsistency" for finding in found)


def test_a_blank_breaks_nothing() -> None:
    assert sums({"t3.total.total": ""}) == []


def changes(lines: dict[str, list[object]]) -> list[Finding]:
    text = {"规章": [0, 0, 0], "规范性文件": [0, 0, 0], **lines, "行政事业性收费": [0, 0], "政府集中采购": [0, 0]}
    return list(change_findings(decided(rows(text), "t2", 2020)))  # type: ignore[arg-type]


KEPT: dict[str, list[object]] = {"行政许可": [10, 2, 12], "其他对外管理服务事项": [5, "-1", 4]}


def test_one_row_that_breaks_what_the_others_keep_to() -> None:
    (finding,) = changes({**KEPT, "行政处罚": [100, 90, 200], "行政强制": [0, 0, 0]})
    assert (finding.code, finding.left, finding.right, finding.difference) == ("CHANGE", 190, 200, -10)
    assert finding.fields[0] == "t2.penalty.previous"
    assert "100 加本年增减 +90 应为 190" in finding.message


@pytest.mark.parametrize(
    "lines",
    [
        {**KEPT, "行政处罚": [100, 90, 190], "行政强制": [0, 0, 0]},
        {"行政许可": [10, 2, 300], "其他对外管理服务事项": [5, 1, 60], "行政处罚": [1, 1, 2], "行政强制": [0, 0, 0]},
        {**KEPT, "行政处罚": [100, "", 200], "行政强制": [0, 0, 0]},
    ],
    ids=["all keep to it", "most do not", "not all there"],
)
def test_no_finding_on_changes(lines: dict[str, list[object]]) -> None:
    assert changes(lines) == []


def said(value: Number, *fields: str, strength: str = "exact") -> ProseNumber:
    return ProseNumber(value=value, fields=fields, quote=f"共{value}件", section="一", strength=strength)  # type: ignore[arg-type]


@pytest.mark.parametrize(("strength", "level"), [("exact", "warning"), ("loose", "info")])
def test_prose_that_contradicts_its_table(strength: str, level: str) -> None:
    (finding,) = prose_findings([said(12, "t3.new.total", strength=strength)], {"t3.new.total": 10}, T3)
    assert (finding.level, finding.code, finding.left, finding.right, finding.difference) == (level, "PROSE", 12, 10, 2)
    assert finding.quotes == ("共12件",)


@pytest.mark.parametrize("values", [{"t3.new.total": 12}, {"t3.new.total": None}, {}])
def test_prose_that_agrees_or_cannot_be_checked(values: dict[str, Number | None]) -> None:
    assert list(prose_findings([said(12, "t3.new.total")], values, T3)) == []


def test_prose_on_several_rows_is_held_against_their_sum() -> None:
    fields = ("t3.granted.total", "t3.partial.total")
    values: dict[str, Number | None] = {"t3.granted.total": 10, "t3.partial.total": 3}
    assert list(prose_findings([said(13, *fields)], values, T3)) == []
    (finding,) = prose_findings([said(1234567, *fields)], values, T3)
    assert "正文作 1234567，" in finding.message


def test_what_the_prose_says_twice_is_found_once() -> None:
    twice = [said(12, "t3.new.total"), said(12, "t3.new.total"), said(11, "t3.new.total")]
    assert [finding.left for finding in prose_findings(twice, {"t3.new.total": 10}, T3)] == [12, 11]
