"""Numbers as people type them. What could mean two things is refused, never guessed: a person can be asked again."""

from __future__ import annotations

import re

from pipeline.record import Number
from pipeline.recover.numbers import MOST_DIGITS
from pipeline.tag.labels import column_of
from pipeline.template import Table, load_templates

_FULL_WIDTH = {0xFEE0 + code: chr(code) for code in b"0123456789,.+-"} | {0x3000: " "}
_PLAIN = _FULL_WIDTH | dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_NUMBER = re.compile(
    r"(?P<sign>[-+]?) ?"
    r"(?P<whole>[0-9]{1,3}(?P<between>[, ])[0-9]{3}(?:(?P=between)[0-9]{3})*|[0-9]+)(?P<fraction>\.[0-9]+)?"
)
_UNITS = frozenset("十百千万亿元件条个项宗次份")


def typed_number(text: str, field: str) -> Number:
    """The number that somebody typed for a field; full-width digits, a sign, and commas or spaces between groups of
    three digits are understood.

    Raises:
        ValueError: with one phrase in Chinese: where it is no number, has a unit, or one that the column cannot have.
    """
    plain = " ".join(text.translate(_PLAIN).split()).replace(", ", ",")
    if not _UNITS.isdisjoint(plain):
        raise ValueError(f"“{text}”带有单位或中文数字，只填表中单位下的阿拉伯数字")
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise ValueError(f"“{text}”不是一个数字")
    digits = re.sub(r"[, ]", "", found["whole"])
    if len(digits) + len(found["fraction"] or "") > MOST_DIGITS:
        raise ValueError(f"“{text}”超过 {MOST_DIGITS} 位")
    signed, decimal = allowed(field)
    if found["sign"] and not signed:
        raise ValueError(f"“{text}”有正负号，而这一栏不会有")
    if found["fraction"] and not decimal:
        raise ValueError(f"“{text}”有小数，而这一栏不会有")
    value: Number = float(digits + found["fraction"]) if found["fraction"] else int(digits)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return -value if found["sign"] == "-" and value else value


def allowed(field: str) -> tuple[bool, bool]:
    """Whether numbers of a field may have a sign, and a fraction, in any form that has the field.

    Raises:
        ValueError: where no form has it.
    """
    having = [table for table in _tables() if field in table.field_ids()]
    if not having:
        raise ValueError(f"表中没有字段 {field}")
    column = column_of(field)
    return any(column in table.signed for table in having), any(column in table.decimal for table in having)


def _tables() -> list[Table]:
    return [table for template in load_templates().values() for table in template.tables.values()]
