"""The ledger: why a field has the value that it has."""

from __future__ import annotations

import pytest

from pipeline.reconcile.decision import TableDecision
from pipeline.reconcile.explain import equations, ledger
from tests.pipeline.invented import LAYOUTS, decided
from training.examples.report import InventedReport, invent

REPORT = invent("云泽县水务局", 2021, 8)


def of(report: InventedReport, table_id: str = "t3") -> TableDecision:
    return decided(LAYOUTS["tabs"](report), table_id)


def test_every_field_has_an_entry_of_one_sentence() -> None:
    for table_id in ("t2", "t3", "t4"):
        found = of(REPORT, table_id)
        entries = ledger(found)
        assert list(entries) == list(found.decisions)
        assert all(entry.sentence.endswith("。") and "None" not in entry.sentence for entry in entries.values())


def test_what_is_read_says_what_was_printed() -> None:
    entry = ledger(of(REPORT))["t3.new.natural"]
    assert f"印作“{REPORT.printed['t3.new.natural']}”" in entry.sentence
    assert entry.rules == ("t3.new.applicants", "t3.natural.balance")


def test_what_no_rule_binds_says_so() -> None:
    entry = ledger(of(REPORT, "t2"))["t2.rules.issued"]
    assert "没有勾稽关系" in entry.sentence
    assert entry.rules == ()


def test_a_repair_names_the_print_the_value_and_the_broken_rules() -> None:
    true = REPORT.values["t3.total.natural"]
    entry = ledger(of(REPORT.with_prints({"t3.total.natural": "9999"})))["t3.total.natural"]
    assert "印作“9999”" in entry.sentence
    assert "≠ 9999" in entry.sentence
    assert f"改为 {true}" in entry.sentence
    assert entry.equations
    assert all("=" in text and "≠" not in text for text in entry.equations)


@pytest.mark.parametrize(("print_", "what"), [("", "此格空白"), ("/", "印作“/”"), ("见附件", "未能读出")])
def test_an_inference_says_what_the_page_has(print_: str, what: str) -> None:
    entry = ledger(of(REPORT.with_prints({"t3.total.total": print_})))["t3.total.total"]
    assert what in entry.sentence
    assert f"只能得出 {REPORT.values['t3.total.total']}" in entry.sentence


def test_large_numbers_are_written_out() -> None:
    report = REPORT.with_values(dict.fromkeys(("t4.review.upheld", "t4.review.total"), 12345678))
    zero = {f"t4.review.{column}": 0 for column in ("corrected", "other", "pending")}
    found = of(report.with_values(zero), "t4")
    values = {field: decision.value for field, decision in found.decisions.items()}
    (text,) = equations(found.table, "t4.review.total", values)
    assert text.endswith("12345678 + 0 + 0 + 0 = 12345678")


def test_a_missing_table_says_that_nothing_was_found() -> None:
    entry = ledger(decided("云泽县水务局\n", "t3"))["t3.new.natural"]
    assert entry.sentence == "没有找到此格，也无从推出。"
