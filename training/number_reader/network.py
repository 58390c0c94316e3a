"""The network: convolutions that keep the width of a window and fold up its height, for CTC (Graves et al. 2006)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipeline.ocr.number_network import HEIGHT
from pipeline.ocr.numbers import NUMBER_SYMBOLS

N_OUTPUTS = 1 + len(NUMBER_SYMBOLS)
WIDTHS = (16, 32, 64, 96, 128)
NARROWER = 2
"""Pixels of the window for one step of the output."""
REACH = 7
"""Steps that a symbol is told by, at each of the last two convolutions."""


class ConvUnit(nn.Sequential):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, before: int, after: int, kernel: tuple[int, int] = (3, 3), padding: bool = True) -> None:
        sides = (kernel[0] // 2 if padding else 0, kernel[1] // 2)
        super().__init__(
            nn.Conv2d(before, after, kernel, padding=sides, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
        )


class NumberReader(nn.Module):
    """N x 1 x 40 x W, 0 for paper to 1 for ink, to N x W/2 x 18 logits: the blank and `NUMBER_SYMBOLS`."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        a, b, c, d, e = widths
        self.body = nn.Sequential(
            ConvUnit(1, a), nn.MaxPool2d(2),
            ConvUnit(a, b), nn.MaxPool2d((2, 1)),
            ConvUnit(b, c), ConvUnit(c, c), nn.MaxPool2d((2, 1)),
            ConvUnit(c, d), ConvUnit(d, e, (HEIGHT // 8, 3), padding=False),
        )  # fmt: skip
        self.along = nn.Sequential(
            nn.Conv1d(e, e, REACH, padding=REACH // 2, groups=e, bias=False), nn.Conv1d(e, e, 1, bias=False),
            nn.BatchNorm1d(e), nn.ReLU(inplace=True),
            nn.Conv1d(e, e, REACH, padding=REACH // 2, groups=e, bias=False), nn.Conv1d(e, e, 1, bias=False),
            nn.BatchNorm1d(e), nn.ReLU(inplace=True),
            nn.Conv1d(e, N_OUTPUTS, 1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        columns = self.body(x).squeeze(2)
        logits: Tensor = self.along(columns).transpose(1, 2)
        return logits


class Probabilities(nn.Module):
    """The network with the softmax, as it is exported."""

    def __init__(self, network: NumberReader) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        return torch.softmax(self.network(x), dim=2)
