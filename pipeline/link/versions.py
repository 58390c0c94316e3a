"""Several contents of one agency and year: which of them are versions of one report, and in what they differ.

A page and the PDF attached to it, or a report and its corrected re-publication, have most numbers in common. Two that
have not are two reports, one of which carries a wrong name or year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pipeline.link.rows import Difference, IndexRow, Linked, printed_number
from pipeline.link.same_agency import Grouped
from pipeline.record import Field, Number, ReportStatus

Read = Callable[[str], Mapping[str, Field]]
"""Gives the fields of a content by its SHA-256; asked only for contents that share agency and year with another."""

LEAST_COMPARED, LEAST_SHARE = 6, 0.5
"""Numbers to compare before two contents of one agency are told apart, and the share that versions have in common.

Of 1,400 pairs of generated reports of one agency in two years running, 1 in 350 has half of its numbers in common."""
LEAST_COMPARED_UNNAMED, LEAST_SHARE_UNNAMED = 8, 0.9
"""The same where the name would fit several agencies, and the numbers alone must tell that it is one."""
_BEST: tuple[ReportStatus, ...] = ("clean", "repaired", "inconsistent", "review", "partial", "failed")


@dataclass(frozen=True, slots=True)
class Versions:
    """One report in all its contents; most have one."""

    key: str
    year: int | None
    rows: tuple[IndexRow, ...]
    """The preferred one first."""
    certain: bool

    @property
    def preferred(self) -> IndexRow:
        return self.rows[0]


def find_versions(rows: Iterable[IndexRow], grouped: Mapping[str, Grouped], read: Read) -> list[Versions]:
    """All contents as versions of reports, ordered by key, year and the SHA-256 of the preferred one."""
    together: defaultdict[tuple[str, int | None], list[IndexRow]] = defaultdict(list)
    for row in rows:
        together[grouped[row.sha256].key, row.year].append(row)
    found = []
    for (key, year), those in together.items():
        certain = all(grouped[row.sha256].certain for row in those)
        ordered = sorted(those, key=preference)
        if len(ordered) == 1 or not key or year is None:
            found += [Versions(key, year, (row,), certain) for row in ordered]
        else:
            found += [Versions(key, year, tuple(part), certain) for part in _parted(ordered, certain, read)]
    return sorted(found, key=lambda one: (one.key, one.year or 0, one.preferred.sha256))


def preference(row: IndexRow) -> tuple[int, int, int, str]:
    """Sorts the version to prefer first: most fields decided, then published later, then the better status."""
    published = int((row.published or "0").replace("-", ""))
    return -row.settled, -published, _BEST.index(row.status), row.sha256


def differences(rows: Iterable[IndexRow], linked: Mapping[str, Linked], read: Read) -> list[Difference]:
    """What the versions of each report do not have in common with the preferred one, field by field.

    Fields differ where both have a value and these are not the same, or both print a number and these are not. That one
    of the two could not be read is no difference, and a blank is none to 0.
    """
    known = {row.sha256: row for row in rows}
    by_preferred: defaultdict[str, list[IndexRow]] = defaultdict(list)
    for sha256 in sorted(known):
        preferred = linked[sha256].version_of
        if preferred and known[preferred].digest != known[sha256].digest:
            by_preferred[preferred].append(known[sha256])
    found = []
    for preferred, others in by_preferred.items():
        key, year, first = linked[preferred].agency_key, known[preferred].year or 0, read(preferred)
        for other in others:
            second = read(other.sha256)
            for field_id in sorted(first.keys() & second.keys()):
                a, b = first[field_id], second[field_id]
                if _differ(a, b):
                    found.append(
                        Difference(
                            key, year, field_id, preferred, other.sha256, a.value, b.value, a.printed, b.printed
                        )
                    )
    return sorted(found, key=lambda one: (one.agency_key, one.year, one.sha256_a, one.sha256_b, one.field))


def _differ(a: Field, b: Field) -> bool:
    if a.value is not None and b.value is not None and a.value != b.value:
        return True
    printed_a, printed_b = printed_number(a), printed_number(b)
    return printed_a is not None and printed_b is not None and printed_a != printed_b


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The values of one content; those of its fields that have none are not in it."""

    counts: Mapping[str, Number]
    """Those that are not 0: what tells one report from another."""
    zeros: frozenset[str]


def _numbers(fields: Mapping[str, Field]) -> _Numbers:
    known = {name: field.value for name, field in fields.items() if field.value is not None}
    counts = {name: value for name, value in known.items() if value}
    return _Numbers(counts, frozenset(known.keys() - counts.keys()))


def _parted(ordered: list[IndexRow], certain: bool, read: Read) -> list[list[IndexRow]]:
    """The contents by report: each goes to the first of those preferred to it that it is a version of."""
    parts: list[tuple[list[IndexRow], _Numbers | None]] = []
    for row in ordered:
        own: _Numbers | None = None
        for at, (part, numbers) in enumerate(parts):
            if certain and part[0].digest == row.digest:
                break
            if numbers is None:
                numbers = _numbers(read(part[0].sha256))
                parts[at] = (part, numbers)
            own = own or _numbers(read(row.sha256))
            if _alike(numbers, own, certain):
                break
        else:
            parts.append(([row], own))
            continue
        part.append(row)
    return [part for part, _ in parts]


def _alike(a: _Numbers, b: _Numbers, certain: bool) -> bool:
    """Whether two contents with one agency's name are one report. What is 0 in both says nothing: most fields of most
    reports are 0."""
    both = a.counts.keys() & b.counts.keys()
    compared = len(both) + len(b.zeros.intersection(a.counts)) + len(a.zeros.intersection(b.counts))
    same = sum(a.counts[field] == b.counts[field] for field in both)
    if certain:
        return compared < LEAST_COMPARED or same >= LEAST_SHARE * compared
    return compared >= LEAST_COMPARED_UNNAMED and same >= LEAST_SHARE_UNNAMED * compared
