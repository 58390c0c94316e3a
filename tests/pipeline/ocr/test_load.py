"""Settings, weights and the cache."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.errors import E115, E116, E302, GoujiError
from pipeline.ocr.load import load_engine
from pipeline.ocr.runtime import onnx_runtime
from pipeline.ocr.settings import OcrSettings, default_settings, read_settings
from pipeline.ocr.weights import cache_folder, model_folder
from tests.pipeline.ocr.drawn import cell

ROOT = Path(__file__).parents[3]


def changed(tmp_path: Path, **values: object) -> Path:
    raw = yaml.safe_load((ROOT / "configs" / "ocr.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "ocr.yaml"
    path.write_text(yaml.safe_dump({**raw, **values}, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"default": "enormous"}, "enormous"),
        ({"threads": 0}, "threads"),
        ({"colour": "red"}, "colour"),
        ({"sets": {}}, "small"),
        ({"ensembles": {"both": {"members": ["nobody"], "views": ["plain"]}}}, "nobody"),
        ({"ensembles": {"both": {"members": ["small"], "views": ["upside_down"]}}}, "views"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, values: dict[str, object], named: str) -> None:
    with pytest.raises(GoujiError) as caught:
        read_settings(changed(tmp_path, **values))
    assert caught.value.kind is E302
    assert named in str(caught.value)


def test_no_yaml_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("sets: [", encoding="utf-8")
    for name in ("broken.yaml", "absent.yaml"):
        with pytest.raises(GoujiError) as caught:
            read_settings(tmp_path / name)
        assert caught.value.kind is E302


def test_an_unknown_set_is_refused_with_those_there_are() -> None:
    with pytest.raises(GoujiError) as caught:
        load_engine("enormous")
    assert caught.value.kind is E302
    assert "small、tiny、medium、both" in str(caught.value)


def with_weights(weights: dict[str, str]) -> OcrSettings:
    raw = default_settings().model_dump(mode="json")
    raw["sets"]["small"]["recogniser"]["weights"] = weights
    return OcrSettings.model_validate(raw)


@pytest.mark.parametrize(
    "weights",
    [
        {"package": "no_such_package", "file": "x.onnx"},
        {"package": "rapidocr", "file": "models/no_such_file.onnx"},
        {"folder": "/no/such/folder"},
    ],
)
def test_missing_weights(weights: dict[str, str]) -> None:
    with pytest.raises(GoujiError) as caught:
        load_engine("small", settings=with_weights(weights))
    assert caught.value.kind is E115


def test_broken_weights(tmp_path: Path) -> None:
    (tmp_path / "inference.onnx").write_bytes(b"not a model")
    whole = model_folder(default_settings().sets["tiny"].recogniser)
    assert whole is not None
    (tmp_path / "inference.yml").write_text(
        (whole / "inference.yml").read_text(encoding="utf-8").replace("tiny", "small")
    )
    engine = load_engine("small", settings=with_weights({"folder": str(tmp_path)}))
    with pytest.raises(GoujiError) as caught:
        engine.read([cell("0")])
    assert caught.value.kind is E115


@pytest.mark.parametrize("device", ["tpu", "gpu:x", "gpu"])
def test_a_device_that_is_not_there(device: str) -> None:
    if device == "gpu" and "CUDAExecutionProvider" in onnx_runtime().get_available_providers():
        pytest.skip("this machine has one")
    with pytest.raises(GoujiError) as caught:
        load_engine(device=device)
    assert caught.value.kind is E116


def test_an_engine_is_opened_once() -> None:
    assert load_engine() is load_engine("small", "cpu") is load_engine(settings=default_settings())


def test_other_numbers_are_another_folder() -> None:
    detector = default_settings().sets["small"].detector
    other = detector.model_copy(update={"unclip_ratio": 2.0})
    assert model_folder(detector) != model_folder(other)
    assert model_folder(detector) == model_folder(detector)


READ_ONE = """
import sys
from pipeline.ocr.load import load_engine
from tests.pipeline.ocr.drawn import cell
print(load_engine("tiny").read_numbers([cell("17")])[0].rivals[0][0])
"""


def test_two_processes_fill_an_empty_cache_at_once(tmp_path: Path) -> None:
    """Neither meets half a folder, nothing is said, nothing is written elsewhere, nothing is asked of a network."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        **os.environ,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HOME": str(home),
        "http_proxy": _refusing(),
    }
    environment["https_proxy"] = environment["http_proxy"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", READ_ONE], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in running:
        said, complained = process.communicate(timeout=120)
        assert (said.decode(), complained.decode()) == ("17\n", "")
    made = sorted(path.name.split("-")[0] for path in (tmp_path / "cache" / "gouji" / "ocr").iterdir())
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["gouji"]
    assert made == ["PP", "PP", "paddlex"]
    assert [path for path in home.rglob("*") if path.is_file()] == []


def _refusing() -> str:
    """A proxy's address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_the_cache_is_where_the_system_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "gouji" / "ocr"
