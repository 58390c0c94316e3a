"""Trains the segmenter: python -m training.segmenter.train --config configs/segmenter.yaml [--out MODEL.onnx]

The pages are made first and kept; training takes up again where it was stopped. One configuration gives one model:
every batch depends on the seed and its number alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.fitting import fit
from training.segmenter.crops import as_input, draw_crop
from training.segmenter.export import export
from training.segmenter.flat import FlatPage
from training.segmenter.loss import loss
from training.segmenter.network import Segmenter
from training.segmenter.pages import load_pages, prepare
from training.segmenter.settings import Settings, load_settings

Batch = tuple[Tensor, Tensor]
"""N x 1 x side x side, and N x 5 x side/2 x side/2."""


def draw_batch(pages: Sequence[FlatPage], settings: Settings, step: int) -> Batch:
    """The batch of this number."""
    how = settings.training
    random = np.random.default_rng([how.seed, step])
    made = []
    for _ in range(how.batch):
        made.append(draw_crop(pages[int(random.integers(len(pages)))], how.side, settings.augmentation, random))
    crops = np.stack([crop for crop, _ in made])
    targets = np.stack([target for _, target in made])
    return torch.from_numpy(as_input(crops)), torch.from_numpy(targets.astype(np.float32))


def batches(pages: Sequence[FlatPage], settings: Settings, first: int) -> Iterator[tuple[int, Batch]]:
    """From the batch of this number to the last; the next one is drawn while one is learnt from."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        following = worker.submit(draw_batch, pages, settings, first)
        for step in range(first, settings.training.steps):
            batch = following.result()
            if step + 1 < settings.training.steps:
                following = worker.submit(draw_batch, pages, settings, step + 1)
            yield step, batch


def train(settings: Settings, pages: Sequence[FlatPage], folder: Path, stop_at: int | None = None) -> Segmenter:
    """The trained network; see `training.fitting.fit`."""
    how = settings.training

    def batch_loss(network: Segmenter, batch: Batch) -> Tensor:
        inputs, targets = batch
        return loss(network(inputs.to(memory_format=torch.channels_last)), targets, how.border_weight)

    return fit(Segmenter, lambda first: batches(pages, settings, first), batch_loss, how, folder, stop_at)


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
