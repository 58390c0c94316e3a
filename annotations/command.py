"""`gouji annotate`: the loop over Label Studio. What each step does stands in its own folder."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.cli import Subparsers

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
