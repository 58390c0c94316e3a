"""configs/corpus.yaml as checked values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from training.corpus.converters import CONVERTERS
from training.mangle import DAMAGES, LAYOUTS
from training.mangle.damages_labels import LABEL_DAMAGES

CONFIG = Path(__file__).parents[2] / "configs" / "corpus.yaml"
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HeldOut(_Part):
    """What only reports for testing have."""

    families: tuple[str, ...]
    layouts: tuple[str, ...]
    converters: tuple[str, ...]
    share: Share
    """Of the reports tested on, how many have these; the others are like those trained on, of other agencies."""


class CorpusSettings(_Part):
    years: tuple[int, ...]
    longest_chain: int = Field(gt=0)
    contradicts: Share
    validation_share: Share
    damages: tuple[float, ...]
    """Weights of having none, one, two ... damages to cells, rows and columns."""
    label_damages: tuple[float, ...]
    """The same for damages to words."""
    converted: Share
    converters: dict[str, float]
    families: dict[str, tuple[str, ...]]
    held_out: HeldOut

    @model_validator(mode="after")
    def _names_are_known(self) -> CorpusSettings:
        known = {*DAMAGES, *LABEL_DAMAGES}
        named = [damage for family in self.families.values() for damage in family]
        if set(named) != known or len(named) != len(known):
            raise ValueError(f"families: 每种损坏应当恰好列一次：{sorted(known.symmetric_difference(named))}")
        for what, names, there in (
            ("held_out.families", self.held_out.families, self.families),
            ("held_out.layouts", self.held_out.layouts, LAYOUTS),
            ("held_out.converters", self.held_out.converters, CONVERTERS),
            ("converters", self.converters, CONVERTERS),
        ):
            if unknown := sorted(set(names) - set(there)):
                raise ValueError(f"{what}: 没有 {unknown}")
        return self

    def family(self, damage: str) -> str:
        return next(name for name, damages in self.families.items() if damage in damages)


def load_settings(path: Path = CONFIG) -> CorpusSettings:
    """Raises pydantic.ValidationError where a name is unknown or missing, or a value out of range."""
    return CorpusSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
