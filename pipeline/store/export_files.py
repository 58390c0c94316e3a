"""Tables as files of a folder: CSV for spreadsheets, JSON lines and Parquet for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa

from pipeline.store.answers import json_value
from pipeline.store.export_cells import cell_writer
from pipeline.store.export_tables import Kind, Row, Table
from pipeline.store.parts import PartWriter

Tick = Callable[[int], None]
"""Told how many more rows are written."""
_AT_ONCE = 5000
_ARROW: dict[Kind, pa.DataType] = {
    "number": pa.float64(),
    "truth": pa.bool_(),
    "day": pa.date32(),
    "numbers": pa.list_(pa.float64()),
}


def write_csv(table: Table, path: Path, tick: Tick) -> None:
    """With a byte order mark and line ends as Excel wants them to take Chinese for what it is, heads in Chinese with
    the field ids in brackets, and no text that would run as a formula."""
    cells = [cell_writer(column.kind) for column in table.columns]
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(
            f"{column.label} [{column.id}]" if "." in column.id else column.label for column in table.columns
        )
        for some in _chunks(table):
            writer.writerows([cell(value) for cell, value in zip(cells, row, strict=True)] for row, _ in some)
            tick(len(some))


def write_json(table: Table, path: Path, tick: Tick) -> None:
    """One object a line."""
    names = [column.id for column in table.columns]
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        for some in _chunks(table):
            for row, _ in some:
                pairs = zip(names, map(json_value, row), strict=True)
                file.write(json.dumps(dict(pairs), ensure_ascii=False) + "\n")
            tick(len(some))


def write_parquet(table: Table, path: Path, tick: Tick) -> None:
    """The labels stand in the metadata of the columns."""
    schema = pa.schema(
        [
            pa.field(column.id, _type(column.id, column.kind), metadata={"label": column.label})
            for column in table.columns
        ]
    )
    with PartWriter(path, schema) as part:
        for some in _chunks(table):
            columns = zip(*(row for row, _ in some), strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            part.add(pa.record_batch(arrays, schema=schema))
            tick(len(some))


def _type(id_: str, kind: Kind) -> pa.DataType:
    return pa.int32() if id_ in ("year", "page") else _ARROW.get(kind, pa.string())


def _chunks(table: Table) -> Iterator[Sequence[Row]]:
    rows = table.rows(False)
    while some := list(islice(rows, _AT_ONCE)):
        yield some
