"""Regions of a page as one of PaddleOCR's layout models proposes them.

Only proposals: such models find nothing on heavy pages and take a faint table for a figure, so `pipeline.scan.layout`
weighs them against what else was seen. A set of configs/ocr.yaml has a model for it only where its `layout` names one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import numpy as np
import yaml

from pipeline.errors import E115, E302, GoujiError
from pipeline.ocr.runtime import onnx_runtime
from pipeline.ocr.settings import Detector, Folder, LayoutModel, OcrSettings, PackageFile, default_settings
from pipeline.ocr.weights import _build, _package_path, cache_folder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.document import Box, Pixels

    Floats: TypeAlias = NDArray[np.float32]

RegionKind: TypeAlias = Literal["table", "text", "heading", "furniture"]

LABELS: dict[RegionKind, frozenset[str]] = {
    "table": frozenset({"table"}),
    "text": frozenset(
        {"text", "plain text", "content", "abstract", "list", "reference", "reference_content", "footnote"}
        | {"figure_caption", "figure_title", "table_caption", "table_title", "chart_title", "figure_table_chart_title"}
        | {"vertical_text", "vision_footnote", "algorithm"}
    ),
    "heading": frozenset({"title", "doc_title", "paragraph_title"}),
    "furniture": frozenset({"header", "footer", "number", "header_image", "footer_image", "aside_text"}),
}
"""Labels of PP-DocLayout (-L, -M, -S, _plus-L, V2, V3), PicoDet_layout and CDLA. Figures, seals, charts and formulas
are no region of ours."""

LEAST_OVERLAP = 0.5
"""Intersection over union from which on two boxes of one label are the same region."""
MOST_REGIONS = 300


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a layout model says of a part of the page."""

    kind: RegionKind
    box: Box
    """Pixels of the image that was given."""
    score: float
    """Of the model, in (0, 1]; no probability."""


_opened: dict[tuple[str, str], Any] = {}


def find_regions(
    image: Pixels, name: str | None = None, device: str | None = None, settings: OcrSettings | None = None
) -> list[Proposal]:
    """Regions of an upright page, from the top; none where the set has no layout model.

    Args:
        name: of a set or an ensemble, whose first member it is then; None is the default of the settings.
        device: `cpu`, `gpu` or `gpu:1`; None is what the settings say.
        settings: None is configs/ocr.yaml as shipped.

    Raises:
        GoujiError: E115 where the weights are missing, broken or cannot be downloaded, E116 where the device cannot be
            used, E302 where the settings know no such set.
    """
    settings = settings or default_settings()
    model = layout_model(settings, name)
    if model is None:
        return []
    device = device or settings.device
    key = (device, f"{settings.threads} {model.model_dump_json()}")
    if key not in _opened:
        _opened[key] = _open_layout(model, settings.threads, device)
    found = _opened[key].predict(np.ascontiguousarray(image[:, :, ::-1]), threshold=model.least_score)[0]
    return proposals(found["boxes"], image.shape[1], image.shape[0])


def layout_model(settings: OcrSettings, name: str | None = None) -> LayoutModel | None:
    """The layout model of a set, or of the first member of an ensemble. Raises GoujiError E302."""
    name = name or settings.default
    if name in settings.ensembles:
        name = settings.ensembles[name].members[0]
    if name not in settings.sets:
        raise GoujiError(E302, reason=f"没有名为 {name} 的模型组")
    return settings.sets[name].layout


def proposals(boxes: Sequence[dict[str, Any]], width: int, height: int) -> list[Proposal]:
    """What PaddleOCR gives (`label`, `score`, `coordinate`), in our kinds, cut to the image, from the top."""
    kinds = {label: kind for kind, labels in LABELS.items() for label in labels}
    found = []
    for box in boxes:
        kind = kinds.get(str(box["label"]))
        left, top, right, bottom = (float(value) for value in box["coordinate"][:4])
        left, right = max(0.0, left), min(float(width), right)
        top, bottom = max(0.0, top), min(float(height), bottom)
        if kind is not None and left < right and top < bottom:
            found.append(Proposal(kind, (left, top, right, bottom), float(box["score"])))
    return sorted(found, key=lambda one: (one.box[1], one.box[0], one.box, one.kind, -one.score))


def _open_layout(model: LayoutModel, threads: int, device: str) -> Any:
    from pipeline.ocr.paddle import _check_device, _open

    _check_device(device)
    if isinstance(model.weights, PackageFile):
        model = model.model_copy(update={"weights": Folder(folder=_packaged_folder(model, model.weights))})
    # Takes any model with a name and weights.
    opened = _open("LayoutDetection", cast(Detector, model), threads, device)
    predictor = opened.paddlex_predictor
    if isinstance(model.weights, Folder) and _inputs(model.weights.folder / "inference.onnx") == 1:
        predictor.runner = _WithHead(predictor.runner)
    return opened


# --- weights of a package --------------------------------------------------------------------------------------------


def _packaged_folder(model: LayoutModel, file: PackageFile) -> Path:
    """A folder as PaddleOCR opens it, for a PicoDet model whose labels stand in its metadata."""
    weights = _package_path(file)
    try:
        digest = hashlib.sha256(model.model_dump_json().encode() + weights.read_bytes()).hexdigest()[:16]
        folder = cache_folder() / f"{model.model}-{digest}"
        if not folder.is_dir():
            _build(folder, weights, yaml.safe_dump(_settings(model, weights), allow_unicode=True, sort_keys=True))
    except OSError as error:
        raise GoujiError(E115, reason=f"缓存目录无法写入（{type(error).__name__}）") from error
    return folder


