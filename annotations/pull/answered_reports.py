"""Reports about which somebody was asked, with what was answered and what the program makes of it now."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from pipeline.acceptance import needs_look
from pipeline.answers import CellAnswer, ReportAnswers, all_answers, disputed, final
from pipeline.consequences import is_doubted
from pipeline.reconcile.rules import assess, equation
from pipeline.record import Report
from pipeline.store.outcomes import Listed, find_outcome, listed_files
from pipeline.template import table

LONGEST_STEM = 60
"""Characters of a file's name that are kept; three bytes each at most, below what a file system takes."""


@dataclass(frozen=True, slots=True)
class Flag:
    """An equality that the answers, and what was decided beside them, break. Nothing follows from it but a look."""

    sha256: str
    file: str
    rule: str
    label: str
    equation: str
    answered: tuple[str, ...]
    """Fields of it that people answered."""


@dataclass(frozen=True)
class AnsweredReport:
    """One content. Of its record only what is needed is kept: there may be many."""

    answers: ReportAnswers
    final: Mapping[str, CellAnswer]
    """What counts, by field of the report's forms."""
    file: str
    """Its name in files.jsonl; the first of several."""
    agency: str | None
    year: int | None
    templates: Mapping[str, str]
    fields: tuple[str, ...]
    """Of its forms, in their order."""
    open: tuple[str, ...]
    """Those that still need a look, with the answers put in: of what nobody could read there is nothing more to see."""
    flags: tuple[Flag, ...]
    alone: tuple[str, ...]
    """Answered fields in which one person says something else than the program, and so breaks an equality that held:
    somebody else has to see who is right."""
    program: str
    """Mark of the program that had read it."""

    @property
    def sha256(self) -> str:
        return self.answers.sha256

    @property
    def name(self) -> str:
        """For files made of it: that of its own file without folders and endings, and so much of its digest that no
        two reports are called the same."""
        return file_stem(self.file, self.sha256)

    @cached_property
    def disputed(self) -> dict[str, tuple[CellAnswer, ...]]:
        """What people disagree about, by field of the report's forms."""
        return {field: given for field, given in disputed(self.answers).items() if field in self.fields}


def file_stem(file: str, sha256: str) -> str:
    """What files made of a report are called, without ending.

    Args:
        file: its name in files.jsonl.
    """
    base = PurePosixPath(file.rpartition("!")[2]).stem
    return f"{base.replace('.', '_')[:LONGEST_STEM]}-{sha256[:8]}"


def answered_reports(out: Path) -> Iterator[AnsweredReport]:
    """All reports of which a cell was ever answered, ordered by SHA-256. Answers about contents that are no reports any
    more are passed over; they stay where they are.

    Raises:
        GoujiError: E101, E305 where `files.jsonl` or an answer is not there or malformed.
    """
    given = [one for one in all_answers(out) if one.answers]
    names = _names(listed_files(out), {one.sha256 for one in given})
    for one in given:
        outcome = find_outcome(out, one.sha256)
        if outcome is not None and outcome.report is not None:
            name = names.get(one.sha256, outcome.report.file)
            yield _answered(one, outcome.report, name, outcome.program)


def _names(listed: Iterator[Listed], wanted: set[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for one in listed:
        if one.sha256 in wanted:
            names.setdefault(one.sha256, one.name)
    return names


def _answered(answers: ReportAnswers, report: Report, file: str, program: str) -> AnsweredReport:
    counting = {field: one for field, one in final(answers).items() if field in report.fields}
    return AnsweredReport(
        answers=answers, final=counting, file=file, agency=report.agency, year=report.year,
        templates=report.templates, fields=tuple(map(sys.intern, report.fields)),
        open=tuple(field for field, found in report.fields.items() if field not in counting and needs_look(found)),
        flags=tuple(_flags(answers.sha256, file, report, counting)),
        alone=tuple(_alone(answers, report, counting)), program=program,
    )  # fmt: skip


def _flags(sha256: str, file: str, report: Report, counting: Mapping[str, CellAnswer]) -> Iterator[Flag]:
    """Equalities with an answered field that do not hold on the values as they are now, or did not until what stands
    beside the answer was opened again."""
    values = {field: found.value for field, found in report.fields.items()}
    for table_id, template in sorted(report.templates.items()):
        for rule in table(template, table_id).rules:
            asked = tuple(field for field in rule.fields if field in counting)
            doubted = any(is_doubted(report.ledger.get(field), rule) for field in rule.fields)
            if asked and (doubted or report.rules[rule.id].decided == "fails"):
                yield Flag(sha256, file, rule.id, rule.label, equation(rule, values), asked)


def _alone(answers: ReportAnswers, report: Report, counting: Mapping[str, CellAnswer]) -> Iterator[str]:
    """In the order of the form."""
    values = {field: found.value for field, found in report.fields.items()}
    before = values | {field: one.proposed for field, one in counting.items()}
    broken: set[str] = set()
    for table_id, template in sorted(report.templates.items()):
        for rule in table(template, table_id).rules:
            if assess(rule, values).verdict == "fails" and assess(rule, before).verdict == "holds":
                broken.update(rule.fields)
    for field, one in counting.items():
        people = {given.annotator for given in answers.answers if given.field == field and given.said == one.said}
        if field in broken and one.value != one.proposed and not one.adjudicates and len(people) < 2:
            yield field
