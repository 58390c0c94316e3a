"""Files below a folder and files that a pattern fits, in one order wherever and however often they are looked for.

Links to files are followed, links to folders are not (`**` of a pattern neither), so that there is no way round.
"""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.errors import E101, GoujiError
from pipeline.ingest.left_out import (
    left_out,
    page_of_folder,
    page_stem,
    why_folder_left_out,
    why_hidden,
    why_left_out,
    why_of_page,
)
from pipeline.read.open import reason_of, what_it_is

_MAGIC = "*?["


@dataclass(frozen=True, slots=True)
class Met:
    """Something that was come upon."""

    path: str
    refusal: GoujiError | None = None
    """Why it is not to be opened."""
    size: int = 0
    """In bytes, where it is not to be opened and this is known."""


@dataclass(frozen=True, slots=True)
class _Folder:
    path: str
    reason: str = ""
    """Why all that lies in it is left out."""
    of_page: bool = False
    """Whether it was saved beside a page."""


def walk(folder: str, out: str) -> Iterator[Met]:
    """All files in a folder and below, by name.

    Args:
        folder: as it was given, which may be a link.
        out: real path of a folder that is passed over.
    """
    below = [_sorted_entries(_Folder(folder), out)]
    while below:
        found = next(below[-1], None)
        if found is None:
            below.pop()
        elif isinstance(found, Met):
            yield found
        else:
            below.append(_sorted_entries(found, out))


def _sorted_entries(folder: _Folder, out: str) -> Iterator[Met | _Folder]:
    try:
        with os.scandir(folder.path) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except OSError as error:
        # What is said of a folder is about its content.
        reason = "没有这个文件夹" if isinstance(error, FileNotFoundError) else _why(error)
        yield Met(folder.path + "/", GoujiError(E101, reason=f"文件夹无法打开（{reason}）"))
        return
    saved = any(page_of_folder(entry.name) for entry in entries)
    pages = {page_stem(entry.name) for entry in entries} - {None} if saved else set()
    for entry in entries:
        if not entry.is_dir(follow_symlinks=False):
            yield _file(entry, folder)
        elif entry.name.startswith("."):
            yield Met(entry.path + "/", left_out("隐藏文件夹，没有进入"))
        elif not _is(entry.path, out):
            reason = folder.reason or why_folder_left_out(entry.name)
            yield _Folder(entry.path, reason, folder.of_page or page_of_folder(entry.name) in pages)


def _file(entry: os.DirEntry[str], folder: _Folder) -> Met:
    name = entry.name
    reason = folder.reason or why_left_out(name) or why_hidden(name) or (why_of_page(name) if folder.of_page else "")
    try:
        if reason:
            return Met(entry.path, left_out(reason), entry.stat(follow_symlinks=False).st_size)
        if entry.is_file():
            return Met(entry.path)
        if entry.is_dir():
            return Met(entry.path, left_out("是指向文件夹的链接，没有进入"))
        return Met(entry.path, GoujiError(E101, reason=what_it_is(entry.stat().st_mode)))
    except FileNotFoundError:
        reason = "链接所指的文件不存在" if entry.is_symlink() else "没有这个文件"
        return Met(entry.path, GoujiError(E101, reason=reason))
    except OSError as error:
        return Met(entry.path, GoujiError(E101, reason=_why(error)))


def _why(error: OSError) -> str:
    return "没有读取权限" if isinstance(error, PermissionError) else error.strerror or type(error).__name__


def missing(path: str) -> GoujiError | None:
    """Why there is nothing to be had at a path that somebody wrote down; None where there is something."""
    if not path:
        return GoujiError(E101, reason="路径是空的")
    try:
        Path(path).stat()
    except (OSError, ValueError) as error:
        return GoujiError(E101, reason=reason_of(Path(path), error))
    return None


def is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(Path(path).stat().st_mode)
    except (OSError, ValueError):
        return False


def identity(path: str) -> str:
    """The same for all ways to write the place of one file. A link is something else than what it leads to."""
    folder, slash, name = path.rstrip("/").rpartition("/")
    if name in ("", ".", ".."):
        return os.path.realpath(path)
    return joined(_real(joined(str(Path.cwd()), folder + slash)), name)


@lru_cache(maxsize=256)
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def is_within(path: str, out: str) -> bool:
    """Whether a path is that of the folder, given by its real path, or of something below."""
    place = identity(path)
    return place == out or place.startswith(joined(out, ""))


def _is(path: str, folder: str) -> bool:
    """Whether a path is that of a folder given by its real path; told by the name mostly, which costs nothing."""
    return path.rpartition("/")[2] == folder.rpartition("/")[2] and identity(path) == folder


def joined(folder: str, name: str) -> str:
    """`name` in `folder`, which is empty for where we are; a name that begins with `/` needs no folder."""
    if not folder or name.startswith("/"):
        return name
    return f"{folder}{name}" if folder.endswith("/") else f"{folder}/{name}"


def is_pattern(path: str) -> bool:
    return any(character in path for character in _MAGIC)


def matching(pattern: str, out: str) -> list[str]:
    """The files and folders that fit a pattern as a shell has them, `**` for any folders, sorted.

    Args:
        out: real path of a folder that is passed over, as long as no link leads into it.
    """
    parts = [part for part in pattern.split("/") if part]
    parts = [part for part, before in zip(parts, ["", *parts], strict=False) if (part, before) != ("**", "**")]
    return sorted(set(_fitting("/" if pattern.startswith("/") else "", parts, out)))


def _fitting(folder: str, parts: list[str], out: str) -> Iterator[str]:
    part, *rest = parts
    if part == "**":
        if not rest:
            yield folder or "."
            return
        for path, entries in _folders_below(folder, out):
            if entries is None:
                # It is listed, as it would be if somebody had named it.
                yield path
            else:
                yield from _fitting(path, rest, out)
        return
    if is_pattern(part):
        names = [entry.name for entry in _entries(folder) or () if fnmatch.fnmatchcase(entry.name, part)]
        # As in a shell, what is hidden has to be asked for.
        names = [name for name in names if part.startswith(".") or not name.startswith(".")]
    else:
        names = [part]
    for name in names:
        path = joined(folder, name)
        if _is(path, out):
            continue
        if rest and is_folder(path):
            yield from _fitting(path, rest, out)
        elif not rest and (names != [part] or missing(path) is None):
            yield path


def _folders_below(folder: str, out: str) -> Iterator[tuple[str, list[os.DirEntry[str]] | None]]:
    """The folder and all below that are not hidden, with what lies in them; None where that cannot be had."""
    left = [folder]
    while left:
        path = left.pop()
        entries = _entries(path)
        yield path, entries
        names = [e.name for e in entries or () if e.is_dir(follow_symlinks=False) and not e.name.startswith(".")]
        left += [below for name in names if not _is(below := joined(path, name), out)]


def _entries(folder: str) -> list[os.DirEntry[str]] | None:
    try:
        with os.scandir(folder or ".") as scanned:
            return list(scanned)
    except OSError:
        return None
