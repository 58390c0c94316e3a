"""Parquet files written a batch at a time, the same bytes for the same rows."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 50_000
"""Of a row group, at most. What is not written yet is held in memory, some 400 bytes a field, for each year."""


class PartWriter:
    """One Parquet file. Nothing is to be relied on before `close` has returned."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        """Raises OSError where the file cannot be made, as do all other methods where it cannot be written."""
        self.path = path
        self._schema = schema
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if error is None:
            self.close()
        else:
            self.abandon()

    def add(self, batch: pa.RecordBatch) -> None:
        if self._rows + batch.num_rows > ROWS:
            self._flush()
        self._waiting.append(batch)
        self._rows += batch.num_rows

    def close(self) -> None:
        """What was added is on the disk, not only on its way there."""
        try:
            self._flush()
            self._writer.close()
        except BaseException:
            self.abandon()
            raise
        sync(self.path)

    def abandon(self) -> None:
        """Lets go of a file that is not going to be whole; after a failed write there is nothing more to tell."""
        try:
            self._writer.close()
        except (OSError, pa.ArrowException):
            return

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_batches(self._waiting, self._schema), row_group_size=ROWS)
        self._waiting, self._rows = [], 0


def why(error: OSError) -> str:
    """What the system says, in a line; Arrow tells the error's number only in its words."""
    number = error.errno or next((known for known in errno.errorcode if f"[errno {known}]" in str(error)), 0)
    return os.strerror(number) if number else " ".join(str(error).split())


def sync(path: Path) -> None:
    """A file, or the names in a folder, are on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
