"""Where something is printed in a cell. Decided on pixels only, before any model looks at it.

A recogniser reads a thin digit best when it fills the image as it would in a line of text, and it reads noise as text.
So the ink is sought first: paper is a plane of light (shading), noise is measured on the crop itself, rules along the
edges and specks are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.ocr.channels import extremes
from pipeline.ocr.minus import begins_with_bar
from pipeline.ocr.runs import runs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.document import Pixels
    from pipeline.ocr.calibration import Seen
    from pipeline.ocr.minus import Minus

_SMALLEST = 6
"""Pixels; a digit of 9 points at 100 dpi is 9 high, so that anything lower is a dash, a dot or dirt."""
_FAINTEST = 14.0
"""Grey levels that ink is darker than paper, at least."""
_COLOURED = 40.0
"""Difference between the brightest and the darkest channel, against white paper, from which ink is coloured."""
_STRONG = 0.42
"""Share of the darkest ink from which a pixel is ink for sure; a stroke begins there ..."""
_WEAK = 0.22
"""... and goes on down to this share."""
_THICKEST = 0.3
"""Of the height of the cell, a dash. Words in heavy type that run together are as flat, but as high as letters."""
_FLAT = 4.0
"""Times its height that such a dash is wide; digits that run together are less."""
_DENSE = 0.35
"""Share of the box around digits that run together that is ink; of that around a stroke of a pen less is."""
_OVER_NOISE = 5.0
"""Standard deviations of the paper's noise that ink is darker than paper, at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What is printed on a crop."""

    box: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels, right and bottom exclusive."""
    seen: Seen
    """In the terms of the calibration: sure ink, ink that may be dirt, one flat bar, or only coloured ink."""
    dash: bool
    """One flat bar and nothing else."""
    cleaned: Pixels
    """The crop without rules, specks, and what is coloured beside black print."""
    minus: Minus = "none"
    """A short bar before the digits, at half of their height: it stands by itself, or has run into them."""

    @property
    def wide(self) -> float:
        """Times its height that it is wide."""
        left, top, right, bottom = self.box
        return (right - left) / max(1, bottom - top)


def find_ink(crop: Pixels) -> Ink | None:
    """Ink of digits, letters or a dash; None where the cell is blank.

    Args:
        crop: the inside of a cell; what is left of its rules along the edges does no harm.
    """
    height, width = crop.shape[:2]
    if height < _SMALLEST or width < _SMALLEST:
        return None
    print_only = None if _is_grey(crop) else _black_print(crop)
    ink = _ink_of(crop if print_only is None else print_only, coloured=False)
    if ink is None and print_only is not None:
        ink = _ink_of(crop, coloured=True)
    return ink


def _is_grey(crop: Pixels) -> bool:
    """Whether all channels are the same."""
    brightest, darkest = extremes(crop)
    return bool((brightest == darkest).all())


def _ink_of(crop: Pixels, coloured: bool) -> Ink | None:
    height, width = crop.shape[:2]
    brightest, darkest = extremes(crop)
    grey = (darkest if coloured else brightest).astype(np.float32)
    dark = _darker_than_paper(grey)
    noise = _noise(dark)
    rules = _rules(dark > _threshold(dark, noise, _WEAK))
    dark[rules] = 0.0
    depth = float(dark.max())
    if depth < max(_FAINTEST, _OVER_NOISE * noise):
        return None
    parts, labels = _components(dark, noise)
    parts = _without_strokes([part for part in parts if not _at_edge(part, height, width)], height, width)
    dash = _only_bar(parts, dark > _threshold(dark, noise, _STRONG))
    tall = [part for part in parts if part.height >= _SMALLEST]
    if not tall and dash is None:
        return None
    tallest = max((part.height for part in tall), default=0)
    printed = [dash] if dash else [part for part in tall if part.height >= 0.4 * tallest]
    box = _around(printed)
    near = [] if dash else [part for part in parts if _belongs(part, box, tallest)]
    box = _around([*printed, *near])
    depth = float(dark[box[1] : box[3], box[0] : box[2]].max())
    strong = depth >= max(2 * _FAINTEST, 1.6 * _OVER_NOISE * noise)
    cut = all(_reaches_edge(part, height, width) for part in printed)
    sure = strong and not cut and (dash is not None or tallest >= 7)
    kept = np.isin(labels, [part.label for part in (*printed, *near)])
    kept[box[1] : box[3], box[0] : box[2]] |= labels[box[1] : box[3], box[0] : box[2]] > 0
    seen: Seen = "coloured" if coloured else "bar" if dash else "ink" if sure else "doubtful"
    minus: Minus = "none"
    if dash is None and _begins_with_minus([*printed, *near], tallest):
        minus = "apart"
    elif dash is None and box[0] > 0 and begins_with_bar(dark[box[1] : box[3], box[0] : box[2]]):
        minus = "joined"
    return Ink(box, seen, dash is not None, _without(crop, ((labels > 0) & ~kept) | rules, kept), minus)


def _black_print(crop: Pixels) -> Pixels | None:
    """The crop in grey without what is red or blue on it, such as a seal or a pen; None where all is grey already.

    Black print under a seal stays: it is dark in every channel.
    """
    paper = np.maximum(np.median(crop[::2, ::2].reshape(-1, 3), axis=0), 1.0).astype(np.float32)
    level = float(paper.max())
    balanced = np.minimum(crop * (level / paper), 255.0).astype(np.float32)
    brightest = balanced.max(axis=2)
    chroma = brightest - balanced.min(axis=2)
    if np.count_nonzero(chroma > _COLOURED) < max(8.0, 0.003 * chroma.size):
        return None
    light = np.minimum(brightest + 1.5 * np.maximum(chroma - 0.5 * _COLOURED, 0.0), max(level, 1.0))
    return np.repeat(light.astype(np.uint8)[:, :, None], 3, axis=2)


def _without_strokes(parts: list[_Part], height: int, width: int) -> list[_Part]:
    """The components without strokes of a pen that come in from outside: they reach an edge, are thin, and do not stand
    in line with what stands inside. The last digit of a number that is cut off does, and stays; so do digits that run
    together and fill the cell from side to side."""
    inside = [part for part in parts if part.height >= _SMALLEST and not _reaches_edge(part, height, width)]
    if not inside:
        return parts
    first = max(inside, key=lambda part: part.height)

    def belongs(part: _Part) -> bool:
        off = abs(part.top - first.top) + abs(part.top + part.height - first.top - first.height)
        dense = part.area >= _DENSE * part.width * part.height and part.width >= part.height
        return off <= 0.35 * first.height or (dense and part.height >= 0.8 * first.height)

    return [part for part in parts if not _reaches_edge(part, height, width) or belongs(part)]


def _reaches_edge(part: _Part, height: int, width: int) -> bool:
    right, bottom = part.left + part.width, part.top + part.height
    return part.left <= 0 or part.top <= 0 or right >= width or bottom >= height


def _thinned(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most some two thousand of them, evenly spread: enough for a median."""
    step = max(1, round((values.size / 2000) ** 0.5))
    return values[::step, ::step]


