"""Headings on a page image: the title of the report, its sections, and what divides these."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pipeline.document import Box

PlacedLine: TypeAlias = "tuple[Box, str]"
"""A line of running text: where, what."""

LARGE = 1.2
"""Times the height of the running text from which on a line is large."""
CENTRED = 0.06
"""Share of the width by which the middle of a centred line is off at most."""
LONGEST = 36
"""Characters of a heading behind its number."""
PLAIN = 14
"""Characters up to which a numbered line is a heading whatever it says."""

_TITLE_END = re.compile(r"(?:公开|公開)\S{0,12}(?:报告|報告|年报|年報)[)）]?$")
_TITLE_LAST = re.compile(r"^.{0,16}(?:报告|報告|年报|年報)[)）]?$")
_SENTENCE = re.compile(r"[。；;，,！!：:]")
_HAN = "一二三四五六七八九十"
_SECTION = re.compile(rf"^(?:第?[{_HAN}—－-]{{1,3}}(?:部分)?[、.．，,:：]|第[{_HAN}]{{1,3}}部分)(?=\D)")
_SUBSECTION = re.compile(rf"^[（(][{_HAN}]{{1,3}}[)）](?=\D)")
_FORM = re.compile(
    r"总体情况|基本情况|概述|主动公开政府信息|收到和处理政府信息|政府信息公开申请(?:的)?情况|行政复议|行政诉讼|"
    r"存在的?(?:主要)?(?:问题|不足)|改进(?:情况|措施)|其[他它]需要报告"
)
_NAMED = re.compile(r"(?:情况|问题|措施|事项|概述)$")
_APART = re.compile(r"^[\W\d_第共页]*$")


def is_title(text: str) -> bool:
    """Whether a text without blanks ends as the title of such a report does."""
    return _TITLE_END.search(text) is not None


def heading_levels(
    size: tuple[int, int], tables: Sequence[Box], lines: Sequence[PlacedLine], proposed: Sequence[bool], first: bool
) -> list[int]:
    """Of every line: 1 the title, 2 a section, 3 a part of one, 0 other text.

    A number in front makes a heading of a short line that says what the form's headings say, or that is large or
    proposed; being large or proposed alone does not.

    Args:
        size: width and height of the page.
        tables: their outlines.
        proposed: which lines a layout model takes for headings.
        first: the page may bear the title.
    """
    texts = [re.sub(r"\s+", "", text) for _, text in lines]
    long = [box[3] - box[1] for (box, _), text in zip(lines, texts, strict=True) if len(text) >= 12]
    running = median(long) if long else 0.0
    levels = []
    for (box, _), text, stands_out in zip(lines, texts, proposed, strict=True):
        large = running > 0 and box[3] - box[1] >= LARGE * running
        levels.append(level_of(text, stands_out or large))
    if first:
        for index in _title(size, tables, lines, texts, levels, running):
            levels[index] = 1
    return levels


def level_of(text: str, stands_out: bool) -> int:
    """Of a text without blanks: 2 for the heading of a section, 3 for one within it, 0 for other text."""
    bare = text.rstrip("。:：")
    for pattern, level in ((_SECTION, 2), (_SUBSECTION, 3)):
        number = pattern.match(bare)
        if number:
            words = bare[number.end() :]
            short = 2 <= len(words) <= LONGEST and not _SENTENCE.search(words) and not re.search(r"\d{2}", words)
            known = _FORM.search(words) is not None or stands_out or len(words) <= PLAIN
            return level if short and known and not _TITLE_END.search(words) else 0
    unnumbered = 4 <= len(bare) <= 26 and not _SENTENCE.search(bare) and _FORM.search(bare) is not None
    return 2 if unnumbered and stands_out and _NAMED.search(bare) else 0


def _title(
    size: tuple[int, int],
    tables: Sequence[Box],
    lines: Sequence[PlacedLine],
    texts: Sequence[str],
    levels: Sequence[int],
    running: float,
) -> list[int]:
    """The one to three lines at the top that are the title."""
    end = min([box[1] for box in tables] + [lines[i][0][1] for i, level in enumerate(levels) if level], default=size[1])
    down = sorted((i for i in range(len(lines)) if lines[i][0][1] < end), key=lambda i: (lines[i][0][1], i))
    across = [*tables, *(box for box, _ in lines)]
    middle = (min(box[0] for box in across) + max(box[2] for box in across)) / 2 if across else size[0] / 2

    def may_be(i: int) -> bool:
        box = lines[i][0]
        off = min(abs((box[0] + box[2]) / 2 - x) for x in (middle, size[0] / 2))
        large = running > 0 and box[3] - box[1] >= LARGE * running
        stands_out = large or off <= CENTRED * size[0]
        return stands_out and not _SENTENCE.search(texts[i]) and not _APART.match(texts[i])

    def together(one: int, other: int) -> bool:
        high = [lines[i][0][3] - lines[i][0][1] for i in (one, other)]
        near = lines[other][0][1] - lines[one][0][3] <= 2.5 * max(high)
        return near and max(high) <= 1.5 * min(high)

    for last, index in enumerate(down):
        if not _TITLE_LAST.search(texts[index]) and not _TITLE_END.search(texts[index]):
            continue
        for count in (1, 2, 3):
            part = down[max(0, last - count + 1) : last + 1]
            if len(part) < count or not all(may_be(i) for i in part):
                break
            if not all(together(a, b) for a, b in pairwise(part)):
                break
            if _TITLE_END.search("".join(texts[i] for i in part)):
                return _with_name(part, down, last - count, texts, may_be, together)
    return []


def _with_name(
    part: list[int],
    down: list[int],
    above: int,
    texts: Sequence[str],
    may_be: Callable[[int], bool],
    together: Callable[[int, int], bool],
) -> list[int]:
    """With the line above that names the agency or the year, where the title begins there."""
    while len(part) < 3 and above >= 0 and may_be(down[above]) and together(down[above], part[0]):
        if not 3 <= len(texts[down[above]]) <= 40:
            break
        part = [down[above], *part]
        above -= 1
    return part
