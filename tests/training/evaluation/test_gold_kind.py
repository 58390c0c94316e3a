"""What of the gold's kinds a reader is held to."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal

import pytest

from training.evaluation.arms import results_of
from training.evaluation.cases import About, Case
from training.evaluation.parts.exactness import is_kind_right
from training.gold import load_gold

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.mark.parametrize(
    ("origin", "blanks"), [("real", {"blank": 121}), ("synthetic", {None: 121}), ("injected", {None: 121})]
)
def test_kinds_of_what_was_printed_before_damages_are_not_those_of_the_file(
    origin: Literal["real", "synthetic", "injected"], blanks: dict[str | None, int]
) -> None:
    gold = load_gold(EXAMPLES / "zeros_blank.gold.json")

    (result,) = results_of(Case(gold.name, gold, About(origin=origin), "", ""), ["rules"])

    assert Counter(one.gold_kind for one in result.fields if one.gold_printed is None) == blanks
    assert {one.gold_kind for one in result.fields if one.gold_printed is not None} == {"number"}
    assert all(is_kind_right(one) for one in result.fields)


def test_a_cell_that_is_gone_has_no_kind() -> None:
    gold = load_gold(EXAMPLES / "row_shifted.gold.json")

    (result,) = results_of(Case(gold.name, gold, About(), "", ""), ["rules"])

    (gone,) = (one for one in result.fields if one.gold_printed is None)
    assert (gone.gold_kind, gone.kind, is_kind_right(gone)) == (None, "absent", True)
