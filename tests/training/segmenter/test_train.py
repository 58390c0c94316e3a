from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from pydantic import ValidationError

from tests.training.segmenter.test_crops import SETTINGS
from tests.training.segmenter.test_flat import flat
from training.segmenter.export import export
from training.segmenter.loss import loss
from training.segmenter.network import CHANNELS, Segmenter, n_parameters
from training.segmenter.settings import Settings, load_settings
from training.segmenter.train import train


def quick(steps: int) -> Settings:
    how = {"steps": steps, "batch": 2, "side": 128, "warm_up": 2, "checkpoint_every": 4}
    return SETTINGS.model_copy(update={"training": SETTINGS.training.model_copy(update=how)})


def same(one: Segmenter, other: Segmenter) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_training_taken_up_again_gives_the_same_model(tmp_path: Path) -> None:
    pages = [flat()]
    whole = train(quick(8), pages, tmp_path / "whole")
    train(quick(8), pages, tmp_path / "cut", stop_at=6)
    assert torch.load(tmp_path / "cut" / "checkpoint.pt", weights_only=True)["step"] == 4
    assert same(whole, train(quick(8), pages, tmp_path / "cut"))
    assert not same(whole, train(quick(6), pages, tmp_path / "shorter"))
    points = [json.loads(line) for line in (tmp_path / "cut" / "curve.jsonl").read_text().splitlines()]
    assert [point["step"] for point in points] == [8]


def test_it_learns(tmp_path: Path) -> None:
    train(quick(40), [flat()], tmp_path)
    points = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert [point["step"] for point in points] == [20, 40]
    assert points[1]["loss"] < 0.9 * points[0]["loss"]


def test_the_loss_tells_right_from_wrong_and_weighs_borders() -> None:
    targets = torch.zeros(1, len(CHANNELS), 8, 8)
    targets[:, :, 3] = 1
    right = (targets * 2 - 1) * 20
    assert float(loss(right, targets, 3.0)) < 0.01
    assert float(loss(-right, targets, 3.0)) > 5
    missed_border, missed_area = right.clone(), right.clone()
    missed_border[:, 0], missed_area[:, 2] = -20, -20
    assert float(loss(missed_border, targets, 3.0)) > 2 * float(loss(missed_area, targets, 3.0))


@pytest.mark.slow
def test_the_exported_network_gives_the_same_maps_at_any_size(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Segmenter().eval()
    export(network, tmp_path / "one.onnx")
    export(network, tmp_path / "other.onnx")
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "other.onnx").read_bytes()
    session = onnxruntime.InferenceSession(str(tmp_path / "one.onnx"), providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map["channels"].split(",") == list(CHANNELS)
    for height, width in ((64, 64), (96, 160), (320, 224)):
        given = torch.rand(1, 1, height, width)
        (maps,) = session.run(None, {"ink": given.numpy()})
        assert maps.shape == (1, len(CHANNELS), height // 2, width // 2)
        with torch.no_grad():
            wanted = torch.sigmoid(network(given)).numpy()
        assert np.abs(maps - wanted).max() < 1e-4


def test_the_network_is_small_enough_to_ship() -> None:
    assert n_parameters(Segmenter()) * 4 < 1.5e6


def test_what_the_configuration_does_not_know_is_refused(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "configs" / "segmenter.yaml").read_text(encoding="utf-8")
    path = tmp_path / "segmenter.yaml"
    path.write_text(text.replace("side: 512", "side: 500"), encoding="utf-8")
    with pytest.raises(ValidationError, match="side"):
        load_settings(path)
    path.write_text(text + "\nnonsense: 1\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="nonsense"):
        load_settings(path)
