"""Numbers that were read from pixels: rivals with their probabilities, and what is worth a second look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.costs import load_costs
from pipeline.document import Source
from pipeline.reconcile.decide import decide_table
from pipeline.reconcile.decision import TableDecision
from pipeline.reconcile.rules import rules_by_field
from pipeline.reconcile.suspects import suspects
from pipeline.reconcile.wholes import blocks, cell_cost
from pipeline.reconcile.withhold import _withhold_groundless
from pipeline.record import Number
from pipeline.recover.cell_readings import CellReading
from pipeline.recover.recovered import Unit
from tests.pipeline.invented import LAYOUTS, recovered
from training.examples.report import invent

ROWS = {
    "carried_in": (1, 0, 0, 0, 0, 0),
    "granted": (11, 2, 0, 0, 1, 0),
    "partial": (4, 0, 0, 0, 0, 0),
    "carried_out": (3, 1, 0, 0, 0, 0),
}
REPORT = invent("云泽县水务局", 2021, 8, table3=ROWS)
REPORT = REPORT.with_values(dict(zip(REPORT.tables["t4"].field_ids(), [1, 2, 0, 0, 3] + [0] * 10, strict=True)))

Seen = tuple[Number | None, float, tuple[tuple[Number, float], ...]]
"""Best value, None for a blank; its probability; its rivals."""


def seen(
    table_id: str, changed: Mapping[str, Seen], unread: frozenset[str] = frozenset(), moved: str = ""
) -> TableDecision:
    """The decision on a table of which these cells were read so, these not at all, and all others surely and
    rightly; the numbers of the row `moved` did not stand behind their label."""
    found = recovered(LAYOUTS["tabs"](REPORT), table_id)
    place = iter(range(10_000))

    def cell(field: str, old: CellReading) -> CellReading:
        number = next(place)
        source = Source(1, (float(number), 0.0, number + 1.0, 1.0))
        if field in unread:
            return CellReading("unread", None, None, None, source, "?", "ocr", 0.0)
        if field not in changed:
            return replace(old, source=source, reader="ocr", score=0.999)
        value, score, rivals = changed[field]
        kind = "blank" if value is None else "number"
        printed = None if value is None else str(value)
        return CellReading(kind, printed, value, None, source, printed or "", "ocr", score, rivals=rivals)

    def looked_at(unit: Unit) -> Unit:
        readings = (replace(reading, cells=tuple(map(cell, unit.fields, reading.cells))) for reading in unit.readings)
        return replace(unit, readings=tuple(readings), moved=unit.moved or f".{moved}." in unit.fields[0])

    structures = tuple(
        replace(structure, units=tuple(map(looked_at, structure.units)), note="错开" if moved else structure.note)
        for structure in found.structures
    )
    return decide_table(found.table, blocks(replace(found, structures=structures)))


def outcome(decided: TableDecision, field: str) -> tuple[Number | None, str]:
    return decided.decisions[field].value, decided.decisions[field].status


def test_a_misread_digit_is_repaired_to_its_rival() -> None:
    decided = seen("t3", {"t3.granted.natural": (17, 0.7, ((11, 0.25),))})
    assert outcome(decided, "t3.granted.natural") == (11, "repaired")


def test_a_digit_taken_for_a_blank_comes_back() -> None:
    decided = seen("t3", {"t3.granted.legal": (None, 0.8, ((1, 0.15),))})
    assert outcome(decided, "t3.granted.legal") == (1, "inferred")


def test_in_table_4_one_rule_and_a_rival_of_the_reader_settle_it() -> None:
    decided = seen("t4", {"t4.review.corrected": (7, 0.6, ((2, 0.35),))})
    assert outcome(decided, "t4.review.corrected") == (2, "repaired")


def test_in_table_4_one_rule_without_a_rival_does_not() -> None:
    decided = seen("t4", {"t4.review.corrected": (7, 0.999, ())})
    assert decided.decisions["t4.review.corrected"].status not in {"read", "repaired"}


def test_in_table_4_the_one_number_that_could_hardly_be_read_follows_from_the_others() -> None:
    """A stroke of a pen over the 2: the reader lists nothing that fits, but is certain of all the others."""
    decided = seen("t4", {"t4.review.corrected": (0, 0.25, ())})
    assert outcome(decided, "t4.review.corrected") == (2, "repaired")
    assert outcome(decided, "t4.review.total") == (3, "read")


def test_two_that_could_hardly_be_read_do_not() -> None:
    decided = seen("t4", {"t4.review.corrected": (0, 0.25, ()), "t4.review.upheld": (1, 0.6, ())})
    assert decided.decisions["t4.review.corrected"].value is None


def test_a_doubtful_reading_that_no_rule_confirms_is_left_open() -> None:
    field = "t2.licensing.decisions"
    decided = seen("t2", {field: (58, 0.6, ((53, 0.3),))})
    assert outcome(decided, field) == (None, "ambiguous")
    assert [candidate.value for candidate in decided.decisions[field].candidates] == [58, 53]


BLANK_TOTALS: dict[str, Seen] = {field: (None, 0.999, ()) for field in REPORT.values if field.endswith(".total")}
"""Of table 3; nobody added anything up."""


def test_a_doubtful_blank_and_a_number_that_nobody_could_read_do_not_confirm_each_other() -> None:
    """One equality for both: it gave what was left to the unread cell, and to the totals what followed from that."""
    one, other = "t3.new.legal", "t3.carried_in.legal"
    decided = seen("t3", {**BLANK_TOTALS, one: (None, 0.7, ())}, frozenset({other}))
    assert REPORT.values[one] == 1 and REPORT.values[other] == 0
    for field in (one, other, "t3.new.total", "t3.carried_in.total"):
        assert decided.decisions[field].value is None, field
    assert outcome(decided, "t3.new.natural") == (REPORT.values["t3.new.natural"], "read")


def test_numbers_that_nobody_could_read_are_0_where_nothing_is_left_for_them() -> None:
    """Two in each row and each column: what counts is never below 0."""
    spoilt = frozenset(f"t3.{row}.{column}" for row in ("partial", "denied_secret") for column in ("social", "legal"))
    decided = seen("t3", {}, spoilt)
    assert {outcome(decided, field) for field in spoilt} == {(0, "inferred")}
    assert REPORT.values["t3.granted.legal"] == 1
    other = frozenset(f"t3.{row}.{column}" for row in ("granted", "partial") for column in ("social", "legal"))
    assert all(seen("t3", {}, other).decisions[field].value in {REPORT.values[field], None} for field in other)


def test_a_doubtful_number_is_confirmed_by_what_is_printed_not_by_a_total_that_was_added_up() -> None:
    field = "t3.carried_out.social"
    wrong = seen("t3", {**BLANK_TOTALS, "t3.total.social": (None, 0.7, ()), field: (None, 0.7, ())}, frozenset())
    assert outcome(wrong, field) == (0, "inferred"), "the column's rule holds on the print"
    lone = seen("t3", {**BLANK_TOTALS, field: (None, 0.7, ())}, frozenset({"t3.total.social", "t3.new.social"}))
    assert outcome(lone, field) == (None, "ambiguous")


def test_a_blank_total_follows_from_parts_that_are_confirmed() -> None:
    """The label of the row was in three lines, its numbers beside the second; the sums down the table bear them out."""
    decided = seen("t3", BLANK_TOTALS, moved="granted")
    assert outcome(decided, "t3.granted.natural") == (11, "read")
    assert outcome(decided, "t3.granted.total") == (14, "inferred")
    open_part = seen("t3", BLANK_TOTALS, frozenset({"t3.granted.legal", "t3.total.legal", "t3.new.legal"}), "granted")
    assert open_part.decisions["t3.granted.total"].value is None


def test_in_a_column_of_zeros_one_that_nobody_could_read_leaves_the_others_confirmed() -> None:
    """A row was put together from two halves; that another row had an unread cell withheld its blanks."""
    column = {field for field, value in REPORT.values.items() if field.startswith("t3.") and field.endswith(".social")}
    assert not any(REPORT.values[field] for field in column)
    blank: dict[str, Seen] = dict.fromkeys(column, (None, 0.99, ()))
    decided = seen("t3", {**BLANK_TOTALS, **blank}, frozenset({"t3.rejected_repeat.social"}), "partial")
    assert outcome(decided, "t3.partial.social") == (0, "inferred")


def test_a_total_that_is_withheld_is_among_the_candidates() -> None:
    doubtful: dict[str, Seen] = {"t3.granted.total": (None, 0.7, ((6, 0.2),))}
    decided = seen("t3", {**BLANK_TOTALS, **doubtful}, frozenset({"t3.granted.legal", "t3.total.legal"}), "granted")
    decision = decided.decisions["t3.granted.total"]
    assert decision.value is None and [candidate.value for candidate in decision.candidates] == [14, 6]


def test_a_doubtful_number_is_confirmed_by_what_follows_from_others_without_it() -> None:
    """A seal over three cells of a row: the columns say that two are 0, and then the row what the third is."""
    field, beside = "t3.granted.natural", frozenset({"t3.granted.social", "t3.partial.natural"})
    doubtful: dict[str, Seen] = {field: (REPORT.values[field], 0.56, ((7, 0.3),))}
    assert outcome(seen("t3", doubtful, beside), field) == (REPORT.values[field], "read")
    alone = seen("t3", doubtful, frozenset({"t3.granted.social", "t3.partial.natural", "t3.total.social"}))
    assert outcome(alone, field)[0] in {None, REPORT.values[field]}


def test_a_repair_that_rests_on_what_is_withheld_is_withheld() -> None:
    """A border through 124 left a 1 before it: made 129, by two rules of which each had another number in doubt."""
    decided = seen("t3", {})
    by_field = rules_by_field(decided.table)
    repaired, doubtful = "t3.new.natural", ("t3.new.legal", "t3.carried_in.natural")
    for open_fields, kept in (((), REPORT.values[repaired]), (doubtful, None)):
        decisions = dict(decided.decisions)
        decisions[repaired] = replace(decisions[repaired], status="repaired")
        for field in open_fields:
            decisions[field] = replace(decisions[field], value=None, status="ambiguous")
        _withhold_groundless(decisions, by_field)
        assert decisions[repaired].value == kept


def test_a_sure_reading_that_no_rule_confirms_is_kept() -> None:
    assert outcome(seen("t2", {"t2.licensing.decisions": (58, 0.97, ())}), "t2.licensing.decisions") == (58, "read")


@pytest.mark.parametrize(
    ("rivals", "kept"),
    [(((584, 0.06),), False), (((158, 0.06),), False), (((53, 0.06),), True), (((584, 0.01),), True)],
)
def test_a_number_that_may_have_lost_a_digit_is_left_open(rivals: tuple[tuple[Number, float], ...], kept: bool) -> None:
    """A stroke of a pen hid the last digit of 1794.14; what was left was read with 0.94."""
    decided = outcome(seen("t2", {"t2.licensing.decisions": (58, 0.94, rivals)}), "t2.licensing.decisions")
    assert decided == ((58, "read") if kept else (None, "ambiguous"))


def test_the_surer_the_reader_the_dearer_another_value() -> None:
    costs = load_costs()

    def other(score: float) -> int | None:
        return cell_cost(CellReading("number", "5", 5, score=score), False, costs).other

    dear, cheap = other(0.9999), other(0.6)
    assert dear == costs.print.part and cheap is not None and cheap < dear


@pytest.mark.parametrize(
    ("table_id", "changed", "expected"),
    [
        ("t3", {}, {"t3.granted.legal"}),
        ("t3", {"t3.granted.natural": (17, 0.99, ())}, {"t3.granted.natural", "t3.granted.total", "t3.total.natural"}),
        ("t3", {"t3.partial.natural": (4, 0.5, ())}, {"t3.partial.natural"}),
        ("t4", {}, {"t4.review.upheld", "t4.review.total"}),
        ("t2", {}, {"t2.rules.issued", "t2.licensing.decisions"}),
    ],
)
def test_what_is_worth_a_second_look(table_id: str, changed: dict[str, Seen], expected: set[str]) -> None:
    """`expected` are some that must be among them; what all rules confirm must not."""
    decided = seen(table_id, changed)
    spots = suspects([decided])
    found = {
        field
        for field, decision in decided.decisions.items()
        if decision.cell.source.box and (1, decision.cell.source.box) in spots
    }
    if table_id == "t3" and not changed:
        assert found == set()
    else:
        assert expected <= found and "t3.denied_law.social" not in found


def test_cells_without_a_page_are_never_looked_at_again() -> None:
    found = recovered(LAYOUTS["tabs"](REPORT.with_prints({"t3.granted.natural": "50"})), "t3")
    assert suspects([decide_table(found.table, blocks(found))]) == set()
