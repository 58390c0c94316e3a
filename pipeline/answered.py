"""A record with what people answered put in: their values count, what follows from them is settled, and where the
program says something else a finding says so. Nothing that was read is lost: it stays in the cell's looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.acceptance import DECIDED
from pipeline.answers import CellAnswer, ReportAnswers, final
from pipeline.reconcile.report_status import is_open, status_of
from pipeline.reconcile.rules import assess, equation, number_text, rules_by_field
from pipeline.record import (
    Field,
    FieldSource,
    Finding,
    LedgerEntry,
    Number,
    Report,
    ReportStatus,
    RuleResult,
    SeenText,
    Status,
    Support,
)
from pipeline.recover.numbers import read_number
from pipeline.template import Rule, Table, table

SURE = 0.995
"""Confidence in what a person saw on the page: people, too, mistype."""
FOLLOWS = 0.99
"""Confidence in what follows from it by an equality of the form."""
CODE = "ANNOTATOR"
"""Of findings that say where the program differs from a person."""
_DASH = "-"
_SAID = {"blank": "空白", "dash": "“—”", None: "无法辨认"}


def answered(report: Report, answers: ReportAnswers) -> Report:
    """The record with all answers that count; the same record where nothing was answered. Same in, same out."""
    counting = {field: one for field, one in final(answers).items() if field in report.fields}
    if not counting:
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
    for field_id, field, rule in _following(tables, fields, known, _numbers_seen(answers)):
        fields[field_id] = field
        values = {other: fields[other].value for other in rule.fields}
        ledger[field_id] = LedgerEntry(
            sentence=f"标注员认定同一等式的其他数字后，这一格只能是 {number_text(field.value)}",
            rules=(rule.id,), equations=(equation(rule, values),),
        )  # fmt: skip
    rules = _rules(report, tables, fields, counting)
    findings = tuple(one for one in report.findings if not _is_mended(one, tables, rules)) + tuple(differing)
    return report.model_copy(
        update={
            "fields": fields,
            "ledger": ledger,
            "rules": rules,
            "findings": findings,
            "status": _status(report, fields),
        }
    )


def _seen(before: Field, one: CellAnswer) -> Field:
    printed = {"number": number_text(one.printed), "blank": None, "dash": _DASH, None: before.printed}[one.kind]
    if before.printed is not None and _same_print(before, one):
        # As the page writes it.
        printed = before.printed
    value, status, confidence = one.value, _status_of(one), SURE
    if one.kind in ("blank", "dash") and one.verdict != "source_wrong" and before.status == "inferred":
        # That nothing is printed there was asked; what follows from the rest stays.
        value, status, confidence = before.value, "inferred", before.confidence
    return before.model_copy(
        update={
            "printed": printed,
            "kind": one.kind or before.kind,
            "value": value,
            "status": status,
            "confidence": confidence,
            "candidates": (),
            "support": _with_annotator(before.support),
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


def _with_annotator(support: tuple[Support, ...]) -> tuple[Support, ...]:
    return (*(one for one in support if one != "annotator"), "annotator")


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
    who = f"标注员 {one.annotator} 于 {one.at[:10]}{'（裁定）' if one.adjudicates else ''}"
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


def _following(
    tables: list[Table], fields: Mapping[str, Field], known: set[str], numbers: list[frozenset[str]]
) -> Iterator[tuple[str, Field, Rule]]:
    """What the equalities leave no choice about once the known fields are known, one after the other. An open field
    whose equalities want different numbers, or none of its candidates, stays open; so does the last one of some among
    which a person saw a number other than 0, where it would be 0 like the others.

    Yields:
        (field id, the field settled, the rule that settles it); the caller sees each before the next is looked for.
    """
    fields = dict(fields)
    everywhere = [(one, field_id) for one in tables for field_id in one.field_ids() if field_id in fields]
    # Of a field none of whose equalities has changed nothing new can follow.
    stale = {beside for one in tables for field_id in known for beside in _beside(one, field_id)}
    found = True
    while found:
        found = False
        for one, field_id in everywhere:
            if field_id not in stale:
                continue
            followed = _followed(one, field_id, fields, known)
            if followed is None:
                stale.discard(field_id)
            elif not (followed[0].value == 0 and _is_last(field_id, fields, numbers)):
                fields[field_id], known, found = followed[0], known | {field_id}, True
                stale |= _beside(one, field_id)
                yield field_id, *followed


def _beside(one: Table, field_id: str) -> set[str]:
    """The fields with which it shares an equality, itself among them."""
    return {other for rule in rules_by_field(one).get(field_id, ()) for other in rule.fields}


def _numbers_seen(answers: ReportAnswers) -> list[frozenset[str]]:
    """Fields among which somebody saw a number other than 0: what an overview left open of a row, and of a column."""
    tasks: dict[tuple[str, str], list[CellAnswer]] = {}
    for one in answers.answers:
        tasks.setdefault((one.task, one.annotator), []).append(one)
    found: dict[tuple[str, str, int, str], set[str]] = {}
    for (task, who), given in tasks.items():
        if all(one.verdict == "left_open" for one in given):
            # It told nothing.
            continue
        for one in given:
            for part in (1, 2) if one.verdict == "left_open" else ():
                found.setdefault((task, who, part, one.field.split(".")[part]), set()).add(one.field)
    return [frozenset(fields) for fields in found.values()]


def _is_last(field_id: str, fields: Mapping[str, Field], numbers: list[frozenset[str]]) -> bool:
    """Whether all the others of some that hold a number are 0."""
    return any(
        field_id in those and all(fields[other].value == 0 for other in those if other != field_id and other in fields)
        for those in numbers
    )


def _followed(one: Table, field_id: str, fields: Mapping[str, Field], known: set[str]) -> tuple[Field, Rule] | None:
    """The field settled, and the rule that settles it; None where nothing does, or it needs nothing."""
    field = fields[field_id]
    unknown = field_id not in known and is_open(field.status, field.kind)
    if not (unknown or _is_seen_blank(field)):
        return None
    wanted = {
        value: rule
        for rule in rules_by_field(one).get(field_id, ())
        if not known.isdisjoint(rule.fields)
        if (value := _wanted(rule, field_id, fields, one, known)) is not None
    }
    if len(wanted) != 1:
        return None
    value, rule = next(iter(wanted.items()))
    return (_settled(field, value), rule) if _is_possible(value, field, field_id, one) else None


def _is_seen_blank(field: Field) -> bool:
    """Whether a person saw that nothing is printed there: what it means, the equalities may tell."""
    return field.status == "missing" and field.kind in ("blank", "dash") and "annotator" in field.support


def _wanted(rule: Rule, field_id: str, fields: Mapping[str, Field], of: Table, known: set[str]) -> Number | None:
    """The number that makes the rule hold, all others being decided; 0 where the numbers that are not decided have
    nothing left to add up to, being no less than 0, and the sum is known from people; or where they were all seen to be
    blank and the rule holds without them. None where it tells nothing."""
    undecided = [
        other for other in rule.fields if fields[other].value is None or fields[other].status not in DECIDED
    ]
    if any(fields[other].status == "inconsistent" for other in undecided if other != field_id):
        return None
    left, right = (
        sum(value for other in side if other not in undecided and (value := fields[other].value) is not None)
        for side in (rule.left, rule.right)
    )
    if len(undecided) == 1:
        return right - left if field_id in rule.left else left - right
    if left != right:
        return None
    signed = any(other.rsplit(".", 1)[1] in of.signed for other in undecided)
    sides = ((rule.left, rule.right), (rule.right, rule.left))
    whole = not signed and any(set(undecided) <= set(own) and known.issuperset(sum_) for own, sum_ in sides)
    return 0 if whole or all(_is_seen_blank(fields[other]) for other in undecided) else None


def _is_possible(value: Number, field: Field, field_id: str, of: Table) -> bool:
    if field.candidates:
        return any(one.value == value or (one.value is None and value == 0) for one in field.candidates)
    column = field_id.rsplit(".", 1)[1]
    return value >= 0 or column in of.signed


def _settled(field: Field, value: Number) -> Field:
    printed = read_number(field.printed)
    status: Status = "inferred" if printed is None else "read" if printed == value else "repaired"
    support = _with_annotator((*(one for one in field.support if one != "arithmetic"), "arithmetic"))
    return field.model_copy(
        update={
            "value": value, "status": status, "confidence": FOLLOWS, "candidates": (), "support": support,
        }
    )  # fmt: skip


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


def _status(report: Report, fields: Mapping[str, Field]) -> ReportStatus:
    # What is missing as a whole no answer brings.
    return "partial" if report.status == "partial" else status_of((one, one.kind) for one in fields.values())
