from __future__ import annotations

import os
import shutil
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import GoujiError
from pipeline.store.database import BadQuery, ask, open_store, select
from tests.pipeline.store.made import reports


@pytest.fixture
def calls() -> Iterator[tuple[str, list[int]]]:
    """The address of a server on this machine, and who has called it."""
    called: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                called.append(address[1])
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\na\n")
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", called
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM reports",
        "WITH a AS (SELECT * FROM reports) SELECT count(*) FROM a;",
        "FROM reports SELECT count(*) -- all of them",
        "SELECT count(*) FROM (DESCRIBE files) HAVING count(*) = 10",
    ],
)
def test_a_select_is_answered(shared_out, sql):
    with open_store(shared_out) as store:
        ((count,),) = select(store, sql).fetchall()
    assert count == (10 if "DESCRIBE" in sql else len(reports()))


@pytest.mark.parametrize("sql", ["SHOW TABLES", "DESCRIBE wide", "SUMMARIZE reports", "VALUES (1)", "FROM files"])
def test_other_ways_to_look_are_answered(shared_out, sql):
    with open_store(shared_out) as store:
        assert select(store, sql).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "COPY reports TO '{store}/new.csv'",
        "COPY reports TO '{elsewhere}/new.csv'",
        "WITH a AS (COPY reports TO '{store}/new.csv') SELECT * FROM a",
        "WITH a AS (COPY reports TO '{store}/new.csv' RETURN_FILES) SELECT * FROM a",
        "SELECT * FROM (WITH a AS (COPY reports TO '{store}/new.csv') SELECT * FROM a)",
        "SELECT * FROM query('COPY reports TO ''{store}/new.csv''')",
        "EXPLAIN ANALYZE COPY reports TO '{store}/new.csv'",
        "EXPORT DATABASE '{store}/new'",
        "ATTACH '{store}/new.db'",
        "ATTACH '{elsewhere}/new.db'",
        "SELECT * FROM enable_logging('QueryLog', storage = 'file', storage_config = {{'path': '{store}/log'}})",
        "SELECT 1; COPY reports TO '{store}/new.csv'",
        "CREATE TABLE a AS SELECT 1",
        "DROP VIEW reports",
        "SET enable_external_access = true",
        "PRAGMA enable_profiling",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CALL enable_logging()",
        "",
        "-- nothing",
    ],
)
def test_nothing_but_looking(shared_out, tmp_path, sql):
    before = tree(shared_out)
    with open_store(shared_out) as store, pytest.raises(BadQuery):
        select(store, sql.format(store=shared_out / "store", elsewhere=tmp_path)).fetchall()
    assert tree(shared_out) == before
    assert tree(tmp_path) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM read_text('{store}/../../secret.csv')",
        "SELECT * FROM read_blob('{store}/../files.jsonl')",
        "SELECT * FROM sniff_csv('{file}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_text('/etc/passwd')",
    ],
)
def test_no_other_file_is_read(shared_out, tmp_path, sql):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    refused = r"file system operations are disabled|does not exist"
    with open_store(shared_out) as store, pytest.raises(BadQuery, match=refused):
        select(store, sql.format(file=secret, folder=tmp_path, store=shared_out / "store")).fetchall()


