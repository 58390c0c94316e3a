"""The form's equalities on a set of values: holds, fails, or not assessable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal

from pipeline.record import Number
from pipeline.template import Rule, Table

Verdict = Literal["holds", "fails", "not assessable"]


@dataclass(frozen=True, slots=True)
class Assessment:
    verdict: Verdict
    left: Number | None = None
    right: Number | None = None

    @property
    def difference(self) -> Number | None:
        """Left minus right; None where not assessable."""
        return None if self.left is None or self.right is None else self.left - self.right


def assess(rule: Rule, values: Mapping[str, Number | None]) -> Assessment:
    """One rule; not assessable where any of its fields has no value."""
    left = [values.get(field) for field in rule.left]
    right = [values.get(field) for field in rule.right]
    if any(value is None for value in (*left, *right)):
        return Assessment("not assessable")
    total_left, total_right = sum(v for v in left if v is not None), sum(v for v in right if v is not None)
    return Assessment("holds" if total_left == total_right else "fails", total_left, total_right)


@cache
def totals(table: Table) -> frozenset[str]:
    """Fields that some rule makes the sum of others."""
    return frozenset(rule.right[0] for rule in table.rules if len(rule.right) == 1)


@cache
def rules_by_field(table: Table) -> Mapping[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in table.rules:
        for field in rule.fields:
            found.setdefault(field, []).append(rule)
    return found


def number_text(value: Number | None) -> str:
    """All digits of a number, without exponent: `1234567`, `39573802895.9`, `5` for 5.0; `?` where there is none."""
    if value is None:
        return "?"
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return format(Decimal(repr(round(value, 6))), "f")


def equation(rule: Rule, values: Mapping[str, Number | None]) -> str:
    """The rule with numbers put in: `23 + 0 + 1 = 24`; zeros of long sums are left out, `?` where there is no value."""

    def side(fields: tuple[str, ...]) -> str:
        shown = [number_text(values.get(field)) for field in fields]
        if len(shown) > 7:
            kept = [text for text in shown if text != "0"]
            shown = kept or ["0"]
        return " + ".join(shown)

    sign = {"holds": "=", "fails": "≠", "not assessable": "="}[assess(rule, values).verdict]
    return f"{side(rule.left)} {sign} {side(rule.right)}"
