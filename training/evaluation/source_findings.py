"""Which broken equality a sentence of gold's `source_findings` speaks of.

The sentences are a person's, so little is asked of them. One answers to an equality whose id it gives, or whose row or
column it names with both sides: `表四 行政复议：分项之和 11 ≠ 总计 0`. Where it names a table it must be that one.
One that begins with `prose` or `正文` is about running text, which no equality can confirm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import normalize

from pipeline.reconcile.rules import Assessment, number_text
from pipeline.record import Number
from pipeline.template import Rule, Table

TOTAL = "总计"
_TABLE = re.compile(r"(?:table\s*|表|\bt)([234二三四])(?!\d)", re.IGNORECASE)
_NUMERALS = str.maketrans("二三四", "234")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NAME = re.compile(r"\bt\d\.\w+(?:\.\w+)?")
"""A field id or the id of an equality."""
_CARRIED = ("上年结转", "carried_in")


@dataclass(frozen=True, slots=True)
class Broken:
    """An equality that some numbers do not keep."""

    table: Table
    rule: Rule
    sides: Assessment


def is_of_prose(sentence: str) -> bool:
    return _plain(sentence).lower().startswith(("prose", "正文"))


def names(sentence: str, identifier: str) -> bool:
    """Whether a field or an equality is named by its id, and not by a longer one."""
    return identifier in _NAME.findall(sentence)


def answered(sentence: str, broken: Iterable[Broken]) -> tuple[Broken, ...]:
    """Those of the broken equalities that the sentence speaks of."""
    if is_of_prose(sentence):
        return ()
    found = [one for one in broken if _speaks_of(sentence, one)]
    # 总计 is a word of nearly every sum: where another row or column is named as well, it is the one meant.
    named = [one for one in found if _subject(one) != TOTAL or names(sentence, one.rule.id)]
    return tuple(named or found)


def _speaks_of(sentence: str, one: Broken) -> bool:
    if names(sentence, one.rule.id):
        return True
    text = _plain(sentence)
    tables = {digit.translate(_NUMERALS) for digit in _TABLE.findall(text)}
    if tables and one.table.id.removeprefix("t") not in tables:
        return False
    return _plain(_subject(one)) in text and _gives(text, one.sides.left, one.sides.right)


def is_of_last_year(sentence: str) -> bool:
    """Whether it is about what the year before carried over."""
    return any(word in _plain(sentence) for word in _CARRIED)


def answers_last_year(sentence: str, carried_in: Number, carried_out: Number) -> bool:
    """Whether it says that so many were carried in where the year before carried out so many."""
    return is_of_last_year(sentence) and _gives(_plain(sentence), carried_in, carried_out)


def _subject(one: Broken) -> str:
    """What the equality is about, in the form's words: a row, or a column where it goes over several rows."""
    _, row_id, column_id = one.rule.fields[0].split(".")
    if one.rule.across_rows:
        return one.table.column(column_id).label
    return next(row.label for row in one.table.rows if row.id == row_id)


def _gives(text: str, *sides: Number | None) -> bool:
    # The digit of `table4` is no number of the report.
    numbers = _NUMBER.findall(_TABLE.sub("", text).replace(",", ""))
    wanted = [number_text(side) for side in sides]
    return all(numbers.count(side) >= wanted.count(side) for side in wanted)


def _plain(text: str) -> str:
    return normalize("NFKC", text).strip()
