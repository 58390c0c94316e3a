"""Stretches along a line: of a page, from left to right or from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[float, float]
"""Where it begins and ends."""


def joined(spans: Iterable[Span], room: float = 0.0) -> list[Span]:
    """The stretches in their order, those that overlap, or lie less than `room` apart, as one."""
    made: list[Span] = []
    for start, end in sorted(spans):
        if made and start - made[-1][1] < room:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return made
