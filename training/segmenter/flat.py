"""Generated pages as the segmenter meets them: upright, flat, on even paper, with what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.scan.frame import Frame
from pipeline.scan.ink import ink

if TYPE_CHECKING:
    from pipeline.document import Pixels
    from pipeline.scan.ink import Grey
    from training.synth.truth import PageTruth, Quad

Points: TypeAlias = NDArray[np.float64]
"""n x 2, (x, y) in pixels, the middle of the first pixel at 0."""
Quads: TypeAlias = NDArray[np.float64]
"""n x 4 x 2, likewise."""

LONGEST_SIDE = 3000
"""Pixels of a flat page at most, as `pipeline.scan.upright` makes it."""
LONG, SHORT = 1600, 1131
"""Pixels that the sides of a page come to, at least: what `pipeline.scan.rules.scaled` gives, within 4 %."""
MARGIN = (-0.01, 0.04)
"""Of the page: by how much the flat image may fall short of the sheet or show what lies around it."""


@dataclass(frozen=True, slots=True, eq=False)
class FlatPage:
    """All coordinates are pixels of `image`."""

    image: Grey
    points: Points
    """Of all rules, one after the other."""
    starts: NDArray[np.int64]
    """n + 1 indices into `points`: where each rule begins, and the end."""
    level: NDArray[np.bool_]
    """n: whether the rule runs level."""
    drawn: NDArray[np.bool_]
    """n: False where the border is only implied."""
    tables: Quads
    lines: Quads
    marks: Quads
    """Seals, handwriting."""
    cells: Quads
    owners: NDArray[np.int64]
    """The table of each cell, an index into `tables`."""

    def save(self, path: Path) -> None:
        half = path.with_suffix(".part.npz")
        np.savez_compressed(half, **{name: getattr(self, name) for name in self.__slots__})
        half.replace(path)

    @classmethod
    def load(cls, path: Path) -> FlatPage:
        with np.load(path) as stored:
            return cls(**{name: stored[name] for name in cls.__slots__})


def flat_page(frame: Frame, image: Pixels, truth: PageTruth) -> FlatPage:
    """The page in the frame, at the size at which the segmenter sees it."""
    small, scale = _sized(ink(frame.image(image)))

    def moved(points: Points) -> Points:
        # The truth's pixels begin at whole numbers; the frame's have their middle there.
        flat = cv2.perspectiveTransform(points.reshape(1, -1, 2) - 0.5, frame.matrix)[0]
        if frame.field is not None:
            flat = flat + frame.field.displacement(flat)
        return np.asarray((flat + 0.5) * scale - 0.5, dtype=np.float64)

    def quads(found: Sequence[Quad]) -> Quads:
        return moved(np.array(found, dtype=np.float64)).reshape(-1, 4, 2) if found else np.zeros((0, 4, 2))

    rules = [np.asarray(rule.points, dtype=np.float64) for rule in truth.rules]
    return FlatPage(
        image=small,
        points=moved(np.concatenate(rules)) if rules else np.zeros((0, 2)),
        starts=np.cumsum([0, *(len(rule) for rule in rules)]).astype(np.int64),
        level=np.array([rule.direction == "horizontal" for rule in truth.rules], dtype=np.bool_),
        drawn=np.array([rule.drawn for rule in truth.rules], dtype=np.bool_),
        tables=quads([table.quad for table in truth.tables]),
        lines=quads([line.quad for line in truth.lines]),
        marks=quads(truth.pictures),
        cells=quads([cell.quad for cell in truth.cells]),
        owners=np.array([cell.table for cell in truth.cells], dtype=np.int64),
    )


def frame_of(truth: PageTruth, upright: PageTruth, random: np.random.Generator | None = None) -> Frame:
    """The frame that turns a degraded page upright and flat, but for what is curled.

    Args:
        truth: of the degraded page.
        upright: of the same page as drawn; its cells and lines are in the same order.
        random: how much of the page's surroundings shows; nothing where it is None.
    """
    here, there = _corners(truth) - 0.5, _corners(upright)
    matrix, _ = cv2.findHomography(there, here, method=0)
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * (upright.width, upright.height)
    sides = cv2.perspectiveTransform(corners.reshape(1, -1, 2).astype(np.float64), matrix)[0]
    across = float(np.hypot(*(sides[1] - sides[0])) + np.hypot(*(sides[2] - sides[3]))) / 2
    down = float(np.hypot(*(sides[3] - sides[0])) + np.hypot(*(sides[2] - sides[1]))) / 2
    before = np.zeros(4) if random is None else random.uniform(*MARGIN, 4)
    factor = min(1.0, LONGEST_SIDE / max(across, down)) * max(across / upright.width, down / upright.height)
    width = round(upright.width * factor * float(1 + before[0] + before[2]))
    height = round(upright.height * factor * float(1 + before[1] + before[3]))
    to_frame = np.array(
        [
            [factor, 0, before[0] * upright.width * factor],
            [0, factor, before[1] * upright.height * factor],
            [0, 0, 1],
        ]
    )
    return Frame(to_frame @ np.linalg.inv(matrix), width, height)


def _corners(truth: PageTruth) -> NDArray[np.float64]:
    quads: list[Quad] = [table.quad for table in truth.tables]
    quads += [cell.quad for cell in truth.cells]
    quads += [line.quad for line in truth.lines]
    return np.array(quads, dtype=np.float64).reshape(-1, 2)


def draw_targets(page: FlatPage, matrix: NDArray[np.float64], height: int, width: int) -> Grey:
    """5 x height/2 x width/2, 0 or 1, in the order of `network.CHANNELS`.

    Args:
        matrix: 3 x 3, pixels of the page's image to those of the network's input.
        height: of the network's input, likewise `width`; both even.
    """
    targets = np.zeros((5, height // 2, width // 2), np.uint8)

    def halved(points: Points) -> NDArray[np.int32]:
        """In sixteenths of a pixel of the output."""
        moved = cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0]
        return cast("NDArray[np.int32]", np.round(((moved + 0.5) / 2 - 0.5) * 16).astype(np.int32))

    if len(page.points):
        points = halved(page.points)
        for index in range(len(page.level)):
            path = points[page.starts[index] : page.starts[index + 1]]
            channel = 0 if page.level[index] else 1
            # 3 pixels; 5 where there is only an alley between columns, whose middle is anybody's guess.
            thickness = 2 if page.drawn[index] or page.level[index] else 3
            cv2.polylines(targets[channel], [path], False, (1,), thickness, cv2.LINE_8, shift=4)
    for channel, quads in ((2, page.tables), (3, page.lines), (4, page.marks)):
        if len(quads):
            for quad in halved(quads).reshape(-1, 4, 2):
                cv2.fillConvexPoly(targets[channel], quad, (1,), cv2.LINE_8, shift=4)
    return targets


def _sized(grey: Grey) -> tuple[Grey, float]:
    scale = max(LONG / max(grey.shape), SHORT / min(grey.shape))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way), dtype=np.uint8), scale
