"""The search against all paths, one by one."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ocr.ctc import best_path, probable_texts


def by_all_paths(posterior: np.ndarray) -> dict[tuple[int, ...], float]:
    steps, symbols = posterior.shape
    total: defaultdict[tuple[int, ...], float] = defaultdict(float)
    for path in product(range(symbols), repeat=steps):
        text = tuple(symbol for symbol, _ in groupby(path) if symbol)
        total[text] += float(np.prod(posterior[range(steps), path]))
    return total


@given(st.integers(0, 2**32 - 1), st.floats(0.05, 1.0))
def test_probabilities_are_those_of_all_paths(seed: int, known: float) -> None:
    posterior = np.random.default_rng(seed).dirichlet([0.5] * 3, 4) * known
    exact = by_all_paths(posterior)
    found = probable_texts(posterior, 8)
    assert found[0][0] in exact
    assert found[0][1] == pytest.approx(max(exact.values()), rel=0.05)
    for text, share in found:
        assert share <= exact[text] + 1e-12


def test_repeated_digits_need_a_blank_between() -> None:
    blank, one = [0.98, 0.02], [0.02, 0.98]
    assert probable_texts(np.array([one, blank, one]), 1)[0][0] == (1, 1)
    assert probable_texts(np.array([one, one, one]), 1)[0][0] == (1,)


def test_best_path_gives_the_steps_of_each_character() -> None:
    assert best_path(np.array([0, 3, 3, 0, 3, 5, 0])) == [(3, 1, 3), (3, 4, 5), (5, 5, 6)]
