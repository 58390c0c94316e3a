"""From one annotation of the task "overview" to what it says of each cell of the table.

An overview that contradicts itself is told of and left out as a whole: which of its parts was meant nobody knows. One
that no numbers could fit whose sums hold settles nothing: the page or the person is wrong, and cell by cell will tell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from annotations.pull.shown_cells import ShownCell, Tell, check_task, shown_cells, verdict_on
from annotations.push.overview_tasks import ABSENT, BLANK, DASH, MIXED, ZERO
from pipeline.answers import CellAnswer, PrintKind, Verdict
from pipeline.errors import E405, GoujiError
from pipeline.record import Number
from pipeline.template import Table, load_templates, table

_PARTS = ("rows", "columns", "rest", "zeros")
CANNOT_HOLD = "总览所选的行和栏不可能同时合乎勾稽关系，这张表改为逐格核对；如果是选错了，请改正后再 pull"


def overview_cells(data: Mapping[str, Any]) -> list[ShownCell]:
    """The cells that the overview is about.

    Raises:
        GoujiError: E405 where the task is none that was pushed.
    """
    check_task(data)
    overview = data.get("overview")
    if not isinstance(overview, list) or len(overview) != 1 or not isinstance(overview[0], dict):
        raise GoujiError(E405, reason="任务的 overview 不是一份总览")
    cells = shown_cells(overview[0].get("cells"), "overview.cells")
    if len({one.field.split(".")[0] for one in cells}) != 1:
        raise GoujiError(E405, reason="总览不是关于一张表的")
    template = overview[0].get("template")
    if not isinstance(template, str) or template not in load_templates():
        raise GoujiError(E405, reason=f"总览的表式是 {template}")
    return cells


def overview_answers(
    data: Mapping[str, Any], result: Sequence[Any], annotator: str, at: str, seconds: float | None, tell: Tell
) -> list[CellAnswer]:
    """An answer about each cell, `number_seen` or `left_open` where it has still to be asked about; none where the
    overview was left out. The arguments are those of `answers_of`.

    Raises:
        GoujiError: E405 where the task itself is none that was pushed.
    """
    cells, overview = overview_cells(data), data["overview"][0]
    try:
        rows, columns, rest, zeros = _understood(overview, result)
    except ValueError as problem:
        tell("", str(problem))
        return []
    said = [_said(cell, rows, columns, rest, zeros) for cell in cells]
    seen = {cell.field for cell, (verdict, _, _) in zip(cells, said, strict=True) if verdict == "number_seen"}
    zero = {cell.field for cell, (_, _, printed) in zip(cells, said, strict=True) if printed == 0}
    if not can_hold(table(overview["template"], cells[0].field.split(".")[0]), seen, zero):
        tell("", CANNOT_HOLD)
        said = [_said(cell, (), (), MIXED, ()) for cell in cells]
    return [
        CellAnswer(
            field=cell.field, verdict=verdict, kind=kind, printed=printed, value=printed, proposed=cell.proposed,
            program=data["program"], annotator=annotator, at=at, seconds=seconds, task=data["key"], overview=True,
        )
        for cell, (verdict, kind, printed) in zip(cells, said, strict=True)
    ]  # fmt: skip


def can_hold(of: Table, numbers: Collection[str], zero: Collection[str]) -> bool:
    """Whether the sums of the form can hold: where one of the summands is more than 0 the sum is not 0, and the other
    way round, numbers being no less than 0.

    Args:
        numbers: fields in whose row, and in whose column, a number other than 0 is printed, be it in them or beside.
        zero: fields that print 0. Of all others nothing is known.
    """
    for part, across_rows in ((1, True), (2, False)):
        # Of a row: is there a column in which its number could be? The same of a column, among the rows.
        possible: dict[tuple[object, ...], bool] = {}
        for rule in of.rules:
            if rule.across_rows != across_rows:
                continue
            for one, other in ((rule.left, rule.right), (rule.right, rule.left)):
                for field in set(one).intersection(numbers):
                    lines = frozenset(each.split(".")[part] for each in other)
                    line = (field.split(".")[part], lines)
                    possible[line] = possible.get(line, False) or not set(other).issubset(zero)
        if not all(possible.values()):
            return False
    return True


def _said(
    cell: ShownCell, rows: Collection[str], columns: Collection[str], rest: str, zeros: Collection[str]
) -> tuple[Verdict, PrintKind | None, Number | None]:
    """(verdict, kind, printed)"""
    _, row, column = cell.field.split(".")
    if rest in (MIXED, ABSENT):
        return ("left_open" if rest == MIXED else "unreadable"), None, None
    if row in rows and column in columns:
        return "number_seen", None, None
    if rest == ZERO or column in zeros:
        return verdict_on(cell, "number", 0), "number", 0
    kind: PrintKind = "blank" if rest == BLANK else "dash"
    return verdict_on(cell, kind, None), kind, None


def _understood(
    asked: Mapping[str, Any], result: Sequence[Any]
) -> tuple[frozenset[str], frozenset[str], str, frozenset[str]]:
    """(rows, columns, rest, zeros). Raises ValueError with what is wrong."""
    chosen = {part: _chosen(part, asked, result) for part in _PARTS}
    rows, columns, rest, zeros = (chosen[part] for part in _PARTS)
    if len(rest) != 1:
        raise ValueError("总览没有说其余的格是什么" if not rest else "总览说其余的格既是这样又是那样")
    if bool(rows) != bool(columns):
        raise ValueError("总览选了行而没有选栏" if rows else "总览选了栏而没有选行")
    (what,) = rest
    if what == ABSENT and rows:
        raise ValueError("总览选了行和栏，又说文件里没有这张表")
    if zeros and what not in (BLANK, DASH):
        raise ValueError("总览选了印着 0 的栏，而其余的格并非空白或横线")
    return rows, columns, what, zeros


def _chosen(part: str, asked: Mapping[str, Any], result: Sequence[Any]) -> frozenset[str]:
    offered = asked.get(part)
    if not isinstance(offered, list) or not all(isinstance(one, dict) for one in offered):
        raise GoujiError(E405, reason=f"总览的 {part} 有误")
    known = {str(one.get("alias", one.get("value"))) for one in offered}
    found: set[str] = set()
    for region in result:
        if not isinstance(region, dict) or region.get("from_name") != f"{part}_0":
            continue
        value = region.get("value")
        choices = value.get("choices") if isinstance(value, dict) else None
        if not isinstance(choices, list) or not known.issuperset(map(str, choices)):
            raise ValueError(f"总览里有不认识的选项：{choices}")
        found.update(map(str, choices))
    return frozenset(found)
