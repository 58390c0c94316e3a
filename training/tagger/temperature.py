"""Temperature scaling (Guo et al., 2017): by how much the probabilities of fields are too sure, on agencies that
nothing was learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from pipeline.tag.decode import cooled
from pipeline.tag.labels import fields
from pipeline.tag.model import Model, load_model
from pipeline.tag.windows import Ends, windows
from training.tagger.data import IGNORED, batch_of, labelled
from training.tagger.evaluate import linear_of
from training.tagger.export import note_settled
from training.tagger.network import Tagger
from training.tagger.settings import Windows
from training.tagger.tokenizer import load_tokenizer, special_ids
from training.tagger.train import field_logits

CANDIDATES = tuple(0.5 + 0.05 * step for step in range(51))


def fitted_temperature(
    network: Tagger, encoder: Path, rows: Iterable[Mapping[str, Any]], view: Windows, most: int = 200
) -> float:
    """The temperature, 0.5 to 3, at which the fields of the numbers of these reports are least surprising."""
    tokenizer, special = load_tokenizer(encoder), special_ids(encoder)
    ends = Ends(special.start, special.end, special.pad)
    logits, truth = [], []
    network.eval()
    for number, row in enumerate(rows):
        if number >= most:
            break
        text = labelled(row, tokenizer)
        for start, end in windows(len(text.tokens.ids), view.tokens, view.overlap):
            batch = batch_of([(text, start, end)], ends)
            with torch.no_grad():
                scores = network(batch.ids, batch.places, batch.of, batch.there)
            there = batch.fields != IGNORED
            logits.append(field_logits(scores.fields[there]))
            truth.append(batch.fields[there])
    if not logits or not sum(len(one) for one in truth):
        return 1.0
    every, right = torch.cat(logits), torch.cat(truth)
    losses = [float(functional.cross_entropy(every / temperature, right)) for temperature in CANDIDATES]
    return CANDIDATES[losses.index(min(losses))]


def settled_temperature(model: Model, rows: Iterable[Mapping[str, Any]], most: int = 150) -> float:
    """Likewise of what comes out when the order of the numbers has had its say."""
    number = {field: at for at, field in enumerate(fields())}
    shares, truth = [], []
    for place, row in enumerate(rows):
        if place >= most:
            break
        places = zip(row["starts"], row["ends"], strict=True)
        true = dict(zip(places, (number[name] for name in row["fields"]), strict=True))
        for span in model.spans(linear_of(row)):
            if (span.start, span.end) in true:
                shares.append(span.shares)
                truth.append(true[span.start, span.end])
    if not truth:
        return 1.0
    every, right = np.stack(shares), np.asarray(truth)
    losses = [
        float(-np.log(cooled(every, temperature)[np.arange(len(right)), right] + 1e-9).mean())
        for temperature in CANDIDATES
    ]
    return CANDIDATES[losses.index(min(losses))]


def calibrate(folder: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes into a model's folder the temperature of what it says in the end."""
    note_settled(folder, 1.0)
    model = load_model.__wrapped__(folder, 2)
    assert model is not None
    note_settled(folder, settled_temperature(model, rows))
