"""Names of files as text that can be listed, whatever they were called and by which program.

A name is only ever shown. Nothing is opened or written by what comes out of here.
"""

from __future__ import annotations

import os
import re

LONGEST = 500
"""Characters of a name that are kept; of a longer one the middle is left out."""

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, lines and directions of writing, halves of characters: what would change how a line looks."""
_DRIVE = re.compile(r"[A-Za-z]:(?=/|$)")
_NAMELESS = "无名"


def decoded(raw: bytes) -> str:
    """A name of which nobody says how it is encoded: UTF-8, or GBK and its successor."""
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Some words in GBK happen to be letters of Cyrillic or Greek in UTF-8, which no name here is made of.
        if encoding != "utf-8" or name.isascii() or any(character >= "\u0800" for character in name):
            return name
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            return name
    return raw.decode("cp437")


def readable(path: str) -> str:
    """A path of the file system as text in one line."""
    if not path.isascii() and any("\udc80" <= character <= "\udcff" for character in path):
        # Not valid in the system's encoding: written by a system that used another one.
        path = decoded(os.fsencode(path))
    return shown(path)


def member_parts(name: str) -> list[str]:
    """The folders and the base name that a member of an archive claims, without anything that leads elsewhere: drive
    letters, absolute paths, `..`."""
    slashed = _DRIVE.sub("", name.replace("\\", "/"), count=1)
    parts = [shown(part) for part in slashed.split("/") if part not in ("", ".", "..")]
    return parts or [_NAMELESS]


def shown(text: str) -> str:
    """What cannot be printed made visible, and not too long."""
    text = _UNPRINTABLE.sub(_escaped, text)
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}…{text[-LONGEST // 2 + 1 :]}"


def _escaped(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
