"""The corpus as windows of tokens with their labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from pipeline.tag.labels import FIRST, INSIDE, OUTSIDE, SECTIONS, column_of, columns, fields, row_of, rows
from pipeline.tag.windows import Ends, Tokens, network_input, tokens_of, windows

IGNORED = -100
"""Label of what nothing is learnt from."""
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text in tokens with their labels, one entry a token."""

    tokens: Tokens
    begins: Labels
    sections: Labels
    fields: Labels
    """Index of the field; `IGNORED` outside of numbers."""


class Batch(NamedTuple):
    """Windows x tokens, the first and last token of a window its ends."""

    ids: Tensor
    places: Tensor
    of: Tensor
    there: Tensor
    begins: Tensor
    sections: Tensor
    fields: Tensor


def labelled(row: Mapping[str, Any], by: Tokenizer) -> Labelled:
    """A row of the dataset in tokens."""
    tokens = tokens_of(row["text"], row["piece_starts"], row["piece_places"], row["piece_of"], by)
    number = {field: index for index, field in enumerate(fields())}
    count = len(tokens.ids)
    begins = np.full(count, OUTSIDE, np.int64)
    kinds = np.full(count, IGNORED, np.int64)
    for start, end, field in zip(row["starts"], row["ends"], row["fields"], strict=True):
        # A token belongs to the number that it has a character of.
        first = int(np.searchsorted(tokens.ends, start, side="right"))
        last = int(np.searchsorted(tokens.starts, end, side="left"))
        begins[first:last] = INSIDE
        begins[first : first + 1] = FIRST
        kinds[first:last] = number[field]
    at = np.searchsorted(np.asarray(row["section_starts"]), tokens.starts, side="right") - 1
    names = np.asarray([SECTIONS.index(name) for name in row["sections"]], np.int64)
    return Labelled(tokens, begins, names[np.maximum(at, 0)], kinds)


def batch_of(texts: Sequence[tuple[Labelled, int, int]], ends: Ends) -> Batch:
    """Windows [start, end) of texts with their labels, filled up to the longest."""
    given = network_input([(text.tokens, start, end) for text, start, end in texts], ends)
    names = ("begins", "sections", "fields")
    labels = {name: np.full(given["ids"].shape, IGNORED, np.int64) for name in names}
    for i, (text, start, end) in enumerate(texts):
        for name in names:
            labels[name][i, 1 : 1 + end - start] = getattr(text, name)[start:end]
    return Batch(*map(torch.from_numpy, (*given.values(), *labels.values())))


@dataclass(frozen=True, slots=True)
class Order:
    """In what order windows are learnt from."""

    size: int
    overlap: int
    batch: int
    seed: int
    steps: int
    hidden: float
    """Share of the tokens of no number that are not shown."""


def hide(batch: Batch, share: float, unknown: int, borders: Sequence[int], seed: Sequence[int]) -> Batch:
    """The batch with a share of its words not shown; numbers, borders and line ends are."""
    chosen = torch.from_numpy(np.random.default_rng(seed).random(batch.ids.shape) < share)
    chosen &= batch.begins == OUTSIDE
    for border in borders:
        chosen &= batch.ids != border
    return batch._replace(ids=batch.ids.masked_fill(chosen, unknown))


def batches(
    texts: Sequence[Labelled], how: Order, ends: Ends, unknown: int, borders: Sequence[int], first: int
) -> Iterator[tuple[int, Batch]]:
    """Batches with their numbers from this one on: all windows in an order of the seed's, again and again."""
    size, overlap, batch, seed, steps = how.size, how.overlap, how.batch, how.seed, how.steps
    all_windows = [
        (i, start, end) for i, text in enumerate(texts) for start, end in windows(len(text.tokens.ids), size, overlap)
    ]
    a_round = len(all_windows) // batch
    if not a_round:
        raise ValueError("语料太少，不够一批")
    order: NDArray[np.int64] = np.empty(0, np.int64)
    for step in range(first, steps):
        turn, place = divmod(step, a_round)
        if place == 0 or step == first:
            order = np.random.default_rng([seed, turn]).permutation(len(all_windows))
        chosen = [all_windows[i] for i in order[place * batch : (place + 1) * batch]]
        made = batch_of([(texts[i], start, end) for i, start, end in chosen], ends)
        yield step, hide(made, how.hidden, unknown, borders, [seed, 1, step])


def row_and_column_of_fields() -> tuple[Tensor, Tensor]:
    """For each field, the index of its row and of its column."""
    row_at = {row: i for i, row in enumerate(rows())}
    column_at = {column: i for i, column in enumerate(columns())}
    return (
        torch.tensor([row_at[row_of(field)] for field in fields()]),
        torch.tensor([column_at[column_of(field)] for field in fields()]),
    )
