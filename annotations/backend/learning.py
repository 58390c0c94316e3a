"""Tagged texts as rows that `gouji train` learns from.

What nobody could settle must not teach that there is nothing: the clause around it, or the row of a table, is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from annotations.backend.received import Received
from annotations.push.tag_predictions import linear_of_text
from pipeline.tag.labels import SECTIONS
from pipeline.tag.linear import BORDER, END, Linear
from training.tagger.hand_gold import MIXED, HandTagged

_STOPS = "。；！？" + END
_NAMES = frozenset(SECTIONS) - {""}


@dataclass(frozen=True, slots=True)
class TaggedText:
    """A text with everything that people say of it. Places are characters [start, end)."""

    name: str
    agency: str
    year: int | None
    seen: Linear
    numbers: tuple[tuple[int, int, str], ...]
    """With the field, in order, none overlapping another."""
    sections: tuple[str, ...]
    """One a character; "" for none."""
    unclear: tuple[tuple[int, int], ...]


def texts_of_received(received: Iterable[Received], names: Mapping[str, str]) -> Iterator[TaggedText]:
    """The texts by project and task. What all annotators of one tag alike counts; what they do not is unclear.

    Args:
        names: by label of the screen, the id of a field, a section, or "" for what is none.
    """
    ordered = sorted(received, key=lambda one: (one.project, one.task, one.at, one.annotation))
    for (project, task), group in groupby(ordered, key=lambda one: (one.project, one.task)):
        last = {one.annotator: one for one in group}
        given = [set(_regions(one, names)) for one in last.values()]
        data = next(iter(last.values())).data
        agreed = sorted(one for one in set.intersection(*given) if one[2] not in _NAMES)
        disputed = sorted((start, end) for start, end, name in set.union(*given) - set(agreed) if name not in _NAMES)
        apart = [one for one in agreed if sum(_meet(one, other) for other in agreed) == 1]
        odd = [one[:2] for one in agreed if one not in apart]
        yield TaggedText(
            name=f"{project}-{task}", agency=data.agency or "", year=data.year,
            seen=linear_of_text(data.text, data.plain_lines),
            numbers=tuple(one for one in apart if one[2] and not any(_meet(one, other) for other in disputed)),
            sections=_section_of_characters(len(data.text), sorted(set.intersection(*given))),
            unclear=tuple(sorted({*disputed, *odd})),
        )  # fmt: skip


def text_of_hand_tagged(tagged: HandTagged, agency: str, year: int | None) -> TaggedText:
    """A text out of annotations/tags or OUT/annotate/tags. Lines that hold several sections are unclear."""
    seen = tagged.linear
    numbers = []
    for start in sorted(tagged.begins):
        field, end = tagged.fields[start], start + 1
        while end < len(tagged.fields) and tagged.fields[end] == field and end not in tagged.begins:
            end += 1
        numbers.append((start, end, field or ""))
    sections, unclear = [""] * len(seen.text), list(tagged.unclear)
    for (start, end), name in zip(seen.lines, tagged.sections, strict=True):
        if name == MIXED:
            unclear.append((start, end))
        else:
            sections[start : end + 1] = [name] * len(sections[start : end + 1])
    return TaggedText(tagged.name, agency, year, seen, tuple(numbers), tuple(sections), tuple(sorted(unclear)))


def _regions(one: Received, names: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Regions that fit the text, without the blanks that a mouse takes along."""
    text = one.data.text
    for region in one.result:
        value = region.get("value")
        if not isinstance(value, dict):
            continue
        start, end, labels = value.get("start"), value.get("end"), value.get("labels")
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
            continue
        shown = text[start:end]
        if value.get("text", shown) != shown or not shown.strip() or not isinstance(labels, list):
            continue
        start, end = end - len(shown.lstrip()), start + len(shown.rstrip())
        yield from ((start, end, names[label]) for label in labels if label in names)


def _meet(one: Sequence[Any], other: Sequence[Any]) -> bool:
    return bool(one[0] < other[1] and other[0] < one[1])


def _section_of_characters(length: int, spans: Iterable[tuple[int, int, str]]) -> tuple[str, ...]:
    found = [""] * length
    for start, end, name in spans:
        if name in _NAMES:
            found[start:end] = [name] * (end - start)
    return tuple(found)


def training_row(tagged: TaggedText) -> dict[str, Any] | None:
    """The text as a row of the dataset of `gouji synth`, what is unclear left out; None where nothing is left."""
    text = tagged.seen.text
    kept = bytearray(b"\x01" * len(text))
    for start, end in tagged.unclear:
        first, last = _left_out(text, start, end)
        kept[first:last] = bytes(last - first)
    # How many characters stand before each place in what is left.
    at = [0]
    for one in kept:
        at.append(at[-1] + one)
    pieces = [one for one in tagged.seen.pieces if one.start == one.end or any(kept[one.start : one.end])]
    numbers = [one for one in tagged.numbers if all(kept[one[0] : one[1]])]
    left = "".join(char for char, one in zip(text, kept, strict=True) if one)
    if not left.strip() or not pieces:
        return None
    sections = [name for name, one in zip(tagged.sections, kept, strict=True) if one]
    runs = [(name, len(list(run))) for name, run in groupby(sections)]
    return {
        "id": tagged.name, "agency": tagged.agency, "province": "", "level": "", "year": tagged.year or 0,
        "templates": [], "layout": "tagged", "converter": "", "damages": [], "families": [], "phrasing": "",
        "unseen": False, "errors": [], "text": left,
        "piece_starts": [at[one.start] for one in pieces],
        "piece_places": [one.place for one in pieces],
        "piece_of": [one.of for one in pieces],
        "starts": [at[start] for start, _, _ in numbers],
        "ends": [at[end] for _, end, _ in numbers],
        "fields": [field for _, _, field in numbers],
        "in_table": [_is_in_table(text, start) for start, _, _ in numbers],
        "section_starts": [sum(count for _, count in runs[:number]) for number in range(len(runs))],
        "sections": [name for name, _ in runs],
    }  # fmt: skip


def _left_out(text: str, start: int, end: int) -> tuple[int, int]:
    """The row of a table, or the sentence, that the place stands in, with its end."""
    first, last = text.rfind(END, 0, start) + 1, text.find(END, end)
    last = len(text) if last < 0 else last + 1
    if BORDER in text[first:last]:
        return first, last
    before = max(text.rfind(stop, first, start) for stop in _STOPS) + 1
    behind = [place for stop in _STOPS if (place := text.find(stop, end, last)) >= 0]
    return max(first, before), min(behind, default=last - 1) + 1


def _is_in_table(text: str, start: int) -> bool:
    """Whether its line has cells, or no stop: rows of tables have none."""
    end = text.find(END, start)
    line = text[text.rfind(END, 0, start) + 1 : end if end >= 0 else len(text)]
    return BORDER in line or not any(stop in line for stop in "，。；：")
