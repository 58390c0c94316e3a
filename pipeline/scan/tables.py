"""The tables of a page: from the borders that were seen to the cells that the form has.

What was seen is too much in one place and too little in another. Each step mends one kind of fault, and the order
counts: what parts cells comes after what tells borders from strokes, what knows the form comes last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.scan.aligned import aligned, unseen_tables
from pipeline.scan.doubled import without_doubles
from pipeline.scan.drawn import Drawn, drawn_edges, drawn_shares, without_imagined
from pipeline.scan.evened import evened, with_rows_between
from pipeline.scan.lattice import Lattice, find_lattices, uncrossed, without_slivers
from pipeline.scan.overlooked import overlooked_numbers
from pipeline.scan.parted import parted
from pipeline.scan.regular import (
    with_blank_columns,
    with_clear_borders,
    with_label_borders,
    with_likely_borders,
    with_lost_border,
    with_whole_rows,
    with_wide_cells,
    without_text_below,
)
from pipeline.scan.separated import separated
from pipeline.scan.widened import widened, without_covered

if TYPE_CHECKING:
    from pipeline.scan.carried import NumberColumns
    from pipeline.scan.ink import Grey
    from pipeline.scan.parts import TextPart
    from pipeline.scan.rules import Masks

PRINTED = 0.3
"""Share of a table's level, and of its upright borders that are printed rules, below which the table is implied."""


def find_tables(
    grey: Grey, masks: Masks, parts: Sequence[TextPart], before: NumberColumns | None = None, unruled: bool = False
) -> list[tuple[Lattice, bool]]:
    """The tables that the masks show, each with whether its borders are only implied.

    Args:
        grey: the straightened page.
        masks: where borders were seen on it.
        parts: of text.
        before: columns of the table at the foot of the page before, which may go on here.
        unruled: no table of the page has printed rules, so some may not have been seen at all.
    """
    parts = [part for part in parts if not part.mark]
    boxes = [part.box for part in parts]
    made: list[tuple[Lattice, bool]] = []
    for found in (piece for lattice in find_lattices(masks) for piece in separated(lattice)):
        drawn = drawn_edges(grey, found)
        lattice = uncrossed(without_slivers(found, boxes, (drawn.level, drawn.upright)), boxes)
        drawn = drawn_edges(grey, lattice)
        if _is_implied(drawn, lattice):
            # Of two borders where one should be, each may stand clear of the texts of its own rows alone.
            lattice = with_clear_borders(without_slivers(with_clear_borders(lattice, boxes), boxes), boxes)
        else:
            lattice = without_imagined(drawn, lattice, boxes)
        lattice = parted(lattice, [*parts, *overlooked_numbers(grey, lattice, parts)])
        lattice = without_doubles(lattice, boxes)
        drawn = drawn_edges(grey, lattice)
        lattice = without_imagined(drawn, lattice, boxes)
        implied = _is_implied(drawn, lattice)
        if implied:
            lattice = without_text_below(lattice, boxes)
            lattice = with_blank_columns(lattice, boxes)
            lattice = with_whole_rows(with_rows_between(with_likely_borders(lattice), boxes, implied), boxes)
        lattice = evened(with_lost_border(with_rows_between(lattice, boxes)), () if implied else boxes)
        lattice = with_wide_cells(lattice, boxes)
        if implied:
            texts = aligned(grey, with_label_borders(lattice, boxes), boxes, None if made else before)
            made += [(one, True) for one in texts]
        else:
            made.append((lattice, False))
    made = without_covered(made)
    if unruled and all(implied for _, implied in made):
        made += [(one, True) for one in unseen_tables(grey, boxes, [lattice for lattice, _ in made], before)]
    return widened(made, parts)


def _is_implied(drawn: Drawn, lattice: Lattice) -> bool:
    return min(drawn_shares(drawn, lattice)) < PRINTED
