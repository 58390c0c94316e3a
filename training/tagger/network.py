"""The token classifier: a Chinese encoder that also knows in which cell of a row a token stands, and four heads.

Where a cell stands in its row, and of how many, is added to the embeddings of its tokens as TAPAS does with columns
and rows (Herzig et al., 2020): counting borders is what encoders are bad at.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import AutoModel

from pipeline.tag.labels import SECTIONS, columns, fields, rows
from pipeline.tag.windows import MOST_PLACES

BEGINS = 3
"""Classes of the first head: outside of numbers, first token, one of the rest."""


class Scores(NamedTuple):
    """Logits, windows x tokens x classes."""

    begins: Tensor
    sections: Tensor
    fields: Tensor
    """Of factored heads the rows and then the columns; of flat ones the fields."""


class Tagger(nn.Module):
    """Takes ids, places, widths (windows x tokens) and which tokens are there."""

    def __init__(self, encoder: Path, heads: str) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(encoder, add_pooling_layer=False, attn_implementation="sdpa")
        for part in self.encoder.modules():
            if isinstance(part, nn.Dropout):
                part.p = 0.0
        width = self.encoder.config.hidden_size
        self.places, self.of = nn.Embedding(MOST_PLACES, width), nn.Embedding(MOST_PLACES, width)
        for added in (self.places, self.of):
            nn.init.normal_(added.weight, std=0.02)
        self.begins, self.sections = nn.Linear(width, BEGINS), nn.Linear(width, len(SECTIONS))
        self.fields = nn.Linear(width, len(rows()) + len(columns()) if heads == "factored" else len(fields()))

    def forward(self, ids: Tensor, places: Tensor, of: Tensor, there: Tensor) -> Scores:
        words = self.encoder.get_input_embeddings()(ids) + self.places(places) + self.of(of)
        hidden = self.encoder(inputs_embeds=words, attention_mask=there).last_hidden_state
        return Scores(self.begins(hidden), self.sections(hidden), self.fields(hidden))


def parameters(network: nn.Module) -> int:
    return sum(one.numel() for one in network.parameters())


def rows_and_columns(scores: Tensor) -> tuple[Tensor, Tensor]:
    """Rows and columns of factored scores."""
    first, second = torch.split(scores, [len(rows()), len(columns())], dim=-1)
    return first, second
