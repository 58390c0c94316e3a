"""Bytes to text, by decoding and looking at the Chinese that comes out.

What a page declares about its own encoding is wrong often enough that it counts only as one
candidate among several.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SAMPLE = 20_000
"""Characters beyond ASCII that are looked at; more of them change no decision."""

# Characters that make up about half of any administrative Chinese text, simplified and traditional.
# A wrong decoding lands on them at random, some 5 % of the time.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方"
    "后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它"
    "合还因由其些然前外天政四日社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质第向道命此变条只没"
    "结解问意建月公无系军很情最立代想已通并提直题程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级"
    "府信息请申告报区局市县镇乡委书记章规范围处罚许可收费征集诉讼议复决维持审核依据网站办厅镇监督保障回未尽服务众"
    "計總書報區縣網務規範處許費徵訴訟議復決維審據辦廳監護眾開關請數國會來時們個這對發動過說產種業後與條結問題程無"
    "公開資訊機構單位學經濟體製實現點從還應當間樣長義親質變員設計級統應項目組織類別財務農業環境"
    "0123456789０１２３４５６７８９，。、；：（）《》“”　〇零六七八九共计件项万元季号申答附其他"
)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# GB2312 and GBK are subsets of GB18030, and pages that declare the small one use the large one.
_WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs",
    "iso8859-1": "cp1252", "ascii": "utf-8", "utf-8-sig": "utf-8",
}  # fmt: skip

_WEB_1252 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_TO_LATIN_1 = {ord(character): code for code, character in _WEB_1252.items()}
"""Windows-1252 as browsers read it, undone: its typographic characters back to the bytes 0x80-0x9F."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    """Without byte order mark."""
    encoding: str
    """Python's name of the encoding."""
    warnings: tuple[str, ...] = ()


def declared_charset(data: bytes) -> str | None:
    """The encoding that the head of an HTML or XML file names, as Python spells it; None for none or an unknown one."""
    for found in _DECLARED.findall(data[:4096]):
        name = _codec(found.decode("ascii"))
        if name:
            return name
    return None


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text of a file, whatever its encoding; never fails.

    Order: byte order mark; UTF-16 by its zero bytes; strict UTF-8; else the decoding that gives the most
    plausible Chinese among the declared one, GB18030, Big5 and UTF-8 with damaged bytes.
    Text that was encoded twice is repaired where the way back is exact.

    Args:
        data: the file.
        declared: the encoding it claims, if any.
    """
    chosen = _by_mark(data) or _by_evidence(data, _codec(declared) if declared else None)
    repaired = repair_mojibake(chosen.text)
    if repaired == chosen.text:
        return chosen
    return Decoded(repaired, chosen.encoding, (*chosen.warnings, "文本曾被错误转码，已还原。"))


def repair_mojibake(text: str) -> str:
    """The text as it was before some converter decoded it wrongly and stored the result.

    The whole text where the round trip is exact, otherwise line by line; unchanged where nothing clearly
    better comes out.
    """
    if _chinese(text) > 0.3 or text.isascii():
        return text
    whole = _undone(text)
    if whole is not None:
        return whole
    lines = text.split("\n")
    mended = [line if line.isascii() else _undone(line) or line for line in lines]
    return "\n".join(mended)


def _undone(text: str) -> str | None:
    before = _chinese(text)
    best: str | None = None
    for original in _ways_back(text):
        after = _chinese(original)
        # Two characters are no evidence: an accented pair can be a rare but honest hanzi elsewhere.
        if after > max(2 * before, before + 0.2) and len(_sample(original)) >= 4:
            best, before = original, after
    return best


def _ways_back(text: str) -> Iterator[str]:
    try:
        western = text.translate(_TO_LATIN_1).encode("latin-1")
    except UnicodeEncodeError:
        western = None
    if western is not None:
        for encoding in ("utf-8", "gb18030"):
            try:
                yield western.decode(encoding)
            except UnicodeDecodeError:
                continue
    try:
        yield text.encode("gb18030").decode("utf-8")
    except UnicodeError:
        return


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            return Decoded(text, "utf-8" if encoding == "utf-8-sig" else encoding, _damage(text))
    head = data[:2000]
    if len(head) >= 8 and head.count(0) > len(head) / 5:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > 4 * min(even, odd):
            encoding = "utf-16-le" if odd > even else "utf-16-be"
            text = data.decode(encoding, "replace")
            return Decoded(text, encoding, _damage(text))
    return None


def _by_evidence(data: bytes, declared: str | None) -> Decoded:
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    best = Decoded("", "")
    best_score = float("-inf")
    for encoding in dict.fromkeys((declared, "gb18030", "big5hkscs", "utf-8", "cp1252")):
        if encoding is None:
            continue
        text = data.decode(encoding, "replace")
        # Single bytes always decode; they must not win over Chinese with one damaged byte.
        score = _chinese(text) + (0.02 if encoding == declared else 0.0) - (0.1 if encoding == "cp1252" else 0.0)
        if score > best_score:
            best, best_score = Decoded(text, encoding, _damage(text)), score
    return best


def _chinese(text: str) -> float:
    """How much the text beyond ASCII looks like Chinese: 0..1, below 0 where it is mostly damage."""
    sample = _sample(text)
    if not sample:
        return 0.0
    common = sum(character in _COMMON for character in sample)
    damaged = sample.count("\ufffd") + sum("\ue000" <= c <= "\uf8ff" or "\x80" <= c <= "\x9f" for c in sample)
    return (common - 2 * damaged) / len(sample)


def _sample(text: str) -> str:
    runs: list[str] = []
    room = _SAMPLE
    for run in _BEYOND_ASCII.finditer(text):
        runs.append(run.group()[:room])
        room -= len(runs[-1])
        if room <= 0:
            break
    return "".join(runs)


def _damage(text: str) -> tuple[str, ...]:
    count = text.count("\ufffd")
    return (f"有 {count} 处字节无法解码。",) if count else ()


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(name.strip().strip("\"'"))
    except (LookupError, ValueError):
        return None
    # Codecs such as rot13 or hex answer to a name but do not decode bytes to text.
    if not getattr(found, "_is_text_encoding", True) or found.name in ("idna", "punycode", "undefined"):
        return None
    return _WIDER.get(found.name, found.name)
