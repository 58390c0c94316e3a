"""A drawn report as files, and the text the classifier sees with its labels."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import GoujiError
from pipeline.read.open import read_document
from pipeline.tag.linear import BORDER, END, Linear, linear
from training.corpus.aligned import carried_over
from training.corpus.converters import CONVERTERS
from training.corpus.drawing import Drawn, file_of
from training.corpus.marked import Labelled, unmark


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
    files = [(file_of(one.marked, one.layout), file_of(one.plain, one.layout)) for one in drawn]
    pairs = [(marked[0], marked[1], plain[1]) for marked, plain in files]
    for name in sorted({one.converter for one in drawn} - {""}):
        places = [i for i, one in enumerate(drawn) if one.converter == name]
        made = CONVERTERS[name].convert([page for i in places for page in pairs[i][1:]])
        for place, i in enumerate(places):
            pairs[i] = (CONVERTERS[name].suffix, made[2 * place], made[2 * place + 1])
    with tempfile.TemporaryDirectory() as folder:
        for one, (suffix, marked, plain) in zip(drawn, pairs, strict=True):
            yield one, _labelled(one, suffix, marked, plain, Path(folder))


def _labelled(drawn: Drawn, suffix: str, marked: bytes, plain: bytes, folder: Path) -> Sample | None:
    try:
        labels = unmark(_linear(marked, suffix, folder).text)
        seen = _linear(plain, suffix, folder)
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
