"""Figures looked up in a part."""

from __future__ import annotations

from typing import Any

from training.evaluation.figures import Figure, Part, Table, Value


def figure_of(part: Part, id: str, arm: str = "both", group: str = "全部") -> Figure:
    """The one figure of this id, arm and group."""
    (found,) = (one for one in part.figures if (one.id, one.arm, one.group) == (id, arm, group))
    return found


def share_of(part: Part, id: str, arm: str = "both", group: str = "全部") -> tuple[Any, int]:
    """Its value, of any type so that it may be held against a rounded one, and n."""
    found = figure_of(part, id, arm, group)
    return found.value, found.n


def rows_of(table: Table) -> dict[Value, dict[str, Value]]:
    """Rows by their first cell, each by column."""
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
