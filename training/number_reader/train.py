"""Trains the reader of number cells: python -m training.number_reader.train --config configs/number_reader.yaml

The cells are cut out of generated pages first and kept; training takes up again where it was stopped. One
configuration gives one model: every batch depends on the seed and its number alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from pipeline.ocr.ink import find_ink
from pipeline.ocr.number_network import HEIGHT, STEP, filled, window
from pipeline.ocr.numbers import NUMBER_SYMBOLS
from training import onnx_file
from training.fitting import fit
from training.number_reader.cells import NumberCell, load, prepare
from training.number_reader.network import NARROWER, NumberReader, Probabilities
from training.number_reader.settings import Augmentation, Settings, load_settings
from training.number_reader.spoilt import spoilt

BLOCK = 8
"""Batches that are drawn together."""
TRIES = 20
"""Crops without any ink that are drawn again in a row."""


class Batch(NamedTuple):
    images: Tensor
    """N x 1 x 40 x W."""
    steps: Tensor
    """N; of the output."""
    symbols: Tensor
    """Those of all windows, one after the other."""
    lengths: Tensor
    """N; how many each window has."""


def columns_of(text: str) -> list[int]:
    """The columns of the network's output that say a printed text; dashes that are a whole cell are one symbol."""
    bare = "—" if text and set(text) <= set("-—") else text
    return [1 + NUMBER_SYMBOLS.index(character) for character in bare]


def draw_sample(
    cells: Sequence[NumberCell], how: Augmentation, random: Generator
) -> tuple[NDArray[np.float32], list[int]]:
    """A window and what it says. Blank cells are seen where dirt or a stroke makes ink of them."""
    for _ in range(TRIES):
        cell = cells[int(random.integers(len(cells)))]
        crop = np.repeat(spoilt(cell.pixels, how, random)[:, :, None], 3, axis=2)
        ink = find_ink(crop)
        if ink is not None:
            return window(crop, ink), columns_of(cell.text)
    return np.zeros((HEIGHT, STEP), np.float32), []


def draw_batches(cells: Sequence[NumberCell], settings: Settings, block: int) -> list[Batch]:
    """`BLOCK` batches, each of windows of about one width: what fills up the narrower ones costs as much as they do."""
    how = settings.training
    random = np.random.default_rng([how.seed, block])
    samples = [draw_sample(cells, settings.augmentation, random) for _ in range(BLOCK * how.batch)]
    samples.sort(key=lambda sample: sample[0].shape[1])
    parts = [samples[first : first + how.batch] for first in range(0, len(samples), how.batch)]
    return [_batch(parts[place]) for place in random.permutation(BLOCK)]


def _batch(samples: Sequence[tuple[NDArray[np.float32], list[int]]]) -> Batch:
    images = torch.from_numpy(filled([image for image, _ in samples]))
    steps = torch.full((len(samples),), images.shape[3] // NARROWER)
    symbols = torch.tensor([column for _, columns in samples for column in columns], dtype=torch.long)
    return Batch(images, steps, symbols, torch.tensor([len(columns) for _, columns in samples]))


def batches(cells: Sequence[NumberCell], settings: Settings, first: int) -> Iterator[tuple[int, Batch]]:
    """From the batch of this number to the last; the next ones are drawn while some are learnt from."""
    steps = settings.training.steps
    with ThreadPoolExecutor(max_workers=1) as worker:
        following = worker.submit(draw_batches, cells, settings, first // BLOCK)
        for block in range(first // BLOCK, -(-steps // BLOCK)):
            drawn = following.result()
            if (block + 1) * BLOCK < steps:
                following = worker.submit(draw_batches, cells, settings, block + 1)
            for place, batch in enumerate(drawn):
                if first <= block * BLOCK + place < steps:
                    yield block * BLOCK + place, batch


def train(settings: Settings, cells: Sequence[NumberCell], folder: Path, stop_at: int | None = None) -> NumberReader:
    """The trained network; see `training.fitting.fit`."""
    return fit(NumberReader, lambda first: batches(cells, settings, first), _loss, settings.training, folder, stop_at)


def _loss(network: NumberReader, batch: Batch) -> Tensor:
    logits = network(batch.images.to(memory_format=torch.channels_last))
    shares = functional.log_softmax(logits, dim=2).transpose(0, 1)
    return functional.ctc_loss(shares, batch.symbols, batch.steps, batch.lengths, zero_infinity=True)


def export(network: NumberReader, path: Path) -> None:
    """Writes the network, with any number of windows of any width that is a multiple of `STEP`."""
    example = torch.zeros(2, 1, HEIGHT, 4 * STEP)
    sizes = {0: torch.export.Dim("windows", min=1), 3: STEP * torch.export.Dim("widths", min=1)}
    about = ("symbols", NUMBER_SYMBOLS)
    onnx_file.write(Probabilities(network).eval(), [example], path, ["window"], ["shares"], sizes, about)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.number_reader.train", description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models/number_reader/number_reader.onnx"))
    chosen = parser.parse_args(arguments)
    settings = load_settings(chosen.config)
    folder = Path(settings.folder)
    paths = prepare(settings.data, folder / "cells")
    export(train(settings, load(paths), folder), chosen.out)


if __name__ == "__main__":
    main()
