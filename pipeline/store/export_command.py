"""`gouji export`: reports of the store as a workbook, CSV, Parquet or JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import E304, GoujiError

if TYPE_CHECKING:
    from pipeline.store.export_files import Tick
    from pipeline.store.export_tables import Table

FORMATS = ("xlsx", "csv", "parquet", "json")
NAMES = {"values": "数值", "printed": "原印", "fields": "逐格"}
ENDINGS = {"csv": ".csv", "parquet": ".parquet", "json": ".jsonl"}
_HALF = ".half"


def command(subparsers: Any) -> None:
    """Registers `gouji export`."""
    parser = subparsers.add_parser(
        "export",
        add_help=False,
        help="把批量读出的结果导出为 Excel、CSV、Parquet 或 JSON",
        description="导出三张表：values（每份报告一行，可直接采用的数值）、printed（每份一行，报告上印的原样）、"
        "fields（每个字段一行，原印、数值、状态与理由）。xlsx 写成一个工作簿，其余写成一个文件夹，每张表一个文件。",
    )
    parser.add_argument("target", type=Path, metavar="目标", help="xlsx 为文件名，其余为文件夹")
    parser.add_argument("--out", type=Path, metavar="文件夹", help="gouji ingest 的 --out；默认当前文件夹或 ./out")
    parser.add_argument("--format", choices=FORMATS, required=True, help="json 是每行一个对象")
    parser.add_argument(
        "--where", default="", metavar="条件",
        help="只要符合条件的报告：reports 表上的 SQL 条件，例如 'year = 2023 AND preferred'",
    )  # fmt: skip
    parser.add_argument("--tables", default=",".join(NAMES), metavar="表", help="只要这几张表，逗号分隔；默认三张都要")
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from pipeline.store.database import BadQuery, open_store
    from pipeline.store.export_tables import choose, tables
    from pipeline.store.parts import why
    from pipeline.store.where import find_out

    if problem := _problem(arguments):
        print(f"gouji export: {problem}", file=sys.stderr)
        return 2
    wanted = arguments.tables.split(",")
    with open_store(find_out(arguments.out)) as store:
        try:
            count = choose(store, arguments.where)
            chosen = [table for table in tables(store) if table.name in wanted]
            facts = {"报告": f"{count} 份", "条件": arguments.where or "全部报告"}
            with _progress(sum(table.count for table in chosen)) as tick:
                written = _write(arguments.format, arguments.target, chosen, facts, tick)
        except BadQuery as bad:
            print(f"gouji export: {bad}", file=sys.stderr)
            return 2
        except OSError as error:
            raise GoujiError(E304, reason=f"{arguments.target}（{why(error)}）") from None
    print(f"已导出 {count} 份报告：{'、'.join(map(str, written))}")
    return 0


def _problem(arguments: argparse.Namespace) -> str | None:
    """What is wrong with the arguments, in one line."""
    target: Path = arguments.target
    unknown = [name for name in arguments.tables.split(",") if name not in NAMES]
    if unknown:
        return f"--tables 没有 {'、'.join(unknown)}；可选 {'、'.join(NAMES)}"
    if arguments.format == "xlsx":
        if target.is_dir():
            return f"xlsx 写成一个文件，{target} 是文件夹；例如 {target / '年报.xlsx'}"
        return None if target.suffix.lower() == ".xlsx" else f"xlsx 的文件名要以 .xlsx 结尾：{target}"
    if target.exists() and not target.is_dir():
        return f"{arguments.format} 写成一个文件夹，{target} 是文件"
    if target.suffix.lower() in (".csv", ".parquet", ".json", ".jsonl", ".xlsx"):
        return f"{arguments.format} 写成一个文件夹，每张表一个文件；例如 {target.with_suffix('')}/"
    return None


def _write(form: str, target: Path, chosen: Sequence[Table], facts: Mapping[str, str], tick: Tick) -> list[Path]:
    """Writes all files under other names first, so that one of an earlier export is replaced whole or not at all.

    Raises:
        OSError: where one cannot be written.
    """
    from pipeline.store.export_files import write_csv, write_json, write_parquet
    from pipeline.store.export_workbook import write_workbook

    paths = [target] if form == "xlsx" else [target / f"{table.name}{ENDINGS[form]}" for table in chosen]
    halves = [path.with_name(path.name + _HALF) for path in paths]
    halves[0].parent.mkdir(parents=True, exist_ok=True)
    try:
        if form == "xlsx":
            write_workbook(chosen, halves[0], facts, tick)
        else:
            write = {"csv": write_csv, "json": write_json, "parquet": write_parquet}[form]
            for table, half in zip(chosen, halves, strict=True):
                write(table, half, tick)
        for half, path in zip(halves, paths, strict=True):
            half.replace(path)
    finally:
        for half in halves:
            half.unlink(missing_ok=True)
    return paths


@contextmanager
def _progress(total: int) -> Iterator[Tick]:
    """A bar for someone who is watching, in rows."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("导出"), BarColumn(bar_width=30), MofNCompleteColumn(), TextColumn("行"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4, transient=True) as bar:
        task = bar.add_task("导出", total=total)
        yield lambda rows: bar.advance(task, rows)
