"""The form's equalities on a set of values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reconcile.rules import assess, equation, number_text, rules_by_field, totals
from pipeline.record import Number
from pipeline.template import Rule, load_templates, table

SUM = Rule("r", ("a", "b"), ("c",), "甲 + 乙 = 丙", "")
BALANCE = Rule("r", ("a", "b"), ("c", "d"), "甲 + 乙 = 丙 + 丁", "")


@pytest.mark.parametrize(
    ("values", "verdict", "difference"),
    [
        ({"a": 1, "b": 2, "c": 3}, "holds", 0),
        ({"a": 1, "b": 2, "c": 5}, "fails", -2),
        ({"a": 1, "b": 2, "c": None}, "not assessable", None),
        ({"a": 1, "b": 2}, "not assessable", None),
        ({"a": 0, "b": 0, "c": 0}, "holds", 0),
    ],
)
def test_assess(values: dict[str, Number | None], verdict: str, difference: int | None) -> None:
    found = assess(SUM, values)
    assert (found.verdict, found.difference) == (verdict, difference)


def test_both_sides_may_be_sums() -> None:
    assert assess(BALANCE, {"a": 1, "b": 2, "c": 3, "d": 0}).verdict == "holds"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"a": 23, "b": 1, "c": 24}, "23 + 1 = 24"),
        ({"a": 23, "b": 1, "c": 0}, "23 + 1 ≠ 0"),
        ({"a": 23, "b": None, "c": 0}, "23 + ? = 0"),
        ({"a": 1234567, "b": 0, "c": 1234567}, "1234567 + 0 = 1234567"),
    ],
)
def test_equation(values: dict[str, Number | None], text: str) -> None:
    assert equation(SUM, values) == text


def test_zeros_of_long_sums_are_left_out() -> None:
    parts = tuple("abcdefgh")
    rule = Rule("r", parts, ("z",), "", "")
    assert equation(rule, {**dict.fromkeys(parts, 0), "c": 4, "z": 4}) == "4 = 4"
    assert equation(rule, {**dict.fromkeys(parts, 0), "z": 0}) == "0 = 0"


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, "?"), (0, "0"), (-3, "-3"), (1234567, "1234567"), (5.0, "5"), (39573802895.9, "39573802895.9"),
     (0.000012, "0.000012"), (0.1 + 0.2, "0.3"), (10**14, "100000000000000")],
)  # fmt: skip
def test_number_text(number: Number | None, text: str) -> None:
    assert number_text(number) == text


@given(st.integers(-(10**15), 10**15))
def test_number_text_keeps_every_digit(number: int) -> None:
    assert int(number_text(number)) == number


@pytest.mark.parametrize("template", list(load_templates()))
def test_totals_are_the_sums_of_the_form(template: str) -> None:
    sums = totals(table(template, "t3"))
    assert "t3.new.total" in sums
    assert "t3.total.natural" in sums
    assert "t3.new.natural" not in sums
    assert "t3.carried_out.natural" not in sums
    assert totals(table(template, "t2")) == frozenset()


def test_every_cell_of_table_3_stands_in_two_rules_or_three() -> None:
    form = table("2021", "t3")
    found = rules_by_field(form)
    assert {field: len(found[field]) for field in form.field_ids()} == {
        field: 3 if field.startswith("t3.total.") else 2 for field in form.field_ids()
    }
