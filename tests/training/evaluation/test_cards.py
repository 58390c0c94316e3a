"""The worst cells first, few of each report, with what stands around them."""

from __future__ import annotations

from pathlib import Path

from pipeline.record import Status
from tests.training.evaluation.made import field, report
from training.evaluation.arms import results_of
from training.evaluation.cards import MOST_OF_A_REPORT, fault_of, label_of, worst_cells
from training.evaluation.cases import find_cases
from training.evaluation.results import FieldResult, ReportResult

EXAMPLES = Path(__file__).parents[3] / "examples"


def wrong(name: str, confidence: float, status: Status = "read") -> FieldResult:
    return field(1, id=name, value=2, confidence=confidence, status=status)


def unsettled(name: str, status: Status) -> FieldResult:
    return field(1, id=name, value=None, status=status)


def test_the_worst_and_surest_first_and_few_of_each_report() -> None:
    many = report(*(wrong(f"t3.new.{at}", 0.9) for at in range(MOST_OF_A_REPORT + 3)), name="甲")
    open_ = report(unsettled("t3.new.total", "ambiguous"), wrong("t3.granted.total", 0.99), name="乙")
    cards = worst_cells([many, open_])
    assert [card.fault for card in cards] == ["错而采用"] * (MOST_OF_A_REPORT + 1) + ["未定"]
    assert cards[0].field == "t3.granted.total"
    assert worst_cells([many, open_], 2) == cards[:2]


def test_what_is_wrong_with_a_field() -> None:
    assert fault_of(wrong("t3.new.total", 0.9)) == "错而采用"
    assert fault_of(wrong("t3.new.total", 0.9, "inconsistent")) == "错"
    assert fault_of(unsettled("t3.new.total", "missing")) == "未定"


def test_a_card_carries_the_forms_words_and_the_line() -> None:
    assert label_of("t3.new.total").endswith("·总计")
    assert label_of("t9.a.b") == "t9.a.b"
    case = next(case for case in find_cases(EXAMPLES) if case.name == "pipe_table")
    (result,) = results_of(case, ["both"])
    broken = ReportResult.model_validate(
        result.model_dump() | {"fields": [one.model_dump() | {"gold": 999_999} for one in result.fields]}
    )
    card = next(card for card in worst_cells([broken], 500) if card.field.startswith("t"))
    printed = card.printed
    assert printed and printed in card.text and card.gold.startswith("999999")
