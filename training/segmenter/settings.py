"""configs/segmenter.yaml as checked values."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from training.fitting import Schedule


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(_Part):
    """Which generated pages are trained on."""

    layouts: tuple[str, ...]
    """Empty: `TUNING_LAYOUTS` of training.synth."""
    levels: tuple[str, ...]
    """Empty: all."""
    first_seed: int
    reports: int = Field(gt=0)
    """Reports a layout."""
    levels_a_page: int = Field(gt=0)
    """At how many of the levels each page is seen."""
    plain_share: float = Field(ge=0, le=1)
    """Of the pages without a table, how many are taken."""


class Augmentation(_Part):
    """Chances in [0, 1] of what is done to a crop, and how far it goes."""

    unmoved: float
    on_table: float
    scale: tuple[float, float]
    angle: float
    """Degrees at most."""
    perspective: float
    """Standard deviation of the corners, in halves of the crop's side."""
    erase: float
    fade: float
    streak: float
    blur: float
    noise: float
    spread: float
    bits: float
    jpeg: float


class Training(Schedule):
    side: int = Field(gt=0, multiple_of=32)
    """Pixels of a crop's side."""
    border_weight: float
    """Of a pixel that is a border, against one that is none."""


class Settings(_Part):
    folder: str
    """For pages, checkpoints and the curve."""
    data: Data
    augmentation: Augmentation
    training: Training


def load_settings(path: Path) -> Settings:
    """Raises pydantic.ValidationError where a name is unknown or missing, or a value out of range."""
    return Settings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
