"""configs/number_reader.yaml as checked values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from training.fitting import Schedule

Share = Annotated[float, Field(ge=0, le=1)]


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
    written_share: Share
    """Of the pages, how many a pen went over."""
    strokes_a_cell: float = Field(ge=0)
    """On such a page."""
    sealed_share: Share
    """Of the pages, how many have seals on them."""
    seals_a_page: int = Field(ge=0)
    """On such a page."""


class Augmentation(_Part):
    """Chances of what is done to a crop."""

    stroke: Share
    scale: Share
    slant: Share
    blur: Share
    noise: Share
    spread: Share
    """Strokes grow thicker or thinner."""
    bits: Share
    """Black and white alone is left."""
    gaps: Share
    """Lines of white, as where a scanner or a pen of correction went."""


class Settings(_Part):
    folder: str
    """For cells, checkpoints and the curve."""
    data: Data
    augmentation: Augmentation
    training: Schedule


def load_settings(path: Path) -> Settings:
    """Raises pydantic.ValidationError where a name is unknown or missing, or a value out of range."""
    return Settings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
