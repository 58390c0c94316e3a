"""Model folders as PaddleOCR wants them, made from the weights that Python packages bring along.

PaddleOCR opens a folder with `inference.onnx` and `inference.yml`. The packages hold only the first, so the folder
is put together once in the cache: `$XDG_CACHE_HOME/gouji/ocr/<model>-<hash>`, by default under `~/.cache`. The hash
covers the weights and the settings, so that a new package or another setting never meets an old folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import E115, GoujiError
from pipeline.ocr.runtime import onnx_runtime
from pipeline.ocr.settings import Detector, Folder, Hub, PackageFile, Recogniser

_WEIGHTS = "inference.onnx"
_SETTINGS = "inference.yml"
_LAYOUT = 1
"""Counts up when what `_settings` writes changes."""


def cache_folder() -> Path:
    """Where everything that can be made anew is kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gouji" / "ocr"


def model_folder(model: Detector | Recogniser) -> Path | None:
    """The folder to open the model from; None where PaddleOCR is to download it by its name.

    Raises:
        GoujiError: E115 where the package, its file or the folder is not there, or the cache cannot be written.
    """
    if isinstance(model.weights, Hub):
        return None
    if isinstance(model.weights, Folder):
        if not (model.weights.folder / _SETTINGS).is_file():
            raise GoujiError(E115, reason=f"{model.weights.folder} 中没有 {_SETTINGS}")
        return model.weights.folder
    weights = _package_path(model.weights)
    folder = cache_folder() / f"{model.model}-{_digest(model, weights)}"
    try:
        if not folder.is_dir():
            _build(folder, weights, yaml.safe_dump(_settings(model, weights), allow_unicode=True, sort_keys=True))
        return folder
    except OSError as error:
        raise GoujiError(E115, reason=f"缓存目录无法写入（{type(error).__name__}）") from error


def _build(folder: Path, weights: Path, settings: str) -> None:
    """Makes the folder under a name of its own, then renames it, so that several processes may do so at once and none
    sees half a folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        shutil.copyfile(weights, making / _WEIGHTS)
        (making / _SETTINGS).write_text(settings, encoding="utf-8")
        making.chmod(0o755)
        making.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _package_path(file: PackageFile) -> Path:
    spec = find_spec(file.package)
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place) / file.file
        if path.is_file():
            return path
    reason = f"Python 包 {file.package} 中没有 {file.file}" if spec else f"没有安装 Python 包 {file.package}"
    raise GoujiError(E115, reason=reason)


def _digest(model: Detector | Recogniser, weights: Path) -> str:
    """Of the settings, and of what changes with new weights: name, size, and the content at both ends.

    Reading 20 MB whole at each start would take longer than opening the model."""
    size = weights.stat().st_size
    digest = hashlib.sha256(f"{_LAYOUT} {model.model_dump_json()} {weights.name} {size}\n".encode())
    with weights.open("rb") as stream:
        digest.update(stream.read(65536))
        stream.seek(max(0, size - 65536))
        digest.update(stream.read())
    return digest.hexdigest()[:16]


def _settings(model: Detector | Recogniser, weights: Path) -> dict[str, Any]:
    if isinstance(model, Detector):
        return {
            "Global": {"model_name": model.model},
            "PreProcess": {
                "transform_ops": [
                    {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                    {"DetResizeForTest": {"resize_long": model.longest_side}},
                    {
                        "NormalizeImage": {
                            "mean": [0.485, 0.456, 0.406],
                            "std": [0.229, 0.224, 0.225],
                            "scale": "1./255.",
                            "order": "hwc",
                        }
                    },
                    {"ToCHWImage": None},
                ]
            },
            "PostProcess": {
                "name": "DBPostProcess",
                "thresh": model.pixel_threshold,
                "box_thresh": model.box_threshold,
                "unclip_ratio": model.unclip_ratio,
                "max_candidates": 3000,
            },
        }
    return {
        "Global": {"model_name": model.model},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"RecResizeImg": {"image_shape": [3, 48, 64]}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": _characters(model, weights)},
    }


def _characters(model: Recogniser, weights: Path) -> list[str]:
    """The dictionary. Split on line feeds only: one of its entries is an ideographic space."""
    if model.dictionary:
        text = _package_path(model.dictionary).read_text(encoding="utf-8")
    else:
        session = onnx_runtime().InferenceSession(str(weights), providers=["CPUExecutionProvider"])
        text = session.get_modelmeta().custom_metadata_map.get("character", "")
        if not text:
            raise GoujiError(E115, reason=f"{weights.name} 没有自带字典")
    return text.removesuffix("\n").split("\n")
