"""Number cells, read by the packaged models."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.ocr.engine import Engine, NumberReading
from pipeline.ocr.load import load_engine
from tests.pipeline.ocr.drawn import FONTS, cell

DASHES = {"-", "—"}
both_models = pytest.mark.parametrize("name", ["small", "tiny"])


@pytest.fixture
def engine() -> Engine:
    return load_engine("small")


def best(readings: list[NumberReading]) -> list[str]:
    return [reading.rivals[0][0] for reading in readings]


@both_models
def test_isolated_digits_in_every_font_and_size(name: str) -> None:
    wanted = [(text, font, size) for text in "01457" for font in range(len(FONTS)) for size in (13, 20, 28, 40)]
    crops = [cell(text, font, size, width=int(4 * size), height=int(2 * size)) for text, font, size in wanted]
    assert best(load_engine(name).read_numbers(crops)) == [text for text, _, _ in wanted]


@both_models
def test_long_numbers_are_not_squeezed(name: str) -> None:
    texts = ["1023456", "12345678901234", "98765432109876543210", "123,456,789", "12.5", "0.07", "100%", "-3"]
    crops = [cell(text, width=700) for text in texts]
    assert best(load_engine(name).read_numbers(crops)) == texts


def test_a_number_stands_anywhere_in_its_cell(engine: Engine) -> None:
    crop = cell("17", width=80)
    around = [((0, 60), (0, 200)), ((60, 0), (200, 0)), ((2, 2), (2, 2))]
    crops = [np.pad(crop, (rows, columns, (0, 0)), constant_values=248) for rows, columns in around]
    assert best(engine.read_numbers(crops)) == ["17"] * 3


@pytest.mark.parametrize("text", ["-", "—", "一"])
def test_dashes(engine: Engine, text: str) -> None:
    assert best(engine.read_numbers([cell(text, size=size) for size in (14, 24, 36)]))[0] in DASHES


def test_a_low_number_is_no_dash(engine: Engine) -> None:
    assert best(engine.read_numbers([cell("8490084", size=12, width=64, height=18)])) == ["8490084"]


def test_blank_cells_are_blank(engine: Engine) -> None:
    noise = np.random.default_rng(1)
    white = np.full((50, 120, 3), 255, np.uint8)
    shaded = (np.linspace(120, 240, 120)[None, :, None] * np.ones((50, 1, 3))).astype(np.uint8)
    grainy = np.clip(235 + noise.normal(0, 12, (50, 120, 1)), 0, 255).astype(np.uint8).repeat(3, axis=2)
    assert best(engine.read_numbers([white, shaded, grainy])) == ["", "", ""]


def test_crops_too_small_to_hold_anything(engine: Engine) -> None:
    crops = [np.zeros((0, 0, 3), np.uint8), np.zeros((3, 40, 3), np.uint8), np.full((40, 1, 3), 9, np.uint8)]
    assert best(engine.read_numbers(crops)) == ["", "", ""]


def test_rules_and_specks_are_no_ink(engine: Engine) -> None:
    ruled = cell("0")
    ruled[:2], ruled[:, -2:] = 30, 30
    slanted = cell("17")
    cv2.line(slanted, (117, 0), (119, 59), (30, 30, 30), 2)
    specked = cell("0")
    for row, column in ((20, 40), (40, 78), (10, 100), (52, 60)):
        specked[row : row + 2, column : column + 2] = 0
    empty = cell("")
    empty[:2], empty[:, :2] = 30, 30
    assert best(engine.read_numbers([ruled, slanted, specked, empty])) == ["0", "17", "0", ""]


def test_a_red_seal_over_the_number(engine: Engine) -> None:
    crop = cell("108", width=160, height=80)
    sealed = np.zeros_like(crop)
    cv2.circle(sealed, (80, 10), 45, (1, 1, 1), 7)
    red = np.where(sealed > 0, np.minimum(crop, np.array([225, 40, 50], np.uint8)), crop)
    assert best(engine.read_numbers([np.asarray(red, np.uint8)])) == ["108"]


@both_models
def test_bad_pictures_keep_the_number_among_the_rivals(name: str) -> None:
    draw, grain = random.Random(4), np.random.default_rng(4)
    texts = [str(draw.choice([0, 1, 7, 23, 408, 6152])) for _ in range(60)]
    crops = [spoilt(cell(text, draw.randrange(5), draw.uniform(22, 32)), grain) for text in texts]
    readings = load_engine(name).read_numbers(crops)
    right = sum(one == text for one, text in zip(best(readings), texts, strict=True))
    listed = sum(text in dict(reading.rivals) for reading, text in zip(readings, texts, strict=True))
    assert right >= 56
    assert listed >= 58


def spoilt(crop: NDArray[np.uint8], grain: np.random.Generator) -> NDArray[np.uint8]:
    blurred = cv2.GaussianBlur(crop, (0, 0), 1.3).astype(np.float32) * 0.6 + 90
    return np.clip(blurred + grain.normal(0, 14, (*crop.shape[:2], 1)), 0, 255).astype(np.uint8)


def test_words_are_read_as_words(engine: Engine) -> None:
    (reading,) = engine.read_numbers([cell("无")])
    assert reading.rivals[0][0] == reading.general.text == "无"


@both_models
def test_probabilities(name: str) -> None:
    grain = np.random.default_rng(2)
    crops = [cell(text) for text in ("0", "1", "—", "", "58", "无")]
    crops += [spoilt(crop, grain) for crop in crops]
    for reading in load_engine(name).read_numbers(crops):
        shares = [share for _, share in reading.rivals]
        assert shares == sorted(shares, reverse=True)
        assert all(0 < share <= 1 for share in shares)
        assert sum(shares) <= 1 + 1e-9
        assert 1 <= len(shares) <= 5
        assert len(dict(reading.rivals)) == len(reading.rivals)


@both_models
def test_the_rest_of_the_batch_does_not_matter(name: str) -> None:
    engine, draw = load_engine(name), random.Random(3)
    grain = np.random.default_rng(3)
    crops = [spoilt(cell(str(draw.randrange(10 ** draw.randrange(1, 8))), width=240), grain) for _ in range(40)]
    together = engine.read_numbers(crops)
    assert [engine.read_numbers([crop])[0] for crop in crops[:12]] == together[:12]
    assert engine.read_numbers(crops[::-1])[::-1] == together


def test_looking_again_uses_every_member(engine: Engine) -> None:
    larger = engine.larger()
    assert larger is not None
    assert larger.name == "paddleocr/PP-OCRv6-small + gouji/number-reader + paddleocr/PP-OCRv6-tiny"
    grain = np.random.default_rng(5)
    texts = ["0", "1", "", "—", "406", "3652"]
    readings = larger.read_numbers([spoilt(cell(text), grain) for text in texts])
    assert [("—" if text in DASHES else text) for text in best(readings)] == texts
    assert all(sum(share for _, share in reading.rivals) <= 1 + 1e-9 for reading in readings)
