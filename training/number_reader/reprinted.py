"""Generated pages whose number cells are printed anew: other numbers, other fonts, other sizes in every cell.

A report has mostly zeros, in one font. A recogniser has to learn all digits in many, on the same worn, faxed and
sealed pages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from training.synth.fonts import font_file
from training.synth.render import CleanPage
from training.synth.truth import TrueCell, TrueLine, box_quad

FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK SC:bold", "Noto Serif CJK SC", "Noto Serif CJK SC:bold", "Noto Sans Mono CJK SC",
    "AR PL UMing CN", "AR PL UMing CN", "AR PL UKai CN", "AR PL UKai CN", "WenQuanYi Zen Hei", "WenQuanYi Zen Hei Mono",
    "DejaVu Sans", "DejaVu Sans:bold", "DejaVu Sans Condensed", "DejaVu Serif", "DejaVu Serif Condensed",
    "DejaVu Serif:bold", "DejaVu Serif:italic", "DejaVu Sans Mono", "DejaVu Math TeX Gyre",
)  # fmt: skip
INSET = 0.012
"""Inches that a cell loses to its rules before it is painted over."""
ROOM = 0.92
"""Of the width inside the cell that a number may fill."""
TRIES = 6


@dataclass(frozen=True, slots=True)
class Print:
    """What is printed anew in a cell."""

    cell: int
    """Index into the page's cells."""
    box: tuple[float, float, float, float]
    """Inside of the cell, in points."""
    line: TrueLine | None
    """None for a blank cell."""
    font: tuple[str, int]
    """File, and index in it."""
    shade: int


@dataclass(frozen=True)
class Reprinted(CleanPage):
    """A clean page with its own numbers painted over and others in their place."""

    prints: tuple[Print, ...] = ()

    def raster(self, dpi: float) -> NDArray[np.uint8]:
        image = Pillow.fromarray(super().raster(dpi))
        draw = ImageDraw.Draw(image)
        scale = dpi / 72
        for one in self.prints:
            x0, y0, x1, y1 = (scale * side for side in one.box)
            pixels = np.asarray(image.crop((round(x0), round(y0), round(x1), round(y1))))
            paper = [int(value) for value in np.median(pixels.reshape(-1, 3), axis=0)]
            draw.rectangle((x0, y0, x1, y1), fill=(paper[0], paper[1], paper[2]))
            if one.line is not None:
                (left, top), _, (_, bottom), _ = one.line.quad
                font = ImageFont.truetype(one.font[0], max(6, round((bottom - top) * scale)), index=one.font[1])
                at = (left * scale, (top + bottom) / 2 * scale)
                draw.text(at, one.line.text, (one.shade,) * 3, font, anchor="lm")
        return np.asarray(image)


def reprinted(page: CleanPage, seed: int) -> Reprinted:
    """The page with other numbers; the same seed gives the same ones."""
    prints = _prints(page, seed)
    cells = list(page.truth.cells)
    lines = [line for line in page.truth.lines if line.cell is None or not is_taken(cells[line.cell])]
    for one in prints:
        cells[one.cell] = replace(cells[one.cell], text=one.line.text if one.line else "")
        lines += [one.line] if one.line else []
    truth = replace(page.truth, cells=tuple(cells), lines=tuple(lines))
    return Reprinted(page.pdf, page.index, truth, page.digit_height, f"{page.report} again {seed}", tuple(prints))


def is_taken(cell: TrueCell) -> bool:
    """Whether the cell is one that is printed anew: a whole number cell."""
    return cell.field is not None and cell.parts == 1


def draw_number(random: Generator) -> str:
    """What stands in a cell: mostly few digits, as in reports, but every digit alike. Blank ones are worth seeing where
    a seal or a pen went over them."""
    kind = random.random()
    if kind < 0.16:
        return ""
    if kind < 0.20:
        return str(random.choice(["-", "—", "/", "--"]))
    if kind < 0.24:
        return f"{random.integers(0, 100000) / 100:.{random.integers(1, 3)}f}"
    if kind < 0.27:
        return f"{random.integers(1000, 10_000_000):,}"
    if kind < 0.29:
        return f"-{random.integers(1, 1000)}"
    length = int(random.choice([1, 2, 3, 4, 5, 6, 7, 8], p=[0.36, 0.24, 0.17, 0.1, 0.06, 0.03, 0.02, 0.02]))
    first = str(random.integers(0 if length == 1 else 1, 10))
    return first + "".join(str(digit) for digit in random.integers(0, 10, length - 1))


def _prints(page: CleanPage, seed: int) -> list[Print]:
    random = np.random.default_rng([seed, page.index])
    usual = FONTS[int(random.integers(len(FONTS)))]
    made = []
    for index, cell in enumerate(page.truth.cells):
        if not is_taken(cell):
            continue
        name = usual if random.random() < 0.4 else FONTS[int(random.integers(len(FONTS)))]
        box = _inside(cell)
        size = min(page.digit_height * float(random.uniform(1.05, 1.75)), 0.95 * (box[3] - box[1]))
        shade = int(random.choice([0, 0, 20, 45, 70]))
        line = None
        for _ in range(TRIES):
            text = draw_number(random)
            file, number = font_file(name)
            wide = ImageFont.truetype(file, 100, index=number).getlength(text) / 100 * size
            if not text or wide <= ROOM * (box[2] - box[0]):
                line = replace(_placed(text, wide, size, box, random), cell=index) if text else None
                break
        made.append(Print(index, box, line, font_file(name), shade))
    return made


def _placed(text: str, wide: float, size: float, box: tuple[float, float, float, float], random: Generator) -> TrueLine:
    x0, y0, x1, y1 = box
    spare = x1 - x0 - wide
    kind = random.random()
    left = x0 + spare * (0.5 if kind < 0.6 else float(random.uniform(0.03, 0.97)))
    middle = (y0 + y1) / 2 + float(random.uniform(-0.2, 0.2)) * max(0.0, y1 - y0 - size)
    return TrueLine(box_quad(left, middle - size / 2, left + wide, middle + size / 2), text)


def _inside(cell: TrueCell) -> tuple[float, float, float, float]:
    """In points."""
    (x0, y0), _, (x1, y1), _ = cell.quad
    inset = INSET * 72
    return x0 + inset, y0 + inset, max(x1 - inset, x0 + inset + 1), max(y1 - inset, y0 + inset + 1)
