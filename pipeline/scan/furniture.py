"""Page furniture on page images: page numbers, running heads and feet, what a browser prints around a page."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from pipeline.scan.headings import PlacedLine, is_title, level_of

if TYPE_CHECKING:
    from pipeline.document import Box

MARGIN = 0.12
"""Share of the page's height at its top and bottom within which furniture stands."""
LEAST_SHARE = 0.3
"""Of the pages, on which a running head or foot comes again."""
SAME_PLACE = 0.05, 0.025
"""Shares of width and height by which it is off at most from page to page."""
SAME_TEXT = 80.0
"""Least similarity, of 100: every page is read anew."""

_TABLE_WORD = re.compile(
    r"勾稽|申请人情况|自然人|法人|信息内容|第二十条|予以公开|不予公开|无法提供|不予处理|其他处理|结转|总计|结果维持|结果纠正|尚未审结"
)
_DASH = "-—–－一·•.．。~_"
_NUMBERED_PAGE = re.compile(
    rf"^(?:[{_DASH}]{{1,3}}\d{{1,3}}[{_DASH}]{{1,3}}|第\d{{1,3}}页(?:[,，/]?共\d{{1,3}}页)?|共\d{{1,3}}页(?:第\d{{1,3}}页)?|"
    r"\d{1,3}/\d{1,3}|[Pp](?:age)?\.?\d{1,3}(?:of\d{1,3})?|第\d{1,3}/\d{1,3}页)$"
)
_BARE_NUMBER = re.compile(r"^\d{1,3}$")
_WEB = re.compile(r"^(?:https?[:：]|www\.|file:)|^\d{4}[/-]\d{1,2}[/-]\d{1,2}\d{0,2}[:：]\d\d")


def find_furniture(
    size: tuple[int, int],
    tables: Sequence[Box],
    lines: Sequence[PlacedLine],
    levels: Sequence[int],
    proposed: Sequence[bool],
) -> set[int]:
    """Indices of lines that are furniture, by where they stand and what they say.

    Args:
        size: width and height of the page.
        tables: their outlines.
        levels: of headings; these are never furniture.
        proposed: which lines a layout model takes for furniture.
    """
    found = set()
    for index, (box, text) in enumerate(lines):
        bare = re.sub(r"\s+", "", text)
        if levels[index] or not bare or not _in_margin(size, box):
            continue
        shows = _NUMBERED_PAGE.match(bare) or _WEB.match(bare)
        if shows or proposed[index]:
            certain = shows is not None or not (_TABLE_WORD.search(bare) or _BARE_NUMBER.match(bare))
            if certain and not _crossed(box, lines, index):
                found.add(index)
        if _BARE_NUMBER.match(bare) and _outermost(size, tables, lines, index):
            found.add(index)
    return found


def _in_margin(size: tuple[int, int], box: Box) -> bool:
    middle = (box[1] + box[3]) / 2
    return min(middle, size[1] - middle) <= MARGIN * size[1]


def _crossed(box: Box, lines: Sequence[PlacedLine], own: int) -> bool:
    """Whether running text stands between the line and the nearer edge, so that it is within the text."""
    return any(
        index != own and other[0] < box[2] and box[0] < other[2] and len(text) > 20 and _beyond(box, other, lines)
        for index, (other, text) in enumerate(lines)
    )


def _beyond(box: Box, other: Box, lines: Sequence[PlacedLine]) -> bool:
    ends = max(line[0][3] for line in lines), min(line[0][1] for line in lines)
    upper = box[1] - ends[1] < ends[0] - box[3]
    return other[3] <= box[1] if upper else other[1] >= box[3]


def _outermost(size: tuple[int, int], tables: Sequence[Box], lines: Sequence[PlacedLine], index: int) -> bool:
    """Whether a number stands apart from everything, at the edge of its page: a number of a table does not."""
    box = lines[index][0]
    high = box[3] - box[1]
    others = [*tables, *(other for i, (other, _) in enumerate(lines) if i != index)]
    beside = [other for other in others if other[1] < box[3] and box[1] < other[3]]
    if any(other[0] - 8 * high < box[2] and box[0] < other[2] + 8 * high for other in beside):
        return False
    over = [other for other in others if other[0] < box[2] + 4 * high and box[0] < other[2] + 4 * high]
    bottom = (box[1] + box[3]) / 2 > size[1] / 2
    if any(other[1] >= box[3] if bottom else other[3] <= box[1] for other in over):
        return False
    near = [box[1] - other[3] if bottom else other[1] - box[3] for other in over]
    return min(near, default=2 * high) >= 1.2 * high


def repeated(sizes: Sequence[tuple[float, float]], pages: Sequence[Sequence[PlacedLine]]) -> set[tuple[int, int]]:
    """Running heads and feet: lines at the edge of several pages in the same place, with the same text, or one whose
    number counts with the pages.

    The first time that a head which could be the title comes, it stays. Headings of sections and texts of the form's
    tables are never among them.

    Args:
        sizes: width and height of each page, in the units of its boxes.
        pages: the lines of each page, in the order of the pages.

    Returns:
        (index of the page, index of the line).
    """
    edges = [
        (page, index, box, re.sub(r"\s+", "", text))
        for page, lines in enumerate(pages)
        for index, (box, text) in enumerate(lines)
        if _at_edge(sizes[page], lines, index)
    ]
    least = max(2, math.ceil(len(pages) * LEAST_SHARE))
    found: set[tuple[int, int]] = set()
    for page, index, box, text in edges:
        again = {
            other_page
            for other_page, _, other, other_text in edges
            if other_page != page
            and _same_place(sizes[page], box, sizes[other_page], other)
            and _same_text(text, other_text, other_page - page)
        }
        title = is_title(text) and not any(before < page for before in again)
        if len(again) + 1 >= least and not title:
            found.add((page, index))
    return found


def _at_edge(size: tuple[float, float], lines: Sequence[PlacedLine], index: int) -> bool:
    box, text = lines[index]
    bare = re.sub(r"\s+", "", text)
    if not bare or level_of(bare, True) or _TABLE_WORD.search(bare):
        return False
    middle = (box[1] + box[3]) / 2
    if min(middle, size[1] - middle) > MARGIN * size[1]:
        return False
    beyond = [other for other, _ in lines if (other[3] <= box[1] if middle < size[1] / 2 else other[1] >= box[3])]
    return len(beyond) <= 2


def _same_place(size: tuple[float, float], box: Box, other_size: tuple[float, float], other: Box) -> bool:
    places = []
    for (width, height), (left, top, right, bottom) in ((size, box), (other_size, other)):
        places.append((left / width, right / width, (top + bottom) / 2 / height))
    (left, right, down), (other_left, other_right, other_down) = places
    # Feet of left and right pages mirror each other.
    across = (abs(left - other_left), abs(right - other_right), abs(left - (1 - other_right)))
    middles = abs((left + right) - (other_left + other_right)) / 2
    return abs(down - other_down) <= SAME_PLACE[1] and min(*across, middles) <= SAME_PLACE[0]


def _same_text(text: str, other: str, ahead: int) -> bool:
    numbers, others = ([int(number) for number in re.findall(r"\d{1,9}", one)] for one in (text, other))
    words, other_words = (re.sub(r"\d+", "#", one) for one in (text, other))
    if len(numbers) != len(others) or fuzz.ratio(words, other_words) < SAME_TEXT:
        return False
    steps = [after - before for before, after in zip(numbers, others, strict=True)]
    if words.strip(_DASH) == "#":
        return steps == [ahead]
    return all(step in (0, ahead) for step in steps)
