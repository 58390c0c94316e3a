"""Zip packages of XML parts (OOXML, OpenDocument), opened without trusting what they say of themselves.

Members are inflated in memory, one at a time and within limits; nothing is ever written to disk, and
archives inside the archive are not followed.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field

from lxml import etree

from pipeline.errors import E105, E106, E107, E108, GoujiError
from pipeline.limits import Limits

_DECLARATIONS = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ZIP_FAULTS = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, KeyError,
    OverflowError, IndexError, LookupError,
)  # fmt: skip

# "Strict" documents differ from ordinary ones only in their namespaces.
_STRICT = re.compile(
    rb"http://purl\.oclc\.org/ooxml/"
    rb"(wordprocessingml|spreadsheetml|drawingml|officeDocument)/(main|relationships|wordprocessingDrawing|picture)"
)


@dataclass(slots=True)
class Package:
    """An opened package. `names` maps the name of every member, `/`-separated, to its entry."""

    names: dict[str, zipfile.ZipInfo]
    _zip: zipfile.ZipFile
    _limits: Limits
    _inflated: int = field(default=0)

    def read(self, name: str) -> bytes:
        """A member's content; KeyError where there is none.

        Raises:
            GoujiError: E105 damaged, E106 encrypted, E107 inflates beyond the limits.
        """
        entry = self.names[name]
        if entry.flag_bits & 1:
            raise GoujiError(E106)
        if entry.compress_type not in _METHODS:
            raise GoujiError(E105, reason=f"压缩方式 {entry.compress_type} 不受支持")
        limit = min(self._limits.max_part_bytes, self._limits.max_inflated_bytes - self._inflated)
        try:
            with self._zip.open(entry) as member:
                content = member.read(limit + 1)
        except _ZIP_FAULTS as error:
            raise GoujiError(E105, reason=f"压缩包中的 {_shown(name)} 无法解压（{type(error).__name__}）") from None
        if len(content) > limit:
            raise GoujiError(E107, reason=f"{_shown(name)} 解压后超过 {limit} 字节")
        self._inflated += len(content)
        return content

    def xml(self, name: str) -> etree._Element:
        """A member parsed as XML; KeyError where there is none. Raises as `read` and `parse_xml` do."""
        return parse_xml(self.read(name), name)

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """What the part points to inside the package: id to (last word of the type, name of the member)."""
        folder, base = posixpath.split(part)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        if name not in self.names:
            return {}
        found: dict[str, tuple[str, str]] = {}
        for relation in self.xml(name).iter("{*}Relationship"):
            if relation.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or ""))
            found[relation.get("Id") or ""] = ((relation.get("Type") or "").rpartition("/")[2], target.lstrip("/"))
        return found


def open_package(data: bytes, limits: Limits) -> Package:
    """The package in `data`, its declared sizes checked.

    Raises:
        GoujiError: E105 no readable zip, or names that point outside it; E107 too many or too large members.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except _ZIP_FAULTS as error:
        raise GoujiError(E105, reason=f"不是完整的压缩包（{type(error).__name__}）") from None
    if len(entries) > limits.max_members:
        raise GoujiError(E107, reason=f"压缩包内有 {len(entries)} 个文件，上限 {limits.max_members}")
    total = 0
    names: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename.replace("\\", "/").lstrip("/")
        if ".." in name.split("/"):
            raise GoujiError(E105, reason="压缩包内含有指向外部的路径")
        total += entry.file_size
        if total > limits.max_inflated_bytes:
            raise GoujiError(E107, reason=f"解压后超过 {limits.max_inflated_bytes} 字节")
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size >= limits.min_ratio_bytes and ratio > limits.max_ratio:
            raise GoujiError(E107, reason=f"{_shown(name)} 的压缩比为 {ratio:.0f}，上限 {limits.max_ratio}")
        names[name] = entry
    return Package(names, archive, limits)


def parse_xml(content: bytes, name: str) -> etree._Element:
    """An XML part as a tree; strict namespaces are turned into the ordinary ones.

    Raises:
        GoujiError: E108 on any document type or entity declaration; E105 where it is not well-formed or nested
            more than 256 deep.
    """
    if any(word in content for word in _DECLARATIONS):
        raise GoujiError(E108)
    content = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", content)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from None
        raise GoujiError(E105, reason=f"{_shown(name)} 不是有效的 XML") from None
    if root is None:
        raise GoujiError(E105, reason=f"{_shown(name)} 是空的")
    if root.getroottree().docinfo.internalDTD is not None:
        raise GoujiError(E108)
    return root


def _shown(name: str) -> str:
    return "".join(character for character in name[-60:] if character.isprintable())
