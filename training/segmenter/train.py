"""Trains the segmenter: python -m training.segmenter.train --config configs/segmenter.yaml [--out MODEL.onnx]

The pages are made first and kept; training takes up again where it was stopped. One configuration gives one model:
every batch depends on the seed and its number alone.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from training.segmenter.crops import as_input, draw_crop
from training.segmenter.export import export
from training.segmenter.flat import FlatPage
from training.segmenter.loss import loss
from training.segmenter.network import Segmenter
from training.segmenter.pages import load_pages, prepare
from training.segmenter.settings import Settings, Training, load_settings

CURVE_EVERY = 20
"""Steps between the points of the curve."""


def learning_rate(step: int, how: Training) -> float:
    if step < how.warm_up:
        return how.rate * (step + 1) / how.warm_up
    return how.rate * (0.01 + 0.99 * (1 + math.cos(math.pi * (step - how.warm_up) / (how.steps - how.warm_up))) / 2)


def draw_batch(pages: Sequence[FlatPage], settings: Settings, step: int) -> tuple[Tensor, Tensor]:
    """The batch of this number: N x 1 x side x side, and N x 5 x side/2 x side/2."""
    how = settings.training
    random = np.random.default_rng([how.seed, step])
    made = []
    for _ in range(how.batch):
        made.append(draw_crop(pages[int(random.integers(len(pages)))], how.side, settings.augmentation, random))
    crops = np.stack([crop for crop, _ in made])
    targets = np.stack([target for _, target in made])
    return torch.from_numpy(as_input(crops)), torch.from_numpy(targets.astype(np.float32))


def batches(pages: Sequence[FlatPage], settings: Settings, first: int) -> Iterator[tuple[int, Tensor, Tensor]]:
    """From the batch of this number to the last; the next one is drawn while one is learnt from."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        following = worker.submit(draw_batch, pages, settings, first)
        for step in range(first, settings.training.steps):
            inputs, targets = following.result()
            if step + 1 < settings.training.steps:
                following = worker.submit(draw_batch, pages, settings, step + 1)
            yield step, inputs, targets


def average_of(mean: Segmenter, network: Segmenter, decay: float, step: int) -> None:
    """Moves the running mean of weights and statistics towards the network."""
    # Early on the mean would still hold what the network was before it had learnt anything.
    keep = min(decay, (step + 1) / (step + 10))
    with torch.no_grad():
        for old, new in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
            if old.dtype.is_floating_point:
                old.lerp_(new, 1 - keep)
            else:
                old.copy_(new)


def train(settings: Settings, pages: Sequence[FlatPage], folder: Path, stop_at: int | None = None) -> Segmenter:
    """The trained network, its weights the running mean.

    Args:
        folder: for checkpoint and curve; a checkpoint that lies there is gone on from.
        stop_at: the step before which to stop, as a kill would; None for the end.
    """
    how = settings.training
    torch.manual_seed(how.seed)
    # 32 bits: convolutions in bfloat16 are faster here, but gave other gradients from one run to the next.
    torch.use_deterministic_algorithms(True)
    # Only tells of reading what was never written, and costs as much as a small layer.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.set_num_threads(how.threads)
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    network, mean = Segmenter(), Segmenter()
    mean.load_state_dict(network.state_dict())
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(network.parameters(), lr=how.rate, weight_decay=how.decay)
    checkpoint, curve = folder / "checkpoint.pt", folder / "curve.jsonl"
    first = _restore(checkpoint, network, mean, optimiser)
    _cut(curve, first)
    network.train()
    begun, total, counted = time.monotonic(), 0.0, 0
    for step, inputs, targets in batches(pages, settings, first):
        if step == stop_at:
            break
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, how)
        inputs = inputs.to(memory_format=torch.channels_last)
        value = loss(network(inputs), targets, how.border_weight)
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        average_of(mean, network, how.average, step)
        total, counted = total + float(value.detach()), counted + 1
        if (step + 1) % CURVE_EVERY == 0 or step + 1 == how.steps:
            seconds = (time.monotonic() - begun) / (step + 1 - first)
            point = {"step": step + 1, "loss": round(total / counted, 5), "seconds_a_step": round(seconds, 3)}
            with curve.open("a", encoding="utf-8") as file:
                file.write(json.dumps(point) + "\n")
            total, counted = 0.0, 0
        if (step + 1) % how.checkpoint_every == 0 or step + 1 == how.steps:
            _store(checkpoint, step + 1, network, mean, optimiser)
    return mean.eval()


def _store(path: Path, step: int, network: Segmenter, mean: Segmenter, optimiser: torch.optim.Optimizer) -> None:
    half = path.with_suffix(".part")
    state = {"step": step, "network": network.state_dict(), "mean": mean.state_dict()}
    torch.save({**state, "optimiser": optimiser.state_dict()}, half)
    half.replace(path)


def _restore(path: Path, network: Segmenter, mean: Segmenter, optimiser: torch.optim.Optimizer) -> int:
    """The number of the next step."""
    if not path.exists():
        return 0
    state: dict[str, Any] = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    mean.load_state_dict(state["mean"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def _cut(curve: Path, first: int) -> None:
    """Drops the points of steps that will be done again."""
    if curve.exists():
        points = curve.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [point for point in points if json.loads(point)["step"] <= first]
        curve.write_text("".join(kept), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.segmenter.train", description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models/segmenter/segmenter.onnx"))
    chosen = parser.parse_args(arguments)
    settings = load_settings(chosen.config)
    folder = Path(settings.folder)
    paths = prepare(settings.data, folder / "pages")
    network = train(settings, load_pages(paths), folder)
    export(network, chosen.out)


if __name__ == "__main__":
    main()
