"""`gouji annotate up`: a Label Studio server for people who have none. `gouji annotate down` stops it."""

from __future__ import annotations

import argparse
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from annotations.server.folder import Folder, Running
    from pipeline.cli import Subparsers

LOOPBACK = "127.0.0.1"
LOOKS = 0.2
"""Seconds between two looks for Ctrl-C."""


def add(commands: Subparsers) -> None:
    """Registers `up` and `down`."""
    up = commands.add_parser(
        "up",
        add_help=False,
        help="启动本机的 Label Studio",
        description="启动一个 Label Studio 服务器，只有本机能访问。第一次使用时把它装在单独的环境里（约 1 GB）；"
        "装好以后不再联网。Ctrl-C 停止，数据保留。",
    )
    _add_data(up)
    up.add_argument("--port", type=_port, metavar="端口", help="默认用上次的，再是 8080，被占用时任选一个空闲的")
    up.add_argument(
        "--program", type=Path, metavar="程序", help="已安装的 label-studio；也可用环境变量 GOUJI_LABEL_STUDIO"
    )
    up.add_argument("--listen", default=LOOPBACK, metavar="地址", help="在这个地址上监听，默认 127.0.0.1（只限本机）")
    up.add_argument("--background", action="store_true", help="启动后返回，服务器留在后台")
    up.add_argument("--install", action="store_true", help="只安装，不启动")
    up.add_argument("-h", "--help", action="help", help="显示说明并退出")
    up.set_defaults(run=_up)
    down = commands.add_parser(
        "down",
        add_help=False,
        help="停止 gouji annotate up 启动的服务器",
        description="停止 gouji annotate up 启动的服务器。数据保留。",
    )
    _add_data(down)
    down.add_argument("-h", "--help", action="help", help="显示说明并退出")
    down.set_defaults(run=_down)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="文件夹",
        help="数据所在，默认 ~/.local/share/gouji/label-studio 或环境变量 GOUJI_LABEL_STUDIO_HOME",
    )  # fmt: skip


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 1 << 16:
        raise ValueError(text)
    return port


def _up(arguments: argparse.Namespace) -> int:
    from annotations.server.environment import find_program, install
    from annotations.server.folder import home, is_loopback
    from annotations.server.process import failed, stop

    if arguments.install:
        print(f"Label Studio 的程序：{find_program(arguments.program) or install(home(), _say)}")
        return 0
    folder = _folder(arguments.data)
    begun: list[subprocess.Popen[bytes]] = []
    stays = False
    with _ended_by_signals():
        try:
            running = _bring_up(folder, arguments, begun)
            # From when it is said how to stop it.
            stays = bool(begun) and not arguments.background
            _show(folder, running, arguments, started=bool(begun))
            if not is_loopback(running.listen):
                _say(f"注意：监听 {running.listen}，别的机器也能连到它；连接没有加密，只在可信的网络里这样用")
            if not stays:
                return 0
            code = _ended(begun[0])
        except BaseException as ending:
            # Whatever ends us, nothing that we started is left behind.
            if begun and begun[0].poll() is None:
                stop(folder)
            if not stays or not isinstance(ending, KeyboardInterrupt):
                raise
            code = -signal.SIGTERM
    if code != -signal.SIGTERM:
        raise failed(folder)
    print("已停止")
    return 0


def _ended(child: subprocess.Popen[bytes]) -> int:
    """Its exit status. Raises KeyboardInterrupt where Ctrl-C was pressed: one that is raised wherever we happen to be
    may be lost."""
    from pipeline.ingest.stopping import noted_interrupts

    with noted_interrupts() as check:
        while True:
            with suppress(subprocess.TimeoutExpired):
                return child.wait(timeout=LOOKS)
            check()


def _bring_up(folder: Folder, arguments: argparse.Namespace, begun: list[subprocess.Popen[bytes]]) -> Running:
    """The server of the folder, answering; `begun` gets its process where it is started here."""
    from annotations.server.environment import find_program, install
    from annotations.server.folder import Running, home
    from annotations.server.process import choose_port, prepare, start, wait_for

    program = find_program(arguments.program)
    with folder.ours(lambda: _say("另一个 gouji 正在启动或停止它，请稍候")) as lock:
        running = folder.running()
        if running is None:
            port = choose_port(arguments.listen, arguments.port, folder.last_port())
            program = program or install(home(), _say)
            prepare(folder, program, lock, _say)
            begun.append(start(folder, program, port, arguments.listen))
            running = Running(begun[0].pid, port, arguments.listen)
        wait_for(folder, running)
        return running


def _show(folder: Folder, running: Running, arguments: argparse.Namespace, started: bool) -> None:
    account = folder.account()
    which = shlex.join(["--data", str(arguments.data)]) if arguments.data else ""
    print(f"Label Studio {'已启动' if started else '已在运行'}：{running.url}")
    if account:
        print(f"用户：{account.user}")
        # What a pipe takes may end in a file that others read.
        shown = sys.stdout.isatty()
        print(f"密码：{account.password}" if shown else f"密码：在 {folder.account_file} 里，只有你能读")
    print(f"数据：{folder.path}")
    if which:
        print(f"其他命令要找到它：先运行 export GOUJI_LABEL_STUDIO_HOME={shlex.quote(str(folder.path))}")
    stays = started and not arguments.background
    print("停止：Ctrl-C" if stays else f"停止：gouji annotate down {which}".rstrip(), flush=True)
    if not started and arguments.port not in (None, running.port):
        _say(f"它用的是端口 {running.port}；要换成 {arguments.port}，先停止再启动")


def _down(arguments: argparse.Namespace) -> int:
    from annotations.server.process import stop

    folder = _folder(arguments.data)
    if not folder.path.exists():
        print("没有在运行的服务器")
        return 0
    with folder.ours(lambda: _say("另一个 gouji 正在启动或停止它，请稍候")):
        print("已停止" if stop(folder) else "没有在运行的服务器")
    return 0


def _folder(given: Path | None) -> Folder:
    from annotations.server.folder import Folder, home

    return Folder(given.expanduser().absolute() if given else home())


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A closed terminal or a polite kill ends us as an exception does, so that the server ends with us."""

    def end(number: int, _: object) -> NoReturn:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    """What happens meanwhile, and warnings."""
    print(line, file=sys.stderr, flush=True)
