"""`gouji doctor`: the table and the JSON. Exit codes: 0 all that is needed is there; 1 a needed part is broken.

Loads nothing of ours that could itself be broken before it is looked at.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from pipeline.doctor.check import Check, Look, State, reason
from pipeline.doctor.machine import machine
from pipeline.doctor.models import networks, recognisers
from pipeline.doctor.packages import extras, needed_packages
from pipeline.doctor.programs import for_training, office

if TYPE_CHECKING:
    from pipeline.cli import Subparsers

MARKS: dict[State, str] = {"ok": "✓", "noted": "-", "broken": "✗"}
_STYLES: dict[State, str] = {"ok": "green", "noted": "yellow", "broken": "bold red"}
_WIDTH = 100
"""Columns where the output is no terminal."""
REINSTALL = "重新安装：make demo，或 pip install -c constraints.txt -e ."


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of the table."""

    title: str
    look: Look
    waiting: str = ""
    """What is being done, where it takes seconds."""
    optional: bool = False
    """The program reads reports without it."""


def read_sample() -> list[Check]:
    # What it needs is looked at before.
    from pipeline.doctor.sample import read_sample

    return read_sample()


PARTS = (
    Part("机器", machine),
    Part("Python 包", needed_packages, "载入各个包"),
    Part("随程序的模型", networks, "运行随程序的模型"),
    Part("文字识别", recognisers, "载入文字识别模型，要几秒"),
    Part("试读", read_sample),
    Part("其他格式", office, "启动 LibreOffice", optional=True),
    Part("选装", extras, optional=True),
    Part("只用于训练和评测", for_training, optional=True),
)


def command(commands: Subparsers) -> None:
    parser = commands.add_parser(
        "doctor",
        add_help=False,
        help="检查安装：缺什么，有什么影响，怎么补",
        description="逐项检查安装是否完整，模型真正运行一遍，并试读一份内置的小报告。需要的都在则退出码为 0。",
    )
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.add_argument("--json", action="store_true", help="只在标准输出写结果，供程序读取")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    found = [(part, _looked_at(part)) for part in PARTS]
    checks = [check for _, of_part in found for check in of_part]
    broken = [check for check in checks if check.state == "broken"]
    if arguments.json:
        listed = [
            {"part": part.title, "optional": part.optional, **asdict(check)}
            for part, of_part in found
            for check in of_part
        ]
        print(json.dumps({"version": _version(), "ok": not broken, "checks": listed}, ensure_ascii=False, indent=2))
    else:
        _print(found, checks)
    return 1 if broken else 0


def _looked_at(part: Part) -> list[Check]:
    watched = bool(part.waiting) and sys.stderr.isatty()
    if watched:
        print(f"\r\x1b[K{part.waiting}…", end="", file=sys.stderr, flush=True)
    try:
        return part.look()
    except Exception as error:
        # The other parts are still to be looked at.
        state: State = "noted" if part.optional else "broken"
        return [Check(part.title, state, reason(error), "这一项没有检查成", REINSTALL)]
    finally:
        if watched:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _version() -> str:
    try:
        return version("gouji")
    except PackageNotFoundError:
        return "（没有安装）"


def _print(found: Sequence[tuple[Part, list[Check]]], checks: Sequence[Check]) -> None:
    try:
        from rich.console import Console
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text
    except ImportError:
        # One of the packages that may be missing.
        _print_plainly(found, checks)
        return
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH
    with console.capture() as capture:
        console.print(f"gouji {_version()}")
        for part, of_part in found:
            console.print(Text(f"\n{part.title}", style="bold"))
            table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
            table.add_column(width=1)
            table.add_column(min_width=14, no_wrap=True)
            table.add_column(overflow="fold")
            for check in of_part:
                said = Text("\n".join(_lines(check)))
                table.add_row(Text(MARKS[check.state], style=_STYLES[check.state]), check.name, said)
            console.print(Padding(table, (0, 0, 0, 2)))
        console.print(f"\n{_summary(checks)}")
    # Lines that were folded keep spaces at the end, which a file need not have.
    text = capture.get()
    print(text if console.is_terminal else "\n".join(line.rstrip() for line in text.splitlines()))


def _print_plainly(found: Sequence[tuple[Part, list[Check]]], checks: Sequence[Check]) -> None:
    for part, of_part in found:
        print(f"\n{part.title}")
        for check in of_part:
            print(f"  {MARKS[check.state]} {check.name}  " + "\n      ".join(_lines(check)))
    print(f"\n{_summary(checks)}")


def _lines(check: Check) -> list[str]:
    """What was found, and where something is missing what that costs and what to do."""
    more = (("影响：", check.costs), ("怎么办：", check.remedy)) if check.state != "ok" else ()
    return [check.found, *(f"{word}{text}" for word, text in more if text)]


def _summary(checks: Sequence[Check]) -> str:
    broken = [check.name for check in checks if check.state == "broken"]
    noted = [check.name for check in checks if check.state == "noted"]
    more = f"；没有或不足的选装部分：{'、'.join(noted)}" if noted else ""
    if broken:
        return f"✗ {len(broken)} 项有问题，先按上面“怎么办”处理：{'、'.join(broken)}{more}"
    return f"✓ 需要的都在，可以使用{more}"
