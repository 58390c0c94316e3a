"""Label Studio itself, in an environment of its own: it asks for other versions of libraries than gouji does."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotations.server.folder import home, usual_home
from pipeline.errors import E304, E404, GoujiError
from pipeline.show.printable import printable

VERSION = "1.23.2"
PROGRAM_VARIABLE = "GOUJI_LABEL_STUDIO"
CONSTRAINTS = Path(__file__).with_name("constraints.txt")
"""Exact versions of all that it needs, so that it is the same server tomorrow."""
LEAST_FREE = 2 << 30
"""Bytes free on the disk: it takes one gigabyte, and pip another meanwhile."""
PYTHONS = ((3, 11), (3, 12), (3, 13))
"""Versions of Python for which all of CONSTRAINTS is there without a compiler."""
_MARK = ".installed"

Tell = Callable[[str], None]


def find_program(argument: Path | None = None) -> Path | None:
    """The program that the user named, on the command line or in the environment, else the one of the own environment;
    None where there is none yet.

    Raises:
        GoujiError: E404 where the one named is not there.
    """
    named = str(argument) if argument else os.environ.get(PROGRAM_VARIABLE)
    if not named:
        return installed_program(home()) or installed_program(usual_home())
    found = shutil.which(Path(named).expanduser())
    if found is None:
        raise GoujiError(E404, reason=f"没有程序 {printable(named)}")
    return Path(found).absolute()


def folder_of(base: Path) -> Path:
    return base / f"environment-{VERSION}"


def installed_program(base: Path) -> Path | None:
    """The program of the own environment; None where that was never made or not to its end."""
    folder = folder_of(base)
    program = folder / "bin" / "label-studio"
    # A link to a Python that has since been removed leads nowhere.
    whole = (folder / _MARK).exists() and program.exists() and (folder / "bin" / "python").exists()
    return program if whole else None


def install(base: Path, tell: Tell) -> Path:
    """Makes the own environment where it is not there, out of the package index that pip is set up for.

    Args:
        base: folder for it.
        tell: gets a line now and then.

    Raises:
        GoujiError: E304 without space or a folder to write to; E404 where pip fails.
    """
    with _alone(base, tell) as lock:
        found = installed_program(base)
        if found:
            return found
        folder = folder_of(base)
        if folder.exists():
            tell("上次没有装完，重新安装")
            shutil.rmtree(folder)
        if shutil.disk_usage(base).free < LEAST_FREE:
            raise GoujiError(E304, reason=f"{base}（剩余空间不足 2 GB）")
        tell(f"第一次使用：安装 Label Studio {VERSION} 到 {folder}，约 1 GB，几分钟，只装一次")
        log = base / "install.log"
        _run([_python(), "-m", "venv", str(folder)], log, lock, _ignore)
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        command += ["--progress-bar", "off", "--constraint", str(CONSTRAINTS), f"label-studio=={VERSION}"]
        _run(command, log, lock, _Progress(tell).hear)
        (folder / _MARK).touch()
        tell("安装完成")
        return folder / "bin" / "label-studio"


@contextmanager
def _alone(base: Path, tell: Tell) -> Iterator[int]:
    """Raises GoujiError: E304."""
    try:
        base.mkdir(parents=True, exist_ok=True)
        base.chmod(0o700)
        lock = os.open(base / "installing", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise GoujiError(E304, reason=f"{base}（{error.strerror}）") from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("另一个 gouji 正在安装 Label Studio，等它装完")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


class _Progress:
    """pip's own words, fewer and in Chinese."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._packages = 0

    def hear(self, line: str) -> None:
        if line.startswith("Collecting "):
            self._packages += 1
            if self._packages % 25 == 0:
                self._tell(f"已找到 {self._packages} 个包，下载中")
        elif line.startswith("Installing collected packages"):
            self._tell("下载完毕，正在写入")


def _ignore(_: str) -> None:
    pass


def _run(command: list[str], log: Path, lock: int, hear: Callable[[str], None]) -> None:
    """Runs it with all that it says in the log. It inherits the lock: killed with our own process or not, nothing else
    is installed beside it.

    Raises:
        GoujiError: E404 where it fails, E304 where the log cannot be written.
    """
    last = ""
    try:
        with (
            os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as said,
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, errors="backslashreplace", pass_fds=(lock,), env=_environment(),
            ) as running,
        ):  # fmt: skip
            assert running.stdout
            try:
                for line in running.stdout:
                    said.write(line)
                    # The first error is what is wrong; those after it follow from it.
                    last = last if last.startswith("ERROR") else line.strip() or last
                    hear(line)
            except BaseException:
                running.kill()
                raise
    except OSError as error:
        raise GoujiError(E304, reason=f"{error.filename or log}（{error.strerror}）") from None
    if running.returncode:
        raise GoujiError(E404, reason=f"安装失败（{printable(last)[:200]}），全部输出在 {log}")


def _environment() -> dict[str, str]:
    """Ours without what would have pip install elsewhere, in English: its words are listened to."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_CONSTRAINT", "PIP_QUIET"}
    return {name: value for name, value in os.environ.items() if name not in unwanted} | {"LC_ALL": "C.UTF-8"}


def _python() -> str:
    """Ours, or another one of a version that will do. Raises GoujiError: E404."""
    if sys.version_info[:2] in PYTHONS:
        return sys.executable
    for major, minor in reversed(PYTHONS):
        found = shutil.which(f"python{major}.{minor}")
        # One that is on the path may still be there for another version only.
        if found and not subprocess.run([found, "-c", "import ensurepip, venv"], capture_output=True).returncode:
            return found
    wanted = "、".join(f"{major}.{minor}" for major, minor in PYTHONS)
    raise GoujiError(E404, reason=f"它需要 Python {wanted} 之一，本机没有找到")
