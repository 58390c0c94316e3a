"""Part 6: what was mended, what was spoilt, what was left open."""

from __future__ import annotations

import pytest

from pipeline.record import Number
from tests.training.evaluation.made import blank, failed, field, report
from tests.training.evaluation.parts.found import figure_of, rows_of, share_of
from training.evaluation.parts.repair import before, is_changed, is_mended, part, was_right, with_injected
from training.evaluation.results import FieldResult


@pytest.mark.parametrize(
    ("one", "right", "changed"),
    [
        (field(3), True, False),
        (field(3, read=8), False, True),
        (field(3, read=8, value=8), False, False),
        (field(3, read=8, value=8, status="inconsistent"), False, False),
        (field(3, read=8, value=None, status="ambiguous"), False, False),
        (field(3, value=8), True, True),
        # A blank that means 0 was right as read, and 0 for it is no change, but anything else is.
        (blank(), True, False),
        (blank(value=4), True, True),
        (blank(value=None), True, False),
        (field(0, gold_printed=None, read=0), True, False),
        (field(0, gold_printed=None, read=5, value=0), False, True),
        # A total left blank that means 12 was not; nor was a 0 that is printed and was not read.
        (blank(12), False, True),
        (blank(12, value=0), False, True),
        (field(0, read=None), False, True),
        # The agency's own error, read as printed.
        (field(12, gold_printed=13, read=13), False, True),
    ],
)
def test_right_as_read_and_changed(one: FieldResult, right: bool, changed: bool) -> None:
    assert was_right(report(one), one) is right
    assert is_changed(report(one), one) is changed


@pytest.mark.parametrize(("gold", "expected"), [(0, 0), (12, None)])
def test_nothing_read_is_zero_only_where_zero_is_meant_and_nothing_is_printed(
    gold: Number, expected: Number | None
) -> None:
    assert before(report(), blank(gold)) == expected
    assert before(report(), field(gold, read=None)) is None
    assert before(report(error="E105"), blank(gold)) is None


def test_each_rate_by_hand() -> None:
    """Ten cells: five right as read, of which one is spoilt and one left open; five wrong as read, of which two are
    put right, one changed to another wrong value, one kept and one left open."""
    cells = [
        field(1), field(2), blank(), field(4, value=5), field(6, value=None, status="ambiguous"),
        field(7, read=1), blank(8), field(9, read=4, value=3), field(10, read=1, value=1),
        field(11, read=None, value=None),
    ]  # fmt: skip

    found = part([report(*cells, field(5, known=False, value=6))])

    # Changed: 4 to 5, 1 to 7, nothing to 8, 4 to 3.
    assert share_of(found, "repair.precision") == (0.5, 4)
    assert share_of(found, "repair.recall") == (pytest.approx(2 / 5), 5)
    assert share_of(found, "repair.harm") == (pytest.approx(1 / 5), 5)
    assert share_of(found, "repair.abstention") == (pytest.approx(2 / 10), 10)


def test_harm_that_never_happened_still_has_a_bound() -> None:
    """None of 20: 1 - 0.05 ** (1 / 20) is 13.9 %."""
    harm = figure_of(part([report(*[field(1)] * 20)]), "repair.harm")

    assert (harm.value, harm.n, harm.better) == (0.0, 20, "low")
    assert harm.high == pytest.approx(1 - 0.05 ** (1 / 20))


def test_without_arithmetic_nothing_is_changed() -> None:
    found = part([report(field(7, read=1, value=1), field(3), arm="no-reconcile")])

    assert share_of(found, "repair.precision", "no-reconcile") == (None, 0)
    assert share_of(found, "repair.recall", "no-reconcile") == (0.0, 1)
    assert share_of(found, "repair.harm", "no-reconcile") == (0.0, 1)


def test_a_report_that_could_not_be_read_is_not_mended_and_not_spoilt() -> None:
    found = part([failed(3, 0)])

    assert share_of(found, "repair.recall") == (0.0, 2)
    assert share_of(found, "repair.harm") == (None, 0)
    assert share_of(found, "repair.abstention") == (1.0, 2)


