"""`gouji annotate select`: the next batch of questions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import E304, GoujiError

if TYPE_CHECKING:
    from annotations.select.reading import Read
    from annotations.select.settings import AnnotateSettings
    from annotations.selection import Selection
    from pipeline.cli import Subparsers

STRATEGY_NAMES = ("worth", "uncertainty", "committee", "diverse", "random")
FOLDER = Path("annotate") / "selections"
"""Of OUT, where no other place is given."""


def add(commands: Subparsers) -> None:
    """Registers `gouji annotate select`."""
    parser = commands.add_parser(
        "select",
        add_help=False,
        help="选出下一批要人看的格",
        description="从 gouji ingest 的结果中选出值得人看的报告和格，写成一批。默认按每分钟预期能改正的格数选。",
    )
    parser.add_argument("out", type=Path, metavar="文件夹", help="gouji ingest 的 --out")
    parser.add_argument("--count", type=int, required=True, metavar="N", help="最多选 N 份报告")
    parser.add_argument(
        "--strategy", choices=STRATEGY_NAMES, default="worth", metavar="策略",
        help="worth（默认，每分钟预期改正最多）、uncertainty（把握最低）、committee（各方分歧最大）、"
        "diverse（互不相像）、random（随机）",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, metavar="种子", help="同一种子选出同一批，默认 0")
    parser.add_argument("--batch", default="", metavar="名称", help="这一批的名称；默认由策略和内容得出")
    parser.add_argument(
        "--twice", type=float, default=0.2, metavar="比例", help="由两人各答一遍的报告所占比例，0 到 1，默认 0.2"
    )
    parser.add_argument("--minutes", type=float, metavar="M", help="预计用时不超过 M 分钟（各人合计）")
    parser.add_argument(
        "--again", action="store_true", help="已推送、还没有人答的格也可再选；默认不选，免得重复问人"
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="进程数，默认 1；不影响结果")
    parser.add_argument("--output", type=Path, metavar="文件", help=f"写到这里；默认 文件夹/{FOLDER}/名称.json")
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if problem := _problem(arguments):
        print(f"gouji annotate select: {problem}", file=sys.stderr)
        return 2
    from annotations.select.batch import Wanted, select_batch
    from annotations.select.settings import load_annotate_settings

    settings = load_annotate_settings()
    try:
        read = _read(arguments, settings)
    except KeyboardInterrupt:
        print("已停止，什么也没有写", file=sys.stderr)
        return 130
    wanted = Wanted(arguments.count, arguments.minutes, arguments.twice)
    selection = select_batch(
        read.sketches, read.asked_before, arguments.strategy, arguments.seed, wanted, settings, arguments.batch
    )
    if not selection.reports:
        print(f"没有要人看的格（{read.counts['contents']} 份内容）")
        for line in _waiting(read):
            print(line)
        return 0
    path = arguments.output or arguments.out / FOLDER / f"{selection.name}.json"
    _write(path, selection.to_bytes())
    for line in summary(selection, read):
        print(line)
    print(f"写到 {path}")
    return 0


def _problem(arguments: argparse.Namespace) -> str | None:
    if arguments.count < 1 or arguments.workers < 1:
        return "--count 和 --workers 应当大于 0"
    if not 0 <= arguments.twice <= 1:
        return "--twice 应当在 0 和 1 之间"
    if arguments.minutes is not None and not arguments.minutes > 0:
        return "--minutes 应当大于 0"
    if arguments.batch and (arguments.batch != Path(arguments.batch).name or arguments.batch.startswith(".")):
        return "--batch 不能含 /，也不能以 . 开头"
    return None


def _read(arguments: argparse.Namespace, settings: AnnotateSettings) -> Read:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from annotations.select.reading import read_out

    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed} 份"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("选取", total=None)
        return read_out(
            arguments.out, arguments.strategy, arguments.seed, settings, arguments.workers,
            lambda done: bar.update(task, completed=done), arguments.again,
        )  # fmt: skip


def summary(selection: Selection, read: Read) -> list[str]:
    """What the batch asks, and what is left; lines in Chinese."""
    from collections import Counter

    from pipeline.show.printable import printable

    cells = sum(len(one.cells) for one in selection.reports)
    asked = sum(len(one.fields) for one in selection.reports)
    overviews = sum(one.overview is not None for one in selection.reports)
    minutes = sum(one.seconds * one.annotators for one in selection.reports) / 60
    agencies = {one.agency for one in selection.reports}
    statuses = {one.sha256: one.status for one in read.sketches}
    counted = Counter(statuses[one.sha256] for one in selection.reports)
    counts = read.counts
    twice = sum(one.annotators > 1 for one in selection.reports)
    lines = [
        f"{printable(selection.name)}：{len(selection.reports)} 份报告 {cells} 格和 {overviews} 张表的总览，"
        f"{len(agencies)} 个机关，预计 {minutes:.0f} 分钟（其中 {twice} 份两人各答一遍）",
        "按状态：" + "、".join(f"{status} {number}" for status, number in sorted(counted.items())),
        f"全部待看：{counts['open']} 份 {counts['cells']} 格；这一批之后至少尚有 {max(0, counts['cells'] - asked)} 格",
    ]
    if counts["lost"]:
        lines.append(f"其中 {counts['lost']} 格所在的表整张没有找到：先问总览，余下的逐格录入")
    return [*lines, *_waiting(read)]


def _waiting(read: Read) -> list[str]:
    cells = read.counts["waiting"]
    return [f"另有 {cells} 格已推送、还没有人答，没有再选；--again 可重选"] if cells else []


def _write(path: Path, data: bytes) -> None:
    half = path.with_name(f"{path.name}.half")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        raise GoujiError(E304, reason=f"{path}（{error.strerror}）") from None
