"""The tables of columns in docs/store.md, from the schema: `python -m training.store_tables` writes them anew."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa

from pipeline.store.schema import TABLES, TableSchema, form_fields

MARKS = ("<!-- tables: begin -->", "<!-- tables: end -->")
"""Between these stands what is generated."""


def store_tables() -> str:
    """Markdown: each table of the store with the names, types and meanings of its columns."""
    return "\n".join(_table(table) for table in TABLES)


def _table(table: TableSchema) -> str:
    where = f"`{table.name}/year=YEAR/part-*.parquet`" if table.partitioned else f"`{table.name}.parquet`"
    lines = [f"### `{table.name}`", "", f"{where}: {table.about}.", "", "| column | type | |", "|---|---|---|"]
    fields = form_fields()
    for column in table.columns:
        if column.name not in fields:
            lines.append(f"| `{column.name}` | {_type(column.type)} | {column.metadata[b'description'].decode()} |")
    if table.name == "wide":
        first = next(iter(fields))
        lines.append(f'| `"{first}"` … | double | a column for each of {len(fields)} field ids, in double quotes |')
    return "\n".join([*lines, ""])


def _type(kind: pa.DataType) -> str:
    """In short: `text`, `list of text`."""
    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "struct of " + ", ".join(f"{member.name} {_type(member.type)}" for member in kind)
    names = {pa.string(): "text", pa.date32(): "date", pa.bool_(): "boolean", pa.float32(): "float"}
    return names.get(kind, str(kind))


def write(path: Path) -> None:
    """Puts the tables between the marks of a document."""
    before, rest = path.read_text(encoding="utf-8").split(MARKS[0])
    _, after = rest.split(MARKS[1])
    path.write_text(f"{before}{MARKS[0]}\n\n{store_tables()}\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/store.md"))
