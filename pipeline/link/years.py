"""The reports of one agency year after year: which one is the evidence for which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.link.versions import Versions

_SEVERAL = "{year} 年度有 {count} 份互不相同的报告都署名为该机关，未作为版本合并，也不与其他年份相连"
_SEVERAL_BEFORE = "上一年（{year} 年度）有 {count} 份互不相同的报告都署名为该机关，不知以哪一份为准，未与上一年相连"
_NO_YEAR = "没有读出年度，不与其他年份相连"


@dataclass(frozen=True, slots=True)
class Chained:
    """What the year before is to a report."""

    before: str = ""
    """SHA-256 of the preferred version of last year's report; empty where there is none or it is not certain."""
    note: str = ""


def chains(reports: Sequence[Versions]) -> dict[str, Chained]:
    """By SHA-256 of each content, what the year before is to it.

    Only reports of a known year are linked, and only where it is certain which agency it is; where a year has several
    that are no versions of each other, none of them is.
    """
    by_year: defaultdict[tuple[str, int], list[Versions]] = defaultdict(list)
    for report in reports:
        if report.certain and report.key and report.year is not None:
            by_year[report.key, report.year].append(report)
    return {row.sha256: _chained(report, by_year) for report in reports for row in report.rows}


def _chained(report: Versions, by_year: Mapping[tuple[str, int], Sequence[Versions]]) -> Chained:
    if not report.certain or not report.key:
        return Chained()
    if report.year is None:
        return Chained(note=_NO_YEAR)
    here = by_year[report.key, report.year]
    before = by_year.get((report.key, report.year - 1), ())
    if len(here) > 1:
        return Chained(note=_SEVERAL.format(year=report.year, count=len(here)))
    if len(before) > 1:
        return Chained(note=_SEVERAL_BEFORE.format(year=report.year - 1, count=len(before)))
    return Chained(before[0].preferred.sha256 if before else "")
