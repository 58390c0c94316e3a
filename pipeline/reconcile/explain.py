"""The ledger: for each field one sentence that says why it has the value that it has, with its equations."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.reconcile.decide import Decision, TableDecision
from pipeline.reconcile.rules import assess, equation
from pipeline.record import LedgerEntry, Number
from pipeline.template import Rule, Table


def ledger(decided: TableDecision) -> dict[str, LedgerEntry]:
    values = {field: decision.value for field, decision in decided.decisions.items()}
    return {
        field: _entry(decided.table, decision, values, decided.printed | _known(decided.printed, field))
        for field, decision in decided.decisions.items()
    }


def _known(printed: Mapping[str, Number | None], field: str) -> dict[str, Number | None]:
    return {field: printed.get(field)}


def _entry(
    table: Table, decision: Decision, values: Mapping[str, Number | None], printed: Mapping[str, Number | None]
) -> LedgerEntry:
    shown = values if decision.status in {"repaired", "inferred", "read"} else {**values, **_filled(printed)}
    equations = tuple(equation(rule, shown) for rule in decision.rules)
    return LedgerEntry(
        sentence=_sentence(decision, printed),
        rules=tuple(rule.id for rule in decision.rules),
        equations=tuple(f"{rule.label}：{text}" for rule, text in zip(decision.rules, equations, strict=True)),
    )


def _filled(printed: Mapping[str, Number | None]) -> dict[str, Number | None]:
    return {field: value for field, value in printed.items() if value is not None}


def _number(value: Number | None) -> str:
    return "？" if value is None else f"{value:,.10g}".replace(",", "") if isinstance(value, float) else str(value)


def _sentence(decision: Decision, printed: Mapping[str, Number | None]) -> str:
    parts = []
    if decision.note:
        parts.append(f"读法：{decision.note}")
    parts.append(_reason(decision, printed))
    if decision.because:
        parts.append(decision.because)
    return "；".join(parts) + "。"


def _reason(decision: Decision, printed: Mapping[str, Number | None]) -> str:
    cell, value = decision.cell, _number(decision.value)
    failing = _failing(decision.rules, printed)
    match decision.status:
        case "read" if decision.rules:
            return f"印作“{cell.printed}”，所在的 {len(decision.rules)} 条勾稽关系都成立，照录"
        case "read":
            return f"印作“{cell.printed}”，此格没有勾稽关系可核，照录"
        case "repaired":
            broken = "、".join(f"{equation(rule, printed)}" for rule in failing) or "整表的勾稽关系"
            return f"印作“{cell.printed}”，但 {broken}；改为 {value} 是使全部勾稽关系成立的唯一最小改动"
        case "inferred" if "arithmetic" in decision.support:
            what = {"blank": "此格空白", "dash": f"此格印作“{cell.printed}”", "unread": "此格未能读出"}.get(
                cell.kind, "没有找到此格"
            )
            return f"{what}，由勾稽关系只能得出 {value}"
        case "inferred":
            return f"表中没有此数，取正文所述 {value}"
        case "ambiguous":
            rivals = "、".join(_number(candidate.value) for candidate in decision.candidates)
            return f"有几种同样说得通的读法（{rivals}），不作取舍"
        case "inconsistent":
            broken = "、".join(equation(rule, printed) for rule in failing) or "所在各行的勾稽关系"
            return f"印作“{cell.printed}”；原表自相矛盾（{broken}），没有唯一的改法，照录原数"
        case _:
            what = {"blank": "此格空白", "dash": f"此格印作“{cell.printed}”", "unread": "此格未能读出"}.get(
                cell.kind, "没有找到此格"
            )
            return f"{what}，也无从推出"


def _failing(rules: tuple[Rule, ...], printed: Mapping[str, Number | None]) -> list[Rule]:
    return [rule for rule in rules if assess(rule, printed).verdict == "fails"]
