"""What linking knows and says of contents: rows small enough that those of all reports fit in memory."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain

from pipeline.acceptance import DECIDED
from pipeline.outcome import Outcome
from pipeline.reconcile.rules import number_text
from pipeline.record import Field, Number, Report, ReportStatus
from pipeline.recover.normalise import plain
from pipeline.template import load_templates

CARRIED_IN, CARRIED_OUT = "t3.carried_in", "t3.carried_out"


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One report, as far as linking has to know it."""

    sha256: str
    files: tuple[str, ...]
    """Names under which it was found, with folders where they are known."""
    agency: str | None
    """As read."""
    year: int | None
    published: str | None
    """ISO date."""
    status: ReportStatus
    settled: int
    """Fields decided: read, inferred or repaired."""
    ambiguous: int
    inconsistent: int
    lost: int
    """Fields for which no cell was found, or none that could be read."""
    values: tuple[Number | None, ...]
    """Of `evidence_fields()`, in their order; None where there is no value, or no such field in the form used."""
    unsettled: frozenset[str]
    """Those of them that the form used has and that are not decided; mostly none."""
    digest: str
    """The same for two reports whose values and printed numbers are the same, field by field."""

    def value(self, field_id: str) -> Number | None:
        return self.values[evidence_fields()[field_id]]

    def settled_value(self, field_id: str) -> Number | None:
        """None too where the value is not decided."""
        return None if field_id in self.unsettled else self.value(field_id)


@dataclass(frozen=True, slots=True)
class Linked:
    """Where one report stands among the others."""

    sha256: str
    agency_key: str
    """Normal form of the agency's name, the same for all its reports; empty where the agency is not known."""
    preferred: bool
    """Whether this is the one to count among the versions of one report."""
    before: str = ""
    """SHA-256 of the preferred report of the year before; empty where there is none or it is not certain."""
    note: str = ""
    """Why something was left apart, or what to know of the link; one sentence in Chinese, empty mostly."""
    version_of: str = ""
    """SHA-256 of the preferred version of this report; empty where this is the one preferred."""
    certain: bool = True
    """Whether all reports with this key are one agency's: not where the name would fit several."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two versions of one report are not the same."""

    agency_key: str
    year: int
    field: str
    """`t3.new.total`."""
    sha256_a: str
    """Of the version preferred."""
    sha256_b: str
    value_a: Number | None
    value_b: Number | None
    printed_a: str | None
    printed_b: str | None


@dataclass(frozen=True, slots=True)
class Links:
    """All that linking found, for whoever writes it down."""

    linked: Mapping[str, Linked] = field(default_factory=dict)
    """By SHA-256; a report that is not in it stands alone."""
    differences: Sequence[Difference] = ()


@cache
def evidence_fields() -> Mapping[str, int]:
    """Fields that say something of the year before or after, each with its place in `IndexRow.values`.

    They are applications carried over, documents in force, issued and repealed (2021), and the items of the year
    before with their change (2019).
    """
    found: dict[str, None] = {}
    for template in load_templates().values():
        for field_id in chain.from_iterable(table.field_ids() for table in template.tables.values()):
            table_id, row, column = field_id.split(".")
            carried = f"{table_id}.{row}" in (CARRIED_IN, CARRIED_OUT)
            if carried or (table_id == "t2" and column in ("in_force", "issued", "repealed", "previous", "change")):
                found[field_id] = None
    return {field_id: at for at, field_id in enumerate(found)}


def index_row(outcome: Outcome, files: Sequence[str] = ()) -> IndexRow | None:
    """The row of an outcome; None where it has no report, and so nothing to link.

    Args:
        files: names under which the content was found; without them, the one in its record.
    """
    report = outcome.report
    if report is None:
        return None
    count = Counter(found.status for found in report.fields.values())
    known = [report.fields.get(field_id) for field_id in evidence_fields()]
    return IndexRow(
        sha256=outcome.sha256,
        files=tuple(sorted(files)) or (report.file,),
        agency=report.agency,
        year=report.year,
        published=report.published,
        status=report.status,
        settled=sum(count[status] for status in DECIDED),
        ambiguous=count["ambiguous"],
        inconsistent=count["inconsistent"],
        lost=sum(f.status == "missing" and f.kind in ("absent", "unread") for f in report.fields.values()),
        values=tuple(None if found is None else found.value for found in known),
        unsettled=frozenset(
            field_id for field_id, found in zip(evidence_fields(), known, strict=True) if found and not decided(found)
        ),
        digest=_digest(report),
    )


def decided(found: Field) -> bool:
    return found.status in DECIDED and found.value is not None


def printed_number(found: Field) -> str | None:
    """The number printed, without spaces and separators; None where none is: a blank or a dash is no number."""
    if found.kind != "number" or found.printed is None:
        return None
    return re.sub(r"[\s,]", "", plain(found.printed))


def _digest(report: Report) -> str:
    mark = hashlib.sha256()
    for field_id, found in sorted(report.fields.items()):
        value = "" if found.value is None else number_text(found.value)
        mark.update(f"{field_id}={value}={printed_number(found) or ''}\n".encode())
    return mark.hexdigest()[:32]
