from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.acceptance import needs_look
from pipeline.answered import CODE, answered
from pipeline.answers import CellAnswer, ReportAnswers
from pipeline.reading import read_report
from pipeline.record import Candidate, Field, Finding, Report

EXAMPLE = Path(__file__).parents[2] / "examples" / "csv_form.csv"
PARTS = ("natural", "commercial", "research", "social", "legal", "other_org")
NEW = {column: f"t3.new.{column}" for column in (*PARTS, "total")}
"""145, 1, 7, 5, 5, 5 and 168."""


@pytest.fixture(scope="module")
def report() -> Report:
    found = read_report(EXAMPLE)
    assert [found.fields[NEW[column]].value for column in (*PARTS, "total")] == [145, 1, 7, 5, 5, 5, 168]
    return found


def with_open(report: Report, candidates: dict[str, tuple[int | None, ...]]) -> Report:
    """The fields not settled, the values given being what they could be."""
    opened: dict[str, Field] = {}
    for field, values in candidates.items():
        could_be = tuple(Candidate(value=value, cost=0.0) for value in values)
        opened[field] = report.fields[field].model_copy(
            update={"value": None, "status": "ambiguous", "confidence": 0.5, "candidates": could_be}
        )
    return report.model_copy(update={"fields": {**report.fields, **opened}, "status": "review"})


def answer(field: str, number: int | None, **more: object) -> CellAnswer:
    told: dict[str, object] = {
        "field": field, "verdict": "corrected", "kind": "number", "printed": number, "value": number,
        "annotator": "甲", "at": "2026-11-23T08:00:00Z",
    }  # fmt: skip
    return CellAnswer.model_validate(told | more)


def put_in(report: Report, *answers: CellAnswer) -> Report:
    return answered(report, ReportAnswers(sha256=report.sha256).with_answers(answers))


def test_nothing_answered_changes_nothing(report: Report) -> None:
    assert put_in(report) is report


def test_an_answer_counts_and_what_was_read_stays(report: Report) -> None:
    made = put_in(with_open(report, {NEW["natural"]: (145, 146)}), answer(NEW["natural"], 145))
    field = made.fields[NEW["natural"]]
    assert (field.value, field.status, field.printed, field.candidates) == (145, "read", "145", ())
    assert field.support[-1] == "annotator"
    assert field.source is not None
    assert [look.reader for look in field.source.looks][-1] == "annotator:甲"
    assert field.source.text == report.fields[NEW["natural"]].source.text
    assert "甲" in made.ledger[NEW["natural"]].sentence
    assert "2026-11-23" in made.ledger[NEW["natural"]].sentence
    assert made.status == "clean"
    assert not needs_look(field)


def test_what_follows_is_settled(report: Report) -> None:
    # Two cells of the row open: one answer settles both.
    opened = with_open(report, {NEW["natural"]: (145, 144), NEW["total"]: (168, 167)})
    made = put_in(opened, answer(NEW["natural"], 145))
    total = made.fields[NEW["total"]]
    assert (total.value, total.status) == (168, "read")
    assert {"arithmetic", "annotator"} <= set(total.support)
    assert made.ledger[NEW["total"]].rules
    assert made.status == "clean"


def test_where_a_number_was_seen_the_last_cell_does_not_become_0(report: Report) -> None:
    rows = [field.split(".")[1] for field, one in report.fields.items() if field.startswith("t3.") and not one.value]
    row = next(row for row in rows if not report.fields[f"t3.{row}.total"].value)
    natural, total = f"t3.{row}.natural", f"t3.{row}.total"
    opened = with_open(report, {natural: (0, 1), total: (0, 1)})
    nothing = answer(total, 0, task="overview")
    assert put_in(opened, nothing).fields[natural].value == 0
    # The same person saw that in that row there is a number.
    left_open = answer(natural, None, verdict="number_seen", kind=None, task="overview")
    assert put_in(opened, nothing, left_open).fields[natural].status == "ambiguous"
    # An overview that told nothing saw nothing there.
    elsewhere = left_open.model_copy(update={"verdict": "left_open"})
    assert put_in(opened, nothing, elsewhere).fields[natural].value == 0


