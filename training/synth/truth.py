"""What is known of a page image: cells, rules and lines of text, each with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float64]
"""n x 2, x to the right and y downwards."""
Point: TypeAlias = tuple[float, float]
Quad: TypeAlias = tuple[Point, Point, Point, Point]
"""Corners in the order top left, top right, bottom right, bottom left of the upright page."""
Mapping: TypeAlias = Callable[[Points], Points]

SAMPLES = 40.0
"""Points of the page between two samples of a rule that may come out bent."""


@dataclass(frozen=True, slots=True)
class TrueCell:
    """A cell, or the part of it that stands on this page."""

    table: int
    """Index into `PageTruth.tables`."""
    row: int
    column: int
    row_span: int
    column_span: int
    """Rows and columns count from 0 over the whole table, whatever page they stand on."""
    quad: Quad
    text: str
    """What stands in this part; the whole text of the cell where it is not cut."""
    field: str | None
    """Field id of a number cell."""
    part: int = 0
    parts: int = 1
    """A cell cut by a page break has several parts, counted from 0. A header that a page repeats is not cut: `part`
    is 0 and `parts` 1 each time."""


@dataclass(frozen=True, slots=True)
class TrueRule:
    """A straight stretch of border between cells; `points` has more than two points where the page is bent."""

    table: int | None
    """None for a line that belongs to no table."""
    direction: Literal["horizontal", "vertical"]
    """As on the upright page."""
    points: tuple[Point, ...]
    drawn: bool
    """False where the border is only implied by the text."""
    double: bool = False


@dataclass(frozen=True, slots=True)
class TrueTable:
    table_id: str
    """t2, t3 or t4; empty for another table."""
    quad: Quad
    n_rows: int
    n_columns: int


@dataclass(frozen=True, slots=True)
class TrueLine:
    """A line of text: one line of a cell, or of running text. `cell` is an index into `PageTruth.cells`."""

    quad: Quad
    text: str
    cell: int | None = None
    upright: bool = True
    """False for text that runs from top to bottom."""


@dataclass(frozen=True, slots=True)
class PageTruth:
    """Coordinates are PDF points on a page as drawn, pixels on a degraded one."""

    width: float
    height: float
    tables: tuple[TrueTable, ...] = ()
    cells: tuple[TrueCell, ...] = ()
    rules: tuple[TrueRule, ...] = ()
    lines: tuple[TrueLine, ...] = ()
    pictures: tuple[Quad, ...] = ()
    """Seals, handwriting and other marks that are no text."""
    transform: tuple[str, ...] = ()
    """The steps that led from the page as drawn to this one, with their parameters."""

    def moved(self, mapping: Mapping, width: float, height: float, step: str, bent: bool = False) -> PageTruth:
        """The truth of the image that the mapping makes, of this size; `bent` where it makes curves of lines."""

        def quad(old: Quad) -> Quad:
            a, b, c, d = (_point(row) for row in mapping(np.asarray(old, dtype=np.float64)))
            return (a, b, c, d)

        def rule(old: TrueRule) -> TrueRule:
            points = np.asarray(old.points, dtype=np.float64)
            return replace(old, points=tuple(_point(row) for row in mapping(sampled(points) if bent else points)))

        return replace(
            self,
            width=width,
            height=height,
            tables=tuple(replace(table, quad=quad(table.quad)) for table in self.tables),
            cells=tuple(replace(cell, quad=quad(cell.quad)) for cell in self.cells),
            rules=tuple(rule(old) for old in self.rules),
            lines=tuple(replace(line, quad=quad(line.quad)) for line in self.lines),
            pictures=tuple(quad(old) for old in self.pictures),
            transform=(*self.transform, step),
        )

    def as_json(self) -> dict[str, Any]:
        """Plain lists and dictionaries, coordinates to a tenth of a pixel."""
        plain: dict[str, Any] = _rounded(asdict(self))
        return plain

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> PageTruth:
        """The inverse of `as_json`."""
        return cls(
            width=raw["width"],
            height=raw["height"],
            tables=tuple(TrueTable(**{**table, "quad": _quad(table["quad"])}) for table in raw["tables"]),
            cells=tuple(TrueCell(**{**cell, "quad": _quad(cell["quad"])}) for cell in raw["cells"]),
            rules=tuple(TrueRule(**{**rule, "points": _points(rule["points"])}) for rule in raw["rules"]),
            lines=tuple(TrueLine(**{**line, "quad": _quad(line["quad"])}) for line in raw["lines"]),
            pictures=tuple(_quad(quad) for quad in raw["pictures"]),
            transform=tuple(raw["transform"]),
        )


def box_quad(left: float, top: float, right: float, bottom: float) -> Quad:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def sampled(points: Points) -> Points:
    """The same path with points at most `SAMPLES` apart."""
    parts = [points[:1]]
    for start, end in pairwise(points):
        steps = max(1, int(np.ceil(np.hypot(*(end - start)) / SAMPLES)))
        share = np.linspace(0, 1, steps + 1)[1:, None]
        parts.append(start + (end - start) * share)
    return np.concatenate(parts)


def _point(row: NDArray[np.float64]) -> Point:
    return (float(row[0]), float(row[1]))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 1)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value


def _quad(raw: list[list[float]]) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in raw)
    return (a, b, c, d)


def _points(raw: list[list[float]]) -> tuple[Point, ...]:
    return tuple((float(x), float(y)) for x, y in raw)
