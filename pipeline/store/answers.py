"""The rows of a query, written for a person or for another program."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TextIO

import duckdb

from pipeline.show.printable import printable
from pipeline.store.database import ask

if TYPE_CHECKING:
    from rich.console import Console

Format = Literal["table", "tsv", "csv", "json"]
MOST_SHOWN = 200
"""Rows of a table in the terminal; all others are for files."""
LEAST_WIDTH = 9
"""Columns of the screen that each column of a table must have; with more columns, each row is a list."""
WIDEST = 60
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows that are made as they are asked for."""

    names: tuple[str, ...]
    numeric: tuple[bool, ...]
    """By column, whether it holds numbers."""
    rows: Iterator[tuple[Any, ...]]


_NUMBERS = frozenset(
    f"{sign}{size}" for sign in ("", "U") for size in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
) | {"FLOAT", "DOUBLE", "DECIMAL", "BIGNUM"}


def answer_of(result: duckdb.DuckDBPyConnection) -> Answer:
    """What `select` gave. Taking its rows raises `BadQuery` where one of them cannot be made."""
    columns = result.description or []
    numeric = tuple(str(column[1]).split("(")[0] in _NUMBERS for column in columns)
    return Answer(tuple(str(column[0]) for column in columns), numeric, _rows(result))


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while True:
        some = ask(result, lambda: result.fetchmany(_AT_ONCE))
        if not some:
            return
        yield from some


def write_answer(answer: Answer, form: Format, out: TextIO, console: Console) -> None:
    """Writes all rows to `out`, or, as a table, the first of them to `console`."""
    if form == "table":
        _write_table(answer, console)
    elif form == "json":
        for row in answer.rows:
            pairs = zip(answer.names, map(json_value, row), strict=True)
            out.write(json.dumps(dict(pairs), ensure_ascii=False) + "\n")
    else:
        writer = csv.writer(out, delimiter="\t" if form == "tsv" else ",", lineterminator="\n")
        writer.writerow(answer.names)
        writer.writerows([text_of(value) for value in row] for row in answer.rows)


def json_value(value: Any) -> Any:
    """As JSON has it: whole numbers without a fraction, what is no number null, days and times in ISO form."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return None if not math.isfinite(value) else int(value) if value.is_integer() else value
    if isinstance(value, Decimal):
        return json_value(float(value))
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): json_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(one) for one in value]
    return str(value)


def text_of(value: Any) -> str:
    """One cell of a text file; nothing for null."""
    plain = json_value(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, dict | list):
        return json.dumps(plain, ensure_ascii=False)
    return str(plain)


def _write_table(answer: Answer, console: Console) -> None:
    rows = [tuple(printable(text_of(value)) for value in row) for row in islice(answer.rows, MOST_SHOWN + 1)]
    shown = rows[:MOST_SHOWN]
    names = [printable(name) for name in answer.names]
    if len(names) * LEAST_WIDTH > console.width:
        _write_lists(names, shown, console)
    else:
        _write_grid(names, answer.numeric, shown, console)
    if len(rows) > len(shown):
        console.print(f"只显示前 {MOST_SHOWN} 行；全部写成文件：--format csv > 结果.csv", style="dim")
    else:
        console.print(f"{len(rows)} 行", style="dim")


def _write_grid(
    names: Sequence[str], numeric: Sequence[bool], rows: Iterable[Sequence[str]], console: Console
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name, number in zip(names, numeric, strict=True):
        # A number that is cut in two is another number.
        table.add_column(
            Text(name), justify="right" if number else "left", no_wrap=number, overflow="fold", max_width=WIDEST
        )
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _write_lists(names: Sequence[str], rows: Iterable[Sequence[str]], console: Console) -> None:
    """Each row as lines of name and value, for rows of more columns than the screen has room for."""
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.text import Text

    width = min(max(map(cell_len, names)), console.width // 2)
    for number, row in enumerate(rows, start=1):
        console.print(Text(f"── {number} ──", "dim"))
        for name, value in zip(names, row, strict=True):
            line = Text(name + " " * max(0, width - cell_len(name)), "bold")
            line.append("  ")
            line.append(value, "not bold")
            console.print(Padding(line, 0, expand=False))
