"""What may happen to the crop of a cell beyond what was done to its page."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.number_reader.settings import Augmentation


def spoilt(crop: NDArray[np.uint8], how: Augmentation, random: Generator) -> NDArray[np.uint8]:
    """The crop worn, stretched or written over; often as it is."""
    image = crop
    if random.random() < how.scale:
        image = _scaled(image, random)
    if random.random() < how.slant:
        image = _slanted(image, random)
    if random.random() < how.spread:
        image = _spread(image, random)
    if random.random() < how.gaps:
        image = _with_gap(image, random)
    for _ in range(int(random.integers(1, 3)) if random.random() < how.stroke else 0):
        image = _with_stroke(image, random)
    if random.random() < how.blur:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), float(random.uniform(0.4, 1.4))), np.uint8)
    if random.random() < how.noise:
        noisy = image + random.normal(0, float(random.uniform(2, 14)), image.shape)
        image = np.clip(noisy, 0, 255).astype(np.uint8)
    if random.random() < how.bits:
        level = float(random.uniform(0.35, 0.65)) * (float(np.median(image)) + float(image.min()))
        image = np.where(image < level, 0, 255).astype(np.uint8)
    return image


def _scaled(image: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    height, width = image.shape
    across, down = random.uniform(0.8, 1.25), random.uniform(0.75, 1.3)
    size = (max(8, round(width * across * down)), max(8, round(height * down)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _slanted(image: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    height, width = image.shape
    slope, lean = random.normal(0, 0.02), random.normal(0, 0.06)
    matrix = np.array([[1, lean, -lean * height / 2], [slope, 1, -slope * width / 2]], np.float32)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _spread(image: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    grown = cv2.erode if random.random() < 0.5 else cv2.dilate
    share = float(random.uniform(0.3, 1))
    other = grown(image, np.ones((2, 2) if image.shape[0] < 50 else (3, 3), np.uint8))
    return np.asarray(cv2.addWeighted(image, 1 - share, other, share, 0), np.uint8)


def _with_gap(image: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    made = image.copy()
    height, width = image.shape
    paper = int(np.median(image))
    if random.random() < 0.5:
        made[int(random.integers(height)) :][: int(random.integers(1, 3))] = paper
    else:
        made[:, int(random.integers(width)) :][:, : int(random.integers(1, 3))] = paper
    return made


def _with_stroke(image: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """A smooth curve of a pen that comes in from somewhere and goes out again, or stays."""
    height, width = image.shape
    ends = random.uniform(-0.3, 1.3, (4, 2)) * [width, height]
    t = np.linspace(0, 1, 30)[:, None]
    curve = (1 - t) ** 3 * ends[0] + 3 * (1 - t) ** 2 * t * ends[1] + 3 * (1 - t) * t**2 * ends[2] + t**3 * ends[3]
    layer = np.zeros(image.shape, np.uint8)
    thick = max(1, round(float(random.uniform(0.02, 0.07)) * height))
    cv2.polylines(layer, [np.round(curve * 16).astype(np.int32)], False, (255,), thick, cv2.LINE_AA, 4)
    shade = float(random.uniform(20, 190))
    share = layer.astype(np.float32) / 255 * float(random.uniform(0.6, 1))
    return np.asarray(image * (1 - share) + np.minimum(image, shade) * share, np.uint8)
