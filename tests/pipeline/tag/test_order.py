"""What the order of numbers says of them."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tag.labels import column_of, fields, row_of
from pipeline.tag.order import (
    APART,
    GAPS,
    LABEL,
    LABEL_NEXT_LINE,
    NEXT_CELL,
    NEXT_LINE,
    TOUCHING,
    UNSEEN_NUMBER,
    Floats,
    Orders,
    Span,
    form_order,
    gap,
    in_running_text,
    load_orders,
    settled,
    with_damaged,
)  # fmt: skip

COLUMNS = ("natural", "commercial", "research", "social", "legal", "other_org", "total")


@cache
def one_after_the_other(lost: float = 0.0) -> Orders:
    """Tables with a number in every cell, and nothing else."""
    count = len(fields())
    steps = np.full((GAPS, count, count), 1e-7)
    for field, behind in pairwise([*form_order(), form_order()[0]]):
        steps[:, fields().index(field), fields().index(behind)] = 1
    steps /= steps.sum(axis=-1, keepdims=True)
    return Orders(np.ones(1, np.float32), steps[None].astype(np.float32), lost)


def shares(**named: float) -> Floats:
    """Of the fields; what is left is for all alike."""
    made = np.full(len(fields()), (1 - sum(named.values())) / len(fields()))
    for name, share in named.items():
        made[fields().index("t3." + name.replace("__", "."))] += share
    return made.astype(np.float32)


def row(text: str, *each: Floats, sure: float = 0.99) -> list[Span]:
    """The digits of a text as numbers, each with its shares."""
    places = [place for place, char in enumerate(text) if char.isdecimal()]
    return [Span(place, place + 1, sure, one) for place, one in zip(places, each, strict=True)]


def names(found: list[Span]) -> list[str]:
    return [fields()[int(span.shares.argmax())].removeprefix("t3.") for span in found]


def test_fields_stand_as_the_forms_print_them() -> None:
    order = form_order()
    assert sorted(order) == sorted(fields())
    requests = [field for field in order if field.startswith("t3.")]
    assert [column_of(field) for field in requests[:7]] == list(COLUMNS)
    assert [row_of(field) for field in requests[::7]][:3] == ["t3.new", "t3.carried_in", "t3.granted"]
    assert order.index("t2.rules.issued") < order.index("t3.new.natural") < order.index("t4.review.upheld")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1\t2", NEXT_CELL),
        ("1 | 2", NEXT_CELL),
        ("1\n2", NEXT_LINE),
        ("1 二、上年结转 2", LABEL),
        ("1\n二、上年结转\t2", LABEL_NEXT_LINE),
        ("12", TOUCHING),
        ("1件，2件", APART),
        ("1，办结 2", APART),
        ("1件\t2件", NEXT_CELL),
        ("1件|\n2件|", NEXT_LINE),
    ],
)
def test_what_stands_between(text: str, kind: int) -> None:
    first, second = (place for place, char in enumerate(text) if char in "12")
    assert gap(text, (first, first + 1), (second, second + 1)) == kind


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("收到5件", True),
        ("5，", True),
        ("\t5\t", False),
        ("\t5件\t", False),
        ("5 件\n", False),
        ("三", True),
        ("共5件\n", True),
    ],
)
def test_running_text(text: str, prose: bool) -> None:
    place = next(i for i, char in enumerate(text) if char in "5三")
    assert in_running_text(text, place, place + 1) is prose


def test_what_the_network_cannot_tell_the_order_does() -> None:
    flat = shares()
    found = settled("1\t2\t3", row("1\t2\t3", shares(new__natural=0.9999), flat, flat), one_after_the_other())
    assert names(found) == ["new.natural", "new.commercial", "new.research"]
    assert found[2].shares.max() > 0.5


def test_a_stretch_that_is_one_column_off_is_put_right() -> None:
    """The middle five say wrong what both ends say right."""
    text = "\t".join("1234567")
    said = ["natural", "research", "social", "legal", "other_org", "other_org", "total"]
    weak = [shares(**{f"new__{column}": 0.1}) for column in said[1:-1]]
    ends = shares(new__natural=0.9999), shares(new__total=0.9999)
    found = settled(text, row(text, ends[0], *weak, ends[1]), one_after_the_other())
    assert names(found) == [f"new.{column}" for column in COLUMNS]


def test_numbers_of_running_text_stay_as_they_are() -> None:
    text = "收到5件，办结3件，"
    said = shares(new__total=0.6), shares(granted__total=0.5)
    for before, after in zip(row(text, *said), settled(text, row(text, *said), one_after_the_other()), strict=True):
        np.testing.assert_allclose(after.shares, before.shares, atol=1e-4)
        assert after.sure == pytest.approx(before.sure, abs=UNSEEN_NUMBER)


def test_a_number_that_fits_nowhere_is_none() -> None:
    text = "1\t2\t3"
    said = row(text, shares(new__natural=0.95), shares(carried_out__total=0.5), shares(new__commercial=0.95), sure=0.8)
    assert [span.sure > 0.5 for span in settled(text, said, one_after_the_other())] == [True, False, True]


def test_a_column_that_no_row_has() -> None:
    """Six numbers a row, of which the network only knows that the last is the total."""
    rows = ["new", "carried_in", "granted", "partial"]
    text = "\n".join(f"{label}：\t" + "\t".join("123456") for label in ("新收", "结转", "公开", "部分"))
    said = []
    for name in rows:
        columns = [column for column in COLUMNS if column != "research"]
        weak = [shares(**{f"{name}__{column}": 0.3}) for column in columns[:-1]]
        said += [*weak, shares(**{f"{name}__total": 0.9})]
    given = row(text, *said)
    assert names(settled(text, given, with_damaged(one_after_the_other(0.1)))) == [
        f"{name}.{column}" for name in rows for column in COLUMNS if column != "research"
    ]


def test_ways_sum_up_to_one() -> None:
    made = with_damaged(one_after_the_other(0.1))
    assert made.shares.sum() == pytest.approx(1)
    assert made.steps.shape[0] == len(made.shares) == 1 + len(COLUMNS) + 1
    np.testing.assert_allclose(made.steps.sum(axis=-1), 1, atol=1e-3)


def test_the_first_column_may_come_first() -> None:
    rows = ["new", "carried_in", "granted"]
    text = "新收\t1\n结转\t1\n公开\t1\n" + "\n".join("\t".join("234567") for _ in rows)
    said = [shares(**{f"{name}__natural": 0.9}) for name in rows]
    said += [shares(**{f"{name}__{column}": 0.25}) for name in rows for column in COLUMNS[1:]]
    found = names(settled(text, row(text, *said), with_damaged(one_after_the_other(0.1))))
    assert found[3:] == [f"{name}.{column}" for name in rows for column in COLUMNS[1:]]


def test_no_file_no_order(tmp_path: Path) -> None:
    assert load_orders(tmp_path / "order.npz") is None
    assert settled("", [], one_after_the_other()) == []


PARTS = st.lists(st.tuples(st.sampled_from(["\t", "\n", "，", "二、", ""]), st.floats(0.01, 0.99)), max_size=12)


@settings(deadline=None)
@given(PARTS, st.randoms())
def test_probabilities_stay_probabilities(parts: list[tuple[str, float]], random: Random) -> None:
    text, given_ = "", []
    for between, sure in parts:
        text += between
        one = np.asarray([random.random() + 1e-3 for _ in fields()], np.float32)
        given_.append(Span(len(text), len(text) + 1, sure, one / one.sum()))
        text += "7"
    found = settled(text, given_, one_after_the_other())
    assert [span[:2] for span in found] == [span[:2] for span in given_]
    for span in found:
        assert 0 <= span.sure <= 1 + 1e-6
        assert span.shares.sum() == pytest.approx(1, abs=1e-3)
    again = settled(text, given_, one_after_the_other())
    assert all(np.array_equal(one.shares, other.shares) for one, other in zip(found, again, strict=True))
