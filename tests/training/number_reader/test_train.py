"""Training of the reader of number cells, on a few drawn ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from pydantic import ValidationError

from pipeline.ocr.number_network import HEIGHT, STEP
from pipeline.ocr.numbers import NUMBER_SYMBOLS
from tests.pipeline.ocr.drawn import cell
from training.number_reader.cells import NumberCell, load, store
from training.number_reader.network import N_OUTPUTS, NARROWER, NumberReader, Probabilities
from training.number_reader.settings import Settings, load_settings
from training.number_reader.spoilt import spoilt
from training.number_reader.train import BLOCK, columns_of, draw_batches, export, train

CONFIG = Path(__file__).parents[3] / "configs" / "number_reader.yaml"
SETTINGS = load_settings(CONFIG)


def cells() -> list[NumberCell]:
    return [NumberCell(cell(text)[:, :, 0], text, "clean") for text in ("0", "17", "408", "3.5", "-", "")]


def quick(steps: int) -> Settings:
    how = {"steps": steps, "batch": 4, "warm_up": 2, "checkpoint_every": 4}
    return SETTINGS.model_copy(update={"training": SETTINGS.training.model_copy(update=how)})


def same(one: NumberReader, other: NumberReader) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_training_taken_up_again_gives_the_same_model(tmp_path: Path) -> None:
    whole = train(quick(12), cells(), tmp_path / "whole")
    train(quick(12), cells(), tmp_path / "cut", stop_at=10)
    assert torch.load(tmp_path / "cut" / "checkpoint.pt", weights_only=True)["step"] == 8
    assert same(whole, train(quick(12), cells(), tmp_path / "cut"))
    points = [json.loads(line) for line in (tmp_path / "cut" / "curve.jsonl").read_text().splitlines()]
    assert [point["step"] for point in points] == [12]


def test_it_learns(tmp_path: Path) -> None:
    train(quick(60), cells(), tmp_path)
    points = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert [point["step"] for point in points] == [20, 40, 60]
    assert points[2]["loss"] < 0.6 * points[0]["loss"]


def test_batches_hold_what_is_printed() -> None:
    drawn = draw_batches(cells(), quick(8), 0)
    assert len(drawn) == BLOCK
    texts = {(), *(tuple(columns_of(text)) for text in ("0", "17", "408", "3.5", "-"))}
    for images, steps, symbols, lengths in drawn:
        assert images.shape[1:3] == (1, HEIGHT) and images.shape[3] % STEP == 0
        assert steps.tolist() == [images.shape[3] // NARROWER] * len(images)
        for said in torch.split(symbols, lengths.tolist()):
            assert tuple(said.tolist()) in texts
    again = draw_batches(cells(), quick(8), 0)
    assert all(torch.equal(a.images, b.images) for a, b in zip(drawn, again, strict=True))


def test_dashes_that_are_a_whole_cell_are_one_symbol() -> None:
    said = {text: "".join(NUMBER_SYMBOLS[column - 1] for column in columns_of(text)) for text in ("--", "-", "—", "-5")}
    assert said == {"--": "—", "-": "—", "—": "—", "-5": "-5"}


def test_a_spoilt_cell_is_still_a_picture_of_it() -> None:
    crop, random = cell("408")[:, :, 0], np.random.default_rng(1)
    made = [spoilt(crop, SETTINGS.augmentation, random) for _ in range(60)]
    assert all(one.dtype == np.uint8 and one.ndim == 2 and min(one.shape) >= 8 for one in made)
    assert sum(one.shape != crop.shape or bool((one != crop).any()) for one in made) > 30
    assert all(float(np.percentile(one, 1)) < float(np.median(one)) - 20 for one in made)


def test_cells_come_back_from_their_file_as_they_were(tmp_path: Path) -> None:
    store(cells(), tmp_path / "one.npz")
    store([], tmp_path / "none.npz")
    found = load([tmp_path / "one.npz", tmp_path / "none.npz"])
    assert [(one.text, one.level) for one in found] == [(one.text, one.level) for one in cells()]
    assert all((one.pixels == other.pixels).all() for one, other in zip(found, cells(), strict=True))


@pytest.mark.slow
def test_the_exported_network_says_the_same_for_any_number_and_width(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = NumberReader().eval()
    export(network, tmp_path / "one.onnx")
    export(network, tmp_path / "other.onnx")
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "other.onnx").read_bytes()
    session = onnxruntime.InferenceSession(str(tmp_path / "one.onnx"), providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map["symbols"] == NUMBER_SYMBOLS
    for number, width in ((1, STEP), (3, 5 * STEP), (32, 2 * STEP)):
        given = torch.rand(number, 1, HEIGHT, width)
        (shares,) = session.run(None, {"window": given.numpy()})
        assert shares.shape == (number, width // NARROWER, N_OUTPUTS)
        with torch.no_grad():
            wanted = Probabilities(network)(given).numpy()
        assert np.abs(shares - wanted).max() < 1e-4


def test_what_the_configuration_does_not_know_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "number_reader.yaml"
    path.write_text(CONFIG.read_text(encoding="utf-8").replace("stroke: 0.2", "stroke: 2"), encoding="utf-8")
    with pytest.raises(ValidationError, match="stroke"):
        load_settings(path)
