"""configs/corpus.yaml as checked values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from training.corpus.converters import CONVERTERS
from training.mangle import DAMAGES, LAYOUTS
from training.mangle.damages_labels import LABEL_DAMAGES
from training.mangle.damages_page import PAGE_DAMAGES

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
    damages: tuple[float, ...]
    """Weights of having none, one, two ... damages to cells, rows and columns."""
    label_damages: tuple[float, ...]
    """The same for damages to words."""
    page_damages: tuple[float, ...]
    """The same for what stands around the report."""
    converted: Share
    converters: dict[str, float]
    families: dict[str, tuple[str, ...]]
    held_out: HeldOut

    @model_validator(mode="after")
    def _names_are_known(self) -> CorpusSettings:
        known = {*DAMAGES, *LABEL_DAMAGES, *PAGE_DAMAGES}
        named = [damage for family in self.families.values() for damage in family]
        if set(named) != known or len(named) != len(known):
            raise ValueError(f"families: 每种损坏应当恰好列一次：{sorted(known.symmetric_difference(named))}")
        if len(self.years) < self.longest_chain:
            raise ValueError("years: 应当不少于 longest_chain")
        weighed = (
            ("damages", self.damages, DAMAGES),
            ("label_damages", self.label_damages, LABEL_DAMAGES),
            ("page_damages", self.page_damages, PAGE_DAMAGES),
        )
        for name, weights, most in weighed:
            if not 0 < len(weights) <= len(most) or sum(weights) <= 0:
                raise ValueError(f"{name}: 应当有 1 到 {len(most)} 个权重，且不全为 0")
        for what, names, there in (
            ("held_out.families", self.held_out.families, self.families),
            ("held_out.layouts", self.held_out.layouts, LAYOUTS),
            ("held_out.converters", self.held_out.converters, CONVERTERS),
            ("converters", self.converters, CONVERTERS),
        ):
            if unknown := sorted(set(names) - set(there)):
                raise ValueError(f"{what}: 没有 {unknown}")
        if self.converted and not {True, False} <= {name in self.held_out.converters for name in self.converters}:
            raise ValueError("converters: held_out.converters 之内和之外都应当有")
        return self

    def family(self, damage: str) -> str:
        return next(name for name, damages in self.families.items() if damage in damages)


def load_settings(path: Path = CONFIG) -> CorpusSettings:
    """Raises pydantic.ValidationError where a name is unknown or missing, or a value out of range."""
    return CorpusSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
