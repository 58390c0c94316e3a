"""How far annotators agree who answered the same reports each by themselves: `gouji gold agreement`.

Answers lie as `NAME.WHO.annotator.json` in the form of gold. What is printed and what is meant are compared apart: two
people may read the same number and differ on what the agency must have meant. Most cells of a form are 0, on which
agreement is cheap, so cells where either says anything but 0 are counted by themselves, and beside each share stands
Cohen's kappa, which takes off what would agree by chance (Educational and Psychological Measurement 20, 1960).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from pipeline.errors import E101, GoujiError
from pipeline.reconcile.rules import number_text
from pipeline.record import Number
from training.evaluation.gold_check import as_printed, broken, tables_of
from training.evaluation.intervals import Estimate, share
from training.gold import ANNOTATOR_SUFFIX, Gold, PrintKind, load_answer

UNTOLD = "no number"
"""Where nothing is printed and the answer does not tell a blank from a dash."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one annotator says of a field."""

    printed: Number | None
    kind: PrintKind | None
    """None for no number, where the answer does not tell a blank from a dash."""
    reconciled: Number | None
    breaks: tuple[str, ...]
    """Ids of the equalities with this field that do not hold on this annotator's numbers, as printed (blanks for
    what they mean) or as meant."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field of which two annotators say different things."""

    report: str
    field: str
    label: str
    """In the form's own words; the field's id where no template of theirs has it."""
    first: Cell
    second: Cell


@dataclass(frozen=True, slots=True)
class Sameness:
    """How many cells two annotators give the same number."""

    cells: int
    agreed: Estimate
    """The mean over agencies; its interval draws agencies anew."""
    nonzero: Estimate
    """The same over cells to which either gives a number that is not 0."""
    kappa: float | None
    """None where there are no cells, or all have one and the same number: then chance alone would agree as well."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two annotators, by name in order."""

    first: str
    second: str
    reports: int
    """That both answered."""
    cells: int
    """Of these, that both answered."""
    alone: int
    """Cells of the same reports that only one of them answered."""
    printed: Sameness
    reconciled: Sameness
    kinds: int
    """Cells of which both say what stands there, see `kind_pair`."""
    kinds_kappa: float | None
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class _Report:
    """The answers of two annotators to one report."""

    name: str
    agency: str
    first: Gold
    second: Gold

    @property
    def fields(self) -> list[str]:
        """Those that both answered, in the first one's order."""
        return [field for field in self.first.printed if field in self.second.printed]


def find_answers(folder: Path) -> dict[str, dict[str, Gold]]:
    """By report (its path below the folder) and annotator, all answers below the folder.

    Raises:
        GoujiError: E101 where there is no such folder, E303 where a file is malformed.
    """
    if not folder.is_dir():
        raise GoujiError(E101, reason=f"没有文件夹 {folder}")
    found: dict[str, dict[str, Gold]] = {}
    for path in sorted(folder.rglob(f"*{ANNOTATOR_SUFFIX}")):
        answer = load_answer(path)
        report = path.with_name(answer.name).relative_to(folder).as_posix()
        found.setdefault(report, {})[answer.annotator] = answer
    return found


def agreements(answers: Mapping[str, Mapping[str, Gold]]) -> list[Agreement]:
    """One for each two annotators who answered a report in common."""
    names = sorted({who for those in answers.values() for who in those})
    found = []
    for first, second in combinations(names, 2):
        shared = [
            _Report(report, those[first].agency or those[second].agency or report, those[first], those[second])
            for report, those in answers.items()
            if first in those and second in those
        ]
        if shared:
            found.append(_agreement(first, second, shared))
    return found


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two annotators' labels; None where it is 0 / 0: no pairs, or one label for everything."""
    from sklearn.metrics import cohen_kappa_score

    if len({label for pair in pairs for label in pair}) < 2:
        return None
    first, second = zip(*pairs, strict=True)
    return float(cohen_kappa_score(first, second))


def kind_pair(first: PrintKind | None, second: PrintKind | None) -> tuple[str, str] | None:
    """Two kinds as labels. None where one says blank or dash and the other only that it is no number: whether they
    agree nothing tells. That one sees a number and the other none is a difference, however little the other says."""
    if (first is None) != (second is None) and "number" not in (first, second):
        return None
    return first or UNTOLD, second or UNTOLD


def _agreement(first: str, second: str, reports: Sequence[_Report]) -> Agreement:
    kinds = [
        pair
        for report in reports
        for field in report.fields
        if (pair := kind_pair(report.first.kind_of(field), report.second.kind_of(field)))
    ]
    return Agreement(
        first=first,
        second=second,
        reports=len(reports),
        cells=sum(len(report.fields) for report in reports),
        alone=sum(len(report.first.printed.keys() ^ report.second.printed.keys()) for report in reports),
        printed=_sameness(reports, lambda gold: gold.printed),
        reconciled=_sameness(reports, lambda gold: gold.reconciled),
        kinds=len(kinds),
        kinds_kappa=kappa(kinds),
        disagreements=tuple(one for report in reports for one in _disagreements(report)),
    )


def _sameness(reports: Iterable[_Report], numbers: Callable[[Gold], Mapping[str, Number | None]]) -> Sameness:
    pairs: list[tuple[str, str]] = []
    agreed: dict[str, tuple[int, int]] = {}
    nonzero: dict[str, tuple[int, int]] = {}
    for report in reports:
        first, second = numbers(report.first), numbers(report.second)
        for field in report.fields:
            # As text, so that 5 and 5.0 are one label.
            pair = number_text(first[field]), number_text(second[field])
            pairs.append(pair)
            _count(agreed, report.agency, pair)
            if first[field] or second[field]:
                _count(nonzero, report.agency, pair)
    return Sameness(len(pairs), share(agreed), share(nonzero), kappa(pairs))


def _count(counts: dict[str, tuple[int, int]], agency: str, pair: tuple[str, str]) -> None:
    same, of = counts.get(agency, (0, 0))
    counts[agency] = (same + (pair[0] == pair[1]), of + 1)


def _disagreements(report: _Report) -> list[Disagreement]:
    breaks = _breaks(report.first), _breaks(report.second)
    found = []
    for field in report.fields:
        first, second = _cell(report.first, field, breaks[0]), _cell(report.second, field, breaks[1])
        kinds = kind_pair(first.kind, second.kind)
        numbers = (first.printed, first.reconciled) != (second.printed, second.reconciled)
        if numbers or (kinds and kinds[0] != kinds[1]):
            found.append(Disagreement(report.name, field, _label(report, field), first, second))
    return found


def _cell(answer: Gold, field: str, breaks: Mapping[str, tuple[str, ...]]) -> Cell:
    return Cell(answer.printed[field], answer.kind_of(field), answer.reconciled[field], breaks.get(field, ()))


def _breaks(answer: Gold) -> dict[str, tuple[str, ...]]:
    """By field, the equalities with it that do not hold on this answer."""
    found: dict[str, tuple[str, ...]] = {}
    tables = tables_of(answer)
    both = (*broken(tables, as_printed(answer)), *broken(tables, answer.reconciled))
    for rule in {one.rule.id: one.rule for one in both}.values():
        for field in rule.fields:
            found[field] = (*found.get(field, ()), rule.id)
    return found


def _label(report: _Report, field: str) -> str:
    for table in (*tables_of(report.first), *tables_of(report.second)):
        if field in table.field_ids():
            return table.describe(field)
    return field