def _darker_than_paper(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """By how much each pixel, a little smoothed, is darker than bare paper.

    The light of the paper is a plane, fitted to the pixels twice, the second time without the dark ones.
    """
    height, width = grey.shape
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :]
    down = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    values = _thinned(grey)
    terms = np.stack(
        [_thinned(across.repeat(height, 0)).ravel(), _thinned(down.repeat(width, 1)).ravel(), np.ones(values.size)], 1
    )
    seen = values.ravel().astype(np.float64)
    middle = float(np.median(seen))
    kept = seen >= middle - 12
    weights = np.array([0.0, 0.0, middle])
    for _ in range(2):
        chosen = terms[kept]
        weights = np.linalg.solve(chosen.T @ chosen + 1e-3 * np.eye(3), chosen.T @ seen[kept])
        rest = seen - terms @ weights
        kept = rest >= -2.5 * max(2.0, 1.4826 * float(np.median(np.abs(rest))))
    paper = across * np.float32(weights[0]) + down * np.float32(weights[1]) + np.float32(weights[2])
    return np.asarray(cv2.GaussianBlur(paper - grey, (0, 0), 0.7), np.float32)


def _noise(dark: NDArray[np.float32]) -> float:
    """Standard deviation of the paper, from what is lighter than it: where a number fills its cell, half of the pixels
    are ink and its fringes, and say nothing of the paper."""
    values = _thinned(dark)
    lighter = values[values <= 0]
    return 1.4826 * float(np.median(-lighter)) if len(lighter) else 0.0


def _threshold(dark: NDArray[np.float32], noise: float, share: float) -> float:
    return max(share * float(dark.max()), 3.5 * noise, 0.6 * _FAINTEST)


