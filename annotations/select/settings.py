"""configs/annotate.yaml: what a look of a person costs and what it is worth."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import E302, GoujiError


class AnnotateSettings(BaseModel):
    """Assumptions; the file says what each one means."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds_a_report: float = Field(gt=0)
    seconds_a_cell: float = Field(gt=0)
    seconds_a_lost_cell: float = Field(gt=0)
    """Of a table of which no cell was found: there is no place to show."""
    seconds_an_overview: float = Field(gt=0)
    seconds_a_lost_overview: float = Field(gt=0)
    seconds_a_tick: float = Field(gt=0)
    fewest_rows: int = Field(gt=0)
    """Of an overview."""
    lost_is_there: float = Field(ge=0, le=1)
    cells_a_task: int = Field(gt=0)
    least_a_minute: float = Field(ge=0)
    """Expected cells made right; holds for cells that are accepted. What needs a look is always asked in the end."""
    novelty: float = Field(ge=0)
    same_agency: float = Field(gt=0, le=1)
    zero_share: float = Field(gt=0, lt=1)
    zero_weight: float = Field(gt=0)


@cache
def load_annotate_settings() -> AnnotateSettings:
    """What ships with the program.

    Raises:
        GoujiError: E302 where the file is malformed.
    """
    try:
        raw: Any = yaml.safe_load((resources.files("configs") / "annotate.yaml").read_text(encoding="utf-8"))
        return AnnotateSettings.model_validate(raw)
    except yaml.YAMLError:
        raise GoujiError(E302, reason="annotate.yaml 不是有效的 YAML") from None
    except ValidationError as error:
        raise GoujiError(E302, reason=f"annotate.yaml: {error.errors()[0]['loc']}") from error
