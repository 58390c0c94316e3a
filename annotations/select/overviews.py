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
    report: Report, open_cells: Sequence[Suspect], seen: Collection[str], settings: AnnotateSettings, zeros: ZeroShares
) -> Iterator[Promising]:
    """One for each table of which enough rows are open.

    Args:
        open_cells: what may be asked about.
        seen: tables of which an overview was asked already.
    """
    wanted = {one.field: one for one in open_cells if one.must}
    lost = lost_tables(report)
    for table_id, template in sorted(report.templates.items()):
        if table_id in seen:
            continue
        of = table(template, table_id)
        rows = tuple(
            AskedRow(row=row.id, fields=fields)
            for row in of.rows
            if (fields := _open(of, row, wanted)) and not _has_number(report, of, row)
        )
        if len(rows) < settings.fewest_rows:
            continue
        answerable = settings.lost_is_there if table_id in lost else 1.0
        empty = [min(map(zeros.of, _fields(of, row))) for row in of.rows if any(row.id == one.row for one in rows)]
        worth = answerable * sum(
            chance * sum(wanted[field].wrong for field in one.fields) for chance, one in zip(empty, rows, strict=True)
        )
        ticks = settings.seconds_a_tick * sum(1 - chance for chance in empty)
        looking = settings.seconds_a_lost_overview if table_id in lost else settings.seconds_an_overview
        yield AskedOverview(table=table_id, rows=rows, worth=round(worth, 6)), looking + ticks


def _fields(of: Table, row: Row) -> list[str]:
    return [f"{of.id}.{row.id}.{column}" for column in row.columns]


def _open(of: Table, row: Row, wanted: Collection[str]) -> tuple[str, ...]:
    return tuple(field for field in _fields(of, row) if field in wanted)


def _has_number(report: Report, of: Table, row: Row) -> bool:
    """Whether a number other than 0 is known of the row, so that nobody has to say so."""
    return any(report.fields[field].value and report.fields[field].status in DECIDED for field in _fields(of, row))
