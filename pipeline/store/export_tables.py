"""What is exported: two wide tables, one row a report, and a long one, one row a field.

    values      the value of each field, where it may be counted unseen
    printed     what was printed in its place
    fields      both, with the status, the candidates and the reason
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from pipeline.record import Status
from pipeline.store.database import ask, select
from pipeline.store.schema import FORM_TABLES, form_fields
from pipeline.store.views import literal, quoted
from pipeline.template import load_templates

Kind = Literal["text", "number", "truth", "day", "numbers", "report_status", "status", "kind"]
"""Of the values of a column; the last three are words of the record."""
Marks = Mapping[str, Status]
"""Columns of a row whose value is not simply what was read."""
Row = tuple[Sequence[Any], Marks]
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Column:
    id: str
    label: str
    """In Chinese; of a field, in the form's own words."""
    kind: Kind = "text"
    width: int = 12
    """In a workbook, in characters."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    title: str
    """In Chinese."""
    about: str
    """One sentence in Chinese."""
    columns: tuple[Column, ...]
    count: int
    """Number of rows."""
    rows: Callable[[bool], Iterator[Row]]
    """From whether marks are wanted, which cost time, to the rows. Raises `BadQuery` where DuckDB gives up."""


_BEFORE = (
    Column("agency", "机关", width=30),
    Column("year", "年度", "number", 7),
    Column("status", "报告状态", "report_status", 28),
    Column("accepted", "可直接采用", "truth", 11),
    Column("preferred", "计入统计", "truth", 9),
)
_AFTER = (
    Column("published", "公布日期", "day", 12),
    Column("file", "文件", width=30),
    Column("sha256", "内容 SHA-256", width=20),
)
_LONG = (
    Column("agency", "机关", width=30),
    Column("year", "年度", "number", 7),
    Column("table_id", "表", width=5),
    Column("field", "字段", width=28),
    Column("label", "项目", width=44),
    Column("printed", "原印", width=12),
    Column("kind", "印作", "kind", 10),
    Column("value", "数值", "number", 12),
    Column("status", "状态", "status", 7),
    Column("taken", "可直接采用", "truth", 11),
    Column("confidence", "把握", "number", 7),
    Column("candidates", "可能的值", "numbers", 14),
    Column("unit", "单位", width=7),
    Column("page", "页", "number", 5),
    Column("sentence", "理由", width=60),
    Column("file", "文件", width=30),
    Column("sha256", "内容 SHA-256", width=20),
)


def choose(store: duckdb.DuckDBPyConnection, condition: str) -> int:
    """Makes a table `chosen` of the reports for which the condition holds, and counts them.

    Args:
        condition: SQL over the columns of `reports`; empty for all.

    Raises:
        BadQuery: where DuckDB refuses it.
    """
    # On lines of its own, so that a comment in it ends.
    where = f"WHERE (\n{condition}\n)" if condition.strip() else ""
    order = "ORDER BY agency NULLS LAST, year NULLS LAST, sha256"
    chosen = _column(store, f"SELECT sha256 FROM reports {where} {order}")
    # Not a temporary one, which cursors would not see.
    columns = "unnest($1::VARCHAR[]) AS sha256, unnest(range(len($1))) AS place"
    store.execute(f"CREATE OR REPLACE TABLE chosen AS SELECT {columns}", [chosen])
    return len(chosen)


def tables(store: duckdb.DuckDBPyConnection) -> list[Table]:
    """What is exported of the reports chosen."""
    used = _fields_used(store)
    heads = tuple(Column(field, label, "number") for field, label in used.items())
    prints = tuple(Column(field, label, "text") for field, label in used.items())
    count = _one(store, "SELECT count(*) FROM chosen")
    n_fields = " + ".join(f"fields_{status}" for status in _STATUSES)
    n_rows = _one(store, f"SELECT coalesce(sum({n_fields}), 0) FROM reports WHERE {_CHOSEN}")
    return [
        Table(
            "values", "数值", "每份报告一行，每个字段一列：可以直接采用的数值；有歧义、矛盾或缺失的留空。",
            (*_BEFORE, *heads, *_AFTER), count, lambda marked: _wide(store, "wide", list(used), marked),
        ),
        Table(
            "printed", "原印", "每份报告一行，每个字段一列：报告上印的原样。",
            (*_BEFORE, *prints, *_AFTER), count, lambda marked: _wide(store, _printed(used), list(used), marked),
        ),
        Table(
            "fields", "逐格", "每个字段一行：原印、数值、状态、可能的值与理由；按年度、机关、表格次序排列。",
            _LONG, n_rows, lambda marked: _long(store, marked),
        ),
    ]  # fmt: skip


def _column(store: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    result = select(store, sql)
    return [value for (value,) in ask(store, result.fetchall)]


_STATUSES = ("read", "inferred", "repaired", "ambiguous", "inconsistent", "missing")
_CHOSEN = "sha256 IN (SELECT sha256 FROM chosen)"


def _one(store: duckdb.DuckDBPyConnection, sql: str) -> int:
    (found,) = store.execute(sql).fetchall()
    return int(found[0])


def _fields_used(store: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Label by id of the fields that the forms of the chosen reports have; of all forms where none is chosen."""
    forms = load_templates()
    wanted: set[str] = set()
    for table_id in FORM_TABLES:
        sql = f"SELECT DISTINCT template_{table_id} FROM reports WHERE {_CHOSEN} AND template_{table_id} IS NOT NULL"
        for (template,) in store.execute(sql).fetchall():
            if template in forms and table_id in forms[template].tables:
                wanted.update(forms[template].tables[table_id].field_ids())
    return {field: label for field, label in form_fields().items() if field in wanted or not wanted}


