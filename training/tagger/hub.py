"""A base encoder out of a hub, or of a folder as hubs hold them: any model built like BERT with a fast tokenizer."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer

from training.tagger.tokenizer import CELL, LINE, SpecialIds, one_line, with_own_tokens


def write_other(name: str, folder: Path, layers: int) -> dict[str, Any]:
    """Writes a hub's model, its first `layers`, with our own tokens into `folder`; returns what is said of it.

    Raises:
        ValueError: it cannot be loaded or does not fit; one sentence in Chinese.
    """
    try:
        model = AutoModel.from_pretrained(name, dtype=torch.float32)
        named = AutoTokenizer.from_pretrained(name, use_fast=True)
    except Exception as error:  # a hub fails in many ways, none of which is a fault of this program
        raise ValueError(f"无法载入基础模型 {name}：{one_line(error)}") from error
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
    tokenizer = with_own_tokens(name, named.backend_tokenizer)
    model.encoder.layer = stack[:layers]
    model.config.num_hidden_layers = layers
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    vocabulary = tokenizer.get_vocab()
    _resize(model, 1 + max(vocabulary.values()))
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    return {
        "name": name,
        "version": getattr(model.config, "_commit_hash", None),
        "pieces": len(vocabulary),
        "special": asdict(SpecialIds(*marks, *(vocabulary[one] for one in (LINE, CELL)))),
    }


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
