"""Places of text on the straightened page, and which cell of a lattice each stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pipeline.scan.boxes import height_of, is_piece_of_rule, letter_height, middle_of, width_of
from pipeline.scan.lattice import SURE

if TYPE_CHECKING:
    from pipeline.document import Box, Pixels
    from pipeline.ocr.engine import TextPlace
    from pipeline.scan.ink import Grey
    from pipeline.scan.lattice import Lattice, Place

STACKED = 1.6
"""Times its width from which on a place of text is a stack of characters."""
SPILT = 0.3
"""Times its height by which a text may reach into the next cell and still count as whole: detectors draw wide."""
FAINT = 0.45
"""Of the usual contrast of the texts of a page; what has less shows through from the back."""
SPECK, AROUND = 0.4, 0.6
"""Of the height of the page's letters: size of the largest speck; how far around the place of one its ink may reach.
The smallest of 29,000 places of digits on heavy, faxed and sealed pages measures 0.5, but for one that held a piece of
its digit."""
OVER_HALF = 0.5
NARROW = 1.0
"""Times its height that a piece of a printed rule is wide at most: detectors draw wide around it."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of a line of text, in pixels of the straightened image."""

    box: Box
    score: float = 1.0
    beyond: tuple[Box, ...] = ()
    """Where its line reaches over the borders of its cell, within the height of that; whether there is print is another
    question: a box may be wide, or hold a stroke of a pen."""
    mark: bool = False
    """Of a seal, or written with a coloured pen: no print."""

    @property
    def cut(self) -> bool:
        """Whether a border runs through the line that it is a piece of."""
        return bool(self.beyond)


def parts_of(places: Sequence[TextPlace]) -> list[TextPart]:
    """The places of text as upright boxes: the image is straight."""
    parts = []
    for place in places:
        left, top = place.corners.min(axis=0)
        right, bottom = place.corners.max(axis=0)
        # Corners of a place on what is left of a slope stand out; its middle height is what the letters have.
        high = float(place.corners[2:, 1].mean() - place.corners[:2, 1].mean())
        middle = float(top + bottom) / 2
        high = min(float(bottom - top), max(high, 1.0))
        parts.append(TextPart((float(left), middle - high / 2, float(right), middle + high / 2), place.score))
    return parts


def printed(parts: Sequence[TextPart], grey: Grey) -> list[TextPart]:
    """The parts without what shows through from the back of the sheet: it is fainter than print by far.

    Args:
        grey: the straightened page as the eye sees it, colours not yet taken out.
    """
    if len(parts) < 3:
        return list(parts)
    depths = []
    for part in parts:
        inside = sliced(grey, part.box, 0)
        depths.append(float(np.median(inside)) - float(np.percentile(inside, 5)))
    usual = float(np.median(depths))
    return [part for part, depth in zip(parts, depths, strict=True) if depth >= FAINT * usual]


def without_specks(parts: Sequence[TextPart], grey: Grey) -> list[TextPart]:
    """The parts without specks of dirt: places far smaller than letters, and no piece of a letter.

    Args:
        grey: the straightened and cleaned page.
    """
    if not parts:
        return []
    most = SPECK * float(np.median([letter_height(part.box) for part in parts]))
    small = [max(height_of(part.box), width_of(part.box)) < most for part in parts]
    return [part for part, is_small in zip(parts, small, strict=True) if not (is_small and _is_speck(part, grey, most))]


def without_rule_pieces(parts: Sequence[TextPart], lattice: Lattice) -> list[TextPart]:
    """The parts without pieces of the upright rules of a printed table, which are read as ones where the rules are
    broken: what is narrow and stands on a border that most rows have."""
    share = (lattice.upright >= SURE).mean(axis=0)
    ruled = [x for x, rows in zip(lattice.columns, share, strict=True) if rows >= OVER_HALF]
    borders = {lattice.columns[0], *ruled, lattice.columns[-1]}
    top, bottom = lattice.rows[0], lattice.rows[-1]

    def is_piece(part: TextPart) -> bool:
        return top <= middle_of(part.box) <= bottom and is_piece_of_rule(part.box, sorted(borders), NARROW)

    return [part for part in parts if not is_piece(part)]