def _wide(store: duckdb.DuckDBPyConnection, source: str, fields: Sequence[str], marked: bool) -> Iterator[Row]:
    columns = [
        *(f"r.{column.id}" for column in _BEFORE),
        *(f"w.{quoted(field)}" for field in fields),
        *(f"r.{column.id}" for column in _AFTER),
        "m.marks" if marked else "NULL",
    ]
    marks = (
        "LEFT JOIN (SELECT sha256, map_from_entries(list((field, status))) AS marks FROM fields "
        f"WHERE status <> 'read' AND {_CHOSEN} GROUP BY sha256) m ON m.sha256 = r.sha256"
        if marked
        else ""
    )
    yield from _rows(
        store,
        f"SELECT {', '.join(columns)} FROM chosen c JOIN reports r ON r.sha256 = c.sha256 "
        f"LEFT JOIN {source} w ON w.sha256 = r.sha256 {marks} ORDER BY c.place",
    )


def _printed(fields: Mapping[str, str]) -> str:
    listed = ", ".join(map(literal, fields))
    return (
        f"(SELECT * FROM (PIVOT (SELECT sha256, field, printed FROM fields WHERE {_CHOSEN}) "
        f"ON field IN ({listed}) USING max(printed) GROUP BY sha256))"
    )


def _long(store: duckdb.DuckDBPyConnection, marked: bool) -> Iterator[Row]:
    """Year by year: what is sorted at once stays small."""
    of_report = {"file": "r.file", "candidates": "[one.value FOR one IN f.candidates]"}
    columns = ", ".join(of_report.get(column.id, f"f.{column.id}") for column in _LONG)
    marks = "CASE WHEN f.status <> 'read' THEN MAP {'value': f.status, 'status': f.status} END" if marked else "NULL"
    years = f"SELECT DISTINCT year FROM reports WHERE {_CHOSEN} ORDER BY year NULLS LAST"
    for (year,) in store.execute(years).fetchall():
        of_year = "f.year IS NULL" if year is None else f"f.year = {int(year)}"
        yield from _rows(
            store,
            f"SELECT {columns}, {marks} FROM fields f JOIN chosen c ON c.sha256 = f.sha256 "
            f"JOIN reports r ON r.sha256 = f.sha256 WHERE {of_year} ORDER BY c.place, f.position",
        )


def _rows(store: duckdb.DuckDBPyConnection, sql: str) -> Iterator[Row]:
    # Tables may be read side by side.
    cursor = store.cursor()
    try:
        ask(cursor, lambda: cursor.execute(sql))
        while some := ask(cursor, lambda: cursor.fetchmany(_AT_ONCE)):
            for *values, marks in some:
                yield values, marks or {}
    finally:
        cursor.close()
