"""What the `src` of a picture in a web page stands for: data in the address itself, a file beside the page, a link."""

from __future__ import annotations

import binascii
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, unquote_to_bytes

from lxml import etree

from pipeline.read.pictures import Absence, Find

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_DATA = re.compile(r"data:([^,;]*)([^,]*),", re.IGNORECASE)
# Pages that load their pictures late put the address elsewhere and a placeholder into `src`.
_ADDRESSES = ("src", "data-src", "data-original", "data-lazy-src", "_src", "original")


def addresses(element: etree._Element) -> Iterator[str]:
    """Where an `<img>` says that its picture lies, likeliest first."""
    for name in _ADDRESSES:
        address = (element.get(name) or "").strip()
        if address:
            yield address


def find_nothing(address: str) -> bytes | Absence | None:
    """For a page without anything beside it: what stands in the address itself. None for drawings, such as icons."""
    data = _DATA.match(address)
    if data is not None:
        if "svg" in data.group(1).lower():
            return None
        content = address[data.end() :]
        if "base64" not in data.group(2).lower():
            return unquote_to_bytes(content)
        try:
            return binascii.a2b_base64(unquote(content))
        except ValueError:
            return "unreadable"
    scheme = _SCHEME.match(address)
    if scheme is None:
        return "linked" if address.startswith("/") else "missing"
    return "linked" if scheme.group(1).lower() in ("http", "https") else "missing"


def find_beside(folder: Path, max_bytes: int) -> Find:
    """For a page in a folder: files in it or below, as browsers save them. Nothing outside is ever opened.

    Args:
        max_bytes: a larger file counts as missing.
    """
    root = folder.resolve()

    def find(address: str) -> bytes | Absence | None:
        found = find_nothing(address)
        if found != "missing" or _SCHEME.match(address):
            return found
        plain = re.split(r"[?#]", address, maxsplit=1)[0]
        # A name may hold any of these characters itself, and Word writes backslashes.
        for name in dict.fromkeys((unquote(plain), unquote(plain, "gb18030"), plain, unquote(address))):
            content = _content(root, name.replace("\\", "/"), max_bytes)
            if content is not None:
                return content
        return "missing"

    return find


def _content(root: Path, name: str, max_bytes: int) -> bytes | None:
    if not name or "\0" in name or PurePosixPath(name).is_absolute():
        return None
    try:
        # Resolved first, so that neither `..` nor a link leads out.
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            return None
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except (OSError, ValueError, RuntimeError):
        return None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > max_bytes:
            return None
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(max_bytes)
    except OSError:
        return None
    finally:
        os.close(handle)
