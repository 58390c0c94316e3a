"""What trainings have in common: how fast is learnt, the running mean, and how to take up again where one stopped."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import nn


class Schedule(BaseModel):
    """The learning rate rises over `warm_up` steps and falls along a cosine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(gt=0)
    rate: float = Field(gt=0)
    """The highest learning rate."""
    warm_up: int


def learning_rate(step: int, how: Schedule) -> float:
    if step < how.warm_up:
        return how.rate * (step + 1) / how.warm_up
    return how.rate * (0.01 + 0.99 * (1 + math.cos(math.pi * (step - how.warm_up) / (how.steps - how.warm_up))) / 2)


def average_of(mean: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    """Moves the running mean of weights and statistics towards the network."""
    # Early on the mean would still hold what the network was before it had learnt anything.
    keep = min(decay, (step + 1) / (step + 10))
    with torch.no_grad():
        for old, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
            if old.dtype.is_floating_point:
                old.lerp_(new, 1 - keep)
            else:
                old.copy_(new)


def store(path: Path, step: int, network: nn.Module, mean: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Writes a checkpoint from which the step of that number is next."""
    half = path.with_suffix(".part")
    state = {"step": step, "network": network.state_dict(), "mean": mean.state_dict()}
    torch.save({**state, "optimiser": optimiser.state_dict()}, half)
    half.replace(path)


def restore(path: Path, network: nn.Module, mean: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    """The number of the next step; 0 where there is no checkpoint."""
    if not path.exists():
        return 0
    state: dict[str, Any] = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    mean.load_state_dict(state["mean"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def cut(curve: Path, first: int) -> None:
    """Drops the points of steps that will be done again."""
    if curve.exists():
        points = curve.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [point for point in points if json.loads(point)["step"] <= first]
        curve.write_text("".join(kept), encoding="utf-8")


def add_point(curve: Path, point: dict[str, float]) -> None:
    with curve.open("a", encoding="utf-8") as file:
        file.write(json.dumps(point) + "\n")
