"""Trains the segmenter: python -m training.segmenter.train --config configs/segmenter.yaml [--out MODEL.onnx]

The pages are made first and kept; training takes up again where it was stopped. One configuration gives one model:
every batch depends on the seed and its number alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from training.schedule import add_point, average_of, cut, learning_rate, restore, store
from training.segmenter.crops import as_input, draw_crop
from training.segmenter.export import export
from training.segmenter.flat import FlatPage
from training.segmenter.loss import loss
from training.segmenter.network import Segmenter
from training.segmenter.pages import load_pages, prepare
from training.segmenter.settings import Settings, load_settings

CURVE_EVERY = 20
"""Steps between the points of the curve."""


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
    first = restore(checkpoint, network, mean, optimiser)
    cut(curve, first)
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
            add_point(curve, point)
            total, counted = 0.0, 0
        if (step + 1) % how.checkpoint_every == 0 or step + 1 == how.steps:
            store(checkpoint, step + 1, network, mean, optimiser)
    return mean.eval()


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
