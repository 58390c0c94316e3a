"""Measures how digits are misread on generated pages: `python -m training.confusions --reports 24 --seed 1`.

Writes configs/digit_confusions.yaml. Cells are cut out of degraded pages of the tuning layouts by their true corners,
a few pixels off as a recovered grid is, and read by each packaged recogniser. Counted are what the pixels show against
what is printed, and which character is read for which. The temperature and the weight of the counts are those with
the smallest cross-entropy, each half of the reports being read with the counts of the other.
"""

from __future__ import annotations

import argparse
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import yaml
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from pipeline.ocr.calibration import Calibration, Confusions, Printed
from pipeline.ocr.load import load_engine
from pipeline.ocr.numbers import NUMBER_SYMBOLS, CellLook, is_number, number_reading, seen_with_reading
from pipeline.ocr.paddle import PaddleEngine
from pipeline.ocr.settings import default_settings
from training.synth import LEVELS, TUNING_LAYOUTS, SynthPage, degrade, draw_pages
from training.synth.warp import upright

TARGET = Path(__file__).parent.parent / "configs" / "digit_confusions.yaml"
SETS = ("small", "tiny")
TEMPERATURES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
WEIGHTS = (0.0, 0.003, 0.01, 0.03, 0.1, 0.2)
ASSUMED_ONLY = ("bar", "coloured")
"""Generated pages tell nothing of them: few of their reports print a dash, none prints in colour."""
EASY = 10
_FLOOR = 1e-6
"""Probability of a text that is not among the rivals, for the cross-entropy."""


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A number cell cut out of a page."""

    level: str
    fold: int
    text: str
    """What is printed, by `plain`."""
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    cell: Cell
    look: CellLook


def plain(text: str) -> str:
    """The text in the form in which two readings of the same print are the same: dashes alike, no blanks or commas."""
    bare = unicodedata.normalize("NFKC", "".join(text.split())).replace(",", "")
    return bare.translate(str.maketrans("–−—一―─", "------"))


def number_cells(page: SynthPage, level: str, fold: int, random: Random) -> Iterator[Cell]:
    """The whole number cells of a page, cut as if a grid had been recovered to within two pixels."""
    for cell in page.truth.cells:
        if cell.field is None or cell.parts > 1:
            continue
        flat = upright(page.image, cell.quad, 8)
        if flat is None:
            continue
        inset = 0.03 * flat.shape[0] + 1.5
        sides = [inset + random.uniform(-2, 2) for _ in range(4)]
        left, top, right, bottom = (max(0, round(side)) for side in sides)
        inside = flat[top : flat.shape[0] - bottom, left : flat.shape[1] - right]
        if min(inside.shape[:2]) >= 6:
            yield Cell(level, fold, plain(cell.text), np.asarray(inside, np.uint8))


def drawn_cells(reports: int, seed: int) -> Iterator[Cell]:
    """Number cells of generated reports at all levels, layouts in turn."""
    for number in range(reports):
        layout = TUNING_LAYOUTS[number % len(TUNING_LAYOUTS)]
        report = draw_pages(seed + number, layout)
        random = Random(f"{layout} {seed + number}")
        for page in report.pages:
            if not any(cell.field for cell in page.truth.cells):
                continue
            for level in LEVELS:
                yield from number_cells(degrade(page, level, seed + number), level, number % 2, random)


def looks_at(cells: Sequence[Cell], name: str) -> list[Look]:
    """The packaged recogniser's uncalibrated look at each cell."""
    engine = load_engine(name, settings=default_settings().without_network())
    if not isinstance(engine, PaddleEngine):
        raise TypeError(f"{name} gives no posterior")
    found = engine.look([cell.pixels for cell in cells])
    return [Look(cell, look) for cell, look in zip(cells, found, strict=True)]


def printed_kind(text: str) -> Printed:
    return "blank" if not text else "dash" if text == "-" else "number"


