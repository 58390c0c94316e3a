"""The folder that a server lives in.

    account.json            its first user with password and token; only for its owner to read
    server.json             the server that runs
    alive                   locked by the server for as long as it lives
    starting                locked by whoever starts or stops it
    database/               Label Studio's own data
    server.log              what it said since it was started, and server.previous.log before that

A process id says little: it may be another program's by now. That the server lives is told by the lock that it
inherited, which the system takes back however it ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from pipeline.errors import E304, E305, E404, GoujiError

HOME_VARIABLE = "GOUJI_LABEL_STUDIO_HOME"
USER = "gouji@localhost.local"


def home() -> Path:
    """Where everything lies that is not said to lie elsewhere."""
    given = os.environ.get(HOME_VARIABLE)
    return Path(given).expanduser().absolute() if given else usual_home()


def usual_home() -> Path:
    """Where everything lies of users who say nothing."""
    # The specification has relative paths ignored.
    base = Path(os.environ.get("XDG_DATA_HOME") or "")
    return (base if base.is_absolute() else Path.home() / ".local" / "share") / "gouji" / "label-studio"


@dataclass(frozen=True, slots=True)
class Account:
    """The first user of a server; its secrets show in no repr."""

    user: str
    password: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that was started."""

    pid: int
    port: int
    listen: str
    """The address that it listens on."""

    @property
    def url(self) -> str:
        """Where this machine reaches it."""
        address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.listen, self.listen)
        return f"http://{f'[{address}]' if ':' in address else address}:{self.port}"


def is_loopback(address: str) -> bool:
    """Whether nobody but this machine reaches a server that listens there."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    @property
    def account_file(self) -> Path:
        return self.path / "account.json"

    @property
    def database(self) -> Path:
        return self.path / "database"

    @property
    def log(self) -> Path:
        return self.path / "server.log"

    @property
    def _state_file(self) -> Path:
        return self.path / "server.json"

    @contextmanager
    def ours(self, wait: Callable[[], None]) -> Iterator[int]:
        """Nobody else starts or stops the server meanwhile; makes the folder. `wait` is called once where another is
        at it. Gives the lock: a program that inherits it keeps it.

        Raises:
            GoujiError: E304 where the folder cannot be written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
            lock = os.open(self.path / "starting", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise GoujiError(E304, reason=f"{self.path}（{error.strerror}）") from None
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                wait()
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock
        finally:
            os.close(lock)

    @contextmanager
    def life(self) -> Iterator[int]:
        """The lock for a server about to be started to inherit; whatever was known of the one before is forgotten."""
        self._state_file.unlink(missing_ok=True)
        lock = os.open(self.path / "alive", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock
        finally:
            os.close(lock)

    def is_alive(self) -> bool:
        """Whether a server lives in this folder."""
        try:
            lock = os.open(self.path / "alive", os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def running(self) -> Running | None:
        """The server that lives in this folder, whether it answers yet or not.

        Raises:
            GoujiError: E305 where it is not known which that is.
        """
        if not self.is_alive():
            return None
        state = _read(self._state_file)
        try:
            return Running(int(state["pid"]), int(state["port"]), str(state["listen"]))
        except (KeyError, TypeError, ValueError):
            raise GoujiError(E305, reason=str(self._state_file)) from None

    def write_running(self, running: Running) -> None:
        _write(self._state_file, asdict(running))

    def last_port(self) -> int | None:
        """Of the server started last, so that addresses stay what they were."""
        try:
            return int(_read(self._state_file)["port"])
        except (GoujiError, KeyError, TypeError, ValueError):
            return None

    def account(self) -> Account | None:
        """None where there is none yet.

        Raises:
            GoujiError: E305 where the file is malformed.
        """
        if not self.account_file.exists():
            return None
        state = _read(self.account_file)
        try:
            return Account(str(state["user"]), str(state["password"]), str(state["token"]))
        except (KeyError, TypeError):
            raise GoujiError(E305, reason=str(self.account_file)) from None

    def make_account(self) -> Account:
        """A new one with a random password, kept in the folder.

        Raises:
            GoujiError: E404 where the database is there and its users are not known.
        """
        if self.database.exists():
            lacking = f"{self.path} 里有数据库而没有 {self.account_file.name}，找回它或换一个 --data"
            raise GoujiError(E404, reason=lacking)
        account = Account(USER, secrets.token_urlsafe(12), secrets.token_hex(20))
        _write(self.account_file, asdict(account))
        return account


def _read(path: Path) -> dict[str, Any]:
    """Raises GoujiError: E305."""
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise GoujiError(E305, reason=f"{path}（{error.strerror}）") from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise GoujiError(E305, reason=f"{path} 不是 JSON 对象")
    return found


def _write(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all, and from the first byte on for nobody else to read. Raises GoujiError: E304."""
    half = path.with_name(path.name + ".half")
    try:
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=1) + "\n")
        half.replace(path)
    except OSError as error:
        raise GoujiError(E304, reason=f"{path}（{error.strerror}）") from None
