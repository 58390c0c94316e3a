"""A server started, waited for, and stopped."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from io import BufferedWriter
from pathlib import Path

from annotations.server.folder import Account, Folder, Running
from annotations.server.settings import first_settings, settings
from pipeline.errors import E304, E404, GoujiError
from pipeline.show.printable import printable

USUAL_PORT = 8080
PATIENCE = 300.0
"""Seconds to wait for a server; one on a slow disk takes a minute."""
LAST_WORDS = 10.0
"""Seconds that a server has to end when it is asked to."""
_LISTENS = re.compile(r"Starting development server at \S*:(\d+)/")
_ELSEWHERE = re.compile(r"Port \d+ is in use")

Tell = Callable[[str], None]


def prepare(folder: Folder, program: Path, lock: int, tell: Tell) -> Account:
    """The database with its first user, made where there is none. It is made under another name, so that it is there
    whole or not at all.

    Args:
        folder: where, held by its lock.
        program: Label Studio.
        lock: of the folder; the program inherits it, so that nobody makes a second one if we are killed.
        tell: told that it will take a while.

    Raises:
        GoujiError: E404 where Label Studio fails or the folder's database is not ours, E304, E305.
    """
    account = folder.account() or folder.make_account()
    if folder.database.exists():
        return account
    tell("第一次启动：建立数据库，约一分钟")
    half = folder.path / "database.new"
    try:
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        with _new_log(folder) as log:
            made = subprocess.run(
                [program, "init", "--quiet"], env=first_settings(half, account), cwd=half, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, pass_fds=(lock,), start_new_session=True,
            )  # fmt: skip
        if made.returncode or not (half / "label_studio.sqlite3").exists():
            raise failed(folder)
        half.rename(folder.database)
    except OSError as error:
        raise GoujiError(E304, reason=f"{error.filename or folder.path}（{error.strerror}）") from None
    return account


def start(folder: Folder, program: Path, port: int, listen: str) -> subprocess.Popen[bytes]:
    """Starts a server on a database that is there; `wait_for` says when it answers. It outlives us.

    Raises:
        GoujiError: E404 where the program cannot be run, E304.
    """
    address = f"[{listen}]" if ":" in listen else listen
    command = [str(program), "start", "--no-browser", "--internal-host", address, "--port", str(port)]
    command += ["--log-level", "WARNING"]
    with folder.life() as lock:
        try:
            with _new_log(folder) as log:
                child = subprocess.Popen(
                    command, env=settings(folder.database, listen), cwd=folder.database, stdin=subprocess.DEVNULL,
                    stdout=log, stderr=subprocess.STDOUT, pass_fds=(lock,), start_new_session=True,
                )  # fmt: skip
        except OSError as error:
            raise GoujiError(E404, reason=f"{program}（{error.strerror}）") from None
        folder.write_running(Running(child.pid, port, listen))
    return child


def wait_for(folder: Folder, running: Running) -> None:
    """Returns as soon as the server answers at the port that it was given.

    Label Studio takes the next port where its own is busy, and then whoever has it would answer in its place: it is
    stopped, and what its log says is believed before any answer.

    Raises:
        GoujiError: E404 where it ends, went to another port or never answers.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        alive = folder.is_alive()
        said = _first_words(folder)
        listens = _LISTENS.search(said)
        if _ELSEWHERE.search(said) or (listens and int(listens[1]) != running.port):
            stop(folder)
            raise busy(running.port)
        if not alive:
            raise failed(folder)
        if listens and answers(running.url):
            return
        time.sleep(0.2)
    stop(folder)
    raise GoujiError(E404, reason=f"{PATIENCE:.0f} 秒没有应答，日志在 {folder.log}")


def stop(folder: Folder) -> bool:
    """Ends the server of a folder, gently first; whether there was one.

    Raises:
        GoujiError: E404 where it cannot be ended, E305.
    """
    running = folder.running()
    if running is None:
        return False
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(running.pid, sign)
        except ProcessLookupError:
            pass
        except PermissionError:
            raise GoujiError(E404, reason=f"进程 {running.pid} 属于别的用户，不能停止") from None
        until = time.monotonic() + LAST_WORDS
        while time.monotonic() < until:
            if not folder.is_alive():
                return True
            time.sleep(0.05)
    raise GoujiError(E404, reason=f"进程 {running.pid} 停不下来")


def choose_port(listen: str, wanted: int | None, last: int | None) -> int:
    """The port that was asked for, or the last one, or the usual one, or any that is free.

    Raises:
        GoujiError: E404 where the one asked for is busy or the address is not this machine's.
    """
    if wanted is not None:
        if not _is_free(listen, wanted):
            raise busy(wanted)
        return wanted
    for port in (last, USUAL_PORT):
        if port and _is_free(listen, port):
            return port
    with _bound(listen, 0) as any_free:
        return int(any_free.getsockname()[1])


def busy(port: int) -> GoujiError:
    return GoujiError(E404, reason=f"端口 {port} 已被占用，换一个 --port，或不写 --port 由程序选")


def answers(url: str) -> bool:
    """Whether something there says that it is well, as Label Studio does."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}/health", timeout=5) as response:
            return b"UP" in response.read(100)
    except (OSError, urllib.error.URLError):
        return False


def _is_free(listen: str, port: int) -> bool:
    """Raises GoujiError: E404."""
    # Whoever listens on all addresses takes what comes for this one, and does not always keep us from it.
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.settimeout(1)
                if probe.connect_ex((address, port)) == 0:
                    return False
        except OSError:
            continue
    try:
        _bound(listen, port).close()
    except BlockingIOError:
        return False
    return True


def _bound(listen: str, port: int) -> socket.socket:
    """Raises:
    BlockingIOError: somebody else has the port.
    GoujiError: E404 where nobody could listen there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(listen, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise GoujiError(E404, reason=f"不能在 {printable(listen)} 上监听（{error.strerror}）") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise BlockingIOError(error.errno, error.strerror) from None
        raise GoujiError(E404, reason=f"不能在 {printable(listen)} 的端口 {port} 上监听（{error.strerror}）") from None
    return bound


def _new_log(folder: Folder) -> BufferedWriter:
    """Empty, for nobody else to read; the one before is kept. Raises OSError."""
    if folder.log.exists():
        folder.log.replace(folder.path / "server.previous.log")
    return os.fdopen(os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _first_words(folder: Folder) -> str:
    """What it says while it starts, however much has followed."""
    try:
        with folder.log.open("rb") as log:
            return log.read(1 << 16).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def failed(folder: Folder) -> GoujiError:
    """It ended by itself: what it said last, and where the rest is."""
    lines = folder.log.read_text(encoding="utf-8", errors="replace").splitlines() if folder.log.exists() else []
    last = next((line.strip() for line in reversed(lines) if line.strip()), "没有留下话")
    if "port is already in use" in last:
        last = "端口刚被占用"
    return GoujiError(E404, reason=f"{printable(last)[:200]}，日志在 {folder.log}")
