"""Measures readers of number cells side by side, on layouts and seeds that none was trained on:

    python -m training.number_reader.evaluate [--reports N] [--first-seed S] [--layouts a,b|tuning|heldout]

Cells are cut out of degraded pages as for training. A reader's answer counts as right where its most probable text is
what is printed; sure and wrong is a wrong text with a probability of 0.98 and more.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ocr.engine import NumberReading
from pipeline.ocr.load import load_engine
from pipeline.ocr.number_network import NumberNetwork
from pipeline.ocr.pooled import PLAIN, is_plain, pooled
from pipeline.ocr.settings import default_settings
from training.confusions import plain
from training.number_reader.cells import NumberCell, load, prepare
from training.number_reader.settings import Data, load_settings
from training.synth import HELDOUT_LAYOUTS, LEVELS, TUNING_LAYOUTS

if TYPE_CHECKING:
    from pipeline.document import Pixels

FIRST_SEED = 9000
SURE = 0.98
CONFIG = Path(__file__).parents[2] / "configs" / "number_reader.yaml"
DASHES = {"-", "--", "—", "/"}


def as_printed(text: str) -> str:
    """The text in the form in which two readings of one print are the same; dashes of a whole cell are one."""
    bare = plain(text)
    return "-" if bare in DASHES else bare


def mixed(readings: Sequence[NumberReading]) -> dict[str, float]:
    """Text to its mean probability over several readers."""
    shares: dict[str, float] = {}
    for reading in readings:
        for text, share in reading.rivals:
            shares[as_printed(text)] = shares.get(as_printed(text), 0.0) + share / len(readings)
    return shares


def counts(cells: Sequence[NumberCell], answers: Sequence[dict[str, float]]) -> dict[str, tuple[int, int, int]]:
    """Level to cells, right ones, and those sure and wrong."""
    found: dict[str, tuple[int, int, int]] = {}
    for cell, shares in zip(cells, answers, strict=True):
        best = max(shares, key=lambda text: (shares[text], text), default="?")
        right = best == as_printed(cell.text)
        wrong = not right and shares.get(best, 0.0) >= SURE
        for level in (cell.level, "all"):
            n, good, bad = found.get(level, (0, 0, 0))
            found[level] = (n + 1, good + right, bad + wrong)
    return found


def plain_ones(cells: Sequence[NumberCell], by_network: Sequence[NumberReading]) -> tuple[int, int]:
    """Cells of which the pipeline believes the network alone, and how many of these are wrong."""
    plain = [(cell, one) for cell, one in zip(cells, by_network, strict=True) if is_plain(one)]
    return len(plain), sum(as_printed(one.rivals[0][0]) != as_printed(cell.text) for cell, one in plain)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.number_reader.evaluate")
    parser.add_argument("--reports", type=int, default=1, help="of each layout")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--layouts", default="heldout")
    chosen = parser.parse_args(arguments)
    named = {"tuning": TUNING_LAYOUTS, "heldout": HELDOUT_LAYOUTS}
    settings = load_settings(CONFIG)
    what: dict[str, object] = {
        "layouts": named.get(chosen.layouts) or tuple(chosen.layouts.split(",")),
        "first_seed": chosen.first_seed, "reports": chosen.reports,
    }  # fmt: skip
    data: Data = settings.data.model_copy(update=what)
    cells = load(prepare(data, Path(settings.folder) / "heldout"))
    crops: list[Pixels] = [np.repeat(cell.pixels[:, :, None], 3, axis=2) for cell in cells]
    alone = default_settings().without_network()
    readers: dict[str, Callable[[Sequence[Pixels]], list[NumberReading]]] = {
        "small": load_engine("small", settings=alone).read_numbers,
        "tiny": load_engine("tiny", settings=alone).read_numbers,
        "network": NumberNetwork().read_numbers,
    }  # fmt: skip
    answers: dict[str, list[NumberReading]] = {}
    for name, read in readers.items():
        read(crops[:64])
        begun = time.perf_counter()
        answers[name] = read(crops)
        print(f"{name}: {1000 * (time.perf_counter() - begun) / len(crops):.2f} ms a cell")
    print(f"| readers | {' | '.join(LEVELS)} | all | sure and wrong |\n|{'---|' * (len(LEVELS) + 3)}")
    mean = [mixed(both) for both in zip(answers["small"], answers["network"], strict=True)]
    pool = [mixed([pooled(*both)]) for both in zip(answers["small"], answers["network"], strict=True)]
    ways = {name: [mixed([one]) for one in found] for name, found in answers.items()}
    for name, shares in (ways | {"mean of small and network": mean, "pool of small and network": pool}).items():
        by_level = counts(cells, shares)
        seen = [by_level[level] for level in (*LEVELS, "all") if level in by_level]
        row = [f"{100 * right / cells:.2f}" for cells, right, _ in seen]
        print(f"| {name} | {' | '.join(row)} | {by_level['all'][2]} of {by_level['all'][0]} |")
    alone_read, wrong = plain_ones(cells, answers["network"])
    print(f"of which the network says so surely that no other is asked ({PLAIN}): {alone_read}, wrong {wrong}")


if __name__ == "__main__":
    main()
