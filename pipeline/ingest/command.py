"""`gouji ingest`: many reports, unattended."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.ingest.run import Tally

PLAIN_SECONDS = 30.0
"""Between two lines of progress where nobody watches a terminal."""


def command(subparsers: Any) -> None:
    """Registers `gouji ingest`."""
    parser = subparsers.add_parser(
        "ingest",
        help="批量读报告，结果存成可查询的数据表",
        description="读文件夹、压缩包或清单里的全部报告。可随时中断，用同一命令接着做；每个文件都有着落，"
        "相同的内容只读一次。结果用 gouji query、gouji show、gouji export 查看。",
    )
    parser.add_argument(
        "paths", nargs="+", metavar="路径",
        help="文件、文件夹、通配符、压缩包（zip、tar）、网址（s3://、hdfs:// 等）或 @清单.txt（每行一个路径）",
    )  # fmt: skip
    parser.add_argument("--out", required=True, type=Path, metavar="文件夹", help="结果写到这里，此外哪里也不写")
    parser.add_argument("--workers", type=_count, default=1, metavar="N", help="进程数，默认 1")
    parser.add_argument("--timeout", type=_seconds, default=300.0, metavar="秒", help="每份报告的时限，默认 300")
    parser.add_argument("--memory-limit", type=_count, default=2048, metavar="MB", help="每份报告的内存上限，默认 2048")
    parser.add_argument("--only-new", action="store_true", help="只读没有读过的内容，旧版程序的结果也保留")
    parser.add_argument("--retry-failed", action="store_true", help="把读失败的再读一次")
    parser.add_argument("--dry-run", action="store_true", help="只数一数有多少要读，不读也不写")
    parser.add_argument("--device", metavar="设备", help="扫描件：cpu、gpu 或 gpu:1")
    parser.add_argument("--engine", choices=("local", "ray"), default="local", help="在本机（默认）还是在 Ray 集群上读")
    parser.add_argument("--address", metavar="地址", help="Ray 集群的地址；不给时在本机起一个")
    parser.add_argument("--copy-to", metavar="网址", help="结束后把文件清单和数据表复制到那里（s3://、hdfs:// 等）")
    parser.add_argument("--quiet", action="store_true", help="不显示进度，只在结束时写小结")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from pipeline.ingest.reading import Limits
    from pipeline.ingest.run import Options, ingest
    from pipeline.ingest.summary import summarise

    options = Options(
        workers=arguments.workers,
        limits=Limits(arguments.timeout, arguments.memory_limit),
        only_new=arguments.only_new,
        retry_failed=arguments.retry_failed,
        dry_run=arguments.dry_run,
        device=arguments.device,
    )
    if arguments.address and arguments.engine != "ray":
        print("gouji ingest: --address 要与 --engine ray 同用", file=sys.stderr)
        return 2
    started = time.monotonic()
    try:
        with _watching(arguments.quiet) as watch:
            if arguments.engine == "ray":
                from pipeline.ingest.on_ray import ray_engine

                with ray_engine(arguments.address, arguments.workers) as engine:
                    tally = ingest(arguments.paths, arguments.out, options, watch, engine)
            else:
                tally = ingest(arguments.paths, arguments.out, options, watch)
    except KeyboardInterrupt:
        print("已停止；用同一命令继续", file=sys.stderr)
        return 130
    if arguments.dry_run:
        print(f"{tally.files} 个文件：要读的内容 {tally.to_read} 份，已有结果的 {tally.kept} 份")
        return 0
    if arguments.copy_to:
        from pipeline.ingest.remote import copy_results

        copy_results(arguments.out, arguments.copy_to)
    summary = summarise(arguments.out)
    print(summary.text(tally.read, tally.kept, time.monotonic() - started))
    return 1 if summary.failed else 0


@contextmanager
def _watching(quiet: bool) -> Iterator[Callable[[Tally], None]]:
    """A bar in a terminal, a line now and then elsewhere, nothing where that is wished."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield _plain()


@contextmanager
def _bar() -> Iterator[Callable[[Tally], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as bar:
        task = bar.add_task("读取", total=None, counts="")
        started = time.monotonic()

        def watch(tally: Tally) -> None:
            done = tally.read + tally.kept
            rate = tally.read / max(time.monotonic() - started, 0.001)
            counts = f"{done} 份，每秒 {rate:.1f}  {_counts(tally)}"
            bar.update(task, description=tally.stage or "读取", total=tally.total, completed=tally.files, counts=counts)

        yield watch


def _plain() -> Callable[[Tally], None]:
    said, stage = time.monotonic(), ""

    def watch(tally: Tally) -> None:
        nonlocal said, stage
        now = time.monotonic()
        if tally.stage != stage or now - said >= PLAIN_SECONDS:
            said, stage = now, tally.stage
            of = f" / {tally.total}" if tally.total else ""
            print(f"{tally.stage}：{tally.files}{of} 个文件，{_counts(tally)}", file=sys.stderr, flush=True)

    return watch


def _counts(tally: Tally) -> str:
    from pipeline.show.words import REPORT_STATUS_WORDS

    counts = ((words, tally.statuses[status]) for status, words in REPORT_STATUS_WORDS.items())
    return "、".join(f"{words} {count}" for words, count in counts if count)


def _count(text: str) -> int:
    number = int(text)
    if not 0 < number < 1 << 24:
        raise ValueError(text)
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e7:
        raise ValueError(text)
    return seconds
