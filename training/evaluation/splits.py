"""Results split so that what is tested on was never fitted on: by agency, by province, and one slice of later years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from training.evaluation.results import ReportResult


@dataclass(frozen=True, slots=True)
class Split:
    """Positions of reports, ascending; no report is on both sides."""

    name: str
    """In Chinese, as figures name their group: `机关 1/5`, `省份 浙江`, `年度 2023 起`."""
    train: tuple[int, ...]
    test: tuple[int, ...]


def agency_of(result: ReportResult) -> str:
    """Whose report it is; a report of an unknown agency stands for itself."""
    return result.agency or result.name


def by_agency(results: Sequence[ReportResult], folds: int = 5) -> list[Split]:
    """Every report is tested on once, and no agency is on both sides. Fewer folds where there are fewer agencies; none
    where there are fewer than two. The order of the reports does not matter to who is put together."""
    from sklearn.model_selection import GroupKFold

    groups = [agency_of(result) for result in results]
    folds = min(folds, len(set(groups)))
    if folds < 2:
        return []
    sides = GroupKFold(folds).split(groups, groups=groups)
    return [
        Split(f"机关 {number}/{folds}", tuple(map(int, train)), tuple(map(int, test)))
        for number, (train, test) in enumerate(sides, 1)
    ]


def by_province(results: Sequence[ReportResult], folds: int = 5) -> list[Split]:
    """No province and no agency is on both sides: each province by itself where there are at most `folds`, else so many
    groups of provinces. Reports of an agency whose province is not known at all are on neither side, for they may be of
    a province tested on. No splits where fewer than two provinces are known."""
    from sklearn.model_selection import GroupKFold, LeaveOneGroupOut

    provinces = _provinces(results)
    placed = [position for position, result in enumerate(results) if agency_of(result) in provinces]
    groups = [provinces[agency_of(results[position])] for position in placed]
    if len(set(groups)) < 2:
        return []
    splitter = LeaveOneGroupOut() if len(set(groups)) <= folds else GroupKFold(folds)
    return [
        Split(
            "省份 " + "、".join(sorted({groups[at] for at in test})),
            tuple(placed[at] for at in train),
            tuple(placed[at] for at in test),
        )
        for train, test in splitter.split(groups, groups=groups)
    ]


def later_years(results: Sequence[ReportResult], least: float = 0.2) -> Split | None:
    """Earlier years against later ones: whether what was fitted still holds as forms and habits go on.

    Tested are the reports of a year on, the latest that leaves at least the share `least` of all reports whose year is
    known; the others of these are trained on. None where that takes all of them. An agency has a report every year, so
    most are on both sides: `without_shared` leaves them out of the training side.
    """
    years = sorted((result.year for result in results if result.year is not None), reverse=True)
    for year in sorted(set(years), reverse=True)[:-1]:
        if sum(one >= year for one in years) >= least * len(years):
            known = [(at, result.year) for at, result in enumerate(results) if result.year is not None]
            return Split(
                f"年度 {year} 起",
                tuple(at for at, one in known if one < year),
                tuple(at for at, one in known if one >= year),
            )
    return None


def without_shared(results: Sequence[ReportResult], split: Split) -> Split:
    """The same, less the training reports of agencies that are tested on; these may be all there are."""
    tested = {agency_of(results[at]) for at in split.test}
    return replace(split, train=tuple(at for at in split.train if agency_of(results[at]) not in tested))


def _provinces(results: Sequence[ReportResult]) -> dict[str, str]:
    """By agency, the province that most of its reports give, the first by name where two tie: all its reports go the
    same way, though one lacks the province or agencies of two provinces share a name."""
    found: dict[str, Counter[str]] = {}
    for result in results:
        if result.province:
            found.setdefault(agency_of(result), Counter())[result.province] += 1
    return {agency: min(counts, key=lambda one: (-counts[one], one)) for agency, counts in found.items()}
