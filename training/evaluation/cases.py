"""A report with gold and what is known about it besides: whose it is, how it was damaged, where each field is printed.

`NAME.case.json` may stand beside the gold: `{"province": "浙江省", "origin": "synthetic", "pages": 4, "groups":
["damage rows_fused"], "places": {"t3.new.total": [{"line": 12, "chars": [3, 5]}]}}`. All of it is optional.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import E303, GoujiError
from training.evaluation.places import Place
from training.evaluation.provinces import province_of
from training.gold import SUFFIX, Gold, find_gold

CASE_SUFFIX = ".case.json"
FAULT, STRUCK = "fault ", "struck "
"""How the groups of a report of origin `injected` begin that name its one fault and each field that this strikes."""


class About(BaseModel):
    """`NAME.case.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agency: str | None = None
    """In place of the gold's; "" for a name that stands for nobody."""
    province: str | None = None
    origin: Literal["real", "synthetic", "injected"] = "real"
    groups: tuple[str, ...] = ()
    pages: int = 1
    places: dict[str, tuple[Place, ...]] | None = None
    """Field id -> where it is printed; fields that print nothing are not among them."""


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    """The gold's path below the folder that was given, without its ending."""
    gold: Gold
    about: About
    agency: str
    province: str


def find_cases(folder: Path) -> list[Case]:
    """All reports with gold below the folder, ordered by path.

    Raises:
        GoujiError: E303 where there are none or a file is malformed.
    """
    return [_case(gold, folder) for gold in find_gold(folder)]


def _case(gold: Gold, folder: Path) -> Case:
    path = gold.path.with_name(gold.name + CASE_SUFFIX)
    try:
        about = About.model_validate_json(path.read_bytes()) if path.exists() else About()
    except (OSError, ValidationError) as error:
        raise GoujiError(E303, reason=f"{path.name} 不能用（{str(error).splitlines()[0]}）") from None
    agency = about.agency if about.agency is not None else gold.agency or ""
    name = gold.path.relative_to(folder).as_posix().removesuffix(SUFFIX)
    return Case(name, gold, about, agency, about.province if about.province is not None else province_of(agency))