def test_what_would_be_no_candidate_stays_open(report: Report) -> None:
    opened = with_open(report, {NEW["natural"]: (145, 144), NEW["total"]: (268, 267)})
    made = put_in(opened, answer(NEW["natural"], 145))
    assert made.fields[NEW["total"]].status == "ambiguous"
    assert made.status == "review"


def test_what_people_did_not_touch_is_not_settled(report: Report) -> None:
    opened = with_open(report, {NEW["total"]: (168, 167), "t4.review.upheld": (0, 1)})
    made = put_in(opened, answer("t4.review.upheld", report.fields["t4.review.upheld"].value or 0))
    assert made.fields[NEW["total"]].status == "ambiguous"


def test_where_the_program_says_something_else(report: Report) -> None:
    made = put_in(report, answer(NEW["natural"], 143))
    assert made.fields[NEW["natural"]].value == 143
    told = [finding for finding in made.findings if finding.code == CODE]
    assert [(one.left, one.right, one.fields) for one in told] == [(143, 145, (NEW["natural"],))]
    assert "143" in told[0].message
    assert "145" in told[0].message
    # The arithmetic flags it and overrules nobody.
    broken = [rule for rule, result in made.rules.items() if result.decided == "fails"]
    assert broken
    assert all(report.rules[rule].decided == "holds" for rule in broken)


def of_table_4(report: Report, **said: tuple[str, int | None]) -> Report:
    """未经复议直接起诉: the status and value of some cells."""
    changed = {
        f"t4.litigation_direct.{column}": report.fields[f"t4.litigation_direct.{column}"].model_copy(
            update={
                "status": status, "value": value, "kind": "blank" if status == "inferred" else "number",
                "printed": None if status == "inferred" else str(value),
            }
        )
        for column, (status, value) in said.items()
    }
    return report.model_copy(update={"fields": {**report.fields, **changed}})


def test_what_was_inferred_from_a_wrong_total_is_inferred_anew(report: Report) -> None:
    wrong = of_table_4(
        report, upheld=("read", 0), corrected=("read", 0), pending=("read", 0), other=("inferred", 5), total=("read", 5)
    )
    other = "t4.litigation_direct.other"
    made = put_in(wrong, answer("t4.litigation_direct.total", 0))
    assert (made.fields[other].value, made.fields[other].status) == (0, "inferred")
    assert all(result.decided == "holds" for rule, result in made.rules.items() if "litigation_direct" in rule)
    # The same where somebody saw that it is blank.
    blank = answer(other, None, kind="blank")
    assert put_in(wrong, answer("t4.litigation_direct.total", 0), blank).fields[other].value == 0
    # And where it is right it is surer than before.
    assert put_in(wrong, blank).fields[other].value == 5
    assert put_in(wrong, blank).fields[other].confidence > 0.98


def test_what_never_held_and_an_answer_breaks_needs_a_look(report: Report) -> None:
    read = of_table_4(
        report, upheld=("read", 1), corrected=("read", 0), pending=("read", 0), other=("ambiguous", None),
        total=("read", 5),
    )  # fmt: skip
    read = read.model_copy(
        update={
            "rules": {
                rule: result.model_copy(update={"decided": "not assessable"}) if "litigation_direct" in rule else result
                for rule, result in read.rules.items()
            }
        }
    )
    made = put_in(read, answer("t4.litigation_direct.other", 2))
    opened = {field for field, one in made.fields.items() if needs_look(one)}
    assert opened == {f"t4.litigation_direct.{column}" for column in ("upheld", "corrected", "pending", "total")}
    assert made.status == "review"


def test_a_report_that_an_answer_contradicts_is_not_taken_as_a_whole(report: Report) -> None:
    assert put_in(report, answer(NEW["natural"], 143)).status == "inconsistent"


def test_an_empty_table_is_no_table_of_zeros(report: Report) -> None:
    opened = with_open(report, {field: () for field in report.fields if field.startswith("t3.")})
    blank = [answer(field, None, kind="blank") for field in report.fields if field.startswith("t3.")]
    assert {one.value for field, one in put_in(opened, *blank).fields.items() if field.startswith("t3.")} == {None}
    # With one number in it the blanks mean 0.
    number = [answer(field, 4) for field in ("t3.new.natural", "t3.new.total", "t3.carried_out.natural")]
    filled = put_in(opened, *(one for one in blank if one.field not in {each.field for each in number}), *number)
    assert filled.fields["t3.new.legal"].value == 0


