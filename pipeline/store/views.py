"""The views over the store's files, as SQL for DuckDB: the same for ourselves and, in views.sql, for other tools."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.store.schema import TABLES, YEAR, TableSchema, form_fields

VIEWS_FILE = "views.sql"
WIDE_PRINTED = "wide_printed"
"""Like `wide`, with what was printed in place of the values."""
VIEWS = (*(table.name for table in TABLES), WIDE_PRINTED)
_HEAD = """\
-- Views over the tables of this folder: cd into it, then duckdb -init views.sql
-- Documented in docs/store.md of gouji.
"""


def views_sql(folder: Path | None = None) -> str:
    """Statements that make all views.

    Args:
        folder: of the store; without it, paths are relative to wherever they are run.
    """
    statements = [_table_view(table, folder) for table in TABLES]
    return _HEAD + "\n".join([*statements, _wide_view()])


def quoted(name: str) -> str:
    """A name that SQL takes as it is."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _table_view(table: TableSchema, folder: Path | None) -> str:
    path = table.pattern if folder is None else f"{without_wildcards(folder)}/{table.pattern}"
    if not table.partitioned:
        return f"CREATE OR REPLACE VIEW {table.name} AS SELECT * FROM read_parquet({literal(path)});\n"
    # The folder's year is a text, for `unknown`; a condition on the number still leaves other folders unread.
    columns = (
        f"TRY_CAST({YEAR.name} AS INTEGER) AS {YEAR.name}" if column.name == YEAR.name else quoted(column.name)
        for column in table.columns
    )
    return (
        f"CREATE OR REPLACE VIEW {table.name} AS SELECT {', '.join(columns)}\n"
        f"FROM read_parquet({literal(path)}, hive_partitioning = true, hive_types = {{'{YEAR.name}': VARCHAR}});\n"
    )


def without_wildcards(folder: Path) -> str:
    """The folder's own path in a pattern, where `*`, `?` and `[` would stand for other characters."""
    return re.sub(r"([*?\[])", r"[\1]", str(folder.absolute()))


def _wide_view() -> str:
    fields = ", ".join(map(literal, form_fields()))
    return (
        f"CREATE OR REPLACE VIEW {WIDE_PRINTED} AS\n"
        "SELECT r.sha256, r.agency, r.agency_key, r.year, r.status, r.preferred, r.accepted, p.* EXCLUDE (sha256)\n"
        "FROM reports r JOIN (\n"
        "  SELECT * FROM (PIVOT (SELECT sha256, field, printed FROM fields)\n"
        f"  ON field IN ({fields})\n"
        "  USING max(printed) GROUP BY sha256)\n"
        ") p ON p.sha256 = r.sha256;\n"
    )
