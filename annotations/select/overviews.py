"""An overview instead of single cells: of a table of which most is open a person sees at a glance in which rows and
columns a number other than 0 is printed, and so what all the others hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from annotations.select.settings import AnnotateSettings
from annotations.select.suspects import Suspect, lost_tables
from annotations.select.zeros import ZeroShares
from annotations.selection import AskedOverview, AskedRow
from pipeline.acceptance import DECIDED
from pipeline.record import Report
from pipeline.template import Row, Table, table

Promising = tuple[AskedOverview, float]
"""An overview and the seconds that it takes, opening the report apart."""


def overviews(
    report: Report, open_cells: Sequence[Suspect], asked: Collection[str], seen: Collection[str],
    settings: AnnotateSettings, zeros: ZeroShares,
) -> Iterator[Promising]:  # fmt: skip
    """One for each table of which enough rows are open.

    Args:
        open_cells: what may be asked about.
        asked: fields that somebody was asked about already.
        seen: tables of which an overview was asked already.
    """
    wanted = {one.field: one for one in open_cells if one.must}
    lost = lost_tables(report)
    for table_id, template in sorted(report.templates.items()):
        if table_id in seen:
            continue
        of = table(template, table_id)
        rows = tuple(
            AskedRow(row=row.id, fields=_fields(of, row))
            for row in of.rows
            if not wanted.keys().isdisjoint(_fields(of, row)) and not _is_known(report, of, row, asked)
        )
        if len(rows) < settings.fewest_rows or any(len(row.columns) != len(of.columns) for row in of.rows):
            # Only where each row has a cell in each column are a row and a column a cell.
            continue
        answerable = settings.lost_is_there if table_id in lost else 1.0
        empty = [min(map(zeros.of, one.fields)) for one in rows]
        worth = answerable * sum(
            chance * sum(wanted[field].wrong for field in one.fields if field in wanted)
            for chance, one in zip(empty, rows, strict=True)
        )
        ticks = settings.seconds_a_tick * sum(1 - chance for chance in empty)
        looking = settings.seconds_a_lost_overview if table_id in lost else settings.seconds_an_overview
        yield AskedOverview(table=table_id, rows=rows, worth=round(worth, 6)), looking + ticks


def _fields(of: Table, row: Row) -> tuple[str, ...]:
    return tuple(f"{of.id}.{row.id}.{column}" for column in row.columns)


def _is_known(report: Report, of: Table, row: Row, asked: Collection[str]) -> bool:
    """Whether a number other than 0 is known of the row, so that nobody has to say so; or somebody was asked about a
    cell of it."""
    return any(
        field in asked or (report.fields[field].value and report.fields[field].status in DECIDED)
        for field in _fields(of, row)
    )
