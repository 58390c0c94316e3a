"""Agencies that publish reports: true places, the naming habits of their departments, invented towns.

A place and all that belongs to it lie in one split, and two provinces lie in the test split as a whole, so that what is
measured there was not learnt from a neighbour's name.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random
from typing import Literal

import yaml

from pipeline.link.places import Place, places, short_name

DATA = Path(__file__).parent.parent / "data"
DEPARTMENTS = DATA / "departments.yaml"
PROVINCES_HELD_OUT = ("江西省", "甘肃省")
"""All their agencies are in the test split. No real report with gold is from one of them."""

Level = Literal["province", "city", "county", "town"]
Split = Literal["train", "validation", "test"]
LEVELS: Mapping[Level, int] = {"province": 10, "city": 24, "county": 46, "town": 20}
"""How often each is drawn, in a hundred: of provinces more than there are, since they have names of their own (厅)."""

OFTEN = {"government": 12, "government_office": 5, "zone": 3}
"""Governments report for all that is below them, and so are met more often."""
TOWN_FIRST = "青石白大新龙金东南西北上下高长清双三云平安永和兴福太红黄花马牛凤梅竹松柳杨桃沙乌玉银铁古官天文武广丰"
TOWN_SECOND = "山河桥坝塘岭溪湖泉川坪沟店庄口湾关林岗集铺寨水江洲浦港阳台城营堡坡家屯楼井峰田圩渡"
TOWN_ENDINGS = (("镇人民政府", 8), ("镇", 2), ("乡人民政府", 4), ("乡", 1), ("街道办事处", 6), ("街道", 1))
MINORITIES = ("回族", "苗族", "土家族", "彝族", "瑶族", "壮族", "畲族", "满族", "侗族", "白族")
SUMU = "内蒙古自治区"
"""The one province whose townships are 苏木 as well."""

SEATS = ("盟", "地区")
"""Prefectures whose government is a 行政公署."""


@dataclass(frozen=True, slots=True)
class Agency:
    name: str
    """As a title carries it."""
    province: str
    level: Level
    kind: str
    """`education`, `tax`, `town` …; see `kinds`."""
    place: str
    """The province, city or county that it belongs to, with all that is above: 浙江省嘉兴市桐乡市."""


@cache
def _shared_names() -> frozenset[str]:
    """Names, whole and short, that several places have: 鼓楼区 alone says nothing, nor does 大理."""
    counted = Counter(name for place in chain(*places().values()) for name in {place.name, short_name(place.name)})
    return frozenset(name for name, times in counted.items() if times > 1)


@cache
def _departments() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    raw: dict[str, dict[str, list[str]]] = yaml.load(
        DEPARTMENTS.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return {kind: {level: tuple(names) for level, names in levels.items()} for kind, levels in raw.items()}


def kinds() -> tuple[str, ...]:
    """All kinds of agencies."""
    return (*_departments(), "town", "township", "street")


def draw_agency(random: Random, split: Split | None = None) -> Agency:
    """An agency of any level; of one split only, where it is named."""
    while True:
        level = random.choices(tuple(LEVELS), tuple(LEVELS.values()))[0]
        agency = _town(random) if level == "town" else _department(random, level)
        if split in (None, split_of(agency)):
            return agency


def split_of(agency: Agency) -> Split:
    """80, 10 and 10 in a hundred places, the same in every run."""
    if agency.province in PROVINCES_HELD_OUT:
        return "test"
    part = int.from_bytes(hashlib.sha256(agency.place.encode()).digest()[:4], "big") % 100
    return "train" if part < 80 else "validation" if part < 90 else "test"


def _department(random: Random, level: Level) -> Agency:
    place = random.choice(places()[level])
    table = _departments()
    possible = [kind for kind, names in table.items() if level in names]
    kind = random.choices(possible, [OFTEN.get(kind, 1) for kind in possible])[0]
    names = table[kind][level]
    if level == "province" and place.name.endswith("市"):
        names = table[kind].get("municipality") or tuple(re.sub(r"(?<!办公)厅", "局", name) for name in names)
    # The first name is as usual as all others together.
    name = names[0] if random.random() < 0.5 else random.choice(names)
    if name == "@":
        name = "{}"
    elif "{" not in name:
        name = "{}" + name
    if place.name.endswith(SEATS) and kind in ("government", "government_office"):
        name = name.replace("人民政府", "行政公署")
    parents = _parents(random, place)
    if "{~}" in name:
        # Where a short name would be another place's as well, the whole one stands there.
        unclear = short_name(place.name) in _shared_names()
        shown = parents + place.name if unclear else short_name(place.name)
        return Agency(name.replace("{~}", shown), place.province, level, kind, place.whole)
    own = place.name
    if own.endswith("自治州") and random.random() < 0.5:
        own = short_name(own)
    return Agency(name.replace("{}", parents + own), place.province, level, kind, place.whole)


def _parents(random: Random, place: Place) -> str:
    """What stands before the name of a place: nothing, the city, or the province as well."""
    roll = random.random()
    if not place.parents:
        return ""
    nearest = place.parents[-1]
    # Districts are called after their city.
    alone = 0.3 if place.name.endswith("区") else 0.65
    if place.name in _shared_names():
        alone = 0.0
    if roll < alone:
        return ""
    return nearest if roll < 0.85 and len(place.parents) > 1 else "".join(place.parents)


def _town(random: Random) -> Agency:
    place = random.choice(places()["county"])
    endings, weights = zip(*TOWN_ENDINGS, strict=True)
    ending: str = random.choices(endings, weights)[0]
    second = random.choice(TOWN_SECOND) + (random.choice(TOWN_SECOND) if random.random() < 0.15 else "")
    name = random.choice(TOWN_FIRST) + second
    if ending.startswith("乡"):
        if place.province == SUMU and random.random() < 0.7:
            ending = "苏木" + ending[1:]
        elif random.random() < 0.1:
            ending = random.choice(MINORITIES) + ending
    kind = "street" if ending.startswith("街道") else "town" if ending.startswith("镇") else "township"
    # The county always stands there: the same town may be invented in two places.
    above = _parents(random, place) + place.name
    if ending == "街道办事处" and random.random() < 0.25:
        above += "人民政府"
    return Agency(above + name + ending, place.province, "town", kind, place.whole)
