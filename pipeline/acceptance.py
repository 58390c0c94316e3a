"""Which values are taken without anybody looking, and which reports: what `gouji ingest` counts as accepted.

A value is taken where it was decided (`read`, `repaired`, `inferred`) and its confidence is not below the threshold of
configs/acceptance.yaml, which `gouji find-threshold --risk 0.001 --write configs/acceptance.yaml` finds on reports with
gold. A report is taken where all that it says of the form is complete and no field of it needs a look.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import E302, GoujiError
from pipeline.record import Field as RecordField
from pipeline.record import Report, Status

DECIDED: frozenset[Status] = frozenset({"read", "repaired", "inferred"})


class Acceptance(BaseModel):
    """configs/acceptance.yaml: the threshold, and what it rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    command: str = ""
    threshold: float = Field(default=0.0, ge=0, le=1)
    """0: whatever was decided is taken."""
    risk: float | None = None
    """Share of taken values that may be wrong."""
    level: float | None = None
    """Confidence with which it is not more."""
    bound: float | None = None
    cells: int = 0
    wrong: int = 0
    agencies: int = 0
    agencies_wrong: int = 0


@cache
def load_acceptance() -> Acceptance:
    """What ships with the program.

    Raises:
        GoujiError: E302 where the file is malformed.
    """
    raw: Any = yaml.safe_load((resources.files("configs") / "acceptance.yaml").read_text(encoding="utf-8"))
    try:
        return Acceptance.model_validate(raw)
    except ValidationError as error:
        raise GoujiError(E302, reason=f"acceptance.yaml: {error.errors()[0]['loc']}") from error


def is_taken(field: RecordField, threshold: float | None = None) -> bool:
    """Whether the value may be used unseen; at the shipped threshold where none is given."""
    least = load_acceptance().threshold if threshold is None else threshold
    return field.status in DECIDED and field.confidence >= least


def needs_look(field: RecordField, threshold: float | None = None) -> bool:
    """Whether a person must look at the field before the report can be used: all that is not taken, but for what is
    missing because the agency left blank a cell that no equality gives, where there is nothing more to be seen."""
    if field.status == "missing":
        return field.kind in ("absent", "unread")
    return not is_taken(field, threshold)


def is_accepted(report: Report, threshold: float | None = None) -> bool:
    """Whether the report is taken as a whole, nobody looking."""
    whole = report.status in ("clean", "repaired")
    return whole and not any(needs_look(field, threshold) for field in report.fields.values())
