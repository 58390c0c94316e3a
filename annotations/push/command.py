"""`gouji annotate push OUT`: what was selected goes to Label Studio as tasks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from annotations.connect import add_server_arguments

if TYPE_CHECKING:
    from annotations.push.push import Tally
    from annotations.push.tag_tasks import TagTally
    from pipeline.cli import Subparsers

MOST_LISTED = 20


def add(commands: Subparsers) -> None:
    """Adds `gouji annotate push`."""
    parser = commands.add_parser(
        "push", add_help=False, help="把选出的格建成 Label Studio 任务",
        description="把 gouji annotate select 选出的格连同原件图像推送到 Label Studio；再推送一次不会重复。",
    )  # fmt: skip
    parser.add_argument("out", type=Path, metavar="文件夹", help="gouji ingest 的 --out")
    parser.add_argument("--batch", metavar="名称", help="select 选出的哪一批；只有一批时不必写")
    parser.add_argument("--selection", type=Path, metavar="文件", help="select --output 写出的文件，代替 --batch")
    parser.add_argument(
        "--adjudicate", action="store_true",
        help="推送 OUT/annotate/disputed.json：两人答案不同的格；同 --tags 连用则推送 disputed-tags.json："
        "两人标得不同的文本",
    )  # fmt: skip
    parser.add_argument("--tags", action="store_true", help="建“标注文本”任务：在全文里标出数字和各部分")
    add_server_arguments(parser)
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from annotations.connect import find_server
    from annotations.push.push import push_cells
    from annotations.selection import load_selection

    try:
        selection = load_selection(arguments.selection or _chosen(arguments))
    except LookupError as problem:
        print(f"gouji annotate push: {problem.args[0]}", file=sys.stderr)
        return 2
    server = find_server(arguments.url, arguments.token)
    tally: Tally | TagTally
    try:
        if arguments.tags and arguments.adjudicate:
            from annotations.push.tag_adjudication import push_tag_adjudications

            tally = push_tag_adjudications(arguments.out, selection, server, _watch)
        elif arguments.tags:
            from annotations.push.tag_tasks import push_tags

            tally = push_tags(arguments.out, selection, server, _watch)
        else:
            tally = push_cells(arguments.out, selection, server, _watch, arguments.adjudicate)
    finally:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    print(f"推送 {tally.pushed} 个任务，已在服务器上的 {tally.known} 个，共 {tally.total} 个")
    for number in tally.projects.values():
        print(f"  {server.url}/projects/{number}/data?labeling=1")
    for line in tally.left_out[:MOST_LISTED]:
        print(f"gouji annotate push: {line}", file=sys.stderr)
    if len(tally.left_out) > MOST_LISTED:
        print(f"gouji annotate push: 另有 {len(tally.left_out) - MOST_LISTED} 份未能建成任务", file=sys.stderr)
    return 1 if tally.left_out else 0


def _chosen(arguments: argparse.Namespace) -> Path:
    """Raises LookupError where there is no such batch, or several and none is named."""
    from annotations.select.command import FOLDER

    if arguments.adjudicate:
        disputed: Path = arguments.out / "annotate" / ("disputed-tags.json" if arguments.tags else "disputed.json")
        return disputed
    folder: Path = arguments.out / FOLDER
    found = sorted(folder.glob("*.json"))
    named = [path for path in found if arguments.batch in (None, path.stem)]
    if len(named) == 1:
        return named[0]
    batches = "、".join(path.stem for path in found)
    raise LookupError(
        f"用 --batch 指明一批；有的批次：{batches}" if found else f"{folder} 下没有批次，先运行 gouji annotate select"
    )


def _watch(tally: Tally | TagTally) -> None:
    if sys.stderr.isatty():
        done = tally.pushed + tally.known + len(tally.left_out)
        print(f"\r\x1b[K推送 {done}/{tally.total}", end="", file=sys.stderr, flush=True)
