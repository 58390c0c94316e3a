"""Crops of number cells with what is printed in them, cut out of degraded pages as the page reader cuts them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from pipeline.scan.ink import ink, without_pen
from pipeline.scan.screen import is_black_and_white, softened, unscreened
from pipeline.scan.streaks import without_streaks
from training.number_reader.reprinted import is_taken, reprinted
from training.number_reader.settings import Data
from training.synth import LEVELS, TUNING_LAYOUTS, SynthPage, degrade, draw_pages
from training.synth.levels import suits
from training.synth.marks import sealed, written_on
from training.synth.warp import upright

PROCESSES = 2
OFF = 2.5
"""Pixels by which the border of a recovered cell is off at most."""
LARGEST = 120
"""Pixels of height of a crop that is kept; higher ones are shrunk."""


@dataclass(frozen=True, slots=True, eq=False)
class NumberCell:
    pixels: NDArray[np.uint8]
    """Height x width, as `pipeline.scan` gives it to the recogniser: shading and coloured ink taken out."""
    text: str
    level: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The pages of one generated report."""

    layout: str
    seed: int
    data: Data
    folder: Path


def prepare(data: Data, folder: Path) -> list[Path]:
    """Makes what is not there yet; the files of all reports, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [
        Wanted(layout, seed, data, folder)
        for seed in range(data.first_seed, data.first_seed + data.reports)
        for layout in data.layouts or TUNING_LAYOUTS
    ]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        return list(pool.map(make, wanted))


def make(wanted: Wanted) -> Path:
    """The cells of one report in one file; one that is there already is left as it is."""
    cv2.setNumThreads(1)
    path = wanted.folder / f"{wanted.layout}_{wanted.seed}.npz"
    if not path.exists():
        store(list(drawn_cells(wanted.layout, wanted.seed, wanted.data)), path)
    return path


def drawn_cells(layout: str, seed: int, data: Data) -> Iterator[NumberCell]:
    """Number cells of a generated report, each page printed anew at each of some levels."""
    random = np.random.default_rng([zlib.crc32(layout.encode()), seed])
    pages = [page for page in draw_pages(seed, layout).pages if any(is_taken(cell) for cell in page.truth.cells)]
    levels = [level for level in data.levels or tuple(LEVELS) if suits(pages, level)]
    for page in pages:
        for level in sorted(random.choice(levels, size=min(data.levels_a_page, len(levels)), replace=False)):
            seen = degrade(reprinted(page, int(random.integers(2**31))), str(level), seed)
            if random.random() < data.written_share:
                count = int(data.strokes_a_cell * sum(is_taken(cell) for cell in seen.truth.cells))
                seen = written_on(seen, random, count)
            if random.random() < data.sealed_share:
                for _ in range(data.seals_a_page):
                    seen = sealed(seen, random)
            yield from number_cells(seen, str(level), random)


def number_cells(page: SynthPage, level: str, random: Generator) -> Iterator[NumberCell]:
    """The whole number cells of a page as the page reader sees them, each border up to `OFF` pixels off."""
    image = unscreened(without_streaks(page.image))
    grey = ink(image)
    legible = softened(grey) if is_black_and_white(image) else grey
    figures = without_pen(image, legible)
    for cell in page.truth.cells:
        if not is_taken(cell):
            continue
        flat = upright(figures, cell.quad, 12)
        if flat is None:
            continue
        left, top, right, bottom = (max(0, round(2.5 + off)) for off in random.uniform(-OFF, OFF, 4))
        inside = flat[top : flat.shape[0] - bottom, left : flat.shape[1] - right]
        if min(inside.shape) < 8:
            continue
        if inside.shape[0] > LARGEST:
            size = (max(8, round(inside.shape[1] * LARGEST / inside.shape[0])), LARGEST)
            inside = np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_AREA), np.uint8)
        yield NumberCell(np.ascontiguousarray(inside, np.uint8), cell.text, level)


def store(cells: Sequence[NumberCell], path: Path) -> None:
    """All in one file: pixels one after the other, with the sizes."""
    sizes = np.array([cell.pixels.shape for cell in cells], np.int32).reshape(-1, 2)
    pixels = np.concatenate([cell.pixels.ravel() for cell in cells] or [np.zeros(0, np.uint8)])
    half = path.with_suffix(".part")
    with half.open("wb") as file:
        texts, levels = [cell.text for cell in cells], [cell.level for cell in cells]
        np.savez_compressed(file, pixels=pixels, sizes=sizes, texts=np.array(texts), levels=np.array(levels))
    half.replace(path)


def load(paths: Sequence[Path]) -> list[NumberCell]:
    found = []
    for path in paths:
        with np.load(path, allow_pickle=False) as data:
            pixels, sizes = data["pixels"], data["sizes"]
            ends = np.cumsum(sizes.prod(axis=1))
            for end, size, text, level in zip(ends, sizes, data["texts"], data["levels"], strict=True):
                crop = pixels[end - size.prod() : end].reshape(size)
                found.append(NumberCell(crop, str(text), str(level)))
    return found
