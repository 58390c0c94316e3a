"""Provinces, cities and counties by name: configs/places.yaml, and the places that the start of a name may mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

DIRECT = "-"
"""Key of the counties that have no city above them."""
SHORT = {
    "内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏", "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
}  # fmt: skip
PREFECTURE = re.compile(
    r"(?:朝鲜|土家|苗|藏|羌|彝|布依|侗|哈尼|壮|傣|白|景颇|傈僳|回|蒙古|柯尔克孜|哈萨克)族?(?:.*族)?自治州$"
)
LONGEST = 15
"""Characters of the longest name of a place."""


@dataclass(frozen=True, slots=True)
class Place:
    parents: tuple[str, ...]
    """From the province down."""
    name: str

    @property
    def whole(self) -> str:
        """浙江省嘉兴市桐乡市."""
        return "".join((*self.parents, self.name))

    @property
    def province(self) -> str:
        return (*self.parents, self.name)[0]

    def lies_in(self, other: Place) -> bool:
        """Whether the other is above it, however far."""
        above = (*other.parents, other.name)
        return self.parents[: len(above)] == above


@dataclass(frozen=True, slots=True)
class Start:
    """Places named one after the other at the start of a text, each in the one before."""

    end: int
    """Index behind the last of them."""
    place: Place
    """The last of them."""
    whole_name: bool
    """Whether the last of them has its 省, 市, 县, 区."""


def read_data(name: str) -> Any:
    """A file of configs/, parsed by the quicker loader where there is one."""
    text = (resources.files("configs") / name).read_text(encoding="utf-8")
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def places() -> Mapping[str, tuple[Place, ...]]:
    """All provinces, cities and counties, by `province`, `city` and `county`, in the order of the file."""
    raw: dict[str, dict[str, list[str]]] = read_data("places.yaml")
    found: dict[str, list[Place]] = {"province": [], "city": [], "county": []}
    for province, cities in raw.items():
        found["province"].append(Place((), province))
        for city, counties in cities.items():
            above = (province,) if city == DIRECT else (province, city)
            if city != DIRECT:
                found["city"].append(Place((province,), city))
            found["county"].extend(Place(above, county) for county in counties)
    return {level: tuple(those) for level, those in found.items()}


def short_name(place: str) -> str:
    """浙江 for 浙江省, 延边州 for 延边朝鲜族自治州; the name itself where it has no shorter one."""
    if place in SHORT:
        return SHORT[place]
    if place.endswith("自治州"):
        return PREFECTURE.sub("", place) + "州"
    if len(place) < 3 or place.endswith(("自治县", "自治旗", "新区", "林区", "矿区")):
        return place
    return re.sub(r"(?:省|市|县|区|盟|地区)$", "", place)


@cache
def by_name() -> Mapping[str, tuple[tuple[Place, bool], ...]]:
    """The places that a name may mean, and whether it is their whole name; names of before a reform mean those of
    today (configs/agencies.yaml)."""
    named: dict[str, dict[tuple[Place, bool], None]] = {}
    known = {place.whole: place for those in places().values() for place in those}
    for place in known.values():
        named.setdefault(place.name, {})[place, True] = None
        # A prefecture's short name, 延边州, is as whole as that of a city.
        short = short_name(place.name)
        if short != place.name:
            named.setdefault(short, {})[place, place.name.endswith("自治州")] = None
    for former, today in read_data("agencies.yaml")["former_places"].items():
        place = known[today]
        name = former.removeprefix("".join(place.parents))
        named.setdefault(name, {})[place, True] = None
        # 芜湖 is the city, though there was a county of that name.
        named.setdefault(short_name(name), {(place, False): None})
    return {name: tuple(those) for name, those in named.items()}


def starts(text: str) -> list[Start]:
    """Every way in which the text may start with a place, or a row of places from above down; the longest first.

    What stands before the last place tells it from others of its name; where nothing does, each of them is given.
    """
    found: dict[Start, None] = {}

    def follow(at: int, above: Place | None) -> None:
        for end in range(at + 2, min(at + LONGEST, len(text)) + 1):
            for place, whole_name in by_name().get(text[at:end], ()):
                if above is None or place.lies_in(above):
                    found[Start(end, place, whole_name)] = None
                    follow(end, place)

    follow(0, None)
    return sorted(found, key=lambda start: (-start.end, start.place.whole, start.whole_name))
