from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.answers import CellAnswer, ReportAnswers, all_answers, disputed, final, load_answers, path_of
from pipeline.errors import GoujiError

SHA = "ab" + "0" * 62


def said(who: str, number: int | None, day: int = 1, **more: object) -> CellAnswer:
    told: dict[str, object] = {
        "field": "t3.new.total", "verdict": "corrected", "kind": "number", "printed": number, "value": number,
        "annotator": who, "at": f"2026-11-{day:02d}T08:00:00Z", "task": "k",
    }  # fmt: skip
    return CellAnswer.model_validate(told | more)


def of(*answers: CellAnswer) -> ReportAnswers:
    return ReportAnswers(sha256=SHA).with_answers(answers)


def test_one_answer_counts() -> None:
    assert final(of(said("甲", 5)))["t3.new.total"].value == 5


def test_two_who_agree() -> None:
    found = of(said("甲", 5), said("乙", 5, 2))
    assert final(found)["t3.new.total"].value == 5
    assert disputed(found) == {}


def test_two_who_disagree_settle_nothing() -> None:
    found = of(said("甲", 5), said("乙", 6, 2))
    assert final(found) == {}
    assert [one.value for one in disputed(found)["t3.new.total"]] == [5, 6]


def test_adjudication_settles_it() -> None:
    found = of(said("甲", 5), said("乙", 6, 2), said("丙", 7, 3, adjudicates=True))
    assert final(found)["t3.new.total"].value == 7
    assert disputed(found) == {}


def test_who_could_read_it_knows_more() -> None:
    unreadable = said("乙", None, 2, verdict="unreadable", kind=None)
    assert final(of(said("甲", 5), unreadable))["t3.new.total"].value == 5
    assert final(of(unreadable))["t3.new.total"].verdict == "unreadable"


def test_a_person_who_thinks_again() -> None:
    found = of(said("甲", 5), said("甲", 6, 2))
    assert len(found.answers) == 1
    assert final(found)["t3.new.total"].value == 6
    # An older copy of the same answer does not come back.
    assert found.with_answers([said("甲", 5)]) == found


def left_open(who: str, day: int = 1, task: str = "k", verdict: str = "number_seen") -> CellAnswer:
    return said(who, None, day, verdict=verdict, kind=None, task=task)


def test_what_an_overview_left_open_settles_nothing_and_disputes_nothing() -> None:
    assert (final(of(left_open("甲"))), disputed(of(left_open("甲")))) == ({}, {})
    later = of(left_open("甲"), said("甲", 3, 2, task="cells"), left_open("乙", 3))
    assert final(later)["t3.new.total"].value == 3
    assert disputed(later) == {}


def test_one_saw_a_number_where_another_saw_none() -> None:
    nothing = said("乙", None, 2, kind="blank")
    found = of(left_open("甲"), nothing)
    assert final(found) == {}
    assert {one.annotator for one in disputed(found)["t3.new.total"]} == {"甲", "乙"}
    # Who could not tell denies nothing.
    assert disputed(of(left_open("甲", verdict="left_open"), nothing)) == {}
    settled = of(left_open("甲"), nothing, said("丙", 4, 3, task="judge", adjudicates=True))
    assert final(settled)["t3.new.total"].value == 4
    # Whoever left it open and then saw a number elsewhere has said which.
    assert [one.value for one in disputed(of(left_open("甲"), nothing, said("甲", 4, 3, task="x")))["t3.new.total"]]


def test_all_of_a_row_is_said_to_hold_nothing_where_a_number_was_seen() -> None:
    """Numbers in the rows of 新收 and 总计, of natural persons and in all: four cells, and none of them a number."""
    fields = [f"t3.{row}.{column}" for row in ("new", "total") for column in ("natural", "total")]
    seen = [left_open("甲").model_copy(update={"field": field}) for field in fields]
    blank = [said("乙", None, 2, kind="blank", task="cells", field=field) for field in fields]
    # As long as one of the row and of the column is not answered the number may be there.
    assert disputed(of(*seen, blank[0])) == {}
    assert set(disputed(of(*seen, *blank[:2]))) == set(fields[:2])
    assert set(disputed(of(*seen, *blank))) == set(fields)
    assert final(of(*seen, *blank)) == {}
    judged = [said("丙", 3, 3, adjudicates=True, task="judge", field=field) for field in fields]
    assert disputed(of(*seen, *blank, *judged)) == {}
    # Whoever saw it may think again.
    assert disputed(of(*seen, *(one.model_copy(update={"annotator": "甲"}) for one in blank))) == {}


@given(st.permutations([said("甲", 5), said("乙", 6, 2), said("乙", 5, 3), said("丙", 5, 4, task="other")]))
def test_the_order_in_which_they_come_does_not_matter(given_: list[CellAnswer]) -> None:
    one = ReportAnswers(sha256=SHA)
    for answer in given_:
        one = one.with_answers([answer])
    assert one.to_bytes() == of(*given_).to_bytes()
    assert final(one)["t3.new.total"].value == 5


def test_kept_beside_the_outcomes(tmp_path) -> None:
    assert load_answers(tmp_path, SHA) == ReportAnswers(sha256=SHA)
    path = path_of(tmp_path, SHA)
    path.parent.mkdir(parents=True)
    path.write_bytes(of(said("甲", 5)).to_bytes())
    assert load_answers(tmp_path, SHA) == of(said("甲", 5))
    assert all_answers(tmp_path) == [of(said("甲", 5))]


def test_what_is_no_answer_is_told(tmp_path) -> None:
    path = path_of(tmp_path, SHA)
    path.parent.mkdir(parents=True)
    path.write_text('{"schema": 1}', encoding="utf-8")
    with pytest.raises(GoujiError, match="E305"):
        load_answers(tmp_path, SHA)
