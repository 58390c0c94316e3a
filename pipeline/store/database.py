"""The store as a DuckDB database in memory: views over its files, to be looked at and no more.

Nothing outside the store can be reached through it, neither another file nor the network: external access is off but
for the store's own folder, extensions are neither fetched nor loaded, and the settings are locked. Statements that come
from a user go through `select`, which runs one SELECT and nothing else.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import duckdb

from pipeline.errors import E101, E305, GoujiError
from pipeline.store.swap import store_folder
from pipeline.store.views import literal, views_sql, without_wildcards

T = TypeVar("T")


class BadQuery(Exception):
    """A statement that cannot be run; `str()` is one line that says why, in part in DuckDB's own words."""


@contextmanager
def open_store(out: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the views of `views.py`.

    Args:
        out: the output folder that holds the store.

    Raises:
        GoujiError: E101 where there is no store, E305 where another version of the program wrote it.
    """
    folder = store_folder(out)
    if folder is None:
        raise GoujiError(E101, reason=f"{out} 里没有数据表，先运行 gouji ingest")
    # DuckDB makes it when memory runs out and removes it again: a query that is killed before leaves nothing behind.
    spilled = Path(tempfile.gettempdir()) / f"gouji-query-{uuid4().hex}"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": str(spilled),
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        try:
            connection.execute(views_sql(folder.absolute()))
        except duckdb.Error as error:
            reason = f"{folder} 由另一版本的程序写成，用 gouji ingest 重新写出（{one_line(error)}）"
            raise GoujiError(E305, reason=reason) from None
        # What is asked for is held against these as it is written, wildcards and all.
        allowed = {str(folder.absolute()), without_wildcards(folder)}
        connection.execute(f"SET allowed_directories = [{', '.join(map(literal, sorted(allowed)))}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection


def select(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyConnection:
    """Runs one SELECT (or WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW); rows are made as they are fetched.

    Raises:
        BadQuery: where it is none, more than one, or DuckDB refuses it.
    """
    return ask(connection, lambda: _checked(connection, sql))


def ask(connection: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
    """Has DuckDB do something that a user's statement can make fail, or take for ever.

    Raises:
        BadQuery: where DuckDB refuses it.
        KeyboardInterrupt: at once; DuckDB itself does not look for Ctrl-C while it makes rows.
    """
    with ThreadPoolExecutor(1) as elsewhere:
        running = elsewhere.submit(work)
        try:
            return running.result()
        except KeyboardInterrupt:
            _stop(connection, running)
            raise
        except duckdb.Error as error:
            raise BadQuery(f"查询不能执行：{one_line(error)}") from None


def _stop(connection: duckdb.DuckDBPyConnection, running: Future[T]) -> None:
    """Returns when nothing is under way any more, however often Ctrl-C is pressed: a connection that is at work can
    neither be closed nor left."""
    while not running.done():
        with suppress(KeyboardInterrupt):
            connection.interrupt()
            wait([running], 0.1)


def _checked(connection: duckdb.DuckDBPyConnection, sql: str) -> duckdb.DuckDBPyConnection:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise BadQuery("要写一条 SELECT 语句" if not statements else "一次只能写一条语句")
    # Anything else could write, if only into the store's own folder.
    if statements[0].type != duckdb.StatementType.SELECT:
        raise BadQuery("只能查询，例如 SELECT * FROM reports；PIVOT 要写在 FROM 里，并用 IN (…) 列出取值")
    # So could a WITH that holds a COPY, which only the outermost statement may: this is planned and not run.
    text = statements[0].query.strip().rstrip(";")
    connection.execute(f"EXPLAIN SELECT * FROM (\n{text}\n)").fetchall()
    return connection.execute(statements[0])


def one_line(error: duckdb.Error) -> str:
    """What DuckDB says, without the drawing of where in the statement."""
    said = re.split(r"\n\s*(?:LINE \d+:|Candidate functions:)", str(error))[0]
    return " ".join(said.split())
