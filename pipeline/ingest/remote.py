"""Files elsewhere, by URL: `s3://`, `hdfs://`, whatever fsspec and its plug-ins know. Each is copied into the spool and
read from there, one at a time; results can be copied to such a place at the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.errors import E101, E304, GoujiError


def is_url(path: str) -> bool:
    return "://" in path


def remote_files(url: str) -> list[str]:
    """URLs of all files below a folder or fitting a pattern, or of the one meant, by name.

    Raises:
        GoujiError: E101 where there is nothing, or the place cannot be reached.
    """
    system, path = _system(url)
    try:
        if any(char in path for char in "*?["):
            found = [name for name, about in system.glob(path, detail=True).items() if about["type"] == "file"]
        else:
            found = system.find(path)
    except Exception as error:  # every plug-in has errors of its own
        raise GoujiError(E101, reason=f"{url}（{_line(error)}）") from None
    if not found:
        raise GoujiError(E101, reason=f"{url}（没有文件）")
    return [str(system.unstrip_protocol(name)) for name in sorted(found)]


class Remote:
    """A file elsewhere, open for reading."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def read(self, size: int, /) -> bytes:
        """Raises GoujiError E101 where it cannot be read on."""
        try:
            return bytes(self._file.read(size))
        except Exception as error:
            raise GoujiError(E101, reason=_line(error)) from None

    def close(self) -> None:
        self._file.close()


def opened(url: str) -> Remote:
    """Raises GoujiError E101 where it cannot be opened."""
    system, path = _system(url)
    try:
        return Remote(system.open(path, "rb"))
    except Exception as error:
        raise GoujiError(E101, reason=_line(error)) from None


def copy_results(out: Path, url: str) -> None:
    """Copies the list of files and the store; what lay there under these names is replaced.

    Raises:
        GoujiError: E304 where they cannot be written.
    """
    try:
        system, path = _system(url)
        if system.exists(f"{path}/store"):
            system.rm(f"{path}/store", recursive=True)
        for source in sorted(p for p in [out / "files.jsonl", *(out / "store").rglob("*")] if p.is_file()):
            target = f"{path.rstrip('/')}/{source.relative_to(out).as_posix()}"
            system.makedirs(target.rpartition("/")[0], exist_ok=True)
            system.put_file(str(source), target)
    except GoujiError:
        raise
    except Exception as error:
        raise GoujiError(E304, reason=f"{url}（{_line(error)}）") from None


def _system(url: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(url)
    except (ImportError, ValueError, OSError) as error:
        raise GoujiError(E101, reason=f"{url}（{_line(error)}）") from None
    return system, str(path)


def _line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
