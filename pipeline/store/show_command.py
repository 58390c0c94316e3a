"""`gouji show`: one report of the store, found by agency and year."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import E101, E304, E305, GoujiError

if TYPE_CHECKING:
    from pipeline.record import Report
    from pipeline.store.lookup import Candidate, Lookup

MOST_LISTED = 20


def command(subparsers: Any) -> None:
    """Registers `gouji show`."""
    parser = subparsers.add_parser(
        "show",
        add_help=False,
        help="按机关和年度显示批量读出的一份报告",
        description="显示 gouji ingest 读出的一份报告：填好的表格、改动与发现。机关可写全名、别的写法或名称的一部分。",
    )
    parser.add_argument("agency", metavar="机关", help="名称或其中一部分；或内容的 SHA-256 的前几位（至少 8 位）")
    parser.add_argument("year", type=int, metavar="年度", help="例如 2023")
    parser.add_argument("--out", type=Path, metavar="文件夹", help="gouji ingest 的 --out；默认当前文件夹或 ./out")
    parser.add_argument("--html", type=Path, metavar="文件", help="写成网页")
    parser.add_argument("--json", action="store_true", help="只在标准输出写记录")
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from pipeline.store.database import open_store
    from pipeline.store.lookup import look_up
    from pipeline.store.where import find_out

    out = find_out(arguments.out)
    with open_store(out) as store:
        lookup = look_up(store, arguments.agency, arguments.year)
    if len(lookup.found) != 1:
        print(_refusal(arguments.agency, arguments.year, lookup), file=sys.stderr)
        return 2
    report = _record(out, lookup.found[0])
    if arguments.json:
        sys.stdout.write(report.to_json())
    if arguments.html:
        _write_page(report, arguments.html)
    if not arguments.json and not arguments.html:
        _print(report)
    if lookup.versions:
        lines = _lines(lookup.versions)
        print(f"另有 {len(lookup.versions)} 个版本，差异见 differences 表：\n{lines}", file=sys.stderr)
    return 0


def _record(out: Path, chosen: Candidate) -> Report:
    """Raises GoujiError: E101 where its outcome cannot be read, E305 where it is not the one that the store is of."""
    from pipeline.store.outcomes import find_outcome

    try:
        outcome = find_outcome(out, chosen.sha256)
    except OSError as error:
        raise GoujiError(E101, reason=f"{chosen.sha256}（{error.strerror}）") from None
    if outcome is None or outcome.report is None:
        raise GoujiError(E305, reason=f"{out} 里没有 {chosen.file} 的记录，用 gouji ingest 重新读出")
    return outcome.report


def _print(report: Report) -> None:
    from rich.console import Console

    from pipeline.show.terminal import print_report

    print_report(report, Console(highlight=False, markup=False, emoji=False))


def _write_page(report: Report, path: Path) -> None:
    from pipeline.show.page import write_page

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(write_page(report).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise GoujiError(E304, reason=f"{path}（{error.strerror}）") from None


def _refusal(name: str, year: int, lookup: Lookup) -> str:
    from pipeline.show.printable import printable

    wanted = printable(name)
    if lookup.found:
        many = f"“{wanted}”{year} 年度有 {len(lookup.found)} 份，写全名称，或用 SHA-256 的前几位代替名称："
        return f"gouji show: {many}\n{_lines(lookup.found)}"
    if lookup.years:
        return f"gouji show: “{wanted}”没有 {year} 年度的报告；有的年度：{'、'.join(map(str, lookup.years))}"
    near = f"；相近的有：{'、'.join(map(printable, lookup.near))}" if lookup.near else ""
    return f"gouji show: 没有“{wanted}”的报告{near}"


def _lines(candidates: Iterable[Candidate]) -> str:
    from pipeline.show.printable import printable

    listed = list(candidates)
    lines = [
        f"  {one.sha256[:12]}  {printable(one.agency or '（未写明机关）')}  {printable(one.file)}"
        for one in listed[:MOST_LISTED]
    ]
    if len(listed) > MOST_LISTED:
        lines.append(f"  … 另有 {len(listed) - MOST_LISTED} 份")
    return "\n".join(lines)
