"""All parts together."""

from __future__ import annotations

from tests.training.evaluation.made import blank, field, report
from training.evaluation.figures import Part
from training.evaluation.parts import all_parts
from training.evaluation.results import ARMS, Alignment, ReportResult


def results() -> list[ReportResult]:
    return [
        report(
            field(number, placed=True), blank(), field(12, id="t4.review.total", read=13, placed=True),
            name=f"{number}", agency=f"{number % 3}", arm=arm, groups=("unseen", "damage row_cut"),
            rows=Alignment(right=2, said=3, there=3), columns=Alignment(right=3, said=3, there=3),
            source_inconsistent=("t4.review.results",) if number % 2 else (),
        )
        for number in range(6)
        for arm in ARMS
    ]  # fmt: skip


def test_parts_come_by_number_and_figures_are_told_apart_by_id_arm_and_group() -> None:
    parts = all_parts(results())

    numbers = [part.number for part in parts]
    assert numbers == sorted(numbers) and {1, 2, 3, 4, 6, 7} <= set(numbers)
    keys = [(one.id, one.arm, one.group) for part in parts for one in part.figures]
    assert len(keys) == len(set(keys))


def test_the_order_of_the_results_changes_nothing_and_json_gives_the_parts_back() -> None:
    parts = all_parts(results())

    assert all_parts(results()[::-1]) == parts
    assert [Part.model_validate_json(part.model_dump_json()) for part in parts] == list(parts)


def test_no_report_at_all() -> None:
    assert all(not part.figures or part.number == 2 for part in all_parts([]) if part.number in (1, 2, 3, 4, 6, 7))


def test_every_interval_holds_its_value() -> None:
    for part in all_parts(results()):
        for one in part.figures:
            if one.value is not None and one.low is not None and one.high is not None:
                assert one.low <= one.value <= one.high
