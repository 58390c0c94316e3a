"""A drawn report as files, and the text the classifier sees with its labels."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import GoujiError
from pipeline.read.open import read_document
from pipeline.tag.linear import BORDER, END, Linear, linear
from training.corpus.aligned import carried_over, with_sections_of
from training.corpus.converters import CONVERTERS
from training.corpus.drawing import Drawn, file_of
from training.corpus.marked import Labelled, unmark, without_sections


@dataclass(frozen=True, slots=True)
class Span:
    """A number: characters [start, end) of the linear text."""

    start: int
    end: int
    field: str
    table: bool
    """Whether it stands in a table and not in prose."""


@dataclass(frozen=True, slots=True)
class Sample:
    drawn: Drawn
    suffix: str
    data: bytes
    """The file as anybody would have it."""
    linear: Linear
    labels: Labelled
    spans: tuple[Span, ...]


def samples(drawn: Sequence[Drawn]) -> Iterator[tuple[Drawn, Sample | None]]:
    """The reports as files with labels, in their order; None where the marks did not come through.

    Raises:
        EngineMissing: a converter is not installed.
    """
    files = [(file_of(one.marked, one.layout), file_of(one.plain, one.layout)[1]) for one in drawn]
    made = [(suffix, marked, plain) for (suffix, marked), plain in files]
    for name in sorted({one.converter for one in drawn} - {""}):
        converter = CONVERTERS[name]
        places = [i for i, one in enumerate(drawn) if one.converter == name]
        pages = []
        for i in places:
            marked = without_sections(made[i][1].decode()).encode() if converter.prints else made[i][1]
            pages.append((marked, made[i][2]))
        for place, (marked, plain) in zip(places, converter.convert(pages), strict=True):
            made[place] = (converter.suffix, marked, plain)
    with tempfile.TemporaryDirectory() as folder:
        for one, ((source, page), _), (suffix, marked, plain) in zip(drawn, files, made, strict=True):
            prints = bool(one.converter) and CONVERTERS[one.converter].prints
            yield one, _labelled(one, suffix, marked, plain, Path(folder), (page, source) if prints else None)


def _labelled(
    drawn: Drawn, suffix: str, marked: bytes, plain: bytes, folder: Path, source: tuple[bytes, str] | None
) -> Sample | None:
    """The report with its labels; None where they did not come through.

    Args:
        source: the marked page before it was converted, and its suffix, where the conversion knows no sections.
    """
    try:
        labels = unmark(_linear(marked, suffix, folder).text)
        seen = _linear(plain, suffix, folder)
        if source is not None:
            labels = with_sections_of(labels, unmark(_linear(*source, folder).text))
    except GoujiError:
        return None
    carried = carried_over(labels, seen.text)
    # A converter that loses the marks of sections would teach that there are none.
    if carried is None or not any(carried.sections):
        return None
    return Sample(drawn, suffix, plain, seen, carried, tuple(spans(carried)))


def _linear(data: bytes, suffix: str, folder: Path) -> Linear:
    path = folder / f"report{suffix}"
    path.write_bytes(data)
    return linear(read_document(path))


def spans(labels: Labelled) -> Iterator[Span]:
    """The numbers of a text: characters of one field side by side, with nothing but spaces between them."""
    start: int | None = None
    end = 0
    for place, field in enumerate(labels.fields):
        if start is not None:
            between = labels.text[end:place]
            same = field == labels.fields[start] and labels.tables[place] == labels.tables[start]
            if same and not between.strip() and not {BORDER, END} & set(between):
                end = place + 1
                continue
            if field is None and labels.text[place].isspace() and labels.text[place] not in (BORDER, END):
                continue
            yield Span(start, end, labels.fields[start] or "", labels.tables[start])
            start = None
        if field is not None:
            start, end = place, place + 1
    if start is not None:
        yield Span(start, end, labels.fields[start] or "", labels.tables[start])
