"""How departments and zones are called: configs/agencies.yaml, and the normal form of a department's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict, ValidationError

from pipeline.errors import E302, GoujiError
from pipeline.link.places import read_data

GOVERNMENT = "人民政府"
COMMITTEE = "管理委员会"
STREET = "办事处"
LEVELS = ("局", "厅", "委", "委员会")
"""Endings that tell the level of a department and not which one it is; the first stands in normal forms."""
_BETWEEN = re.compile("[和与及、]")
ZONE = re.compile(
    r"(?:开发区|园区|新区|高新区|经开区|保税区|综保区|度假区|示范区|实验区|合作区|管理区|试验区|自贸区|风景区|名胜区|景区|"
    r"港区|功能区|集聚区|商务区|产业园|工业园|科技园|科学城|科技城)$"
)
"""What is governed by a 管理委员会, not by a 人民政府."""
PLAIN_ZONE = re.compile(
    "(?:国家级|省级|经济|技术|高新|产业|综合|保税|旅游|度假|工业|农业|科技|出口|加工|临空|临港|现代|循环|边境|化工|生态|文化)*"
    + ZONE.pattern
)
"""A zone without a name of its own."""


class Naming(BaseModel):
    """configs/agencies.yaml; what each part means stands there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    departments: Mapping[str, tuple[str, ...]]
    whole: Mapping[str, tuple[str, ...]]
    successors: Mapping[str, str]
    zones: Mapping[str, tuple[str, ...]]
    zones_short: Mapping[str, tuple[str, ...]]
    known_zones: tuple[str, ...]
    before_place: Mapping[str, str]
    national: tuple[str, ...]
    ministries: tuple[str, ...]
    former_places: Mapping[str, str]


@cache
def load_naming() -> Naming:
    """Raises GoujiError E302 where the file is malformed."""
    try:
        return Naming.model_validate(read_data("agencies.yaml"))
    except ValidationError as error:
        raise GoujiError(E302, reason=f"agencies.yaml: {error.errors()[0]['loc']}") from error


@cache
def _departments() -> Mapping[str, str]:
    """Normal form by every name that means it, words between its parts left out."""
    naming = load_naming()
    found = {
        words + level: normal + LEVELS[0]
        for normal, others in naming.departments.items()
        for words in (normal, *others)
        for level in LEVELS
    }
    found |= {name: normal for normal, others in naming.whole.items() for name in (normal, *others)}
    return found


def department(name: str) -> str:
    """卫生健康局 for 卫健委 and 卫生健康委员会; '' where no department of configs/agencies.yaml has the name."""
    return "" if _BETWEEN.match(name) else _departments().get(_BETWEEN.sub("", name), "")


def split_department(text: str) -> tuple[str, str]:
    """The text before the longest known department that it ends with, and that department's normal form; the whole
    text and '' where it ends with none."""
    for at in range(len(text)):
        if found := department(text[at:]):
            return text[:at], found
    return text, ""


def unknown_department(name: str) -> str:
    """The normal form of a name that stands in no list: only what is written in two ways everywhere is evened out."""
    return re.sub(r"(?:管委会|管委)$", COMMITTEE, _BETWEEN.sub("", name[:1]) + _BETWEEN.sub("", name[1:]))


def zone(text: str) -> str:
    """The text with the zone that it ends with in its normal form: 云泽县高新技术产业开发区 for 云泽县高新区."""
    for normal, others in load_naming().zones.items():
        for other in sorted(others, key=len, reverse=True):
            if text.endswith(other) and not text.endswith(normal):
                return text.removesuffix(other) + normal
    return text
