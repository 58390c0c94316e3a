"""What people and machines leave on a sheet: seals, pen strokes, punch holes, the edges of a scanner's glass."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from pipeline.document import Box
from training.synth.fonts import font_file
from training.synth.truth import box_quad
from training.synth.warp import Image, SynthPage

SEAL_FONTS = ("Noto Serif CJK SC:bold", "WenQuanYi Zen Hei", "AR PL UMing CN")
SEAL_NAMES = (
    "澄岚市教育局", "霁川县水务局", "云浔县民政局办公室", "望汐市林业局", "沅舟市医疗保障局", "栖泷市人民政府办公室",
)  # fmt: skip
SEAL_INCHES = (1.45, 1.75)
"""Across; seals of offices are 40 to 45 mm wide."""


def sealed(page: SynthPage, random: Generator) -> SynthPage:
    """A round red seal with a ring, a star and the office's name along the ring, pressed over a table where there
    is one. Ink lets the print below through."""
    size = round(float(random.uniform(*SEAL_INCHES)) * page.dpi)
    height, width = page.image.shape[:2]
    left, top = _over_a_table(page, random, size)
    stamp = _stamp(size, random)
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), float(random.uniform(-25, 25)), 1.0)
    stamp = np.asarray(cv2.warpAffine(stamp, turn, (size, size)), dtype=np.float32)
    patchy = random.random((size // 12 + 2, size // 12 + 2)).astype(np.float32)
    stamp = stamp * (0.55 + 0.45 * np.asarray(cv2.resize(patchy, (size, size)), dtype=np.float32))
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + size, width), min(top + size, height)
    if x1 <= x0 or y1 <= y0:
        return page
    part = stamp[y0 - top : y1 - top, x0 - left : x1 - left, None]
    ink = np.array([random.uniform(0, 0.1), random.uniform(0.65, 0.9), random.uniform(0.6, 0.85)], dtype=np.float32)
    strength = float(random.uniform(0.6, 0.95))
    image = page.image.astype(np.float32)
    image[y0:y1, x0:x1] *= 1 - strength * part * ink
    return _marked(page, image, "seal", (x0, y0, x1, y1))


def written_on(page: SynthPage, random: Generator, count: int) -> SynthPage:
    """Ticks, rings, underlines and flourishes of a pen over and beside number cells, thin enough to read below."""
    cells = [cell for cell in page.truth.cells if cell.field]
    for _ in range(count):
        if not cells:
            return page
        corners = np.asarray(cells[int(random.integers(len(cells)))].quad)
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        page = _pen_stroke(page, random, x0, y0, x1, y1)
    return page


def _pen_stroke(page: SynthPage, random: Generator, x0: float, y0: float, x1: float, y1: float) -> SynthPage:
    kind = random.choice(["tick", "ring", "under", "flourish"])
    t = np.linspace(0, 1, 40)
    w, h, x, y = x1 - x0, y1 - y0, (x0 + x1) / 2, (y0 + y1) / 2
    if kind == "tick":
        points = np.stack([x + w * (0.1 + 0.5 * t), y + h * np.where(t < 0.3, t, 0.3 - 1.3 * (t - 0.3))], axis=1)
    elif kind == "ring":
        turn = 2 * math.pi * (1.08 * t - 0.2)
        points = np.stack([x + 0.6 * w * np.cos(turn), y + 0.62 * h * np.sin(turn)], axis=1)
    elif kind == "under":
        points = np.stack([x0 + w * (0.1 + 0.9 * t), y1 - 0.1 * h + 0.08 * h * np.sin(7 * t)], axis=1)
    else:
        loops = np.stack([np.cos(14 * t + 0.4), np.sin(11 * t)], axis=1) * [0.25 * w, 0.35 * h]
        points = np.stack([x1 + w * (1.4 * t - 0.1), y + 0 * t], axis=1) + loops
    points = points + random.normal(0, 0.015 * max(w, h), points.shape)
    points = np.asarray(cv2.GaussianBlur(points.astype(np.float32), (1, 5), 0), dtype=np.float64)
    colour = ((30, 40, 140), (20, 20, 90), (190, 30, 40), (60, 60, 70))[int(random.integers(4))]
    layer = np.zeros(page.image.shape[:2], dtype=np.uint8)
    pixels = np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(layer, [pixels], False, (255,), max(1, round(page.dpi / 90)), cv2.LINE_AA, 4)
    share = (layer.astype(np.float32) / 255 * float(random.uniform(0.6, 0.85)))[:, :, None]
    under = page.image.astype(np.float32)
    image = under * (1 - share) + np.minimum(under, np.asarray(colour, dtype=np.float32)) * share
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return _marked(page, image, f"pen {kind}", (left, top, right, bottom))


def punched(page: SynthPage, random: Generator) -> SynthPage:
    """Two holes at the left edge, 80 mm apart, dark or grey as what lay behind them."""
    image = page.image.copy()
    height = image.shape[0]
    radius = round(0.118 * page.dpi)
    x = round(float(random.uniform(0.28, 0.42)) * page.dpi)
    shade = int(random.choice([15, 60, 150, 205]))
    for side in (-1, 1):
        centre = (x, round(height / 2 + side * 1.575 * page.dpi))
        cv2.circle(image, centre, radius, (shade, shade, shade), -1, cv2.LINE_AA)
    return page.with_image(image, "punch")


def scanner_edges(page: SynthPage, random: Generator) -> SynthPage:
    """Dark bands along some edges where the sheet did not cover the glass, and the sheet's own soft shadow."""
    image = page.image.astype(np.float32)
    height, width = image.shape[:2]
    names = []
    for edge in ("left", "right", "top", "bottom"):
        if random.random() > 0.45:
            continue
        names.append(edge)
        depth = round(float(random.uniform(0.02, 0.16)) * page.dpi)
        soft = max(2, round(0.07 * page.dpi))
        across = np.arange(height if edge in ("top", "bottom") else width, dtype=np.float32)
        away = across if edge in ("left", "top") else across[::-1]
        shade = np.clip((away - depth) / soft, 0, 1) * 0.85 + 0.15
        image *= shade[:, None, None] if edge in ("top", "bottom") else shade[None, :, None]
    return page.with_image(np.clip(image, 0, 255).astype(np.uint8), f"edges {' '.join(names)}")


