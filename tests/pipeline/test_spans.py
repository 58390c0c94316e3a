"""Stretches along a line."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.spans import joined

ends = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda one: (float(one[0]), float(one[0] + one[1])))


def test_what_overlaps_is_one_and_what_touches_is_not() -> None:
    assert joined([(5, 9), (0, 3), (2, 4), (9, 12)]) == [(0, 4), (5, 9), (9, 12)]
    assert joined([(0, 10), (2, 4), (9, 12)]) == [(0, 12)], "one inside another"
    assert joined([(0, 3), (4, 5), (8, 9)], room=2) == [(0, 5), (8, 9)]


@given(st.lists(ends, max_size=12), st.integers(0, 5))
def test_nothing_is_lost_or_left_close(spans, room) -> None:
    made = joined(spans, room)
    assert all(any(start <= first and last <= end for start, end in made) for first, last in spans)
    assert all(after[0] - before[1] >= room for before, after in pairwise(made))
