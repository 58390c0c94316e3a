"""Members of tar archives and of compressed files, read from front to back, once."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import tarfile
from collections.abc import Iterator
from functools import partial
from typing import IO, BinaryIO, Literal, TypeAlias, cast

from pipeline.errors import E101, E105, GoujiError
from pipeline.ingest.left_out import left_out, why_member_left_out
from pipeline.ingest.names import decoded, member_parts
from pipeline.ingest.unpacking import CHUNK, Allowance, Member, Stream, Told, damage_told
from pipeline.read.open import what_it_is

Packing: TypeAlias = Literal["gzip", "bzip2", "xz"]

BLOCK = 512
MOST_HEADER_BYTES = 1_000_000
"""Of what a tar says of one member, a name mostly; and not below `CHUNK`."""
ENDINGS: dict[Packing, tuple[str, ...]] = {"gzip": ("gz", "gzip"), "bzip2": ("bz2",), "xz": ("xz",)}

_CHECKSUM = re.compile(rb"[ 0]*[0-7]+[ \0]*\Z")


def is_tar(block: bytes) -> bool:
    """Whether a first block of 512 bytes is the head of a member."""
    # Nearly every other file ends here.
    if len(block) < BLOCK or not _CHECKSUM.match(block[148:156]):
        return False
    try:
        tarfile.TarInfo.frombuf(block[:BLOCK], "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError):
        return False
    return True


def tar_members(file: BinaryIO, allowed: Allowance) -> Iterator[Member]:
    """The members of a plain tar in its order.

    Raises:
        GoujiError: E105 where it is damaged from some place on; TooMuch.
    """
    return _members(_Forward(file, None), allowed)


def packed_members(file: BinaryIO, name: str, packing: Packing, allowed: Allowance) -> Iterator[Member]:
    """The members of a compressed tar, or the one file in anything else that is compressed.

    Args:
        file: at its beginning.
        name: base name of the compressed file; the one in it is called so without the last ending.

    Raises:
        GoujiError: E105 where it is damaged from some place on; TooMuch.
    """
    with damage_told("压缩文件"):
        head = _Forward(_inflating(file, packing), allowed).read(BLOCK)
        file.seek(0)
        inflated = _Forward(_inflating(file, packing), allowed)
    if is_tar(head):
        yield from _members(inflated, allowed)
        return
    stem, _, ending = name.rpartition(".")
    parts = member_parts(stem if stem and ending.lower() in ENDINGS[packing] else name)
    reason = why_member_left_out(parts)
    yield Member(parts, 0, left_out(reason) if reason else None, lambda: Told(inflated))


def _members(file: _Forward, allowed: Allowance) -> Iterator[Member]:
    with damage_told("tar "):
        archive = tarfile.TarFile(fileobj=cast("IO[bytes]", file), encoding="utf-8")
    n_before = 0
    while True:
        with damage_told(f"tar 在第 {n_before} 个成员之后"):
            info = archive.next()
        # The library would keep them all.
        archive.members.clear()  # type: ignore[attr-defined]
        if info is None:
            break
        n_before += 1
        allowed.count()
        if not info.isdir():
            parts = member_parts(_name(info))
            yield Member(parts, info.size, _refusal(info, parts), partial(_opened, archive, info))
    if file.last.strip(b"\0"):
        # The library takes whatever it cannot read for the end.
        raise GoujiError(E105, reason=f"tar 在第 {n_before} 个成员之后无法解开")


def _opened(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Stream:
    with damage_told("内容"):
        return Told(cast(Stream, archive.fileobject(archive, info)))


def _name(info: tarfile.TarInfo) -> str:
    if "path" in info.pax_headers:
        return info.name
    try:
        return decoded(info.name.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return info.name


def _refusal(info: tarfile.TarInfo, parts: list[str]) -> GoujiError | None:
    if info.issym() or info.islnk():
        return left_out("是链接，所指的文件在包内的另列")
    for test, mode in ((info.isfifo, 0o010000), (info.ischr, 0o020000), (info.isblk, 0o060000)):
        if test():
            return GoujiError(E101, reason=what_it_is(mode))
    if info.issparse() or info.size < 0:
        # The library can be made to look for the pieces for ever.
        return GoujiError(E105, reason="tar 中的稀疏文件不受支持")
    reason = why_member_left_out(parts)
    return left_out(reason) if reason else None


def _inflating(file: BinaryIO, packing: Packing) -> Stream:
    match packing:
        case "gzip":
            return gzip.GzipFile(fileobj=file)
        case "bzip2":
            return bz2.BZ2File(file)
    return lzma.LZMAFile(file)


class _Forward:
    """A file for tarfile, which would else go back in it, and read as much at once as the archive tells it to."""

    def __init__(self, file: Stream | BinaryIO, allowed: Allowance | None) -> None:
        """`allowed` is given where the file is being inflated: then all that comes out counts, and it cannot leap."""
        self._file, self._allowed = file, allowed
        self._place = 0
        self.last = b""
        """What was read last."""

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        if size > MOST_HEADER_BYTES:
            raise tarfile.ReadError("a header of this size")
        parts = []
        while size > 0 and (part := self._file.read(size)):
            parts.append(part)
            size -= len(part)
            if self._allowed is not None:
                self._allowed.spend(len(part))
        self.last = b"".join(parts)
        self._place += len(self.last)
        return self.last

    def seek(self, place: int) -> int:
        if place < self._place:
            raise tarfile.ReadError("members that overlap")
        if self._allowed is None:
            cast(BinaryIO, self._file).seek(place)
            self._place = place
        while self._place < place and self.read(min(place - self._place, CHUNK)):
            continue
        return self._place

    def tell(self) -> int:
        return self._place

    def close(self) -> None:
        return
