"""Damages to words: labels, heads and titles lost, misread, reworded or replaced by others.

They are apart from the other damages because a page may take several of them and keep none of its labels: what the
form's wording tells is gone then, and only places, neighbours and arithmetic are left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import yaml

from training.corpus.marked import section_mark, section_of
from training.examples.drawn import MatrixRow
from training.examples.report import Paragraph
from training.mangle.damage import Damage
from training.mangle.pages import HEAD, LABELS, OTHER, Page, Sheet

DATA = Path(__file__).parents[1] / "data"
_HAN = re.compile("[一-鿿]")
STRAY = "·.,'`~-_|丨丶灬氵"
"""Marks that dirt on a page is read as."""


@cache
def look_alikes() -> Mapping[str, str]:
    """Characters to those that a reader takes for them."""
    groups = yaml.safe_load((DATA / "look_alikes.yaml").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for group in groups:
        for char in group:
            found[char] = found.get(char, "") + group.replace(char, "")
    return found


@cache
def rewordings() -> Mapping[str, tuple[str, ...]]:
    """Labels of the form to how offices and converters have drifted from them."""
    found = yaml.safe_load((DATA / "rewordings.yaml").read_text(encoding="utf-8"))
    return {label: tuple(others) for label, others in found.items()}


def garbled(text: str, random: Random, rate: float) -> str:
    """The text as a bad reader gives it: characters misread, lost, doubled, with dirt and gaps between them.

    Args:
        rate: share of the Chinese characters that something happens to.
    """
    made: list[str] = []
    for char in text:
        if not "一" <= char <= "鿿" or random.random() >= rate:
            made.append(char)
            continue
        kind = random.random()
        if kind < 0.6:
            alike = look_alikes().get(char)
            made.append(random.choice(alike) if alike and random.random() < 0.8 else _any_character(random))
        elif kind < 0.78:
            continue
        elif kind < 0.9:
            made.append(char + random.choice(STRAY))
        else:
            made.append(char + " ")
    return "".join(made)


def _any_character(random: Random) -> str:
    """One of the frequent characters of the first level of GB2312."""
    return bytes((random.randrange(0xB0, 0xD8), random.randrange(0xA1, 0xFA))).decode("gb2312", "replace")


Words = Callable[[str], str]


def _on_words(page: Page, labels: Words, titles: Words | None = None) -> Page:
    """The page with the labels and heads of its tables changed, and the titles of its sections."""
    changed: Page = []
    for block in page:
        if isinstance(block, Sheet):
            changed.append(replace(block, rows=tuple(_relabelled(row, block.table_id, labels) for row in block.rows)))
        elif titles is not None and block.level:
            changed.append(replace(block, text=titles(block.text)))
        else:
            changed.append(block)
    return changed


def _relabelled(row: MatrixRow, table_id: str, change: Words) -> MatrixRow:
    places = len(row.cells) if row.row_id in (HEAD, OTHER) else {"t2": 1, "t3": LABELS, "t4": 0}[table_id]
    # The second half of a row that was cut holds words and numbers.
    cells = (change(cell) if _HAN.search(cell) else cell for cell in row.cells[:places])
    return replace(row, cells=(*cells, *row.cells[places:]))


def labels_garbled(page: Page, random: Random) -> Page | None:
    """Every label, head and title as a bad reader gives it."""
    rate = random.choice((0.08, 0.15, 0.3, 0.45))
    return _on_words(page, lambda text: garbled(text, random, rate), lambda text: garbled(text, random, rate / 2))


def page_garbled(page: Page, random: Random) -> Page | None:
    """The whole page as a bad reader gives it, running text too."""
    rate = random.choice((0.03, 0.08, 0.15))
    read = _on_words(page, lambda text: garbled(text, random, rate))
    return [replace(b, text=garbled(b.text, random, rate)) if isinstance(b, Paragraph) else b for b in read]


def labels_lost(page: Page, random: Random) -> Page | None:
    """Some labels, or all of a table, are not there; the heads may go with them."""
    share = random.choice((0.3, 0.6, 1.0))
    heads = random.random() < 0.5
    tables = random.choice((("t3",), ("t3",), ("t2", "t3", "t4"), ("t2",)))

    def on(sheet: Sheet) -> Sheet:
        rows = []
        for row in sheet.rows:
            goes = heads if row.row_id in (HEAD, OTHER) else random.random() < share
            rows.append(_relabelled(row, sheet.table_id, lambda _: "") if goes else row)
        return replace(sheet, rows=tuple(row for row in rows if any(row.cells)))

    changed = [on(block) if isinstance(block, Sheet) and block.table_id in tables else block for block in page]
    # Of a table of blanks nothing is left.
    return [block for block in changed if not isinstance(block, Sheet) or block.rows]


def labels_torn(page: Page, random: Random) -> Page | None:
    """Of each label only its beginning, its end or its middle is left."""
    kind = random.randrange(3)

    def torn(text: str) -> str:
        if len(text) < 4 or random.random() < 0.3:
            return text
        keep = max(2, int(len(text) * random.uniform(0.25, 0.7)))
        return (text[:keep], text[-keep:], text[(len(text) - keep) // 2 :][:keep])[kind]

    return _on_words(page, torn)


def labels_reworded(page: Page, random: Random) -> Page | None:
    """Labels and heads in other words that mean the same."""

    def other(text: str) -> str:
        for label in sorted(rewordings(), key=lambda one: (-len(one), one)):
            if label in text and random.random() < 0.8:
                return text.replace(label, random.choice(rewordings()[label]), 1)
        return text

    return _on_words(page, other)


def heads_lost(page: Page, _: Random) -> Page | None:
    """No table has its heads; the labels are there."""

    def headless(sheet: Sheet) -> Sheet:
        return replace(sheet, rows=tuple(row for row in sheet.rows if row.row_id != HEAD))

    return [headless(block) if isinstance(block, Sheet) else block for block in page]


TITLES = (
    "表{n}", "统计数据{n}", "数据表格{n}", "附表{n}", "Table {n}", "表格{n}：详细情况", "（{n}）有关数据",
    "工作情况统计", "详见下表", "图表{n}", "相关情况", "Sheet{n}", "数据如下", "{n}.统计情况",
)  # fmt: skip


def titles_invented(page: Page, random: Random) -> Page | None:
    """Titles of sections replaced by such as converters make up, and others put between."""
    number = 0
    changed: Page = []
    for block in page:
        if isinstance(block, Paragraph) and block.level == 2 and random.random() < 0.7:
            number += 1
            section = section_of(block.text)
            title = random.choice(TITLES).format(n=number)
            changed.append(replace(block, text=title if section is None else section_mark(section) + title))
        elif isinstance(block, Sheet) and random.random() < 0.5:
            number += 1
            changed += [Paragraph(random.choice(TITLES).format(n=number), 2), block]
        else:
            changed.append(block)
    return changed


LABEL_DAMAGES: Mapping[str, Damage] = {
    "labels_garbled": labels_garbled,
    "page_garbled": page_garbled,
    "labels_lost": labels_lost,
    "labels_torn": labels_torn,
    "labels_reworded": labels_reworded,
    "heads_lost": heads_lost,
    "titles_invented": titles_invented,
}
