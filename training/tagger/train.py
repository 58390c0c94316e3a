"""Fits the token classifier: `gouji train --config configs/tagger.yaml`.

Corpus and encoder are made first, where they are not there; training takes up again where it was stopped. One
configuration gives one model.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from datasets import DatasetDict, load_from_disk
from torch import Tensor
from torch.nn import functional

from pipeline.tag.windows import Ends
from training.fitting import fit
from training.tagger.data import IGNORED, Batch, Labelled, Order, batches, labelled, row_and_column_of_fields
from training.tagger.encoder import base_encoder
from training.tagger.network import Scores, Tagger, rows_and_columns
from training.tagger.settings import Settings
from training.tagger.tokenizer import load_tokenizer, special_ids


def corpus_of(folder: Path) -> DatasetDict:
    found = load_from_disk(str(folder))
    if not isinstance(found, DatasetDict):
        raise ValueError(f"{folder} 不是 gouji synth 写出的数据集")
    return found


def train(settings: Settings, corpus: DatasetDict, folder: Path, stop_at: int | None = None) -> Tagger:
    """The fitted network; see `training.fitting.fit`."""
    encoder = base_encoder(settings.base.model, folder.parent / "encoder", settings.base.layers)
    tokenizer, special = load_tokenizer(encoder), special_ids(encoder)
    ends = Ends(special.start, special.end, special.pad)
    texts: list[Labelled] = [labelled(row, tokenizer) for row in corpus["train"]]
    how, view = settings.training, settings.windows

    order = Order(view.tokens, view.overlap, how.batch, how.seed, how.steps, settings.hidden)

    def of(first: int) -> Iterator[tuple[int, Batch]]:
        return batches(texts, order, ends, special.unknown, (special.line, special.cell), first)

    factored = settings.heads == "factored"

    def lost(network: Tagger, batch: Batch) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings.precision == "bfloat16"):
            scores = network(batch.ids, batch.places, batch.of, batch.there)
        return loss(Scores(*(one.float() for one in scores)), batch, factored)

    return fit(lambda: Tagger(encoder, settings.heads), of, lost, how, folder, stop_at)


def loss(scores: Scores, batch: Batch, factored: bool) -> Tensor:
    """Of all heads together; rows and columns are learnt from numbers alone."""
    total = _of(scores.begins, batch.begins) + 0.3 * _of(scores.sections, batch.sections)
    number = batch.fields != IGNORED
    if not bool(number.any()):
        return total
    there, truth = scores.fields[number], batch.fields[number]
    if not factored:
        return total + functional.cross_entropy(there, truth)
    row_of, column_of = row_and_column_of_fields()
    by_row, by_column = rows_and_columns(there)
    total = total + functional.cross_entropy(by_row, row_of[truth])
    return total + functional.cross_entropy(by_column, column_of[truth])


def _of(scores: Tensor, truth: Tensor) -> Tensor:
    return functional.cross_entropy(scores.flatten(0, 1), truth.flatten(), ignore_index=IGNORED)


def field_logits(scores: Tensor) -> Tensor:
    """Logits of the fields out of those of rows and columns, or of the fields themselves."""
    row_of, column_of = row_and_column_of_fields()
    if scores.shape[-1] == len(row_of):
        return scores
    by_row, by_column = rows_and_columns(scores)
    return by_row[..., row_of] + by_column[..., column_of]


def field_shares(scores: Tensor) -> Tensor:
    """Probabilities of the fields."""
    return field_logits(scores).softmax(-1)
