"""Temperature scaling (Guo et al., 2017): by how much the probabilities of fields are too sure, on agencies that
nothing was learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from pipeline.tag.windows import Ends, windows
from training.tagger.data import IGNORED, batch_of, labelled
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
