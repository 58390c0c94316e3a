"""From one annotation of the task "check these cells" to what the person said of each cell.

A cell whose answer cannot be understood is told of and left out; the others of the same annotation stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from annotations.pull.shown_cells import ShownCell, Tell, check_task, shown_cells, verdict_on
from annotations.pull.typed_numbers import typed_number
from annotations.push.choices import BLANK, DASH, MENDED, NUMBER, OTHER, SOURCE, UNREADABLE
from pipeline.answers import CellAnswer, PrintKind, Verdict
from pipeline.reconcile.rules import number_text
from pipeline.record import Number

_REGION = re.compile(r"(verdict|number)_(\d{1,4})")
_PRINT_KINDS: Mapping[object, PrintKind] = {kind: kind for kind in get_args(PrintKind)}


@dataclass(frozen=True, slots=True)
class _Said:
    """What the annotation has about one cell."""

    choices: tuple[str, ...] = ()
    typed: tuple[str, ...] = ()


def answers_of(
    data: Mapping[str, Any], result: Sequence[Any], annotator: str, at: str, seconds: float | None, tell: Tell
) -> list[CellAnswer]:
    """The answers of one annotation, in the order of the cells. Cells without an answer give nothing.

    Args:
        data: of the task.
        result: of the annotation.
        at: ISO 8601 in UTC.
        seconds: that the task took; None where it is not known.
        tell: told each answer that is left out.

    Raises:
        GoujiError: E405 where the task itself is none that was pushed, so that nothing in it can be understood.
    """
    asked = cells_of(data)
    said = _by_cell(result, len(asked), tell)
    found = []
    for index, cell in enumerate(asked):
        if index not in said:
            continue
        try:
            verdict, kind, printed, value = _understood(cell, said[index])
        except ValueError as problem:
            tell(cell.field, str(problem))
            continue
        found.append(
            CellAnswer(
                field=cell.field, verdict=verdict, kind=kind, printed=printed, value=value, proposed=cell.proposed,
                program=data["program"], annotator=annotator, at=at, seconds=seconds, task=data["key"],
                adjudicates=data.get("adjudicates") is True,
            )
        )  # fmt: skip
    return found


def cells_of(data: Mapping[str, Any]) -> list[ShownCell]:
    """The cells that the task is about.

    Raises:
        GoujiError: E405 where the task is none that was pushed.
    """
    check_task(data)
    return shown_cells(data.get("cells"), "cells")


def _by_cell(result: Sequence[Any], n_cells: int, tell: Tell) -> dict[int, _Said]:
    found: dict[int, _Said] = {}
    for region in result:
        name, index, values = _region(region)
        if index is None or index >= n_cells:
            tell("", f"有一处答案不属于任何一格：{name or '没有名称'}")
            continue
        before = found.get(index, _Said())
        if name == "verdict":
            found[index] = _Said((*before.choices, *values), before.typed)
        else:
            typed = tuple(text for text in values if text.strip())
            found[index] = _Said(before.choices, (*before.typed, *typed))
    return {index: one for index, one in found.items() if one.choices or one.typed}


def _region(region: Any) -> tuple[str, int | None, tuple[str, ...]]:
    """Name, index of the cell, and values of one region; no index where it is none that the screen makes."""
    name = str(region.get("from_name", "")) if isinstance(region, dict) else ""
    found, value = _REGION.fullmatch(name), region.get("value") if isinstance(region, dict) else None
    if found is None or not isinstance(value, dict):
        return name, None, ()
    values = value.get("choices" if found[1] == "verdict" else "text")
    values = [values] if isinstance(values, str) else values
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        return name, None, ()
    return found[1], int(found[2]), tuple(values)


def _understood(cell: ShownCell, said: _Said) -> tuple[Verdict, PrintKind | None, Number | None, Number | None]:
    """(verdict, kind, printed, value). Raises ValueError with what is wrong."""
    choices = set(said.choices)
    if len(choices) != 1:
        raise ValueError("没有选结论，只填了数字" if not choices else f"选了两个结论：{'、'.join(sorted(choices))}")
    (choice,) = choices
    if choice not in cell.codes:
        raise ValueError(f"选项“{choice}”不在任务给出的选项里")
    typed = _typed(cell, said)
    if choice == SOURCE:
        return ("source_wrong", *_of_source(cell, typed))
    if choice == OTHER:
        if typed is None:
            raise ValueError("选了“其他数字”而没有填数字")
        return verdict_on(cell, "number", typed), "number", typed, typed
    if choice.startswith(NUMBER):
        number = typed_number(choice.removeprefix(NUMBER), cell.field)
        if typed is not None and typed != number:
            raise ValueError(f"选的是 {number_text(number)}，填的是 {number_text(typed)}")
        return verdict_on(cell, "number", number), "number", number, number
    if typed is not None:
        raise ValueError(f"选的是“{choice}”，却填了 {number_text(typed)}")
    if choice == UNREADABLE:
        return "unreadable", None, None, None
    if choice == MENDED:
        return "ok", "number", cell.printed, cell.proposed
    if choice in (BLANK, DASH):
        kind: PrintKind = "blank" if choice == BLANK else "dash"
        return verdict_on(cell, kind, None), kind, None, None
    raise ValueError(f"不认识的选项“{choice}”")


def _typed(cell: ShownCell, said: _Said) -> Number | None:
    numbers = {typed_number(text, cell.field) for text in said.typed}
    if len(numbers) > 1:
        raise ValueError(f"填了两个数字：{'、'.join(sorted(map(number_text, numbers)))}")
    return next(iter(numbers), None)


def _of_source(cell: ShownCell, typed: Number | None) -> tuple[PrintKind, Number | None, Number | None]:
    """What is printed stays as the program read it."""
    kind = _PRINT_KINDS.get(cell.kind)
    if kind is None:
        raise ValueError("选了“原文有误”，而程序没有读出原文印的是什么")
    if typed is not None and typed == cell.printed:
        raise ValueError(f"选了“原文有误”，填的却正是原文的 {number_text(typed)}")
    return kind, cell.printed, typed
