from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.store.database import open_store, select
from pipeline.store.schema import TABLES, TableSchema, form_fields
from pipeline.store.views import VIEWS, quoted
from pipeline.template import load_templates
from training.store_tables import MARKS, store_tables

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "store.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)


def test_the_tables_of_columns_are_up_to_date():
    documented = DOCUMENT.split(MARKS[0])[1].split(MARKS[1])[0]
    assert documented.strip() == store_tables().strip(), "run python -m training.store_tables"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_documented_and_described_in_the_files(shared_out, table: TableSchema):
    section = DOCUMENT.split(f"### `{table.name}`")[1].split("###")[0]
    with open_store(shared_out) as store:
        columns = [name for name, *_ in select(store, f"DESCRIBE {table.name}").fetchall()]

    assert columns == [column.name for column in table.columns]
    undocumented = [name for name in columns if name not in form_fields() and f"| `{name}` |" not in section]
    assert undocumented == []
    assert all(column.metadata[b"description"] for column in table.columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_column_needs_quotes_but_those_named_by_a_field_id(shared_out, table: TableSchema):
    names = [quoted(column.name) if "." in column.name else column.name for column in table.columns]
    with open_store(shared_out) as store:
        assert len(select(store, f"SELECT {', '.join(names)} FROM {table.name}").description) == len(names)


@pytest.mark.parametrize("sql", QUERIES, ids=lambda sql: " ".join(sql.split())[:40])
def test_the_queries_of_the_document_run(shared_out, sql):
    with open_store(shared_out) as store:
        assert select(store, sql).fetchall() is not None


def test_there_are_queries_for_most_tables():
    text = " ".join(QUERIES)
    assert {table.name for table in TABLES if f" {table.name}" in text} == {table.name for table in TABLES}


def test_the_views_are_those_of_the_document(shared_out):
    with open_store(shared_out) as store:
        views = {name for (name,) in select(store, "SHOW TABLES").fetchall()}
    assert views == set(VIEWS)
    assert all(f"`{view}`" in DOCUMENT for view in views)


def test_the_wide_table_has_every_field_of_every_form_once():
    tables = [table for template in load_templates().values() for table in template.tables.values()]
    all_fields = {field for table in tables for field in table.field_ids()}
    newest = list(load_templates().values())[-1].tables["t3"].field_ids()
    assert set(form_fields()) == all_fields
    assert [field for field in form_fields() if field in newest] == newest
