"""Another engine is one module: the same cells and lines, read by RapidOCR."""

from __future__ import annotations

import pytest

from pipeline.errors import E116, GoujiError
from pipeline.ocr.load import load_engine
from pipeline.ocr.settings import OcrSettings, default_settings
from tests.pipeline.ocr.drawn import cell, page


@pytest.fixture
def settings() -> OcrSettings:
    raw = default_settings().model_dump(mode="json")
    raw["sets"]["small"] |= {"engine": "rapid", "larger": None}
    return OcrSettings.model_validate(raw)


def test_numbers_and_lines(settings: OcrSettings, capfd: pytest.CaptureFixture[str]) -> None:
    engine = load_engine("small", settings=settings)
    assert engine.name.startswith("rapidocr + ")
    texts = ["0", "1", "", "408", "12.5"]
    assert [reading.rivals[0][0] for reading in engine.read_numbers([cell(text) for text in texts])] == texts
    assert len(engine.find(page(["一、总体情况", "二、主动公开"]))) == 2
    assert engine.larger() is None
    assert capfd.readouterr() == ("", "")


def test_only_on_the_processor(settings: OcrSettings) -> None:
    with pytest.raises(GoujiError) as caught:
        load_engine("small", "gpu", settings)
    assert caught.value.kind is E116
