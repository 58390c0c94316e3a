"""Whether what is chosen on some reports holds on others: the threshold of acceptance is found on agencies, provinces
or years that are not those it is judged by.

For each split the threshold that `gouji find-threshold` would name for the reports of the one side (at most `RISK` of
the cells wrong) is applied to the other, and what is wrong there is counted, with its upper bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from training.evaluation.figures import Figure, Table, Value
from training.evaluation.find_threshold import find_threshold, steps, wrong_at_least
from training.evaluation.parts.exactness import EXACT
from training.evaluation.parts.measures import Count, Measure, known
from training.evaluation.results import Arm, ReportResult
from training.evaluation.splits import Split, agency_of, by_agency, by_province, later_years

RISK = 0.001


def splits_of(results: Sequence[ReportResult]) -> list[Split]:
    """Every way in which the reports are divided; none where there are too few."""
    later = later_years(results)
    return [*by_agency(results), *by_province(results), *([later] if later else [])]


def figures(arm: Arm, results: Sequence[ReportResult]) -> tuple[Figure, ...]:
    """Of each split's tested side: reports that are exact, cells taken at the other side's threshold, and how many of
    those are wrong."""
    return tuple(figure for split in splits_of(results) for figure in _figures(arm, results, split)[1])


def table(arm: Arm, name: str, results: Sequence[ReportResult]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for split in splits_of(results):
        threshold, (exact, taken, wrong) = _figures(arm, results, split)
        tested = [results[at] for at in split.test]
        count = 0 if wrong.value is None else round(wrong.value * wrong.n)
        rows.append(
            (
                split.name, len({agency_of(one) for one in tested}), len(tested), exact.value, exact.low, exact.high,
                threshold, taken.value, count, wrong.high,
            )
        )  # fmt: skip
    return Table(
        title=f"换一批机关、省份、年份是否仍然成立（{name}）",
        columns=(
            "受检的一侧", "机关数", "报告数", "整份全对", "下限", "上限", "另一侧所定的把握下限", "采用的格占比",
            "错的格数", "错的占比上限",
        ),
        rows=tuple(rows),
        note=f"把握的下限在另一侧求得（错的占比不超过 {RISK:.1%}），用于受检的一侧。"
        "没有下限：另一侧的格太少，或错得太多。",
    )  # fmt: skip


def _figures(arm: Arm, results: Sequence[ReportResult], split: Split) -> tuple[float | None, tuple[Figure, ...]]:
    tested = [results[at] for at in split.test]
    chosen = find_threshold(steps([results[at] for at in split.train]), RISK)
    threshold = None if chosen is None else chosen.threshold
    taken = Measure("apart.taken", "采用的格（下限取自另一侧）", "格", partial(_taken, threshold), better="")
    wrong = Measure(
        "apart.wrong", "错而采用的格（下限取自另一侧）", "格", partial(_wrong, threshold), must_not_happen=True
    )
    return threshold, tuple(one.figure(arm, tested, f"受检 {split.name}") for one in (EXACT, taken, wrong))


def _taken(threshold: float | None, result: ReportResult) -> Count:
    return _wrong(threshold, result)[1], len(known(result))


def _wrong(threshold: float | None, result: ReportResult) -> Count:
    return (0, 0) if threshold is None else wrong_at_least(threshold, result)
