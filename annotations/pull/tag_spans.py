"""From annotations of the task "tag this text" to the form of annotations/tags/*.yaml (training/tagger/hand_gold.py).

What all annotators of a text tag alike is gold. What they do not, what has several fields, and what cannot be placed is
`unclear`, so that nobody is scored by it. A number that one left untagged and another called none of the form's is not
disputed: both say that it is none.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from itertools import pairwise
from typing import Any

from annotations.pull.shown_cells import Tell
from annotations.spans import SECTION_NAMES, Span, differing, joined
from pipeline.tag.labels import fields
from pipeline.tag.linear import BORDER, END

DISPUTED, SEVERAL = "disputed", "several"
"""Reasons of what is unclear."""
_OF_PROSE = re.compile("[，。；：]")
_DIGITS = re.compile("[0-9]")


def tag_file(sha256: str, text: str, plain_lines: Collection[int], given: Sequence[Set[Span]], tell: Tell) -> str:
    """The tags of one text, as YAML.

    Args:
        plain_lines: as the task has them.
        given: what each says whose word counts; at least one.
        tell: told each span that is left out.
    """
    agreed = frozenset.intersection(*map(frozenset, given))
    numbers = sorted(one for one in agreed if not one.is_section)
    kept = _apart(text, numbers, tell)
    unclear = [
        (Span(start, end, ()), DISPUTED) for start, end in joined(one for one in differing(given) if not one.is_section)
        if not any(one.start < end and start < one.end for one in kept)
    ]  # fmt: skip
    unclear += [(one, SEVERAL) for one in kept if len(one.names) > 1]
    single = [one for one in kept if len(one.names) == 1 and one.names[0]]
    starts = _starts_of_lines(text)
    sections = _sections(starts, [one for one in agreed if one.is_section], tell)
    plain = {starts[line] for line in plain_lines if line in range(len(starts))}
    prose = {one for one in single if _is_prose(text, one, plain)}
    return "\n".join(
        [
            f"sha256: {sha256}",
            *_block("sections", [f"  {name}: [{first}, {end}]" for name, first, end in sections], "{}"),
            *_block("prose", [_entry(text, one) for one in single if one in prose], "[]"),
            *_block("unclear", [_entry(text, one, reason) for one, reason in sorted(unclear)], "[]"),
            *_block("table", [_entry(text, one) for one in single if one not in prose], "[]"),
            "",
        ]
    )


def spans_of(text: str, result: Sequence[Any], names: Mapping[str, str], tell: Tell) -> Iterator[Span]:
    """What one annotation says, in the order of the text.

    Args:
        result: of the annotation.
        names: by label of the screen, the id of a field, empty for none, or a section, 一 to 六.
        tell: told each span that is left out.
    """
    labels: dict[tuple[int, int], set[str]] = {}
    for region in result:
        try:
            value = region["value"]
            start, end, given = value["start"], value["end"], value["labels"]
            shown = text[start:end]
            found = {names[label] for label in given}
        except (KeyError, TypeError) as problem:
            tell("", f"有一处标注读不懂（{problem!r}）")
            continue
        if not 0 <= start < end <= len(text) or value.get("text", shown) != shown:
            tell("", f"第 {start} 到 {end} 个字符的标注与任务的文字不符")
            continue
        # A mouse takes a blank along.
        start, end = end - len(shown.lstrip()), start + len(shown.rstrip())
        if start < end and found:
            labels.setdefault((start, end), set()).update(found)
    for (start, end), all_names in sorted(labels.items()):
        sections = all_names & SECTION_NAMES
        if not all_names <= SECTION_NAMES | {"", *fields()}:
            tell("", f"“{text[start:end]}”的标签不是字段：{'、'.join(sorted(all_names))}")
        elif sections and len(all_names) > 1:
            tell("", f"第 {start} 个字符起的一段有几个标签：{'、'.join(sorted(all_names))}")
        elif not sections and (END in text[start:end] or BORDER in text[start:end]):
            tell("", f"标作数字的“{text[start:end]!r}”不在一格里")
        else:
            yield Span(start, end, tuple(sorted(all_names)))


def _apart(text: str, spans: Sequence[Span], tell: Tell) -> list[Span]:
    """Without those that overlap, of which nothing tells the right one."""
    odd = {one for pair in pairwise(spans) if pair[0].end > pair[1].start for one in pair}
    for one in sorted(odd):
        tell("", f"“{text[one.start : one.end]}”（第 {one.start} 个字符）与另一处标注重叠")
    return [one for one in spans if one not in odd]


def _starts_of_lines(text: str) -> list[int]:
    return [0, *(at + 1 for at, char in enumerate(text) if char == END)]


def _sections(starts: Sequence[int], spans: Sequence[Span], tell: Tell) -> list[tuple[str, int, int]]:
    """(section, its first line, the line after its last), in their order; what overlaps another is left out."""
    found: list[tuple[str, int, int]] = []
    for one in sorted(spans):
        name = one.names[0]
        first, last = bisect_right(starts, one.start) - 1, bisect_right(starts, one.end - 1) - 1
        if any(name == known for known, _, _ in found) or (found and first < found[-1][2]):
            tell("", f"第 {name} 部分标了两次，或与前一部分重叠（第 {first + 1} 行）")
            continue
        found.append((name, first, last + 1))
    return found


def _is_prose(text: str, one: Span, plain: Set[int]) -> bool:
    """Whether the number stands in running text: in no row of a grid, and in a line with a stop in it.

    Args:
        plain: where lines begin that are no rows, though they hold borders.
    """
    start, end = text.rfind(END, 0, one.start) + 1, text.find(END, one.end)
    line = text[start : end if end >= 0 else len(text)]
    return (BORDER not in line or start in plain) and bool(_OF_PROSE.search(line))


def _entry(text: str, one: Span, reason: str = "") -> str:
    shown = text[one.start : one.end]
    nth = _nth(text, one)
    parts = [f"text: {json.dumps(shown, ensure_ascii=False)}", f"at: {one.start}" if nth is None else f"nth: {nth}"]
    if reason:
        parts.append(f"reason: {reason}")
    if any(one.names):
        parts.append(f"fields: [{', '.join(filter(None, one.names))}]")
    return f"  - {{{', '.join(parts)}}}"


def _nth(text: str, one: Span) -> int | None:
    """How many earlier occurrences there are, not overlapping; None where counting does not lead there, or a number
    goes on around it."""
    shown = text[one.start : one.end]
    around = text[max(0, one.start - 1) : one.start] + "x" + text[one.end : one.end + 2].removeprefix(".")[:1]
    if _DIGITS.search(around) or text[max(0, one.start - 1) : one.start] in (".", "-"):
        return None
    count, at = 0, text.find(shown)
    while 0 <= at < one.start:
        count, at = count + 1, text.find(shown, at + len(shown))
    return count if at == one.start else None


def _block(name: str, lines: Sequence[str], empty: str) -> list[str]:
    return [f"{name}:", *lines] if lines else [f"{name}: {empty}"]
