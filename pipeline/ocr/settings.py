"""configs/ocr.yaml as checked values: which models read page images, and with what numbers."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.errors import E302, GoujiError

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class PackageFile(_Part):
    """A file that an installed Python package brings along."""

    package: str
    file: str


class Folder(_Part):
    """A model folder as PaddleOCR exports it: inference.onnx and inference.yml."""

    folder: Path


class Hub(_Part):
    """A model that PaddleOCR downloads by name."""

    hub: str


Weights = PackageFile | Folder | Hub


class Detector(_Part):
    """Finds lines of text."""

    model: str
    """PaddleOCR's name of the model."""
    weights: Weights
    longest_side: Annotated[int, Field(ge=320, le=4000)] = 1280
    """Pixels; a larger image is shrunk to it before lines are sought."""
    pixel_threshold: Share = 0.2
    """A pixel belongs to a line of text from this probability on."""
    box_threshold: Share = 0.45
    """A line is kept from this mean probability of its pixels on."""
    unclip_ratio: Annotated[float, Field(gt=0, le=4)] = 1.4
    """How far a found core grows to the line's box (Differentiable Binarization)."""


class Recogniser(_Part):
    """Reads a line of text."""

    model: str
    weights: Weights
    dictionary: PackageFile | None = None
    """Characters, one a line; without it they stand in the metadata of the ONNX file."""
    ink_height: Annotated[float, Field(gt=0.2, lt=1)] = 0.62
    """Height to which the ink of a number cell is scaled, as a share of the height that the recogniser reads."""
    margin: Annotated[float, Field(ge=0, le=2)] = 0.15
    """Paper left and right of the ink of a number cell, in the same unit."""


class LayoutModel(_Part):
    """Proposes regions of a page: tables, text, headings, page furniture."""

    model: str
    """PaddleOCR's name of the model; it decides how PaddleOCR feeds it."""
    weights: Weights
    least_score: Share = 0.4
    """Regions are proposed from this score on."""


class ModelSet(_Part):
    engine: str
    larger: str | None = None
    detector: Detector
    recogniser: Recogniser
    quick: Recogniser | None = None
    """Reads the labels of table cells first: they are words that the form knows, so a small model does for most."""
    quick_sure: Share = 0.9
    """Mean probability of its characters from which on the quick recogniser is believed; else `recogniser` reads."""
    network: bool = False
    """Number cells are also read by the network in models/number_reader, and both readings pooled."""
    layout: LayoutModel | None = None
    """Without it, layout rests on what the lattices and the segmenter see."""


View = Literal["plain", "smooth", "binary", "wide"]


class Ensemble(_Part):
    """Several sets that read number cells together, each in several views of the cell."""

    members: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names of sets; the first one also finds and reads lines of text."""
    views: Annotated[tuple[View, ...], Field(min_length=1)]
    larger: str | None = None


class OcrSettings(_Part):
    default: str
    device: Literal["cpu", "gpu"] = "cpu"
    threads: Annotated[int, Field(ge=1, le=256)] = 2
    batch_pixels: Annotated[int, Field(ge=3072)] = 48 * 64 * 32
    """Pixels of crops, 48 high, that are read in one run of the recogniser; bounds memory."""
    look_alikes: dict[str, str] = Field(default_factory=dict)
    """Symbol of a number -> characters that stand for it in the output for a number cell."""
    sets: dict[str, ModelSet]
    ensembles: dict[str, Ensemble] = Field(default_factory=dict)

    def without_network(self) -> OcrSettings:
        """The same, number cells left to the recognisers alone: for measuring what each does."""
        sets = {name: one.model_copy(update={"network": False}) for name, one in self.sets.items()}
        return self.model_copy(update={"sets": sets})

    @model_validator(mode="after")
    def _names_exist(self) -> OcrSettings:
        known = {*self.sets, *self.ensembles}
        twice = sorted(set(self.sets) & set(self.ensembles))
        if twice:
            raise ValueError(f"名称 {twice[0]} 重复")
        larger = [one.larger for one in self.sets.values()] + [one.larger for one in self.ensembles.values()]
        members = [name for one in self.ensembles.values() for name in one.members]
        for name in [self.default, *larger]:
            if name is not None and name not in known:
                raise ValueError(f"没有名为 {name} 的模型组")
        for name in members:
            if name not in self.sets:
                raise ValueError(f"ensembles 的成员 {name} 不在 sets 中")
        return self


def read_settings(path: Path) -> OcrSettings:
    """The settings in a YAML file.

    Raises:
        GoujiError: E302 where the file cannot be read or lacks or misnames a setting.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GoujiError(E302, reason=f"{path.name} 无法读取（{type(error).__name__}）") from None
    return _checked(text, path.name)


@cache
def default_settings() -> OcrSettings:
    """The settings that ship with the program. Raises GoujiError E302 where the file was damaged."""
    return _checked((resources.files("configs") / "ocr.yaml").read_text(encoding="utf-8"), "ocr.yaml")


def _checked(text: str, name: str) -> OcrSettings:
    try:
        raw: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise GoujiError(E302, reason=f"{name} 不是有效的 YAML：{str(error).splitlines()[0]}") from None
    try:
        return OcrSettings.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "文件"
        raise GoujiError(E302, reason=f"{name} 中 {place} 有误：{first['msg']}") from None
