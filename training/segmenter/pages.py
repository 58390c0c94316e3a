"""The generated pages that are trained on, each made once and kept."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from training.segmenter.flat import FlatPage, flat_page, frame_of
from training.segmenter.settings import Data
from training.synth import LEVELS, TUNING_LAYOUTS, degrade, draw_pages

PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """The pages of one generated report."""

    layout: str
    seed: int
    levels: tuple[str, ...]
    levels_a_page: int
    plain_share: float
    folder: Path


def prepare(data: Data, folder: Path) -> list[Path]:
    """Makes what is not there yet; the files of all pages, in order."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [
        Wanted(layout, seed, data.levels or tuple(LEVELS), data.levels_a_page, data.plain_share, folder)
        for seed in range(data.first_seed, data.first_seed + data.reports)
        for layout in data.layouts or TUNING_LAYOUTS
    ]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(make, wanted))
    return [path for paths in made for path in paths]


def make(wanted: Wanted) -> list[Path]:
    """The pages of one report; those that are there already are left as they are."""
    cv2.setNumThreads(1)
    listing = wanted.folder / f"{wanted.layout}_{wanted.seed}.txt"
    if listing.exists():
        return [wanted.folder / name for name in listing.read_text(encoding="utf-8").split()]
    report = draw_pages(wanted.seed, wanted.layout)
    random = np.random.default_rng([zlib.crc32(wanted.layout.encode()), wanted.seed])
    made: list[Path] = []
    for index, page in enumerate(report.pages):
        if not page.truth.tables and random.random() >= wanted.plain_share:
            continue
        for level in _some(wanted.levels, wanted.levels_a_page, random):
            seen = degrade(page, level, wanted.seed)
            path = wanted.folder / f"{wanted.layout}_{wanted.seed}_{index}_{level}.npz"
            flat_page(frame_of(seen.truth, page.truth, random), seen.image, seen.truth).save(path)
            made.append(path)
    listing.write_text("\n".join(path.name for path in made), encoding="utf-8")
    return made


def load_pages(paths: Sequence[Path]) -> list[FlatPage]:
    return [FlatPage.load(path) for path in paths]


def _some(levels: tuple[str, ...], number: int, random: np.random.Generator) -> list[str]:
    chosen = random.choice(len(levels), size=min(number, len(levels)), replace=False)
    return [levels[index] for index in sorted(chosen)]
