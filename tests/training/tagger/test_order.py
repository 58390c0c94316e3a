"""Steps from number to number, counted in labelled reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.tag.labels import fields
from pipeline.tag.order import NEXT_CELL, NEXT_LINE, load_orders
from training.tagger.export import write_orders
from training.tagger.order import learnt_orders, probabilities, steps_of

COLUMNS = ("natural", "commercial", "research", "social", "legal", "other_org", "total")
ROWS = ("new", "carried_in", "granted", "partial", "denied_secret", "denied_law", "denied_safety", "denied_third_party")


def table(columns: Sequence[str] = COLUMNS, blank: frozenset[tuple[str, str]] = frozenset()) -> dict[str, Any]:
    """A row of the dataset: a table of requests with a label before each row."""
    text, starts, named = "", [], []
    for row in ROWS:
        text += "标签"
        for column in columns:
            text += "\t"
            if (row, column) not in blank:
                starts.append(len(text))
                named.append(f"t3.{row}.{column}")
                text += "7"
        text += "\n"
    return {"text": text, "starts": starts, "ends": [start + 1 for start in starts], "fields": named}


def at(field: str) -> int:
    return fields().index(f"t3.{field}")


def test_a_table_with_a_number_in_every_cell() -> None:
    steps = steps_of(table())
    assert steps.full and not steps.lost
    assert steps.taken[0] == (NEXT_CELL, at("new.natural"), at("new.commercial"))
    assert len(steps.taken) == 7 * len(ROWS) - 1


def test_a_table_with_blanks_and_one_that_lacks_a_column() -> None:
    blank = frozenset({("new", "social"), ("granted", "legal"), ("partial", "research")})
    assert steps_of(table(blank=blank))[1:] == (False, False)
    assert steps_of(table([column for column in COLUMNS if column != "research"])).lost
    # One number is enough for a column to be there.
    assert not steps_of(table(blank=frozenset((row, "research") for row in ROWS[1:]))).lost


def test_what_was_counted_once_is_likely_and_what_rows_alike_do_is_too() -> None:
    found = probabilities([steps_of(table())] * 30)
    np.testing.assert_allclose(found.sum(axis=-1), 1)
    assert found[NEXT_CELL, at("new.social"), at("new.legal")] > 0.9
    # A row that no report had goes on as the others do.
    assert found[NEXT_CELL, at("carried_out.social"), at("carried_out.legal")] > 0.5
    # A gap that no report had before such a field: as before others.
    assert found[NEXT_LINE, at("new.social"), at("new.legal")] > 0.3


def test_written_and_read_again(tmp_path: Path) -> None:
    lacking = [column for column in COLUMNS if column != "legal"]
    learnt = learnt_orders([table()] * 3 + [table(lacking)])
    for name in ("one", "other"):
        write_orders(learnt, tmp_path / name)
    assert (tmp_path / "one/order.npz").read_bytes() == (tmp_path / "other/order.npz").read_bytes()
    found = load_orders(tmp_path / "one/order.npz")
    assert found is not None
    np.testing.assert_allclose(found.steps[:3], learnt.steps, rtol=0.02)
    assert found.shares.sum() == pytest.approx(1, abs=1e-5)
    # Full tables, with blanks, lacking some column; lacking each of seven; the first column first.
    assert len(found.shares) == 3 + 7 + 1
