"""The page of a report before it is laid out: paragraphs, and tables as rows of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from training.examples.drawn import Drawn, Matrix, blocks, matrix
from training.examples.report import InventedReport, Paragraph

LABELS = 3
"""Places for labels before the numbers of table 3."""
HEAD = ""
OTHER = "other"
"""Row id of a line that is no row of the form."""

Page: TypeAlias = "list[Paragraph | Sheet]"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the form as rows of texts, which a damage may leave uneven."""

    table_id: str
    rows: Matrix


def page_of(report: InventedReport) -> Page:
    return [Sheet(block.table_id, matrix(block)) if isinstance(block, Drawn) else block for block in blocks(report)]
