"""What degradation does to a page, it does to its truth."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from training.synth import LEVELS, SynthPage, SynthReport, degrade
from training.synth.segments import segments
from training.synth.truth import Quad

Draw = Callable[[str, int], SynthReport]
PAGE = 2
"""Of the report: it holds most of table 3."""


@pytest.mark.parametrize("level", LEVELS)
def test_ink_of_a_number_lies_inside_its_cell(drawn: Draw, level: str) -> None:
    """The centroid of the ink within the quad of a number's line lies near the middle of that quad, on whatever
    lens and sheet it was seen."""
    page = degrade(drawn("songti", 1).pages[PAGE], level, 1)
    offsets = []
    for line in page.truth.lines:
        if line.cell is None or not page.truth.cells[line.cell].field or not set(line.text) <= set("0"):
            continue
        patch = _upright(page, line.quad, 24, 36)
        ink = np.clip(np.percentile(patch, 80) - patch - 15, 0, None)
        assert ink.sum() > 0, line
        rows, columns = np.indices(ink.shape)
        offsets.append(((ink * columns).sum() / ink.sum() / 23 - 0.5, (ink * rows).sum() / ink.sum() / 35 - 0.5))
    assert len(offsets) > 30
    assert np.abs(np.median(offsets, axis=0)).max() < 0.12
    assert np.mean(np.abs(offsets).max(axis=1) < 0.3) > 0.9


@pytest.mark.parametrize("level", LEVELS)
def test_everything_is_in_the_image_and_large_enough(drawn: Draw, level: str) -> None:
    page = degrade(drawn("songti", 1).pages[PAGE], level, 1)
    height, width = page.image.shape[:2]
    assert page.image.dtype == np.uint8
    assert page.image.shape == (height, width, 3)
    assert (page.truth.width, page.truth.height) == (width, height)
    quads = np.array([cell.quad for cell in page.truth.cells if cell.field])
    assert quads.min() >= 0
    assert (quads.reshape(-1, 2).max(axis=0) <= [width, height]).all()
    heights = [_height(line.quad) for line in page.truth.lines if line.cell and page.truth.cells[line.cell].field]
    assert np.median(heights) >= 10.5


@pytest.mark.parametrize(
    "level", [pytest.param(name, marks=() if name in ("web", "fax") else pytest.mark.slow) for name in LEVELS]
)
def test_the_seed_decides_the_image(drawn: Draw, level: str) -> None:
    page = drawn("songti", 1).pages[PAGE]
    first, second, other = degrade(page, level, 1), degrade(page, level, 1), degrade(page, level, 2)
    assert (first.image == second.image).all()
    assert first.truth == second.truth
    assert first.image.shape != other.image.shape or (first.image != other.image).any()


def test_rules_stay_on_dark_pixels(drawn: Draw) -> None:
    """Through the bent and slanted page of a photo too, a rule's path is darker than the paper beside it."""
    for level in ("clean", "mild", "photo"):
        page = degrade(drawn("songti", 1).pages[PAGE], level, 3)
        grey = cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY).astype(np.float64)
        darker = []
        for rule in page.truth.rules:
            if not rule.drawn:
                continue
            path = np.array(rule.points)
            step = path[1] - path[0]
            side = np.array([-step[1], step[0]]) / np.hypot(*step)
            samples = path[0] + np.linspace(0.1, 0.9, 25)[:, None] * step
            on = min(np.median(_values(grey, samples + offset * side)) for offset in (-1.5, -0.5, 0.5, 1.5))
            beside = min(np.median(_values(grey, samples + offset * side)) for offset in (-7, 7))
            darker.append(on < beside - 15)
        assert len(darker) > 30
        assert np.mean(darker) > 0.95, level


def test_a_mark_is_where_the_truth_says(drawn: Draw) -> None:
    page = degrade(drawn("songti", 1).pages[PAGE], "sealed", 1)
    red = (page.image[:, :, 0].astype(int) - page.image[:, :, 1] > 60).astype(np.uint8)
    assert red.sum() > 500
    inside = np.zeros_like(red)
    for quad in page.truth.pictures:
        cv2.fillPoly(inside, [np.round(np.array(quad)).astype(np.int32)], (1,))
    near = np.asarray(cv2.dilate(inside, np.ones((9, 9), np.uint8)))
    assert (red * near).sum() > 0.98 * red.sum()


def test_masks_follow_the_page(drawn: Draw) -> None:
    page = degrade(drawn("songti", 1).pages[PAGE], "mild", 1)
    found = segments(page, 0.5)
    masks = (found.horizontal, found.vertical, found.table, found.text, found.marks, found.implied_horizontal)
    assert {mask.shape for mask in masks} == {found.image.shape[:2]}
    assert all(set(np.unique(mask)) <= {0, 1} for mask in masks)
    near = np.asarray(cv2.dilate(found.table, np.ones((7, 7), np.uint8)))
    assert found.horizontal[near == 0].sum() == 0
    grey = cv2.cvtColor(found.image, cv2.COLOR_RGB2GRAY)
    assert grey[found.horizontal > 0].mean() < grey[found.table > 0].mean() - 40
    assert grey[found.vertical > 0].mean() < grey[found.table > 0].mean() - 40
    assert found.marks.sum() == 0


def test_masks_name_directions_as_the_image_shows_them(drawn: Draw) -> None:
    """A page photographed on its side has its rows upright in the image."""
    clean = drawn("songti", 1).pages[PAGE]
    turned = next(
        page
        for page in (degrade(clean, "photo", seed) for seed in range(40))
        if page.image.shape[1] > page.image.shape[0]
    )
    upright = degrade(clean, "clean", 1)
    share = {}
    for name, page in (("turned", turned), ("upright", upright)):
        found = segments(page, 0.5)
        share[name] = found.horizontal.sum() / found.vertical.sum()
    assert (share["turned"] < 1) != (share["upright"] < 1)


def _upright(page: SynthPage, quad: Quad, width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    target = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(np.array(quad, dtype=np.float32) - np.float32(0.5), target)
    patch = cv2.warpPerspective(page.image, matrix, (width, height), flags=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY), dtype=np.float64)


def _height(quad: Quad) -> float:
    return float(np.hypot(quad[3][0] - quad[0][0], quad[3][1] - quad[0][1]))


def _values(
    grey: np.ndarray[tuple[int, ...], np.dtype[np.float64]], points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    x = np.clip(points[:, 0].astype(int), 0, grey.shape[1] - 1)
    y = np.clip(points[:, 1].astype(int), 0, grey.shape[0] - 1)
    return np.asarray(grey[y, x], dtype=np.float64)
