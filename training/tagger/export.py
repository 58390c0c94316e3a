"""The fitted classifier as files that `pipeline.tag.model` loads: network, tokenizer, and what they are."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.tag.labels import fields
from pipeline.tag.order import Orders
from training import eight_bits, onnx_file
from training.tagger.network import Tagger
from training.tagger.settings import Windows
from training.tagger.tokenizer import special_ids
from training.tagger.train import field_shares

MOST_TOKENS = 512
"""Of a window, its ends among them: the places that the encoder knows."""
INPUTS = ["ids", "places", "of", "there"]
NETWORK, TOKENIZER, ABOUT, ORDER = "tagger.onnx", "tokenizer.json", "tagger.json", "order.npz"


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
        eight_bits.write(whole, small)
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


def write_orders(orders: Orders, folder: Path) -> None:
    """The order of the numbers beside the network; the file is replaced as a whole."""
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f"{ORDER}.part"
    # Half as many bits: what differs is below what any count could tell.
    parts = {
        "shares": orders.shares,
        "steps": np.log(orders.steps).astype(np.float16),
        "lost": np.asarray(orders.lost, np.float32),
    }
    with zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            # np.savez would write the time of day.
            with file.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
                np.lib.format.write_array(member, part)  # type: ignore[no-untyped-call]
    half.replace(folder / ORDER)
