from __future__ import annotations

import pytest

from annotations.select.settling import suppose, worthiest
from annotations.select.suspects import likely_values, lost_tables, suspects
from annotations.select.zeros import ZeroShares, zeros_of_reports
from pipeline.acceptance import needs_look
from pipeline.record import Candidate
from tests.annotations.select.made import LONE, no_idea, settings, unread, with_open
from tests.pipeline.show.reports import clean_report, every_status, with_field


def test_a_total_that_settles_two_others_is_worth_more_than_a_lone_cell() -> None:
    three = {"t3.new.total": (45, 46), "t3.new.natural": (41, 42), "t3.total.total": (44, 45)}
    report = with_open(clean_report(), {LONE: (1286, 1288), **three})
    asked = [cell for _, cell in worthiest(report, (), settings(), no_idea())]
    assert asked[-1].field == LONE
    assert asked[-1].worth == pytest.approx(1.0)
    # One of the three of table 3 is enough, whichever.
    assert len(asked) == 2
    assert asked[0].field.startswith("t3.")
    assert asked[0].worth > 1.5


def test_what_is_counted_as_settled_is_settled_by_an_answer() -> None:
    report = with_open(clean_report(), {"t3.new.total": (45, 46), "t3.new.natural": (41, 42)})
    asked = [one.field for one, _ in worthiest(report, (), settings(), no_idea())]
    assert len(asked) == 1
    after = suppose(report, asked[0], {"t3.new.total": 45, "t3.new.natural": 41}[asked[0]])
    assert not any(needs_look(field) for field in after.fields.values())


def test_no_more_cells_than_a_task_holds_and_none_twice() -> None:
    fields = [f"t2.{name}" for name in ("rules.issued", "rules.repealed", "normative.issued", "coercion.decisions")]
    report = unread(clean_report(), *fields)
    asked = [cell.field for _, cell in worthiest(report, (), settings(cells_a_task=3), no_idea())]
    assert len(asked) == len(set(asked)) == 3
    rest = [cell.field for _, cell in worthiest(report, asked, settings(cells_a_task=3), no_idea())]
    assert sorted(asked + rest) == sorted(fields)


def test_accepted_cells_are_asked_only_where_they_earn_it() -> None:
    doubtful = with_field(clean_report(), LONE, confidence=0.985)
    assert not list(suspects(doubtful, (), settings()))
    assert [one.field for one in suspects(doubtful, (), settings(least_a_minute=0.14))] == [LONE]


def test_what_breaks_a_sum_is_asked_though_no_single_cell_promises_much() -> None:
    report = clean_report()
    for column in ("upheld", "corrected", "total"):
        report = with_field(report, f"t4.review.{column}", status="inconsistent", confidence=0.97)
    found = [cell.field for _, cell in worthiest(report, (), settings(least_a_minute=60.0), no_idea())]
    assert sorted(found) == ["t4.review.corrected", "t4.review.total", "t4.review.upheld"]


def test_a_lost_table_is_dear_and_uncertain() -> None:
    report = clean_report()
    for field_id in report.fields:
        if field_id.startswith("t4."):
            report = with_field(report, field_id, status="missing", kind="absent", value=None, confidence=0.0)
    report = with_open(report, {LONE: (1, 2)})
    assert lost_tables(report) == {"t4"}
    asked = [one for one, _ in worthiest(report, (), settings(), no_idea())]
    assert asked[0].field == LONE
    assert asked[1].seconds == settings().seconds_a_lost_cell
    assert asked[1].answerable == settings().lost_is_there


def test_what_a_person_said_is_no_suspect() -> None:
    report = with_field(every_status(), "t4.review.total", support=("reader", "annotator"))
    found = {one.field for one in suspects(report, {"t2.coercion.decisions"}, settings())}
    assert found == {"t3.denied_law.research", "t3.denied_law.social", "t3.partial.natural"} & found
    assert "t3.denied_law.research" in found


def test_likely_values_weigh_cost_and_how_often_a_field_is_zero() -> None:
    field = every_status().fields["t3.denied_law.research"]
    often = dict(likely_values("x", field, ZeroShares({"x": (990, 1000)}, settings())))
    seldom = dict(likely_values("x", field, ZeroShares({"x": (10, 1000)}, settings())))
    assert often[0] > 0.98
    assert seldom[0] < 0.1
    assert sum(often.values()) == pytest.approx(1.0)
    blank = field.model_copy(update={"candidates": (Candidate(value=None, cost=0.0), Candidate(value=0, cost=0.0))})
    assert likely_values("x", blank, no_idea()) == [(0, 1.0)]
    nothing = field.model_copy(update={"candidates": ()})
    assert dict(likely_values("x", nothing, no_idea())) == pytest.approx({0: 0.85, 1: 0.15})


def test_zeros_are_counted_of_what_is_taken() -> None:
    known = zeros_of_reports([clean_report()] * 100 + [unread(clean_report(), LONE)], settings(zero_weight=1.0))
    assert known.of(LONE) < 0.01 < 0.98 < known.of("t3.new.research")
    assert known.of("t9.none.such") == settings().zero_share
