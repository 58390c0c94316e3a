"""`gouji annotate`: the loop over Label Studio. What each step does stands in its own folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.cli import Subparsers

INSTALL = "运行 pip install -c constraints.txt -e '.[annotate]'"
"""`loop` and `simulate` need the extra `train` as well."""
STEPS = ("server", "select", "push", "pull", "backend", "loop", "simulate")


def command(commands: Subparsers) -> None:
    """Adds `gouji annotate` with its steps."""
    parser = commands.add_parser(
        "annotate", add_help=False, help="人工核对：在 Label Studio 上核对未能确定的数字",
        description="起服务器（up）、选格（select）、推送（push）、收回答案（pull）、预标注服务（backend）、循环（loop）。",
    )  # fmt: skip
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    steps = parser.add_subparsers(title="步骤", metavar="步骤", required=True)
    for step in STEPS:
        import_module(f"annotations.{step}.command").add(steps)
    for parser in steps.choices.values():
        run: Callable[[argparse.Namespace], int] = parser.get_default("run")
        parser.set_defaults(run=_told(run))


def _told(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """The step; where a package of the extra is missing, one line that says how to get it."""

    def told(arguments: argparse.Namespace) -> int:
        try:
            return run(arguments)
        except ModuleNotFoundError as missing:
            if (missing.name or "").split(".")[0] in ("annotations", "pipeline", "training"):
                raise
            print(f"gouji annotate: 缺少人工核对用的包（{missing.name}）：{INSTALL}", file=sys.stderr)
            return 1

    return told
