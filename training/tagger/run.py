"""From configuration to model: corpus, encoder, fitting, calibration, export."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from training.corpus import command as synth
from training.tagger.encoder import base_encoder
from training.tagger.export import export, write_orders
from training.tagger.order import learnt_orders
from training.tagger.settings import Settings
from training.tagger.temperature import fitted_temperature
from training.tagger.train import corpus_of, train


def train_by(settings: Settings, out: Path) -> None:
    """Raises ValueError where corpus or encoder cannot be made."""
    folder = Path(settings.folder)
    corpus = folder / "corpus"
    made = synth.run(
        argparse.Namespace(
            reports=settings.corpus.reports, seed=settings.corpus.seed, out=corpus, config=Path(settings.corpus.config),
            workers=settings.corpus.workers, no_documents=False,
        )
    )  # fmt: skip
    if made:
        raise ValueError("没有生成语料")
    encoder = base_encoder(settings.base.model, folder / "encoder", settings.base.layers)
    data = corpus_of(corpus / "dataset")
    network = train(settings, data, folder / settings.heads)
    print("训练完成，正在校准并写出模型", file=sys.stderr)
    temperature = fitted_temperature(network, encoder, data["validation"], settings.windows)
    export(network, encoder, out, settings.windows, temperature)
    write_orders(learnt_orders(data["train"]), out)
    print(f"模型写到 {out}，温度 {temperature:.3f}")
