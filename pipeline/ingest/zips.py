"""Members of zip archives."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from functools import partial
from typing import IO, BinaryIO, cast

from pipeline.errors import E101, E105, E106, E107, GoujiError
from pipeline.ingest.left_out import left_out, why_member_left_out
from pipeline.ingest.names import decoded, member_parts
from pipeline.ingest.unpacking import Allowance, Member, Stream, Told, TooMuch, damage_told
from pipeline.limits import Limits
from pipeline.read.open import what_it_is

MOST_DIRECTORY_BYTES = 64_000_000
"""Of the list of members, which is held in memory: half a million of them and more."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED, _NAMED_IN_UTF_8 = 0x1, 0x800
_UNIX = 3
_OFFICE_PARTS = {"[Content_Types].xml", "OFD.xml", "word/document.xml", "xl/workbook.xml", "xl/workbook.bin"}
_OPEN_DOCUMENT, _BOOK = {"mimetype", "content.xml"}, {"mimetype", "META-INF/container.xml"}


def zip_members(file: BinaryIO, allowed: Allowance, limits: Limits) -> Iterator[Member] | None:
    """The members in the order of the archive's list; None where the zip is a document.

    Raises:
        GoujiError: E105 where its list cannot be read; TooMuch where that is too long.
    """
    with damage_told("压缩包"):
        archive = zipfile.ZipFile(cast("IO[bytes]", _Bounded(file)))
        entries = archive.infolist()
    names = {entry.filename.replace("\\", "/") for entry in entries}
    if names & _OFFICE_PARTS or names >= _OPEN_DOCUMENT or names >= _BOOK:
        return None
    return _members(archive, entries, allowed, limits)


def count_zip_members(file: BinaryIO) -> int:
    """How many files it lists; 1 where it is a document or cannot be read."""
    try:
        with zipfile.ZipFile(cast("IO[bytes]", _Bounded(file))) as archive:
            return max(1, sum(not entry.is_dir() for entry in archive.infolist()))
    except Exception:
        # As in `damage_told`; what is wrong is told where the archive is read.
        return 1


def _members(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], allowed: Allowance, limits: Limits
) -> Iterator[Member]:
    for entry in entries:
        allowed.count()
        name = _name(entry)
        if name.endswith(("/", "\\")) and not entry.file_size:
            continue
        parts = member_parts(name)
        refusal = _refusal(entry, parts, limits)
        yield Member(parts, entry.file_size, refusal, partial(_opened, archive, entry, allowed))


def _opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, allowed: Allowance) -> Stream:
    with damage_told("内容"):
        return Told(cast(Stream, archive.open(entry)), allowed)


def _name(entry: zipfile.ZipInfo) -> str:
    """Without the flag for UTF-8 a name is in whatever encoding the packer's system had; the library takes it for that
    of DOS, whose every byte is a character."""
    if entry.flag_bits & _NAMED_IN_UTF_8:
        return entry.filename
    try:
        return decoded(entry.filename.encode("cp437"))
    except UnicodeEncodeError:
        # Newer versions of the library look for the name in Unicode that some packers add.
        return entry.filename


def _refusal(entry: zipfile.ZipInfo, parts: list[str], limits: Limits) -> GoujiError | None:
    mode = entry.external_attr >> 16 if entry.create_system == _UNIX else 0
    if stat.S_ISLNK(mode):
        return left_out("是符号链接")
    if stat.S_IFMT(mode) and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        return GoujiError(E101, reason=what_it_is(mode))
    reason = why_member_left_out(parts)
    if reason:
        return left_out(reason)
    if entry.flag_bits & _ENCRYPTED:
        return GoujiError(E106)
    if entry.compress_type not in _METHODS:
        return GoujiError(E105, reason=f"压缩方式 {entry.compress_type} 不受支持")
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size >= limits.min_ratio_bytes and ratio > limits.max_ratio:
        return GoujiError(E107, reason=f"压缩比为 {ratio:.0f}，上限 {limits.max_ratio}")
    return None


class _Bounded:
    """A file of which no more is read at once than a list of members may have: the library asks for as much as the
    archive tells it to."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(MOST_DIRECTORY_BYTES + 1 if size < 0 else min(size, MOST_DIRECTORY_BYTES + 1))
        if len(content) > MOST_DIRECTORY_BYTES:
            raise TooMuch("包内文件太多")
        return content

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        return
