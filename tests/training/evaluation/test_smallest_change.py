"""As few cells changed as make the table right."""

from __future__ import annotations

from pipeline.reconcile.rules import assess
from pipeline.template import table
from training.evaluation.smallest_change import smallest_change

T3 = table("2021", "t3")


def zeros() -> dict[str, float | int | None]:
    return dict.fromkeys(T3.field_ids(), 0)


def test_a_table_that_holds_stays() -> None:
    read = zeros() | {"t3.new.natural": 3, "t3.new.total": 3, "t3.granted.natural": 3, "t3.granted.total": 3,
                      "t3.total.natural": 3, "t3.total.total": 3}  # fmt: skip
    made = smallest_change(T3, read, "0")
    assert {field: made[field] for field in read if field in made} == {field: read[field] for field in made}


def test_one_wrong_number_that_all_its_sums_tell_is_mended() -> None:
    read = zeros() | {"t3.new.natural": 8, "t3.new.total": 3, "t3.granted.natural": 3, "t3.granted.total": 3,
                      "t3.total.natural": 3, "t3.total.total": 3}  # fmt: skip
    assert smallest_change(T3, read, "0")["t3.new.natural"] == 3


def test_a_tie_is_settled_by_the_seed_and_everything_holds() -> None:
    """Five came in and nothing became of them: either none came, or all are carried over; two cells change each way."""
    read = zeros() | {"t3.new.natural": 5, "t3.new.total": 5}
    answers = set()
    for seed in range(12):
        made = smallest_change(T3, read, str(seed))
        assert all(assess(rule, made).verdict == "holds" for rule in T3.rules)
        assert smallest_change(T3, read, str(seed)) == made
        answers.add((made["t3.new.natural"], made["t3.carried_out.natural"]))
    assert answers == {(0, 0), (5, 5)}


def test_a_blank_counts_as_nothing() -> None:
    read: dict[str, float | int | None] = dict.fromkeys(T3.field_ids(), None)
    assert set(smallest_change(T3, read, "0").values()) == {0}
