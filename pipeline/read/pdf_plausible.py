"""Whether the text of a page can be what the page shows, or its codes are those of something else."""

from __future__ import annotations

import re
import unicodedata

LEAST = 30
"""Characters below which nothing can be said."""
STRANGE = 0.3
"""Share of characters that no report has, from which on a text is none."""
COMMON_SHARE = 0.12
"""Share of the most frequent hanzi among all hanzi of a page. Pages of reports have 0.6 and more, as prose or as labels
of a table; codes that are off by one give 0.05, hanzi at random 0.01."""
SYMBOLS = 0.25
"""Share of symbols that are rare in text, among ASCII: what codes without a meaning are shown as."""

_COMMON = frozenset(
    "的政府信息公开年度工作行机关数量申请人公不一为理有上中月日以本和民法在及事他其表报告情况内容规章制定件处"
    "主动务督平台结果保建设管部门级县市区镇街道办局委员会员加强实施进第二三四五六七八九十条例收到复议诉讼"
    "总计自然商企业科研机构社会公益组织律服新予未提供网站众发展大全面存在问题改时国家对了是无收费许可强制罚"
)  # fmt: skip
_RARE_SYMBOL = re.compile(r"""[!"#$&'*;<=>?@\[\\\]^`{|}~]""")


def is_plausible(text: str) -> bool:
    """Whether a page with this text layer can be read by it.

    Noticed are: bytes of one encoding shown as another (Latin letters with accents, Greek, Cyrillic), codes of a font
    taken for characters (private use, symbols), and tables of codes that lead to other hanzi than those drawn. Text
    in Latin letters and digits alone is plausible.
    """
    characters = [one for one in unicodedata.normalize("NFKC", text) if not one.isspace()]
    n = len(characters)
    if n < LEAST:
        return True
    hanzi = [one for one in characters if _is_hanzi(one)]
    strange = sum(1 for one in characters if _is_strange(one))
    if strange > STRANGE * n:
        return False
    ascii_only = [one for one in characters if one.isascii()]
    symbols = sum(1 for one in ascii_only if _RARE_SYMBOL.match(one))
    if len(ascii_only) >= LEAST and len(ascii_only) > n / 2 and symbols > SYMBOLS * len(ascii_only):
        return False
    return len(hanzi) < LEAST or sum(1 for one in hanzi if one in _COMMON) >= COMMON_SHARE * len(hanzi)


def _is_hanzi(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


def _is_strange(character: str) -> bool:
    """Neither ASCII, nor hanzi, nor a sign of Chinese typesetting."""
    code = ord(character)
    if code < 0x7F or _is_hanzi(character):
        return False
    # Signs that occur in tables and lists: · × ÷ – — ‘ ’ “ ” … ‰ ℃ № Ⅰ → ① ■ √ ≥ and the Chinese ones.
    if code in (0xA0, 0xB0, 0xB1, 0xB7, 0xD7, 0xF7) or 0x2010 <= code <= 0x27BF:
        return False
    return not (0x2E80 <= code <= 0x33FF or 0xFE10 <= code <= 0xFE6F or 0xFF00 <= code <= 0xFFEF)
