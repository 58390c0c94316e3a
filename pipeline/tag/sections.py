"""Sections whose heading is lost or was replaced by another: the classifier knows their lines."""

from __future__ import annotations

from collections.abc import Mapping, Set

from pipeline.document import Document, Line
from pipeline.record import Section
from pipeline.tag.decode import Tags

LEAST_SHARE = 0.9
"""Mean probability of a section's lines from which on it is taken for found."""
LONGEST_TITLE = 30
ALL = "一二三四五六"


def with_tagged_sections(
    sections: Mapping[str, Section], tags: Tags, document: Document, cells: Set[int]
) -> dict[str, Section]:
    """The sections that headings tell, and those that only the classifier knows, in the order of the form.

    Args:
        cells: blocks that hold pieces of tables; their text is in no section.
    """
    lost = [number for number in ALL if number not in sections]
    if not lost:
        return dict(sections)
    found = dict(sections)
    for number in lost:
        lines = _lines(tags, number)
        if not lines or sum(share for _, share in lines) / len(lines) < LEAST_SHARE:
            continue
        texts = []
        for line, _ in lines:
            start, end = tags.seen.lines[line]
            piece = tags.seen.piece_at(start)
            if isinstance(document.blocks[piece.block], Line) and piece.block not in cells:
                texts.append(tags.seen.text[start:end].strip(" \t\u3000\u00a0|*#"))
        texts = [text for text in texts if text]
        titled = bool(texts) and len(texts[0]) <= LONGEST_TITLE and "。" not in texts[0]
        found[number] = Section(title=texts[0] if titled else "", text="\n".join(texts[1:] if titled else texts))
        taken = set(texts)
        for other, section in sections.items():
            # Its lines were the end of the section before it, as long as nobody knew where it begins.
            kept = [line for line in section.text.split("\n") if line.strip() not in taken]
            found[other] = section.model_copy(update={"text": "\n".join(kept)})
    return {number: found[number] for number in ALL if number in found}


def _lines(tags: Tags, number: str) -> list[tuple[int, float]]:
    """The longest run of lines of this section, with their probabilities; lines without words go with their run."""
    runs: list[list[tuple[int, float]]] = []
    for line, (section, share) in enumerate(tags.sections):
        if section != number:
            continue
        if runs and runs[-1][-1][0] == line - 1:
            runs[-1].append((line, share))
        else:
            runs.append([(line, share)])
    return max(runs, key=len, default=[])
