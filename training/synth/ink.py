"""What happens to the pixels of a page that stays where it is: print, paper, light, sensor, compression.

Every function takes an image (height x width x 3, red, green, blue) and gives a new one of the same size. Lengths are
in pixels, shares between 0 and 1, grey levels of 255.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as Pillow

from training.synth.truth import TrueRule
from training.synth.warp import Image


def blurred(image: Image, sigma: float) -> Image:
    """Out of focus; `sigma` of 0 changes nothing."""
    return _bytes(cv2.GaussianBlur(image, (0, 0), sigma)) if sigma > 0.05 else image


def smeared(image: Image, length: int, degrees: float) -> Image:
    """Moved by so much while it was taken."""
    if length < 2:
        return image
    kernel = np.zeros((length, length), dtype=np.float32)
    kernel[length // 2] = 1.0
    turn = cv2.getRotationMatrix2D(((length - 1) / 2, (length - 1) / 2), degrees, 1.0)
    kernel = np.asarray(cv2.warpAffine(kernel, turn, (length, length)), dtype=np.float32)
    return _bytes(cv2.filter2D(image, -1, kernel / max(float(kernel.sum()), 1e-6)))


def jpeg(image: Image, quality: int) -> Image:
    """Through JPEG of this quality, 1 to 100."""
    ok, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert ok
    return _bytes(cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))


def palette(image: Image, colours: int, dither: bool) -> Image:
    """Through a palette, as GIF and small PNG have it."""
    mode = Pillow.Dither.FLOYDSTEINBERG if dither else Pillow.Dither.NONE
    table = Pillow.fromarray(image).quantize(colours, method=Pillow.Quantize.MEDIANCUT)
    return _bytes(np.asarray(Pillow.fromarray(image).quantize(palette=table, dither=mode).convert("RGB")))


def noisy(image: Image, random: Generator, sigma: float, grain: float = 1.0) -> Image:
    """Sensor noise of this deviation; `grain` above 1 makes it coarser."""
    height, width = image.shape[:2]
    shape = (max(1, round(height / grain)), max(1, round(width / grain)))
    noise = random.standard_normal(shape, dtype=np.float32)
    if grain > 1:
        noise = np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    return _clipped(image.astype(np.float32) + sigma * noise[:, :, None])


def specks(image: Image, random: Generator, density: float, dark: float = 0.7) -> Image:
    """Dust: `density` specks in a million pixels, a `dark` share of them dark, the rest white."""
    height, width = image.shape[:2]
    out = image.copy()
    count = int(random.poisson(density * height * width / 1e6))
    for y, x, kind, size in zip(
        random.integers(0, height, count), random.integers(0, width, count),
        random.random(count), random.integers(1, 3, count), strict=True,
    ):  # fmt: skip
        out[y : y + size, x : x + size] = random.integers(20, 120) if kind < dark else 255
    return out


def lit(image: Image, random: Generator, strength: float, cells: int = 3) -> Image:
    """Uneven light: darker by up to `strength` in places, smoothly, over so many cells a side."""
    field = random.random((cells + 1, cells + 1)).astype(np.float32)
    return shaded(image, 1 - strength * (field - float(field.min())))


def shaded(image: Image, field: NDArray[np.float32]) -> Image:
    """Multiplied by a coarse field that is stretched over it."""
    height, width = image.shape[:2]
    full = np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    return _clipped(image.astype(np.float32) * full[:, :, None])


def tinted(image: Image, colour: tuple[float, float, float]) -> Image:
    """Multiplied by a colour: paper that is not white, light that is not."""
    return _clipped(image.astype(np.float32) * (np.asarray(colour, dtype=np.float32) / 255))


def contrast(image: Image, black: float, white: float) -> Image:
    """Ink raised to `black`, paper lowered to `white`."""
    return _clipped(black + image.astype(np.float32) * ((white - black) / 255))


def strokes(image: Image, change: float) -> Image:
    """Strokes made thinner (below 0) or thicker (above 0), by a share of one pixel on each side."""
    kernel = np.ones((3, 3), dtype=np.uint8)
    other = cv2.erode(image, kernel) if change > 0 else cv2.dilate(image, kernel)
    return _bytes(cv2.addWeighted(image, 1 - abs(change), np.asarray(other), abs(change), 0))


def shown_through(image: Image, strength: float) -> Image:
    """The back of the sheet: here the page itself, seen through the paper from behind."""
    back = cv2.GaussianBlur(np.ascontiguousarray(image[::-1, ::-1]), (0, 0), 1.2)
    back = np.asarray(np.roll(back[::-1], image.shape[0] // 37, axis=0))
    return _clipped(image.astype(np.float32) - strength * (255 - back.astype(np.float32)))


def stained(image: Image, random: Generator, count: int, strength: float) -> Image:
    """Stains with a darker rim, brown to grey."""
    height, width = image.shape[:2]
    out = image.astype(np.float32)
    for _ in range(count):
        radius = int(random.uniform(0.02, 0.09) * width)
        mask = np.zeros((height, width), dtype=np.float32)
        centre = (int(random.integers(0, width)), int(random.integers(0, height)))
        axes = (radius, max(3, int(radius * random.uniform(0.5, 1))))
        angle = float(random.uniform(0, 180))
        cv2.ellipse(mask, centre, axes, angle, 0, 360, (0.6,), -1)
        cv2.ellipse(mask, centre, axes, angle, 0, 360, (1.0,), max(2, radius // 12))
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), max(1.5, radius / 14)), dtype=np.float32)
        colour = np.array([random.uniform(0.1, 0.5), random.uniform(0.4, 0.8), 1.0], dtype=np.float32)
        out *= 1 - strength * mask[:, :, None] * colour
    return _clipped(out)


def faint_rules(image: Image, rules: Sequence[TrueRule], random: Generator, faint: float, broken: float) -> Image:
    """Rules that the print or the copier lost in part.

    Args:
        image: the page before it is moved.
        rules: its rules in pixels, straight.
        random: decides which and where.
        faint: share of the rules that lose most of their ink along their whole length.
        broken: share of each of the others' length that is gone.
    """
    out = image.astype(np.float32)
    reach = max(3, round(image.shape[1] / 350))
    paper = np.asarray(cv2.dilate(image, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)), dtype=np.float32)
    lost = np.zeros(image.shape[:2], dtype=np.float32)
    for rule in rules:
        if not rule.drawn:
            continue
        start, end = np.asarray(rule.points[0]), np.asarray(rule.points[-1])
        if random.random() < faint:
            _line(lost, start, end, float(random.uniform(0.45, 0.8)), reach)
        length = float(np.hypot(*(end - start)))
        for _ in range(int(random.poisson(broken * length / 14))):
            place = random.random()
            share = random.uniform(3, 25) / max(length, 1)
            _line(lost, start + (end - start) * place, start + (end - start) * min(place + share, 1), 1.0, reach)
    return _clipped(out + (paper - out) * lost[:, :, None])


def doubled_rules(image: Image, rules: Sequence[TrueRule], random: Generator, share: float) -> Image:
    """A share of the rules seen twice, as where a sheet was fed through twice."""
    out = image.copy()
    for rule in rules:
        if rule.drawn and random.random() < share:
            offset = float(random.choice([-1, 1])) * float(random.uniform(2.0, 4.0))
            shift = np.array([0, offset] if rule.direction == "horizontal" else [offset, 0])
            start, end = (np.asarray(rule.points[place]) + shift for place in (0, -1))
            grey = int(random.integers(90, 190))
            mask = np.zeros(image.shape[:2], dtype=np.float32)
            _line(mask, start, end, 1.0, 1)
            out = np.where((mask > 0)[:, :, None], np.minimum(out, grey), out).astype(np.uint8)
    return out


def streaks(image: Image, random: Generator, count: int, dark: bool) -> Image:
    """Thin lines from top to bottom: dust on the glass of a feeding scanner."""
    out = image.copy()
    height, width = image.shape[:2]
    for _ in range(count):
        x = int(random.integers(0, width))
        top = int(random.uniform(0, 0.5) * height) if random.random() < 0.5 else 0
        column = out[top:, x : x + 1]
        column[:] = np.minimum(column, 110) if dark else np.maximum(column, 225)
    return out


def dropouts(image: Image, random: Generator, count: int) -> Image:
    """Scan lines that were lost on the way and filled with the line above."""
    out = image.copy()
    for y in random.integers(1, image.shape[0], count):
        left = int(random.uniform(0, 0.7) * image.shape[1])
        out[y, left:] = out[y - 1, left:]
    return out


def black_and_white(image: Image, random: Generator, level: float, noise: float) -> Image:
    """One bit a pixel: paper and ink divided at `level`, with so much noise."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey += noise * random.standard_normal(grey.shape, dtype=np.float32)
    bits = np.where(grey < level, 0, 255).astype(np.uint8)
    return np.repeat(bits[:, :, None], 3, axis=2)


def moire(image: Image, random: Generator, strength: float) -> Image:
    """Bands of interference as a camera sees them on a screen."""
    height, width = image.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    out = image.astype(np.float32)
    for channel in range(3):
        angle, period = random.uniform(0, np.pi), random.uniform(5, 14)
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / period) + 3 * np.sin(y / 190))
        out[:, :, channel] += strength * wave
    return _clipped(out)


def _line(mask: NDArray[np.float32], start: Any, end: Any, value: float, width: int) -> None:
    first, last = (tuple(round(float(number)) for number in point) for point in (start, end))
    cv2.line(mask, first, last, (value,), width)


def _clipped(image: NDArray[np.floating[Any]]) -> Image:
    return np.clip(image, 0, 255).astype(np.uint8)


def _bytes(image: Any) -> Image:
    return np.ascontiguousarray(image, dtype=np.uint8)
