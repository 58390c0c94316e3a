"""One field in plain lines: the decision, its reason, and everything it rests on."""

from __future__ import annotations

from pipeline.record import Field, Report
from pipeline.show import words
from pipeline.show.form import tables_used
from pipeline.show.printable import printable
from pipeline.template import Table


def explain_field(report: Report, field_id: str) -> str:
    """Lines of text, the last one ended; no colours.

    Raises:
        KeyError: the report has no such field.
    """
    field = report.fields[field_id]
    table = next((table for table in tables_used(report.templates) if field_id in table.field_ids()), None)
    entry = report.ledger.get(field_id)
    lines = [f"{table.describe(field_id)}  {field_id}" if table else field_id]
    lines.append(_decision(field))
    if entry:
        lines.append(f"理由：{printable(entry.sentence)}")
        lines += [f"算式：{printable(equation)}" for equation in entry.equations]
    printed = printable(field.printed) if field.printed is not None else f"（{words.KIND_WORDS[field.kind]}）"
    lines.append(f"原印：{printed}{' ' + printable(field.unit) if field.unit else ''}")
    lines += [
        f"候选：{words.number_text(candidate.value) or '空'}（代价 {candidate.cost:.2f}）"
        for candidate in field.candidates
    ]
    if field.support:
        lines.append(f"依据：{'、'.join(words.SUPPORT_WORDS[support] for support in field.support)}")
    lines += _source(field)
    if table:
        lines += _rules(report, table, field_id)
    lines += [
        f"发现：[{words.LEVEL_WORDS[finding.level]}] {printable(finding.message)}"
        for finding in report.findings
        if field_id in finding.fields
    ]
    return "\n".join(lines) + "\n"


def _decision(field: Field) -> str:
    value = words.number_text(field.value)
    decided = f"取值：{value}" if value else "取值：未定" if field.candidates else "取值：无"
    status = f"{words.STATUS_WORDS[field.status]}（{words.STATUS_MEANINGS[field.status]}）"
    return f"{decided}　{status}　把握 {field.confidence:.1%}"


def _source(field: Field) -> list[str]:
    source = field.source
    if source is None:
        return []
    lines = []
    place = words.source_text(field)
    if place:
        lines.append(f"出处：{place}")
    if source.reader:
        lines.append(f"识读：{printable(source.reader)}（{source.score:.3g}）")
    for number, look in enumerate(source.looks, 1):
        seen = f"“{printable(look.text)}”" if look.text else "空白"
        lines.append(f"第 {number} 次：{seen}（{look.score:.3g}，{printable(look.reader)}）")
    if source.text:
        lines.append(f"原文：“{printable(source.text)}”")
    return lines


def _rules(report: Report, table: Table, field_id: str) -> list[str]:
    return [
        f"勾稽：{rule.label}（原印{words.RULE_WORDS[result.printed]}，取值{words.RULE_WORDS[result.decided]}）"
        for rule in table.rules
        if field_id in rule.fields and (result := report.rules.get(rule.id))
    ]
