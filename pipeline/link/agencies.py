"""The normal form of an agency's name, so that all its reports have one key, however it is written.

    桐乡市卫健委, 浙江省桐乡市卫生健康局, 嘉兴市桐乡卫生健康局     浙江省嘉兴市桐乡市卫生健康局

A name is read as a place, perhaps a town or zone in it, and a department. Where the place is known, all that is above
it stands in the key, named or not; where several places have the name, nothing is added. `doubt` says which names may
be those of several agencies.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

from pipeline.link.naming import (
    COMMITTEE,
    GOVERNMENT,
    PLAIN_ZONE,
    STREET,
    ZONE,
    department,
    load_naming,
    split_department,
    unknown_department,
    zone,
)
from pipeline.link.places import Place, Start, by_name, starts
from pipeline.recover.normalise import simplified

Doubt = Literal["", "bare", "shared", "town", "zone"]
"""Why a name may be that of several agencies: it names no place, a place that is there several times, a town or a zone
without the county that it is in; '' where it is one agency's."""

_ROUNDS = 6
"""A normal form read once more mostly is itself; the few that are not settle soon."""
_TOWN = re.compile(r"(?:镇|乡|苏木|街道)$")
_COUNTY = re.compile(r".{2,8}?(?:市|县|区|旗|州|盟)")
_UNKNOWN_PLACE = re.compile(r".{2,8}?(?:市(?![场政民容区域长])|县(?![级域城])|区(?![域划块间])|自治州|自治县|旗)")
_DISTRICT = re.compile(r"(?<!地)区$")
_BRACKETS = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
_KEPT_IN_BRACKETS = re.compile(r"(?:分局|支局|大队|支队|所|站)$")
_YEAR = re.compile(r"(?:20[0-3]\d|二[〇○零o0][一二三][〇○零一二三四五六七八九])(?:年度?)?|年度")
_REPORT = re.compile(
    r"(?:关于|编制|发布|公布|[的])*(?:政府信息公开|政务公开|政务信息公开|信息公开)*(?:工作)*(?:情况)*(?:年度)*(?:工作)*(?:总结)?(?:报告|年报)?$"
)


@dataclass(frozen=True, slots=True)
class AgencyName:
    """An agency's name, taken apart and put into normal form."""

    place: Place | None
    """The province, city or county named, where it is known which."""
    area: str
    """What lies in it, or stands in its stead: a town, a zone, a place that no list has."""
    department: str
    doubt: Doubt

    @property
    def key(self) -> str:
        return (self.place.whole if self.place else "") + self.area + self.department


def agency_key(name: str) -> str:
    """The normal form of an agency's name; '' where nothing of a name is in it. Of its own result, that result."""
    found = agency_name(name)
    return found.key if found else ""


@lru_cache(maxsize=200_000)
def agency_name(name: str) -> AgencyName | None:
    """The name taken apart; None where nothing of a name is in it."""
    found = _parse(_tidy(name))
    for _ in range(_ROUNDS):
        again = _parse(_tidy(found.key)) if found else None
        if again == found:
            break
        found = again
    return found


# --- the name alone ------------------------------------------------------------------------------


def _tidy(name: str) -> str:
    """Without spaces, brackets, years and what is left of the title of a report."""
    text = simplified(unicodedata.normalize("NFKC", name)).casefold()
    text = re.sub(r"\s+", "", text)
    while (inner := _BRACKETS.sub(_unwrapped, text)) != text:
        text = inner
    text = re.sub(r"[\W_]+", "", text)
    text = _YEAR.sub("", text)
    text = _REPORT.sub("", text.removeprefix("关于"))
    text = re.sub(r"人民$", GOVERNMENT, re.sub(r"本级$", "", text))
    # An office of a department is that department.
    return re.sub(r"(?<=[局厅])(?:办公室|政务公开办公室|党政办公室)$", "", text)


def _unwrapped(match: re.Match[str]) -> str:
    """Another name plate is left out, what tells two agencies apart is not."""
    text = match[1]
    return text if text in by_name() or _KEPT_IN_BRACKETS.search(text) else ""


# --- place and rest ------------------------------------------------------------------------------