def test_a_number_seen_where_the_program_read_0_opens_it(report: Report) -> None:
    rows = [field.split(".")[1] for field, one in report.fields.items() if field.startswith("t3.") and not one.value]
    row = next(row for row in rows if not report.fields[f"t3.{row}.total"].value)
    seen = [
        answer(f"t3.{row}.{column}", None, verdict="number_seen", kind=None, task="k")
        for column in ("natural", "total")
    ]
    made = put_in(report, *seen)
    assert {field for field, one in made.fields.items() if needs_look(one)} == {one.field for one in seen}
    # Nothing that spoke for the 0 is left, so that the cells are asked about.
    assert not {"arithmetic", "annotator"} & {one for answer in seen for one in made.fields[answer.field].support}


def test_where_they_agree_nothing_is_told(report: Report) -> None:
    made = put_in(report, answer(NEW["natural"], 145, verdict="ok"))
    assert CODE not in {finding.code for finding in made.findings}


def test_the_source_is_wrong(report: Report) -> None:
    wrong = answer(NEW["natural"], 145, verdict="source_wrong", value=None)
    made = put_in(report, wrong)
    field = made.fields[NEW["natural"]]
    assert (field.printed, field.value, field.status) == ("145", None, "inconsistent")
    assert made.status == "inconsistent"
    meant = put_in(report, answer(NEW["natural"], 145, verdict="source_wrong", value=143)).fields[NEW["natural"]]
    assert (meant.printed, meant.value, meant.status) == ("145", 143, "repaired")


@pytest.mark.parametrize(("kind", "printed"), [("blank", None), ("dash", "-")])
def test_nothing_is_printed_there(report: Report, kind: str, printed: str | None) -> None:
    lone = "t2.licensing.decisions"
    field = put_in(with_open(report, {lone: (7, None)}), answer(lone, None, kind=kind)).fields[lone]
    assert (field.printed, field.kind, field.value, field.status) == (printed, kind, None, "missing")
    assert not needs_look(field)
    # Where the equalities tell what it stands for, it has that value.
    opened = with_open(report, {NEW["research"]: (7, None)})
    field = put_in(opened, answer(NEW["research"], None, kind=kind)).fields[NEW["research"]]
    assert (field.printed, field.kind, field.value, field.status) == (printed, kind, 7, "inferred")


def test_numbers_for_which_nothing_is_left_are_zero(report: Report) -> None:
    # 0 + 0 + 0 + 0 + 0 + 0 = 0
    row = {column: f"t3.granted.{column}" for column in (*PARTS, "total")}
    assert all(report.fields[field].value == 0 for field in row.values())
    made = put_in(with_open(report, dict.fromkeys(row.values(), (0, 3))), answer(row["total"], 0))
    assert [made.fields[row[column]].value for column in PARTS] == [0] * 6
    assert made.status in ("clean", "repaired")
    # Where something is left nobody can say whose it is.
    made = put_in(with_open(report, dict.fromkeys(row.values(), (0, 3))), answer(row["total"], 3))
    assert {made.fields[row[column]].status for column in PARTS} == {"ambiguous"}


def test_nobody_can_read_it(report: Report) -> None:
    opened = with_open(report, {NEW["research"]: (7, 1)})
    made = put_in(opened, answer(NEW["research"], None, verdict="unreadable", kind=None))
    assert made.fields[NEW["research"]] == opened.fields[NEW["research"]]
    assert "无法辨认" in made.ledger[NEW["research"]].sentence


def test_a_sum_that_only_a_reader_broke(report: Report) -> None:
    misread = report.fields[NEW["natural"]].model_copy(update={"printed": "146", "value": 146})
    row = tuple(NEW[column] for column in (*PARTS, "total"))
    finding = Finding(level="inconsistency", code="SUM", message="不成立", fields=row)
    broken = report.model_copy(
        update={"fields": {**report.fields, NEW["natural"]: misread}, "findings": (*report.findings, finding)}
    )
    made = put_in(broken, answer(NEW["natural"], 145))
    assert finding not in made.findings
    assert put_in(broken, answer(NEW["natural"], 144)).findings[: len(broken.findings)] == broken.findings
