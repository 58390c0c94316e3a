"""The trained segmenter as a file that ONNX Runtime reads."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from training import onnx_file
from training.segmenter.network import CHANNELS, MULTIPLE, Segmenter

INPUT, OUTPUT = "ink", "maps"


class _Exported(nn.Module):
    """With the sigmoid, so that what comes out are probabilities."""

    def __init__(self, network: Segmenter) -> None:
        super().__init__()
        self.network = network

    def forward(self, ink: Tensor) -> Tensor:
        return torch.sigmoid(self.network(ink))


def export(network: Segmenter, path: Path) -> None:
    """Writes the network, with any height and width that are multiples of 32."""
    example = torch.zeros(1, 1, 4 * MULTIPLE, 6 * MULTIPLE)
    sizes = {2: MULTIPLE * torch.export.Dim("rows", min=2), 3: MULTIPLE * torch.export.Dim("columns", min=2)}
    about = ("channels", ",".join(CHANNELS))
    onnx_file.write(_Exported(network).eval(), [example], path, [INPUT], [OUTPUT], sizes, about)
