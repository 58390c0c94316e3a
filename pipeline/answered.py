"""A record with what people answered put in: their values count, what follows from them is settled, and where the
program says something else a finding says so. Nothing that was read is lost: it stays in the cell's looks.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.acceptance import DECIDED
from pipeline.answers import CellAnswer, ReportAnswers, final, numbers_seen
from pipeline.consequences import consequences, with_annotator
from pipeline.reconcile.report_status import status_of
from pipeline.reconcile.rules import assess, number_text
from pipeline.record import (
    Field,
    FieldSource,
    Finding,
    LedgerEntry,
    Report,
    ReportStatus,
    RuleResult,
    SeenText,
    Status,
)
from pipeline.recover.numbers import read_number
from pipeline.template import Table, table

SURE = 0.995
"""Confidence in what a person saw on the page: people, too, mistype."""
CODE = "ANNOTATOR"
"""Of findings that say where the program differs from a person."""
_DASH = "-"
_SAID = {"blank": "空白", "dash": "“—”", None: "无法辨认"}


def answered(report: Report, answers: ReportAnswers) -> Report:
    """The record with all answers that count; the same record where nothing was answered. Same in, same out."""
    counting = {field: one for field, one in final(answers).items() if field in report.fields}
    numbers = [fields for _, fields in numbers_seen(answers)]
    if not counting and not numbers:
        return report
    fields, ledger = dict(report.fields), dict(report.ledger)
    differing: list[Finding] = []
    tables = [table(template, table_id) for table_id, template in sorted(report.templates.items())]
    for field_id, one in counting.items():
        before = report.fields[field_id]
        if one.verdict != "unreadable":
            fields[field_id] = _seen(before, one)
        ledger[field_id] = LedgerEntry(sentence=_sentence(before, one))
        if _differs(before, one):
            differing.append(_finding(_described(tables, field_id), field_id, before, one))
    known = {field_id for field_id, one in counting.items() if one.verdict != "unreadable"}
    follows = consequences(report, tables, fields, known, numbers)
    fields |= follows.fields
    ledger |= follows.ledger
    rules = _rules(report, tables, fields, counting)
    findings = tuple(one for one in report.findings if not _is_mended(one, tables, rules)) + tuple(differing)
    return report.model_copy(
        update={
            "fields": fields,
            "ledger": ledger,
            "rules": rules,
            "findings": findings,
            "status": _status(report, fields, rules),
        }
    )


def _seen(before: Field, one: CellAnswer) -> Field:
    printed = {"number": number_text(one.printed), "blank": None, "dash": _DASH, None: before.printed}[one.kind]
    if before.printed is not None and _same_print(before, one):
        # As the page writes it.
        printed = before.printed
    value, status, confidence = one.value, _status_of(one), SURE
    return before.model_copy(
        update={
            "printed": printed,
            "kind": one.kind or before.kind,
            "value": value,
            "status": status,
            "confidence": confidence,
            "candidates": (),
            "support": with_annotator(before.support),
            "source": _looked_at(before.source, one),
        }
    )


def _status_of(one: CellAnswer) -> Status:
    if one.verdict == "source_wrong":
        return "repaired" if one.value is not None else "inconsistent"
    if one.kind != "number":
        return "read" if one.value is not None else "missing"
    return "read" if one.value == one.printed else "repaired"


def _same_print(before: Field, one: CellAnswer) -> bool:
    if one.kind != before.kind:
        return False
    return one.kind == "dash" or (one.kind == "number" and read_number(before.printed) == one.printed)


def _looked_at(source: FieldSource | None, one: CellAnswer) -> FieldSource:
    text = number_text(one.printed) if one.kind == "number" else {"dash": _DASH}.get(one.kind or "", "")
    look = SeenText(reader=f"annotator:{one.annotator}", text=text, score=SURE)
    known = source or FieldSource()
    # What was read first is the first look, unless it stands there already.
    own = SeenText(reader=known.reader, text=known.text, score=known.score)
    first = () if known.looks or source is None else (own,)
    return known.model_copy(update={"looks": (*known.looks, *first, look)})


def _said(one: CellAnswer) -> str:
    return number_text(one.printed) if one.kind == "number" else _SAID[one.kind]


def _sentence(before: Field, one: CellAnswer) -> str:
    how = "（裁定）" if one.adjudicates else "（总览）" if one.overview else ""
    who = f"标注员 {one.annotator} 于 {one.at[:10]}{how}"
    program = f"程序为 {number_text(before.value)}" if before.status in DECIDED else "程序未定"
    if one.verdict == "unreadable":
        return f"{who}看原件，无法辨认；{program}"
    if one.verdict == "source_wrong":
        meant = f"应为 {number_text(one.value)}" if one.value is not None else "应为多少无从得知"
        return f"{who}看原件，印的是 {_said(one)}，认定原文有误，{meant}；{program}"
    return f"{who}看原件，印的是 {_said(one)}；{program}"


def _differs(before: Field, one: CellAnswer) -> bool:
    """Whether the program, as it is now, had decided otherwise."""
    return one.verdict != "unreadable" and before.status in DECIDED and before.value != one.value and not (
        one.value is None and before.status == "inferred"
    )  # fmt: skip


def _finding(named: str, field_id: str, before: Field, one: CellAnswer) -> Finding:
    return Finding(
        level="warning", code=CODE,
        message=f"{named}：标注员 {one.annotator} 于 {one.at[:10]} 认定为 {number_text(one.value)}，"
        f"程序现在为 {number_text(before.value)}；以标注员为准",
        left=one.value, right=before.value,
        difference=None if one.value is None or before.value is None else one.value - before.value,
        fields=(field_id,),
    )  # fmt: skip


def _described(tables: list[Table], field_id: str) -> str:
    return next(one.describe(field_id) for one in tables if one.id == field_id.split(".")[0])


def _rules(
    report: Report, tables: list[Table], fields: Mapping[str, Field], counting: Mapping[str, CellAnswer]
) -> dict[str, RuleResult]:
    values = {field_id: field.value for field_id, field in fields.items()}
    on_page = {field_id: read_number(field.printed) for field_id, field in fields.items()}
    results = dict(report.rules)
    for one in tables:
        for rule in one.rules:
            touched = any(field_id in counting for field_id in rule.fields)
            printed = assess(rule, on_page).verdict if touched else results[rule.id].printed
            results[rule.id] = RuleResult(printed=printed, decided=assess(rule, values).verdict)
    return results


def _is_mended(finding: Finding, tables: list[Table], rules: Mapping[str, RuleResult]) -> bool:
    """A sum that the print does not break after all: what broke it was a reader's mistake."""
    if finding.code != "SUM":
        return False
    return any(
        rule.fields == finding.fields and rules[rule.id].printed == "holds" for one in tables for rule in one.rules
    )


def _status(report: Report, fields: Mapping[str, Field], rules: Mapping[str, RuleResult]) -> ReportStatus:
    if report.status == "partial":
        # What is missing as a whole no answer brings.
        return "partial"
    status = status_of((one, one.kind) for one in fields.values())
    broken = any(one.decided == "fails" and report.rules[rule].decided != "fails" for rule, one in rules.items())
    # The page, or who answered, is wrong: as a whole it is not to be taken unseen.
    return "inconsistent" if broken and status in ("clean", "repaired") else status
