"""`gouji annotate backend`: pre-annotations while people tag, and training on what they tagged."""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from annotations.connect import add_server_arguments
from pipeline.errors import E304, GoujiError

if TYPE_CHECKING:
    from pipeline.cli import Subparsers

LOOPBACK, PORT = "127.0.0.1", 9090
FOLDER = Path("annotate") / "backend"
"""Of OUT."""


def add(commands: Subparsers) -> None:
    """Registers `backend`."""
    parser = commands.add_parser(
        "backend",
        add_help=False,
        help="预标注服务：Label Studio 向它要当前模型的标注",
        description="Label Studio 的机器学习服务：给“标文字”的任务预标注，收下新标注，够数时重新训练。Ctrl-C 停止；"
        "收到的标注都在盘上，再启动时接着用。在项目的 Settings → Model 里填它的地址，或用 --connect 登记。",
    )
    parser.add_argument("--listen", default=LOOPBACK, metavar="地址", help="监听的地址，默认 127.0.0.1（只限本机）")
    parser.add_argument("--port", type=_port, default=PORT, metavar="端口", help=f"默认 {PORT}")
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="文件夹", help="ingest 的 --out，默认 ./out")
    parser.add_argument("--data", type=Path, metavar="文件夹", help="队列和新模型所在，默认 OUT/annotate/backend")
    parser.add_argument(
        "--retrain-after", type=_count, default=0, metavar="N",
        help="有 N 份新标注就重新训练，默认不训练（一次约两小时）；新模型在未参与训练的数据上不差于旧的才换上",
    )  # fmt: skip
    parser.add_argument("--config", type=Path, default=Path("configs/tagger.yaml"), metavar="文件", help="训练的配置")
    parser.add_argument("--connect", type=_count, metavar="项目", help="把服务登记到这个编号的项目，并给其任务预标注")
    add_server_arguments(parser)
    parser.add_argument("-h", "--help", action="help", help="显示说明并退出")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    import uvicorn

    from annotations.backend.application import application
    from annotations.backend.service import Retraining, Service
    from annotations.server.folder import is_loopback

    data = arguments.data or arguments.out / FOLDER
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GoujiError(E304, reason=f"{data}（{error.strerror}）") from None
    service = Service(data, Retraining(arguments.retrain_after, arguments.config), _say)
    with _listening(arguments.listen, arguments.port) as listener:
        where = f"http://{arguments.listen}:{listener.getsockname()[1]}"
        _say(f"预标注服务：{where}，模型 {service.current().version}；待学的标注 {service.queue.waiting()} 份")
        if not is_loopback(arguments.listen):
            _say(f"注意：监听 {arguments.listen}，别的机器也能连到它；没有密码，只在可信的网络里这样用")
        # Requests hold tokens and people's work: none of it is logged.
        how = uvicorn.Config(application(service), log_level="critical", access_log=False, timeout_graceful_shutdown=5)
        server = uvicorn.Server(how)
        if arguments.connect:
            _connect_when_up(server, arguments, where, service)
        server.run(sockets=[listener])
    return 0


def _connect_when_up(server: object, arguments: argparse.Namespace, where: str, service: object) -> None:
    """The server calls the service while it registers it, so that this waits beside it."""
    from threading import Thread

    from annotations.backend.registering import connect

    def work() -> None:
        try:
            _say(connect(arguments.url, arguments.token, arguments.connect, where, service, server))  # type: ignore[arg-type]
        except GoujiError as error:
            _say(f"没有登记到项目 {arguments.connect}：{error}")

    Thread(target=work, daemon=True).start()


def _listening(address: str, port: int) -> socket.socket:
    """Raises GoujiError: E304 where the port is taken or the address is none of this machine's."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError as error:
        listener.close()
        raise GoujiError(E304, reason=f"不能监听 {address}:{port}（{error.strerror}），换一个 --port") from None
    return listener


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 1 << 16:
        raise ValueError(text)
    return port


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number
