"""Which reports are one agency's: by its name alone, never by what the report says or where the file lies."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pipeline.link.agencies import AgencyName, Doubt, agency_name, names_county
from pipeline.link.naming import ZONE, load_naming
from pipeline.link.rows import IndexRow

_DOUBTS: Mapping[Doubt, str] = {
    "bare": "机关名称“{name}”没有写明地方，不与其他年份相连",
    "town": "机关名称“{name}”没有写明所属县市，不与其他年份相连",
    "zone": "机关名称“{name}”没有写明所在地方，不与其他年份相连",
    "shared": "机关名称“{name}”中的地名不止一处，不与其他年份相连",
}
NO_AGENCY = "没有读出机关名称，不与其他报告相连"
_SEVERAL = "机关名称“{name}”可能是{names}，不与其他年份相连"
_REFORM = "“{name}”在机构改革后为“{today}”，按同一机关相连"
_FOLDER = "；同一文件夹中只有“{name}”与之相近，仅供参考"
_HIGHER = re.compile(r"[省市县区旗州盟]$")
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Grouped:
    """Whose report it is."""

    key: str
    certain: bool
    """Whether all reports with this key are one agency's."""
    note: str = ""


def group_agencies(rows: Iterable[IndexRow]) -> dict[str, Grouped]:
    """By SHA-256, whose report each is. The order of the rows does not matter.

    Two keys are one agency's where one leaves out a higher place that the other names, or has the short form of a zone,
    and only one other key fits; or where one department took the other's place, and its reports are all of later years.
    """
    ordered = sorted(rows, key=lambda row: row.sha256)
    names = {row.sha256: agency_name(row.agency or "") for row in ordered}
    years: defaultdict[AgencyName, set[int]] = defaultdict(set)
    for row in ordered:
        if (name := names[row.sha256]) is not None:
            years[name] |= {row.year} if row.year is not None else set()
    today, several = _united(sorted(years, key=lambda name: name.key))
    reformed = _reformed(years, {name: now for name, now in today.items() if name not in several})
    near = _by_folder(ordered, names, today)
    found = {}
    for row in ordered:
        name = names[row.sha256]
        if name is None:
            found[row.sha256] = Grouped("", False, NO_AGENCY)
        elif name.doubt:
            note = _DOUBTS[name.doubt].format(name=row.agency) + _hint(row, name, near)
            found[row.sha256] = Grouped(name.key, False, note)
        elif name in several:
            listed = "或".join(f"“{other.key}”" for other in several[name][:_MOST_NAMED])
            note = _SEVERAL.format(name=row.agency, names=listed + ("等" if len(several[name]) > _MOST_NAMED else ""))
            found[row.sha256] = Grouped(name.key, False, note)
        else:
            now = today[name]
            after = reformed.get(now)
            note = _REFORM.format(name=row.agency, today=after.key) if after else ""
            found[row.sha256] = Grouped((after or now).key, True, note)
    return found


def _united(names: Sequence[AgencyName]) -> tuple[dict[AgencyName, AgencyName], dict[AgencyName, list[AgencyName]]]:
    """The fullest form that each name has among all, itself where there is no fuller one; and the names for which
    there are several that leave each other out."""
    certain = [name for name in names if not name.doubt]
    alike: defaultdict[tuple[str, str], list[AgencyName]] = defaultdict(list)
    for name in certain:
        for tail in sorted({_tail(area) for area in (name.area, *_short_areas(name.area)) if area}):
            alike[name.department, tail].append(name)
    fuller = {
        name: [other for other in alike.get((name.department, _tail(name.area)), ()) if _is_fuller(other, name)]
        for name in certain
    }
    today: dict[AgencyName, AgencyName] = {}
    several: dict[AgencyName, list[AgencyName]] = {}
    # A fuller form is a longer one, so what a name leads to is settled before it.
    for name in sorted(certain, key=lambda name: (-len(name.key), name.key)):
        # Those with nothing fuller beside them; of several of these, none is it for sure.
        most = [other for other in fuller[name] if not set(fuller[other]) & set(fuller[name])]
        if len(most) > 1:
            several[name] = most
        elif most and most[0] in several:
            several[name] = several[most[0]]
        today[name] = today[most[0]] if len(most) == 1 else name
    return today, several


def _tail(area: str) -> str:
    """Two names of which one leaves out a higher place end alike."""
    return area[-3:]


def _short_areas(area: str) -> list[str]:
    """经开区 for 经济技术开发区, with what stands before it."""
    return [
        area.removesuffix(whole) + short
        for short, wholes in load_naming().zones_short.items()
        for whole in wholes
        if area.endswith(whole)
    ]


def _is_fuller(more: AgencyName, name: AgencyName) -> bool:
    """Whether `more` is `name` with a higher place before it, or with its zone in full; not so where they are equal."""
    if more == name or more.department != name.department or not name.area:
        return False
    if name.area in _short_areas(more.area):
        return more.place == name.place
    inside = name.place is None or (more.place is not None and more.place.lies_in(name.place))
    # The zone of a city is not that of a county in it.
    below = inside and not (name.place and ZONE.search(name.area) and not names_county(name.area))
    if not (below or more.place == name.place) or not more.area.endswith(name.area):
        return False
    before = more.area.removesuffix(name.area)
    return not before or bool(_HIGHER.search(before))


def _reformed(
    years: Mapping[AgencyName, set[int]], today: Mapping[AgencyName, AgencyName]
) -> dict[AgencyName, AgencyName]:
    """Departments that another one took the place of, by what the latter is called, where no year has both."""
    held: defaultdict[AgencyName, set[int]] = defaultdict(set)
    for name, now in today.items():
        held[now] |= years[name]
    found = {}
    for name, own in held.items():
        successor = load_naming().successors.get(name.department)
        after = replace(name, department=successor) if successor else None
        if after and own and held.get(after) and max(own) < min(held[after]):
            found[name] = after
    return found


# --- what lies beside it -------------------------------------------------------------------------

_Near = Mapping[tuple[str, str], set[str]]


def _by_folder(
    rows: Iterable[IndexRow], names: Mapping[str, AgencyName | None], today: Mapping[AgencyName, AgencyName]
) -> _Near:
    """Keys of the agencies that are certain, by folder and department."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        name = names[row.sha256]
        if name is not None and not name.doubt:
            for folder in _folders(row):
                found[folder, name.department].add(today[name].key)
    return found


def _folders(row: IndexRow) -> set[str]:
    return {str(PurePosixPath(file).parent) for file in row.files} - {"."}


def _hint(row: IndexRow, name: AgencyName, near: _Near) -> str:
    """A hint for who looks at it: what would fit in the same folder. Nothing is linked by it."""
    own = name.area + name.department
    keys = {key for folder in _folders(row) for key in near.get((folder, name.department), ()) if key.endswith(own)}
    return _FOLDER.format(name=keys.pop()) if len(keys) == 1 else ""
