"""Which pieces of a large vocabulary Chinese reports need, and where their embeddings begin."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from training.tagger.tokenizer import FULL_WIDTH_DIGITS, OWN, SPACE, SPECIAL

_ENGLISH_PIECES = 500
_PUNCTUATION = "、。〈〉《》「」『』【】〔〕〖〗“”‘’·•・…—―–−‐─│～￥¥°℃㎡‰×÷±≤≥√○〇●◎□■☑☐△▲◆★※→←↑↓§№"


def kept_pieces(pieces: Sequence[str], scores: NDArray[np.float32]) -> list[tuple[str, float, tuple[int, ...]]]:
    """The pieces of the small vocabulary: text, score, and the old ids whose mean is the embedding.

    A piece that exists only with the mark of a space before it is taken without the mark, for after a split no piece
    begins with one. A character without a piece but with a compatible form (NFKC) that has them, such as ，① and ⼀,
    gets a piece of its own which starts from theirs: so the encoder can learn to tell a Chinese comma from one between
    thousands.
    """
    at = {piece: index for index, piece in enumerate(pieces)}

    def source(text: str) -> int | None:
        return at.get(text, at.get(SPACE + text))

    chosen: dict[str, tuple[float, tuple[int, ...]]] = {}

    def take(text: str) -> None:
        found = source(text)
        sources = (found,) if found is not None else _compatible(text, source)
        if text not in chosen and sources is not None:
            chosen[text] = (float(min(scores[one] for one in sources)), sources)

    simplified, traditional = _gb2312(), _big5_level_1()
    letters = {piece.removeprefix(SPACE) for piece in pieces}
    english = sorted(
        (text for text in letters if 2 <= len(text) <= 3 and text.isascii() and text.isalpha()),
        key=lambda text: (-scores[_known(source(text))], text),
    )
    words = sorted(
        text
        for text in letters
        if len(text) > 1 and all(one in simplified and one not in OWN for one in text) and text in at
    )
    for text in (
        *map(chr, range(0x21, 0x7F)),
        *OWN,
        SPACE,
        *_PUNCTUATION,
        *(chr(code) for code in range(0xFF01, 0xFF5F) if chr(code) not in FULL_WIDTH_DIGITS),
        *map(chr, range(0x2460, 0x2474)),  # ① to ⑳
        *map(chr, range(0x2474, 0x2488)),  # ⑴ to ⒇
        *map(chr, range(0x2488, 0x249C)),  # ⒈ to ⒛
        *map(chr, range(0x3220, 0x322A)),  # ㈠ to ㈩
        *map(chr, range(0x2F00, 0x2FD6)),  # radicals, which some PDFs print in place of the ideographs
        *sorted(simplified | traditional),
        *english[:_ENGLISH_PIECES],
        *words,
    ):
        take(text)
    # A line end and a cell border are spaces to the base model; a full stop and a bar tell them apart from the start.
    line = tuple(_known(source(one)) for one in (SPACE, "。"))
    cell = tuple(_known(source(one)) for one in (SPACE, "|"))
    special = *((at[one],) for one in SPECIAL[:4]), line, cell
    ordered = sorted(chosen.items(), key=lambda item: (item[1][1], item[0]))
    return [
        *((text, 0.0, sources) for text, sources in zip(SPECIAL, special, strict=True)),
        *((text, score, sources) for text, (score, sources) in ordered),
    ]


def _compatible(text: str, source: Callable[[str], int | None]) -> tuple[int, ...] | None:
    found = [source(one) for one in unicodedata.normalize("NFKC", text)]
    return None if None in found else tuple(one for one in found if one is not None)


def _known(index: int | None) -> int:
    if index is None:
        raise ValueError("词表中缺少必需的符号")
    return index


def _gb2312() -> set[str]:
    """The 6763 ideographs of GB2312."""
    return _decoded("gb2312", range(0xB0, 0xF8), range(0xA1, 0xFF))


def _big5_level_1() -> set[str]:
    """The 5401 common ideographs of Big5."""
    return _decoded("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])


def _decoded(encoding: str, first: Iterable[int], second: Sequence[int]) -> set[str]:
    pairs = (bytes([high, low]).decode(encoding, errors="ignore") for high in first for low in second)
    return {one for one in pairs if len(one) == 1 and "\u4e00" <= one <= "\u9fff"}
