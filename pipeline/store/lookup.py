"""Finding one report by the name of its agency, as a person would write it, and its year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
from rapidfuzz import fuzz, process

from pipeline.link.agencies import agency_key

NEAR = 60.0
"""Likeness, of 100, from which on a name may be the one that was meant."""
_SHA = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One report that it could be."""

    sha256: str
    agency: str | None
    agency_key: str | None
    year: int | None
    file: str
    status: str
    preferred: bool

    @property
    def identity(self) -> str:
        """The same for all reports of one agency."""
        return self.agency_key or self.agency or self.sha256


@dataclass(frozen=True, slots=True)
class Lookup:
    """What was found under a name."""

    found: tuple[Candidate, ...] = ()
    """Of the year asked for, one agency's if the name says which: the reports to count. One where it is clear."""
    versions: tuple[Candidate, ...] = ()
    """Other versions of what was found."""
    years: tuple[int, ...] = ()
    """For which there are reports, where there is none of the year asked for."""
    near: tuple[str, ...] = ()
    """Names like the one given, where nothing has that name."""


def look_up(store: duckdb.DuckDBPyConnection, name: str, year: int) -> Lookup:
    """The reports of an agency and a year.

    Args:
        name: of an agency, exactly, in another spelling, or a part of it; the first of these that fits anything
            counts. Or the first eight or more digits of a SHA-256.
    """
    columns = ", ".join(Candidate.__dataclass_fields__)
    rows = store.execute(f"SELECT {columns} FROM reports ORDER BY agency, year, sha256").fetchall()
    everything = [Candidate(*row) for row in rows]
    fitting = _fitting(everything, name.strip())
    of_year = [one for one in fitting if one.year == year]
    if not of_year:
        years = tuple(sorted({one.year for one in fitting if one.year is not None}))
        return Lookup(years=years, near=() if fitting else _near(everything, name))
    found = tuple(one for one in of_year if one.preferred) or tuple(of_year)
    return Lookup(found, tuple(one for one in of_year if one not in found))


def _fitting(everything: Sequence[Candidate], name: str) -> list[Candidate]:
    key = agency_key(name)
    if _SHA.fullmatch(name):
        return [one for one in everything if one.sha256.startswith(name)]
    exact = {one.identity for one in everything if one.agency == name}
    # All reports of the agency, also those in which its name is spelt otherwise.
    same = exact or {one.identity for one in everything if key and one.agency_key == key}
    part = same or {one.identity for one in everything if name and name in (one.agency or "")}
    return [one for one in everything if one.identity in part]


def _near(everything: Iterable[Candidate], name: str) -> tuple[str, ...]:
    names = sorted({one.agency for one in everything if one.agency})
    return tuple(found for found, _, _ in process.extract(name, names, scorer=fuzz.WRatio, score_cutoff=NEAR, limit=5))
