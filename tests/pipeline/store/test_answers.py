from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from rich.cells import cell_len
from rich.console import Console

from pipeline.store.answers import MOST_SHOWN, Format, answer_of, json_value, text_of, write_answer
from pipeline.store.database import BadQuery, open_store, select

ODD = (
    "SELECT 2 AS n, 2.5 AS half, true AS truth, NULL AS none, '甲,乙' AS name, [1, 2] AS list, DATE '2023-01-02' AS day"
)


def written(out, sql: str, form: Format, width: int = 80) -> str:
    text = io.StringIO()
    console = Console(file=text, width=width, highlight=False, markup=False, emoji=False)
    with open_store(out) as store:
        write_answer(answer_of(select(store, sql)), form, text, console)
    return text.getvalue()


def test_csv_and_tsv(shared_out):
    assert written(shared_out, ODD, "csv") == (
        'n,half,truth,none,name,list,day\n2,2.5,true,,"甲,乙","[1, 2]",2023-01-02\n'
    )
    assert written(shared_out, ODD, "tsv") == (
        "n\thalf\ttruth\tnone\tname\tlist\tday\n2\t2.5\ttrue\t\t甲,乙\t[1, 2]\t2023-01-02\n"
    )


def test_texts_with_line_ends_come_back_as_they_were(shared_out):
    text = "SELECT E'a\\tb\\nc \"d\"' AS text"
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        rows = list(csv.reader(io.StringIO(written(shared_out, text, form)), delimiter=delimiter))
        assert rows == [["text"], ['a\tb\nc "d"']]


def test_json_has_an_object_a_line(shared_out):
    lines = written(shared_out, f"{ODD} UNION ALL {ODD}", "json").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"n": 2, "half": 2.5, "truth": True, "none": None, "name": "甲,乙", "list": [1, 2], "day": "2023-01-02"}
    ] * 2


@pytest.mark.parametrize(
    ("value", "plain", "text"),
    [
        (12.0, 12, "12"),
        (0.25, 0.25, "0.25"),
        (float("nan"), None, ""),
        (float("inf"), None, ""),
        (Decimal("1.50"), 1.5, "1.5"),
        (False, False, "false"),
        (date(2023, 1, 2), "2023-01-02", "2023-01-02"),
        ({"a": [1.0, None]}, {"a": [1, None]}, '{"a": [1, null]}'),
        (b"x", "b'x'", "b'x'"),
    ],
)
def test_values(value, plain, text):
    assert json_value(value) == plain
    assert text_of(value) == text


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize(
    "sql",
    ["SELECT agency, year, status FROM reports", "SELECT * FROM reports", "SELECT * FROM wide", "SELECT * FROM files"],
)
def test_no_line_is_wider_than_the_screen(shared_out, sql, width):
    lines = written(shared_out, sql, "table", width).splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert len(lines) > 9


def test_a_table_shows_every_cell(shared_out):
    text = written(shared_out, "SELECT agency, year, sha256 FROM reports WHERE agency IS NOT NULL", "table", 60)
    with open_store(shared_out) as store:
        rows = select(store, "SELECT agency, sha256 FROM reports WHERE agency IS NOT NULL").fetchall()
    squeezed = "".join(text.split())
    assert all(agency in text for agency, _ in rows)
    assert all(sha256[:10] in squeezed for _, sha256 in rows)


def test_rows_of_many_columns_are_lists(shared_out):
    text = written(shared_out, "SELECT * FROM reports WHERE status = 'review' AND year = 2022", "table", 60)
    assert "── 1 ──" in text
    (line,) = [line for line in text.splitlines() if line.startswith("fields_ambiguous")]
    assert line.split() == ["fields_ambiguous", "2"]


def test_a_long_answer_is_cut_in_the_terminal_and_nowhere_else(shared_out):
    sql = f"SELECT range AS n FROM range({MOST_SHOWN + 5})"
    shown = written(shared_out, sql, "table")
    assert f"只显示前 {MOST_SHOWN} 行" in shown
    assert f" {MOST_SHOWN - 1} " in shown
    assert f" {MOST_SHOWN} " not in shown.split("只显示")[0]
    assert len(written(shared_out, sql, "csv").splitlines()) == MOST_SHOWN + 6
    assert "3 行" in written(shared_out, "FROM range(3)", "table")


def test_control_characters_do_not_reach_the_terminal(shared_out):
    shown = written(shared_out, "SELECT 'a' || chr(27) || '[2Jb' AS \"x\x1b\"", "table")
    assert "\x1b" not in shown
    assert "a\\x1b[2Jb" in shown


def test_a_row_that_cannot_be_made_is_told(shared_out):
    with pytest.raises(BadQuery, match="Could not convert"):
        written(shared_out, "SELECT CAST(agency AS INTEGER) FROM reports WHERE agency IS NOT NULL", "csv")
