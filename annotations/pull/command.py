"""`gouji annotate pull`: answers from the server into the data."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from annotations.connect import add_server_arguments

if TYPE_CHECKING:
    from pipeline.cli import Subparsers


def add(commands: Subparsers) -> None:
    """Registers `pull`."""
    parser = commands.add_parser(
        "pull",
        add_help=False,
        help="取回标注员的答案，核对后并入数据",
        description="取回推送过的任务的答案，逐格核对后记入 OUT/answers，并重写数据表。再次运行只添新的；"
        "中断后重新运行即可。有答案没有收下时返回 1。",
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="gouji ingest 的 --out")
    parser.add_argument("--batch", metavar="名称", help="只取这一批；默认全部")
    add_server_arguments(parser)
    parser.add_argument("--gold", type=Path, metavar="文件夹", help="把答全且一致的报告写成标准答案，连同报告一份")
    parser.add_argument("--no-store", action="store_true", help="不重写数据表")
    parser.add_argument("--workers", type=_count, default=1, metavar="N", help="重写数据表的进程数，默认 1")
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.set_defaults(run=_run)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _run(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from annotations.connect import client, find_server
    from annotations.pull.pulling import pull
    from annotations.pull.summary import problems, show_agreement, show_tag_agreement, summary
    from annotations.push.tag_tasks import names_of_labels
    from pipeline.ingest.run import rewrite_store
    from pipeline.show.printable import printable

    def say(line: str) -> None:
        print(printable(line), file=sys.stderr, flush=True)

    server = find_server(arguments.url, arguments.token)
    found = pull(
        client(server), server.url, arguments.out, arguments.batch, arguments.gold, names_of_labels(), say
    )
    if not arguments.no_store:
        rewrite_store(arguments.out, arguments.workers)
    for line in summary(found):
        print(line)
    if found.agreement:
        show_agreement(found.agreement, Console(highlight=False, markup=False, emoji=False))
    elif found.agreement is None:
        print("没有装评测用的包，标注员之间的一致程度没有算", file=sys.stderr)
    if found.tag_agreement:
        show_tag_agreement(found.tag_agreement, Console(highlight=False, markup=False, emoji=False))
    for line in problems(found.problems):
        print(line, file=sys.stderr)
    return 1 if found.problems else 0
