"""Cells about which people disagree with each other, or one of them with the program and the form's arithmetic, as a
batch to be pushed to somebody who settles it."""

from __future__ import annotations

from collections.abc import Iterable, Set

from annotations.pull.answered_reports import AnsweredReport
from annotations.select.settings import load_annotate_settings
from annotations.selection import AskedCell, AskedReport, Selection
from pipeline.program import program_mark

STRATEGY = "disputed"


def disputes(reports: Iterable[AnsweredReport], name: str, asked: Set[tuple[str, str]]) -> Selection:
    """Tasks for each report with such cells, those with most of them first.

    Args:
        name: of the batch.
        asked: (SHA-256, field) of cells that lie before somebody already.
    """
    found, program, settings = [], "", load_annotate_settings()
    for one in reports:
        wanted = {**one.disputed, **dict.fromkeys(one.alone)}
        fields = [field for field in wanted if (one.sha256, field) not in asked]
        if not fields:
            continue
        program = program or one.program
        for start in range(0, len(fields), settings.cells_a_task):
            some = fields[start : start + settings.cells_a_task]
            found.append(
                AskedReport(
                    sha256=one.sha256, file=one.file, agency=one.agency, year=one.year,
                    cells=tuple(AskedCell(field=field, worth=1.0) for field in some),
                    seconds=settings.seconds_a_report + settings.seconds_a_cell * len(some), score=float(len(fields)),
                )
            )  # fmt: skip
    found.sort(key=lambda one: (-one.score, one.sha256))
    return Selection(name=name, strategy=STRATEGY, seed=0, program=program or program_mark(), reports=tuple(found))
