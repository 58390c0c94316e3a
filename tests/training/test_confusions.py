"""The measuring of misread digits, on cells of which everything is known."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from pipeline.ocr.engine import TextReading
from pipeline.ocr.numbers import NUMBER_SYMBOLS, CellLook
from training.confusions import Cell, Look, character_counts, number_cells, plain, printed_kind, seen_counts
from training.synth.truth import PageTruth, TrueCell
from training.synth.warp import SynthPage


def read_as(printed: str, read: str) -> Look:
    rows = np.zeros((2 * len(read) + 1, 1 + len(NUMBER_SYMBOLS)))
    rows[::2, 0] = 1.0
    for place, symbol in enumerate(read):
        rows[2 * place + 1, 1 + NUMBER_SYMBOLS.index(symbol)] = 0.999
    cell = Cell("clean", 0, printed, np.zeros((10, 10, 3), np.uint8))
    return Look(cell, CellLook("ink", rows, TextReading(read, 0.999)))


def test_misread_lost_and_added_characters_are_counted() -> None:
    counts = character_counts([read_as("305", "365"), read_as("11", "1"), read_as("42", "427"), read_as("9", "9")])
    assert counts["6"] == {"0": 1}
    assert counts["9"] == {"9": 1}
    assert counts["1"] == {"1": 1}
    assert counts[""]["1"] == 1
    assert counts["7"] == {"": 1}


def test_what_has_nothing_to_do_with_the_print_is_not_counted() -> None:
    assert character_counts([read_as("1234", "98"), read_as("", "1")]) == {}


def test_what_the_pixels_show_is_counted() -> None:
    assert seen_counts([read_as("3", "3"), read_as("", "1"), read_as("-", "-")]) == {
        "ink": {"blank": 1, "dash": 1, "number": 1}
    }


@pytest.mark.parametrize(("text", "same"), [("１２", "12"), ("1,234", "1234"), (" — ", "-"), ("3\n4", "34"), ("", "")])
def test_the_same_print_has_one_form(text: str, same: str) -> None:
    assert plain(text) == same


def test_kinds() -> None:
    assert [printed_kind(text) for text in ("", "-", "0")] == ["blank", "dash", "number"]


def test_cells_are_cut_by_their_corners() -> None:
    image = np.full((200, 300, 3), 255, np.uint8)
    image[60:140, 100:220] = (200, 10, 10)
    inside = ((100.0, 60.0), (220.0, 60.0), (220.0, 140.0), (100.0, 140.0))
    shared = {"table": 0, "row": 0, "row_span": 1, "column_span": 1, "quad": inside, "text": "７"}
    number = TrueCell(column=1, field="t2.made", **shared)  # type: ignore[arg-type]
    label = TrueCell(column=0, field=None, **shared)  # type: ignore[arg-type]
    page = SynthPage(image, PageTruth(300, 200, cells=(number, label)), 100.0)
    (found,) = number_cells(page, "clean", 0, Random(1))
    assert found.text == "7"
    assert found.pixels.shape[0] in range(66, 80)
    assert found.pixels.shape[1] in range(106, 120)
    assert (found.pixels == (200, 10, 10)).all()
