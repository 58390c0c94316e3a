"""`gouji query`: one SELECT over the store."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.store.answers import Format

FORMATS = ("table", "tsv", "csv", "json")


def command(subparsers: Any) -> None:
    """Registers `gouji query`."""
    parser = subparsers.add_parser(
        "query",
        add_help=False,
        help="用 SQL 查询批量读出的结果",
        description="对 gouji ingest 写出的数据表运行一条 SELECT。表与列见 docs/store.md；"
        "gouji query 'SHOW TABLES' 列出各表，'DESCRIBE reports' 列出一张表的列。",
    )
    parser.add_argument("sql", metavar="SQL", help="一条 SELECT 语句（DuckDB 的写法）")
    parser.add_argument("--out", type=Path, metavar="文件夹", help="gouji ingest 的 --out；默认当前文件夹或 ./out")
    parser.add_argument(
        "--format", choices=FORMATS,
        help="table（终端里的默认）、tsv（写到文件或管道时的默认）、csv、json（每行一个对象）",
    )  # fmt: skip
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from pipeline.store.answers import answer_of, write_answer
    from pipeline.store.database import BadQuery, open_store, select
    from pipeline.store.where import find_out

    form: Format = arguments.format or ("table" if sys.stdout.isatty() else "tsv")
    console = Console(highlight=False, markup=False, emoji=False)
    with open_store(find_out(arguments.out)) as store:
        try:
            write_answer(answer_of(select(store, arguments.sql)), form, sys.stdout, console)
        except BadQuery as bad:
            print(f"gouji query: {bad}", file=sys.stderr)
            return 2
    return 0
