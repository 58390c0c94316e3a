"""Records by hand in which some cells are open, and output folders that hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotations.select.settings import AnnotateSettings, load_annotate_settings
from annotations.select.sketch import Sketch, Strategy, sketch
from annotations.select.zeros import ZeroShares
from pipeline.record import Candidate, Report
from tests.pipeline.show.reports import clean_report, with_field
from tests.pipeline.store.made import sha_of

LONE = "t2.penalty.decisions"
"""Stands in no equality."""


def settings(**changes: object) -> AnnotateSettings:
    return AnnotateSettings.model_validate(load_annotate_settings().model_dump() | changes)


def no_idea() -> ZeroShares:
    return ZeroShares({}, settings())


def with_open(report: Report, candidates: Mapping[str, Sequence[int]]) -> Report:
    """The fields not settled; what they could be, all equally cheap."""
    for field_id, values in candidates.items():
        could_be = tuple(Candidate(value=value, cost=0.0) for value in values)
        report = with_field(
            report, field_id, status="ambiguous", value=None, confidence=0.0, candidates=could_be, support=("reader",)
        )
    return report.model_copy(update={"status": "review"})


def unread(report: Report, *fields: str) -> Report:
    for field_id in fields:
        report = with_field(
            report, field_id, status="missing", kind="unread", printed=None, value=None, confidence=0.0, support=()
        )
    return report.model_copy(update={"status": "review"})


def reports_of(*agencies: str) -> list[Report]:
    """One report an entry, each with a lone open cell and contents of its own."""
    made = []
    for number, agency in enumerate(agencies):
        report = with_open(clean_report(agency=agency), {LONE: (1286, 1286 + number + 1)})
        made.append(report.model_copy(update={"sha256": sha_of(f"{number} {agency}"), "file": f"{number}.pdf"}))
    return made


def sketch_of(report: Report, strategy: Strategy = "worth", seed: int = 0, asked: Sequence[str] = ()) -> Sketch:
    found = sketch(report, report.file, "", "mark", asked, strategy, seed, settings(), no_idea())
    assert found is not None
    return found
