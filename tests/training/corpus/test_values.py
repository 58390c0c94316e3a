"""Numbers of invented reports: equalities, chains over years, errors of the source, and stated rates."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.reconcile.rules import assess
from pipeline.record import Number
from pipeline.template import template_for_year
from training.corpus.agencies import draw_agency
from training.corpus.counts import binomial, divide, habit, poisson
from training.corpus.marked import unmark
from training.corpus.source_errors import HABITS, KINDS, blanks
from training.corpus.value_settings import SYNTH
from training.corpus.values import TrueReport, draw_chain, load_values
from training.examples.report import InventedReport

YEARS = tuple(range(2019, 2026))
HOW = load_values()
Chains = list[list[TrueReport]]


@pytest.fixture(scope="module")
def chains() -> Chains:
    random = Random(11)
    return [draw_chain(random, draw_agency(random).name, YEARS, HOW) for _ in range(250)]


@pytest.fixture(scope="module")
def reports(chains: Chains) -> list[TrueReport]:
    return [true for chain in chains for true in chain]


@given(st.integers(min_value=0), st.sampled_from(YEARS))
@settings(max_examples=60, deadline=None)
def test_every_equality_of_the_form_holds_on_what_is_true(seed: int, year: int) -> None:
    for true in draw_chain(Random(seed), "霁川县水务局", (year,), HOW):
        report = true.report
        for table in report.tables.values():
            assert all(assess(rule, report.values).verdict == "holds" for rule in table.rules)
            for field in table.field_ids():
                number, column = report.values[field], field.split(".")[2]
                assert number >= 0 or column in table.signed
                assert isinstance(number, int) or column in table.decimal
        fields = {field for table in report.tables.values() for field in table.field_ids()}
        assert report.values.keys() == report.printed.keys() == fields


def test_what_one_year_carries_out_the_next_carries_in(chains: Chains) -> None:
    carried = 0
    for before, after in (pair for chain in chains for pair in pairwise(chain)):
        for column in (column.id for column in before.report.tables["t3"].columns):
            number = before.report.values[f"t3.carried_out.{column}"]
            assert after.report.values[f"t3.carried_in.{column}"] == number
            carried += bool(number)
    assert carried > 100


def test_a_year_left_out_breaks_the_chain() -> None:
    random = Random(2)
    pairs = [draw_chain(random, "浙江省人民政府", (2021, 2023), HOW) for _ in range(40)]
    fields = ("t3.carried_out.total", "t3.carried_in.total")
    assert any(before.report.values[fields[0]] != after.report.values[fields[1]] for before, after in pairs)


def test_documents_in_force_roughly_carry_on(chains: Chains) -> None:
    follows = []
    for before, after in (pair for chain in chains for pair in pairwise(chain)):
        if before.report.tables["t2"].template == after.report.tables["t2"].template == "2021":
            old, new = before.report.values, after.report.values
            stock = old["t2.normative.in_force"]
            if stock:
                expected = stock + new["t2.normative.issued"] - new["t2.normative.repealed"]
                follows.append(new["t2.normative.in_force"] == expected)
    assert len(follows) > 100
    assert 0.6 < sum(follows) / len(follows) < 0.95


def test_years_must_rise() -> None:
    with pytest.raises(ValueError, match="rise"):
        draw_chain(Random(1), "霁川县水务局", (2021, 2020), HOW)


def test_the_same_seed_draws_the_same() -> None:
    first, second = (draw_chain(Random(4), "云浔县民政局", YEARS, HOW) for _ in range(2))
    assert first == second
    assert first != draw_chain(Random(5), "云浔县民政局", YEARS, HOW)


def test_both_forms_and_mixes_of_them(reports: list[TrueReport]) -> None:
    later = [true.report for true in reports if true.report.year >= 2021]
    assert {report.tables["t3"].template for report in later} == {"2019", "2021"}
    share = sum(report.tables["t3"].template == "2019" for report in later) / len(later)
    assert HOW.forms.old_table3 / 2.5 < share < HOW.forms.old_table3 * 2
    assert all(report.tables["t4"].template == template_for_year(report.year) for report in later)


def test_prints_are_plain_and_say_what_is_true_but_for_blanks_and_errors(reports: list[TrueReport]) -> None:
    for true in reports:
        report = true.report
        assert not report.sections
        other = 0
        for field, text in report.printed.items():
            assert unmark(text).text == text
            assert "e" not in text
            other += text != "" and float(text) != report.values[field]
        # A column's （七） is wrong together with its total.
        assert (other > 0) == bool(true.errors)
        assert other <= 2 * len(true.errors)


def test_errors_come_at_the_stated_rate(reports: list[TrueReport]) -> None:
    share = sum(bool(true.errors) for true in reports) / len(reports)
    assert HOW.errors.share * 0.7 < share < HOW.errors.share * 1.3
    assert {kind for true in reports for kind in true.errors} == set(KINDS)


def test_errors_break_an_equality_of_the_page(reports: list[TrueReport]) -> None:
    for true in reports:
        if not any(kind.startswith("t3") for kind in true.errors):
            continue
        printed = {field: _number(text) for field, text in true.report.printed.items()}
        if any(printed[field] is None for field in printed if field.startswith("t3.")):
            continue
        verdicts = {assess(rule, printed).verdict for rule in true.report.tables["t3"].rules}
        assert "fails" in verdicts


def test_what_is_unknown_is_where_the_error_is(reports: list[TrueReport]) -> None:
    for true in reports:
        tables = {field[:2] for field in true.unknown}
        assert tables <= {kind[:2] for kind in true.errors}
        assert true.unknown <= true.report.values.keys()
        if any(kind in ("t4_total", "t4_transposed") for kind in true.errors):
            assert "t4" in tables
        if true.errors in (("t4_total_zero",), ("t3_row_total",), ("t3_total_zero",)):
            assert not true.unknown


def test_a_wrong_cell_of_table_3_that_counts_as_known_is_the_only_one_that_explains_the_page(
    reports: list[TrueReport],
) -> None:
    seen = 0
    for true in reports:
        report = true.report
        wrong = [field for field, text in report.printed.items() if text and float(text) != report.values[field]]
        if true.unknown or len(true.errors) != 1 or not true.errors[0].startswith("t3"):
            continue
        seen += 1
        (field,) = wrong
        printed = {other: 0 if text == "" else _number(text) for other, text in report.printed.items()}
        if any(text == "" and report.values[other] for other, text in report.printed.items()):
            continue  # Totals left blank: there is less to check against.
        failing = [rule for rule in report.tables["t3"].rules if assess(rule, printed).verdict == "fails"]
        shared = set.intersection(*(set(rule.fields) for rule in failing))
        assert shared == {field}
    assert seen > 20


def test_zeros_are_as_frequent_as_in_real_reports(reports: list[TrueReport]) -> None:
    """Real: 0.11 of the totals of new applications, 0.86 of the new ones of organisations, 0.8 to 0.9 of refusals."""

    def share(start: str, *columns: str) -> float:
        numbers = [
            value
            for true in reports
            for field, value in true.report.values.items()
            if field.startswith(start) and field.endswith(columns)
        ]
        return sum(number == 0 for number in numbers) / len(numbers)

    assert 0.08 < share("t3.new", ".total") < 0.28
    assert 0.8 < share("t3.new", ".commercial", ".research", ".social", ".legal", ".other_org") < 0.95
    assert 0.75 < share("t3.denied", ".natural") < 0.95
    assert 0.45 < share("t4.review", ".total") < 0.75


def test_tails_are_heavy(reports: list[TrueReport]) -> None:
    new = sorted(int(true.report.values["t3.new.total"]) for true in reports)
    assert new[len(new) // 2] < 40
    assert new[-1] > 1000
    assert sum(number > 1000 for number in new) > len(new) / 200
    decisions = [true.report.values[f"t2.{row}.decisions"] for true in reports for row in ("licensing", "penalty")]
    assert max(decisions) > 50_000
    assert max(decisions) <= HOW.announced.largest
    fees = [true.report.values.get("t2.fees.amount", 0) for true in reports]
    assert any(isinstance(amount, float) for amount in fees)
    assert sum(amount == 0 for amount in fees) > len(fees) * 0.75


def test_natural_persons_and_what_is_granted_or_not_held_dominate(reports: list[TrueReport]) -> None:
    totals: dict[str, int] = {}
    for true in reports:
        for field, value in true.report.values.items():
            if field.startswith("t3.") and field.endswith(".total"):
                totals[field] = totals.get(field, 0) + (value > 0)
    rows = sorted(totals, key=lambda field: -totals[field])
    results = [
        row.split(".")[1] for row in rows if row.split(".")[1] not in ("new", "total", "carried_in", "carried_out")
    ]
    assert set(results[:2]) == {"granted", "unavailable_not_held"}


@pytest.mark.parametrize("habit_name", HABITS)
@pytest.mark.parametrize("table4", [False, True])
def test_blanks_leave_enough_to_tell_the_values(habit_name: str, table4: bool) -> None:
    random = Random(9)
    for _ in range(30):
        (true,) = draw_chain(random, "望汐市林业局", (2022,), HOW)
        report = true.report
        whole = report.with_prints({field: str(value) for field, value in report.values.items()})
        empty = blanks(random, whole, habit_name, table4)
        assert set(empty.values()) <= {""}
        assert not any(field.startswith("t2.") for field in empty)
        for field in empty:
            # What is blank is 0, or a total of what is printed.
            assert not report.values[field] or field.endswith(".total")
        if habit_name == "printed":
            assert not empty
        if habit_name == "totals":
            assert all(
                field in empty for field in report.values if field.startswith("t3.") and field.endswith(".total")
            )


def test_an_unknown_habit_is_refused() -> None:
    (true,) = draw_chain(Random(1), "望汐市林业局", (2022,), HOW)
    with pytest.raises(ValueError, match="habit"):
        blanks(Random(1), true.report, "zeroes", False)


def test_every_habit_of_blanks_is_met(reports: list[TrueReport]) -> None:
    assert set(HOW.blanks.habits) == set(HABITS)
    some = sum(_has_blanks(true.report) for true in reports) / len(reports)
    assert 0.2 < some < 0.5


def test_settings_refuse_unknown_names(tmp_path: Path) -> None:
    raw = yaml.safe_load(SYNTH.read_text(encoding="utf-8"))
    raw["values"]["sizes"]["largets"] = 3
    file = tmp_path / "synth.yaml"
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
    with pytest.raises(ValidationError):
        load_values(file)


def test_settings_name_what_there_is() -> None:
    assert set(HOW.errors.kinds) == set(KINDS)


@given(st.integers(0, 10_000), st.lists(st.floats(0, 10), min_size=1, max_size=8), st.integers())
def test_parts_sum_to_the_whole(number: int, weights: list[float], seed: int) -> None:
    parts = divide(Random(seed), number, weights)
    assert sum(parts) == number
    assert min(parts) >= 0
    if sum(weights) > 1e-6:
        assert all(not part for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(st.floats(0, 1e6), st.integers(0, 10_000), st.floats(0, 1), st.integers())
def test_counts_stay_in_range(mean: float, number: int, share: float, seed: int) -> None:
    random = Random(seed)
    assert poisson(random, mean) >= 0
    assert 0 <= binomial(random, number, share) <= number


@given(st.dictionaries(st.text(), st.floats(0.001, 1), min_size=1), st.floats(0.001, 100), st.integers())
def test_a_habit_has_something_to_choose_from(shares: dict[str, float], evenness: float, seed: int) -> None:
    drawn = habit(Random(seed), shares, evenness)
    assert drawn.keys() == shares.keys()
    assert sum(drawn.values()) > 0


def _number(text: str) -> Number | None:
    return None if text == "" else float(text) if "." in text else int(text)


def _has_blanks(report: InventedReport) -> bool:
    return "" in report.printed.values()
