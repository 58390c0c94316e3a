"""Which label of the form a text is: exactly, in another wording, cut off, or with wrong characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from rapidfuzz import fuzz, process

from pipeline.recover.normalise import key, numbering
from pipeline.template import Row, Table, load_templates

Role = Literal["row", "column", "heading", "section"]

FUZZY_AT_LEAST = 75.0
"""Least similarity, of 100, at which a text of four or more characters counts as a damaged label."""
CUT_AT_LEAST = 5
"""A text of at least so many characters that begins a longer label counts as that label cut off."""


@dataclass(frozen=True, slots=True)
class Match:
    """A text taken for a row of a table."""

    row: str
    score: float
    """1 for a wording of the template, less for damaged ones; above 0."""


@cache
def _row_keys(table: Table) -> dict[str, str]:
    """Every wording of every row label to the row's id. Wordings that two rows share are left out."""
    keys: dict[str, set[str]] = {}
    for row in table.rows:
        for wording in _wordings(row):
            keys.setdefault(wording, set()).add(row.id)
    return {wording: next(iter(ids)) for wording, ids in keys.items() if len(ids) == 1 and wording}


def _wordings(row: Row) -> set[str]:
    group, number = key(row.group), row.number if row.number.isascii() else ""
    labels = {key(row.label), key(row.label + row.note), *(key(variant) for variant in row.variants)}
    if group and not group.startswith("第二十条"):
        labels |= {group + number + label for label in set(labels)} | {group + label for label in set(labels)}
    return labels


@cache
def _side_keys(table: Table) -> dict[str, Role]:
    """Wordings of column heads, group labels and section titles: texts that end a row's numbers."""
    keys: dict[str, Role] = {}
    for template in load_templates().values():
        for section in template.sections:
            for title in (section.title, *section.variants):
                keys[key(title)] = "section"
    for heading in table.headings:
        keys[key(heading)] = "heading"
    for row in table.rows:
        keys.setdefault(key(row.group), "heading")
    for column in table.columns:
        for label in (column.label, column.label + column.note, *column.variants):
            keys[key(label)] = "column"
    keys.pop("", None)
    return keys


@cache
def column_keys(table: Table) -> dict[str, str]:
    """Wordings of column heads to the column's id."""
    return {
        key(label): column.id
        for column in table.columns
        for label in (column.label, column.label + column.note, *column.variants)
    }


@lru_cache(maxsize=50_000)
def match_row(text: str, table: Table) -> Match | None:
    """The row whose label the whole text is, or None.

    Numbering decides between labels that are equally like the text.
    """
    wording = key(text)
    if len(wording) < 2 or len(wording) > 60:
        return None
    rows = _row_keys(table)
    if wording in rows:
        return Match(rows[wording], 1.0)
    if wording in _side_keys(table) or len(wording) < 4:
        return None
    return _damaged(text, wording, table)


def _damaged(text: str, wording: str, table: Table) -> Match | None:
    rows = _row_keys(table)
    best: dict[str, float] = {}
    for label, row in rows.items():
        if len(label) >= 4 and len(wording) >= CUT_AT_LEAST:
            if label.startswith(wording):
                best[row] = max(best.get(row, 0.0), 90.0)
            elif len(label) >= CUT_AT_LEAST and wording.startswith(label):
                best[row] = max(best.get(row, 0.0), 92.0)
    alike = process.extract(wording, rows.keys(), scorer=fuzz.ratio, limit=4, score_cutoff=FUZZY_AT_LEAST)
    for label, score, _ in alike:
        best[rows[label]] = max(best.get(rows[label], 0.0), score)
    if not best:
        return None
    side = process.extractOne(wording, _side_keys(table).keys(), scorer=fuzz.ratio, score_cutoff=max(best.values()))
    if side and side[1] >= max(best.values()):
        return None
    number = numbering(text)
    numbers = {row.id: row.number.strip("（）") for row in table.rows}
    ranked = sorted(best, key=lambda row: (-(best[row] + (3 if number and numbers[row] == number else 0)), row))
    return Match(ranked[0], best[ranked[0]] / 100 * 0.95)


@lru_cache(maxsize=50_000)
def role(text: str, table: Table) -> Role | None:
    """What a text that is no row label is in the table: a column head, a heading, a section title; None otherwise."""
    wording = key(text)
    if len(wording) < 2:
        return None
    keys = _side_keys(table)
    if wording in keys:
        return keys[wording]
    if 4 <= len(wording) <= 60:
        found = process.extractOne(wording, keys.keys(), scorer=fuzz.ratio, score_cutoff=80)
        if found:
            return keys[found[0]]
    return None


# --- labels inside a run of text -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """A label inside a longer text."""

    start: int
    """Index of its first character, numbering included."""
    end: int
    text: str
    row: bool
    """True for a row label of some table, False for a head, heading or title."""
    swallowed: str = ""
    """Digits directly before the label that may be its number or the last digits of the row before."""


@cache
def _all_wordings() -> tuple[dict[str, bool], re.Pattern[str]]:
    wordings: dict[str, bool] = {}
    for template in load_templates().values():
        for table in template.tables.values():
            for wording in _side_keys(table):
                wordings.setdefault(wording, False)
            for wording in _row_keys(table):
                wordings[wording] = True
            for column in column_keys(table):
                if len(column) <= 4:
                    wordings.setdefault(column, False)
    longest_first = sorted(wordings, key=lambda wording: (-len(wording), wording))
    return wordings, re.compile("|".join(re.escape(wording) for wording in longest_first))


@cache
def _numbers_before() -> dict[str, frozenset[str]]:
    """Wording of a row label to the numbers that the form prints before it."""
    numbers: dict[str, set[str]] = {}
    for template in load_templates().values():
        for table in template.tables.values():
            for row in table.rows:
                for wording in _wordings(row):
                    numbers.setdefault(wording, set()).add(row.number.strip("（）"))
    return {wording: frozenset(found) for wording, found in numbers.items()}


_BEFORE = re.compile(
    r"[(（]?(?P<han>[一二三四五六七八九十])[)）、.．]\s*$|[(（]?(?P<digit>\d)\s*[)）.．、:]\s*$"
    r"|(?P<bare>\d)\s*$|[①-⑩⑴-⑽]\s*$"
)


def mentions(text: str) -> list[Mention]:
    """All labels of the form inside the text, left to right, longest first where they overlap."""
    wordings, pattern = _all_wordings()
    kept = [(char, i) for i, char in enumerate(text) if char.isalnum() or char in "〇"]
    squeezed = "".join(char for char, _ in kept)
    found: list[Mention] = []
    floor = 0
    for match in pattern.finditer(squeezed):
        start, end = kept[match.start()][1], kept[match.end() - 1][1] + 1
        wording = match.group()
        swallowed = ""
        before = _BEFORE.search(text, max(floor, start - 4), start)
        if before and before["bare"] is None:
            number = before["han"] or before["digit"] or ""
            if not before["digit"] or number in _numbers_before().get(wording, ()):
                start = before.start()
        elif before and before["bare"] in _numbers_before().get(wording, ()):
            swallowed = before["bare"]
        is_row = wordings[wording]
        if wording in {"其他", "总计", "合计", "小计", "共计", "其它"}:
            is_row = bool(before) and start < kept[match.start()][1]
        while end < len(text) and text[end] in "”\"」』":
            end += 1
        found.append(Mention(start, end, text[start:end], is_row, swallowed))
        floor = end
    return found