def _settings(model: LayoutModel, weights: Path) -> dict[str, Any]:
    session = _session(weights)
    labels = session.get_modelmeta().custom_metadata_map.get("character", "").split("\n")
    sides = session.get_inputs()[0].shape[2:]
    if labels == [""] or not all(isinstance(side, int) for side in sides):
        raise GoujiError(E115, reason=f"{weights.name} 没有自带标签或输入大小")
    return {
        "Global": {"model_name": model.model},
        "arch": "PicoDet",
        "draw_threshold": model.least_score,
        "label_list": labels,
        "Preprocess": [
            {"type": "Resize", "interp": 2, "keep_ratio": False, "target_size": list(sides)},
            {"type": "NormalizeImage", "is_scale": True, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
            {"type": "Permute"},
        ],
    }


def _inputs(weights: Path) -> int:
    """How many inputs a model takes; those that end with their last step also take the scale of the image."""
    return len(_session(weights).get_inputs()) if weights.is_file() else 0


def _session(weights: Path) -> Any:
    try:
        return onnx_runtime().InferenceSession(str(weights), providers=["CPUExecutionProvider"])
    except Exception as error:
        # ONNX Runtime has an exception of its own for each way in which a file can be broken.
        raise GoujiError(E115, reason=f"{weights.name}（{type(error).__name__}）") from error


# --- the last step of PicoDet ----------------------------------------------------------------------------------------


class _WithHead:
    """A PicoDet that was exported without its last step, as PaddleOCR expects it: one with boxes for outputs."""

    def __init__(self, runner: Any) -> None:
        self._runner = runner

    def __call__(self, inputs: Sequence[Floats]) -> list[NDArray[Any]]:
        """Boxes n x 6 (label, score, left, top, right, bottom in pixels of the page) and how many each page has.

        Args:
            inputs: the images, N x 3 x H x W, and their scales, N x 2 (down, across).
        """
        images, scales = inputs
        outputs: list[Floats] = self._runner([images])
        levels = len(outputs) // 2
        pages = []
        for page in range(len(images)):
            scores = [output[page] for output in outputs[:levels]]
            distances = [output[page] for output in outputs[levels:]]
            pages.append(decoded(scores, distances, images.shape[2:], (float(scales[page][0]), float(scales[page][1]))))
        return [np.concatenate(pages), np.array([len(page) for page in pages], np.int32)]


def decoded(
    scores: Sequence[Floats], distances: Sequence[Floats], size: tuple[int, ...], scale: tuple[float, float]
) -> Floats:
    """Boxes of one page from the outputs of a PicoDet (Generalized Focal Loss: a side is the mean of a distribution).

    Args:
        scores: for each level of the pyramid, finest first, places x labels.
        distances: places x 4 (bins), logits of how many steps of the grid the left, upper, right and lower side are
            away from the place.
        size: height and width of the network's image.
        scale: of the network's image to the page's, down and across.

    Returns:
        n x 6: label, score, left, top, right, bottom in pixels of the page; best first, repeats left out.
    """
    found: list[Floats] = []
    for level_scores, level_distances in zip(scores, distances, strict=True):
        stride = round((size[0] * size[1] / len(level_scores)) ** 0.5)
        stride = 1 << max(0, round(float(np.log2(stride))))
        columns = -(-size[1] // stride)
        place = np.arange(len(level_scores))
        x, y = (place % columns + 0.5) * stride, (place // columns + 0.5) * stride
        logits = level_distances.reshape(len(place), 4, -1)
        shares = np.exp(logits - logits.max(axis=-1, keepdims=True))
        steps = (shares * np.arange(logits.shape[-1])).sum(axis=-1) / shares.sum(axis=-1)
        left, up, right, down = (steps * stride).T
        label = level_scores.argmax(axis=1)
        rows = np.stack([label, level_scores.max(axis=1), x - left, y - up, x + right, y + down], axis=1)
        found.append(rows.astype(np.float32))
    rows = np.concatenate(found)
    rows = rows[np.argsort(-rows[:, 1], kind="stable")][: 8 * MOST_REGIONS]
    rows = rows[rows[:, 1] > 0.05]
    rows[:, [2, 4]] = rows[:, [2, 4]].clip(0, size[1]) / np.float32(scale[1])
    rows[:, [3, 5]] = rows[:, [3, 5]].clip(0, size[0]) / np.float32(scale[0])
    kept: list[Floats] = []
    for row in rows:
        if len(kept) == MOST_REGIONS:
            break
        if all(other[0] != row[0] or _overlap(row, other) <= LEAST_OVERLAP for other in kept):
            kept.append(row)
    return np.stack(kept) if kept else np.zeros((0, 6), np.float32)


def _overlap(one: Floats, other: Floats) -> float:
    """Intersection over union."""
    wide = min(one[4], other[4]) - max(one[2], other[2])
    high = min(one[5], other[5]) - max(one[3], other[3])
    if wide <= 0 or high <= 0:
        return 0.0
    both = float(wide * high)
    area = [float((row[4] - row[2]) * (row[5] - row[3])) for row in (one, other)]
    return both / (area[0] + area[1] - both)
