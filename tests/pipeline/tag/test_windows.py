"""A text as windows of tokens, and their answers as one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from pipeline.document import Line
from pipeline.tag.linear import linear
from pipeline.tag.windows import MOST_PLACES, merged, tokens_of, tokens_of_linear, windows
from tests.pipeline.tag.made import document, grid

SIZES = st.integers(1, 40).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1)))


@given(st.integers(0, 300), SIZES)
def test_windows_cover_all_tokens(count: int, sizes: tuple[int, int]) -> None:
    size, overlap = sizes
    found = windows(count, size, overlap)
    assert {place for start, end in found for place in range(start, end)} == set(range(count))
    assert found[0][0] == 0 and found[-1][1] == count
    assert all(end - start == min(size, count) for start, end in found)
    for (start, end), (start_, _) in pairwise(found):
        assert start < start_ and end - start_ >= overlap


@pytest.mark.parametrize(
    ("count", "found"),
    [
        (0, [(0, 0)]),
        (5, [(0, 5)]),
        (6, [(0, 5), (1, 6)]),
        (8, [(0, 5), (3, 8)]),
        (9, [(0, 5), (3, 8), (4, 9)]),
        (11, [(0, 5), (3, 8), (6, 11)]),
    ],
)
def test_windows_by_hand(count: int, found: list[tuple[int, int]]) -> None:
    assert windows(count, 5, 2) == found


@given(st.integers(1, 120), SIZES, st.integers(0, 1 << 30))
def test_where_all_windows_agree_their_answer_is_taken(count: int, sizes: tuple[int, int], seed: int) -> None:
    answer = np.random.default_rng(seed).random((count, 3), np.float32)
    places = windows(count, *sizes)
    np.testing.assert_allclose(merged([answer[start:end] for start, end in places], places, count), answer, rtol=1e-5)


def test_a_window_counts_for_little_at_its_ends() -> None:
    """Two windows of four with two tokens in both: weights 2 and 1 on the first of them, 1 and 2 on the second."""
    zeros, ones = np.zeros((4, 1), np.float32), np.ones((4, 1), np.float32)
    found = merged([zeros, ones], [(0, 4), (2, 6)], 6)
    np.testing.assert_allclose(found[:, 0], [0, 0, 1 / 3, 2 / 3, 1, 1], rtol=1e-6)


@given(st.integers(2, 80), SIZES, st.integers(0, 1 << 30))
def test_shares_stay_shares(count: int, sizes: tuple[int, int], seed: int) -> None:
    places = windows(count, *sizes)
    random = np.random.default_rng(seed)
    parts = [random.dirichlet(np.ones(4), end - start).astype(np.float32) for start, end in places]
    np.testing.assert_allclose(merged(parts, places, count).sum(axis=1), 1, rtol=1e-5)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Each character is a token, whatever it is."""
    found = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
    found.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), behavior="isolated")
    return found


def test_tokens_know_their_cell(tokenizer: Tokenizer) -> None:
    seen = linear(document(Line("收到12件"), grid([["新收", "10", ""], ["总计", "3"]])))
    tokens = tokens_of_linear(seen, tokenizer)
    told = {
        (seen.text[start:end], int(place), int(of))
        for start, end, place, of in zip(tokens.starts, tokens.ends, tokens.places, tokens.of, strict=True)
        if seen.text[start:end] in "12103"
    }
    assert told == {("1", 0, 1), ("2", 0, 1), ("1", 1, 3), ("0", 1, 3), ("3", 1, 2)}
    assert "".join(seen.text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)) == seen.text


def test_cells_far_to_the_right_are_one_place(tokenizer: Tokenizer) -> None:
    tokens = tokens_of_linear(linear(document(grid([["1"] * (MOST_PLACES + 8)]))), tokenizer)
    assert int(tokens.places.max()) == int(tokens.of.max()) == MOST_PLACES - 1
    assert sorted(set(tokens.places.tolist())) == list(range(MOST_PLACES))


def test_no_text_has_no_tokens(tokenizer: Tokenizer) -> None:
    tokens = tokens_of("", [], [], [], tokenizer)
    assert [len(one) for one in (tokens.ids, tokens.starts, tokens.ends, tokens.places, tokens.of)] == [0] * 5
