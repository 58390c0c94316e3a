"""The fitted classifier as files that `pipeline.tag.model` loads: network, tokenizer, and what they are."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from pipeline.tag.labels import fields
from training import onnx_file
from training.tagger.network import Tagger
from training.tagger.settings import Windows
from training.tagger.tokenizer import special_ids
from training.tagger.train import field_shares

MOST_TOKENS = 512
"""Of a window, its ends among them: the places that the encoder knows."""
INPUTS = ["ids", "places", "of", "there"]
NETWORK, TOKENIZER, ABOUT = "tagger.onnx", "tokenizer.json", "tagger.json"


class Probabilities(nn.Module):
    """The classifier with probabilities for logits."""

    def __init__(self, network: Tagger) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, places: Tensor, of: Tensor, there: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        scores = self.network(ids, places, of, there)
        return scores.begins.softmax(-1), scores.sections.softmax(-1), field_shares(scores.fields)


def export(network: Tagger, encoder: Path, folder: Path, view: Windows, temperature: float = 1.0) -> None:
    """Writes the classifier with weights of eight bits; each file is replaced as a whole.

    Args:
        view: the windows that it was trained on.
        temperature: that its probabilities of fields are cooled to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        whole, small = Path(scratch) / "whole.onnx", Path(scratch) / NETWORK
        write_whole(network, whole)
        # Weights per channel: one row of the vocabulary must not spoil the others.
        quantize_dynamic(whole, small, per_channel=True, weight_type=QuantType.QInt8)
        half = folder / f"{NETWORK}.part"
        shutil.copyfile(small, half)
        half.replace(folder / NETWORK)
    shutil.copyfile(encoder / TOKENIZER, folder / TOKENIZER)
    special = special_ids(encoder)
    about = {
        "start": special.start,
        "end": special.end,
        "fill": special.pad,
        "tokens": view.tokens,
        "overlap": view.overlap,
        "temperature": round(temperature, 4),
        "fields": list(fields()),
    }
    (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_whole(network: Tagger, path: Path) -> None:
    """The classifier in 32 bits."""
    examples = [torch.ones(2, 64, dtype=torch.long) for _ in INPUTS]
    sizes = {0: torch.export.Dim("windows", min=1), 1: torch.export.Dim("tokens", min=2, max=MOST_TOKENS)}
    about = ("fields", str(len(fields())))
    outputs = ["begins", "sections", "fields"]
    onnx_file.write(Probabilities(network).eval(), examples, path, INPUTS, outputs, sizes, about)
