"""Synthetic reports that nothing was fitted on, as files with gold: agencies of the test split, half of them damaged,
laid out and worded as no training report is; and page images in layouts that nothing was trained on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice, product
from pathlib import Path
from random import Random
from typing import Literal

from pipeline.read.open import read_document
from pipeline.tag.linear import linear
from training.corpus.dataset import gold_of, row_of
from training.corpus.drawing import Drawn, Split, draw_reports
from training.corpus.labelled import Sample, samples
from training.corpus.settings import CorpusSettings, load_settings
from training.evaluation.cases import CASE_SUFFIX, About
from training.evaluation.places import Place, place_of
from training.evaluation.tagging import LABELS_SUFFIX
from training.gold import SUFFIX

HeldOutSplit = Literal["test", "validation"]

CHUNK = 256
"""Reports drawn at a time, of which some one in ten is of the test split."""
KNOWN_AGENCIES = 4
"""For so many reports one more of an agency of the training split, to see what the classifier remembers of agencies."""
WRITTEN_AT_ONCE = 16
"""A converter is started once for so many."""
FIRST_IMAGE = 1_000_000
"""Seeds of page images begin here; no others are used for looking at or for training."""
IMAGE_LEVELS = ("clean", "mild", "heavy", "fax", "photo", "web", "sealed")


def write_heldout(
    out: Path, reports: int, images: int, seed: int, workers: int = 1, split: HeldOutSplit = "test"
) -> None:
    """Writes `reports` reports as text, pages or office files and `images` as page images; what is there stays.

    The same numbers and seed give the same files.

    Args:
        split: whose agencies' reports; of the validation split, for fitting what confidences are worth, none is damaged
            or worded as no training report is.

    Raises:
        EngineMissing: a program that a converter or a layout needs is not installed.
    """
    out.mkdir(parents=True, exist_ok=True)
    how = load_settings()
    # A report can lose its marks in a converter; a few more are drawn so that the number comes out.
    chosen = list(islice(_of_split(split, seed, how), reports + max(4, reports // 20)))
    chosen += islice(_of_split("train", seed, how), reports // KNOWN_AGENCIES)
    jobs = [tuple(chosen[at : at + WRITTEN_AT_ONCE]) for at in range(0, len(chosen), WRITTEN_AT_ONCE)]
    written: list[str] = []
    with ProcessPoolExecutor(workers) as pool:
        for names in pool.map(_write_texts, jobs, [out] * len(jobs)):
            written += names
            print(f"模拟报告 {min(len(written), reports)} / {reports}", file=sys.stderr)
        for name in written[reports:]:
            for path in out.glob(f"{name}.*"):
                path.unlink()
        jobs_of_images = _images(images, seed)
        for count, _ in enumerate(pool.map(_write_image, jobs_of_images, [out] * images), 1):
            print(f"页面图像 {count} / {images}", file=sys.stderr)


def _of_split(split: Split, seed: int, how: CorpusSettings) -> Iterator[Drawn]:
    first = 0
    while True:
        yield from (one for one in draw_reports(seed, first, CHUNK, how) if one.split == split)
        first += CHUNK


def _write_texts(drawn: tuple[Drawn, ...], out: Path) -> list[str]:
    """The names of those written; those that lost their marks are left out."""
    how = load_settings()
    known = {one.id for one in drawn if (out / f"{one.id}{_last_of(one)}").exists()}
    for one, sample in samples([one for one in drawn if one.id not in known]):
        if sample is not None:
            write_case(sample, out, how)
            known.add(one.id)
    return [one.id for one in drawn if one.id in known and one.split != "train"]


def _last_of(drawn: Drawn) -> str:
    """Ending of the file that is written last."""
    return LABELS_SUFFIX if drawn.split == "train" else CASE_SUFFIX


def write_case(sample: Sample, out: Path, how: CorpusSettings) -> None:
    """Labels, document, gold, and last what is known besides, so that whoever finds that finds all. Of an agency that
    may have been trained on only the labels: no figure but the classifier's own is taken of it."""
    drawn = sample.drawn
    labels = json.dumps({**row_of(sample, how), "split": drawn.split}, ensure_ascii=False)
    (out / f"{drawn.id}{LABELS_SUFFIX}").write_text(labels + "\n", encoding="utf-8")
    if drawn.split == "train":
        return
    path = out / f"{drawn.id}{sample.suffix}"
    path.write_bytes(sample.data)
    about = About(
        province=drawn.agency.province, origin="synthetic", groups=groups_of(drawn, how), places=_places(sample, path)
    )
    (out / f"{drawn.id}{SUFFIX}").write_text(gold_of(sample), encoding="utf-8")
    (out / f"{drawn.id}{CASE_SUFFIX}").write_text(about.model_dump_json(exclude_none=True) + "\n", encoding="utf-8")


