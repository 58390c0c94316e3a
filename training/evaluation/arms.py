"""One report read by the real pipeline, and what each arm makes of it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping

from pipeline.errors import E901, GoujiError
from pipeline.reading import Tagging, read_report
from pipeline.reconcile.rules import assess
from pipeline.record import Field, Number, Report
from pipeline.recover.numbers import read_cell
from pipeline.template import Table, load_templates
from training.evaluation.cases import Case
from training.evaluation.places import alignments, is_placed
from training.evaluation.results import Arm, FieldResult, ReportResult
from training.evaluation.smallest_change import smallest_change
from training.gold import PrintKind

TAGGING: Mapping[Arm, Tagging] = {"both": "cascade", "rules": "never", "tagger": "alone"}
"""Arms that read the report. The others decide anew on the cells of `both`, which found its rows and columns with the
help of the arithmetic: what they are measured with is better than what they would have found themselves."""
_ABSENT = Field(printed=None, kind="absent", value=None, status="missing", confidence=0.0)


def results_of(case: Case, arms: Iterable[Arm]) -> list[ReportResult]:
    """What the arms make of a report, in their order. A report that cannot be read is a result like any other."""
    read: dict[Arm, tuple[Report | str, float]] = {}
    found = []
    for arm in arms:
        way: Arm = arm if arm in TAGGING else "both"
        if way not in read:
            read[way] = _read(case, TAGGING[way])
        report, seconds = read[way]
        fields = {} if isinstance(report, str) else _decided(arm, report, case.name)
        found.append(_result(case, arm, report, fields, seconds if arm in TAGGING else 0.0))
    return found


def failed(case: Case, arms: Iterable[Arm], line: str) -> list[ReportResult]:
    """Results of a report that could not be read; `line` says why."""
    return [_result(case, arm, line, {}, 0.0) for arm in arms]


def _read(case: Case, tagging: Tagging) -> tuple[Report | str, float]:
    """The record, or the one line that says why there is none; and seconds."""
    started = time.perf_counter()
    try:
        report: Report | str = read_report(case.gold.document, tagging=tagging)
    except GoujiError as error:
        report = str(error)
    except Exception as error:  # a fault of ours on one report must not cost the figures of all others
        report = str(GoujiError(E901, reason=f"{type(error).__name__}: {error}"))
    return report, time.perf_counter() - started


def number_read(found: Field) -> Number | None:
    """The number that was read off the page, before the arithmetic was asked; None for a blank and for no number."""
    if found.printed is None or found.kind != "number":
        return None
    return read_cell(found.printed, signed=True, decimal=True).value


def _decided(arm: Arm, report: Report, name: str) -> Mapping[str, Field]:
    """The fields as the arm has them."""
    if arm == "no-reconcile":
        return {field_id: _as_read(found) for field_id, found in report.fields.items()}
    if arm == "smallest-change":
        values: dict[str, Number | None] = {}
        for table in _tables(report.templates):
            read = {field_id: number_read(report.fields[field_id]) for field_id in table.field_ids()}
            values |= smallest_change(table, read, f"{name} {table.id}")
        as_read = {field_id: _as_read(found) for field_id, found in report.fields.items()}
        return as_read | {field_id: _changed(as_read[field_id], value) for field_id, value in values.items()}
    return report.fields


def _as_read(found: Field) -> Field:
    """What stands there is what it is; a blank is 0. Nothing is known of a cell that was not found or not read."""
    if found.kind in ("blank", "dash"):
        return found.model_copy(update={"value": 0, "status": "read", "confidence": _score(found), "candidates": ()})
    value = number_read(found)
    status = "missing" if value is None else "read"
    confidence = 0.0 if value is None else _score(found)
    return found.model_copy(update={"value": value, "status": status, "confidence": confidence, "candidates": ()})


def _changed(as_read: Field, value: Number | None) -> Field:
    if value == as_read.value:
        return as_read
    status = "repaired" if as_read.status == "read" else "inferred"
    return as_read.model_copy(update={"value": value, "status": status, "confidence": 0.5})


def _score(found: Field) -> float:
    return found.source.score if found.source else 1.0


def _tables(templates: Mapping[str, str]) -> list[Table]:
    known = load_templates()
    return [known[template].tables[table_id] for table_id, template in sorted(templates.items())]


def _result(
    case: Case, arm: Arm, report: Report | str, fields: Mapping[str, Field], seconds: float
) -> ReportResult:
    gold, places = case.gold, case.about.places
    # Of a report that could not be read no number was put anywhere.
    rows, columns = (None, None) if places is None else alignments(fields, places)
    return ReportResult(
        name=case.name,
        document=str(gold.document),
        sha256=hashlib.sha256(gold.document.read_bytes()).hexdigest(),
        arm=arm,
        agency=case.agency,
        province=case.province,
        year=gold.year,
        origin=case.about.origin,
        groups=case.about.groups,
        status=report.status if not isinstance(report, str) else "failed",
        error=report if isinstance(report, str) else "",
        seconds=round(seconds, 3),
        pages=case.about.pages,
        fields=tuple(_field(case, field_id, report, fields.get(field_id, _ABSENT)) for field_id in gold.reconciled),
        rows=rows,
        columns=columns,
        source_inconsistent=_broken(gold.templates, gold.printed),
        flagged=() if isinstance(report, str) or arm == "smallest-change" else _flagged(report),
        findings=() if isinstance(report, str) else tuple(finding.code for finding in report.findings),
    )


def _field(case: Case, field_id: str, report: Report | str, found: Field) -> FieldResult:
    gold = case.gold
    entry = None if isinstance(report, str) else report.ledger.get(field_id)
    places = case.about.places
    return FieldResult(
        field=field_id,
        gold=gold.reconciled[field_id],
        known=gold.reconciled[field_id] is not None,
        gold_printed=gold.printed[field_id],
        gold_kind=_gold_kind(case, field_id),
        printed=found.printed,
        read=number_read(found),
        kind=found.kind,
        value=found.value,
        status=found.status,
        confidence=found.confidence,
        candidates=tuple(candidate.value for candidate in found.candidates),
        support=found.support,
        placed=None if places is None else is_placed(field_id, found, places),
        sentence=entry.sentence if entry else "",
        page=found.source.page if found.source else None,
        box=found.source.box if found.source else None,
        line=found.source.line if found.source else None,
        chars=found.source.chars if found.source else None,
    )


def _gold_kind(case: Case, field_id: str) -> PrintKind | None:
    """What stands there in the file. The gold of a report that was made says what its agency printed, before a damage
    took a cell away, a layout left empty ones out or a converter dropped them: then nothing tells where one still is.
    """
    kind = case.gold.kind_of(field_id)
    return kind if kind == "number" or case.about.origin == "real" else None


def _broken(templates: Mapping[str, str], printed: Mapping[str, Number | None]) -> tuple[str, ...]:
    """Equalities that what is truly printed breaks; those with a blank tell nothing."""
    known = load_templates()
    tables = [
        known[template].tables[table_id]
        for table_id, template in sorted(templates.items())
        if template in known and table_id in known[template].tables
    ]
    return tuple(rule.id for table in tables for rule in table.rules if assess(rule, printed).verdict == "fails")


def _flagged(report: Report) -> tuple[str, ...]:
    """Equalities that, as the record tells, the print breaks, whether it could be mended or not."""
    return tuple(rule for rule, result in report.rules.items() if result.printed == "fails")
