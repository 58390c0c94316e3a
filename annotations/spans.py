"""What somebody says of a text: stretches of it with their names, and where several people say different things."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass

from pipeline.tag.labels import SECTIONS

SECTION_NAMES = frozenset(SECTIONS) - {""}
NOTHING = ("",)
"""Names of a number that is none of the form's. Whoever leaves it untagged says the same."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` of the task's text, and what somebody says they are."""

    start: int
    end: int
    names: tuple[str, ...]
    """Ids of fields, empty for a number that is none; or one section, 一 to 六. Sorted."""

    @property
    def is_section(self) -> bool:
        return self.names[0] in SECTION_NAMES


def telling(spans: Iterable[Span]) -> set[Span]:
    """Those that say something of the form."""
    return {one for one in spans if one.names != NOTHING}


def differing(said: Collection[Set[Span]]) -> list[Span]:
    """What some say and others do not, in the order of the text."""
    own = [frozenset(telling(spans)) for spans in said]
    return sorted(frozenset.union(*own) - frozenset.intersection(*own)) if own else []


def joined(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Stretches of text that the spans cover together, those that overlap being one."""
    found: list[tuple[int, int]] = []
    for one in sorted(spans):
        if found and one.start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], one.end))
        else:
            found.append((one.start, one.end))
    return found
