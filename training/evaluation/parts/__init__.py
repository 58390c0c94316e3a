"""From results to figures, tables and plots: one module a part, each with `part(results)`.

The results of all arms are handed in together. A part counts; intervals are made in `training.evaluation.intervals`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from training.evaluation.figures import Part
from training.evaluation.parts import cells, exactness, fidelity, grids, reader, repair, trust
from training.evaluation.results import ReportResult

PARTS: tuple[Callable[[Sequence[ReportResult]], Part], ...] = (
    exactness.part, cells.part, grids.part, reader.part, repair.part, fidelity.part,
    trust.part,
)  # fmt: skip


def all_parts(results: Sequence[ReportResult]) -> tuple[Part, ...]:
    """The parts by their number."""
    return tuple(sorted((part(results) for part in PARTS), key=lambda made: made.number))
