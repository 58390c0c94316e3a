"""What an evaluation says: figures with their interval, tables and plots, in eight parts. JSON in and out."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Unit = Literal["share", "count", "seconds", "minutes", "number"]
"""`share` is 0..1 and shown in per cent."""
Value = str | int | float | None


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Frozen):
    """One figure of one arm."""

    id: str
    """Stable, as `exact.reports`; two runs are compared by it, together with arm and group."""
    label: str
    """In Chinese, as the page shows it."""
    arm: str
    group: str = "全部"
    """What it is counted over: all, or a split such as `省份 浙江` or `损坏 rows_fused`."""
    value: float | None
    """Null where nothing was there to count."""
    low: float | None = None
    high: float | None = None
    """95 % interval; for counts of what must not happen `high` is the upper bound."""
    n: int
    """What it is counted over: the denominator."""
    of: str = ""
    """What `n` counts, in Chinese: 份报告, 格, 个机关."""
    unit: Unit = "share"
    better: Literal["high", "low", ""] = "high"


class Table(_Frozen):
    """Rows that a person may sort and filter."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""


class Series(_Frozen):
    """Points of a plot, x ascending."""

    name: str
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


class Plot(_Frozen):
    title: str
    kind: Literal["lines", "bars"]
    x: str
    """Label of the axis; in a plot of bars each point's x is its place."""
    y: str
    series: tuple[Series, ...]
    names: tuple[str, ...] = ()
    """Of the places of bars."""
    note: str = ""


class Card(_Frozen):
    """A cell that went wrong, for a person to look at."""

    report: str
    document: str
    """Where the document lies, for a link."""
    field: str
    label: str
    """The form's own words."""
    fault: str
    """As a person is told: 错而采用, 错, 未定."""
    printed: str | None
    value: str
    gold: str
    confidence: float
    sentence: str
    text: str = ""
    """What stands around it, where the document is text."""
    crop: str = ""
    """A data URL of the cell's picture, where there is one."""
    page: int | None = None


class Part(_Frozen):
    number: int
    title: str
    says: str
    """What the part answers, in a sentence or two of Chinese."""
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    plots: tuple[Plot, ...] = ()


class Evaluation(_Frozen):
    """A whole evaluation: what evaluation.json holds."""

    schema_: Literal["gouji-evaluation/1"] = "gouji-evaluation/1"
    command: str
    """What makes it."""
    version: str
    reports: int
    agencies: int
    arms: tuple[str, ...]
    parts: tuple[Part, ...]
    cards: tuple[Card, ...] = ()
    notes: tuple[str, ...] = ()