def _is_speck(part: TextPart, grey: Grey, most: float) -> bool:
    """Whether the ink of a small place goes no further than it."""
    left, top, right, bottom = part.box
    room = AROUND * most / SPECK
    x, y = max(0, round(left - room)), max(0, round(top - room))
    around = sliced(grey, (x, y, right + room, bottom + room), 0)
    level = (float(np.median(around)) + float(sliced(grey, part.box, 0).min())) / 2
    _, labels, stats, _ = cv2.connectedComponentsWithStats((around < level).astype(np.uint8), connectivity=8)
    there = np.unique(sliced(np.asarray(labels), (left - x, top - y, right - x, bottom - y), 0))
    sizes = stats[there[there > 0]][:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    return not sizes.size or bool(sizes.max() < most)


def by_cell(lattice: Lattice, parts: Sequence[TextPart]) -> dict[Place, list[TextPart]]:
    """The parts of text in each cell, cut where they run over a rule, in reading order."""
    found: dict[Place, list[TextPart]] = {place: [] for place in lattice.places}
    boxes = lattice.boxes
    for part in parts:
        left, top, right, bottom = part.box
        height, width = bottom - top, right - left
        apart = (boxes[:, :2] >= (right, bottom)) | (boxes[:, 2:] <= (left, top))
        for index in np.flatnonzero(~apart.any(axis=1)):
            place = lattice.places[index]
            x0, y0, x1, y1 = (float(value) for value in boxes[index])
            wide = min(right, x1) - max(left, x0)
            high = min(bottom, y1) - max(top, y0)
            tall = height > STACKED * width
            enough = high > OVER_HALF * height if not tall else high > width * OVER_HALF
            if wide > min(0.35 * height, OVER_HALF * width) and enough and wide > 0 and high > 0:
                # Letters that stand over a rule stay whole, but a stack of them is cut there.
                upper, lower = (max(top, y0), min(bottom, y1)) if tall else (top, bottom)
                box = (max(left, x0), upper, min(right, x1), lower)
                beyond: list[Box] = []
                if not tall and x0 > lattice.columns[0] and x0 - left > SPILT * height:
                    beyond.append((left, max(top, y0), x0, min(bottom, y1)))
                if not tall and x1 < lattice.columns[-1] and right - x1 > SPILT * height:
                    beyond.append((x1, max(top, y0), right, min(bottom, y1)))
                found[place].append(replace(part, box=box, beyond=tuple(beyond)))
    for place, inside in found.items():
        found[place] = in_order(inside)
    return found


def in_order(parts: Sequence[TextPart]) -> list[TextPart]:
    """Top to bottom by lines, left to right within a line."""
    return [part for line in lines_of(parts) for part in line]


def lines_of(parts: Sequence[TextPart]) -> list[list[TextPart]]:
    """Parts that stand at one height, left to right; lines top to bottom."""
    lines: list[list[TextPart]] = []
    for part in sorted(parts, key=lambda one: (middle_of(one.box), one.box[0])):
        middle = middle_of(part.box)
        for line in lines[-3:]:
            top = sum(one.box[1] for one in line) / len(line)
            bottom = sum(one.box[3] for one in line) / len(line)
            if top + 0.25 * (bottom - top) < middle < bottom - 0.25 * (bottom - top):
                line.append(part)
                break
        else:
            lines.append([part])
    return [sorted(line, key=lambda one: one.box[0]) for line in lines]


def sliced(image: Pixels | Grey, box: Box, inset: float) -> Pixels | Grey:
    """The inside of a box of the image; at least a pixel."""
    left, top = max(0, round(box[0] + inset)), max(0, round(box[1] + inset))
    right, bottom = round(box[2] - inset), round(box[3] - inset)
    return image[top : max(top + 1, bottom), left : max(left + 1, right)]
