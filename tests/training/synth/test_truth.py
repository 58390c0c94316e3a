"""The truth of drawn pages agrees with their pixels and with the gold."""

from __future__ import annotations

import json
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from training.synth import HELDOUT_LAYOUTS, LAYOUTS, TUNING_LAYOUTS, CleanPage, PageTruth, SynthReport
from training.synth.borders import RASTER_DPI
from training.synth.truth import Quad

Draw = Callable[[str, int], SynthReport]
FAST = ("songti",)
EVERY = [pytest.param(name, marks=() if name in FAST else pytest.mark.slow) for name in LAYOUTS]


def test_layouts_are_many_and_apart() -> None:
    assert len(TUNING_LAYOUTS) >= 6
    assert len(HELDOUT_LAYOUTS) >= 4
    assert not set(TUNING_LAYOUTS) & set(HELDOUT_LAYOUTS)
    assert sum(layout.engine != "chromium" for layout in LAYOUTS.values()) >= 2


@pytest.mark.parametrize("layout", EVERY)
def test_every_field_stands_in_a_cell_with_its_print(drawn: Draw, layout: str) -> None:
    report = drawn(layout, 1)
    texts: dict[str, str] = {}
    for page in report.pages:
        for cell in page.truth.cells:
            if cell.field:
                texts[cell.field] = texts.get(cell.field, "") + cell.text
    assert texts == report.report.printed


@pytest.mark.parametrize("layout", EVERY)
def test_ink_of_numbers_lies_in_their_lines(drawn: Draw, layout: str) -> None:
    """A line of a number cell has its ink inside its quad, and almost nothing right outside it."""
    checked = 0
    for page in drawn(layout, 1).pages:
        grey = _grey(page)
        scale = RASTER_DPI / 72
        for line in page.truth.lines:
            if line.cell is None or not page.truth.cells[line.cell].field:
                continue
            ink, around = (_ink(grey, line.quad, more * scale, scale) for more in (0.25, 0.8))
            assert ink > 5, (line.text, line.quad)
            assert ink > 0.95 * around, (line.text, line.quad)
            checked += 1
    assert checked > 40


WITHOUT_RULES = ("bare", "plain", "unruled")


@pytest.mark.parametrize("layout", EVERY)
def test_drawn_rules_lie_on_ink(drawn: Draw, layout: str) -> None:
    """Whether solid or dotted, there is ink all along a drawn rule."""
    drawn_rules = 0
    for page in drawn(layout, 1).pages:
        grey = _grey(page).astype(np.int16)
        scale = RASTER_DPI / 72
        for rule in page.truth.rules:
            if rule.table is None:
                continue
            image = grey if rule.direction == "horizontal" else grey.T
            along, across = (0, 1) if rule.direction == "horizontal" else (1, 0)
            start, end = sorted(point[along] for point in (rule.points[0], rule.points[-1]))
            middle = rule.points[0][across]
            left, right = round((start + 2) * scale), round((end - 2) * scale)
            near = image[max(0, round((middle - 2.4) * scale)) : round((middle + 2.4) * scale), left:right]
            if near.size == 0:
                continue
            dots = round(3 * scale)
            darkest = near.min(axis=0)
            runs = np.array([darkest[place : place + dots].min() for place in range(0, len(darkest), dots)])
            if rule.drawn:
                drawn_rules += 1
                assert np.mean(runs < 235) > 0.9, rule
    assert bool(drawn_rules) is (layout not in WITHOUT_RULES)


def test_truth_survives_its_file(drawn: Draw) -> None:
    truth = drawn("songti", 1).pages[1].truth
    again = PageTruth.from_json(json.loads(json.dumps(truth.as_json())))
    assert [(cell.row, cell.column, cell.text, cell.field) for cell in again.cells] == [
        (cell.row, cell.column, cell.text, cell.field) for cell in truth.cells
    ]
    here, there = (np.array([cell.quad for cell in one.cells]) for one in (truth, again))
    assert np.allclose(here, there, atol=0.06)
    assert [rule.drawn for rule in again.rules] == [rule.drawn for rule in truth.rules]


def test_a_row_cut_by_a_page_break_has_both_parts(drawn: Draw) -> None:
    """In the layout whose rows may break, the column of results is cut and its parts tell so."""
    report = drawn("songti", 1)
    parts = [cell for page in report.pages for cell in page.truth.cells if cell.parts > 1]
    assert parts
    keys = {(cell.row, cell.column) for cell in parts}
    for key in keys:
        numbers = [cell.part for cell in parts if (cell.row, cell.column) == key]
        assert numbers == list(range(len(numbers)))


def test_the_same_seed_draws_the_same_report(drawn: Draw) -> None:
    first, second = drawn("songti", 1), drawn("songti", 1)
    assert first.report == second.report
    assert [page.truth for page in first.pages] == [page.truth for page in second.pages]
    assert (first.pages[1].raster(60) == second.pages[1].raster(60)).all()


def _grey(page: CleanPage) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(cv2.cvtColor(page.raster(RASTER_DPI), cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _ink(grey: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], quad: Quad, more: float, scale: float) -> int:
    """Dark pixels inside a quad made larger by so many pixels on each side."""
    (x0, y0), _, (x1, y1), _ = (np.array(corner) * scale for corner in quad)
    return int((grey[round(y0 - more) : round(y1 + more), round(x0 - more) : round(x1 + more)] < 150).sum())
