"""Archives and compressed files, told by their content; what lies in them, member by member.

Nothing that an archive says of itself is believed, nothing is written here, and no member's name is used for anything
but to be shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Literal, TypeAlias

from pipeline.ingest.left_out import page_stem
from pipeline.ingest.tars import Packing, is_tar, packed_members, tar_members
from pipeline.ingest.unpacking import Allowance, Member
from pipeline.ingest.zips import zip_members
from pipeline.limits import Limits

Kind: TypeAlias = Literal["zip", "tar"] | Packing

_ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
_DOCUMENTS = (
    "docx", "docm", "dotx", "dotm", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "pptx", "pptm", "ppsx", "odt", "ods",
    "odp", "odg", "ott", "ots", "ofd", "epub", "vsdx", "xps", "oxps",
)  # fmt: skip
"""Endings of documents that are zips inside: whether such a file is whole is for those to say who read documents."""


def archive_kind(head: bytes, name: str) -> Kind | None:
    """Whether a file may be an archive. Of a zip only `members` can tell that it is not a document.

    Args:
        head: its first 512 bytes at least, where it has so many.
        name: its base name, which can only say that it is none.
    """
    if head.startswith(_ZIPS):
        return None if name.rpartition(".")[2].lower() in _DOCUMENTS else "zip"
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if head.startswith(b"\xfd7zXZ\0"):
        return "xz"
    if _BZIP2.match(head):
        return "bzip2"
    return "tar" if is_tar(head) else None


def members(file: BinaryIO, name: str, kind: Kind, allowed: Allowance, limits: Limits) -> Iterator[Member] | None:
    """The files in an archive, in its own order; None where it is a document after all.

    Args:
        file: at its beginning; it must stay open.
        name: base name of the archive.
        allowed: is spent as members are read.

    Raises:
        GoujiError: E105 and TooMuch, by the iterator too: then nothing more can be had from it.
    """
    match kind:
        case "zip":
            return zip_members(file, allowed, limits)
        case "tar":
            return tar_members(file, allowed)
    return packed_members(file, name, kind, allowed)


def page_stems(inside: Iterator[Member]) -> Iterator[str]:
    """The web pages among the members, with their folders and without ending."""
    for member in inside:
        stem = page_stem("/".join(member.parts))
        if stem is not None:
            yield stem
