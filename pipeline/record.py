"""What comes out: one `Report` a file, versioned, JSON in and out.

The JSON is documented in docs/record.md. Models are frozen: a decision is made once.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Member

from pipeline.document import Box

Number = int | float
Kind = Literal["number", "blank", "dash", "unread", "absent"]
Status = Literal["read", "inferred", "repaired", "ambiguous", "inconsistent", "missing"]
Support = Literal["reader", "arithmetic", "prose", "last_year", "annotator"]
ReportStatus = Literal["clean", "repaired", "inconsistent", "review", "partial", "failed"]
Level = Literal["info", "warning", "inconsistency"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Candidate(_Frozen):
    """A value that a rival solution gives the field."""

    value: Number | None
    cost: float
    """Cost in nats above the cheapest solution; 0 for those that tie with it."""


class SeenText(_Frozen):
    """What one look at the pixels of a cell gave."""

    reader: str
    text: str
    score: float


class FieldSource(_Frozen):
    """Where the printed text stands and who read it."""

    page: int | None = None
    box: Box | None = None
    line: int | None = None
    chars: tuple[int, int] | None = None
    place: str | None = None
    reader: str = ""
    score: float = 1.0
    text: str = ""
    """The whole text of the cell, or of the run of digits that the cell was cut from."""
    looks: tuple[SeenText, ...] = ()
    """What each look at the pixels of a suspect cell gave, the first one first; empty where one look was enough."""


class Field(_Frozen):
    """One number of the form: what was printed and what it must be."""

    printed: str | None
    """The number as printed, without unit or note; `-`, `/`, `无` for a dash; null where nothing is printed."""
    kind: Kind
    value: Number | None
    status: Status
    confidence: float = Member(ge=0, le=1)
    candidates: tuple[Candidate, ...] = ()
    support: tuple[Support, ...] = ()
    source: FieldSource | None = None
    unit: str | None = None
    """As printed beside the number (元, 万元, 件), null where none is."""


class Finding(_Frozen):
    """Something a reader of the report should know, apart from any error of ours."""

    level: Level
    code: str
    message: str
    left: Number | None = None
    right: Number | None = None
    difference: Number | None = None
    fields: tuple[str, ...] = ()
    clause: str | None = None
    quotes: tuple[str, ...] = ()
    """The passages of prose that it rests on."""


class Section(_Frozen):
    title: str
    text: str


class RuleResult(_Frozen):
    """One equality of the form, on the print and on the values decided."""

    printed: Literal["holds", "fails", "not assessable"]
    decided: Literal["holds", "fails", "not assessable"]


class LedgerEntry(_Frozen):
    """Why a field has the value that it has."""

    sentence: str
    """One sentence, in Chinese."""
    rules: tuple[str, ...] = ()
    """Ids of the rules that forced the decision."""
    equations: tuple[str, ...] = ()
    """These rules with the numbers put in."""


class Report(_Frozen):
    """The record of one report. Every field id of the templates used is present in `fields`."""

    schema_: Literal["gouji-record/1"] = Member(default="gouji-record/1", alias="schema")
    file: str
    sha256: str
    agency: str | None
    year: int | None
    period: tuple[str, str] | None = None
    """First and last day covered, ISO dates."""
    published: str | None = None
    """ISO date."""
    templates: dict[str, str]
    """Template by table: `{"t2": "2021", "t3": "2019", "t4": "2021"}`."""
    status: ReportStatus
    fields: dict[str, Field]
    findings: tuple[Finding, ...] = ()
    sections: dict[str, Section] = {}
    rules: dict[str, RuleResult] = {}
    ledger: dict[str, LedgerEntry] = {}
    warnings: tuple[str, ...] = ()

    def to_json(self, indent: int | None = None) -> str:
        """The same bytes for the same report: keys in declared order; one line unless `indent` asks for more."""
        return self.model_dump_json(by_alias=True, indent=indent) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Report:
        """Raises pydantic.ValidationError where the schema version or the shape differs."""
        return cls.model_validate_json(text)
