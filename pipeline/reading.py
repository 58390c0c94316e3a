"""One report from file to record: the whole flow in one place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.document import Document, Picture
from pipeline.errors import E112, E201, E202, GoujiError
from pipeline.read.open import read_document
from pipeline.reconcile.decide import Decision, TableDecision, decide_table
from pipeline.reconcile.explain import ledger
from pipeline.reconcile.findings import change_findings, prose_findings, sum_findings
from pipeline.reconcile.last_year import carried_forward, last_year_findings
from pipeline.reconcile.rules import assess
from pipeline.reconcile.wholes import blocks
from pipeline.record import Field, FieldSource, Finding, Number, Report, ReportStatus, RuleResult, Section
from pipeline.recover.metadata import find_metadata
from pipeline.recover.older_form import is_older_form
from pipeline.recover.prose import ProseNumber, prose_numbers
from pipeline.recover.readings import CellReading
from pipeline.recover.recovered import RecoveredTable
from pipeline.recover.sections import find_sections
from pipeline.recover.strips import has_spaced_lines, strips
from pipeline.recover.structures import recover_table
from pipeline.template import TABLES, template_for_year

LEAST_SECTIONS = 2
"""Sections that a report without any table must show before it counts as an annual report."""


def read_report(path: Path, last_year: Report | None = None) -> Report:
    """Reads one report.

    Args:
        path: the file; its name decides nothing.
        last_year: the record of the same agency's report of the year before: weak evidence.

    Raises:
        GoujiError: where the file cannot be read (E1xx) or is no report of a known form (E2xx).
    """
    return report_of(read_document(path), last_year)


def report_of(document: Document, last_year: Report | None = None) -> Report:
    """Everything after the reader; see `read_report`."""
    sections = find_sections(document)
    metadata = find_metadata(document, sections)
    layouts = [strips(document)]
    if has_spaced_lines(document):
        layouts.append(strips(document, spaced_cells=True))
    recovered = {table_id: recover_table(layouts, table_id, metadata.year) for table_id in TABLES}
    _check_is_report(document, recovered, sections)
    templates = {table_id: found.table.template for table_id, found in recovered.items()}
    before = last_year if last_year and _same_agency(last_year, metadata.agency, metadata.year) else None
    tables = {table_id: found.table for table_id, found in recovered.items()}
    expected = carried_forward(before, tables) if before else {}
    decided = {table_id: decide_table(found.table, blocks(found, expected)) for table_id, found in recovered.items()}
    prose = prose_numbers(sections, document, templates, metadata)
    for table in decided.values():
        _from_prose(table, prose)
        _support_of_last_year(table, expected)
    findings = _findings(decided, recovered, prose, metadata.year)
    if before:
        values = {field: decision.value for table in decided.values() for field, decision in table.decisions.items()}
        findings += last_year_findings(before, values, expected)
    return Report(
        schema="gouji-record/1",
        file=document.name,
        sha256=document.sha256,
        agency=metadata.agency,
        year=metadata.year,
        period=metadata.period,
        published=metadata.published,
        templates=templates,
        status=_status(decided, recovered, sections),
        fields={field: _field(d) for table in decided.values() for field, d in table.decisions.items()},
        findings=tuple(findings),
        sections=sections,
        rules=_rules(decided),
        ledger={field: entry for table in decided.values() for field, entry in ledger(table).items()},
        warnings=document.warnings,
    )


def _check_is_report(document: Document, recovered: dict[str, RecoveredTable], sections: dict[str, Section]) -> None:
    if any(found.found for found in recovered.values()):
        return
    if is_older_form(document):
        raise GoujiError(E202)
    if len(sections) >= LEAST_SECTIONS and any(number in sections for number in ("二", "三", "四")):
        return
    if any(isinstance(block, Picture) for block in document.blocks) and len(document.text().strip()) < 200:
        raise GoujiError(E112)
    raise GoujiError(E201)


def _same_agency(last_year: Report, agency: str | None, year: int | None) -> bool:
    """Whether a record may speak for the year before; the agency is the caller's word, the year must fit."""
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
        if decision and decision.status in {"read", "repaired", "inferred"} and decision.value == value:
            table.decisions[field] = replace(decision, support=(*decision.support, "last_year"))


def _field(decision: Decision) -> Field:
    cell = decision.cell
    return Field(
        printed=cell.printed,
        kind=cell.kind,
        value=decision.value,
        status=decision.status,
        confidence=round(decision.confidence, 4),
        candidates=decision.candidates,
        support=decision.support,
        source=None if cell.kind == "absent" else _source(cell),
        unit=cell.unit,
    )


def _source(cell: CellReading) -> FieldSource:
    where = cell.source
    return FieldSource(
        page=where.page,
        box=where.box,
        line=where.line,
        chars=where.chars,
        place=where.place,
        reader=cell.reader,
        score=cell.score,
        text=cell.text,
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


def _status(
    decided: dict[str, TableDecision], recovered: dict[str, RecoveredTable], sections: dict[str, Section]
) -> ReportStatus:
    decisions = [decision for table in decided.values() for decision in table.decisions.values()]
    statuses = {decision.status for decision in decisions}
    if not all(found.found for found in recovered.values()) or any(number not in sections for number in "一二三四五六"):
        return "partial"
    if "ambiguous" in statuses or any(d.status == "missing" and d.cell.kind in {"absent", "unread"} for d in decisions):
        return "review"
    if "inconsistent" in statuses:
        return "inconsistent"
    filled = any(d.status == "inferred" and (d.value or d.cell.kind in {"absent", "unread"}) for d in decisions)
    return "repaired" if filled or "repaired" in statuses else "clean"