def test_the_network_is_not_asked(shared_out, calls):
    address, called = calls
    with open_store(shared_out) as store:
        for sql in (
            f"SELECT * FROM read_csv('{address}/a.csv')",
            f"SELECT * FROM read_parquet('{address}/a.parquet')",
            f"SELECT * FROM '{address}/a.csv'",
            f"SELECT * FROM read_text('{address}/a.txt')",
            f"INSTALL httpfs FROM '{address}'",
            f"ATTACH '{address}/a.db'",
        ):
            with pytest.raises(BadQuery):
                select(store, sql).fetchall()
        for sql in (f"INSTALL httpfs FROM '{address}'", "LOAD httpfs", f"LOAD '{address}/x.duckdb_extension'"):
            with pytest.raises(Exception, match="disabled"):
                store.execute(sql)
    assert called == []
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address) as answer:
        assert answer.read() == b"a\n"
    assert len(called) == 1, "a call would have been seen"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("SELECT foo FROM reports", 'Referenced column "foo" not found'),
        ("SELECT sum(agency) FROM reports", "No function matches"),
        ("SELECT * FROM nowhere", "Table with name nowhere does not exist! Did you mean"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(shared_out, sql, said):
    with open_store(shared_out) as store, pytest.raises(BadQuery) as caught:
        select(store, sql)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("查询不能执行：")
    assert said in str(caught.value)


def test_ctrl_c_ends_what_gives_no_row_for_hours(shared_out):
    endless = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range = 7"
    with open_store(shared_out) as store:
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            ask(store, lambda: store.execute(endless).fetchall())
        assert time.monotonic() - started < 30
        assert select(store, "SELECT 1").fetchall() == [(1,)]


def test_a_condition_on_the_year_leaves_other_years_unread(shared_out):
    with open_store(shared_out) as store:
        plan = str(store.execute("EXPLAIN ANALYZE SELECT count(*) FROM fields WHERE year = 2020").fetchall())
    total = len(list((shared_out / "store" / "fields").rglob("*.parquet")))
    of_year = len(list((shared_out / "store" / "fields" / "year=2020").glob("*.parquet")))
    assert f"{of_year}/{total}" in plan


@pytest.mark.parametrize("name", ["a[b] *x?", "it's", "年报 输出"])
def test_the_folder_may_have_any_name(shared_out, tmp_path, name):
    shutil.copytree(shared_out / "store", tmp_path / name / "store")
    with open_store(tmp_path / name) as store:
        assert select(store, "SELECT count(*) FROM reports").fetchall() == [(len(reports()),)]


def test_where_there_is_no_store_it_is_said(tmp_path):
    with pytest.raises(GoujiError, match=r"E101.*gouji ingest"), open_store(tmp_path):
        pass


def test_a_store_of_another_version_is_told(shared_out, tmp_path):
    shutil.copytree(shared_out / "store", tmp_path / "store")
    pq.write_table(pa.table({"sha256": ["a"]}), tmp_path / "store" / "files.parquet")
    shutil.rmtree(tmp_path / "store" / "wide")
    with pytest.raises(GoujiError, match=r"E305.*另一版本"), open_store(tmp_path):
        pass


def test_the_views_for_other_tools_are_the_same(shared_out, monkeypatch):
    import duckdb

    monkeypatch.chdir(shared_out / "store")
    with duckdb.connect() as connection, open_store(shared_out) as store:
        connection.execute((shared_out / "store" / "views.sql").read_text(encoding="utf-8"))
        for view in ("reports", "wide", "wide_printed", "files"):
            sql = f"SELECT * FROM {view} ORDER BY ALL"
            assert connection.execute(sql).fetchall() == store.execute(sql).fetchall()


def test_a_query_that_does_not_run_out_of_memory_leaves_nothing_when_it_is_killed(shared_out, tmp_path, monkeypatch):
    """A run killed in its last step, when it counts what it wrote, left a folder behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with open_store(shared_out) as connection:
        select(connection, "SELECT count(*) FROM files").fetchall()
        assert not list(tmp_path.iterdir())


def test_what_a_query_spilled_is_gone_afterwards(shared_out, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("duckdb.connect", partial(with_little_memory, duckdb.connect))
    with open_store(shared_out) as connection:
        select(connection, "SELECT md5(range::varchar) AS mark FROM range(2000000) ORDER BY mark").fetchone()
        assert [found.name.startswith("gouji-query-") for found in tmp_path.iterdir()] == [True]
    assert not list(tmp_path.iterdir())


def with_little_memory(connect, database, config):
    return connect(database, config={**config, "memory_limit": "60MB"})
