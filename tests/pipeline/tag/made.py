"""Documents by hand, and what a classifier might say of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.document import Block, Cell, Document, Grid, Reading
from pipeline.tag.decode import TaggedNumber, Tags
from pipeline.tag.linear import Linear, linear

NUMBER = re.compile(r"\d[\d,.]*")


def document(*blocks: Block) -> Document:
    return Document("x", "0" * 64, "html", blocks)


def grid(rows: Sequence[Sequence[str]], aligned: bool = True) -> Grid:
    cells = tuple(Cell(r, c, (Reading(text, "t"),)) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Grid(len(rows), max(map(len, rows), default=0), cells, aligned)


def tagged(start: int, end: int, *fields: tuple[str, float], sure: float = 1.0) -> TaggedNumber:
    return TaggedNumber(start, end, sure, fields)


def tags(seen: Linear | Document, fields: Sequence[str] | Mapping[int, str], section: str = "三") -> Tags:
    """Each number of the text with its field, surely: one after the other, or by their place among the numbers."""
    seen = seen if isinstance(seen, Linear) else linear(seen)
    named = dict(enumerate(fields)) if isinstance(fields, Sequence) else fields
    found = [
        tagged(match.start(), match.end(), (named[i], 1.0))
        for i, match in enumerate(NUMBER.finditer(seen.text))
        if i in named
    ]
    return Tags(seen, tuple(found), tuple((section, 1.0) for _ in seen.lines))