def groups_of(drawn: Drawn, how: CorpusSettings) -> tuple[str, ...]:
    """What figures are split by."""
    families = sorted({how.family(damage) for damage in drawn.damages})
    return (
        "unseen" if drawn.unseen else "seen",
        *(f"family {name}" for name in families),
        *(f"damage {name}" for name in sorted(set(drawn.damages))),
        f"converter {drawn.converter}" if drawn.converter else f"layout {drawn.layout}",
        *(() if drawn.damages else ("undamaged",)),
        *(f"source {error}" for error in sorted(set(drawn.true.errors))),
    )


def _places(sample: Sample, path: Path) -> dict[str, tuple[Place, ...]]:
    """Where each number of a table stands, by the labels that came through damage and converter."""
    document = read_document(path)
    seen = linear(document)
    found: dict[str, tuple[Place, ...]] = {}
    for span in sample.spans:
        if span.table:
            piece = seen.piece_at(span.start)
            holder = piece.cell or document.blocks[piece.block]
            found[span.field] = (*found.get(span.field, ()), place_of(holder.source))
    return found


def _images(images: int, seed: int) -> list[tuple[str, int, str]]:
    """One job an image: layout, seed, level; layouts and levels take turns."""
    from training.synth.layouts import HELDOUT_LAYOUTS

    turns = [(layout, level) for level, layout in product(IMAGE_LEVELS, HELDOUT_LAYOUTS)]
    Random(f"{seed} turns").shuffle(turns)
    return [
        (*turns[number % len(turns)][:1], FIRST_IMAGE + seed * 1_000 + number, turns[number % len(turns)][1])
        for number in range(images)
    ]


def _write_image(job: tuple[str, int, str], out: Path) -> None:
    from training.synth.levels import suits
    from training.synth.pages import write_report
    from training.synth.render import draw_many
    from training.synth.truth_file import SUFFIX as TRUTH
    from training.synth.truth_file import read_truth

    layout, seed, wanted = job
    report = draw_many([seed], layout, None, True)[0]
    level = wanted if suits(report.pages, wanted) else "clean"
    name = f"{report.name}_{level}"
    if (out / f"{name}{CASE_SUFFIX}").exists():
        return
    write_report(out, report, level, seed, "pdf")
    places: dict[str, tuple[Place, ...]] = {}
    pages = read_truth(out / f"{name}{TRUTH}")
    for number, page in enumerate(pages, 1):
        for cell in page.cells:
            if cell.field and any(char.isdigit() for char in cell.text):
                across, down = [x for x, _ in cell.quad], [y for _, y in cell.quad]
                place = Place(page=number, box=(min(across), min(down), max(across), max(down)))
                places[cell.field] = (*places.get(cell.field, ()), place)
    about = About(
        agency="", province="", origin="synthetic", groups=("pictures", f"level {level}", f"pictured {layout}"),
        pages=len(pages), places=places,
    )  # fmt: skip
    (out / f"{name}{CASE_SUFFIX}").write_text(about.model_dump_json(exclude_none=True) + "\n", encoding="utf-8")
