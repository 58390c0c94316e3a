from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.training.segmenter.test_flat import flat
from training.segmenter.crops import as_input, damaged, draw_crop
from training.segmenter.settings import Augmentation, load_settings

SETTINGS = load_settings(Path(__file__).parents[3] / "configs" / "segmenter.yaml")
CHANCES = ("erase", "fade", "streak", "blur", "noise", "spread", "bits", "jpeg")


def only(**chances: float) -> Augmentation:
    return SETTINGS.augmentation.model_copy(update={**dict.fromkeys(CHANCES, 0.0), **chances})


def test_one_seed_gives_one_crop() -> None:
    page = flat()
    one, other, third = (
        draw_crop(page, 256, SETTINGS.augmentation, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    assert np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])
    assert not np.array_equal(one[0], third[0])


@pytest.mark.parametrize("seed", range(6))
def test_targets_move_with_the_image(seed: int) -> None:
    """However the crop lies, what the borders' targets cover is darker than what stands beside them."""
    crop, targets = draw_crop(flat(), 512, only(on_table=1.0, unmoved=0.0), np.random.default_rng(seed))
    enlarged = targets.repeat(2, axis=1).repeat(2, axis=2)
    borders = (enlarged[0] | enlarged[1]) > 0
    rest = (enlarged[2] > 0) & ~borders & (enlarged[3] == 0)
    assert borders.sum() > 2000
    assert crop[borders].mean() < crop[rest].mean() - 40


def test_erased_rules_are_still_wanted() -> None:
    page = flat()
    pairs = [
        (
            draw_crop(page, 512, only(on_table=1.0, erase=0.0), np.random.default_rng(seed)),
            draw_crop(page, 512, only(on_table=1.0, erase=1.0), np.random.default_rng(seed)),
        )
        for seed in range(8)
    ]
    targets = [erased[1][:2].sum() for _, erased in pairs]
    assert all(total > 1000 for total in targets)
    paler = [float(erased[0].mean()) - float(kept[0].mean()) for kept, erased in pairs]
    assert max(paler) > 1


@pytest.mark.parametrize("name", CHANCES[1:])
def test_each_damage_changes_the_image_and_keeps_its_range(name: str) -> None:
    image = flat().image[200:700, 200:700]
    before = image.copy()
    made = damaged(image, only(**{name: 1.0}), np.random.default_rng(1))
    assert np.array_equal(image, before)
    assert made.dtype == np.uint8 and made.shape == image.shape
    assert (made != image).mean() > 0.001


def test_the_input_is_how_much_ink_there_is() -> None:
    given = as_input(np.array([[[0, 255]]], np.uint8))
    assert given.tolist() == [[[[1.0, 0.0]]]]
