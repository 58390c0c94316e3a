"""A small page with a ruled table, drawn here, and what is known of it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synth.truth import PageTruth, TrueCell, TrueLine, TrueRule, TrueTable, box_quad

WIDTH, HEIGHT = 800, 1132
ROWS = (200, 260, 320, 380, 440, 500)
COLUMNS = (100, 300, 400, 500, 600, 700)
MERGED = (0, 1, 2)
"""The first column's cell over rows 1 and 2: (column, first row, last row)."""


def drawn_page(ruled: bool = True) -> tuple[NDArray[np.uint8], PageTruth]:
    """A page of 5 x 5 cells, two of them merged, with a digit or a word in each; rules 2 pixels thick or none."""
    image = np.full((HEIGHT, WIDTH, 3), 250, np.uint8)
    cells, lines, rules = [], [], []
    for row in range(5):
        for column in range(5):
            if column == 0 and row == 2:
                continue
            span = 2 if column == 0 and row == 1 else 1
            box = (COLUMNS[column], ROWS[row], COLUMNS[column + 1], ROWS[row + span])
            text = "label" if column == 0 else str((row * 7 + column * 3) % 10)
            cells.append(TrueCell(0, row, column, span, 1, box_quad(*map(float, box)), text, None))
            where = ((box[0] + box[2]) // 2 - 9 * len(text), (box[1] + box[3]) // 2 + 10)
            cv2.putText(image, text, where, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20, 20, 20), 2, cv2.LINE_AA)
            quad = box_quad(where[0], where[1] - 22.0, where[0] + 18.0 * len(text), where[1] + 2.0)
            lines.append(TrueLine(quad, text, len(cells) - 1))
    for index, y in enumerate(ROWS):
        start = COLUMNS[1] if index == 2 else COLUMNS[0]
        rules.append(TrueRule(0, "horizontal", ((start, y), (COLUMNS[-1], y)), ruled))
    for x in COLUMNS:
        rules.append(TrueRule(0, "vertical", ((x, ROWS[0]), (x, ROWS[-1])), ruled))
    if ruled:
        for rule in rules:
            (a, b), (c, d) = rule.points
            cv2.line(image, (int(a), int(b)), (int(c), int(d)), (40, 40, 40), 2)
    table = TrueTable("", box_quad(COLUMNS[0], ROWS[0], COLUMNS[-1], ROWS[-1]), 5, 5)
    truth = PageTruth(WIDTH, HEIGHT, (table,), tuple(cells), tuple(rules), tuple(lines))
    return image, truth


def photographed(
    image: NDArray[np.uint8], truth: PageTruth
) -> tuple[NDArray[np.uint8], PageTruth]:
    """The page in perspective on a grey desk."""
    source = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    target = np.array([(120, 90), (900, 60), (960, 1200), (80, 1150)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, target).astype(np.float64)
    seen = cv2.warpPerspective(image, matrix, (1024, 1280), borderValue=(120, 110, 100))

    def mapping(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.perspectiveTransform(points.reshape(1, -1, 2), matrix)[0], dtype=np.float64)

    return np.asarray(seen, dtype=np.uint8), truth.moved(mapping, 1024, 1280, "photo")
