"""What a reader of the report should know: sums that the print breaks, prose that contradicts its table.

A finding is no error of ours and changes no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.reconcile.decision import TableDecision
from pipeline.reconcile.rules import assess, equation, number_text
from pipeline.record import Finding, Number
from pipeline.recover.prose import ProseNumber
from pipeline.template import Row, Table


def sum_findings(decided: TableDecision) -> Iterator[Finding]:
    """Rules that the numbers as printed break."""
    decidedly = {field: decision.value for field, decision in decided.decisions.items()}
    for rule in decided.table.rules:
        on_print = assess(rule, decided.printed)
        if on_print.verdict != "fails":
            continue
        mended = assess(rule, decidedly).verdict == "holds"
        changed = [field for field in rule.fields if decided.decisions[field].status == "repaired"]
        named = "、".join(decided.table.describe(field) for field in changed)
        told = f"已改正：{named}" if mended and changed else "没有唯一的改法，照录原数"
        yield Finding(
            level="inconsistency",
            code="SUM",
            message=f"{rule.label}，原表不成立：{equation(rule, decided.printed)}；{told}",
            left=on_print.left,
            right=on_print.right,
            difference=on_print.difference,
            fields=rule.fields,
            clause=rule.clause,
        )


def change_findings(decided: TableDecision) -> Iterator[Finding]:
    """Rows of the 2019 table 2 where previous + change is not the decisions, in a report whose other rows keep to it.

    The form does not ask for it; a report that keeps to it elsewhere means it.
    """
    rows = [row for row in decided.table.rows if row.columns == ("previous", "change", "decisions")]
    kept: list[tuple[Row, Number, Number, Number]] = []
    broken: list[tuple[Row, Number, Number, Number]] = []
    for row in rows:
        values = [decided.decisions[f"{decided.table.id}.{row.id}.{column}"].value for column in row.columns]
        if any(value is None for value in values) or not any(values):
            continue
        previous, change, decisions = (value or 0 for value in values)
        (kept if previous + change == decisions else broken).append((row, previous, change, decisions))
    if not kept or len(kept) < len(broken):
        return
    for row, previous, change, decisions in broken:
        yield Finding(
            level="warning",
            code="CHANGE",
            message=f"{row.label}：上一年项目数量 {number_text(previous)} 加本年增减 "
            f"{'+' * (change > 0)}{number_text(change)} 应为 "
            f"{number_text(previous + change)}，表中处理决定数量为 {number_text(decisions)}；"
            "本报告其余各行都符合这一关系",
            left=previous + change,
            right=decisions,
            difference=previous + change - decisions,
            fields=tuple(f"{decided.table.id}.{row.id}.{column}" for column in row.columns),
        )


def prose_findings(
    prose: Sequence[ProseNumber], values: dict[str, Number | None], tables: dict[str, Table]
) -> Iterator[Finding]:
    """Numbers in the prose that the tables contradict, each with its quotation."""
    seen: set[tuple[tuple[str, ...], Number]] = set()
    for number in prose:
        if (number.fields, number.value) in seen:
            continue
        seen.add((number.fields, number.value))
        parts = [values.get(field) for field in number.fields]
        if not parts or any(part is None for part in parts):
            continue
        total = sum(part for part in parts if part is not None)
        if abs(total - number.value) < 1e-9:
            continue
        named = " + ".join(tables[field.split(".")[0]].describe(field) for field in number.fields)
        yield Finding(
            level="warning" if number.strength == "exact" else "info",
            code="PROSE",
            message=f"正文与表格不符：正文作 {number_text(number.value)}，表中 {named} 为 {number_text(total)}",
            left=number.value,
            right=total,
            difference=number.value - total,
            fields=number.fields,
            quotes=(number.quote,),
        )
