"""What a damaged file may lead to: a numbered error, or a report whose numbers stand in the file.

A number is taken for made up where it is `read`, printed and kept, and what it was read from does not hold it: the
print is not in the document's text as the reader sees it, or the value is not the number printed. Whether the field is
the right one cannot be told here. Where several fields take from one place more digits than stand there, one of them
is not printed: it is made up, unless the form's arithmetic confirms them all (`shared`).
"""

from __future__ import annotations

import math
import re
import resource
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from pipeline.document import Document, Grid, Line, Picture, Source
from pipeline.errors import E105, E110, E111, E901, GoujiError
from pipeline.isolation import run_limited
from pipeline.read.open import read_document
from pipeline.reading import Scanning, Tagging, read_report, report_of
from pipeline.record import Field, FieldSource, Report
from pipeline.recover.numbers import read_cell

SECONDS, MEMORY_MB = 30.0, 1500
SCANNING_MB = 6000
_SCANNING_SHARE = 0.7
_CRASHED = "程序崩溃"

What = Literal["report", "refused", "shared", "slow", "greedy", "crashed", "broken", "made up"]
"""How it went. `slow` and `greedy` met the limits, `crashed` took its process along, and `shared` has a print that two
fields claim: all are survived, and worth a look. `broken` and `made up` must not be."""
NEVER: tuple[What, ...] = ("broken", "made up")
WORTH_A_LOOK: tuple[What, ...] = ("shared", "slow", "greedy", "crashed")


_Place: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    what: What
    said: str = ""
    """The error's code and line, or what is wrong with the numbers."""
    accepted: int = 0
    """Fields that were read."""
    seconds: float = 0.0
    """By the clock."""
    busy: float = 0.0
    """Of a processor: much less where it waited, for something or for its turn."""


@dataclass(frozen=True, slots=True)
class _Case:
    path: Path
    scanning: bool
    tagging: Tagging
    seconds: float


def judge(
    path: Path,
    seconds: float = SECONDS,
    memory_mb: int = MEMORY_MB,
    scanning: bool = False,
    tagging: Tagging = "never",
) -> Verdict:
    """Reads the file in a process of its own and says how it went.

    Args:
        path: of the file.
        seconds: until it counts as slow.
        memory_mb: from which on it counts as greedy.
        scanning: whether pictures are read, which takes seconds each; else they are only decoded.
        tagging: as for `read_report`.
    """
    begin, before = time.perf_counter(), _busy()
    case = _Case(path, scanning, tagging, seconds)
    try:
        verdict = run_limited(_examined, case, seconds, SCANNING_MB if scanning else memory_mb)
    except GoujiError as error:
        verdict = _of_error(error)
    return replace(verdict, seconds=time.perf_counter() - begin, busy=_busy() - before)