def test_by_arm_and_kind_of_damage() -> None:
    results = [
        report(field(7, read=1), name="一", groups=("damage digit_misread", "family cells")),
        report(field(7, read=1, value=2), name="二", groups=("damage digit_misread", "damage row_cut")),
        report(field(7), name="三", groups=("undamaged",)),
        report(field(7, read=1, value=1), name="二", arm="smallest-change", groups=("damage row_cut",)),
    ]

    found = part(results)
    table = found.tables[0]

    assert [row[:3] for row in table.rows] == [
        ("规则与模型并用", "损坏 digit_misread", 2),
        ("规则与模型并用", "损坏 row_cut", 1),
        ("规则与模型并用", "损坏 无", 1),
        ("改动最少（同分随机）", "损坏 row_cut", 1),
    ]
    cells = rows_of(table.model_copy(update={"rows": table.rows[:1]}))["规则与模型并用"]
    assert (cells["改动格"], cells["改对"], cells["应改格"], cells["改回"], cells["原对格"]) == (2, 0.5, 2, 0.5, 0)
    assert share_of(found, "repair.precision", "both", "损坏 row_cut") == (0.0, 1)


def test_mended_where_the_fault_is_gone_and_nothing_wrong_would_be_taken() -> None:
    new, done = field(7, read=1), field(3, id="t3.total.natural")
    struck = ("fault digit", "struck t3.new.natural")
    assert is_mended(report(new, done, groups=struck))
    # Left open; taken as read; right, but another cell was spoilt; another cell left open.
    assert not is_mended(report(field(7, read=1, value=None, status="ambiguous"), done, groups=struck))
    assert not is_mended(report(field(7, read=1, value=1), done, groups=struck))
    assert not is_mended(report(new, field(3, id="t3.total.natural", value=4), groups=struck))
    unsure = field(3, id="t3.total.natural", value=None, status="ambiguous")
    assert is_mended(report(new, unsure, groups=struck))


def test_injected_faults_by_hand() -> None:
    """One digit wrong in four reports of two agencies: mended; left open; mended; taken as read. One cell missed."""
    digit = ("fault digit", "struck t3.new.natural", "layout tabs")
    open_ = field(7, read=1, value=None, status="ambiguous")
    cell = field(3, id="t3.total.natural")
    injected = [
        report(field(7, read=1), cell, name="甲/digit-0", agency="甲", groups=digit),
        report(open_, cell, name="甲/digit-1", agency="甲", groups=digit),
        report(field(7, read=1), cell, name="乙/digit-0", agency="乙", groups=digit),
        report(field(7, read=1, value=1), field(3, id="t3.total.natural", value=4), name="乙/digit-1", agency="乙",
               groups=digit),
        report(field(7, read=None), name="甲/missed-0", agency="甲", groups=("fault missed", "struck t3.new.natural")),
        report(open_, name="甲/digit-0", agency="甲", arm="rules", groups=digit),
    ]  # fmt: skip
    published = part([report(field(5), name="丙")])

    found = with_injected(published, injected)

    group = "注入 一位数字错"
    # Changed: twice 1 to 7, and 3 to 4 where it was read rightly.
    assert share_of(found, "repair.precision", group=group) == (pytest.approx(2 / 3), 3)
    assert share_of(found, "repair.recall", group=group) == (pytest.approx(2 / 4), 4)
    assert share_of(found, "repair.harm", group=group) == (pytest.approx(1 / 4), 4)
    assert share_of(found, "repair.abstention", group=group) == (pytest.approx(1 / 8), 8)
    assert share_of(found, "repair.mended", group=group) == (pytest.approx(1 / 2), 4)
    assert share_of(found, "repair.mended", "rules", group) == (0.0, 1)
    assert share_of(found, "repair.mended", group="注入 漏一格") == (1.0, 1)

    assert found.figures[: len(published.figures)] == published.figures
    assert found.tables[0] == published.tables[0]
    assert [row[:4] for row in found.tables[1].rows] == [
        ("一位数字错", "规则与模型并用", 4, 0.5),
        ("一位数字错", "只用规则", 1, 0.0),
        ("漏一格", "规则与模型并用", 1, 1.0),
    ]
    columns = dict(zip(found.tables[1].columns, found.tables[1].rows[0], strict=True))
    assert (columns["改动格"], columns["应改格"], columns["原对格"], columns["不作决定"]) == (3, 4, 4, 1 / 8)
    assert columns["含错而采用的报告"] == 1
