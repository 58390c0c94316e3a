"""The fitted classifier as files that `pipeline.tag.model` loads: network, tokenizer, and what they are."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from pipeline.tag.labels import columns, fields, rows
from training.tagger.encoder import special_ids
from training.tagger.network import Tagger
from training.tagger.train import field_shares

OPSET = 20
NETWORK, TOKENIZER, ABOUT = "tagger.onnx", "tokenizer.json", "tagger.json"


class Probabilities(nn.Module):
    """The classifier with probabilities for logits."""

    def __init__(self, network: Tagger) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, places: Tensor, of: Tensor, there: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        scores = self.network(ids, places, of, there)
        return scores.begins.softmax(-1), scores.sections.softmax(-1), field_shares(scores.fields)


def export(network: Tagger, encoder: Path, folder: Path, temperature: float = 1.0) -> None:
    """Writes the classifier with weights of eight bits; each file is replaced as a whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        whole, small = Path(scratch) / "whole.onnx", Path(scratch) / NETWORK
        write_whole(network, whole)
        # Weights per channel: one row of the vocabulary must not spoil the others.
        quantize_dynamic(whole, small, per_channel=True, weight_type=QuantType.QInt8)
        half = folder / f"{NETWORK}.part"
        shutil.copyfile(small, half)
        half.replace(folder / NETWORK)
    shutil.copyfile(encoder / "tokenizer.json", folder / TOKENIZER)
    special = special_ids(encoder)
    about = {
        "start": special.start,
        "end": special.end,
        "fill": special.pad,
        "tokens": 510,
        "overlap": 128,
        "temperature": round(temperature, 4),
        "fields": list(fields()),
        "rows": len(rows()),
        "columns": len(columns()),
    }
    (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_whole(network: Tagger, path: Path) -> None:
    """The classifier in 32 bits."""
    network.eval()
    example = tuple(torch.ones(2, 64, dtype=torch.long) for _ in range(4))
    sizes = {0: torch.export.Dim("windows", min=1), 1: torch.export.Dim("tokens", min=2, max=512)}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            Probabilities(network).eval(), example, dynamo=True, opset_version=OPSET, optimize=True,
            input_names=["ids", "places", "of", "there"], output_names=["begins", "sections", "fields"],
            dynamic_shapes=(sizes, sizes, sizes, sizes),
        )  # fmt: skip
    if program is None:
        raise RuntimeError("torch.onnx.export gave no program")
    program.save(str(path))
    onnx.checker.check_model(str(path))
