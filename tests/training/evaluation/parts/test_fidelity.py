"""Part 7: prints that contradict themselves."""

from __future__ import annotations

import pytest

from tests.training.evaluation.made import blank, failed, field, report
from tests.training.evaluation.parts.found import figure_of, share_of
from training.evaluation.parts.fidelity import fields_in_doubt, is_left, is_rewritten_wrongly, part

REVIEW, DIRECT = "t4.review.results", "t4.litigation_direct.results"
UPHELD, OTHER, TOTAL = "t4.review.upheld", "t4.review.other", "t4.review.total"


def test_the_fields_of_an_equality_that_print_a_number() -> None:
    cells = [field(1, id=UPHELD), blank(id=OTHER), field(3, id=TOTAL), field(9, id="t4.litigation_direct.total")]

    found = fields_in_doubt(report(*cells, source_inconsistent=(REVIEW,)))

    assert [one.field for one in found] == [UPHELD, TOTAL]
    assert fields_in_doubt(report(*cells, source_inconsistent=("t9.none",))) == []


@pytest.mark.parametrize(
    ("id", "equality"), [("t3.other.legal", "t3.legal.outcomes"), ("t3.other_misc.legal", "t3.legal.outcomes")]
)
def test_an_equality_of_two_forms_has_the_fields_of_both(id: str, equality: str) -> None:
    assert len(fields_in_doubt(report(field(1, id=id), source_inconsistent=(equality,)))) == 1


def test_left_as_printed_or_rewritten() -> None:
    kept = field(1, known=False)
    open_ = field(1, known=False, value=None, status="ambiguous")
    doubted = field(1, known=False, status="inconsistent")
    mended = field(5, gold_printed=6)
    spoilt = field(5, gold_printed=6, value=7)
    guessed = field(6, known=False, value=7)

    assert [is_left(one) for one in (kept, open_, doubted, mended, spoilt, guessed)] == [True] * 3 + [False] * 3
    assert [is_rewritten_wrongly(one) for one in (kept, open_, doubted, mended, spoilt, guessed)] == [
        False, False, False, False, True, True,
    ]  # fmt: skip


def test_each_rate_by_hand() -> None:
    """Three equalities are broken in print, of which two are named, and a fourth is named that holds. Of the five
    printed numbers in them three are left: two of the equality that is named, and one, of that which is not, whose
    status says nothing. Of the two others one is put right and one is not."""
    results = [
        report(
            field(1, id=UPHELD, known=False), field(3, id=TOTAL, known=False, status="inconsistent"),
            field(2, id="t4.litigation_direct.upheld", known=False),
            field(5, id="t4.litigation_direct.total", gold_printed=6),
            name="一", source_inconsistent=(REVIEW, DIRECT), flagged=(REVIEW, "t3.new.applicants"),
        ),
        report(
            field(4, id=TOTAL, known=False, value=8), name="二", agency="乙",
            source_inconsistent=(REVIEW,), flagged=(REVIEW,),
        ),
    ]  # fmt: skip

    found = part(results)

    assert share_of(found, "fidelity.found") == (pytest.approx(2 / 3), 3)
    assert share_of(found, "fidelity.flags_right") == (pytest.approx(2 / 3), 3)
    assert share_of(found, "fidelity.left") == (pytest.approx(3 / 5), 5)
    assert share_of(found, "fidelity.labelled") == (pytest.approx(2 / 5), 5)
    assert share_of(found, "fidelity.rewritten_wrongly") == (pytest.approx(1 / 5), 5)
    assert (figure_of(found, "fidelity.rewritten_wrongly").high or 0) > 0.2
    assert share_of(found, "fidelity.false_alarms") == (None, 0)


def test_false_alarms_are_counted_over_prints_without_contradiction_that_were_read() -> None:
    results = [
        report(field(1), name="一"), report(field(1), name="二", flagged=(REVIEW,)), failed(1, name="三"),
        report(field(1), name="四", source_inconsistent=(REVIEW,), flagged=(DIRECT,)),
    ]  # fmt: skip

    found = figure_of(part(results), "fidelity.false_alarms")

    assert (found.value, found.n, found.better) == (0.5, 2, "low")


def test_a_report_that_could_not_be_read_names_nothing() -> None:
    lost = failed(1).model_copy(update={"source_inconsistent": (REVIEW,)})

    assert share_of(part([lost]), "fidelity.found") == (0.0, 1)


def test_the_reports_are_listed_arm_by_arm() -> None:
    results = [
        report(
            field(1, id=UPHELD, known=False), field(2, id=TOTAL, known=False, value=1), name="一", agency="",
            source_inconsistent=(DIRECT, REVIEW), flagged=(REVIEW, "t3.new.applicants"),
            status="inconsistent", year=None,
        ),
        report(field(1), name="二"),
        report(field(1), name="一", arm="rules", flagged=(DIRECT,)),
    ]  # fmt: skip

    assert part(results).tables[0].rows == (
        ("规则与模型并用", "一", "不详", "不详", REVIEW, DIRECT, "t3.new.applicants", 1, 2, "原文自相矛盾"),
        ("只用规则", "一", "甲市财政局", "2021", "", "", DIRECT, 0, 0, "无误"),
    )
