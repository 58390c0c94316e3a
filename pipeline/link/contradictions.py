"""Which reports are read again with the report of the year before beside them: those that may gain by it.

The findings themselves are made where a report is read (pipeline/reconcile/last_year.py); here it is only decided for
which reports that is worth its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.link.rows import CARRIED_IN, CARRIED_OUT, IndexRow, Linked, evidence_fields
from pipeline.record import Report


def reread(rows: Iterable[IndexRow], linked: Mapping[str, Linked]) -> list[tuple[str, str]]:
    """(SHA-256, SHA-256 of the report of the year before) of all reports to read again, the earlier years first.

    To be read again is what left open what the year before could tell, what contradicts the year before, and what
    follows a report that is itself read again and of whose evidence something was open. The evidence for a year is
    last year's record after its own second reading, where it has one: years are read one after the other, within a
    year in any order.
    """
    known = {row.sha256: row for row in rows}
    found: dict[str, str] = {}
    for row in sorted(known.values(), key=lambda row: (row.year or 0, row.sha256)):
        before = known.get(linked[row.sha256].before)
        if before is None:
            continue
        follows = before.sha256 in found and bool(before.unsettled)
        if follows or (_says_anything(before) and (_is_open(row) or _contradicts(row, before))):
            found[row.sha256] = before.sha256
    return list(found.items())


def evidence(report: Report) -> Report:
    """Last year's record as `read_report` takes it from whoever knows that it is the same agency's: without its name,
    which may be written otherwise there."""
    return report.model_copy(update={"agency": None})


def _is_open(row: IndexRow) -> bool:
    """Whether something is open of which last year's report says anything: what was carried in, and what there was the
    year before. All else that is open would be open again."""
    return any(field.startswith(f"{CARRIED_IN}.") or field.endswith(".previous") for field in row.unsettled)


def _says_anything(before: IndexRow) -> bool:
    return any(value is not None for value in before.values)


def _contradicts(row: IndexRow, before: IndexRow) -> bool:
    """As pipeline/reconcile/last_year.py finds it."""
    for field_id in evidence_fields():
        if field_id.startswith(f"{CARRIED_IN}."):
            then = before.settled_value(field_id.replace(CARRIED_IN, CARRIED_OUT, 1))
            now = row.value(field_id)
            if then is not None and now is not None and then != now:
                return True
        elif field_id.endswith(".in_force"):
            then = before.value(field_id)
            stock = [row.value(field_id.replace("in_force", column)) for column in ("issued", "repealed", "in_force")]
            issued, repealed, in_force = stock
            if then is None or issued is None or repealed is None or in_force is None:
                continue
            if then + issued - repealed != in_force:
                return True
    return False