def seen_counts(looks: Iterable[Look]) -> dict[str, dict[str, int]]:
    """What the pixels show -> what is printed -> how often."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in looks:
        if one.look.seen in ASSUMED_ONLY:
            continue
        best = number_reading(one.look, Confusions(), Calibration()).rivals[0][0]
        counts[seen_with_reading(one.look, best)][printed_kind(one.cell.text)] += 1
    return {seen: dict(sorted(kinds.items())) for seen, kinds in sorted(counts.items())}


def character_counts(looks: Iterable[Look]) -> dict[str, dict[str, int]]:
    """Read -> printed -> how often, over the characters of numbers of which most was read.

    The best text at temperature 1 is laid beside the print with the fewest changes. Under the empty string stand
    the places where nothing was read: nothing printed there, or a lost character.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in looks:
        truth = one.cell.text
        if one.look.seen not in ("ink", "doubtful") or not is_number(truth) or truth in ("", "-"):
            continue
        read = plain(number_reading(one.look, Confusions(), Calibration()).rivals[0][0])
        if not is_number(read) or Levenshtein.distance(read, truth) > max(1, len(truth) // 2):
            continue
        counts[""][""] += len(read) + 1
        for change in Levenshtein.opcodes(read, truth):
            here, there = read[change.src_start : change.src_end], truth[change.dest_start : change.dest_end]
            for place in range(max(len(here), len(there))):
                counts[here[place : place + 1]][there[place : place + 1]] += 1
    return {read: dict(sorted(printed.items())) for read, printed in sorted(counts.items())}


def cross_entropy(looks: Sequence[Look], confusions: Confusions, measured: Calibration) -> float:
    """Sum of the negative logarithms of the probabilities given to what is printed, in nats."""
    total = 0.0
    for one in looks:
        share = 0.0
        for text, part in number_reading(one.look, confusions, measured).rivals:
            share += part if plain(text) == one.cell.text else 0.0
        total -= math.log(max(share, _FLOOR))
    return total


def hard_and_easy(looks: Sequence[Look]) -> tuple[list[Look], list[Look]]:
    """Cells on which something can be gained, and every `EASY`-th of those that are read right beyond doubt."""
    hard: list[Look] = []
    easy: list[Look] = []
    for one in looks:
        text, share = number_reading(one.look, Confusions(), Calibration()).rivals[0]
        (easy if plain(text) == one.cell.text and share > 0.99 else hard).append(one)
    return hard, easy[::EASY]


def fit(looks: Sequence[Look], measured: Calibration) -> tuple[Confusions, list[str]]:
    """The confusions of one recogniser with the best temperature and weight, and what was tried."""
    folds = [[one for one in looks if one.cell.fold == fold] for fold in (0, 1)]
    counts = [character_counts(one) for one in folds]
    samples = [hard_and_easy(one) for one in folds]

    def both(temperature: float, weight: float) -> float:
        total = 0.0
        for fold in (0, 1):
            learnt = Confusions(temperature=temperature, weight=weight, characters=counts[1 - fold])
            hard, easy = (cross_entropy(sample, learnt, measured) for sample in samples[fold])
            total += hard + EASY * easy
        return total / len(looks)

    by_temperature = {temperature: both(temperature, 0.01) for temperature in TEMPERATURES}
    temperature = min(by_temperature, key=lambda one: (by_temperature[one], one))
    by_weight = {weight: both(temperature, weight) for weight in WEIGHTS}
    # The more weight the counts can have at no cost, the more rivals the arithmetic has to choose from.
    weight = max(one for one, value in by_weight.items() if value <= 1.005 * min(by_weight.values()))
    tried = [
        "  temperature " + ", ".join(f"{one:g}: {value:.4f}" for one, value in by_temperature.items()),
        "  weight " + ", ".join(f"{one:g}: {value:.4f}" for one, value in by_weight.items()),
    ]
    return Confusions(temperature=temperature, weight=weight, characters=character_counts(looks)), tried


def accuracy(looks: Sequence[Look], confusions: Confusions, measured: Calibration) -> list[str]:
    """For each level: cells, share whose best rival is right, share with the print among the rivals, isolated 0 and 1
    that are not the best rival."""
    lines = []
    for level in LEVELS:
        chosen = [one for one in looks if one.cell.level == level]
        right = listed = lone = lost = 0
        for one in chosen:
            texts = [plain(text) for text, _ in number_reading(one.look, confusions, measured).rivals]
            right += texts[0] == one.cell.text
            listed += one.cell.text in texts
            if one.cell.text in ("0", "1"):
                lone += 1
                lost += texts[0] != one.cell.text
        size = max(1, len(chosen))
        lines.append(
            f"  {level:7} {len(chosen):6} cells, right {right / size:.5f}, among the rivals {listed / size:.5f}, "
            f"0 and 1 misread {lost} of {lone}"
        )
    return lines


def strangers(looks: Iterable[Look]) -> Counter[tuple[str, str]]:
    """(character, what is printed) where a single character that no number has was read for a digit."""
    found: Counter[tuple[str, str]] = Counter()
    for one in looks:
        read, truth = one.look.general.text.strip(), one.cell.text
        if len(read) == len(truth):
            found.update((a, b) for a, b in zip(read, truth, strict=True) if a not in NUMBER_SYMBOLS and a != b)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=TARGET)
    given = parser.parse_args()
    cells = list(drawn_cells(given.reports, given.seed))
    command = f"python -m training.confusions --reports {given.reports} --seed {given.seed}"
    by_set = {name: looks_at(cells, name) for name in SETS}
    seen = seen_counts(by_set[SETS[0]])
    measured = Calibration.model_validate({"command": command, "seen": seen})
    recognisers: dict[str, Confusions] = {}
    for name, looks in by_set.items():
        confusions, tried = fit(looks, measured)
        recognisers[default_settings().sets[name].recogniser.model] = confusions
        print(name, f"{len(looks)} cells", *tried, *accuracy(looks, confusions, measured), sep="\n")
        alike = [f"{a} for {b}: {count}" for (a, b), count in strangers(looks).most_common(20)]
        print("  characters that no number has:", "; ".join(alike) or "none")
    raw = measured.model_copy(update={"recognisers": recognisers}).model_dump(mode="json")
    head = (
        "# Written by training/confusions.py with the command below; the meaning is in pipeline/ocr/calibration.py.\n"
    )
    given.out.write_text(head + yaml.safe_dump(raw, allow_unicode=True, sort_keys=True), encoding="utf-8")


if __name__ == "__main__":
    main()
