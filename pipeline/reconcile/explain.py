"""The ledger: for each field one sentence that says why it has the value that it has, with its equations."""

from __future__ import annotations

from collections.abc import Mapping, Set

from pipeline.reconcile.decision import Decision, TableDecision
from pipeline.reconcile.rules import assess, equation, number_text
from pipeline.record import LedgerEntry, Number
from pipeline.template import Table


def ledger(decided: TableDecision) -> dict[str, LedgerEntry]:
    """One entry a field. Fields read as printed carry no equations: they follow from the record, see `equations`."""
    values = {field: decision.value for field, decision in decided.decisions.items()}
    before = values | {field: value for field, value in decided.printed.items() if value is not None}
    shown = {rule.id: (equation(rule, values), equation(rule, before)) for rule in decided.table.rules}
    held = {rule.id for rule in decided.table.rules if assess(rule, values).verdict == "holds"}
    broken = {rule.id for rule in decided.table.rules if assess(rule, decided.printed).verdict == "fails"}
    entries = {}
    for field, decision in decided.decisions.items():
        settled = decision.status in {"repaired", "inferred"}
        against = {rule.id: shown[rule.id][1] for rule in decision.rules if rule.id in broken}
        entries[field] = LedgerEntry(
            sentence=_sentence(decision, held, against),
            rules=tuple(rule.id for rule in decision.rules),
            equations=()
            if decision.status == "read"
            else tuple(f"{rule.label}：{shown[rule.id][0 if settled else 1]}" for rule in decision.rules),
        )
    return entries


def equations(table: Table, field: str, values: Mapping[str, Number | None]) -> list[str]:
    """The rules that a field stands in, with the values put in."""
    return [f"{rule.label}：{equation(rule, values)}" for rule in table.rules if field in rule.fields]


def _sentence(decision: Decision, held: Set[str], broken: Mapping[str, str]) -> str:
    parts = []
    if decision.note:
        parts.append(f"读法：{decision.note}")
    parts.append(_reason(decision, held, broken))
    if decision.because:
        parts.append(decision.because)
    return "；".join(parts) + "。"


def _reason(decision: Decision, held: Set[str], broken: Mapping[str, str]) -> str:
    """Why the value is what it is.

    Args:
        held: ids of the rules that hold on the values.
        broken: equations of this field's rules that the print breaks.
    """
    cell, value = decision.cell, number_text(decision.value)
    match decision.status:
        case "read" if decision.rules:
            checked = sum(rule.id in held for rule in decision.rules)
            rest = "" if checked == len(decision.rules) else f"，另 {len(decision.rules) - checked} 条缺数无法核对"
            return f"印作“{cell.printed}”，所在的 {checked} 条勾稽关系成立{rest}，照录"
        case "read":
            return f"印作“{cell.printed}”，此格没有勾稽关系可核，照录"
        case "repaired":
            told = "、".join(broken.values()) or "整表的勾稽关系不成立"
            return f"印作“{cell.printed}”，但 {told}；改为 {value} 是使全部勾稽关系成立的唯一最小改动"
        case "inferred" if "arithmetic" in decision.support:
            return f"{_unprinted(decision)}，由勾稽关系只能得出 {value}"
        case "inferred":
            if "last_year" in decision.support:
                return f"表中读不出此数，取 {value}"
            return f"表中没有此数，取正文所述 {value}"
        case "ambiguous":
            rivals = "、".join(number_text(candidate.value) for candidate in decision.candidates)
            if len(decision.candidates) == 1:
                return f"可能是 {rivals}，但这一读法没有勾稽关系可以证实，不作取舍"
            return f"有几种同样说得通的读法（{rivals}），不作取舍"
        case "inconsistent":
            told = "、".join(broken.values()) or "所在各行的勾稽关系"
            return f"印作“{cell.printed}”；原表自相矛盾（{told}），没有唯一的改法，照录原数"
        case _:
            return f"{_unprinted(decision)}，也无从推出"


def _unprinted(decision: Decision) -> str:
    match decision.cell.kind:
        case "blank":
            return "此格空白"
        case "dash":
            return f"此格印作“{decision.cell.printed}”"
        case "unread":
            return "此格未能读出"
        case _:
            return "没有找到此格"
