"""`gouji train` with texts that people tagged added to its corpus, and whether what comes of it is good enough.

A new model takes the old one's place only where it is no worse on what neither has learnt from: synthetic reports of
the test split, and the tagged texts of one agency in five, which no model ever learns from.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotations.push.tag_predictions import model_of, version_of

if TYPE_CHECKING:
    from datasets import Dataset

    from pipeline.tag.model import Model
    from training.tagger.settings import Settings

REPEATS = 5
"""How often each tagged text stands among the synthetic ones; an assumption, nothing was measured."""
HELD_OUT_OF = 5
"""One agency in so many is held out."""
SLACK = 0.005
"""By how much the F1 of a kind may fall on synthetic reports, where it swings as much from seed to seed."""
LIMIT = 200
"""Synthetic reports measured on."""
KINDS = ("table", "prose", "section")
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Retrained:
    """A model that was fitted, and how it compares."""

    folder: Path
    version: str
    old: Figures
    new: Figures
    """F1 by `synthetic table` … and `tagged table` …; of the latter none where no text is held out."""

    @property
    def no_worse(self) -> bool:
        return is_no_worse(self.old, self.new)


def is_held_out(agency: str, name: str) -> bool:
    """Whether texts of this agency are kept for measuring; where it has no name, whether this one is."""
    return hashlib.sha256((agency or name).encode()).digest()[0] % HELD_OUT_OF == 0


def is_no_worse(old: Mapping[str, float], new: Mapping[str, float]) -> bool:
    """Whether no F1 has fallen: not at all on tagged texts, by no more than `SLACK` on synthetic ones."""
    return all(new[name] >= was - (SLACK if name.startswith("synthetic") else 0.0) for name, was in old.items())


def retrain(rows: Sequence[Mapping[str, Any]], settings: Settings, work: Path, before: Path) -> Retrained:
    """Fits a model on the corpus of the settings and these rows, and compares it.

    Stopped and called again with the same it goes on where it was.

    Args:
        rows: as `annotations.backend.learning.training_row` gives them.
        work: folder for checkpoints and the model.
        before: folder of the model that it is compared with.

    Raises:
        ValueError: corpus or encoder cannot be made.
    """
    from datasets import DatasetDict, concatenate_datasets

    from training.corpus import command as synth
    from training.tagger.encoder import base_encoder
    from training.tagger.export import export
    from training.tagger.temperature import fitted_temperature
    from training.tagger.train import corpus_of, train

    corpus = Path(settings.folder) / "corpus"
    given = argparse.Namespace(
        reports=settings.corpus.reports, seed=settings.corpus.seed, out=corpus, config=Path(settings.corpus.config),
        workers=settings.corpus.workers, no_documents=False,
    )  # fmt: skip
    if synth.run(given):
        raise ValueError("没有生成语料")
    data = corpus_of(corpus / "dataset")
    held_out = [one for one in rows if is_held_out(one["agency"], one["id"])]
    learnt = [one for one in rows if not is_held_out(one["agency"], one["id"])]
    parts = [data["train"], *([dataset(learnt * REPEATS)] if learnt else [])]
    folder = work / _mark(settings, learnt)
    # The whole encoder, which fitting would otherwise make anew for each folder.
    encoder = base_encoder(settings.base.model, work / "encoder", settings.base.layers)
    network = train(settings, DatasetDict({**data, "train": concatenate_datasets(parts)}), folder)
    temperature = fitted_temperature(network, encoder, data["validation"], settings.windows)
    export(network, encoder, folder / "model", settings.windows, temperature)
    version = version_of(folder / "model")
    measured = data["test"].select(range(min(LIMIT, len(data["test"]))))
    old = figures(model_of(before, version_of(before)), measured, held_out)
    new = figures(model_of(folder / "model", version), measured, held_out)
    return Retrained(folder / "model", version, old, new)


def dataset(rows: Sequence[Mapping[str, Any]]) -> Dataset:
    from datasets import Dataset

    from training.corpus.dataset import FEATURES

    return Dataset.from_dict({key: [row[key] for row in rows] for key in FEATURES}, features=FEATURES)


def figures(model: Model, synthetic: Iterable[Mapping[str, Any]], tagged: Iterable[Mapping[str, Any]]) -> Figures:
    """F1 by origin and kind, 0 to 1, of what there is anything of."""
    from training.tagger.evaluate import measure
    from training.tagger.metrics import Counted

    found: Figures = {}
    for origin, rows in (("synthetic", synthetic), ("tagged", tagged)):
        measured = measure(rows, model)
        for kind in KINDS:
            total = Counted()
            for group in ("seen", "unseen"):
                total.add(measured.groups[kind, group])
            if total.there:
                found[f"{origin} {kind}"] = round(total.f1, 6)
    return found


def put_in_place(model: Path, to: Path) -> None:
    """Copies a model's files, each replaced as a whole. Raises OSError."""
    to.mkdir(parents=True, exist_ok=True)
    for path in sorted(model.iterdir()):
        half = to / f"{path.name}.half"
        shutil.copyfile(path, half)
        half.replace(to / path.name)


def _mark(settings: Settings, rows: Sequence[Mapping[str, Any]]) -> str:
    told = settings.model_dump_json() + json.dumps(list(rows), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]
