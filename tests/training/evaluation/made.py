"""Results made up for tests: right in every way but where something is said."""

from __future__ import annotations

from typing import Literal

from pipeline.record import Kind, Number, ReportStatus, Status, Support
from training.evaluation.results import Alignment, Arm, FieldResult, ReportResult, same
from training.gold import PrintKind

AsBefore = Literal["as before"]


def field(
    gold: Number | None = 0,
    *,
    id: str = "t3.new.natural",
    known: bool = True,
    gold_printed: Number | AsBefore | None = "as before",
    gold_kind: PrintKind | None = None,
    read: Number | AsBefore | None = "as before",
    printed: str | AsBefore | None = "as before",
    kind: Kind | None = None,
    value: Number | AsBefore | None = "as before",
    status: Status | None = None,
    confidence: float = 0.99,
    candidates: tuple[Number | None, ...] = (),
    support: tuple[Support, ...] = (),
    placed: bool | None = None,
    sentence: str = "",
    page: int | None = None,
) -> FieldResult:
    """A field that the page prints as `gold`, that was read so, and is given out so.

    Each of `gold_printed`, `read` and `printed` is what the one before it is unless given, and `value` is `gold`; kind
    and status are those that fit.
    """
    on_page = gold if gold_printed == "as before" else gold_printed
    number = on_page if read == "as before" else read
    text = (None if number is None else str(number)) if printed == "as before" else printed
    decided = gold if value == "as before" else value
    return FieldResult(
        field=id,
        gold=gold if known else None,
        known=known,
        gold_printed=on_page,
        gold_kind=gold_kind,
        printed=text,
        read=number,
        kind=kind or ("blank" if number is None else "number"),
        value=decided,
        status=status or _status(number, decided),
        confidence=confidence,
        candidates=candidates,
        support=support,
        placed=placed,
        sentence=sentence,
        page=page,
    )


def _status(read: Number | None, value: Number | None) -> Status:
    if value is None:
        return "missing"
    return "inferred" if read is None else "read" if same(read, value) else "repaired"


def blank(
    gold: Number | None = 0, *, id: str = "t3.new.natural", value: Number | AsBefore | None = "as before"
) -> FieldResult:
    """A field of which the page prints nothing."""
    return field(gold, id=id, gold_printed=None, value=value)


def report(
    *fields: FieldResult,
    name: str = "一",
    arm: Arm = "both",
    agency: str = "甲市财政局",
    province: str = "浙江",
    year: int | None = 2021,
    origin: Literal["real", "synthetic", "injected"] = "synthetic",
    groups: tuple[str, ...] = (),
    status: ReportStatus = "clean",
    error: str = "",
    seconds: float = 0.0,
    pages: int = 1,
    rows: Alignment | None = None,
    columns: Alignment | None = None,
    source_inconsistent: tuple[str, ...] = (),
    flagged: tuple[str, ...] = (),
    findings: tuple[str, ...] = (),
) -> ReportResult:
    return ReportResult(
        name=name,
        document=f"{name}.txt",
        sha256="0" * 64,
        arm=arm,
        agency=agency,
        province=province,
        year=year,
        origin=origin,
        groups=groups,
        status=status,
        error=error,
        seconds=seconds,
        pages=pages,
        fields=fields,
        rows=rows,
        columns=columns,
        source_inconsistent=source_inconsistent,
        flagged=flagged,
        findings=findings,
    )


def failed(*gold: Number, name: str = "一", agency: str = "甲市财政局", arm: Arm = "both") -> ReportResult:
    """A report that could not be read, and prints these numbers, four at most."""
    fields = [
        field(one, id=f"t3.{row}.natural", read=None, kind="absent", value=None)
        for row, one in zip(("new", "carried_in", "granted", "partial"), gold, strict=False)
    ]
    error = f"{name}.txt: E105 文件损坏或不完整"
    return report(*fields, name=name, agency=agency, arm=arm, status="failed", error=error)


def report_of_cells(
    name: str,
    agency: str = "",
    province: str = "",
    year: int | None = None,
    wrong: int = 0,
    open_: int = 0,
    cells: int = 4,
    arm: Arm = "both",
    sha256: str = "0",
) -> ReportResult:
    """`cells` fields that should be 1: the first `wrong` are accepted as 2, the next `open_` are ambiguous."""
    fields = [
        field(
            1, id=f"t3.a.{at}", read=2 if at < wrong + open_ else 1, confidence=0.9,
            value=2 if at < wrong else None if at < wrong + open_ else 1,
            status="ambiguous" if wrong <= at < wrong + open_ else "read",
        )
        for at in range(cells)
    ]  # fmt: skip
    made = report(*fields, name=name, arm=arm, agency=agency, province=province, year=year)
    return made.model_copy(update={"sha256": sha256})
