"""The levels of degradation: recipes of small steps, every parameter drawn from the seed.

A level is hard but legible: no digit of a number cell is lower than `DIGIT_PIXELS`, so small print is scanned finer.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.random import Generator

from training.synth import ink, marks, warp
from training.synth.render import DPI, CleanPage
from training.synth.warp import SynthPage

DIGIT_PIXELS = 11.0
LONGEST_SIDE = 3000
"""Pixels of a photo, but for pages of unusual shape, which keep their digits."""

Recipe: TypeAlias = Callable[[CleanPage, Generator, Generator], SynthPage]
"""Takes the page, the generator of its own accidents, and that of what all pages of the report have in common."""


def degrade(page: CleanPage, level: str, seed: int) -> SynthPage:
    """The page as it reaches a reader.

    Args:
        page: as drawn.
        level: a name of `LEVELS`.
        seed: the same seed gives the same image, whatever was degraded before.
    """
    common = f"{page.report} {level} {seed}"
    own, shared = (np.random.default_rng(zlib.crc32(name.encode())) for name in (f"{common} {page.index}", common))
    return LEVELS[level](page, own, shared)


def _scanned(page: CleanPage, dpi: float) -> SynthPage:
    """The page as a scanner sees it at this resolution: every pixel the mean of what it covers."""
    fine = _drawn(page, page.image, page.dpi)
    height, width = page.image.shape[:2]
    return warp.scaled(fine, round(width * dpi / page.dpi), round(height * dpi / page.dpi))


def _drawn(page: CleanPage, image: warp.Image, dpi: float) -> SynthPage:
    height, width = image.shape[:2]
    scale = np.array([width / page.truth.width, height / page.truth.height])
    return SynthPage(image, page.truth.moved(lambda old: old * scale, width, height, f"draw {dpi:.1f}"), dpi)


def _legible(page: CleanPage, dpi: float) -> float:
    return max(dpi, DIGIT_PIXELS * 72 / page.digit_height)


def _clean(page: CleanPage, random: Generator, shared: Generator) -> SynthPage:
    found = _scanned(page, shared.uniform(200, 300) * page.dpi / DPI)
    return found.with_image(ink.noisy(found.image, random, random.uniform(0, 2)), "noise")


def _mild(page: CleanPage, random: Generator, shared: Generator) -> SynthPage:
    found = _scanned(page, _legible(page, shared.uniform(150, 200)))
    paper = tuple(int(number) for number in shared.uniform(243, 256, 3))
    found = found.with_image(ink.tinted(found.image, (paper[0], paper[1], paper[2])), "paper")
    found = warp.rotated(found, random.uniform(-1.5, 1.5), (paper[0], paper[1], paper[2]))
    return _finished(found, random, blur=(0.2, 0.7), light=(0.0, 0.1), noise=(1, 4), quality=(60, 85))


def _heavy(page: CleanPage, random: Generator, shared: Generator) -> SynthPage:
    found = _scanned(page, _legible(page, shared.uniform(110, 150)))
    rules = found.truth.rules
    image = ink.faint_rules(found.image, rules, random, random.uniform(0.05, 0.35), random.uniform(0.05, 0.3))
    if random.random() < 0.3:
        image = ink.doubled_rules(image, rules, random, random.uniform(0.1, 0.4))
    image = ink.strokes(image, random.uniform(-0.25, 0.35))
    image = ink.contrast(image, random.uniform(20, 75), random.uniform(225, 250))
    image = ink.shown_through(image, random.uniform(0.03, 0.1))
    image = ink.stained(image, random, int(random.integers(0, 4)), random.uniform(0.08, 0.25))
    found = found.with_image(image, "worn print")
    found = warp.rotated(found, random.uniform(-4, 4), (236, 236, 236))
    found = found.with_image(ink.specks(found.image, random, random.uniform(20, 200)), "specks")
    return _finished(found, random, blur=(0.4, 0.85), light=(0.1, 0.35), noise=(3, 8), quality=(28, 50))


def _fax(page: CleanPage, random: Generator, shared: Generator) -> SynthPage:
    dpi = _legible(page, 200.0)
    found = _scanned(page, dpi)
    image = ink.strokes(found.image, random.uniform(-0.3, 0.4))
    image = ink.blurred(image, random.uniform(0.4, 0.9))
    found = found.with_image(image, "lens")
    found = warp.rotated(found, random.uniform(-1.5, 1.5))
    image = found.image
    coarse = page.digit_height * dpi / 144 >= DIGIT_PIXELS and shared.random() < 0.6
    height, width = image.shape[:2]
    if coarse:
        image = np.asarray(cv2.resize(image, (width, height // 2), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    image = ink.specks(image, random, random.uniform(10, 150))
    level = _ink_level(found, image, random.uniform(1.25, 1.75))
    image = ink.black_and_white(image, random, level, random.uniform(6, 20))
    image = ink.dropouts(image, random, int(random.integers(0, 8)))
    image = ink.streaks(image, random, int(random.integers(0, 3)), dark=random.random() < 0.6)
    image = np.where(image < 128, 0, 255).astype(np.uint8)
    if coarse:
        image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
    return found.with_image(image, "fax 100 lines" if coarse else "fax 200 lines")


def _ink_level(page: SynthPage, image: warp.Image, amount: float) -> float:
    """The grey level at which black and white keeps so much of the ink of the numbers: a fixed one would lose thin
    strokes altogether. `image` may be lower than that of the page."""
    height, width = image.shape[:2]
    factors = np.array([width / page.truth.width, height / page.truth.height])
    numbers = [line.quad for line in page.truth.lines if line.cell is not None and page.truth.cells[line.cell].field]
    if not numbers:
        return 160.0
    where = np.zeros((height, width), dtype=np.uint8)
    for quad in numbers:
        cv2.fillPoly(where, [np.round(np.array(quad) * factors).astype(np.int32)], (1,))
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[where > 0].astype(np.float32)
    paper = float(np.percentile(grey, 90))
    share = float(np.clip((paper - grey) / max(paper - 30, 1), 0, 1).mean())
    return float(np.clip(np.quantile(grey, min(0.9, amount * share)), 90, paper - 45))


def _photo(page: CleanPage, random: Generator, shared: Generator) -> SynthPage:
    # Share of the frame that the page fills.
    filled = random.uniform(0.8, 0.95)
    inches = max(page.truth.width, page.truth.height) / 72
    dpi = min(_legible(page, shared.uniform(1500, LONGEST_SIDE) * filled / inches), page.dpi)
    dpi = max(dpi, 1.2 * _legible(page, 0))
    found = _scanned(page, dpi)
    found = found.with_image(ink.tinted(found.image, (250, 248, 243)), "paper")
    if random.random() < 0.7:
        rise = random.uniform(0.002, 0.012) * found.image.shape[0]
        found = _curled(found, rise, random)
    height, width = found.image.shape[:2]
    frame = (round(width / filled), round(height / filled))
    found = _placed(found, frame, random)
    image = ink.lit(found.image, random, random.uniform(0.1, 0.4), 2)
    if random.random() < 0.6:
        image = _shadowed(image, random)
    image = ink.tinted(image, (255, random.uniform(232, 254), random.uniform(205, 250)))
    if random.random() < 0.2:
        image = ink.moire(image, random, random.uniform(3, 9))
    image = ink.smeared(image, int(random.integers(0, 3)), random.uniform(0, 180))
    found = found.with_image(image, "light")
    found = _finished(found, random, blur=(0.3, 0.8), light=(0.0, 0.05), noise=(2, 6), quality=(60, 88))
    return warp.quarter_turned(found, int(shared.choice([0, 0, 0, 0, 1, 2, 3])))


def _web(page: CleanPage, random: Generator, shared: Generator) -> SynthPage:
    """Drawn at screen size, not scanned: a picture that a site shows instead of the page."""
    points = page.truth
    dpi = max(_legible(page, shared.uniform(90, 110)), 800 * 72 / points.width if points.width < points.height else 0)
    image = page.raster(dpi)
    height, width = image.shape[:2]
    kind = shared.choice(["jpeg", "palette", "resampled"])
    found = _drawn(page, image, dpi)
    if kind == "palette":
        colours = int(random.choice([8, 16, 32, 64]))
        return found.with_image(ink.palette(image, colours, random.random() < 0.4), "palette")
    if kind == "resampled":
        found = warp.scaled(found, round(width * 1.15), round(height * 1.15))
        found = warp.scaled(found, width, height)
    return found.with_image(ink.jpeg(found.image, int(random.integers(35, 75))), "jpeg")


def _sealed(page: CleanPage, random: Generator, shared: Generator) -> SynthPage:
    found = _scanned(page, _legible(page, shared.uniform(150, 200)))
    found = found.with_image(ink.tinted(found.image, (252, 251, 247)), "paper")
    found = marks.sealed(found, random)
    if random.random() < 0.3:
        found = marks.sealed(found, random)
    found = marks.written_on(found, random, int(random.integers(1, 7)))
    found = warp.rotated(found, random.uniform(-1.5, 1.5), (250, 250, 248))
    if random.random() < 0.6:
        found = marks.punched(found, random)
    found = marks.scanner_edges(found, random)
    return _finished(found, random, blur=(0.2, 0.7), light=(0.0, 0.1), noise=(1, 4), quality=(60, 85))


def _finished(
    page: SynthPage,
    random: Generator,
    blur: tuple[float, float],
    light: tuple[float, float],
    noise: tuple[float, float],
    quality: tuple[int, int],
) -> SynthPage:
    """Optics, light, sensor and compression, each between two bounds."""
    image = ink.blurred(page.image, random.uniform(*blur))
    image = ink.lit(image, random, random.uniform(*light))
    image = ink.noisy(image, random, random.uniform(*noise), random.uniform(1, 1.6))
    return page.with_image(ink.jpeg(image, int(random.integers(*quality))), "optics")


def _curled(page: SynthPage, rise: float, random: Generator) -> SynthPage:
    """On a ground of its own shade, as the desk is put around it afterwards."""
    return warp.bent(page, rise, random.uniform(-0.6, 1.2), random.uniform(0.0, 0.06), (246, 244, 240))


def _placed(page: SynthPage, frame: tuple[int, int], random: Generator) -> SynthPage:
    """On a desk, seen at a slant."""
    height, width = page.image.shape[:2]
    frame_width, frame_height = frame
    left, top = (frame_width - width) / 2, (frame_height - height) / 2
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    slant = np.array([left, top], dtype=np.float32) * random.uniform(-0.8, 0.8, (4, 2))
    seen = (corners + np.array([left, top]) + slant).astype(np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(corners, seen), dtype=np.float64)
    moved = warp.projected(page, matrix, frame_width, frame_height, f"frame {matrix.round(5).tolist()}", (0, 0, 0))
    cover = np.zeros((frame_height, frame_width), dtype=np.float32)
    cv2.fillConvexPoly(cover, np.round(seen).astype(np.int32), (1.0,), cv2.LINE_AA)
    drop = np.asarray(cv2.GaussianBlur(cover, (0, 0), 0.012 * frame_width), dtype=np.float32)
    ground = marks.desk(frame_height, frame_width, random).astype(np.float32) * (1 - 0.45 * drop[:, :, None])
    image = moved.image * cover[:, :, None] + ground * (1 - cover[:, :, None])
    return moved.with_image(np.clip(image, 0, 255).astype(np.uint8), "desk")


def _shadowed(image: warp.Image, random: Generator) -> warp.Image:
    """The shadow of a hand or a head over one side, soft at its edge."""
    small = np.ones((48, 48), dtype=np.float32)
    start, end = random.uniform(-5, 53, 2), random.uniform(-5, 53, 2)
    outer = random.uniform(-10, 58, (3, 2))
    outline = np.round(np.vstack([start, end, outer])).astype(np.int32)
    cv2.fillPoly(small, [outline], (float(random.uniform(0.55, 0.85)),))
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), random.uniform(1.5, 5)), dtype=np.float32)
    return ink.shaded(image, soft)


LEVELS: dict[str, Recipe] = {
    "clean": _clean, "mild": _mild, "heavy": _heavy, "fax": _fax, "photo": _photo, "web": _web, "sealed": _sealed,
}  # fmt: skip
SCREEN_LEVELS = ("clean", "mild", "web")
"""What happens to a picture of a web page; nobody scans or photographs a sheet a metre long."""


def suits(pages: Sequence[CleanPage], level: str) -> bool:
    """Whether pages of this shape come about at this level."""
    return level in SCREEN_LEVELS or all(page.truth.height <= 2 * page.truth.width for page in pages)