def _busy() -> float:
    """Processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _of_error(error: GoujiError) -> Verdict:
    whats: dict[str, What] = {E110.code: "slow", E111.code: "greedy", E901.code: "broken"}
    what = whats.get(error.kind.code, "refused")
    if error.kind is E105 and _CRASHED in str(error):
        what = "crashed"
    if "\n" in str(error):
        return Verdict("broken", f"more than one line: {error}")
    return Verdict(what, str(error))


def _examined(case: _Case) -> Verdict:
    document = read_document(case.path)
    pictures = [block for block in document.blocks if isinstance(block, Picture)]
    if pictures and case.scanning:
        # What the pages say is known to the scanner alone: a print is held against the text of its own cell.
        report = read_report(case.path, None, Scanning(seconds=case.seconds * _SCANNING_SHARE), case.tagging)
        seen = None
    else:
        for picture in pictures:
            _decoded(picture)
        if pictures and not document.text().strip():
            return Verdict("report", "pictures that nobody read")
        report = report_of(document, None, case.tagging)
        seen = document
    # What cannot be written or shown is lost as well.
    if Report.from_json(report.to_json()) != report:
        return Verdict("broken", "the record read back is another")
    _shown(report)
    accepted = sum(1 for _ in _read(report))
    proved, unproved = shared(report, seen) if seen else ([], [])
    faults: tuple[tuple[What, list[str]], ...] = (("made up", made_up(report, seen) + unproved), ("shared", proved))
    for what, said in faults:
        if said:
            return Verdict(what, "；".join(said[:5]), accepted)
    return Verdict("report", "", accepted)


def _decoded(picture: Picture) -> None:
    if picture.pixels is None:
        return
    try:
        shape = picture.pixels().shape
    except GoujiError as error:
        if error.kind is not E105:
            raise
        return
    if shape != (picture.height, picture.width, 3):
        raise ValueError(f"a picture of {picture.width} x {picture.height} has the shape {shape}")


def _shown(report: Report) -> None:
    import io

    from rich.console import Console

    from pipeline.show.page import write_page
    from pipeline.show.terminal import print_report

    print_report(report, Console(file=io.StringIO(), width=100, highlight=False, markup=False, emoji=False))
    write_page(report).encode("utf-8", "backslashreplace")


def made_up(report: Report, document: Document | None) -> list[str]:
    """A line for each number that is `read` and does not stand in the file.

    Args:
        report: what was made of it.
        document: what the reader saw; None where only the texts of the cells are known.
    """
    faults = []
    text = None if document is None else _bare(document.text())
    for name, field in _read(report):
        printed, source, value = field.printed, field.source, field.value
        if printed is None or source is None or value is None:
            faults.append(f"{name} is read, but nothing is printed")
            continue
        if not math.isfinite(value) or read_cell(printed, signed=True, decimal=True).value != value:
            faults.append(f"{name} is {value}, printed {printed!r}")
        if _bare(printed) not in _bare(source.text) or (text is not None and _bare(printed) not in text):
            faults.append(f"{name} printed {printed!r} does not stand in {source.text[:60]!r} or nowhere at all")
    return faults


def shared(report: Report, document: Document) -> tuple[list[str], list[str]]:
    """A line for each place from which fields take more digits than stand there: of those whose fields are all
    confirmed by the form's arithmetic, and of the others."""
    there: Counter[_Place] = Counter()
    for block in document.blocks:
        for part in block.cells if isinstance(block, Grid) else (block,) if isinstance(block, Line) else ():
            there[_place(part.source)] += _digits(part.text)
    takers: dict[_Place, list[tuple[str, Field]]] = defaultdict(list)
    for name, field in _read(report):
        if field.source is not None:
            takers[_place(field.source)].append((name, field))
            if field.source.chars is not None:
                takers[(*_place(field.source), field.source.chars)].append((name, field))
    proved: list[str] = []
    unproved: list[str] = []
    for place, fields in takers.items():
        taken = sum(_digits(field.printed or "") for _, field in fields)
        chars = place[4] if len(place) > 4 else None
        room = chars[1] - chars[0] if isinstance(chars, tuple) else there[place]
        if any(part is not None for part in place) and taken > room:
            names = "、".join(name for name, _ in fields[:5])
            confirmed = all("arithmetic" in field.support for _, field in fields)
            (proved if confirmed else unproved).append(f"{names} take {taken} digits where {room} stand: {place}")
    return proved, unproved


def _read(report: Report) -> Iterable[tuple[str, Field]]:
    return ((name, field) for name, field in report.fields.items() if field.status == "read")


def _place(source: Source | FieldSource) -> _Place:
    return (source.page, source.box, source.line, source.place)


def _digits(text: str) -> int:
    return sum(character.isdecimal() for character in unicodedata.normalize("NFKC", text))


def _bare(text: str) -> str:
    """Without blanks, and characters in their plain form: `１ 2` is `12`."""
    return re.sub(r"\s|[\u200b-\u200f\u202a-\u202e\u2060\ufeff]", "", unicodedata.normalize("NFKC", text))
