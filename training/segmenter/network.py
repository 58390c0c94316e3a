"""The network: a U-Net on five scales whose deepest ones look along whole rows and columns of the page."""

from __future__ import annotations

import torch
from torch import Tensor, nn

MULTIPLE = 32
"""Height and width of the input must be multiples of this."""
CHANNELS = ("level", "upright", "table", "text", "foreign")
"""Of the output: level and upright cell borders, drawn or implied; area of tables; of lines of text; of seals,
handwriting and the like."""
WIDTHS = (12, 24, 40, 56, 64)
"""Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the input."""
REACH = 15
"""Cells of the map over which `Axial` looks to either side, times its dilation, divided by two."""


class ConvUnit(nn.Sequential):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, before: int, after: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(before, after, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """Two plain convolutions beside the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = ConvUnit(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


class Axial(nn.Module):
    """Long thin depthwise convolutions, one level and one upright: what stands far off in the same row or column.

    Implied borders are seen by them: a column is told from the cells above and below as much as from its own.
    """

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        reach = REACH // 2 * dilation
        self.level = nn.Conv2d(width, width, (1, REACH), padding=(0, reach), dilation=(1, dilation), groups=width)
        self.upright = nn.Conv2d(width, width, (REACH, 1), padding=(reach, 0), dilation=(dilation, 1), groups=width)
        self.mix = nn.Sequential(nn.Conv2d(2 * width, width, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.mix(torch.cat([self.level(x), self.upright(x)], dim=1)))


class Up(nn.Module):
    """The deeper map at twice its size, added to the shallower one."""

    def __init__(self, deep: int, shallow: int) -> None:
        super().__init__()
        self.across = nn.Conv2d(deep, shallow, 1)
        self.enlarge = nn.Upsample(scale_factor=2, mode="nearest")
        self.unit = ConvUnit(shallow, shallow)

    def forward(self, deep: Tensor, shallow: Tensor) -> Tensor:
        joined: Tensor = self.unit(shallow + self.enlarge(self.across(deep)))
        return joined


class Segmenter(nn.Module):
    """N x 1 x H x W, 0 for paper to 1 for ink, to N x 5 x H/2 x W/2 logits in the order of `CHANNELS`."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        a, b, c, d, e = widths
        self.stem = ConvUnit(1, a, kernel=5, stride=2)
        self.quarter = nn.Sequential(ConvUnit(a, b, stride=2), ConvUnit(b, b))
        self.eighth = nn.Sequential(ConvUnit(b, c, stride=2), Axial(c, 1))
        self.sixteenth = nn.Sequential(ConvUnit(c, d, stride=2), Axial(d, 1), Axial(d, 2))
        self.deepest = nn.Sequential(ConvUnit(d, e, stride=2), Residual(e), Axial(e, 1), Axial(e, 2))
        self.to_sixteenth, self.to_eighth = Up(e, d), Up(d, c)
        self.along = Axial(c, 2)
        self.to_quarter = Up(c, b)
        # The last doubling costs nothing this way; at half resolution every further convolution would cost most of all.
        self.head = nn.Sequential(nn.Conv2d(b, 4 * len(CHANNELS), 1), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        quarter = self.quarter(self.stem(x))
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        deep = self.to_sixteenth(self.deepest(sixteenth), sixteenth)
        deep = self.along(self.to_eighth(deep, eighth))
        logits: Tensor = self.head(self.to_quarter(deep, quarter))
        return logits


def n_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