def desk(height: int, width: int, random: Generator) -> Image:
    """What a page lies on when it is photographed: wood, cloth or a plain table top."""
    base = np.array([random.uniform(40, 190), random.uniform(35, 160), random.uniform(30, 150)], dtype=np.float32)
    grain = (max(2, height // 4), max(2, width // 120)) if random.random() < 0.5 else (height // 9 + 2, width // 9 + 2)
    noise = random.standard_normal(grain, dtype=np.float32)
    field = np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
    return np.clip(base + field[:, :, None] * float(random.uniform(4, 16)), 0, 255).astype(np.uint8)


def _over_a_table(page: SynthPage, random: Generator, size: int) -> tuple[int, int]:
    height, width = page.image.shape[:2]
    if page.truth.tables and random.random() < 0.75:
        table = page.truth.tables[int(random.integers(len(page.truth.tables)))]
        corners = np.asarray(table.quad)
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        x, y = random.uniform(x0 + 0.3 * (x1 - x0), x1), random.uniform(y0, y1)
    else:
        x, y = random.uniform(0.3, 0.8) * width, random.uniform(0.1, 0.9) * height
    return round(float(x)) - size // 2, round(float(y)) - size // 2


def _stamp(size: int, random: Generator) -> NDArray[np.float32]:
    """Ink of an unturned seal, 0 to 1."""
    canvas = Pillow.new("L", (size, size), 0)
    draw = ImageDraw.Draw(canvas)
    ring = max(2, size // 32)
    draw.ellipse((2, 2, size - 3, size - 3), outline=255, width=ring)
    middle, outer = size / 2, size * 0.13
    star = []
    for corner in range(10):
        reach = outer if corner % 2 == 0 else outer * 0.4
        turn = math.pi * (corner / 5 - 0.5)
        star.append((middle + reach * math.cos(turn), middle + reach * math.sin(turn)))
    draw.polygon(star, fill=255)
    name = SEAL_NAMES[int(random.integers(len(SEAL_NAMES)))]
    family = SEAL_FONTS[int(random.integers(len(SEAL_FONTS)))]
    font = ImageFont.truetype(font_file(family)[0], max(8, round(size * 0.135)))
    span = math.radians(min(270, 30 * len(name)))
    for place, character in enumerate(name):
        turn = -math.pi / 2 - span / 2 + span * (place + 0.5) / len(name)
        glyph = Pillow.new("L", (size // 4, size // 4), 0)
        ImageDraw.Draw(glyph).text((size // 8, size // 8), character, fill=255, font=font, anchor="mm")
        glyph = glyph.rotate(-math.degrees(turn) - 90, resample=Pillow.Resampling.BICUBIC)
        reach = middle - ring - size * 0.1
        at = (round(middle + reach * math.cos(turn) - size / 8), round(middle + reach * math.sin(turn) - size / 8))
        canvas.paste(255, at, glyph)
    return np.asarray(canvas).astype(np.float32) / np.float32(255)


def _marked(page: SynthPage, image: NDArray[np.floating[Any]], step: str, box: Box) -> SynthPage:
    marked = page.with_image(np.clip(image, 0, 255).astype(np.uint8), step)
    quad = box_quad(*(float(number) for number in box))
    return replace(marked, truth=replace(marked.truth, pictures=(*marked.truth.pictures, quad)))
