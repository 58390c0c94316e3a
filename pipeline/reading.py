"""One report from file to record: the whole flow in one place."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.confidence import calibrated
from pipeline.document import Document, Picture
from pipeline.errors import E112, E201, E202, GoujiError
from pipeline.read.open import read_document
from pipeline.reconcile.decide import decide_table
from pipeline.reconcile.decision import Decision, TableDecision
from pipeline.reconcile.explain import ledger
from pipeline.reconcile.findings import change_findings, prose_findings, sum_findings
from pipeline.reconcile.last_year import carried_forward, last_year_findings, settled
from pipeline.reconcile.report_status import status_of
from pipeline.reconcile.rules import assess
from pipeline.reconcile.suspects import suspects
from pipeline.reconcile.wholes import blocks
from pipeline.record import Field, FieldSource, Finding, Number, Report, ReportStatus, RuleResult, Section, SeenText
from pipeline.recover.cell_readings import CellReading
from pipeline.recover.metadata import Metadata, find_metadata
from pipeline.recover.older_form import is_older_form
from pipeline.recover.prose import ProseNumber, prose_numbers
from pipeline.recover.recovered import RecoveredTable
from pipeline.recover.sections import find_sections
from pipeline.recover.strips import has_spaced_lines, strips
from pipeline.recover.structures import recover_table
from pipeline.tag.hints import hints_of
from pipeline.tag.linear import linear
from pipeline.tag.prose import has_unread_numbers, tagged_prose, with_tagged
from pipeline.tag.sections import with_tagged_sections
from pipeline.template import TABLES, template_for_year

if TYPE_CHECKING:
    from pipeline.scan.again import Look, Spot
    from pipeline.scan.document import Progress, Seen
    from pipeline.tag.decode import Tags

LEAST_SECTIONS = 2
"""Sections that a report without any table must show before it counts as an annual report."""
LEAST_SURE, LEAST_NUMBERS = 0.9, 20
"""Where no label tells that it is a report: probability of a field, and how many numbers must have it."""
MOST_CHARACTERS = 30_000
"""Of such a document; reports, tables and all, have some 2,000 to 10,000."""

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Scanning:
    """How pictures of pages are read."""

    engine: str | None = None
    """A set of models of configs/ocr.yaml; None for its default."""
    device: str | None = None
    """`cpu`, `gpu` or `gpu:1`; None for what configs/ocr.yaml says."""
    seconds: float | None = None
    """Time for the whole file, from now; pages for which it does not suffice are left out and named."""
    progress: Progress | None = None
    seen: Seen | None = None
    """Gets every picture that is read."""
    overlay: Path | None = None
    """Folder for a picture of each page with the grid that was recovered."""


Tagging = Literal["cascade", "never", "alone"]
"""When the token classifier is asked: where the form's labels and wordings leave something open, never, or in their
place (which is for measuring)."""


def read_report(
    path: Path,
    last_year: Report | None = None,
    scanning: Scanning | None = None,
    tagging: Tagging = "cascade",
    name: str | None = None,
) -> Report:
    """Reads one report.

    Args:
        path: the file; its name decides nothing.
        last_year: the record of the same agency's report of the year before: weak evidence. One that names another
            agency, as far as the names can tell, or another year says nothing; one that names no agency is of the
            right one by the caller's word.
        scanning: how pictures are read; they are read only where the file holds any.
        tagging: when the token classifier is asked.
        name: what the file is called where `path` is only where it was put; see `read_document`.

    Raises:
        GoujiError: where the file cannot be read (E1xx) or is no report of a known form (E2xx).
    """
    document = read_document(path, name=name)
    if not document.has_pictures():
        return report_of(document, last_year, tagging)
    return _read_pictures(document, last_year, scanning or Scanning(), tagging)


def report_of(document: Document, last_year: Report | None = None, tagging: Tagging = "cascade") -> Report:
    """Everything after the reader; see `read_report`."""
    return _record(_tagged(document, last_year, tagging), {})


def _read_pictures(document: Document, last_year: Report | None, scanning: Scanning, tagging: Tagging) -> Report:
    """A document whose pictures are scanned first, and whose suspect cells are looked at again."""
    # Only a file that holds pictures pays for loading what reads them.
    from pipeline.ocr.load import load_engine
    from pipeline.ocr.regions import find_regions
    from pipeline.scan.again import look_again
    from pipeline.scan.document import scan_document

    deadline = None if scanning.seconds is None else time.monotonic() + scanning.seconds
    engine = load_engine(scanning.engine, scanning.device)
    propose = partial(find_regions, name=scanning.engine, device=scanning.device)
    pictures = document
    document, scans = scan_document(document, engine, deadline, scanning.progress, scanning.seen, propose)
    try:
        decided = _decide(document, last_year)
    except GoujiError:
        # No label can be read: there is nothing to look at again, but the classifier may know the page.
        return _record(_tagged(document, last_year, tagging), {})
    looks: dict[Spot, tuple[Look, ...]] = {}
    while spots := suspects(decided.tables.values()) - looks.keys():
        document, seen = look_again(document, scans, spots, engine)
        if not seen:
            break
        looks |= seen
        decided = _decide(document, last_year)
    decided = _tagged(document, last_year, tagging, decided)
    if scanning.overlay is not None:
        from pipeline.scan.overlay import write_overlays

        write_overlays(pictures, scans, _marks(decided.tables.values()), scanning.overlay)
    return _record(decided, looks)


def _marks(tables: Iterable[TableDecision]) -> dict[Spot, str]:
    """Cells whose value is not simply what was read."""
    marks: dict[Spot, str] = {}
    for table in tables:
        for decision in table.decisions.values():
            where = decision.cell.source
            if where.page is not None and where.box is not None and decision.status != "read":
                doubtful = decision.status in {"ambiguous", "inconsistent"} or decision.cell.kind == "unread"
                if doubtful or decision.status == "repaired":
                    marks[(where.page, where.box)] = "doubtful" if doubtful else "repaired"
    return marks


@dataclass(frozen=True, slots=True)
class _Decided:
    """A document with everything that was made out of it."""

    document: Document
    sections: dict[str, Section]
    metadata: Metadata
    recovered: dict[str, RecoveredTable]
    tables: dict[str, TableDecision]
    prose: list[ProseNumber]
    findings: list[Finding]


def _tagged(
    document: Document, last_year: Report | None, tagging: Tagging, decided: _Decided | None = None
) -> _Decided:
    """The document with everything made out of it, the classifier asked where something was left open.

    Raises:
        GoujiError: E2xx where it is no report, by labels and by the classifier.
    """
    refused: GoujiError | None = None
    if decided is None:
        try:
            decided = _decide(document, last_year)
        except GoujiError as error:
            refused = error
    if decided is not None and (tagging == "never" or (tagging == "cascade" and not _is_open(decided))):
        return decided
    # Only a report that leaves something open pays for loading the classifier.
    from pipeline.tag.model import load_model

    older = refused is not None and refused.kind is E202
    hopeless = decided is None and not _may_be_a_report(document.text())
    model = None if tagging == "never" or older or hopeless else load_model()
    if model is None:
        if decided is None:
            raise refused or GoujiError(E201)
        return decided
    tags = model.tag(linear(document))
    if decided is None:
        # Without any label of the form only the classifier can tell that it is a report, and it must be sure.
        if sum(number.share >= LEAST_SURE for number in tags.numbers) < LEAST_NUMBERS:
            raise refused or GoujiError(E201)
        try:
            return _decide(document, last_year, tags, labels=tagging != "alone")
        except GoujiError:
            raise refused or GoujiError(E201) from None
    again = _decide(document, last_year, tags, labels=tagging != "alone")
    return again if tagging == "alone" or _settled(again) >= _settled(decided) else decided


def _may_be_a_report(text: str) -> bool:
    """Whether it is worth asking the classifier of a document without any label of the form: among a hundred thousand
    files there are budgets and statutes, and the classifier takes up to a millisecond a character."""
    return len(text) <= MOST_CHARACTERS and len(_NUMBER.findall(text)) >= LEAST_NUMBERS


def _settled(made: _Decided) -> tuple[int, int]:
    """How many tables were found, and how many fields are settled."""
    decisions = [decision for table in made.tables.values() for decision in table.decisions.values()]
    settled = sum(decision.status in {"read", "repaired", "inferred"} for decision in decisions)
    return sum(found.found for found in made.recovered.values()), settled


def is_left_open(document: Document) -> bool:
    """Whether the cascade asks the classifier about this document.

    Raises:
        GoujiError: E2xx where its labels do not even tell that it is a report; then the classifier is asked.
    """
    return _is_open(_decide(document, None))


def _is_open(made: _Decided) -> bool:
    """Whether labels and wordings leave something for the classifier: a table or section that was not found, a field
    that is not settled, or running text with numbers that no sentence explains."""
    if not all(found.found for found in made.recovered.values()) or any(n not in made.sections for n in "一二三四五六"):
        return True
    decisions = [decision for table in made.tables.values() for decision in table.decisions.values()]
    lost = [d for d in decisions if d.status == "missing" and d.cell.kind in {"absent", "unread"}]
    if lost or any(decision.status == "ambiguous" for decision in decisions):
        return True
    return has_unread_numbers(made.sections, made.prose)


def _decide(document: Document, last_year: Report | None, tags: Tags | None = None, labels: bool = True) -> _Decided:
    sections = find_sections(document)
    metadata = find_metadata(document, sections)
    layouts = [strips(document)]
    if has_spaced_lines(document):
        layouts.append(strips(document, spaced_cells=True))
    hints = [None if tags is None else hints_of(layout, tags) for layout in layouts]
    cells = {strip.block for strip in layouts[0]}
    if tags is not None:
        sections = with_tagged_sections(sections, tags, document, cells)
    recovered = {table_id: recover_table(layouts, table_id, metadata.year, hints, labels) for table_id in TABLES}
    _check_is_report(document, recovered, sections)
    templates = {table_id: found.table.template for table_id, found in recovered.items()}
    before = last_year if last_year and _same_agency(last_year, metadata.agency, metadata.year) else None
    tables = {table_id: found.table for table_id, found in recovered.items()}
    expected = carried_forward(before, tables) if before else {}
    decided = {table_id: decide_table(found.table, blocks(found, expected)) for table_id, found in recovered.items()}
    for table_id, found in recovered.items():
        if expected and found.table.rules and found.found:
            weighed = decide_table(found.table, blocks(found, weighed=expected))
            decided[table_id].decisions.update(settled(decided[table_id], weighed, expected))
    prose = prose_numbers(sections, document, templates, metadata) if labels else []
    if tags is not None:
        fields = {field for table in tables.values() for field in table.field_ids()}
        prose = with_tagged(prose, tagged_prose(document, tags, cells, fields))
    for table in decided.values():
        _from_prose(table, prose)
        _support_of_last_year(table, expected)
    findings = _findings(decided, recovered, prose, metadata.year)
    if before:
        values = {field: decision.value for table in decided.values() for field, decision in table.decisions.items()}
        findings += last_year_findings(before, values, expected)
    return _Decided(document, sections, metadata, recovered, decided, prose, findings)


def _record(made: _Decided, looks: Mapping[Spot, tuple[Look, ...]]) -> Report:
    document, metadata, decided = made.document, made.metadata, made.tables
    return Report(
        schema="gouji-record/1",
        file=document.name,
        sha256=document.sha256,
        agency=metadata.agency,
        year=metadata.year,
        period=metadata.period,
        published=metadata.published,
        templates={table_id: found.table.template for table_id, found in made.recovered.items()},
        status=_status(made),
        fields={field: _field(d, looks) for table in decided.values() for field, d in table.decisions.items()},
        findings=tuple(made.findings),
        sections=made.sections,
        rules=_rules(decided),
        ledger={field: entry for table in decided.values() for field, entry in ledger(table).items()},
        warnings=document.warnings,
    )


def _check_is_report(document: Document, recovered: dict[str, RecoveredTable], sections: dict[str, Section]) -> None:
    # Of a file whose pages could not all be read it is not known what it is.
    if any(found.found for found in recovered.values()) or document.defeated:
        return
    if is_older_form(document):
        raise GoujiError(E202)
    if len(sections) >= LEAST_SECTIONS and any(number in sections for number in ("二", "三", "四")):
        return
    if any(isinstance(block, Picture) for block in document.blocks) and len(document.text().strip()) < 200:
        raise GoujiError(E112)
    raise GoujiError(E201)


def _same_agency(last_year: Report, agency: str | None, year: int | None) -> bool:
    """Whether a record may speak for the year before. The year must fit, and so must the names, where there are two."""
    return bool(last_year.year is None or year is None or last_year.year == year - 1) and (
        agency is None or last_year.agency is None or agency in last_year.agency or last_year.agency in agency
    )


def _from_prose(table: TableDecision, prose: list[ProseNumber]) -> None:
    """Fills fields for which the table gives nothing, where the prose says one number and only one."""
    said: dict[str, list[ProseNumber]] = {}
    for number in prose:
        if len(number.fields) == 1 and number.strength == "exact":
            said.setdefault(number.fields[0], []).append(number)
    for field, numbers in said.items():
        decision = table.decisions.get(field)
        if decision is None:
            continue
        agree = len({number.value for number in numbers}) == 1
        if decision.status == "missing" and decision.cell.kind in {"absent", "unread"} and agree:
            table.decisions[field] = replace(
                decision,
                value=numbers[0].value,
                status="inferred",
                confidence=0.9,
                support=("prose",),
                because=f"正文：“{numbers[0].quote}”",
            )
        elif decision.status in {"read", "repaired", "inferred"} and agree and decision.value == numbers[0].value:
            table.decisions[field] = replace(decision, support=(*decision.support, "prose"))


def _support_of_last_year(table: TableDecision, expected: dict[str, Number]) -> None:
    for field, value in expected.items():
        decision = table.decisions.get(field)
        supported = decision and "last_year" not in decision.support and decision.value == value
        if decision and supported and decision.status in {"read", "repaired", "inferred"}:
            table.decisions[field] = replace(decision, support=(*decision.support, "last_year"))


def _field(decision: Decision, looks: Mapping[Spot, tuple[Look, ...]]) -> Field:
    cell = decision.cell
    return Field(
        printed=cell.printed,
        kind=cell.kind,
        value=decision.value,
        status=decision.status,
        confidence=calibrated(decision.confidence, decision.status, decision.support),
        candidates=decision.candidates,
        support=decision.support,
        source=None if cell.kind == "absent" else _source(cell, looks),
        unit=cell.unit,
    )


def _source(cell: CellReading, looks: Mapping[Spot, tuple[Look, ...]]) -> FieldSource:
    where = cell.source
    seen = () if where.page is None or where.box is None else looks.get((where.page, where.box), ())
    return FieldSource(
        page=where.page,
        box=where.box,
        line=where.line,
        chars=where.chars,
        place=where.place,
        reader=cell.reader,
        score=cell.score,
        text=cell.text,
        looks=tuple(SeenText(reader=look.reader, text=look.text, score=look.score) for look in seen),
    )


def _rules(decided: dict[str, TableDecision]) -> dict[str, RuleResult]:
    results = {}
    for table in decided.values():
        values = {field: decision.value for field, decision in table.decisions.items()}
        for rule in table.table.rules:
            results[rule.id] = RuleResult(
                printed=assess(rule, table.printed).verdict, decided=assess(rule, values).verdict
            )
    return results


def _findings(
    decided: dict[str, TableDecision], recovered: dict[str, RecoveredTable], prose: list[ProseNumber], year: int | None
) -> list[Finding]:
    findings = [finding for table in decided.values() for finding in sum_findings(table)]
    findings += change_findings(decided["t2"])
    values = {field: decision.value for table in decided.values() for field, decision in table.decisions.items()}
    tables = {table_id: table.table for table_id, table in decided.items()}
    findings += prose_findings(prose, values, tables)
    for found in recovered.values():
        title = f"{found.table.section}、{found.table.title}"
        if not found.found:
            findings.append(Finding(level="warning", code="TABLE", message=f"没有找到表格：{title}"))
        elif year and found.table.template != template_for_year(year):
            findings.append(
                Finding(
                    level="info",
                    code="TEMPLATE",
                    message=f"{year} 年的报告，“{title}”却用 {found.table.template} 年版表格",
                )
            )
    return findings


def _status(made: _Decided) -> ReportStatus:
    if made.document.defeated or not all(found.found for found in made.recovered.values()):
        return "partial"
    if any(number not in made.sections for number in "一二三四五六"):
        return "partial"
    return status_of((one, one.cell.kind) for table in made.tables.values() for one in table.decisions.values())
