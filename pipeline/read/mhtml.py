"""MHTML, Word's "single file web page": a page and its images packed as an e-mail, often named .doc."""

from __future__ import annotations

import email
import re
from email.message import Message

from pipeline.document import Document
from pipeline.errors import E105, GoujiError
from pipeline.limits import Limits
from pipeline.read.charset import declared_charset, decode
from pipeline.read.html import read_html

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
    page = mhtml_page(data).encode("utf-8-sig", "replace")
    return read_html(page, name, sha256, limits)


def mhtml_page(data: bytes) -> str:
    """The source of the first page inside.

    Raises:
        GoujiError: E105 where there is none, or the parts nest beyond reason.
    """
    try:
        message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
        page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
        content = page.get_payload(decode=True) if page is not None else None
        declared = _charset(page) if page is not None else None
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise GoujiError(E105, reason=f"单一文件网页无法解析（{type(error).__name__}）") from None
    if not isinstance(content, bytes) or not content.strip():
        raise GoujiError(E105, reason="单一文件网页中没有正文")
    return decode(content, declared or declared_charset(content)).text


def _charset(page: Message) -> str | None:
    charset = page.get_content_charset()
    return charset if isinstance(charset, str) else None
