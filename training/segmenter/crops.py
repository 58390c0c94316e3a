"""What the network is trained on: parts of flat pages, moved, faded and damaged at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from training.segmenter.flat import FlatPage, draw_targets

if TYPE_CHECKING:
    from pipeline.scan.ink import Grey
    from training.segmenter.settings import Augmentation

WHITE = 255


def draw_crop(
    page: FlatPage, side: int, how: Augmentation, random: np.random.Generator
) -> tuple[Grey, Grey]:
    """A square of the page, side x side, and its targets, 5 x side/2 x side/2."""
    matrix = _placing(page, side, how, random)
    image = page.image.copy() if random.random() < how.erase else page.image
    if image is not page.image:
        _erase_rules(image, page, random)
    crop = cv2.warpPerspective(image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=(WHITE,))
    targets = draw_targets(page, matrix, side, side)
    return damaged(np.asarray(crop, dtype=np.uint8), how, random), targets


def _placing(page: FlatPage, side: int, how: Augmentation, random: np.random.Generator) -> NDArray[np.float64]:
    """Page to crop: shift, size, a small turn, a slight perspective."""
    height, width = page.image.shape
    if len(page.tables) and random.random() < how.on_table:
        quad = page.tables[random.integers(len(page.tables))]
        low, high = quad.min(axis=0), quad.max(axis=0)
    else:
        low, high = np.zeros(2), np.array([width, height], dtype=np.float64)
    middle = low + random.random(2) * (high - low)
    if random.random() < how.unmoved:
        # To the pixel, so that sharp pages are seen sharp.
        shift = np.round(middle - side / 2)
        return np.array([[1, 0, -shift[0]], [0, 1, -shift[1]], [0, 0, 1]], dtype=np.float64)
    scale = float(np.exp(random.uniform(np.log(how.scale[0]), np.log(how.scale[1]))))
    half = side / 2 / scale
    source = middle + half * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=np.float64)
    angle = np.radians(np.clip(random.normal(0, how.angle / 2), -how.angle, how.angle))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    source = middle + (source - middle) @ turn.T + random.normal(0, how.perspective * half, (4, 2))
    target = np.array([(0, 0), (side, 0), (side, side), (0, side)], dtype=np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source.astype(np.float32), target), dtype=np.float64)


def _erase_rules(image: Grey, page: FlatPage, random: np.random.Generator) -> None:
    """Rules, or pieces of them, painted over: their borders are still wanted."""
    drawn = np.flatnonzero(page.drawn)
    if not len(drawn):
        return
    share = (1.0, 0.1, 0.3)[random.choice(3, p=[0.25, 0.4, 0.35])]
    only = random.integers(3)
    paper = int(np.percentile(image, 80))
    for index in drawn:
        if (only == 1 and page.level[index]) or (only == 2 and not page.level[index]) or random.random() > share:
            continue
        path = page.points[page.starts[index] : page.starts[index + 1]]
        start, end = path[0], path[-1]
        if share < 1 and random.random() < 0.6:
            low, high = np.sort(random.random(2))
            start, end = start + low * (end - start), start + high * (end - start)
            path = np.stack([start, end])
        cv2.polylines(image, [np.round(path).astype(np.int32)], False, (paper,), 7)


def damaged(crop: Grey, how: Augmentation, random: np.random.Generator) -> Grey:
    """Print faded or spread, noise, streaks, blur, few bits."""

    def chance(share: float) -> bool:
        return bool(random.random() < share)

    image: NDArray[np.float32] = crop.astype(np.float32)
    if chance(how.fade):
        image = WHITE - (WHITE - image) * random.uniform(0.35, 1.25)
    if chance(how.streak):
        _streaks(image, random)
    if chance(how.blur):
        image = cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 1.3)).astype(np.float32)
    if chance(how.noise):
        image = image + random.normal(0, random.uniform(2, 18), image.shape).astype(np.float32)
    made = np.clip(image, 0, 255).astype(np.uint8)
    if chance(how.spread):
        made = np.asarray(
            (cv2.erode if chance(0.5) else cv2.dilate)(made, np.ones((2, 2), np.uint8)), dtype=np.uint8
        )
    if chance(how.bits):
        made = np.where(made > random.uniform(120, 220), 255, 0).astype(np.uint8)
    if chance(how.jpeg):
        _, packed = cv2.imencode(".jpg", made, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(15, 60))])
        made = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
    return made


def _streaks(image: NDArray[np.float32], random: np.random.Generator) -> None:
    """Lines of a scanner or a fold that run through everything and part nothing."""
    height, width = image.shape
    for _ in range(int(random.integers(1, 4))):
        place, dark = int(random.integers(0, width)), float(random.uniform(30, 200))
        lean = int(random.integers(-6, 7))
        cv2.line(image, (place, 0), (place + lean, height), (dark,), int(random.integers(1, 3)))


def as_input(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    """N x 1 x H x W for the network: 0 paper to 1 ink."""
    return cast("NDArray[np.float32]", ((255 - crops[:, None].astype(np.float32)) / np.float32(255)))
