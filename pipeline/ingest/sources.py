"""From the paths of the command line to the files behind them: folders, patterns, archives and lists of paths.

Every file gives one `Found`, also one that cannot be opened. The order depends on names and archives alone: arguments
as they were given, folders by name, archives in their own order. What lies in an archive is copied, one file at a time,
into a folder for that purpose, and called there by its content; whoever asked for it removes it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import E101, E103, E104, E118, E304, GoujiError
from pipeline.ingest.archives import Kind, archive_kind, members, page_stems
from pipeline.ingest.arguments import met_by
from pipeline.ingest.left_out import left_out, pages_wanted
from pipeline.ingest.names import readable, shown
from pipeline.ingest.remote import is_url, opened, remote_files
from pipeline.ingest.unpacking import CHUNK, Allowance, Member, Stream, TooMuch, allowance
from pipeline.ingest.walk import Met
from pipeline.ingest.zips import count_zip_members
from pipeline.limits import Limits, default_limits
from pipeline.read.open import open_regular, reason_of

DEPTH = 2
"""So deep may archives lie in archives."""
MOST_NESTED_BYTES = 4_000_000_000
"""Of an archive inside another, which is copied as a whole before it is opened."""

_UNCOUNTED = ("tar", "gz", "tgz", "gzip", "bz2", "tbz", "tbz2", "xz", "txz")


@dataclass(frozen=True, slots=True)
class Found:
    """One file, or why it could not be opened."""

    name: str
    """The path as it was come upon, `archive.zip!inner/name` for what lies in an archive; fit to be printed in a line.
    No two have the same within an archive."""
    file_name: str
    """Its own name, without folders."""
    path: Path
    """Where its content lies; of what could not be opened, or lies in an archive that could not be, where that was."""
    sha256: str = ""
    """Of its content; empty where it was not opened."""
    size: int = 0
    """In bytes, as far as known."""
    code: str = ""
    """`E101` and the like where it was not opened."""
    message: str = ""
    """The error's one line, without the name."""
    spooled: bool = False
    """Whether `path` is a copy made for whoever asked: `release` removes it."""

    @property
    def left_out(self) -> bool:
        """Whether it is plainly no report, so that nothing has failed."""
        return self.code == E118.code

    def release(self) -> None:
        """To be called when the content is no longer needed; it may have been removed already."""
        if self.spooled:
            self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Archive:
    """One that is open, and what is needed to go through it."""

    file: BinaryIO
    path: Path
    name: str
    """As in `Found`."""
    base: str
    kind: Kind
    depth: int
    """0 where it lies in no other."""
    allowed: Allowance
    limits: Limits
    spool: Path


def find_files(paths: Sequence[str], spool: Path, out: Path, limits: Limits | None = None) -> Iterator[Found]:
    """All files behind the arguments, each once though several lead to it.

    Args:
        paths: files, folders, archives, patterns, `@list`, and URLs, which come last; see docs/ingest.md.
        spool: folder for copies of what lies in archives, on a disk with room for the largest; made where missing.
        out: where results go: nothing in it is ever looked at.
        limits: what a file may cost; None for the shipped ones.

    Raises:
        GoujiError: E101 at once where nothing is there at a path or fits a pattern; E304 at once where all lies in
            `out`, and while files are found where a copy cannot be written.
    """
    local, elsewhere = _divided(paths)
    urls = dict.fromkeys(url for path in elsewhere for url in remote_files(path))
    return _all_found(met_by(local, out), urls, spool, limits or default_limits())


def count_files(paths: Sequence[str], out: Path) -> int | None:
    """How many files `find_files` will give; None where that is not known before a tar is read. An archive inside
    another counts as one.

    Raises:
        GoujiError: as `find_files` does at once.
    """
    local, elsewhere = _divided(paths)
    total = len({url for path in elsewhere for url in remote_files(path)})
    for met in met_by(local, out):
        ending = "" if met.refusal else met.path.rpartition(".")[2].lower()
        if ending in _UNCOUNTED:
            return None
        total += _count_in_zip(met.path) if ending == "zip" else 1
    return total


