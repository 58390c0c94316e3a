"""How well numbers are told: strict counts and calibration, by hand and against others' programs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.corpus.labelled import Span
from training.tagger.metrics import BINS, Counted, Reliability, bio, entities

A, B = "t3.new.natural", "t3.new.total"
LENGTH = 24


@pytest.mark.parametrize(
    ("found", "right"),
    [
        ([(0, 2, A), (3, 4, B)], 2),
        ([(0, 2, A), (3, 4, A)], 1),
        ([(0, 1, A), (3, 4, B)], 1),
        ([(1, 2, A), (3, 5, B)], 0),
        ([(0, 2, A), (0, 2, A), (3, 4, B)], 2),
        ([], 0),
    ],
)
def test_both_ends_and_the_field_must_be_right(found: list[tuple[int, int, str]], right: int) -> None:
    there = [(0, 2, A), (3, 4, B)]
    assert entities(found, there) == Counted(right, len(set(found)), 2)


def test_f1_by_hand() -> None:
    """2 of 3 found are right, 2 of 4 are found: 2 * 2/3 * 1/2 / (2/3 + 1/2) = 4/7."""
    counted = Counted(right=2, found=3, there=4)
    assert counted.precision == pytest.approx(2 / 3)
    assert counted.recall == pytest.approx(1 / 2)
    assert counted.f1 == pytest.approx(4 / 7)


@pytest.mark.parametrize(
    ("counted", "f1"), [(Counted(), 0), (Counted(0, 3, 0), 0), (Counted(0, 0, 3), 0), (Counted(3, 3, 3), 1)]
)
def test_f1_at_its_ends(counted: Counted, f1: float) -> None:
    assert counted.f1 == f1


def test_counts_of_texts_are_added_before_shares_are_taken() -> None:
    counted = Counted(1, 1, 1)
    counted.add(Counted(0, 3, 1))
    assert counted == Counted(1, 4, 2)
    assert counted.f1 == pytest.approx(2 * (1 / 4) * (1 / 2) / (1 / 4 + 1 / 2))


def test_bio_by_hand() -> None:
    """A number that follows another of its own field begins anew."""
    spans = [Span(1, 3, A, True), Span(3, 4, A, True), Span(5, 6, B, False)]
    assert bio(7, spans) == ["O", f"B-{A}", f"I-{A}", f"B-{A}", "O", f"B-{B}", "O"]


def spans_of(parts: list[tuple[int, int, str]]) -> list[Span]:
    """Gaps, lengths and fields as spans that follow on each other."""
    spans, at = [], 0
    for gap, length, field in parts:
        start = at + gap
        at = start + length
        if at <= LENGTH:
            spans.append(Span(start, at, field, True))
    return spans


FIELDS = st.sampled_from([A, B, "t4.review.total"])
SPANS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), FIELDS), max_size=8)


def as_entities(spans: list[Span]) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.field) for span in spans]


@settings(deadline=None)
@given(st.lists(st.tuples(SPANS.map(spans_of), SPANS.map(spans_of)), min_size=1, max_size=3))
def test_seqeval_counts_the_same(texts: list[tuple[list[Span], list[Span]]]) -> None:
    metrics = pytest.importorskip("seqeval.metrics")
    scheme = pytest.importorskip("seqeval.scheme")
    counted = Counted()
    for true, said in texts:
        counted.add(entities(as_entities(said), as_entities(true)))
    how = {"mode": "strict", "scheme": scheme.IOB2, "zero_division": 0}
    tags = [bio(LENGTH, true) for true, _ in texts], [bio(LENGTH, said) for _, said in texts]
    if counted.there or counted.found:
        assert counted.precision == pytest.approx(metrics.precision_score(*tags, **how))
        assert counted.recall == pytest.approx(metrics.recall_score(*tags, **how))
        assert counted.f1 == pytest.approx(metrics.f1_score(*tags, **how))


def test_calibration_by_hand() -> None:
    """Two in the bin of 0.9 with one right, two in that of 0.5 with one right: (2/4)*|0.9-0.5| + (2/4)*|0.5-0.5|."""
    assert Reliability([0.88, 0.92, 0.5, 0.5], [True, False, True, False]).error() == pytest.approx(0.2)


def test_a_probability_of_1_has_a_bin() -> None:
    assert Reliability([1.0, 1.0], [True, False]).error() == pytest.approx(0.5)
    assert Reliability([0.0], [False]).error() == 0.0


def test_nothing_said_is_no_error() -> None:
    assert Reliability().error() == 0.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_the_error_is_bounded(said: list[tuple[float, bool]]) -> None:
    """No less than the difference of the means over all, no more than the mean difference of each."""
    shares, right = [share for share, _ in said], [was for _, was in said]
    error = Reliability(shares, right).error()
    assert abs(sum(shares) - sum(right)) / len(said) - 1e-9 <= error
    assert error <= sum(abs(share - was) for share, was in said) / len(said) + 1e-9


def test_bins_are_told_apart() -> None:
    """Within one bin too high and too low make up for each other; in two bins they do not."""
    width = 1 / BINS
    same = Reliability([10.2 * width, 10.8 * width], [True, False])
    apart = Reliability([10.2 * width, 11.2 * width], [True, False])
    assert same.error() == pytest.approx(abs(10.5 * width - 0.5))
    assert apart.error() == pytest.approx(((1 - 10.2 * width) + 11.2 * width) / 2)
