"""Labels of one text carried over to nearly the same text.

A converter breaks lines and sets columns by what it believes characters to be, so the marked page may come out a
little different from the plain one. What is alike in both keeps its labels; the rest has none.
"""

from __future__ import annotations

from dataclasses import replace

from rapidfuzz.distance import Indel

from training.corpus.marked import Labelled

LEAST_ALIKE = 0.97
"""Share of characters that must be alike; below, the converter did something else to the marked page."""


def carried_over(labels: Labelled, text: str) -> Labelled | None:
    """The labels for `text`; None where too little of it is alike or a number lost a part of its label.

    Spaces, borders and line ends are not compared: they are what differs most.
    """
    if labels.text == text:
        return labels
    here = [place for place, char in enumerate(labels.text) if not char.isspace()]
    there = [place for place, char in enumerate(text) if not char.isspace()]
    first, second = "".join(labels.text[i] for i in here), "".join(text[i] for i in there)
    if first != second and Indel.normalized_similarity(first, second) < LEAST_ALIKE:
        return None
    fields: list[str | None] = [None] * len(text)
    sections: list[str | None] = [None] * len(text)
    tables = [False] * len(text)
    for step in Indel.opcodes(first, second):
        if step.tag == "equal":
            for i, j in zip(
                here[step.src_start : step.src_end], there[step.dest_start : step.dest_end], strict=True
            ):
                fields[j], sections[j], tables[j] = labels.fields[i], labels.sections[i], labels.tables[i]
    if sum(map(bool, fields)) != sum(map(bool, labels.fields)):
        return None
    return Labelled(text, tuple(fields), _filled(sections), tuple(tables))


def with_sections_of(labels: Labelled, other: Labelled) -> Labelled:
    """The labels with the sections of another text of the same report, told by what is alike in both."""
    here = [place for place, char in enumerate(labels.text) if not char.isspace()]
    there = [place for place, char in enumerate(other.text) if not char.isspace()]
    sections: list[str | None] = [None] * len(labels.text)
    steps = Indel.opcodes("".join(labels.text[i] for i in here), "".join(other.text[i] for i in there))
    for step in steps:
        if step.tag == "equal":
            for i, j in zip(
                here[step.src_start : step.src_end], there[step.dest_start : step.dest_end], strict=True
            ):
                sections[i] = other.sections[j]
    return replace(labels, sections=_filled(sections))


def _filled(sections: list[str | None]) -> tuple[str, ...]:
    """The sections with those of characters without any taken from the character before."""
    last, made = "", []
    for section in sections:
        last = last if section is None else section
        made.append(last)
    return tuple(made)
