"""All that choosing has to know of one report: small enough that those of all reports fit in memory."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from annotations.select.overviews import overviews
from annotations.select.settings import AnnotateSettings
from annotations.select.settling import worthiest
from annotations.select.suspects import Suspect, lost_tables, suspects
from annotations.select.voices import disagreement
from annotations.select.zeros import ZeroShares
from annotations.selection import AskedCell, AskedOverview
from pipeline.record import Field, Report, ReportStatus

Strategy = Literal["worth", "uncertainty", "committee", "diverse", "random"]
STRATEGIES: dict[Strategy, str] = {
    "worth": "每分钟预期改正最多",
    "uncertainty": "把握最低",
    "committee": "各方分歧最大",
    "diverse": "互不相像",
    "random": "随机",
}
"""Strategies and what they are called; the first is the default."""
_TABLES = ("t2", "t3", "t4")
_OPEN_KINDS = ("ambiguous", "inconsistent", "unread", "absent", "accepted")


@dataclass(frozen=True, slots=True)
class Sketch:
    """One report, its next task, and what the task is chosen by."""

    sha256: str
    file: str
    agency: str | None
    agency_key: str
    """The same for all reports of an agency; its SHA-256 where the agency is not known."""
    year: int | None
    status: ReportStatus
    program: str
    form: tuple[str, ...]
    """What sort of report it is: form, suffix, reader, layout, which cells are open."""
    cells: tuple[AskedCell, ...]
    overview: AskedOverview | None
    """Asked instead of cells."""
    seconds: float
    worth: float
    confidence: float
    """Mean of the cells asked."""
    entropy: float
    """Mean of the cells asked, nats."""
    features: tuple[float, ...]
    """Each about 0..1; the same number of them for every report."""
    left: int
    """Cells that need a look, those of the task included."""
    left_lost: int
    """Those of them that are of tables of which no cell was found."""
    task: int = 0
    """How many tasks of this report were asked before."""


def sketch(
    report: Report, file: str, agency_key: str, program: str, asked: Collection[str], strategy: Strategy, seed: int,
    settings: AnnotateSettings, zeros: ZeroShares, task: int = 0, seen: Collection[str] = (),
) -> Sketch | None:  # fmt: skip
    """None where nothing is left to ask.

    Args:
        agency_key: as the store has it; empty where it has none.
        asked: ids of fields that somebody was asked about already.
        seen: ids of tables of which somebody was asked for an overview already.
    """
    known = list(suspects(report, asked, settings))
    if not known:
        return None
    cells = _chosen(report, known, asked, strategy, seed, settings, zeros)
    chosen = [one for one, _ in cells]
    seconds = settings.seconds_a_report + sum(one.seconds for one in chosen)
    worth = sum(cell.worth for _, cell in cells)
    overview: AskedOverview | None = None
    if strategy == "worth":
        for one, looking in overviews(report, known, asked, seen, settings, zeros):
            took = settings.seconds_a_report + looking
            if one.worth / took > worth / seconds:
                overview, worth, seconds, cells = one, one.worth, took, []
    must = [one for one in known if one.must]
    lost = lost_tables(report)
    return Sketch(
        sha256=report.sha256,
        file=file,
        agency=report.agency,
        agency_key=agency_key or report.agency or report.sha256,
        year=report.year,
        status=report.status,
        program=program,
        form=_form(report, file, known),
        cells=tuple(cell for _, cell in cells),
        overview=overview,
        seconds=seconds,
        worth=worth,
        confidence=sum(one.confidence for one in chosen) / len(chosen),
        entropy=_entropy(report, chosen) if strategy == "committee" else 0.0,
        features=_features(report, file, known) if strategy == "diverse" else (),
        left=len(must),
        left_lost=sum(one.field.split(".")[0] in lost for one in must),
        task=task,
    )


def rank(seed: int, *names: str) -> float:
    """A number of its own for each name, 0..1 and neither, the same whenever and wherever it is asked for."""
    mark = hashlib.sha256("\0".join((str(seed), *names)).encode()).digest()
    return (int.from_bytes(mark[:6], "big") + 0.5) / 2**48


def _chosen(
    report: Report, known: Sequence[Suspect], asked: Collection[str], strategy: Strategy, seed: int,
    settings: AnnotateSettings, zeros: ZeroShares,
) -> list[tuple[Suspect, AskedCell]]:  # fmt: skip
    """The cells of the next task. Only `worth` asks about cells that are accepted, if they earn it."""
    if strategy == "worth":
        return worthiest(report, asked, settings, zeros)
    must = [one for one in known if one.must] or list(known)
    if strategy == "random":
        must.sort(key=lambda one: rank(seed, report.sha256, one.field))
    elif strategy == "committee":
        must.sort(key=lambda one: -disagreement(report, one.field))
    else:
        must.sort(key=lambda one: one.confidence)
    return [(one, AskedCell(field=one.field, worth=round(one.wrong, 6))) for one in must[: settings.cells_a_task]]


def _entropy(report: Report, chosen: Sequence[Suspect]) -> float:
    return sum(disagreement(report, one.field) for one in chosen) / len(chosen)


def _form(report: Report, file: str, known: Iterable[Suspect]) -> tuple[str, ...]:
    return (
        "form " + " ".join(f"{table_id}={template}" for table_id, template in sorted(report.templates.items())),
        f"suffix {PurePosixPath(file).suffix.lower()}",
        f"reader {_most(field.source.reader for field in report.fields.values() if field.source)}",
        f"layout {_most(map(_layout, report.fields.values()))}",
        "open " + " ".join(sorted({_sort(report, one) for one in known})),
    )


def _features(report: Report, file: str, known: Sequence[Suspect]) -> tuple[float, ...]:
    """What is alike in two reports is near in these numbers: names as hashed places, shares as they are."""
    named = [0.0] * 24
    for name in _form(report, file, known)[:-1]:
        named[int(rank(0, name) * len(named))] += 0.5
    of_table = Counter(one.field.split(".")[0] for one in known)
    of_sort = Counter(_sort(report, one).split(".")[1] for one in known)
    sizes = Counter(field_id.split(".")[0] for field_id in report.fields)
    return (
        *named,
        *(of_table[table_id] / max(1, sizes[table_id]) for table_id in _TABLES),
        *(of_sort[kind] / len(known) for kind in _OPEN_KINDS),
        math.log1p(len(known)) / 6,
        min(1.0, len(report.findings) / 10),
    )


def _sort(report: Report, one: Suspect) -> str:
    """Table and manner: `t3.unread`."""
    field = report.fields[one.field]
    manner = field.kind if field.kind in ("absent", "unread") else field.status if one.must else "accepted"
    return f"{one.field.split('.')[0]}.{manner if manner in _OPEN_KINDS else 'accepted'}"


def _layout(field: Field) -> str:
    if field.source is None:
        return "none"
    return "page" if field.source.page is not None else "place" if field.source.place is not None else "line"


def _most(names: Iterable[str]) -> str:
    counted = Counter(names)
    return min(counted, key=lambda name: (-counted[name], name), default="none")
