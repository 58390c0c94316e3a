from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.scan.frame import Field, Frame
from tests.training.segmenter.drawn import COLUMNS, HEIGHT, ROWS, WIDTH, drawn_page, photographed
from training.segmenter.flat import FlatPage, draw_targets, flat_page, frame_of

STILL = np.eye(3)


def flat(ruled: bool = True) -> FlatPage:
    image, truth = drawn_page(ruled)
    return flat_page(frame_of(truth, truth), image, truth)


def test_the_flat_page_is_at_the_size_that_the_segmenter_works_at() -> None:
    page = flat()
    assert page.image.shape == (1600, 1131)
    assert page.points[0] == pytest.approx((np.array([COLUMNS[0], ROWS[0]]) + 0.5) * 1600 / HEIGHT - 0.5, abs=1)


def test_a_tall_picture_keeps_its_width() -> None:
    image, truth = drawn_page()
    tall = np.concatenate([image, np.full_like(image, 250), np.full_like(image, 250)])
    page = flat_page(Frame(np.eye(3), WIDTH, 3 * HEIGHT), tall, truth)
    assert page.image.shape[1] == 1131
    assert page.image.shape[0] == pytest.approx(1131 * 3 * HEIGHT / WIDTH, abs=1)


def test_a_photo_comes_out_as_the_page_as_drawn() -> None:
    image, truth = drawn_page()
    seen, there = photographed(image, truth)
    assert abs(there.rules[0].points[0][1] - there.rules[0].points[1][1]) > 5
    page = flat_page(frame_of(there, truth), seen, there)
    width = page.image.shape[1]
    for index in range(len(page.level)):
        start, end = page.points[page.starts[index]], page.points[page.starts[index + 1] - 1]
        assert abs(start[1] - end[1] if page.level[index] else start[0] - end[0]) < 0.5
        # The rule is where it is said to be.
        steps = np.round(np.linspace(start, end, 40)).astype(int)[2:-2]
        assert np.mean([page.image[y - 2 : y + 3, x - 2 : x + 3].min() < 150 for x, y in steps]) > 0.95
    assert page.points[page.starts[6]][0] / width == pytest.approx(COLUMNS[0] / WIDTH, abs=0.003)


def test_the_truth_moves_with_a_frame_that_straightens() -> None:
    image, truth = drawn_page()
    bend = Field((WIDTH, HEIGHT), np.zeros(6), np.array([0, 12.0, 0, 0, 0, 0]))
    page = flat_page(frame_of(truth, truth).straightened(bend), image, truth)
    start, end = page.points[page.starts[0]], page.points[page.starts[1] - 1]
    assert abs(start[1] - flat().points[0][1]) > 3
    inward = np.array([4, 0])
    for x, y in (np.round(start + inward).astype(int), np.round(end - inward).astype(int)):
        assert page.image[y - 3 : y + 4, x].min() < 150


def test_surroundings_show_with_a_random_margin_and_the_truth_moves_along() -> None:
    image, truth = drawn_page()
    seen, there = photographed(image, truth)
    for seed in range(5):
        page = flat_page(frame_of(there, truth, np.random.default_rng(seed)), seen, there)
        top = page.points[page.starts[0] : page.starts[1]]
        middle = np.round(top.mean(axis=0)).astype(int)
        assert page.image[middle[1] - 3 : middle[1] + 4, middle[0]].min() < 150


def test_a_page_is_read_back_as_it_was_stored(tmp_path: Path) -> None:
    page = flat()
    page.save(tmp_path / "page.npz")
    again = FlatPage.load(tmp_path / "page.npz")
    for name in FlatPage.__slots__:
        assert np.array_equal(getattr(page, name), getattr(again, name))
    assert [path.name for path in tmp_path.iterdir()] == ["page.npz"]


@pytest.mark.parametrize("ruled", [True, False])
def test_targets_lie_on_the_borders_drawn_or_not_and_not_inside_merged_cells(ruled: bool) -> None:
    page = flat(ruled)
    targets = draw_targets(page, STILL, 1600, 1120)
    scale = 1600 / HEIGHT / 2

    def at(channel: int, x: float, y: float) -> int:
        return int(targets[channel, round(y * scale), round(x * scale)])

    assert targets.shape == (5, 800, 560)
    for y in ROWS:
        assert at(0, 550, y)
        assert not at(0, 550, y + 30)
        assert not at(1, 550, y)
    for x in COLUMNS:
        assert at(1, x, 230)
        assert not at(1, x + 50, 230)
    assert not at(0, 200, ROWS[2])
    assert at(0, 200, ROWS[1]) and at(0, 200, ROWS[3])
    assert at(2, 200, 300) and not at(2, 200, 600)
    assert targets[3].sum() and not (targets[3] & ~targets[2] & 1).sum()
    assert not targets[4].any()


def test_targets_follow_the_matrix() -> None:
    page = flat()
    shift = np.array([[1, 0, -64], [0, 1, -32], [0, 0, 1.0]])
    whole, part = draw_targets(page, STILL, 1600, 1120), draw_targets(page, shift, 512, 512)
    assert np.array_equal(part, whole[:, 16 : 16 + 256, 32 : 32 + 256])
