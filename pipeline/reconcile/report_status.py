"""The status of a report whose tables and sections are all there, by its fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pipeline.record import Kind, Number, ReportStatus, Status


class Settled(Protocol):
    """What tells of a field: a decision, or the field of a record."""

    @property
    def status(self) -> Status: ...

    @property
    def value(self) -> Number | None: ...


def is_open(status: Status, kind: Kind) -> bool:
    """Whether somebody who looks at the page could still settle the field."""
    return status == "ambiguous" or (status == "missing" and kind in ("absent", "unread"))


def status_of(fields: Iterable[tuple[Settled, Kind]]) -> ReportStatus:
    """`review`, `inconsistent`, `repaired` or `clean`; docs/record.md says what each means."""
    known = list(fields)
    statuses = {field.status for field, _ in known}
    if any(is_open(field.status, kind) for field, kind in known):
        return "review"
    if "inconsistent" in statuses:
        return "inconsistent"
    filled = any(field.status == "inferred" and (field.value or kind in ("absent", "unread")) for field, kind in known)
    return "repaired" if filled or "repaired" in statuses else "clean"
