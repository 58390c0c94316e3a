"""Numbers of the form that the classifier finds in running text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

from pipeline.document import Document, Line
from pipeline.record import Number, Section
from pipeline.recover.normalise import plain, simplified
from pipeline.recover.numbers import han_number, read_cell
from pipeline.recover.prose import ProseNumber
from pipeline.recover.prose_sentences import LONGEST_QUOTE
from pipeline.tag.decode import TaggedNumber, Tags

LEAST_SHARE = 0.9
"""Probability of a field from which on the classifier's word for it counts at all."""
EXACT_SHARE = 0.98
"""From which on it counts as a sentence that is understood."""
LEAST_BEHIND = 10
"""Characters behind a number that a quotation keeps at least."""
NONE_WORDS = frozenset({"未", "无", "没有", "零", "没"})
_COUNTS = re.compile("[零〇一二三四五六七八九十两]")
_CLAUSE = re.compile(r"[,，;；:：。！？!?()（）\n\t]")


def tagged_prose(document: Document, tags: Tags, cells: Set[int], fields: Set[str]) -> list[ProseNumber]:
    """What running text states, in reading order, each field and value once a section.

    Args:
        cells: blocks that hold pieces of tables.
        fields: those of the forms that the report uses.
    """
    found: dict[tuple[str, Number, str], ProseNumber] = {}
    for number in tags.numbers:
        piece = tags.seen.piece_at(number.start)
        block = document.blocks[piece.block]
        if not isinstance(block, Line) or piece.block in cells:
            continue
        if number.share < LEAST_SHARE or number.field not in fields:
            continue
        value = value_of(tags.seen.text[number.start : number.end])
        if value is None:
            continue
        section = section_at(tags, number.start)
        made = ProseNumber(
            (number.field,), value, quote(tags.seen.text, number), section,
            "exact" if number.share >= EXACT_SHARE else "loose",
        )  # fmt: skip
        found.setdefault((number.field, value, section), made)
    return list(found.values())


def value_of(text: str) -> Number | None:
    """What a number of running text says; None where it says none."""
    bare = text.strip().replace(" ", "")
    if bare in NONE_WORDS:
        return 0
    read = read_cell(bare, decimal=True)
    if read.value is not None or not _COUNTS.search(bare):
        return read.value
    return han_number(bare)


def quote(text: str, number: TaggedNumber) -> str:
    """The clause around the number without blanks, at most `LONGEST_QUOTE` characters of it."""
    start, end = number.start, number.end
    while start > 0 and not _CLAUSE.match(text[start - 1]):
        start -= 1
    while end < len(text) and not _CLAUSE.match(text[end]):
        end += 1
    before, behind = (re.sub(r"\s+", "", part) for part in (text[start : number.end], text[number.end : end]))
    behind = behind[: max(LEAST_BEHIND, LONGEST_QUOTE - len(before))]
    return before[-(LONGEST_QUOTE - len(behind)) :] + behind


def section_at(tags: Tags, place: int) -> str:
    """The section of the line that this character stands in."""
    for (start, end), (section, _) in zip(tags.seen.lines, tags.sections, strict=True):
        if start <= place <= end:
            return section
    return ""


def with_tagged(said: Sequence[ProseNumber], tagged: Sequence[ProseNumber]) -> list[ProseNumber]:
    """What the sentences were understood to say, and behind it what only the classifier found. Where both speak of one
    clause the sentence counts."""
    quotes = " ".join(plain(simplified(number.quote)) for number in said)
    known = {(number.fields, number.value) for number in said}
    return [*said, *(one for one in tagged if (one.fields, one.value) not in known and not _is_in(one.quote, quotes))]


def _is_in(clause: str, quotes: str) -> bool:
    """Whether the clause is, or is a part of, what was quoted; 12件 is no part of 212件."""
    shown = re.escape(plain(simplified(clause)))
    return re.search(rf"(?<![\d.,]){shown}(?!\d)", quotes) is not None


_STATED = re.compile(
    r"(?:申请|复议|诉讼|应诉|结转|答复|办结|新收)[^。；;，,！!？?]{0,16}?(?:\d+|[一二三四五六七八九十百]+)[件条次份宗起例]"
)


def has_unread_numbers(sections: Mapping[str, Section], said: Sequence[ProseNumber]) -> bool:
    """Whether running text speaks of requests or disputes with numbers in clauses that no sentence explains."""
    quotes = "".join(number.quote for number in said)
    for number, section in sections.items():
        if number == "五":
            continue
        shown = re.sub(r"\s+", "", section.text)
        if any(match.group()[-6:] not in quotes for match in _STATED.finditer(shown)):
            return True
    return False
