"""The cells of a task as they were shown, read back from its data."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pipeline.answers import PrintKind, Verdict
from pipeline.errors import E405, GoujiError
from pipeline.record import Kind, Number
from pipeline.tag.labels import fields

Tell = Callable[[str, str], None]
"""Told the field (empty where it is about the whole annotation) and what is wrong with it, in Chinese."""

_KINDS: Mapping[object, Kind] = {kind: kind for kind in get_args(Kind)}
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as the task shows it."""

    field: str
    kind: Kind
    proposed: Number | None
    printed: Number | None
    codes: frozenset[str]
    """Of the answers that it offers."""


def check_task(data: Mapping[str, Any]) -> None:
    """Raises GoujiError: E405 where what every task has is not there."""
    texts = all(isinstance(data.get(name), str) for name in ("key", "sha256", "program"))
    if not texts or not data["key"] or not _SHA256.fullmatch(data["sha256"]):
        raise GoujiError(E405, reason="任务缺少 key、sha256 或 program")


def shown_cells(cells: object, named: str) -> list[ShownCell]:
    """
    Args:
        named: what the task calls them, for what is told.

    Raises:
        GoujiError: E405 where they are none that were pushed.
    """
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise GoujiError(E405, reason=f"任务的 {named} 不是一列格子")
    found = [_shown_cell(cell) for cell in cells]
    if len({one.field for one in found}) != len(found):
        raise GoujiError(E405, reason="任务中同一格出现了两次")
    return found


def verdict_on(cell: ShownCell, kind: PrintKind | None, printed: Number | None) -> Verdict:
    """Of a cell without a number only that was asked; what it stands for follows from the others, see answered.py."""
    if kind != "number":
        return "ok" if kind == cell.kind else "corrected"
    return "ok" if cell.kind == "number" and cell.printed == printed == cell.proposed else "corrected"


def _shown_cell(cell: Mapping[str, Any]) -> ShownCell:
    field, told, choices = cell.get("field"), cell.get("kind"), cell.get("choices", [])
    kind = _KINDS.get(told) if isinstance(told, str) else None
    if field not in fields():
        raise GoujiError(E405, reason=f"任务中没有这样的字段：{field}")
    known = isinstance(choices, list) and all(isinstance(one, dict) for one in choices)
    if kind is None or not known or not all(map(_is_number, (cell.get("proposed"), cell.get("printed")))):
        raise GoujiError(E405, reason=f"任务中 {field} 的 kind、proposed、printed 或 choices 有误")
    codes = frozenset(str(one.get("alias", one.get("value"))) for one in choices)
    return ShownCell(str(field), kind, cell.get("proposed"), cell.get("printed"), codes)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not (value is None or isinstance(value, int | float)):
        return False
    return value is None or math.isfinite(value)
