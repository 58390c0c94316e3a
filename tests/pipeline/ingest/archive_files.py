"""Archives as tests need them, whole and hostile."""

from __future__ import annotations

import io
import random
import tarfile
import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path

from pipeline.ingest.sources import Found, find_files
from pipeline.limits import Limits

NOISE = random.Random(1).randbytes(60_000)
"""What cannot be packed."""


def zipped(*named: tuple[str | bytes, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of names and contents. A name given as bytes stands there as it is, with nothing said of its encoding."""
    buffer, raw = io.BytesIO(), {}
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        # Of names that are there twice.
        warnings.simplefilter("ignore")
        for number, (name, content) in enumerate(named):
            if isinstance(name, bytes):
                # A stand-in of the same length, replaced in both places below.
                stand_in = f"{number:07d}".encode().ljust(len(name), b"_")
                raw[stand_in] = name
                name = stand_in.decode()
            archive.writestr(name, content)
    data = buffer.getvalue()
    for stand_in, name in raw.items():
        assert data.count(stand_in) == 2
        data = data.replace(stand_in, name)
    return data


def tarred(*named: tuple[str, bytes] | tarfile.TarInfo, mode: str = "w", format: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of names and contents, and of members without content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=format) as archive:  # type: ignore[call-overload]
        for member in named:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member of a tar that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def found_in(folder: Path, *paths: str, limits: Limits | None = None) -> list[Found]:
    """What the paths below a folder lead to, every copy released; names without the folder."""
    found = []
    for one in find_files([f"{folder}/{path}" for path in paths], folder / "spool", folder / "out", limits):
        assert_handed_over(one, folder / "spool")
        one.release()
        found.append(one)
    assert list((folder / "spool").iterdir()) == []
    return found


def assert_handed_over(found: Found, spool: Path) -> None:
    """It has either content or a code, and a copy lies in the spool and is called by its content."""
    assert "\n" not in found.name + found.message
    found.name.encode("utf-8")
    if not found.sha256:
        assert found.code and found.message.startswith(f"[{found.code}]") and not found.spooled
        return
    assert not found.code and found.path.stat().st_size == found.size
    if found.spooled:
        assert found.path.parent == spool
        assert found.path.name.split(".")[0] == found.sha256
        assert not found.path.is_symlink()


def listed(folder: Path, found: Iterable[Found]) -> dict[str, str]:
    """By name without the folder: `ok` or the code."""
    return {one.name.removeprefix(f"{folder}/"): one.code or "ok" for one in found}


def inside(folder: Path, data: bytes, name: str = "x", limits: Limits | None = None) -> dict[str, str]:
    """What an archive of that content gives, by name in it: `ok` or the code."""
    (folder / name).write_bytes(data)
    found = found_in(folder, name, limits=limits)
    return {key.removeprefix(f"{name}!"): code for key, code in listed(folder, found).items()}
