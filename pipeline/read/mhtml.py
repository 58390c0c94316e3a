"""MHTML, Word's "single file web page": a page and its images packed as an e-mail, often named .doc."""

from __future__ import annotations

import email
import re
from email.message import Message
from urllib.parse import urljoin

from pipeline.document import Document
from pipeline.errors import E105, GoujiError
from pipeline.limits import Limits
from pipeline.read.charset import declared_charset, decode
from pipeline.read.html import read_html
from pipeline.read.pictures import Absence, Find
from pipeline.read.references import find_nothing

_HEAD = 4096
_VERSION = re.compile(rb"^MIME-Version:", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^Content-Type:\s*(?:multipart/|text/html)", re.IGNORECASE | re.MULTILINE)


def is_mhtml(data: bytes) -> bool:
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    return bool(_VERSION.search(head) and _TYPE.search(head)) and not head.startswith(b"<")


def read_mhtml(data: bytes, name: str, sha256: str, limits: Limits | None = None) -> Document:
    """The page inside, as `read_html` reads it.

    Raises:
        GoujiError: E105 where no page is inside; E103 where it is too large.
    """
    # As UTF-8 with its mark, so that what the page says of its own encoding no longer matters.
    page, find = mhtml_parts(data)
    return read_html(page.encode("utf-8-sig", "replace"), name, sha256, limits, find=find)


def mhtml_parts(data: bytes) -> tuple[str, Find]:
    """The source of the first page inside, and where to find the pictures packed with it.

    Raises:
        GoujiError: E105 where there is none, or the parts nest beyond reason.
    """
    try:
        message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
        parts = list(message.walk())
        page = next((part for part in parts if part.get_content_type() == "text/html"), None)
        content = page.get_payload(decode=True) if page is not None else None
        declared = _charset(page) if page is not None else None
        base = _header(page, "Content-Location") if page is not None else ""
        packed = _packed(parts, base)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise GoujiError(E105, reason=f"单一文件网页无法解析（{type(error).__name__}）") from None
    if not isinstance(content, bytes) or not content.strip():
        raise GoujiError(E105, reason="单一文件网页中没有正文")
    page_source = decode(content, declared or declared_charset(content)).text

    def find(address: str) -> bytes | Absence | None:
        part = packed.get(_joined(base, address)) or packed.get(address)
        if part is None:
            return find_nothing(address)
        try:
            found = part.get_payload(decode=True)
        except (ValueError, LookupError, TypeError, AttributeError):
            found = None
        return found if isinstance(found, bytes) and found else "unreadable"

    return page_source, find


def _packed(parts: list[Message], base: str) -> dict[str, Message]:
    """The parts by every address that the page may use for them."""
    packed: dict[str, Message] = {}
    for part in parts:
        identity, location = _header(part, "Content-ID").strip("<>"), _header(part, "Content-Location")
        if identity:
            packed.setdefault(f"cid:{identity}", part)
        if location:
            packed.setdefault(location, part)
            packed.setdefault(_joined(base, location), part)
    return packed


def _header(part: Message, name: str) -> str:
    return str(part.get(name) or "").strip()


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _charset(page: Message) -> str | None:
    charset = page.get_content_charset()
    return charset if isinstance(charset, str) else None
