"""What one arm made of one report, beside its gold: all that the figures are counted from, as JSON on disk."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipeline.document import Box
from pipeline.record import Kind, Number, ReportStatus, Status, Support

Arm = Literal["rules", "tagger", "both", "no-reconcile", "smallest-change"]
ARMS: dict[Arm, str] = {
    "both": "规则与模型并用",
    "rules": "只用规则",
    "tagger": "只用模型",
    "no-reconcile": "不做勾稽（所读即所得）",
    "smallest-change": "改动最少（同分随机）",
}
"""The arms and what pages call them; the first is the program as it is used."""
ACCEPTED: frozenset[Status] = frozenset({"read", "repaired", "inferred"})


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldResult(_Frozen):
    """One field of the form: what the gold says and what came out."""

    field: str
    gold: Number | None
    """What the agency reported; null where `known` is false."""
    known: bool
    """Whether the gold knows the value; fields that it does not know are not scored."""
    gold_printed: Number | None
    """What the page prints there; null for a blank or a dash."""
    gold_kind: Literal["number", "blank", "dash"] | None = None
    """Which of these stands there for whoever reads the file; null where the gold does not tell."""
    printed: str | None
    """The text that was read there; null where nothing was."""
    read: Number | None
    """That text as a number, before the arithmetic was asked; null for a blank, a dash and what is no number."""
    kind: Kind
    value: Number | None
    status: Status
    confidence: float
    candidates: tuple[Number | None, ...] = ()
    support: tuple[Support, ...] = ()
    placed: bool | None = None
    """Whether what was read there stands where the gold says that this field is printed; null where the gold does not
    tell places, or nothing is printed."""
    sentence: str = ""
    """Of the ledger."""
    page: int | None = None
    box: Box | None = None
    line: int | None = None
    chars: tuple[int, int] | None = None
    """Where it was read: page from 1, box in the page's own units, line of a text file from 1, characters of it."""

    @property
    def accepted(self) -> bool:
        """Whether a data team would take the value without looking."""
        return self.status in ACCEPTED

    @property
    def right(self) -> bool:
        """Whether the value is the gold's; meaningful where `known`."""
        return self.known and same(self.value, self.gold)

    @property
    def read_right(self) -> bool:
        """Whether the number read off the page is the one printed there."""
        return same(self.read, self.gold_printed)


class Alignment(_Frozen):
    """Counts of strict matches of recovered places with true ones: cells put into their row, or into their column."""

    right: int = 0
    said: int = 0
    there: int = 0


class ReportResult(_Frozen):
    """One arm's result on one report."""

    name: str
    """Unique within a run."""
    document: str
    """Path of the document as given, for a link."""
    sha256: str
    arm: Arm
    agency: str
    """`""` where the gold does not tell."""
    province: str
    """Short name, as 浙江; `""` where it is not known."""
    year: int | None
    origin: Literal["real", "synthetic", "injected"]
    groups: tuple[str, ...] = ()
    """Kinds of damage, layout, converter: what figures are split by, as `damage rows_fused` or `layout pipes`."""
    status: ReportStatus
    error: str = ""
    """The one line of a report that could not be read; then all its fields are `missing`."""
    seconds: float = 0.0
    """Of wall time; 0 for arms that only decide anew on what another arm read."""
    pages: int = 1
    fields: tuple[FieldResult, ...]
    rows: Alignment | None = None
    """Cells put into their row; null where the gold does not tell places."""
    columns: Alignment | None = None
    source_inconsistent: tuple[str, ...] = ()
    """Equalities, by id, that what the page truly prints breaks."""
    flagged: tuple[str, ...] = ()
    """Equalities, by id, that the record says the print breaks."""
    findings: tuple[str, ...] = ()
    """Codes."""

    @property
    def exact(self) -> bool:
        """Whether every field that the gold knows has its value."""
        return all(one.right for one in self.fields if one.known)

    @property
    def wrong_accepted(self) -> tuple[FieldResult, ...]:
        """Fields with a wrong value that a data team would take without looking."""
        return tuple(one for one in self.fields if one.known and one.accepted and not one.right)


def same(left: Number | None, right: Number | None) -> bool:
    """Equal as numbers, or both nothing; 5 and 5.0 are."""
    if left is None or right is None:
        return left is right
    return abs(left - right) <= 1e-9
