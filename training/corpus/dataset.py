"""The corpus as a `datasets` DatasetDict, and its files beside it as a folder with gold."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from datasets import Dataset, DatasetDict, Features, Sequence, Value, disable_progress_bars

from training.corpus.drawing import draw_reports
from training.corpus.labelled import Sample, samples
from training.corpus.settings import CorpusSettings
from training.examples.example import Example
from training.gold import SUFFIX

CHUNK = 64
"""Reports that one worker draws at a time; a converter is started once for those of a chunk."""
SPLITS = ("train", "validation", "test")
TEXTS = Sequence(Value("string"))
PLACES = Sequence(Value("int32"))
FEATURES = Features(
    {
        "id": Value("string"),
        "agency": Value("string"),
        "province": Value("string"),
        "level": Value("string"),
        "year": Value("int32"),
        "templates": TEXTS,
        "layout": Value("string"),
        "converter": Value("string"),
        "damages": TEXTS,
        "families": TEXTS,
        "phrasing": Value("string"),
        "unseen": Value("bool"),
        "errors": TEXTS,
        "text": Value("string"),
        # Cells and lines: where each begins, how many cells of its row stand before it, and how many there are.
        "piece_starts": PLACES,
        "piece_places": PLACES,
        "piece_of": PLACES,
        # Numbers: characters [start, end), the field, and whether it stands in a table.
        "starts": PLACES,
        "ends": PLACES,
        "fields": TEXTS,
        "in_table": Sequence(Value("bool")),
        # Sections: from which character on which one is read.
        "section_starts": PLACES,
        "sections": TEXTS,
    }
)


def row_of(sample: Sample, how: CorpusSettings) -> dict[str, Any]:
    drawn, seen = sample.drawn, sample.linear
    starts, sections = [], []
    at = 0
    for section, run in groupby(sample.labels.sections):
        starts.append(at)
        sections.append(section)
        at += len(list(run))
    report = drawn.true.report
    return {
        "id": drawn.id,
        "agency": drawn.agency.name,
        "province": drawn.agency.province,
        "level": drawn.agency.level,
        "year": report.year,
        "templates": [table.template for table in report.tables.values()],
        "layout": drawn.layout,
        "converter": drawn.converter,
        "damages": list(drawn.damages),
        "families": sorted({how.family(damage) for damage in drawn.damages}),
        "phrasing": drawn.phrasing,
        "unseen": drawn.unseen,
        "errors": list(drawn.true.errors),
        "text": seen.text,
        "piece_starts": [piece.start for piece in seen.pieces],
        "piece_places": [piece.place for piece in seen.pieces],
        "piece_of": [piece.of for piece in seen.pieces],
        "starts": [span.start for span in sample.spans],
        "ends": [span.end for span in sample.spans],
        "fields": [span.field for span in sample.spans],
        "in_table": [span.table for span in sample.spans],
        "section_starts": starts,
        "sections": sections,
    }


def gold_of(sample: Sample) -> str:
    """Gold in the form of the real reports; what a damage did to a print is told by its name alone."""
    drawn = sample.drawn
    what = "、".join((*drawn.damages, drawn.converter or drawn.layout))
    report, unknown = drawn.true.report, set(drawn.true.unknown)
    for table in report.tables.values():
        # That the blanks of a table without any number are zeros nothing tells.
        if not any(report.printed[field] for field in table.field_ids()):
            unknown |= set(table.field_ids())
    return Example(f"{drawn.id}{sample.suffix}", sample.data, report, what, unknown=frozenset(unknown)).gold()


def write_part(seed: int, first: int, count: int, how: CorpusSettings, folder: Path, documents: Path | None) -> Path:
    """Draws the reports numbered from `first` on and writes their rows as one file, whole or not at all."""
    path = part_path(folder, first, count, documents is not None)
    if path.exists():
        return path
    lines, lost = [], []
    for drawn, sample in samples(draw_reports(seed, first, count, how)):
        if sample is None:
            lost.append({"id": drawn.id, "layout": drawn.layout, "converter": drawn.converter})
            continue
        lines.append(json.dumps([drawn.split, row_of(sample, how)], ensure_ascii=False))
        if documents is not None and drawn.split == "test":
            (documents / f"{drawn.id}{sample.suffix}").write_bytes(sample.data)
            (documents / f"{drawn.id}{SUFFIX}").write_text(gold_of(sample), encoding="utf-8")
    lines += [json.dumps(["lost", one]) for one in lost]
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_text("\n".join(lines) + "\n", encoding="utf-8")
    half.replace(path)
    return path


def part_path(folder: Path, first: int, count: int, documents: bool) -> Path:
    """Where the rows of so many reports lie, whose files were written as well or not."""
    return folder / "parts" / f"{first:07d}-{count}{'-files' if documents else ''}.jsonl"


def read_parts(paths: Iterable[Path]) -> tuple[list[tuple[str, dict[str, Any]]], list[dict[str, str]]]:
    """The rows with their splits, in order, and the reports whose marks did not come through."""
    rows, lost = [], []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            split, row = json.loads(line)
            if split == "lost":
                lost.append(row)
            else:
                rows.append((split, row))
    return rows, lost


def as_dataset(rows: list[tuple[str, dict[str, Any]]]) -> DatasetDict:
    """The rows by their split, in their order; the same rows give the same bytes on disk."""
    found = {}
    for name in SPLITS:
        chosen = [row for split, row in rows if split == name]
        made = Dataset.from_dict({key: [row[key] for row in chosen] for key in FEATURES}, features=FEATURES)
        mark = hashlib.sha256("\n".join(made["text"]).encode()).hexdigest()[:16]
        found[name] = Dataset(made.data, info=made.info, fingerprint=mark)
    return DatasetDict(found)


def write_dataset(rows: list[tuple[str, dict[str, Any]]], folder: Path) -> None:
    """The rows as a DatasetDict on disk; what lay there is replaced."""
    disable_progress_bars()
    shutil.rmtree(folder, ignore_errors=True)
    # A split without rows would have no file, and could not be loaded.
    as_dataset(rows).save_to_disk(str(folder), num_shards=dict.fromkeys(SPLITS, 1))
