"""How often each field of the form is 0, from the values that were taken: what an answer will most likely be where the
program has no idea.

Most fields are 0, some hardly ever. Which total is worth asking about, because a 0 there settles a whole column,
follows from this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from annotations.select.settings import AnnotateSettings
from pipeline.acceptance import is_taken
from pipeline.record import Report
from pipeline.store.swap import store_folder

_QUERY = """SELECT field, count(*) FILTER (value = 0), count(*)
FROM fields WHERE taken AND value IS NOT NULL GROUP BY field"""


class ZeroShares:
    """Share of reports in which a field is 0, 0..1 and neither; the settings' assumption where it is not known."""

    def __init__(self, counts: Mapping[str, tuple[int, int]], settings: AnnotateSettings) -> None:
        """
        Args:
            counts: by field id, how many values are 0, of how many.
        """
        weight, usual = settings.zero_weight, settings.zero_share
        self._usual = usual
        self._shares = {
            field: (zero + weight * usual) / (known + weight) for field, (zero, known) in sorted(counts.items())
        }

    def of(self, field_id: str) -> float:
        return self._shares.get(field_id, self._usual)


def zeros_of_store(out: Path, settings: AnnotateSettings) -> ZeroShares:
    """From the tables of an output folder; from nothing where it has none.

    Raises:
        GoujiError: E305 where another version of the program wrote them.
    """
    if store_folder(out) is None:
        return ZeroShares({}, settings)
    from pipeline.store.database import open_store

    with open_store(out) as store:
        rows = store.execute(_QUERY).fetchall()
    return ZeroShares({field: (int(zero), int(known)) for field, zero, known in rows}, settings)


def zeros_of_reports(reports: Iterable[Report], settings: AnnotateSettings) -> ZeroShares:
    """The same from records at hand."""
    zero: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for report in reports:
        for field_id, field in report.fields.items():
            if is_taken(field) and field.value is not None:
                known[field_id] += 1
                zero[field_id] += field.value == 0
    return ZeroShares({field_id: (zero[field_id], known[field_id]) for field_id in known}, settings)
