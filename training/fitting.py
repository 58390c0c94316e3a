"""How a small network of images is fitted: the loop, how fast is learnt, the running mean, and how to take up again
where one stopped.

One configuration gives one model: the batch of a step depends on the seed and the step's number alone.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import cv2
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

CURVE_EVERY = 20
"""Steps between the points of the curve."""
LARGEST_GRADIENT = 5.0
"""Norm to which a longer gradient is cut."""

Network = TypeVar("Network", bound=nn.Module)
Batch = TypeVar("Batch")


class Schedule(BaseModel):
    """The learning rate rises over `warm_up` steps and falls along a cosine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    steps: int = Field(gt=0)
    batch: int = Field(gt=0)
    """Samples a step."""
    rate: float = Field(gt=0)
    """The highest learning rate."""
    warm_up: int
    decay: float
    """Weight decay."""
    average: float
    """Decay of the running mean of the weights, which is what is exported."""
    checkpoint_every: int = Field(gt=0)
    threads: int = Field(gt=0)
    """Another number may give another model."""


def fit(
    make: Callable[[], Network],
    batches: Callable[[int], Iterator[tuple[int, Batch]]],
    loss: Callable[[Network, Batch], Tensor],
    how: Schedule,
    folder: Path,
    stop_at: int | None = None,
) -> Network:
    """The fitted network, its weights the running mean.

    Args:
        make: a network as it is before it has learnt anything.
        batches: the batches with their numbers, from the one of this number to the last.
        folder: for checkpoint and curve; a checkpoint that lies there is gone on from.
        stop_at: the step before which to stop, as a kill would; None for the end.
    """
    torch.manual_seed(how.seed)
    # 32 bits: convolutions in bfloat16 are faster here, but gave other gradients from one run to the next.
    torch.use_deterministic_algorithms(True)
    # Only tells of reading what was never written, and costs as much as a small layer.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.set_num_threads(how.threads)
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    network, mean = make(), make()
    mean.load_state_dict(network.state_dict())
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(network.parameters(), lr=how.rate, weight_decay=how.decay)
    checkpoint, curve = folder / "checkpoint.pt", folder / "curve.jsonl"
    first = restore(checkpoint, network, mean, optimiser)
    cut(curve, first)
    network.train()
    begun, total, counted = time.monotonic(), 0.0, 0
    for step, batch in batches(first):
        if step == stop_at:
            break
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, how)
        value = loss(network, batch)
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        optimiser.step()
        average_of(mean, network, how.average, step)
        total, counted = total + float(value.detach()), counted + 1
        if (step + 1) % CURVE_EVERY == 0 or step + 1 == how.steps:
            seconds = (time.monotonic() - begun) / (step + 1 - first)
            add_point(curve, {"step": step + 1, "loss": round(total / counted, 5), "seconds_a_step": round(seconds, 3)})
            total, counted = 0.0, 0
        if (step + 1) % how.checkpoint_every == 0 or step + 1 == how.steps:
            store(checkpoint, step + 1, network, mean, optimiser)
    return mean.eval()


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
