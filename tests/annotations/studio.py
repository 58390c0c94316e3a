"""A real Label Studio server for tests: found, prepared once, started."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import annotations.server.settings
from annotations.connect import Server
from annotations.server.environment import find_program
from annotations.server.folder import Folder, Running
from annotations.server.process import prepare, start, stop, wait_for


@dataclass(frozen=True)
class Studio:
    """A server that answers."""

    server: Server
    user: str
    password: str = field(repr=False)
    folder: Folder
    """What `gouji annotate up` would keep its data in."""
    program: Path


def program() -> Path | None:
    """What GOUJI_LABEL_STUDIO names, what `gouji annotate up` has installed, or what is on the path."""
    on_path = shutil.which("label-studio")
    return find_program() or (Path(on_path) if on_path else None)


def copy_prepared(studio: Path, to: Path) -> Folder:
    """A folder with a database made and its first user known, copied from one that is made once for each version."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gouji"
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = Folder(base / f"label-studio-{_version(studio)}")
    # Of several workers that begin at once one makes it, and the others wait.
    with made.ours(lambda: None) as lock:
        prepare(made, studio, lock, lambda _: None)
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copytree(made.database, to / "database")
    shutil.copy2(made.account_file, to)
    return Folder(to)


def _version(studio: Path) -> str:
    """What a database depends on: the program, and what it is told when the database is made."""
    packages = studio.resolve().parents[1].glob("lib/python*/site-packages/label_studio-*")
    known = sorted(path.name for path in packages) or [str(studio), str(studio.stat().st_mtime_ns)]
    source = Path(annotations.server.settings.__file__).read_bytes()
    return hashlib.sha256("\n".join(known).encode() + source).hexdigest()[:12]


def free_port() -> int:
    """Another one each time: workers that start at once are not to meet at the usual one."""
    with socket.socket() as any_free:
        any_free.bind(("127.0.0.1", 0))
        return int(any_free.getsockname()[1])


@contextmanager
def running(studio: Path, folder: Folder) -> Iterator[Studio]:
    """A server on a prepared folder, ended whatever happens."""
    account = folder.account()
    assert account
    port = free_port()
    child = start(folder, studio, port, "127.0.0.1")
    try:
        state = Running(child.pid, port, "127.0.0.1")
        wait_for(folder, state)
        yield Studio(Server(state.url, account.token), account.user, account.password, folder, studio)
    finally:
        stop(folder)
        child.wait()
