"""Results small enough to count by hand."""

from __future__ import annotations

from pipeline.record import Number, Status
from training.evaluation.results import Arm, FieldResult, ReportResult


def field(name: str, gold: Number | None, value: Number | None, status: Status = "read") -> FieldResult:
    return FieldResult(
        field=name, gold=gold, known=True, gold_printed=gold, printed=str(value), read=value, kind="number",
        value=value, status=status, confidence=0.9,
    )  # fmt: skip


def report(
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
    fields = [field(f"t3.a.{at}", 1, 2) for at in range(wrong)]
    fields += [field(f"t3.a.{at}", 1, None, "ambiguous") for at in range(wrong, wrong + open_)]
    fields += [field(f"t3.a.{at}", 1, 1) for at in range(wrong + open_, cells)]
    return ReportResult(
        name=name, document=f"{name}.html", sha256=sha256, arm=arm, agency=agency, province=province, year=year,
        origin="synthetic", status="clean", fields=tuple(fields),
    )  # fmt: skip
