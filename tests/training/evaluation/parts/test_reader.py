"""Part 4: numbers whose place is right."""

from __future__ import annotations

from collections import Counter

import pytest
from sklearn.metrics import confusion_matrix

from tests.training.evaluation.made import blank, field, report
from tests.training.evaluation.parts.found import rows_of, share_of
from training.evaluation.parts.reader import DIGITS, confusions, part


def test_only_numbers_in_their_place_are_counted() -> None:
    """Three numbers stand in their place, two of them read rightly; one of these is decided wrongly, which is not the
    reader's fault."""
    cells = [
        field(12, placed=True), field(7, placed=True, value=8), field(35, read=36, placed=True),
        field(9, read=1, placed=False), field(4, read=5), blank(), field(0, gold_printed=None, read=5, placed=True),
    ]  # fmt: skip

    assert share_of(part([report(*cells)]), "reader.exact") == (pytest.approx(2 / 3), 3)


def test_cells_that_the_gold_knows_only_in_print_are_counted() -> None:
    assert share_of(part([report(field(12, known=False, placed=True))]), "reader.exact") == (1.0, 1)


def test_without_places_there_are_no_tables() -> None:
    assert part([report(field(12))]).tables == ()


def test_kinds_of_misreadings() -> None:
    cells = [
        field(128, read=123, placed=True), field(128, read=12, placed=True), field(128, read=18, placed=True),
        field(12, read=112, placed=True), field(12, read=21, placed=True), field(12, placed=True),
        field(12, read=None, placed=True), field(5, placed=True),
    ]  # fmt: skip

    found = part([report(*cells)])

    assert share_of(found, "reader.replaced") == (pytest.approx(1 / 8), 8)
    assert share_of(found, "reader.lost") == (pytest.approx(2 / 8), 8)
    assert share_of(found, "reader.added") == (pytest.approx(1 / 8), 8)
    assert found.tables[1].columns[2:] == ("读对", "一位读成别的数字", "少读数位", "多读数位", "没有读成数字", "其他")
    assert found.tables[1].rows == (("规则与模型并用", 8, 2, 1, 2, 1, 1, 1),)


def test_splits_by_origin_and_page_images() -> None:
    right, wrong = field(12, placed=True), field(12, read=13, placed=True)
    results = [
        report(right, name="一", groups=("pictures", "level fax")),
        report(wrong, name="二", groups=("pictures", "level web")),
        report(right, name="三", origin="real"),
        report(field(3), name="四", groups=("pictures", "level photo")),
    ]

    rows = rows_of(part(results).tables[0])

    assert {name: row["读对占比"] for name, row in rows.items()} == {
        "来源 生成报告": 0.5, "来源 真实报告": 1.0, "载体 文字": 1.0, "载体 页面图像": 0.5,
        "画质 fax": 1.0, "画质 web": 0.0,
    }  # fmt: skip


def test_confusions_of_digits_are_those_of_the_library() -> None:
    """True digits down, read ones across; what differs in two places, or in length, is left out."""
    pairs = [("8", "3"), ("8", "3"), ("1", "7"), ("0", "6"), ("6", "0")]
    cells = [field(int(f"5{true}2"), read=int(f"5{read}2"), placed=True) for true, read in pairs]
    cells += [field(18, read=81, placed=True), field(18, read=1, placed=True), field(18, read=13, placed=False)]

    table = confusions([report(*cells)])

    expected = confusion_matrix(*zip(*pairs, strict=True), labels=list(DIGITS))
    assert [list(row[1:-1]) for row in table.rows] == expected.tolist()
    assert {row[0]: row[-1] for row in table.rows if row[-1]} == Counter(true for true, _ in pairs)
    assert table.columns[:3] == ("所印", "读作 0", "读作 1")


def test_arms_that_read_nothing_themselves_are_left_out() -> None:
    results = [report(field(1, placed=True), arm=arm) for arm in ("both", "smallest-change")]

    assert {one.arm for one in part(results).figures} == {"both"}
