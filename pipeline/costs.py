"""The costs of configs/costs.yaml, read once. Thousandths of a nat."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import E302, GoujiError


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PrintCosts(_Part):
    part: int
    part_zero: int
    total: int
    total_zero: int
    unsure: int
    dash: int
    misread: int


class BlankCosts(_Part):
    part: int
    total: int


class StructureCosts(_Part):
    lost_cell: int
    dropped_blank: int
    glued_cells: int
    lost_column: int
    extra_cell: int
    blanks_moved: int
    extra_column: int
    crossed_space: int
    kept_number: int
    shared_cell: int
    other_trim: int
    to_label_before: int
    to_label_behind: int
    per_row_away: int
    other_words: int
    dropped_group: int
    rows_slid: int


class Costs(_Part):
    margin: int
    print: PrintCosts
    blank: BlankCosts
    last_year: int
    structure: StructureCosts


@cache
def load_costs() -> Costs:
    """Raises GoujiError E302 where the file lacks a cost or has an unknown one."""
    text = (resources.files("configs") / "costs.yaml").read_text(encoding="utf-8")
    raw: Any = yaml.safe_load(text)
    try:
        return Costs.model_validate(raw)
    except ValidationError as error:
        raise GoujiError(E302, reason=f"costs.yaml: {error.errors()[0]['loc']}") from error