def _parse(name: str) -> AgencyName | None:
    if not name:
        return None
    before = next((word for word in load_naming().before_place if name.startswith(word)), "")
    behind, named = load_naming().before_place.get(before, ""), name.removeprefix(before)
    for end, group in groupby(starts(named), lambda start: start.end):
        rest = behind + named[end:]
        meant = _meant(list(group), rest)
        if len(meant) > 1 or (meant and _says_too_little(named[:end])):
            area, title, _ = _rest(rest)
            return AgencyName(None, named[:end] + area, title, "shared")
        if meant:
            return _in_place(meant[0], rest)
    area, title, known = _rest(name)
    return AgencyName(None, area, title, _doubt(name, area, known))


def _meant(those: list[Start], rest: str) -> list[Place]:
    """The places that a start of the name may mean. A short name counts only before what is surely a department: 平湖
    is a town's name in 平湖街道办事处."""
    whole = list(dict.fromkeys(start.place for start in those if start.whole_name))
    if whole:
        return whole
    area, _, known = _rest(rest)
    if not rest or not known or (area and not PLAIN_ZONE.fullmatch(area)):
        return []
    # 滨江新区 is in many cities, and mostly not in 滨江区.
    fit = [start.place for start in those if not area or not _DISTRICT.search(start.place.name)]
    return list(dict.fromkeys(fit))


def _says_too_little(name: str) -> bool:
    """东区 and 矿区 are called so in many cities, whatever the list has."""
    return len(name) == 2 and name.endswith("区")


def _in_place(place: Place, rest: str) -> AgencyName:
    branch = re.fullmatch(r"(?P<of>.+?局)(?P<place>.{2,}?)分局", rest)
    if branch and (of := department(branch["of"])):
        below = {found for found, _ in by_name().get(branch["place"], ()) if found.lies_in(place)}
        if len(below) == 1:
            title = department(of.removesuffix("局") + "分局") or f"{of}分局"
            return AgencyName(below.pop(), "", title, "")
    area, title, _ = _rest(rest)
    alone = not place.parents and _TOWN.search(area) and not names_county(area)
    return AgencyName(place, area, title, "town" if alone else "")


def _rest(rest: str) -> tuple[str, str, bool]:
    """What stands behind the place: a smaller area or '', the department, and whether that is a known one."""
    rest = re.sub(r"(?:街道办|街办|街道)$", "街道" + STREET, rest)
    if _TOWN.search(rest) or not rest or re.fullmatch(rf"{_COUNTY.pattern}|.{{2,}}(?:自治州|自治县|自治旗|省)", rest):
        rest += COMMITTEE if ZONE.search(rest) else GOVERNMENT
    elif ZONE.search(rest):
        rest += COMMITTEE
    area, title = split_department(rest)
    if title and area:
        area = re.sub(r"(?:人民政府|政府)$", "", area)
        area = re.sub(r"^人民政府|(?<=[市县区旗])人民政府(?=.)", "", area)
    if title and (not area or _is_area(area)):
        return zone(area), title, True
    unknown = _UNKNOWN_PLACE.match(rest)
    if unknown and unknown.end() < len(rest) and not ZONE.search(unknown[0]):
        return unknown[0], unknown_department(rest[unknown.end() :]), False
    return "", unknown_department(rest), False


def _is_area(text: str) -> bool:
    return bool(_TOWN.search(text) or ZONE.search(text) or re.search(r"[省市县区旗州盟]$", text))


def names_county(area: str) -> bool:
    """Whether an area that is in no list starts with a city or county: a zone looks like one."""
    start = _COUNTY.match(area)
    return bool(start and not ZONE.search(start[0]))


def _doubt(name: str, area: str, known: bool) -> Doubt:
    """Of a name whose place is in no list."""
    naming = load_naming()
    if names_county(area):
        return ""
    if name.startswith((*naming.known_zones, *naming.national)) or name in naming.ministries:
        return ""
    if _TOWN.search(area):
        return "town"
    if ZONE.search(area):
        return "zone"
    # 浙江大学: no department of the list, but a name of its own.
    own = {start.place for start in starts(name)}
    return "" if not known and len(own) == 1 else "bare"
