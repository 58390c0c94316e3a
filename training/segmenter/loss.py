"""What the network is scored by."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

N_BORDERS = 2
"""The first channels are thin."""


def loss(logits: Tensor, targets: Tensor, border_weight: float) -> Tensor:
    """Cross-entropy, with more weight on the pixels of borders, and one minus the dice coefficient, both as means
    over the channels.

    Args:
        logits: N x C x H x W.
        targets: the same size, 0 or 1.
        border_weight: of a pixel that is a border.
    """
    weights = torch.ones(logits.shape[1], dtype=logits.dtype)
    weights[:N_BORDERS] = border_weight
    entropy = functional.binary_cross_entropy_with_logits(logits, targets, pos_weight=weights[:, None, None])
    shown = torch.sigmoid(logits)
    both = (shown * targets).sum(dim=(0, 2, 3))
    either = shown.sum(dim=(0, 2, 3)) + targets.sum(dim=(0, 2, 3))
    # A channel that is empty in the whole batch has nothing to overlap with.
    dice = 1 - (2 * both + 1) / (either + 1)
    return entropy + dice.mean() * 0.5