def _divided(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Paths of this machine's file system, and URLs."""
    return [path for path in paths if not is_url(path)], [path for path in paths if is_url(path)]


def _count_in_zip(path: str) -> int:
    try:
        with open_regular(Path(path)) as file:
            return count_zip_members(file)
    except GoujiError:
        return 1


def check_unchanged(path: Path, sha256: str) -> None:
    """For whoever reads a file later than it was found.

    Raises:
        GoujiError: E101 where it has other content now, or cannot be opened any more.
    """
    with open_regular(path) as file:
        try:
            now = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise GoujiError(E101, reason=reason_of(path, error)) from None
    if now != sha256:
        raise GoujiError(E101, reason="文件在处理期间被改动")


def _found(all_met: Iterator[Met], spool: Path, limits: Limits) -> Iterator[Found]:
    try:
        spool.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GoujiError(E304, reason=f"{spool}（{error.strerror}）") from None
    for met in all_met:
        name, path = readable(met.path), Path(met.path)
        base = readable(path.name)
        if met.refusal is not None:
            yield _refused(name, base, path, met.refusal, met.size)
            continue
        try:
            file = open_regular(path)
        except GoujiError as error:
            yield _refused(name, base, path, error)
            continue
        with file:
            yield from _looked_into(file, path, name, base, spool, limits)


def _all_found(all_met: Iterator[Met], urls: Iterable[str], spool: Path, limits: Limits) -> Iterator[Found]:
    yield from _found(all_met, spool, limits)
    for url in urls:
        yield from _fetched(url, spool, limits)


def _fetched(url: str, spool: Path, limits: Limits) -> Iterator[Found]:
    """A file elsewhere: a copy of it, or of what lies in it."""
    name, base = readable(url), readable(url.rpartition("/")[2])
    try:
        with closing(opened(url)) as stream:
            path, _, _ = _spooled(stream, b"", MOST_NESTED_BYTES, spool)
    except GoujiError as error:
        if error.kind is E304:
            raise
        yield _refused(name, base, Path(url), error)
        return
    keep = False
    with path.open("rb") as file:
        for found in _looked_into(file, path, name, base, spool, limits):
            keep = bool(found.sha256) and found.path == path
            yield replace(found, spooled=True) if keep else found
    if not keep:
        path.unlink(missing_ok=True)


def _looked_into(
    file: BufferedReader, path: Path, name: str, base: str, spool: Path, limits: Limits
) -> Iterator[Found]:
    """A file of the file system: itself, or what lies in it."""
    size = os.fstat(file.fileno()).st_size
    try:
        kind = archive_kind(file.read(CHUNK), path.name)
        if kind is not None:
            file.seek(0)
            archive = _Archive(file, path, name, base, kind, 0, allowance(size, limits), limits, spool)
            inside = members(file, base, kind, archive.allowed, limits)
            if inside is not None:
                yield from _through(archive, inside)
                return
        if size > limits.max_bytes:
            raise GoujiError(E103, size=size, limit=limits.max_bytes)
        file.seek(0)
        yield Found(name, base, path, hashlib.file_digest(file, "sha256").hexdigest(), size)
    except GoujiError as error:
        if error.kind is E304:
            raise
        yield _refused(name, base, path, error, size)
    except OSError as error:
        yield _refused(name, base, path, GoujiError(E101, reason=reason_of(path, error)), size)


def _through(archive: _Archive, inside: Iterator[Member]) -> Iterator[Found]:
    """What lies in an archive.

    Raises:
        GoujiError: E105 where it is damaged from some place on, E104 where there is nothing, TooMuch, E304.
    """
    names: dict[str, int] = {}
    pages: frozenset[str] | None = None
    for member in inside:
        name = _distinct(shown("/".join(member.parts)), names)
        wanted = pages_wanted(member.parts)
        if wanted and pages is None:
            pages = _pages(archive)
        if member.refusal is None and pages is not None and not pages.isdisjoint(wanted):
            member = Member(member.parts, member.size, left_out("网页附带的图片等文件"))
        yield from _one_of(archive, member, f"{archive.name}!{name}")
    if not names:
        raise GoujiError(E104, found="空的压缩包")


def _distinct(name: str, names: dict[str, int]) -> str:
    """The name, numbered where it was there before; `names` counts them."""
    distinct = name
    while distinct in names:
        names[name] += 1
        distinct = f"{name}#{names[name]}"
    names[distinct] = 1
    return distinct


def _one_of(archive: _Archive, member: Member, name: str) -> Iterator[Found]:
    """A member: itself, or what lies in it."""
    base = member.parts[-1]
    try:
        if member.refusal is not None:
            raise member.refusal
        kept, kind = _copied(archive, member)
    except TooMuch:
        raise
    except GoujiError as error:
        if error.kind is E304:
            raise
        yield _refused(name, base, archive.path, error, member.size)
        return
    found = Found(name, base, *kept, spooled=True)
    if kind is None:
        yield found
        return
    try:
        yield from _nested(archive, found, kind)
    except TooMuch:
        found.release()
        raise
    except GoujiError as error:
        found.release()
        if error.kind is E304:
            raise
        yield _refused(name, base, archive.path, error, found.size)


def _nested(archive: _Archive, found: Found, kind: Kind) -> Iterator[Found]:
    """A member that looks like an archive; removed when it has been gone through, or handed on where it is a document.

    Raises:
        GoujiError: as `_through` does; E103 for a document that is too large; E104 where it lies too deep.
    """
    limits = archive.limits
    with found.path.open("rb") as file:
        inside = members(file, found.file_name, kind, archive.allowed, limits)
        if inside is None:
            if found.size > limits.max_bytes:
                raise GoujiError(E103, size=found.size, limit=limits.max_bytes)
            yield found
            return
        if archive.depth >= DEPTH:
            raise GoujiError(E104, found=f"压缩包套压缩包超过 {DEPTH} 层")
        inner = _Archive(
            file, found.path, found.name, found.file_name, kind, archive.depth + 1, archive.allowed, limits,
            archive.spool,
        )  # fmt: skip
        yield from _through(inner, inside)
    found.release()


def _copied(archive: _Archive, member: Member) -> tuple[tuple[Path, str, int], Kind | None]:
    """The member's content in the spool: path, SHA-256 and size; and whether it may be an archive itself."""
    with closing(member.open()) as stream:
        first = b""
        while len(first) < CHUNK and (part := stream.read(CHUNK - len(first))):
            first += part
        kind = archive_kind(first, member.parts[-1])
        limit = archive.limits.max_bytes if kind is None else MOST_NESTED_BYTES
        if member.size > limit:
            raise GoujiError(E103, size=member.size, limit=limit)
        return _spooled(stream, first, limit, archive.spool), kind


def _spooled(stream: Stream, first: bytes, limit: int, spool: Path) -> tuple[Path, str, int]:
    half = spool / f"{os.getpid()}.half"
    mark, size = hashlib.sha256(), 0
    try:
        with half.open("wb") as file:
            part = first or stream.read(CHUNK)
            while part:
                size += len(part)
                if size > limit:
                    raise GoujiError(E103, size=size, limit=limit)
                mark.update(part)
                file.write(part)
                part = stream.read(CHUNK)
        sha256 = mark.hexdigest()
        path, copies = spool / sha256, 1
        while path.exists():
            # The same content under another name, still in use.
            copies += 1
            path = spool / f"{sha256}.{copies}"
        half.rename(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise GoujiError(E304, reason=f"{spool}（{error.strerror}）") from None
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return path, sha256, size


def _pages(archive: _Archive) -> frozenset[str]:
    """The web pages in an archive. It is gone through once more for them, where a picture beside a page turns up: the
    page may come later."""
    pages: set[str] = set()
    allowed = allowance(os.fstat(archive.file.fileno()).st_size, archive.limits)
    # What is damaged is told when it is read.
    with suppress(GoujiError, OSError), open_regular(archive.path) as file:
        pages.update(page_stems(members(file, archive.base, archive.kind, allowed, archive.limits) or iter(())))
    return frozenset(pages)


def _refused(name: str, base: str, path: Path, error: GoujiError, size: int = 0) -> Found:
    return Found(name, base, path, "", size, error.kind.code, str(error))
