"""Measures the segmenter beside classical line finding, on layouts and seeds that it was not trained on:

    python -m training.segmenter.evaluate [--reports N] [--first-seed S] [--levels a,b] [--layouts a,b|tuning|heldout]

Each page is made flat by what is known of it, but for a turn of up to a degree and what is curled; each way then
straightens it by what it finds and makes its lattices, with the same code. Where lines of text stand is known: line
finding is told, as it must not take letters for rules; on a real page it has to rely on a detector.
"""

from __future__ import annotations

import argparse
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from pipeline.scan.ink import ink
from pipeline.scan.lattice import find_lattices, uncrossed
from pipeline.scan.page import drawn_rules, learnt_rules
from pipeline.scan.parts import TextPart
from pipeline.scan.straighten import field_of
from pipeline.scan.upright import turned
from training.segmenter.flat import FlatPage, flat_page, frame_of
from training.segmenter.scoring import Borders, border_scores, exact_tables, found_cells
from training.synth import HELDOUT_LAYOUTS, LEVELS, TUNING_LAYOUTS, degrade, draw_pages

if TYPE_CHECKING:
    from pipeline.scan.frame import Frame
    from pipeline.scan.ink import Grey
    from pipeline.scan.rules import Masks
    from training.synth import SynthPage

    Way: TypeAlias = Callable[[Grey, Sequence[TextPart]], Masks]
    Given: TypeAlias = tuple[Grey, FlatPage, list[TextPart]]

SLOPE = 1.0
"""Degrees at most by which a page is still turned."""
FIRST_SEED = 9000
PROCESSES = 2


WAYS: dict[str, Way] = {"classical": drawn_rules, "segmenter": learnt_rules}
"""Those of the page reader."""


@dataclass(slots=True)
class Score:
    """Of one way on several pages."""

    borders: Borders = field(default_factory=Borders)
    cells: int = 0
    found_cells: int = 0
    tables: int = 0
    exact_tables: int = 0
    pages: int = 0
    """With at least one table."""
    exact_pages: int = 0
    all_pages: int = 0
    seconds: float = 0.0
    """Of one processor, for finding borders, all pages together."""

    def add(self, other: Score) -> None:
        self.borders += other.borders
        self.cells += other.cells
        self.found_cells += other.found_cells
        self.tables += other.tables
        self.exact_tables += other.exact_tables
        self.pages += other.pages
        self.exact_pages += other.exact_pages
        self.all_pages += other.all_pages
        self.seconds += other.seconds


def score_page(way: Way, frame: Frame, seen: SynthPage, given: Given) -> Score:
    """One page by one way; `given` is `given_in` the frame."""
    grey, truth, parts = given
    begun = time.process_time()
    masks = way(grey, parts)
    seconds = time.process_time() - begun
    bend = field_of(frame, masks, ())
    borders = border_scores(masks, truth, masks.scale * frame.width / truth.image.shape[1])
    if bend is not None:
        frame = frame.straightened(bend)
        grey, truth, parts = given_in(frame, seen)
        masks = way(grey, parts)
    lattices = [uncrossed(lattice, [part.box for part in parts]) for lattice in find_lattices(masks)]
    factor = frame.width / truth.image.shape[1]
    exact = exact_tables(lattices, truth, factor)
    found, cells = found_cells(lattices, truth, factor)
    has = int(bool(exact))
    whole = int(bool(exact) and all(exact))
    return Score(borders, cells, found, len(exact), sum(exact), has, whole, 1, seconds)


def given_in(frame: Frame, seen: SynthPage) -> Given:
    """The page in the frame, what is known of it, and its lines of text in pixels of the frame."""
    truth = flat_page(frame, seen.image, seen.truth)
    lines = (truth.lines + 0.5) * frame.width / truth.image.shape[1]
    low, high = lines.min(axis=1), lines.max(axis=1)
    parts = [TextPart((float(a), float(b), float(c), float(d))) for (a, b), (c, d) in zip(low, high, strict=True)]
    return ink(frame.image(seen.image)), truth, parts


def score_report(layout: str, seed: int, levels: Sequence[str]) -> dict[tuple[str, str, str], Score]:
    """(level, layout, way) to score, over the pages of one generated report."""
    cv2.setNumThreads(1)
    scores: defaultdict[tuple[str, str, str], Score] = defaultdict(Score)
    random = np.random.default_rng([zlib.crc32(layout.encode()), seed])
    for page in draw_pages(seed, layout).pages:
        for level in levels:
            slope = float(random.uniform(-SLOPE, SLOPE))
            seen = degrade(page, level, seed)
            frame = turned(frame_of(seen.truth, page.truth, random), slope)
            given = given_in(frame, seen)
            for name, way in WAYS.items():
                scores[level, layout, name].add(score_page(way, frame, seen, given))
    return dict(scores)


def table_of(scores: dict[tuple[str, str, str], Score], by: int) -> Iterator[str]:
    """Lines of a Markdown table; `by` is 0 for a row a level, 1 for a row a layout."""
    of = ("level", "layout")[by]
    yield f"| {of} | way | precision | recall | F1 | cells found | tables exact | pages exact | s a page |"
    yield "|" + "---|" * 9
    rows: defaultdict[tuple[str, str], Score] = defaultdict(Score)
    for key, score in scores.items():
        rows[key[by], key[2]].add(score)
        rows["all", key[2]].add(score)
    for (name, way), score in rows.items():
        borders = score.borders
        yield (
            f"| {name} | {way} | {borders.precision:.3f} | {borders.recall:.3f} | {borders.f1:.3f} "
            f"| {score.found_cells / max(score.cells, 1):.3f} "
            f"| {score.exact_tables}/{score.tables} = {score.exact_tables / max(score.tables, 1):.3f} "
            f"| {score.exact_pages}/{score.pages} = {score.exact_pages / max(score.pages, 1):.3f} "
            f"| {score.seconds / max(score.all_pages, 1):.2f} |"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.segmenter.evaluate")
    parser.add_argument("--reports", type=int, default=3, help="of each layout")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--levels", default=",".join(LEVELS))
    parser.add_argument("--layouts", default="heldout")
    chosen = parser.parse_args(arguments)
    named = {"tuning": TUNING_LAYOUTS, "heldout": HELDOUT_LAYOUTS}
    layouts = named.get(chosen.layouts) or tuple(chosen.layouts.split(","))
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.reports)
    jobs = [(layout, seed, tuple(chosen.levels.split(","))) for layout in layouts for seed in seeds]
    scores: defaultdict[tuple[str, str, str], Score] = defaultdict(Score)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for part in pool.map(score_report, *zip(*jobs, strict=True)):
            for key, score in part.items():
                scores[key].add(score)
    for by in (0, 1):
        print("\n".join(table_of(scores, by)), end="\n\n")


if __name__ == "__main__":
    main()
