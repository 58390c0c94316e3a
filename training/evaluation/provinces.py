"""Which province an agency is of, by the places in its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from pipeline.link.places import places, short_name


def province_of(agency: str) -> str:
    """The province, as 浙江省; "" where the name tells none or several would do.

    The longest name of a place that the agency's name holds counts, and among equally long ones the first.
    """
    known = _provinces()
    spans = ((start, end) for start in range(len(agency)) for end in range(start + 2, len(agency) + 1))
    found = [agency[start:end] for start, end in spans if agency[start:end] in known]
    for name in sorted(found, key=lambda name: (-len(name), agency.index(name))):
        if len(known[name]) == 1:
            return next(iter(known[name]))
    # 鼓楼区 alone is in several provinces; together with 南京市 it is told by the loop above.
    return ""


@cache
def _provinces() -> Mapping[str, frozenset[str]]:
    """Names of provinces, cities and counties, whole and short, and the provinces that have a place so named."""
    found: dict[str, set[str]] = defaultdict(set)
    for those in places().values():
        for place in those:
            for name in {place.name, short_name(place.name)}:
                if len(name) >= 2:
                    found[name].add(place.province)
    return {name: frozenset(provinces) for name, provinces in found.items()}
