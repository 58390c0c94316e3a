"""From characters with boxes to lines of text.

Characters on one base line arrive together and mostly in order; only base lines are compared with each
other, never all characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import itemgetter

from pipeline.document import Box
from pipeline.read.pdf_characters import Character

SAME_LINE = 0.45
"""Middles closer than this share of the greater height are on one line: sub- and superscripts, mixed fonts."""
TAB_GAP = 1.2
"""Ems of empty space between two words from which on they stand in different columns."""
NUMBER_GAP = 0.5
"""The same between two digits: no thousands are set that far apart."""
WORD_GAP = 0.25
"""Ems between two Latin letters or digits from which on a space was meant, though none was drawn."""
CHINESE_GAP = 0.6
"""The same where either side is a Chinese character; justified lines set these up to half an em apart."""
DOUBLE_PRINT = 0.25
"""Ems by which the same character may be shifted when it is printed twice to look bold."""
OVERLAP = -0.05
"""Ems. Characters that overlap more than this are looked at one by one."""

_left = itemgetter(0)
_BLANK = " \u00a0\u3000"


def read_lines(groups: Iterable[Sequence[Character]]) -> list[tuple[str, Box]]:
    """Text and box of each line, from top to bottom.

    Args:
        groups: characters on one base line each, in any order; groups may share a line.
    """
    measured = sorted(
        ((_middle(group), max(one[3] - one[1] for one in group), group) for group in groups if group),
        key=itemgetter(0),
    )
    lines: list[tuple[float, list[Character]]] = []
    middle = height = 0.0
    for group_middle, group_height, group in measured:
        if lines and group_middle - middle < SAME_LINE * max(height, group_height):
            line = lines[-1][1]
            line.extend(group)
            if group_height > height:
                middle, height = group_middle, group_height
                lines[-1] = (height, line)
        else:
            lines.append((group_height, list(group)))
            middle, height = group_middle, group_height
    read = [_line(characters, em) for em, characters in lines]
    return [line for line in read if line is not None]


def _middle(group: Sequence[Character]) -> float:
    first = group[0]
    return (first[1] + first[3]) / 2


def _line(characters: list[Character], em: float) -> tuple[str, Box] | None:
    """Text without outer blanks, and the box around its ink; None where all is blank."""
    if len(characters) == 1:
        left, top, right, bottom, text = characters[0]
        return None if text in _BLANK else (text, (left, top, right, bottom))
    characters.sort(key=_left)
    gaps = [after[0] - before[2] for before, after in pairwise(characters)]
    if max(gaps) > WORD_GAP * em or min(gaps) < OVERLAP * em:
        text, characters = _spaced(characters, em)
    else:
        text = "".join([one[4] for one in characters])
    stripped = text.strip(_BLANK)
    if not stripped:
        return None
    if len(stripped) < len(text):
        characters = [one for one in characters if one[4] not in _BLANK]
    box = (
        characters[0][0],
        min([one[1] for one in characters]),
        max([one[2] for one in characters]),
        max([one[3] for one in characters]),
    )
    return stripped, box


def _spaced(characters: list[Character], em: float) -> tuple[str, list[Character]]:
    """Text with double prints removed, wide gaps as tabs and narrower ones as spaces."""
    parts: list[str] = []
    kept: list[Character] = []
    blanks = ""
    blank_width = 0.0
    last: Character | None = None
    last_blank: Character | None = None
    for one in characters:
        left, _, right, _, text = one
        if text in _BLANK:
            if last_blank is not None and _printed_again(last_blank, one, em):
                continue
            last_blank = one
            blanks += text
            blank_width += right - left
            continue
        if last is not None:
            if _printed_again(last, one, em):
                blanks, blank_width = "", 0.0
                continue
            gap = left - last[2]
            is_number = text.isdigit() and last[4].isdigit()
            if gap - blank_width > (NUMBER_GAP if is_number else TAB_GAP) * em:
                parts.append("\t")
            elif blanks:
                parts.append(blanks)
            elif gap > (WORD_GAP if _is_latin(last[4]) and _is_latin(text) else CHINESE_GAP) * em:
                parts.append(" ")
        blanks, blank_width = "", 0.0
        parts.append(text)
        kept.append(one)
        last = one
    return "".join(parts), kept


def _printed_again(last: Character, one: Character, em: float) -> bool:
    if last[4] != one[4]:
        return False
    shift = one[0] - last[0]
    if shift == 0 and last[2] == one[2] and last[1] == one[1] and one[4].isascii() and one[4].isalpha():
        # One glyph can stand for two letters (a ligature ff): both then have its box.
        return False
    return shift < min(DOUBLE_PRINT * em, 0.5 * (last[2] - last[0]))


def _is_latin(text: str) -> bool:
    return text < "\u2e80"
