"""Text of unknown origin made fit for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with control characters and undecodable bytes written out, safe for a terminal line."""
    decoded = text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"
        for char in decoded.replace("\u3000", " ").replace("\u00a0", " ")
    )
