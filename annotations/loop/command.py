"""`gouji annotate loop`: rounds of training, measuring and asking, as one command that is given again and again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from annotations.connect import add_server_arguments

if TYPE_CHECKING:
    from pipeline.cli import Subparsers

HELD_OUT = 40


def add(commands: Subparsers) -> None:
    """Registers `loop`."""
    parser = commands.add_parser(
        "loop",
        add_help=False,
        help="一轮一轮地做：训练、评测、读取、选格、推送、取回",
        description="每轮：训练（给了 --train 时）、在没有参与训练的机关上评测、读取报告、选格、推送，等人答完后取回。"
        "要等人时说明并结束；再运行同一命令就接着做。可随时中断。各轮记在 DIR/history.jsonl，曲线在 DIR/curve.html。",
    )
    parser.add_argument("--reports", nargs="+", required=True, metavar="路径", help="同 gouji ingest 的路径")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="结果写到这里，也是 ingest 的 --out")
    parser.add_argument("--rounds", type=_count, required=True, metavar="N", help="共做几轮")
    parser.add_argument("--count", type=_count, default=50, metavar="M", help="每轮最多问几份报告，默认 50")
    parser.add_argument("--strategy", default="worth", metavar="策略", help="见 gouji annotate select，默认 worth")
    parser.add_argument("--tags", type=_none_or_more, default=0, metavar="K", help="每轮另请人标 K 份文字，默认 0")
    parser.add_argument(
        "--train", type=Path, metavar="配置",
        help="每轮用已取回的文字标注重新训练（约两小时）；不差于旧模型才换上。例如 configs/tagger.yaml",
    )  # fmt: skip
    parser.add_argument("--gold", type=Path, metavar="文件夹", help="评测用的标准答案与报告")
    parser.add_argument(
        "--held-out", type=_none_or_more, default=HELD_OUT, metavar="N", help=f"评测用的模拟报告份数，默认 {HELD_OUT}"
    )
    parser.add_argument("--risk", type=_risk, default=0.001, metavar="比例", help="采用下限允许错的占比，默认 0.001")
    parser.add_argument("--seed", type=_none_or_more, default=0, metavar="种子", help="默认 0；每轮加 1")
    parser.add_argument("--workers", type=_count, default=1, metavar="N", help="进程数，默认 1")
    parser.add_argument("--close", action="store_true", help="不再等这一轮没有答的格")
    add_server_arguments(parser)
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from annotations.connect import find_server
    from annotations.loop.rounds import Failed, Plan, run_rounds

    plan = Plan(
        reports=tuple(arguments.reports), out=arguments.out, rounds=arguments.rounds, count=arguments.count,
        server=find_server(arguments.url, arguments.token), gold=arguments.gold, held_out=arguments.held_out,
        train=arguments.train, tags=arguments.tags, risk=arguments.risk, strategy=arguments.strategy,
        seed=arguments.seed, workers=arguments.workers, close=arguments.close,
    )  # fmt: skip
    try:
        print(run_rounds(plan, _say))
    except Failed as failed:
        print(f"gouji annotate loop: gouji {failed} 没有做成，改正后再运行同一命令", file=sys.stderr)
        return failed.code if failed.code > 0 else 1
    except KeyboardInterrupt:
        print("已停止；用同一命令继续", file=sys.stderr)
        return 130
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _none_or_more(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _risk(text: str) -> float:
    risk = float(text)
    if not 1e-6 <= risk < 1:
        raise ValueError(text)
    return risk