def _rules(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels of rules: columns or rows that are dark almost from end to end, be they a little slanted or broken.

    Away from the edges, where a curved page or a doubled rule may put them, only thin ones: the stem of a 1 that
    fills its crop is thicker.
    """
    height, width = mask.shape
    bits = mask.astype(np.uint8)
    marked = np.zeros(mask.shape, np.bool_)
    for first, end in runs(cv2.dilate(bits, np.ones((5, 3), np.uint8)).mean(axis=1) >= 0.7):
        if min(end, height - first) <= max(3, 0.12 * height) + 4:
            marked[first:end] = True
    bits[marked] = 0
    rows = max(1, int(np.count_nonzero(~marked[:, 0])))
    for first, end in runs(cv2.dilate(bits, np.ones((3, 5), np.uint8)).sum(axis=0) >= 0.9 * rows):
        if min(end, width - first) <= max(3, 0.12 * width) + 4:
            marked[:, first:end] = True
    for first, end in runs(cv2.dilate(bits, np.ones((1, 5), np.uint8)).sum(axis=0) >= 0.9 * rows):
        if mask[:, first:end].sum() <= max(3.0, 0.06 * height) * height:
            marked[:, first:end] = True
    return marked


@dataclass(frozen=True, slots=True)
class _Part:
    """A connected component of ink."""

    label: int
    left: int
    top: int
    width: int
    height: int
    area: int


def _components(dark: NDArray[np.float32], noise: float) -> tuple[list[_Part], NDArray[np.int32]]:
    """Connected ink that is strong somewhere, with its weak fringes; strokes that a bilevel scan has broken by a pixel
    belong together."""
    weak = (dark > _threshold(dark, noise, _WEAK)).astype(np.uint8)
    joined = cv2.morphologyEx(weak, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    strong = np.unique(labels[dark > _threshold(dark, noise, _STRONG)])
    parts = [_Part(int(label), *(int(value) for value in stats[label])) for label in strong if label]
    return parts, np.asarray(labels, np.int32)


def _at_edge(part: _Part, height: int, width: int) -> bool:
    """A bit of a rule that the crop has caught: it touches an edge, and is as long and thin as no digit, or is thin
    and lies along an edge."""
    right, bottom = part.left + part.width, part.top + part.height
    if part.left > 1 and part.top > 1 and right < width - 1 and bottom < height - 1:
        return False
    if part.height >= 0.35 * height and part.width <= 0.14 * part.height:
        return True
    thin = max(3.0, 0.1 * height)
    upright = part.height > part.width and part.width <= thin and (part.left <= thin or right >= width - thin)
    flat = part.width > part.height and part.height <= thin and (part.top <= thin or bottom >= height - thin)
    return upright or flat


def _only_bar(parts: list[_Part], strong: NDArray[np.bool_]) -> _Part | None:
    """The component that is a dash, where nothing else of its size stands on the crop."""
    if not parts:
        return None
    bar = max(parts, key=lambda part: part.area)
    if any(3 * part.area > bar.area for part in parts if part is not bar):
        return None
    if bar.height > max(_SMALLEST, _THICKEST * strong.shape[0]):
        return None
    middle = (bar.top + bar.height / 2) / strong.shape[0]
    if bar.height <= _SMALLEST:
        solid = bar.area >= 0.6 * bar.width * bar.height
        flat = bar.width >= 4 and bar.width >= 1.6 * bar.height
    else:
        ink = strong[bar.top : bar.top + bar.height, bar.left : bar.left + bar.width]
        solid = ink.mean() >= 0.5 and ink.mean(axis=1).max() >= 0.85
        low = bar.height <= 0.15 * strong.shape[0]
        flat = bar.width >= _FLAT * bar.height or (low and bar.width >= 1.6 * bar.height)
    # A stretch of a rule comes in from the side or is as wide as the cell.
    apart = bar.left > 0 and bar.left + bar.width < strong.shape[1] and bar.width <= 0.7 * strong.shape[1]
    return bar if flat and solid and apart and 0.2 <= middle <= 0.8 else None


def _around(parts: list[_Part]) -> tuple[int, int, int, int]:
    return (
        min(part.left for part in parts),
        min(part.top for part in parts),
        max(part.left + part.width for part in parts),
        max(part.top + part.height for part in parts),
    )


def _belongs(part: _Part, box: tuple[int, int, int, int], tallest: int) -> bool:
    """What stands close by the digits is a part of a broken one or a minus sign, unless it is as small as a speck."""
    if _distance(part, box) > 0.5 * tallest:
        return False
    middle = (part.top + part.height / 2 - box[1]) / (box[3] - box[1])
    minus = part.width > part.height and part.width >= 0.2 * tallest and 0.25 <= middle <= 0.75
    return minus or max(part.width, part.height) > 0.33 * tallest


def _begins_with_minus(parts: list[_Part], tallest: int) -> bool:
    first, *others = sorted(parts, key=lambda part: part.left)
    digits = [part for part in others if part.height >= 0.7 * tallest]
    if not digits or tallest < 2 * _SMALLEST:
        return False
    following = digits[0]
    middle = (first.top + first.height / 2 - following.top) / following.height
    flat = first.width >= 1.3 * first.height and first.height <= 0.35 * tallest
    long = 0.18 * tallest <= first.width <= 0.7 * tallest
    apart = first.left + first.width <= following.left + 1
    return flat and long and apart and 0.35 <= middle <= 0.8


def _distance(part: _Part, box: tuple[int, int, int, int]) -> int:
    """Pixels between a component and a box, along the axis where they are further apart; 0 where they overlap."""
    across = max(box[0] - part.left - part.width, part.left - box[2], 0)
    down = max(box[1] - part.top - part.height, part.top - box[3], 0)
    return max(across, 2 * down)


def _without(crop: Pixels, strokes: NDArray[np.bool_], kept: NDArray[np.bool_]) -> Pixels:
    """The crop with paper where `strokes` are and one pixel around them, as far as it is no ink that is kept."""
    if not strokes.any():
        return crop
    around = np.ones((3, 3), np.uint8)
    erased = (cv2.dilate(strokes.astype(np.uint8), around) > 0) & (cv2.dilate(kept.astype(np.uint8), around) == 0)
    result = crop.copy()
    result[erased] = np.median(crop[::2, ::2].reshape(-1, 3), axis=0).astype(np.uint8)
    return result
