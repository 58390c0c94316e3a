"""Text as the form means it: one character for one character, so that places in the text stay true."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_DASHES = "‐‑‒–—―−－﹣ー"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u0007"
_TRADITIONAL = frozenset(
    "開規範請數總計處產許務業訴訟復議糾維結審報檔級關於補錄複園長門閱電機構團體學書單與個為無會員區縣鄉鎮"
)
_NUMBERING = re.compile(
    r"^(?:[(〔【]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)〕】、.:]+|第[一二三四五六七八九十]+[、.]|[①-⑳⑴-⒇㈠-㈩])+"
)
_NOT_KEY = re.compile(r"[^0-9a-z一-鿿㐀-䶿〇]")


@cache
def _one_to_one() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00), *range(0xFF00, 0xFFF0), *range(0x3300, 0x3358)):
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1 and plain != chr(code):
            table[code] = plain
    table |= {ord(dash): "-" for dash in _DASHES}
    table |= {ord(space): " " for space in _SPACES}
    table |= {ord(char): " " for char in _INVISIBLE}
    table |= {ord("﹒"): ".", ord("﹐"): ","}
    return table


def plain(text: str) -> str:
    """Full-width to half-width, odd spaces and dashes to the usual ones, radicals to their characters.
    Keeps the length, so that an index into the result is an index into `text`."""
    if text.isascii():
        return text.replace("\t", " ").replace("\a", " ")
    return text.translate(_one_to_one())


@cache
def _simplifier() -> object:
    import opencc

    return opencc.OpenCC("tw2sp")


def simplified(text: str) -> str:
    """Traditional characters and wordings to simplified ones (規範性檔案 to 规范性文件); may change the length.

    文件 stays: it is 文档 to a Taiwanese, but the pages are mainland texts whose characters a converter changed.
    """
    if not _TRADITIONAL.intersection(text):
        return text
    return "文件".join(str(_simplifier().convert(part)) for part in text.split("文件"))  # type: ignore[attr-defined]


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """What two wordings of one label have in common: no numbering, spaces, punctuation; simplified."""
    bare = simplified(plain(text)).lower()
    bare = re.sub(r"\s+", "", bare)
    bare = _NUMBERING.sub("", bare)
    return _NOT_KEY.sub("", bare)


@lru_cache(maxsize=20_000)
def numbering(text: str) -> str:
    """The numbering before a label without its punctuation, '' where it has none.

    `1.属于国家秘密` and `①属于国家秘密` give `1`, `（七）总计` gives `七`.
    """
    bare = re.sub(r"\s+", "", plain(text))
    match = _NUMBERING.match(bare)
    if not match:
        return ""
    found = re.findall(r"[一二三四五六七八九十]+|\d+|[①-⑳⑴-⒇㈠-㈩]", match.group())
    if not found:
        return ""
    return unicodedata.normalize("NFKC", found[-1]).strip("()")
